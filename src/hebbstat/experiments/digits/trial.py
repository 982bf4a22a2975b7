"""One run of the experiment: an arm or a baseline with one seed, from images to numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from hebbstat.experiments.digits import Settings
from hebbstat.experiments.digits.data import code_of, read
from hebbstat.experiments.digits.network import LEAST_THRESHOLD
from hebbstat.experiments.digits.readout import Readers, firing, reading, weights
from hebbstat.experiments.digits.rivals import RIVALS
from hebbstat.experiments.digits.robustness import LEVELS, robustness
from hebbstat.experiments.digits.training import State, Subject, Training, train
from hebbstat.experiments.digits.variants import ARMS, settings_of
from hebbstat.experiments.lab.place import NOWHERE, Place
from hebbstat.stimuli import Images

RASTER_IMAGES = 6


def run_baseline(settings: Settings, seed: int, arm: str) -> dict[str, Any]:
    """Evaluate a baseline on the same training and test images."""
    learn, test = read(settings)
    return dict(RIVALS[arm](settings_of(settings, "everything"), seed, learn, test))


def run_network(settings: Settings, seed: int, arm: str, place: Place = NOWHERE) -> dict[str, Any]:
    """Train a network, freeze it, read it, and damage it if the arm asks for that; training is kept in `place`."""
    settings, kind = settings_of(settings, arm), ARMS[arm]
    learn, test = read(settings)
    subject = Subject(settings, kind, seed, code_of(settings, learn), len(learn))
    before = subject.newborn(learn)
    training = train(subject, learn, place) if kind.learns else Training(before, np.empty(0), np.empty(0))
    state = training.state
    labelling, answers = subject.ask(state, learn), subject.ask(state, test)
    readers = Readers.fit(labelling, learn.labels)
    found = reading(readers, answers, test.labels)
    found |= firing(readers, answers, test.labels, settings.test_show + settings.pause)
    found |= weights(before.feed, state.feed, settings.neurons) | slow_state(before, state)
    found |= {"training_images": training.images_seen, "training_rate": training.rate}
    found |= {"image_shape": np.array([learn.height, learn.width])}
    found |= rasters(subject, before, state, test)
    if settings.robustness and kind.perturbed:
        found |= {"levels": np.array(LEVELS)} | robustness(subject, state, readers, test)
    return found


def slow_state(before: State, after: State) -> dict[str, Any]:
    """Thresholds and inhibition after learning."""
    start = before.inhibition.mean()
    return {
        "threshold": after.theta.mean() + LEAST_THRESHOLD,
        "threshold_sd": after.theta.std(),
        "inhibition": after.inhibition.mean() / start if start > 0 else 0.0,
        "thresholds": after.theta.astype(np.float32) + np.float32(LEAST_THRESHOLD),
    }


def rasters(subject: Subject, before: State, after: State, test: Images) -> dict[str, Any]:
    """Spikes while the first few test images are shown, before and after learning."""
    found: dict[str, Any] = {"raster_labels": test.labels[:RASTER_IMAGES]}
    for name, state in (("before", before), ("after", after)):
        times, cells = subject.watch(state, test[:RASTER_IMAGES])
        found |= {f"raster_{name}_times": times.astype(np.float32), f"raster_{name}_cells": cells}
    return found
