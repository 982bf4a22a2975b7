"""Synaptic downscaling that spares the largest synapses."""

from hebbstat.contract.fields import field
from hebbstat.contract.hooks import derived
from hebbstat.contract.mechanism import Plasticity
from hebbstat.contract.state import PerPost, quantile
from hebbstat.contract.units import Ms, NonNegative


class SynapticDownscaling(Plasticity):
    """Downscaling, as in sleep: all synapses of a neuron shrink by one factor, but for the largest fifth.

        dw/dt = -speed w  where |w| is below the 80 % quantile over the neuron's synapses of all projections

    Applied each period. `gated(SynapticDownscaling(), by=lambda sleep: sleep)` follows a rule of the network.

    Tononi & Cirelli 2014, doi:10.1016/j.neuron.2013.12.025; de Vivo et al. 2017, doi:10.1126/science.aah5982.
    """

    speed: NonNegative = field(0.001, "part of the weight that goes in a second")
    period: Ms = field(1000.0, "period of the slow clock")

    large = PerPost.reduce("w", quantile(0.8), over="neuron")

    @derived
    def share(speed, period):
        return speed * period / 1000.0

    @staticmethod
    def on_tick(w, large, share):
        return -share * w if w < large else 0.0
