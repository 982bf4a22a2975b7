"""Stimuli: images, places, patterns, currents and correlated inputs, and how they become rates and spikes."""

from hebbstat.stimuli.correlated import gaussian_rates, shared_spikes
from hebbstat.stimuli.currents import ornstein_uhlenbeck, pulses, ramp, white_noise
from hebbstat.stimuli.images import Images, load_digits, load_images, split
from hebbstat.stimuli.moving_patterns import Bar, Grating
from hebbstat.stimuli.place_cells import PlaceCells
from hebbstat.stimuli.poisson_code import PoissonCode

__all__ = [
    "Bar", "Grating", "Images", "PlaceCells", "PoissonCode", "gaussian_rates", "load_digits", "load_images",
    "ornstein_uhlenbeck", "pulses", "ramp", "shared_spikes", "split", "white_noise",
]  # fmt: skip
