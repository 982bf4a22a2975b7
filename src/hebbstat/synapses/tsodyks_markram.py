"""Short-term depression and facilitation."""

import math

from hebbstat.contract.fields import field
from hebbstat.contract.hooks import derived
from hebbstat.contract.mechanism import Release
from hebbstat.contract.state import PerSynapse
from hebbstat.contract.units import Delay, Fraction, Ms


class TsodyksMarkram(Release):
    """Short-term plasticity: each spike uses a part u of the resources R and, with facilitation, raises u.

        between spikes  du/dt = -u / tau_facil,  dR/dt = (1 - R) / tau_rec
        at a spike      u += U (1 - u);  the synapse releases w u R;  R -= u R

    Exact: both are advanced when a spike arrives. Here u decays to 0 and jumps before the release, which is the same as
    u that decays to U and jumps after it. With tau_facil = 0 each spike finds u = U: no facilitation.

    Tsodyks, Pawelzik & Markram 1998, doi:10.1162/089976698300017502. Default: depressing.
    """

    U: Fraction = field(0.5, "what a first spike uses")
    tau_rec: Ms = field(800.0, "recovery of resources")
    tau_facil: Delay = field(0.0, "decay of facilitation")

    u = PerSynapse.state(0.0)  # just after the last spike
    R = PerSynapse.state(1.0)  # just after the last spike

    @derived
    def forgetting(tau_facil):  # 1/ms; without facilitation so fast that nothing is left after any step
        return 1.0 / tau_facil if tau_facil > 0.0 else 1e9

    @staticmethod
    def transmit(w, u, R, elapsed, U, tau_rec, forgetting):
        kept = u * math.exp(-elapsed * forgetting)
        used = kept + U * (1.0 - kept)
        ready = 1.0 - (1.0 - R) * math.exp(-elapsed / tau_rec)
        return w * used * ready, used, ready - used * ready
