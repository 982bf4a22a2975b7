"""Reading a class from spike counts by a vote of the neurons, as unsupervised spiking networks are usually read.

Both decoders need only the mean response of each neuron to each class, on training trials that are not the ones
decoded. `counts` has shape (trials, neurons), `labels` shape (trials,) with classes as integers of 0 and more. A trial
in which no neuron has a vote is read as NOBODY (-1), never as some class by default; ties go to the lowest class.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from hebbstat.information.checks import Floats, Integers, class_labels, count_matrix, same_width, several_classes

NOBODY = -1


def class_profiles(counts: ArrayLike, labels: ArrayLike) -> tuple[Integers, Floats]:
    """The classes that occur, and the mean response of every neuron to each of them.

        profile_cj = mean of count_kj over the trials k of class c

    Returns the sorted classes, shape (classes,), and the profiles, shape (classes, neurons), in counts per trial.
    `BadValueError` on NaN, unlike lengths, or a single class.

    >>> class_profiles([[4, 0], [2, 0], [1, 6]], [0, 0, 1])
    (array([0, 1]), array([[3., 0.],
           [1., 6.]]))
    """
    matrix = count_matrix(counts)
    given = class_labels(labels, len(matrix))
    classes = several_classes(given)
    return classes, np.array([matrix[given == c].mean(axis=0) for c in classes])


@dataclass(frozen=True, eq=False)
class LabelVoting:
    """Every neuron stands for one class; the class whose neurons fire most on average is the answer.

        label_j = the class with the largest profile_cj,   answer = argmax_c mean of count_kj over neurons with label c

    `classes` has shape (classes,), `neuron_labels` shape (neurons,): a class, or NOBODY for neurons silent in training.
    A class without neurons cannot be answered. Source: Diehl & Cook 2015, doi:10.3389/fncom.2015.00099.

    >>> voting = LabelVoting.fit([[4, 0, 0], [1, 6, 0]], [0, 1])
    >>> voting.neuron_labels
    array([ 0,  1, -1])
    >>> voting.predict([[3, 1, 9], [0, 2, 0], [0, 0, 5]])
    array([ 0,  1, -1])
    """

    classes: Integers
    neuron_labels: Integers

    @classmethod
    def fit(cls, counts: ArrayLike, labels: ArrayLike) -> LabelVoting:
        """Give each neuron its label. Shapes and errors as in `class_profiles`."""
        classes, profiles = class_profiles(counts, labels)
        return cls(classes, np.where(profiles.max(axis=0) > 0, classes[profiles.argmax(axis=0)], NOBODY))

    def predict(self, counts: ArrayLike) -> Integers:
        """The class of each trial, shape (trials,). `BadValueError` on NaN or another number of neurons."""
        matrix = same_width(count_matrix(counts), len(self.neuron_labels))
        members = (self.neuron_labels[:, None] == self.classes).astype(np.float64)
        return _elected(matrix @ members / np.maximum(members.sum(axis=0), 1.0), self.classes)


@dataclass(frozen=True, eq=False)
class ProfileVoting:
    """Every neuron votes for all classes, each in proportion to its mean response to it in training.

        share_cj = profile_cj / sum_c profile_cj,   answer = argmax_c sum_j count_kj share_cj

    Other than label voting it uses neurons that answer to several classes for what they are. `classes` has shape
    (classes,), `shares` shape (classes, neurons), 0 for neurons silent in training. Cf. the proportion weighting of
    Hazan et al. 2018, doi:10.3389/fninf.2018.00089, which in addition restricts each vote to neurons of that label.

    >>> voting = ProfileVoting.fit([[4, 0], [1, 6]], [0, 1])
    >>> voting.shares
    array([[0.8, 0. ],
           [0.2, 1. ]])
    >>> voting.predict([[5, 2], [2, 5], [0, 0]])
    array([ 0,  1, -1])
    """

    classes: Integers
    shares: Floats

    @classmethod
    def fit(cls, counts: ArrayLike, labels: ArrayLike) -> ProfileVoting:
        """Find each neuron's shares. Shapes and errors as in `class_profiles`."""
        classes, profiles = class_profiles(counts, labels)
        total = profiles.sum(axis=0)
        return cls(classes, profiles / np.where(total > 0, total, 1.0))

    def predict(self, counts: ArrayLike) -> Integers:
        """The class of each trial, shape (trials,). `BadValueError` on NaN or another number of neurons."""
        matrix = same_width(count_matrix(counts), self.shares.shape[1])
        return _elected(matrix @ self.shares.T, self.classes)


def _elected(votes: Floats, classes: Integers) -> Integers:
    """The class with most votes in each row, NOBODY in rows without any."""
    return np.where(votes.max(axis=1) > 0, classes[votes.argmax(axis=1)], NOBODY).astype(np.int64)
