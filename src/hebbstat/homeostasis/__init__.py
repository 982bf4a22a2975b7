"""Homeostasis: slow regulation toward a set point."""

from hebbstat.homeostasis.inhibitory import InhibitorySTDP
from hebbstat.homeostasis.intrinsic import IntrinsicThreshold
from hebbstat.homeostasis.weight_normalization import WeightNormalization
from hebbstat.homeostasis.scaling import SynapticScaling

__all__ = ["InhibitorySTDP", "IntrinsicThreshold", "WeightNormalization", "SynapticScaling"]
