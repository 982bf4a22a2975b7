"""Homeostasis of the gain of rate neurons."""

from hebbstat.contract.fields import field
from hebbstat.contract.mechanism import PopulationRule
from hebbstat.contract.units import Ms, Number


class GainHomeostasis(PopulationRule):
    """Homeostasis of gain: where a rate is too large in the mean of its squares the neuron answers less steeply.

        d gain/dt = gain (target^2 - rate^2) / tau

    Beside `ThresholdHomeostasis(target=m)` the two set points are those of mean and variance, whatever the input: the
    rate comes to rest with mean m and variance target^2 - m^2, which needs target > m.

    Cannon & Miller 2017, doi:10.1186/s13408-017-0043-7.
    """

    target: Number = field(1.2, "root of the mean square at which nothing changes")
    tau: Ms = field(100_000.0, "time constant, for a rate of 1")

    acts_on = "gain"

    @staticmethod
    def step(value, neuron_rate, target, tau, dt):
        return value * (target * target - neuron_rate * neuron_rate) * dt / tau
