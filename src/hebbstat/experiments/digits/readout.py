"""What is measured in a network that has learned: how well it can be read, how it fires, how its weights lie."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hebbstat.information import (
    NOBODY,
    LabelVoting,
    LinearDecoder,
    ProfileVoting,
    accuracy,
    confusion_matrix,
    gini,
    lifetime_sparseness,
    panzeri_treves_information,
    population_sparseness,
    rank_correlation,
)

Counts = NDArray[np.int64]
INVERSE_PENALTY = 0.01  # of the linear decoder: standardised counts of a few hundred cells, about a thousand images


@dataclass(frozen=True, eq=False)
class Readers:
    """The three decoders, fitted on responses to training images."""

    vote: LabelVoting
    profile: ProfileVoting
    linear: LinearDecoder | None

    @classmethod
    def fit(cls, counts: Counts, labels: Counts, *, linear: bool = True) -> Readers:
        """Label the cells, find their profiles, fit the linear decoder."""
        decoder = LinearDecoder.fit(counts, labels, inverse_penalty=INVERSE_PENALTY) if linear else None
        return cls(LabelVoting.fit(counts, labels), ProfileVoting.fit(counts, labels), decoder)


def information(labels: Counts, answers: Counts) -> float:
    """Mutual information between true and decoded class, bits, Panzeri & Treves' correction; NaN for too few images."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # NaN says the same, and the report explains it
        return panzeri_treves_information(labels, answers).bits


def reading(readers: Readers, counts: Counts, labels: Counts) -> dict[str, Any]:
    """How well the class of test images can be read from the cells' spikes."""
    vote = readers.vote.predict(counts)
    confusion = confusion_matrix(labels, vote)
    found = {
        "voting": accuracy(labels, vote),
        "profile_voting": accuracy(labels, readers.profile.predict(counts)),
        "information": information(labels, vote),
        "confusion": np.column_stack([confusion.table, confusion.undecided]),
    }
    if readers.linear is not None:
        decoded = readers.linear.predict(counts)
        found |= {"linear": accuracy(labels, decoded), "information_linear": information(labels, decoded)}
    return found


def firing(readers: Readers, counts: Counts, labels: Counts, period: float) -> dict[str, Any]:
    """How the cells fire during the test; `period` is the time per image in ms."""
    means = np.array([counts[labels == c].mean(axis=0) for c in np.unique(labels)])
    return {
        "rate": counts.mean() / period * 1000.0,
        "active": (counts > 0).sum(axis=1).mean(),
        "used": (readers.vote.neuron_labels != NOBODY).mean(),
        "sparseness": _mean(population_sparseness(counts)),
        "lifetime_sparseness": _mean(lifetime_sparseness(means)),
        "cell_labels": readers.vote.neuron_labels,
    }


def weights(before: NDArray[Any], after: NDArray[Any], cells: int) -> dict[str, Any]:
    """How the weights of the inputs lie; both `[synapses]` by input, then cell."""
    w = after.astype(float)
    equal = before.min() == before.max()  # such weights have no order that could be kept
    sums = w.reshape(-1, cells).sum(axis=0)
    return {
        "weight_gini": gini(w),
        "weight_cv": w.std() / w.mean() if w.mean() > 0 else float("nan"),
        "weight_zero": (w == 0).mean(),
        **({} if equal else {"weight_order": rank_correlation(before, after)}),
        "weight_sum_cv": sums.std() / sums.mean() if sums.mean() > 0 else float("nan"),
        "weights_before": before.reshape(-1, cells).astype(np.float32),
        "weights": after.reshape(-1, cells).astype(np.float32),
    }


def _mean(values: NDArray[np.float64]) -> float:
    """The mean without what is undefined; NaN if nothing is left."""
    found = values[np.isfinite(values)]
    return float(found.mean()) if found.size else float("nan")
