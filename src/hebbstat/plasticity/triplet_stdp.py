"""Triplet STDP, all-to-all."""

from hebbstat.contract.fields import field
from hebbstat.contract.mechanism import Plasticity
from hebbstat.contract.state import PerPost, PerPre
from hebbstat.contract.units import Ms, Weight


class TripletSTDP(Plasticity):
    """Triplet STDP, all-to-all: a pair counts more when one of its neurons has spiked shortly before.

        dw = +r1 (A2_plus + A3_plus o2)    on a postsynaptic spike
        dw = -o1 (A2_minus + A3_minus r2)  on a presynaptic spike

    with traces r1, r2 of presynaptic and o1, o2 of postsynaptic spikes; a spike does not see its own trace.

    Pfister & Gerstner 2006, doi:10.1523/JNEUROSCI.1425-06.2006. Default: their visual cortex set.
    """

    tau_plus: Ms = field(16.8, "tau+, decay of r1")
    tau_minus: Ms = field(33.7, "tau-, decay of o1")
    tau_x: Ms = field(101.0, "decay of r2")
    tau_y: Ms = field(125.0, "decay of o2")
    A2_plus: Weight = field(5e-10, "A2+, strengthening by pairs")
    A3_plus: Weight = field(6.2e-3, "A3+, strengthening by triplets")
    A2_minus: Weight = field(7e-3, "A2-, weakening by pairs")
    A3_minus: Weight = field(2.3e-4, "A3-, weakening by triplets")

    r1 = PerPre.trace(decay="tau_plus")
    r2 = PerPre.trace(decay="tau_x")
    o1 = PerPost.trace(decay="tau_minus")
    o2 = PerPost.trace(decay="tau_y")

    @staticmethod
    def on_pre(o1, r2, A2_minus, A3_minus):
        return -o1 * (A2_minus + A3_minus * r2)

    @staticmethod
    def on_post(r1, o2, A2_plus, A3_plus):
        return r1 * (A2_plus + A3_plus * o2)

    @classmethod
    def visual_cortex(cls, minimal: bool = False) -> "TripletSTDP":
        """The set fitted to visual cortex (table 3 of the paper); `minimal` has only the terms that matter."""
        return cls(16.8, 33.7, 101.0, 114.0, 0.0, 6.5e-3, 7.1e-3, 0.0) if minimal else cls()

    @classmethod
    def hippocampus(cls) -> "TripletSTDP":
        """The minimal set fitted to hippocampal cultures (table 4)."""
        return cls(16.8, 33.7, 101.0, 40.0, 5.3e-3, 8e-3, 3.5e-3, 0.0)
