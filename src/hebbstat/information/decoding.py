"""How well classes can be read from spike counts: a linear decoder, and the score of any decoder's answers.

`counts` has shape (trials, neurons), `labels` shape (trials,) with classes as integers of 0 and more. Fit on some
trials and score on others. The decoders that only count votes are in `voting`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from hebbstat.contract.errors import BadValueError
from hebbstat.information.checks import (
    Floats,
    Integers,
    at_least,
    class_labels,
    count_matrix,
    finite_array,
    positive,
    same_width,
    several_classes,
)

CANDIDATES = (0.001, 0.01, 0.1, 1.0, 10.0)
MOST_STEPS = 5000


@dataclass(frozen=True, eq=False)
class LinearDecoder:
    """Multinomial logistic regression on standardised spike counts: what a linear readout could learn.

        z_kj = (count_kj - mean_j) / scale_j,   p(c | k) = softmax_c(sum_j weights_cj z_kj + offset_c)
        fitted by minimising  |weights|^2 / 2 - inverse_penalty sum_k log p(label_k | k)

    `mean` and `scale` (the standard deviation in training, 1 for neurons whose count never changes) have shape
    (neurons,), `weights` shape (classes, neurons), `offset` shape (classes,). With two classes, row 0 of both is 0.
    Source: Hastie, Tibshirani & Friedman 2009, section 4.4, doi:10.1007/978-0-387-84858-7.

    >>> decoder = LinearDecoder.fit([[0, 9], [1, 8], [9, 0], [8, 1]], [3, 3, 5, 5])
    >>> decoder.predict([[2, 7], [7, 3]])
    array([3, 5])
    """

    classes: Integers
    mean: Floats
    scale: Floats
    weights: Floats
    offset: Floats
    inverse_penalty: float

    @classmethod
    def fit(cls, counts: ArrayLike, labels: ArrayLike, *, inverse_penalty: float = 1.0) -> LinearDecoder:
        """Fit on training trials; a smaller `inverse_penalty` (C in scikit-learn) keeps the weights smaller.

        1.0 is the default of scikit-learn; `choose_inverse_penalty` finds one from the training trials. The fit is
        deterministic. `BadValueError` on NaN, unlike lengths, a single class, or a penalty that is not above 0.
        """
        # Here, not above: scikit-learn takes a second to import, which `import hebbstat` must not.
        from sklearn.linear_model import LogisticRegression

        matrix = count_matrix(counts)
        given = class_labels(labels, len(matrix))
        classes = several_classes(given)
        mean = matrix.mean(axis=0)
        scale = np.where(np.ptp(matrix, axis=0) > 0, matrix.std(axis=0), 1.0)
        model = LogisticRegression(C=positive(inverse_penalty, "inverse_penalty"), max_iter=MOST_STEPS)
        model.fit((matrix - mean) / scale, given)
        weights, offset = np.asarray(model.coef_), np.asarray(model.intercept_)
        if len(classes) == 2:
            # scikit-learn keeps only the log odds of the second class.
            weights, offset = np.vstack([np.zeros_like(weights), weights]), np.concatenate([[0.0], offset])
        return cls(classes, mean, scale, weights, offset, float(inverse_penalty))

    def predict(self, counts: ArrayLike) -> Integers:
        """The most probable class of each trial, shape (trials,). `BadValueError`: NaN, another number of neurons."""
        matrix = same_width(count_matrix(counts), len(self.mean))
        scores = (matrix - self.mean) / self.scale @ self.weights.T + self.offset
        return np.asarray(self.classes[scores.argmax(axis=1)])


def choose_inverse_penalty(
    counts: ArrayLike, labels: ArrayLike, *, candidates: Sequence[float] = CANDIDATES, folds: int = 5, seed: int = 0
) -> float:
    """The candidate with the best mean accuracy in cross-validation within the training trials.

        best = argmax_C mean over folds of accuracy(LinearDecoder fitted on the other folds with C)

    Folds are stratified by class and drawn with `seed`; ties go to the smallest candidate, the strongest penalty.
    `BadValueError` as in `LinearDecoder.fit`, and if a class has fewer trials than there are folds.

    >>> counts, labels = [[0, 9], [1, 8], [9, 0], [8, 1]], [3, 3, 5, 5]
    >>> choose_inverse_penalty(counts, labels, candidates=(0.1, 1.0), folds=2)
    0.1
    """
    from sklearn.model_selection import StratifiedKFold

    matrix = count_matrix(counts)
    given = class_labels(labels, len(matrix))
    rarest = int(np.bincount(given)[several_classes(given)].min())
    if rarest < at_least(folds, 2, "folds"):
        raise BadValueError(f"the rarest class has {rarest} trials, fewer than folds={folds}; take fewer folds")
    if not candidates:
        raise BadValueError("candidates is empty; give at least one inverse penalty")
    splits = list(StratifiedKFold(folds, shuffle=True, random_state=seed).split(matrix, given))

    def score(inverse_penalty: float) -> float:
        scores = []
        for train, test in splits:
            decoder = LinearDecoder.fit(matrix[train], given[train], inverse_penalty=inverse_penalty)
            scores.append(accuracy(given[test], decoder.predict(matrix[test])))
        return float(np.mean(scores))

    return max(sorted(candidates), key=score)


def accuracy(labels: ArrayLike, predicted: ArrayLike) -> float:
    """The fraction of trials whose class was read right; a trial read as -1, nobody, was not.

        accuracy = (trials with predicted = label) / trials

    Both of shape (trials,). With unequally frequent classes compare with the share of the most frequent one.

    >>> accuracy([0, 0, 1, 1], [0, 1, 1, -1])
    0.5
    """
    true, answers = _answers(labels, predicted)
    return float((true == answers).mean())


@dataclass(frozen=True, eq=False)
class Confusion:
    """How often each class (rows) was read as each class (columns); `undecided` counts answers of -1 for each row.

    `classes` has shape (classes,), `table` shape (classes, classes), `undecided` shape (classes,).
    """

    classes: Integers
    table: Integers
    undecided: Integers


def confusion_matrix(labels: ArrayLike, predicted: ArrayLike) -> Confusion:
    """Which classes are taken for which.

        table_cd = trials of class c read as class d

    Both of shape (trials,). The classes are all that occur in either. The rows of `table` and `undecided` together sum
    to the trials of each class.

    >>> confusion_matrix([0, 0, 1, 1], [0, 1, 1, -1]).table
    array([[1, 1],
           [0, 1]])
    """
    true, answers = _answers(labels, predicted)
    decided = answers >= 0
    classes = np.unique(np.concatenate([true, answers[decided]]))
    row, column = np.searchsorted(classes, true), np.searchsorted(classes, answers)
    table = np.zeros((len(classes), len(classes)), dtype=np.int64)
    np.add.at(table, (row[decided], column[decided]), 1)
    undecided = np.bincount(row[~decided], minlength=len(classes)).astype(np.int64)
    return Confusion(classes, table, undecided)


def _answers(labels: ArrayLike, predicted: ArrayLike) -> tuple[Integers, Integers]:
    """True and predicted classes as integers of one length; only predictions may be -1."""
    answers = finite_array(predicted, "predicted", dimensions=1)
    if np.any(answers != np.floor(answers)) or answers.min() < -1:
        raise BadValueError("predicted must hold classes as integers of 0 and more, or -1 for undecided")
    return class_labels(labels, len(answers)), answers.astype(np.int64)
