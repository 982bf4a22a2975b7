"""Homeostasis: slow regulation toward a set point."""

from hebbstat.homeostasis.channel_expression import ChannelExpression
from hebbstat.homeostasis.diffusive_homeostasis import DiffusiveHomeostasis
from hebbstat.homeostasis.downscaling import SynapticDownscaling
from hebbstat.homeostasis.gain_homeostasis import GainHomeostasis
from hebbstat.homeostasis.global_inhibitory import GlobalInhibitorySTDP
from hebbstat.homeostasis.homeostatic_factor import HomeostaticFactor
from hebbstat.homeostasis.inhibitory import InhibitorySTDP
from hebbstat.homeostasis.intrinsic import IntrinsicThreshold
from hebbstat.homeostasis.scaling import SynapticScaling
from hebbstat.homeostasis.structural import StructuralPlasticity
from hebbstat.homeostasis.subtractive_normalization import SubtractiveNormalization
from hebbstat.homeostasis.threshold_homeostasis import ThresholdHomeostasis
from hebbstat.homeostasis.weight_dependent_scaling import WeightDependentScaling
from hebbstat.homeostasis.weight_normalization import WeightNormalization

__all__ = [
    "ChannelExpression", "DiffusiveHomeostasis", "GainHomeostasis", "GlobalInhibitorySTDP", "HomeostaticFactor",
    "InhibitorySTDP", "IntrinsicThreshold", "StructuralPlasticity", "SubtractiveNormalization", "SynapticDownscaling",
    "SynapticScaling", "ThresholdHomeostasis", "WeightDependentScaling", "WeightNormalization",
]  # fmt: skip
