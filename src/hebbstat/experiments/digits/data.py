"""The images of the experiment: read, thinned out if asked for, split; and the code that makes spikes of them."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from hebbstat.contract.errors import BadValueError
from hebbstat.experiments.digits import Settings
from hebbstat.stimuli import Images, PoissonCode, load_images, split


def read(settings: Settings) -> tuple[Images, Images]:
    """Training and test images."""
    return _read(settings.data, settings.images, settings.test_share, settings.split_seed)


@lru_cache(maxsize=1)
def _read(data: str | None, most: int | None, share: float, seed: int) -> tuple[Images, Images]:
    images = load_images(data)
    if most is not None and most < len(images):
        images = images[np.random.default_rng(seed).permutation(len(images))[:most]]
    try:
        return split(images, share=share, seed=seed)
    except BadValueError as error:
        raise BadValueError(f"{images.source}: {error}; use more images, or another test_share") from error


def code_of(settings: Settings, train: Images) -> PoissonCode:
    """How images become spikes in training: ON and OFF channels around the mean training image."""
    code = PoissonCode(total=settings.total_rate, exponent=settings.exponent, show=settings.show, pause=settings.pause)
    return code.adapted(train)
