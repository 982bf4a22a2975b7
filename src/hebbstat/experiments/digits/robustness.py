"""What a trained network still knows when it is damaged: nothing is learned again, its readers stay as they were."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from hebbstat.contract import random
from hebbstat.experiments.digits.readout import Readers, information
from hebbstat.experiments.digits.training import State, Subject
from hebbstat.information import accuracy
from hebbstat.stimuli import Images

LEVELS = (0.2, 0.4, 0.6, 0.8)
KINDS = {
    "deletion": "share of synapses deleted",
    "down-regulation": "receptors down-regulated by",
    "noise": "share of input spikes that are noise",
}


def damaged(state: State, kind: str, level: float, seed: int) -> State:
    """The state with a share of all synapses onto the excitatory cells deleted, or all of them weakened by a factor."""
    if kind == "deletion":
        return replace(
            state,
            feed=_thinned(state.feed, level, seed, "feed"),
            inhibition=_thinned(state.inhibition, level, seed, "inhibition"),
        )
    if kind == "down-regulation":
        return replace(
            state, feed=state.feed * np.float32(1 - level), inhibition=state.inhibition * np.float32(1 - level)
        )
    return state


def robustness(subject: Subject, state: State, readers: Readers, test: Images) -> dict[str, Any]:
    """Accuracy and information of the vote, `[levels]`, under each kind of damage."""
    found: dict[str, Any] = {}
    for kind in KINDS:
        answers = [
            readers.vote.predict(
                subject.ask(damaged(state, kind, level, subject.seed), test, noise=level if kind == "noise" else 0.0)
            )
            for level in LEVELS
        ]
        found[f"{kind}_voting"] = np.array([accuracy(test.labels, answer) for answer in answers])
        found[f"{kind}_information"] = np.array([information(test.labels, answer) for answer in answers])
    return found


def _thinned(weights: Any, share: float, seed: int, name: str) -> Any:
    """Weights of which exactly this share, drawn by seed, is 0. A larger share deletes the same ones, and more."""
    order = random.generator(seed, f"deletion/{name}").permutation(len(weights))
    kept = weights.copy()
    kept[order[: round(share * len(weights))]] = 0
    return kept
