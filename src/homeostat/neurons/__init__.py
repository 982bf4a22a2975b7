"""Models of neurons."""

from homeostat.neurons.adaptive_lif import AdaptiveLIF
from homeostat.neurons.adex import AdEx
from homeostat.neurons.current_lif import CurrentLIF
from homeostat.neurons.izhikevich import Izhikevich
from homeostat.neurons.lif import LIF
from homeostat.neurons.poisson import Poisson
from homeostat.neurons.rate import RateNeuron
from homeostat.neurons.spike_source import SpikeSource

__all__ = ["LIF", "AdEx", "AdaptiveLIF", "CurrentLIF", "Izhikevich", "Poisson", "RateNeuron", "SpikeSource"]
