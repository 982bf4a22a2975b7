"""Fluctuations of synapses that no activity causes."""

import math

from hebbstat.contract.fields import field
from hebbstat.contract.mechanism import Plasticity
from hebbstat.contract.units import Fraction, Ms, NonNegative, Weight


class SpineFluctuations(Plasticity):
    """Spines fluctuate: each period a synapse keeps a random part of its size and gains a random amount.

        w <- a w + b,   a normal (kept, kept_sd), b normal (gained, gained_sd), independent: a Kesten process

    Since large synapses fluctuate more, sizes are skewed to the right. They have

        mean = gained / (1 - kept),   variance = (gained_sd^2 + kept_sd^2 mean^2) / (1 - kept^2 - kept_sd^2)

    Given w, a w + b is normal, so one draw makes both. Where a step could pass 0 add `HardBounds(0)`.

    Statman, Kaufman, Minerbi, Ziv & Brenner 2014, doi:10.1371/journal.pcbi.1003846; multiplicative fluctuations in
    vivo: Loewenstein, Kuras & Rumpel 2011, doi:10.1523/JNEUROSCI.6130-10.2011.
    """

    kept: Fraction = field(0.99, "the part of its size that a synapse keeps, on average")
    kept_sd: NonNegative = field(0.05, "standard deviation of that part")
    gained: Weight = field(0.01, "what a synapse gains, on average")
    gained_sd: NonNegative = field(0.0, "standard deviation of that gain")
    period: Ms = field(1000.0, "time between two changes")

    @staticmethod
    def on_tick(w, normal, kept, kept_sd, gained, gained_sd):
        spread = math.sqrt(kept_sd * kept_sd * w * w + gained_sd * gained_sd)
        return gained - (1.0 - kept) * w + spread * normal
