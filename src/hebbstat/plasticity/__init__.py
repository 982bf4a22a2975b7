"""Plasticity of synapses: Hebbian rules, bounds, eligibility."""

from hebbstat.plasticity.bounds import HardBounds, SoftBounds
from hebbstat.plasticity.eligibility import Eligibility
from hebbstat.plasticity.nearest_triplet_stdp import NearestTripletSTDP
from hebbstat.plasticity.one_sided_stdp import OneSidedSTDP
from hebbstat.plasticity.pair_stdp import PairSTDP
from hebbstat.plasticity.triplet_stdp import TripletSTDP
from hebbstat.plasticity.weight_dependent_stdp import WeightDependentSTDP

__all__ = [
    "Eligibility",
    "HardBounds",
    "NearestTripletSTDP",
    "OneSidedSTDP",
    "PairSTDP",
    "SoftBounds",
    "TripletSTDP",
    "WeightDependentSTDP",
]
