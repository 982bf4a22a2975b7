"""Scaling in sleep that spares the largest synapses."""

from hebbstat.contract.mechanism import Plasticity
from hebbstat.contract.state import PerPost, quantile
from hebbstat.contract.units import Fraction, Ms


class SparingScaling(Plasticity):
    """At each tick the weights below the neuron's 80 % quantile shrink by a share; the largest fifth stays as it is.

    de Vivo et al. 2017, doi:10.1126/science.aah5982.
    """

    share: Fraction = 0.18
    period: Ms = 1000.0

    large = PerPost.reduce("w", quantile(0.8))

    @staticmethod
    def on_tick(w, large, share):
        return -share * w if w < large else 0.0
