"""Arrays at the door: every measure takes array-likes through these functions, which refuse bad ones by name."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hebbstat.contract.errors import BadValueError

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


def finite_array(values: ArrayLike, name: str, dimensions: int) -> Floats:
    """A float64 array of the stated number of dimensions, without NaN or infinity and not empty."""
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise BadValueError(f"{name} must be an array of numbers: {error}") from error
    if array.ndim != dimensions:
        raise BadValueError(f"{name} has shape {array.shape}; it must have {dimensions} dimension(s)")
    if array.size == 0:
        raise BadValueError(f"{name} has shape {array.shape}; it must not be empty")
    wrong = int(np.count_nonzero(~np.isfinite(array)))
    if wrong:
        raise BadValueError(
            f"{name} holds {wrong} value(s) that are NaN or infinite; remove those trials or neurons first"
        )
    return array


def count_matrix(counts: ArrayLike, name: str = "counts") -> Floats:
    """Spike counts or rates, shape (trials, neurons): finite and not below 0."""
    matrix = finite_array(counts, name, dimensions=2)
    if matrix.min() < 0:
        raise BadValueError(f"{name} holds {matrix.min():g}; counts and rates must not be below 0")
    return matrix


def integers(values: ArrayLike, name: str) -> Integers:
    """A vector of integers of 0 and more; whole floats are accepted, an empty vector too."""
    array = np.asarray(values)
    if array.size == 0 and array.ndim == 1:
        return np.zeros(0, dtype=np.int64)
    vector = finite_array(array, name, dimensions=1)
    if np.any(vector != np.floor(vector)) or vector.min() < 0:
        raise BadValueError(
            f"{name} must hold integers of 0 and more; np.unique(.., return_inverse=True) numbers others"
        )
    return vector.astype(np.int64)


def class_labels(labels: ArrayLike, trials: int, name: str = "labels") -> Integers:
    """The class of each trial, shape (trials,), as an integer of 0 and more."""
    vector = integers(labels, name)
    if len(vector) != trials:
        raise BadValueError(f"{name} has length {len(vector)} but there are {trials} trials; give one class per trial")
    return vector


def several_classes(labels: Integers) -> Integers:
    """The sorted classes that occur, or an error when there is only one and so nothing to decode."""
    classes = np.unique(labels)
    if len(classes) < 2:
        raise BadValueError(f"labels hold only the class {classes.tolist()}; a decoder needs at least two classes")
    return classes


def same_width(counts: Floats, neurons: int) -> Floats:
    """`counts` again, if it has the number of neurons that the decoder was fitted on."""
    if counts.shape[1] != neurons:
        raise BadValueError(f"counts have {counts.shape[1]} neurons but the decoder was fitted on {neurons}")
    return counts


def positive(value: float, name: str) -> float:
    """A finite number above 0."""
    if not (np.isfinite(value) and value > 0):
        raise BadValueError(f"{name}={value!r} must be a finite number above 0")
    return float(value)


def at_least(value: int, least: int, name: str) -> int:
    """An integer that is not below `least`."""
    if not (np.isfinite(value) and value == int(value) and value >= least):
        raise BadValueError(f"{name}={value!r} must be an integer of at least {least}")
    return int(value)
