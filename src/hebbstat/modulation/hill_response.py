"""The effect of a neuromodulator by its concentration."""

from hebbstat.contract.fields import field, required
from hebbstat.contract.mechanism import NetworkRule
from hebbstat.contract.state import Global
from hebbstat.contract.units import NonNegative, Number, Positive


class HillResponse(NetworkRule):
    """The effect of a neuromodulator by its concentration c, which binds to n sites of its receptor.

        effect = base + (top - base) c^n / (c^n + EC50^n)

    It makes any parameter depend on any modulator. Acetylcholine that lowers release:
    `net.add_rule(HillResponse(FollowState("ACh"), base=0.5, top=0.1), "U")` and `TsodyksMarkram(U=FollowState("U"))`.

    Hill 1910, J Physiol 40:iv; presynaptic inhibition by acetylcholine: Hasselmo 2006, doi:10.1016/j.conb.2006.09.002.
    """

    concentration: NonNegative = required("c, which mostly follows a modulator")
    base: Number = field(0.0, "the effect without the modulator")
    top: Number = field(1.0, "the effect of very much of it")
    EC50: Positive = field(1.0, "the concentration of half the effect")
    n: Positive = field(1.0, "the Hill coefficient")

    effect = Global.state("base")

    @effect.step
    def bind(concentration, base, top, EC50, n):
        bound = max(concentration, 0.0) ** n
        return base + (top - base) * bound / (bound + EC50**n)
