"""Receptors and release."""

from hebbstat.synapses.dual_exponential import GABAB, DualExponential
from hebbstat.synapses.exponential import AMPA, GABAA, Exponential
from hebbstat.synapses.exponential_current import ExponentialCurrent
from hebbstat.synapses.nmda import NMDA
from hebbstat.synapses.short_term import ShortTerm

__all__ = ["AMPA", "GABAA", "GABAB", "NMDA", "DualExponential", "Exponential", "ExponentialCurrent", "ShortTerm"]
