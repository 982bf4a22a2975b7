"""Rules of the whole network: neuromodulators and oscillations, which gates and parameters follow."""

from hebbstat.modulation.hill_response import HillResponse
from hebbstat.modulation.neuromodulator import Neuromodulator
from hebbstat.modulation.oscillation import Oscillation
from hebbstat.modulation.reward_prediction import RewardPrediction
from hebbstat.modulation.spike_neuromodulator import SpikeNeuromodulator

__all__ = ["HillResponse", "Neuromodulator", "Oscillation", "RewardPrediction", "SpikeNeuromodulator"]
