"""Models of neurons."""

from hebbstat.neurons.adaptive_lif import AdaptiveLIF
from hebbstat.neurons.adex import AdEx
from hebbstat.neurons.branching_neuron import BranchingNeuron
from hebbstat.neurons.clopath_adex import ClopathAdEx
from hebbstat.neurons.current_lif import CurrentLIF
from hebbstat.neurons.intrinsic_sigmoid import IntrinsicSigmoid
from hebbstat.neurons.izhikevich import Izhikevich
from hebbstat.neurons.lif import LIF
from hebbstat.neurons.linear_rate import LinearRate
from hebbstat.neurons.poisson_input import PoissonInput
from hebbstat.neurons.poisson_source import PoissonSource
from hebbstat.neurons.rate import RateNeuron
from hebbstat.neurons.spike_source import SpikeSource

__all__ = [
    "LIF", "AdEx", "AdaptiveLIF", "BranchingNeuron", "ClopathAdEx", "CurrentLIF", "IntrinsicSigmoid", "Izhikevich",
    "LinearRate", "PoissonInput", "PoissonSource", "RateNeuron", "SpikeSource",
]  # fmt: skip
