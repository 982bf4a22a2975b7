"""Homeostasis: slow regulation toward a set point."""

from homeostat.homeostasis.inhibitory import InhibitorySTDP
from homeostat.homeostasis.intrinsic import IntrinsicThreshold
from homeostat.homeostasis.normalisation import Normalisation
from homeostat.homeostasis.scaling import SynapticScaling

__all__ = ["InhibitorySTDP", "IntrinsicThreshold", "Normalisation", "SynapticScaling"]
