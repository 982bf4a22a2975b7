"""Triplet STDP, all-to-all."""

from hebbstat.contract.mechanism import Plasticity
from hebbstat.contract.state import PerPost, PerPre
from hebbstat.contract.units import Ms, Weight


class TripletSTDP(Plasticity):
    """Triplet STDP, all-to-all: a pair counts more when one of its neurons has spiked shortly before.

        dw = +r1 (pair_up + triplet_up o2)      on a postsynaptic spike
        dw = -o1 (pair_down + triplet_down r2)  on a presynaptic spike

    with traces r1, r2 of presynaptic and o1, o2 of postsynaptic spikes; a spike does not see its own trace.

    Pfister & Gerstner 2006, doi:10.1523/JNEUROSCI.1425-06.2006. Default: their visual cortex set.
    """

    tau_pre: Ms = 16.8  # tau+, decay of r1
    tau_post: Ms = 33.7  # tau-, decay of o1
    tau_x: Ms = 101.0  # decay of r2
    tau_y: Ms = 125.0  # decay of o2
    pair_up: Weight = 5e-10  # A2+
    triplet_up: Weight = 6.2e-3  # A3+
    pair_down: Weight = 7e-3  # A2-
    triplet_down: Weight = 2.3e-4  # A3-

    r1 = PerPre.trace(decay="tau_pre")
    r2 = PerPre.trace(decay="tau_x")
    o1 = PerPost.trace(decay="tau_post")
    o2 = PerPost.trace(decay="tau_y")

    @staticmethod
    def on_pre(o1, r2, pair_down, triplet_down):
        return -o1 * (pair_down + triplet_down * r2)

    @staticmethod
    def on_post(r1, o2, pair_up, triplet_up):
        return r1 * (pair_up + triplet_up * o2)

    @classmethod
    def visual_cortex(cls, minimal: bool = False) -> "TripletSTDP":
        """The set fitted to visual cortex (table 3 of the paper); `minimal` has only the terms that matter."""
        return cls(16.8, 33.7, 101.0, 114.0, 0.0, 6.5e-3, 7.1e-3, 0.0) if minimal else cls()

    @classmethod
    def hippocampus(cls) -> "TripletSTDP":
        """The minimal set fitted to hippocampal cultures (table 4)."""
        return cls(16.8, 33.7, 101.0, 40.0, 5.3e-3, 8e-3, 3.5e-3, 0.0)
