"""A weight that is the product of a Hebbian and a homeostatic factor."""

from hebbstat.contract.combinators import Wrapper
from hebbstat.contract.fields import field
from hebbstat.contract.mechanism import Gate
from hebbstat.contract.state import PerPost
from hebbstat.contract.units import Ms, NonNegative, Positive


class HomeostaticFactor(Wrapper):
    """The weight is a product w = rho h: the inner rule changes rho, within [0, most], the postsynaptic rate changes h.

        dh/dt = h (1 - y / target) / tau
        dw = h drho + rho dh = h (change of the inner rule) + w (1 - y / target) dt / tau,   0 <= w <= most h

    h is one for all synapses of a neuron, and 1 at the beginning. The inner rule has no part in the set point: once its
    factors are at their bounds the rate comes to rest at the target, however slow the homeostasis, where a sum of both
    terms would leave a compromise that grows with tau. `HomeostaticFactor(RateHebb(), target=1.0)`.

    Toyoizumi, Kaneko, Stryker & Miller 2014, doi:10.1016/j.neuron.2014.09.036.
    """

    target: Positive = field(1.0, "the postsynaptic rate y at which h rests")
    tau: Ms = field(100_000.0, "time constant of h")
    most: NonNegative = field(1.0, "upper bound of rho")

    h = PerPost.state(1.0, slow=True)

    def __post_init__(self) -> None:
        self.gate = Gate(times_h, ("h",), self)

    @h.step
    def follow(h, post_rate, target, tau, dt):
        return h + h * (1.0 - post_rate / target) * dt / tau

    @staticmethod
    def step(value, post_rate, target, tau, dt):
        return value * (1.0 - post_rate / target) * dt / tau

    @staticmethod
    def clip(value, h, most):
        return 0.0 if value < 0.0 else most * h if value > most * h else value


def times_h(h):
    """The inner rule's changes are of rho; the weight changes by h times as much."""
    return h
