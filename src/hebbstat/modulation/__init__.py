"""Rules of the whole network: neuromodulators and oscillations, which gates and parameters follow."""

from hebbstat.modulation.neuromodulator import Neuromodulator
from hebbstat.modulation.oscillation import Oscillation
from hebbstat.modulation.spike_neuromodulator import SpikeNeuromodulator

__all__ = ["Neuromodulator", "Oscillation", "SpikeNeuromodulator"]
