"""Stimuli: labelled images from files, and how they become spikes."""

from hebbstat.stimuli.images import Images, load_digits, load_images, split
from hebbstat.stimuli.poisson_code import PoissonCode

__all__ = ["Images", "PoissonCode", "load_digits", "load_images", "split"]
