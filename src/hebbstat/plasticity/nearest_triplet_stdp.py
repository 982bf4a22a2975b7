"""Triplet STDP, nearest-spike."""

from hebbstat.contract.mechanism import Plasticity
from hebbstat.contract.state import PerPost, PerPre
from hebbstat.contract.units import Ms, Weight


class NearestTripletSTDP(Plasticity):
    """Triplet STDP between nearest spikes: only the last spike of each counts.

        dw = +r1 (pair_up + triplet_up o2)      on a postsynaptic spike
        dw = -o1 (pair_down + triplet_down r2)  on a presynaptic spike

    with traces r1, r2 of presynaptic and o1, o2 of postsynaptic spikes, which a spike sets to 1 after it has read them.

    Pfister & Gerstner 2006, doi:10.1523/JNEUROSCI.1425-06.2006. Default: their visual cortex set.
    """

    tau_pre: Ms = 16.8  # tau+, decay of r1
    tau_post: Ms = 33.7  # tau-, decay of o1
    tau_x: Ms = 714.0  # decay of r2
    tau_y: Ms = 40.0  # decay of o2
    pair_up: Weight = 8.8e-11  # A2+
    triplet_up: Weight = 5.3e-2  # A3+
    pair_down: Weight = 6.6e-3  # A2-
    triplet_down: Weight = 3.1e-3  # A3-

    r1 = PerPre.trace(decay="tau_pre", set=1.0)
    r2 = PerPre.trace(decay="tau_x", set=1.0)
    o1 = PerPost.trace(decay="tau_post", set=1.0)
    o2 = PerPost.trace(decay="tau_y", set=1.0)

    @staticmethod
    def on_pre(o1, r2, pair_down, triplet_down):
        return -o1 * (pair_down + triplet_down * r2)

    @staticmethod
    def on_post(r1, o2, pair_up, triplet_up):
        return r1 * (pair_up + triplet_up * o2)

    @classmethod
    def visual_cortex(cls, minimal: bool = False) -> "NearestTripletSTDP":
        """The set fitted to visual cortex (table 3 of the paper); `minimal` has only the terms that matter."""
        return cls(16.8, 33.7, 714.0, 40.0, 0.0, 5e-2, 8e-3, 0.0) if minimal else cls()

    @classmethod
    def hippocampus(cls) -> "NearestTripletSTDP":
        """The full set fitted to hippocampal cultures (table 4)."""
        return cls(16.8, 33.7, 575.0, 47.0, 4.6e-3, 9.1e-3, 3e-3, 7.5e-9)
