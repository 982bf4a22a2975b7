"""The entropy of a discrete variable in bits, and the form in which every information estimate is returned.

A finite sample shows too few of the possible symbols, so the plug-in entropy is too small, and a plug-in mutual
information too large. An estimate without the name of its estimator therefore means little: `Information` holds both.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from hebbstat.contract.errors import BadValueError
from hebbstat.information.checks import Integers


@dataclass(frozen=True)
class Information:
    """An entropy or a mutual information with how it was found.

    bits = plug-in estimate - bias

    `bits` is NaN if the samples are too few for the estimator; it is never clipped at 0, for then averages would be
    biased anew. `bias` is the estimated bias of the plug-in estimate in bits (0 for the plug-in itself, below 0 for
    entropies, above 0 for most informations); `samples` is the number of samples.
    """

    bits: float
    estimator: str
    bias: float
    samples: int


def plug_in_entropy(symbols: ArrayLike) -> Information:
    """The entropy of the observed frequencies: too small on average, by about (R - 1) / (2 N ln 2) for R symbols.

        H = - sum_r (n_r / N) log2(n_r / N)

    `symbols` has shape (samples,): integers, booleans, strings or whole categories as numbers. `BadValueError` on NaN,
    no samples or another shape. Source: Shannon 1948, doi:10.1002/j.1538-7305.1948.tb01338.x.

    >>> plug_in_entropy([0, 1, 2, 3])
    Information(bits=2.0, estimator='plug-in', bias=0.0, samples=4)
    """
    counts = np.bincount(symbol_codes(symbols, "symbols"))
    return Information(entropy_bits(counts), "plug-in", 0.0, int(counts.sum()))


def miller_madow_entropy(symbols: ArrayLike) -> Information:
    """The plug-in entropy with its first-order bias taken away.

        H = H_plug-in + (m - 1) / (2 N ln 2),   m = number of symbols seen

    `symbols` as in `plug_in_entropy`. If every symbol was seen only once, the sample says nothing about the
    frequencies: `bits` is NaN and a RuntimeWarning is given. Source: Miller 1955, "Note on the bias of information
    estimates"; Paninski 2003, doi:10.1162/089976603321780272.

    >>> round(miller_madow_entropy([0, 0, 1, 1]).bits, 4)  # 1 + 1 / (8 ln 2)
    1.1803
    """
    counts = np.bincount(symbol_codes(symbols, "symbols"))
    samples, seen = int(counts.sum()), len(counts)
    bias = -(seen - 1) * first_order_bias(samples)
    bits = entropy_bits(counts) - bias
    if seen == samples:
        warnings.warn(f"all {samples} symbols were seen only once: too few samples for an entropy", RuntimeWarning, 2)
        bits = float("nan")
    return Information(bits, "Miller-Madow", bias, samples)


def entropy_bits(counts: Integers) -> float:
    """The plug-in entropy of a table of counts, of any shape, in bits."""
    probabilities = counts[counts > 0] / counts.sum()
    # Adding 0 turns the -0.0 of a single symbol into 0.0.
    return float(-(probabilities * np.log2(probabilities)).sum()) + 0.0


def first_order_bias(samples: int) -> float:
    """What each free probability adds to the bias of a plug-in estimate: 1 / (2 N ln 2) bits."""
    return float(1.0 / (2.0 * samples * np.log(2.0)))


def symbol_codes(values: ArrayLike, name: str) -> Integers:
    """Each sample's symbol as an integer 0 .. R - 1, in which every integer occurs."""
    array = np.asarray(values)
    if array.ndim != 1 or array.size == 0:
        raise BadValueError(
            f"{name} has shape {array.shape}; give one symbol per sample. Words of several neurons become symbols by "
            "np.unique(words, axis=0, return_inverse=True)[1]"
        )
    if array.dtype.kind not in "biufUS":
        raise BadValueError(f"{name} has dtype {array.dtype}; symbols must be integers, booleans, numbers or strings")
    if array.dtype.kind == "f" and not np.all(np.isfinite(array)):
        raise BadValueError(f"{name} holds NaN or infinite values; remove those samples first")
    return np.unique(array, return_inverse=True)[1].astype(np.int64)
