"""The linear decoder against the optimal one, and scores worked out by hand."""

import numpy as np
import pytest
from scipy.stats import norm

from hebbstat.contract.errors import BadValueError
from hebbstat.information import LinearDecoder, accuracy, choose_inverse_penalty, confusion_matrix


def two_clouds(rng: np.random.Generator, trials: int, distance: float) -> tuple[np.ndarray, np.ndarray]:
    """Unit Gaussian responses of 5 neurons around two means that are `distance` apart along the first."""
    labels = np.arange(trials) % 2
    responses = 20.0 + rng.standard_normal((trials, 5))
    responses[:, 0] += labels * distance
    return responses, labels


def test_it_reaches_the_optimal_accuracy_on_gaussian_responses() -> None:
    """No decoder beats Phi(d' / 2), and logistic regression with many trials comes close."""
    rng = np.random.default_rng(0)
    train, train_labels = two_clouds(rng, 4000, distance=2.0)
    test, test_labels = two_clouds(rng, 20_000, distance=2.0)
    reached = accuracy(test_labels, LinearDecoder.fit(train, train_labels).predict(test))
    assert reached == pytest.approx(norm.cdf(1.0), abs=0.01)


def test_it_reads_differences_between_neurons_that_votes_cannot() -> None:
    rng = np.random.default_rng(1)
    labels = np.arange(600) % 3
    shared = rng.integers(0, 50, 600)
    counts = np.column_stack([shared, shared + 5 * labels, rng.integers(0, 9, 600)])
    decoder = LinearDecoder.fit(counts[:300], labels[:300], inverse_penalty=100.0)
    assert accuracy(labels[300:], decoder.predict(counts[300:])) > 0.99


@pytest.mark.parametrize("classes", [2, 4])
def test_its_answers_are_those_of_scikit_learn(classes: int) -> None:
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    rng = np.random.default_rng(2)
    labels = rng.integers(0, classes, 300) * 3 + 1
    counts = rng.poisson(2.0 + np.outer(labels, rng.random(12)))
    model = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=5000)).fit(counts[:200], labels[:200])
    ours = LinearDecoder.fit(counts[:200], labels[:200], inverse_penalty=0.1)
    assert ours.predict(counts[200:]).tolist() == model.predict(counts[200:]).tolist()
    assert ours.weights.shape == (classes, 12)
    assert ours.classes.tolist() == sorted(set(labels))


def test_standardising_makes_units_and_constant_neurons_harmless() -> None:
    rng = np.random.default_rng(3)
    counts, labels = two_clouds(rng, 400, distance=1.0)
    plain = LinearDecoder.fit(counts, labels)
    scaled = LinearDecoder.fit(np.column_stack([counts * [1000, 1, 0.001, 7, 1], np.full(400, 0.1)]), labels)
    assert scaled.weights[:, :5] == pytest.approx(plain.weights, abs=1e-4)
    assert scaled.weights[:, 5] == pytest.approx([0.0, 0.0])


def test_a_stronger_penalty_means_smaller_weights() -> None:
    counts, labels = two_clouds(np.random.default_rng(4), 200, distance=2.0)
    sizes = [np.abs(LinearDecoder.fit(counts, labels, inverse_penalty=c).weights).max() for c in (0.001, 0.1, 10.0)]
    assert sizes == sorted(sizes) and sizes[2] > 5 * sizes[0]


def test_the_chosen_penalty_is_the_one_that_decodes_better() -> None:
    labels, candidates = np.arange(100) % 2, (0.001, 1000.0)
    votes_for_strong = 0
    for seed in range(6):
        rng = np.random.default_rng(seed)
        weak_cues = 10.0 + rng.standard_normal((100, 80)) + 0.3 * labels[:, None]
        votes_for_strong += choose_inverse_penalty(weak_cues, labels, candidates=candidates) == 0.001
        # A small difference below large shared noise can only be read with large weights of opposite sign.
        shared = 500.0 + rng.normal(0.0, 50.0, 100)
        difference = np.column_stack([shared, shared + 2 * labels + rng.normal(0.0, 0.3, 100)])
        assert choose_inverse_penalty(difference, labels, candidates=candidates) == 1000.0
    assert votes_for_strong >= 4


def test_ties_go_to_the_strongest_penalty_and_the_choice_is_repeatable() -> None:
    rng = np.random.default_rng(5)
    labels = np.arange(60) % 2
    clear = np.column_stack([labels * 10.0, rng.random(60)])
    assert choose_inverse_penalty(clear, labels, candidates=(10.0, 1.0, 0.1)) == 0.1
    noisy = rng.random((60, 9))
    assert choose_inverse_penalty(noisy, labels, seed=1) == choose_inverse_penalty(noisy, labels, seed=1)


def test_accuracy_counts_nobody_as_wrong() -> None:
    assert accuracy([0, 1, 2, 3], [0, 1, -1, 0]) == 0.5
    assert accuracy([3], [3]) == 1.0


def test_confusion_rows_sum_to_the_trials_of_each_class() -> None:
    confusion = confusion_matrix([2, 2, 2, 5, 5, 9], [2, 5, -1, 5, 7, 9])
    assert confusion.classes.tolist() == [2, 5, 7, 9]
    assert confusion.table.tolist() == [[1, 1, 0, 0], [0, 1, 1, 0], [0, 0, 0, 0], [0, 0, 0, 1]]
    assert confusion.undecided.tolist() == [1, 0, 0, 0]
    assert (confusion.table.sum(axis=1) + confusion.undecided).tolist() == [3, 2, 0, 1]


def test_bad_trials_are_refused() -> None:
    good = [[1.0], [2.0], [3.0], [4.0]]
    for counts, labels, says in [
        (good, [1, 1, 1, 1], "only the class"),
        ([[1.0], [np.inf], [2.0], [3.0]], [0, 0, 1, 1], "infinite"),
        (good, [0, 1], "one class per trial"),
        (good, [0, 1, 0, 0.5], "integers"),
    ]:
        for fit in (LinearDecoder.fit, choose_inverse_penalty):
            with pytest.raises(BadValueError, match=says):
                fit(counts, labels)
    with pytest.raises(BadValueError, match="fitted on 1"):
        LinearDecoder.fit(good, [0, 0, 1, 1]).predict([[1.0, 2.0]])
    with pytest.raises(BadValueError, match="inverse_penalty=0"):
        LinearDecoder.fit(good, [0, 0, 1, 1], inverse_penalty=0)


def test_bad_choices_are_refused() -> None:
    good, labels = [[1.0], [2.0], [3.0], [4.0]], [0, 0, 1, 1]
    with pytest.raises(BadValueError, match="rarest class has 2"):
        choose_inverse_penalty(good, labels, folds=3)
    with pytest.raises(BadValueError, match="folds=1"):
        choose_inverse_penalty(good, labels, folds=1)
    with pytest.raises(BadValueError, match="candidates"):
        choose_inverse_penalty(good, labels, candidates=(), folds=2)


def test_bad_answers_are_refused() -> None:
    for score in (accuracy, confusion_matrix):
        with pytest.raises(BadValueError, match="one class per trial"):
            score([0, 1], [0])
        with pytest.raises(BadValueError, match="-1 for undecided"):
            score([0, 1], [0, -2])
        with pytest.raises(BadValueError, match="labels must hold"):
            score([0, -1], [0, 1])
