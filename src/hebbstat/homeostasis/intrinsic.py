"""Intrinsic homeostasis: the threshold follows the rate."""

from hebbstat.contract.fields import field
from hebbstat.contract.hooks import derived
from hebbstat.contract.mechanism import PopulationRule
from hebbstat.contract.state import PerNeuron
from hebbstat.contract.units import Hz, MilliVolt, Ms, Number


class IntrinsicThreshold(PopulationRule):
    """Intrinsic homeostasis: the threshold of a neuron that fires too much rises, of one that fires too little sinks.

        d v_threshold/dt = eta (rate - target),  applied each period, within [low, high]

    `rate` is the neuron's own rate, averaged over tau_rate; it starts at the target.

    The phenomenon: Desai, Rutherford & Turrigiano 1999, doi:10.1038/9165; review: Zhang & Linden 2003,
    doi:10.1038/nrn1248.
    """

    target: Hz = field(5.0, "the rate at which nothing changes")
    tau_rate: Ms = field(10_000.0, "averaging of the rate")
    period: Ms = field(100.0, "period of the slow clock")
    eta: Number = field(0.01, "learning rate, mV per second and Hz")
    low: MilliVolt = field(-100.0, "lowest threshold")
    high: MilliVolt = field(0.0, "highest threshold")

    acts_on = "v_threshold"

    @derived
    def per_spike(tau_rate):
        return 1000.0 / tau_rate

    @derived
    def per_hertz(eta, period):
        return eta * period / 1000.0

    rate = PerNeuron.trace(decay="tau_rate", add="per_spike", init="target", slow=True)

    @staticmethod
    def on_tick(value, rate, target, per_hertz, low, high):
        wanted = value + per_hertz * (rate - target)
        return (low if wanted < low else high if wanted > high else wanted) - value
