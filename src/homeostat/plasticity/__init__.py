"""Plasticity of synapses: Hebbian rules, bounds, eligibility."""

from homeostat.plasticity.bounds import HardBounds, SoftBounds
from homeostat.plasticity.eligibility import Eligibility
from homeostat.plasticity.nearest_triplet_stdp import NearestTripletSTDP
from homeostat.plasticity.one_sided_stdp import OneSidedSTDP
from homeostat.plasticity.pair_stdp import PairSTDP
from homeostat.plasticity.triplet_stdp import TripletSTDP
from homeostat.plasticity.weight_dependent_stdp import WeightDependentSTDP

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
