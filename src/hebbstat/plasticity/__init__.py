"""Plasticity of synapses: Hebbian rules, bounds, eligibility."""

from hebbstat.plasticity.bcm import BCM
from hebbstat.plasticity.bounds import HardBounds, SoftBounds
from hebbstat.plasticity.calcium import CalciumPlasticity
from hebbstat.plasticity.cascade_synapse import CascadeSynapse
from hebbstat.plasticity.codependent_stdp import CodependentSTDP
from hebbstat.plasticity.consolidation_chain import ConsolidationChain
from hebbstat.plasticity.covariance import Covariance
from hebbstat.plasticity.double_well import DoubleWell
from hebbstat.plasticity.eligibility import Eligibility
from hebbstat.plasticity.metaplastic_triplet_stdp import MetaplasticTripletSTDP
from hebbstat.plasticity.multiplicative_stdp import MultiplicativeSTDP
from hebbstat.plasticity.nearest_pair_stdp import NearestPairSTDP
from hebbstat.plasticity.nearest_triplet_stdp import NearestTripletSTDP
from hebbstat.plasticity.oja import Oja
from hebbstat.plasticity.one_sided_stdp import OneSidedSTDP
from hebbstat.plasticity.pair_stdp import PairSTDP
from hebbstat.plasticity.power_law_stdp import PowerLawSTDP
from hebbstat.plasticity.pre_and_postsynaptic_stdp import PostsynapticSTDP, PresynapticSTDP
from hebbstat.plasticity.pruning import Pruning
from hebbstat.plasticity.rate_hebb import RateHebb
from hebbstat.plasticity.spine_fluctuations import SpineFluctuations
from hebbstat.plasticity.synaptic_sampling import SynapticSampling
from hebbstat.plasticity.triplet_stdp import TripletSTDP
from hebbstat.plasticity.voltage_stdp import VoltageSTDP
from hebbstat.plasticity.weight_dependent_stdp import WeightDependentSTDP

__all__ = [
    "BCM", "CalciumPlasticity", "CascadeSynapse", "CodependentSTDP", "ConsolidationChain", "Covariance", "DoubleWell",
    "Eligibility", "HardBounds", "MetaplasticTripletSTDP", "MultiplicativeSTDP", "NearestPairSTDP",
    "NearestTripletSTDP", "Oja", "OneSidedSTDP", "PairSTDP", "PostsynapticSTDP", "PowerLawSTDP", "PresynapticSTDP",
    "Pruning", "RateHebb", "SoftBounds", "SpineFluctuations", "SynapticSampling", "TripletSTDP", "VoltageSTDP",
    "WeightDependentSTDP",
]  # fmt: skip
