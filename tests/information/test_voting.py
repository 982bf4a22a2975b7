"""Votes of neurons, worked out by hand on small tables."""

import numpy as np
import pytest

from hebbstat.contract.errors import BadValueError
from hebbstat.information import NOBODY, LabelVoting, ProfileVoting, accuracy, class_profiles

# Neuron 0 prefers class 2, neurons 1 and 2 class 5, neuron 3 is silent, neuron 4 answers to both alike.
COUNTS = [[6, 0, 1, 0, 2], [4, 0, 0, 0, 2], [1, 3, 5, 0, 2], [0, 3, 4, 0, 2], [2, 3, 3, 0, 2]]
LABELS = [2, 2, 5, 5, 5]

DECODERS = [LabelVoting, ProfileVoting]


def test_profiles_are_means_over_the_trials_of_a_class() -> None:
    classes, profiles = class_profiles(COUNTS, LABELS)
    assert classes.tolist() == [2, 5]
    assert profiles.tolist() == [[5.0, 0.0, 0.5, 0.0, 2.0], [1.0, 3.0, 4.0, 0.0, 2.0]]


def test_neurons_take_the_class_they_answer_most_and_the_silent_none() -> None:
    assert LabelVoting.fit(COUNTS, LABELS).neuron_labels.tolist() == [2, 5, 5, NOBODY, 2]


def test_labels_depend_on_mean_responses_not_on_how_often_a_class_was_shown() -> None:
    counts = [[3]] + [[2]] * 9
    assert LabelVoting.fit(counts, [0] + [1] * 9).neuron_labels.tolist() == [0]


def test_label_voting_compares_means_so_that_many_neurons_have_no_advantage() -> None:
    voting = LabelVoting.fit([[9, 0, 0, 0], [0, 9, 9, 9]], [2, 5])
    # 2 against a mean of 1 and a sum of 3; then 1 against a mean of 4/3.
    assert voting.predict([[2, 1, 1, 1], [1, 2, 1, 1]]).tolist() == [2, 5]


def test_profile_voting_weighs_each_neuron_by_its_shares() -> None:
    voting = ProfileVoting.fit(COUNTS, LABELS)
    assert voting.shares[:, 0] == pytest.approx([5 / 6, 1 / 6])
    assert voting.shares[:, 3].tolist() == [0.0, 0.0]
    assert voting.shares[:, 4] == pytest.approx([0.5, 0.5])
    # 3 * 5/6 + 1 * 1/9 = 2.61 for class 2; 3 * 1/6 + 1 * 8/9 + 2 = 3.39 for class 5
    assert voting.predict([[3, 0, 1, 0, 0], [3, 2, 1, 0, 0]]).tolist() == [2, 5]


@pytest.mark.parametrize("decoder", DECODERS)
def test_a_trial_without_votes_is_read_as_nobody(decoder: type) -> None:
    assert decoder.fit(COUNTS, LABELS).predict([[0, 0, 0, 0, 0], [0, 0, 0, 9, 0]]).tolist() == [NOBODY, NOBODY]


@pytest.mark.parametrize("decoder", DECODERS)
def test_silent_training_leaves_nobody(decoder: type) -> None:
    assert decoder.fit(np.zeros((4, 3)), [0, 0, 1, 1]).predict([[1, 2, 3]]).tolist() == [NOBODY]


@pytest.mark.parametrize("decoder", DECODERS)
def test_tuned_poisson_neurons_are_decoded_and_shuffled_labels_are_not(decoder: type) -> None:
    rng = np.random.default_rng(0)
    labels = np.arange(2000) % 10
    tuning = 1.0 + 9.0 * (np.arange(100)[None, :] % 10 == np.arange(10)[:, None])
    counts = rng.poisson(tuning[labels])
    fitted = decoder.fit(counts[:1000], labels[:1000])
    assert accuracy(labels[1000:], fitted.predict(counts[1000:])) > 0.99
    chance = decoder.fit(counts[:1000], rng.permutation(labels[:1000]))
    assert accuracy(labels[1000:], chance.predict(counts[1000:])) < 0.35


@pytest.mark.parametrize("decoder", DECODERS)
def test_bad_trials_are_refused(decoder: type) -> None:
    for counts, labels, says in [
        ([[1], [2]], [3, 3], "only the class"),
        ([[1], [np.nan]], [0, 1], "NaN"),
        ([[1], [2]], [0, 1, 1], "one class per trial"),
        ([[1], [-2]], [0, 1], "below 0"),
        ([1, 2], [0, 1], "dimension"),
        ([[1], [2]], [0, -1], "integers"),
        ([[1], [2]], ["a", "b"], "numbers"),
    ]:
        with pytest.raises(BadValueError, match=says):
            decoder.fit(counts, labels)
    fitted = decoder.fit(COUNTS, LABELS)
    with pytest.raises(BadValueError, match="fitted on 5"):
        fitted.predict([[1, 2]])
    with pytest.raises(BadValueError, match="NaN"):
        fitted.predict([[1, 2, np.nan, 0, 0]])
