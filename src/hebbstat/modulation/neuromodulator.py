"""A neuromodulator with a release that may be scheduled."""

import math

from hebbstat.contract.fields import field
from hebbstat.contract.hooks import derived
from hebbstat.contract.mechanism import NetworkRule
from hebbstat.contract.state import Global
from hebbstat.contract.units import Ms, Number


class Neuromodulator(NetworkRule):
    """The concentration of a neuromodulator: it is released, and decays to its baseline.

        dc/dt = (baseline - c) / tau + release

    The step is exact for a release that is constant over it. `release` (per second) is a number, a schedule, or follows
    another rule of the network. `net.add_rule(Neuromodulator(...), "DA")`; rules are gated by it with
    `gated(rule, by=lambda DA: DA)`, parameters follow it with `FollowState("DA")`, `sim.set("DA", "c", 1.0)` sets it.

    Dopamine and its time constant as in Izhikevich 2007, doi:10.1093/cercor/bhl152.
    """

    tau: Ms = field(200.0, "decay of the concentration")
    baseline: Number = field(0.0, "concentration without release")
    release: Number = field(0.0, "release per second")

    c = Global.state("baseline")

    @derived
    def keep(dt, tau):
        return math.exp(-dt / tau)

    @c.step
    def follow(c, keep, tau, baseline, release):
        steady = baseline + 0.001 * release * tau
        return steady + (c - steady) * keep
