"""Receptors and release."""

from hebbstat.synapses.dual_exponential import GABAB, DualExponential
from hebbstat.synapses.exponential import AMPA, GABAA, Exponential
from hebbstat.synapses.exponential_current import ExponentialCurrent
from hebbstat.synapses.nmda import NMDA
from hebbstat.synapses.tsodyks_markram import TsodyksMarkram
from hebbstat.synapses.vesicle_release import VesicleRelease

__all__ = [
    "AMPA", "GABAA", "GABAB", "NMDA", "DualExponential", "Exponential", "ExponentialCurrent", "TsodyksMarkram",
    "VesicleRelease",
]  # fmt: skip
