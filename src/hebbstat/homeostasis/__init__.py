"""Homeostasis: slow regulation toward a set point."""

from hebbstat.homeostasis.downscaling import SynapticDownscaling
from hebbstat.homeostasis.inhibitory import InhibitorySTDP
from hebbstat.homeostasis.intrinsic import IntrinsicThreshold
from hebbstat.homeostasis.scaling import SynapticScaling
from hebbstat.homeostasis.structural import StructuralPlasticity
from hebbstat.homeostasis.subtractive_normalization import SubtractiveNormalization
from hebbstat.homeostasis.weight_normalization import WeightNormalization

__all__ = [
    "InhibitorySTDP", "IntrinsicThreshold", "StructuralPlasticity", "SubtractiveNormalization", "SynapticDownscaling",
    "SynapticScaling", "WeightNormalization",
]  # fmt: skip
