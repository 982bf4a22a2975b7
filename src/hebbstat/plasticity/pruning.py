"""Pruning of weak synapses."""

from hebbstat.contract.fields import field
from hebbstat.contract.mechanism import Plasticity
from hebbstat.contract.units import Fraction, Ms, NonNegative


class Pruning(Plasticity):
    """Weak synapses are removed: minimal-value deletion.

        each period a synapse with |w| < threshold goes with probability `chance`

    Of weights that Hebbian learning made Gaussian this keeps more of a memory's signal-to-noise ratio than any other
    choice of as many synapses that goes by the weight.

    Chechik, Meilijson & Ruppin 1998, doi:10.1162/089976698300017124.
    """

    threshold: NonNegative = field(0.1, "below which a synapse is weak, in the weight's unit")
    chance: Fraction = field(1.0, "that a weak synapse goes at a tick")
    period: Ms = field(1000.0, "period of the slow clock")

    @staticmethod
    def prune(w, uniform, threshold, chance):
        return abs(w) < threshold and uniform < chance
