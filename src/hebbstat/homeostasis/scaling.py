"""Synaptic scaling toward a target rate."""

from typing import Annotated

from hebbstat.contract.fields import field
from hebbstat.contract.hooks import derived
from hebbstat.contract.mechanism import Plasticity
from hebbstat.contract.state import PerPost
from hebbstat.contract.units import Fraction, Ms, Number, Parameter, Unit


class SynapticScaling(Plasticity):
    """Synaptic scaling: a neuron that fires too little strengthens all its synapses by one factor, and vice versa.

        dw/dt = strength w (1 - rate / target),  applied each period, in steps of at most `largest` of w

    `rate` is the neuron's own rate, averaged over tau_rate; it starts at the target. Relative weights stay as they are.
    A negative strength is for inhibitory synapses.

    Turrigiano, Leslie, Desai, Rutherford & Nelson 1998, doi:10.1038/36103; van Rossum, Bi & Turrigiano 2000,
    doi:10.1523/JNEUROSCI.20-23-08812.2000.
    """

    target: Annotated[Parameter, Unit("Hz", 0.0, above=True)] = field(5.0, "the rate at which nothing changes")
    tau_rate: Ms = field(10_000.0, "averaging of the rate")
    period: Ms = field(1000.0, "period of the slow clock")
    strength: Number = field(0.01, "relative growth of the weights of a silent neuron, per second")
    largest: Fraction = field(0.1, "largest relative change at a tick")

    @derived
    def per_spike(tau_rate):
        return 1000.0 / tau_rate

    @derived
    def per_hertz(strength, period, target):
        return strength * period / 1000.0 / target

    rate = PerPost.trace(decay="tau_rate", add="per_spike", init="target", slow=True)

    @staticmethod
    def on_tick(w, rate, target, per_hertz, largest):
        growth = per_hertz * (target - rate)
        return w * (largest if growth > largest else -largest if growth < -largest else growth)
