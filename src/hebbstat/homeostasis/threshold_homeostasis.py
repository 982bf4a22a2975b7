"""Intrinsic homeostasis of rate neurons: the threshold follows the rate."""

from hebbstat.contract.fields import field
from hebbstat.contract.mechanism import PopulationRule
from hebbstat.contract.state import PerNeuron
from hebbstat.contract.units import Ms, Number


class ThresholdHomeostasis(PopulationRule):
    """Intrinsic homeostasis of rate neurons: the threshold integrates the deviation of the averaged rate.

        d threshold/dt = (mean - target) / tau,   tau_rate dmean/dt = rate - mean

    With a cell of time constant t1 that excites itself with weight w this rests stably for tau > t1 tau_rate /
    ((1 - w) (t1 + (1 - w) tau_rate)), and oscillates below: stronger recurrence needs slower homeostasis. For spiking
    neurons: `IntrinsicThreshold`.

    Harnack, Pelko, Chaillet, Chitour & van Rossum 2015, doi:10.1371/journal.pcbi.1004357.
    """

    target: Number = field(1.0, "the mean rate at which nothing changes")
    tau_rate: Ms = field(100.0, "averaging of the rate")
    tau: Ms = field(10_000.0, "time constant of the threshold")

    acts_on = "threshold"
    mean = PerNeuron.state("target", slow=True)

    @mean.step
    def average(mean, neuron_rate, tau_rate, dt):
        return mean + (neuron_rate - mean) * dt / tau_rate

    @staticmethod
    def step(mean, target, tau, dt):
        return (mean - target) * dt / tau
