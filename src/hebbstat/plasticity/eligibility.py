"""Eligibility traces: what a rule would do is remembered, and done slowly."""

import math

from hebbstat.contract.combinators import Wrapper
from hebbstat.contract.fields import field
from hebbstat.contract.hooks import derived
from hebbstat.contract.state import PerSynapse
from hebbstat.contract.units import Ms, Number


class Eligibility(Wrapper):
    """The changes of another rule go to a decaying trace e, which is turned into weight on a slow clock.

        de/dt = -e / tau + changes of the rule
        dw/dt = eta e,  applied each period: w += eta e period

    So a change c of the inner rule amounts to c eta tau if nothing gates it; eta tau = 1 keeps its size. Modulate it
    with `gated(Eligibility(PairSTDP()), by=lambda dopamine: dopamine)`.

    Izhikevich 2007, doi:10.1093/cercor/bhl152.
    """

    tau: Ms = field(1000.0, "decay of the trace")
    period: Ms = field(10.0, "period of the slow clock; well below tau")
    eta: Number = field(1.0, "learning rate, per second")

    redirect = "e"
    e = PerSynapse.state()

    @derived
    def share(period, eta):
        return eta * period / 1000.0

    @e.advance
    def fade(e, elapsed, tau):
        return e * math.exp(-elapsed / tau)

    @staticmethod
    def on_tick(e, share):
        return share * e
