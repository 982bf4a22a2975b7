"""NMDA receptors, blocked by magnesium."""

import math
from typing import Annotated

from hebbstat.contract.fields import field
from hebbstat.contract.units import MilliVolt, Ms, Parameter, Unit
from hebbstat.synapses._rise_and_decay import _RiseAndDecay


class NMDA(_RiseAndDecay):
    """Slow excitation that opens only where the membrane is depolarised; the weight (nS) is the peak without block.

        g_NMDA = g / (1 + [Mg] / 3.57 exp(-0.062 v))

    The block is taken at the membrane potential at the start of the step. The kinetics are linear: no saturation.

    Jahr & Stevens 1990, doi:10.1523/JNEUROSCI.10-09-03178.1990 (block); Brunel & Wang 2001,
    doi:10.1023/A:1011204814320 (time constants).
    """

    tau_rise: Ms = 2.0
    tau_decay: Ms = 100.0
    reversal: MilliVolt = field(0.0, "reversal potential")
    magnesium: Annotated[Parameter, Unit("mM", 0.0)] = field(1.0, "magnesium outside the cell")

    @staticmethod
    def conductance(g, x, mean_of_g, mean_of_x, magnesium, post_v):
        return (g * mean_of_g + x * mean_of_x) / (1.0 + magnesium / 3.57 * math.exp(-0.062 * post_v))
