"""The phase of a rhythm that the network itself makes."""

from hebbstat.contract.mechanism import NetworkRule, Plasticity
from hebbstat.contract.state import Global, together
from hebbstat.contract.units import Ms, Number, Positive


class Rhythm(NetworkRule):
    """Watches for population bursts: `phase` is the time since the last one over the mean time between them.

    A burst begins when at least `least` cells spike in a step, at least `dead` ms after the last one began.
    """

    where: str = "exc"
    least: Positive = 5.0
    dead: Ms = 10.0
    first_period: Ms = 50.0

    phase = Global.state()
    since = Global.state()
    mean = Global.state("first_period")
    spikes = Global.spikes_of("where")

    @together(phase, since, mean).step
    def watch(since, mean, spikes, least, dead, dt):
        waited = since + dt
        begins = spikes >= least and waited >= dead
        mean_now = mean + 0.3 * (waited - mean) if begins else mean
        since_now = 0.0 if begins else waited
        return since_now / mean_now, since_now, mean_now


class Mark(Plasticity):
    """Each presynaptic spike adds `gain`."""

    gain: Number = 1.0

    @staticmethod
    def on_pre(gain):
        return gain
