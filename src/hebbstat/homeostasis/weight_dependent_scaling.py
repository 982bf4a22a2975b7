"""Synaptic scaling by the square of the weight."""

from hebbstat.contract.fields import field
from hebbstat.contract.mechanism import Plasticity
from hebbstat.contract.units import Ms, Number


class WeightDependentScaling(Plasticity):
    """Weight-dependent scaling: toward a target rate, large weights change by more than their part.

        dw/dt = (target - y) w^2 / tau

    y is the postsynaptic rate. Beside `RateHebb(eta)` every synapse has a stable weight of its own, from whatever
    positive weight it comes, so that relative weights hold what was learned:

        w = sqrt(eta tau x y / (y - target))

    Scaling in proportion to the weight itself (`SynapticScaling`) keeps relative weights as they are instead.

    Tetzlaff, Kolodziejski, Timme & Wörgötter 2011, doi:10.3389/fncom.2011.00047.
    """

    target: Number = field(0.1, "the postsynaptic rate at which nothing changes")
    tau: Ms = field(100_000.0, "time constant, for a rate and a weight of 1")

    @staticmethod
    def step(w, post_rate, target, tau, dt):
        return (target - post_rate) * w * w * dt / tau
