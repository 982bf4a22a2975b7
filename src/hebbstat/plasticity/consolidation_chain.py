"""Consolidation of a weight by a chain of slower and slower variables."""

from hebbstat.contract.fields import field
from hebbstat.contract.hooks import derived
from hebbstat.contract.mechanism import Plasticity
from hebbstat.contract.state import PerSynapse, together
from hebbstat.contract.units import Ms, Weight


class ConsolidationChain(Plasticity):
    """Bidirectional cascade: what other rules do to the weight u_1 = w flows into slower variables, and back.

        C_k du_k/dt = g_(k-1) (u_(k-1) - u_k) - g_k (u_k - u_(k+1)),   C_k = 2^(k-1),   g_k = 2^(1-k) / tau

    As beakers of growing size that ever thinner tubes connect; there are eight, and the last one leaks to `rest`. A
    memory fades as 1 / sqrt(t) up to some 4^8 tau, and is held against noise for a time in proportion to the number of
    synapses. Applied each period, which is well below tau. Add HardBounds: only a weight that saturates gains by
    spaced repetition.

    Benna & Fusi 2016, doi:10.1038/nn.4401.
    """

    tau: Ms = field(10_000.0, "of the exchange between the weight and the first hidden variable")
    rest: Weight = field(0.0, "to which all decays")
    period: Ms = field(1000.0, "period of the slow clock")

    u2, u3, u4, u5, u6, u7, u8 = (PerSynapse.state("rest", slow=True) for _ in range(7))
    lost = PerSynapse.state(slow=True)  # what flowed out of w at this tick

    @derived
    def share(period, tau):
        return period / tau

    @together(lost, u2, u3, u4, u5, u6, u7, u8).on_tick
    def exchange(w, u2, u3, u4, u5, u6, u7, u8, rest, share):
        f1 = share * (w - u2)
        f2 = share / 2.0 * (u2 - u3)
        f3 = share / 4.0 * (u3 - u4)
        f4 = share / 8.0 * (u4 - u5)
        f5 = share / 16.0 * (u5 - u6)
        f6 = share / 32.0 * (u6 - u7)
        f7 = share / 64.0 * (u7 - u8)
        f8 = share / 128.0 * (u8 - rest)
        return (
            f1, u2 + (f1 - f2) / 2.0, u3 + (f2 - f3) / 4.0, u4 + (f3 - f4) / 8.0, u5 + (f4 - f5) / 16.0,
            u6 + (f5 - f6) / 32.0, u7 + (f6 - f7) / 64.0, u8 + (f7 - f8) / 128.0,
        )  # fmt: skip

    @staticmethod
    def on_tick(lost):
        return -lost
