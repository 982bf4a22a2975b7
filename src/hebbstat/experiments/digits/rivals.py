"""What must be beaten: methods without spikes or without learning, on the same images, read the same way."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hebbstat.experiments.digits import Settings
from hebbstat.experiments.digits.readout import INVERSE_PENALTY, information
from hebbstat.information import LabelVoting, LinearDecoder, accuracy
from hebbstat.stimuli import Images, PoissonCode


def k_means(settings: Settings, seed: int, train: Images, test: Images) -> dict[str, float]:
    """As many prototypes as cells; each image makes its nearest one 'fire' once, and the vote reads that."""
    from sklearn.cluster import KMeans

    cells = min(settings.neurons, len(train))
    model = KMeans(cells, n_init=1, random_state=seed).fit(train.pixels)
    responses = [np.eye(cells)[model.predict(images.pixels)] for images in (train, test)]
    answers = LabelVoting.fit(responses[0], train.labels).predict(responses[1])
    return {"voting": accuracy(test.labels, answers), "information": information(test.labels, answers)}


def nearest_neighbour(settings: Settings, seed: int, train: Images, test: Images) -> dict[str, float]:
    """The label of the nearest of as many random training images as there are cells."""
    chosen = np.random.default_rng(seed).permutation(len(train))[: settings.neurons]
    known = train.pixels[chosen]
    gaps = (known**2).sum(axis=1) - 2.0 * test.pixels @ known.T  # squared distances, but for what all have in common
    answers = train.labels[chosen][gaps.argmin(axis=1)]
    return {"voting": accuracy(test.labels, answers), "information": information(test.labels, answers)}


def logistic_regression(settings: Settings, seed: int, train: Images, test: Images) -> dict[str, float]:
    """The linear decoder on pixels."""
    return _decoded(train.pixels, train, test.pixels, test, 1.0)


def random_projection(settings: Settings, seed: int, train: Images, test: Images) -> dict[str, float]:
    """Pixels as Poisson spike counts, random weights, half of the features at rest; then the linear decoder."""
    draw = np.random.default_rng(seed)
    code = PoissonCode(total=settings.total_rate, exponent=settings.exponent)
    spikes = [draw.poisson(code.rates(images) * settings.test_show / 1000.0) for images in (train, test)]
    projection = draw.standard_normal((train.pixels.shape[1], settings.neurons))
    features = [count @ projection for count in spikes]
    rest = np.median(features[0], axis=0)
    return _decoded(
        np.maximum(features[0] - rest, 0.0), train, np.maximum(features[1] - rest, 0.0), test, INVERSE_PENALTY
    )


def _decoded(
    fitted: NDArray[Any], train: Images, asked: NDArray[Any], test: Images, penalty: float
) -> dict[str, float]:
    decoded = LinearDecoder.fit(fitted, train.labels, inverse_penalty=penalty).predict(asked)
    return {"linear": accuracy(test.labels, decoded), "information_linear": information(test.labels, decoded)}


RIVALS = {
    "k-means": k_means,
    "nearest neighbour": nearest_neighbour,
    "logistic regression": logistic_regression,
    "random projection": random_projection,
}
