"""Triplet STDP, all-to-all and nearest-spike."""

from hebbstat.contract.mechanism import Plasticity
from hebbstat.contract.state import PerPost, PerPre
from hebbstat.contract.units import Ms, Weight


class Triplet(Plasticity):
    """dw = -o1 (a2_down + a3_down r2) before a presynaptic, +r1 (a2_up + a3_up o2) before a postsynaptic spike.

    Pfister & Gerstner 2006, doi:10.1523/JNEUROSCI.1425-06.2006.
    """

    tau_plus: Ms = 16.8
    tau_minus: Ms = 33.7
    tau_x: Ms = 101.0
    tau_y: Ms = 125.0
    a2_up: Weight = 5e-10
    a3_up: Weight = 6.2e-3
    a2_down: Weight = 7e-3
    a3_down: Weight = 2.3e-4

    r1 = PerPre.trace(decay="tau_plus")
    r2 = PerPre.trace(decay="tau_x")
    o1 = PerPost.trace(decay="tau_minus")
    o2 = PerPost.trace(decay="tau_y")

    @staticmethod
    def on_pre(o1, r2, a2_down, a3_down):
        return -o1 * (a2_down + a3_down * r2)

    @staticmethod
    def on_post(r1, o2, a2_up, a3_up):
        return r1 * (a2_up + a3_up * o2)


class NearestTriplet(Triplet):
    """The same between nearest spikes: traces are set to 1."""

    r1 = PerPre.trace(decay="tau_plus", set=1.0)
    r2 = PerPre.trace(decay="tau_x", set=1.0)
    o1 = PerPost.trace(decay="tau_minus", set=1.0)
    o2 = PerPost.trace(decay="tau_y", set=1.0)
