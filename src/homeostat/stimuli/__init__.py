"""Stimuli: labelled images from files, and how they become spikes."""

from homeostat.stimuli.images import Images, load_digits, load_images, split
from homeostat.stimuli.poisson_code import PoissonCode

__all__ = ["Images", "PoissonCode", "load_digits", "load_images", "split"]
