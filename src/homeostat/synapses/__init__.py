"""Receptors and release."""

from homeostat.synapses.dual_exponential import GABAB, DualExponential
from homeostat.synapses.exponential import AMPA, GABAA, Exponential
from homeostat.synapses.exponential_current import ExponentialCurrent
from homeostat.synapses.nmda import NMDA
from homeostat.synapses.short_term import ShortTerm

__all__ = ["AMPA", "GABAA", "GABAB", "NMDA", "DualExponential", "Exponential", "ExponentialCurrent", "ShortTerm"]
