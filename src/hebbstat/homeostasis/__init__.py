"""Homeostasis: slow regulation toward a set point."""

from hebbstat.homeostasis.inhibitory import InhibitorySTDP
from hebbstat.homeostasis.intrinsic import IntrinsicThreshold
from hebbstat.homeostasis.normalisation import Normalisation
from hebbstat.homeostasis.scaling import SynapticScaling

__all__ = ["InhibitorySTDP", "IntrinsicThreshold", "Normalisation", "SynapticScaling"]
