"""Mutual information between two discrete variables in bits, and four ways to treat its bias.

        I(S; R) = H(S) + H(R) - H(S, R)

From N samples the plug-in estimate is too large. For independent variables with S and R symbols its bias is, to first
order, (R - 1)(S - 1) / (2 N ln 2) bits; in general, with R_s responses possible under stimulus s,

        bias = [ sum_s (R_s - 1) - (R - 1) ] / (2 N ln 2)

(Treves & Panzeri 1995, doi:10.1162/neco.1995.7.2.399). The estimators differ in how they find R_s. First-order
corrections need at least as many samples as the table of stimuli and responses has cells (Panzeri et al. 2007,
doi:10.1152/jn.00559.2007): with fewer, corrected estimates are NaN, with a RuntimeWarning. With just as many, Panzeri &
Treves leave about a fifth of the bias, with four times as many a tenth (4 stimuli, 16 responses, independent).

Here `stimuli` and `responses` have shape (samples,) and hold symbols: integers, booleans, strings or numbers. Bin
continuous responses first. All raise `BadValueError` on NaN, no samples or unlike lengths.
"""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import ArrayLike

from hebbstat.contract.errors import BadValueError
from hebbstat.information.checks import Integers, at_least
from hebbstat.information.entropy import Information, entropy_bits, first_order_bias, symbol_codes


def plug_in_information(stimuli: ArrayLike, responses: ArrayLike) -> Information:
    """The mutual information of the observed frequencies, in bits: too large on average.

        I = H(S) + H(R) - H(S, R), each from its observed frequencies

    Shapes, units and errors: see the module. Source: Shannon 1948, doi:10.1002/j.1538-7305.1948.tb01338.x.

    >>> plug_in_information([0, 0, 1, 1], [5, 5, 7, 7])
    Information(bits=1.0, estimator='plug-in', bias=0.0, samples=4)
    """
    table = joint_table(stimuli, responses)
    return Information(table_information(table), "plug-in", 0.0, int(table.sum()))


def miller_madow_information(stimuli: ArrayLike, responses: ArrayLike) -> Information:
    """The plug-in information less its first-order bias, with the responses seen taken for those possible.

        R_s = number of responses seen under s,   R = number of responses seen

    It corrects too little as soon as some possible responses were not seen, which Panzeri & Treves repair.
    Shapes, units and errors: see the module. Source: Treves & Panzeri 1995, doi:10.1162/neco.1995.7.2.399.

    >>> round(miller_madow_information([0, 1, 0, 1], [0, 0, 1, 1]).bias, 4)  # 1 / (8 ln 2)
    0.1803
    """
    table = joint_table(stimuli, responses)
    return _estimate(table, _first_order(table, np.count_nonzero(table, axis=1)), "Miller-Madow")


def panzeri_treves_information(stimuli: ArrayLike, responses: ArrayLike) -> Information:
    """The plug-in information less its first-order bias, with the possible responses found by Bayes' rule.

        R_s = `possible_responses` of stimulus s,   R = number of responses seen under any stimulus

    The first choice of the four. An informative response has a bias below 0, that of its own entropy, so a perfect
    code comes out above the plug-in. This holds for stimuli drawn at random; with a fixed number of trials for each
    stimulus it is too much, by at most (R - 1) / (2 N ln 2).
    Shapes, units and errors: see the module. Source: Panzeri & Treves 1996, doi:10.1080/0954898X.1996.11978656.

    >>> round(panzeri_treves_information([0, 1] * 50, [5, 7] * 50).bits, 4)  # 1 + 1 / (200 ln 2)
    1.0072
    """
    table = joint_table(stimuli, responses)
    possible = np.array([possible_responses(row, table.shape[1]) for row in table])
    return _estimate(table, _first_order(table, possible), "Panzeri-Treves")


def shuffle_corrected_information(
    stimuli: ArrayLike, responses: ArrayLike, *, seed: int, shuffles: int = 200
) -> Information:
    """The plug-in information less its mean over shuffles of the responses among the samples.

        bias = mean over shuffles of I_plug-in(stimuli, shuffled responses)

    Exact on average for independent variables. For dependent ones it takes away too much, since shuffling lets every
    response occur under every stimulus. `seed` makes it repeatable.
    Shapes, units and errors: see the module. Source: Optican, Gawne, Richmond & Joseph 1991, Biol Cybern 65:305.

    >>> shuffle_corrected_information([0, 1] * 50, [3, 4] * 50, seed=1).bits > 0.98
    True
    """
    table = joint_table(stimuli, responses)
    rng = np.random.default_rng(seed)
    stimulus = np.repeat(np.arange(table.shape[0]), table.sum(axis=1))
    response = np.concatenate([np.repeat(np.arange(table.shape[1]), row) for row in table])
    shuffled = [
        table_information(_count_pairs(stimulus, rng.permutation(response), table.shape))
        for _ in range(at_least(shuffles, 1, "shuffles"))
    ]
    return _estimate(table, float(np.mean(shuffled)), "shuffle")


def possible_responses(row: Integers, limit: int) -> int:
    """How many responses are possible under a stimulus, some of them unseen: the count that best explains those seen.

        expected(R) = sum_seen [1 - (1 - p_r)^N] + (R - m) [1 - (1 - q)^N],   m <= R <= limit
        q = 1 - (N / (N + m))^(1/N),   p_r = (1 - (R - m) q) (n_r + 1) / (N + m)

    of which the R with expected(R) nearest to m is taken. `row` holds the counts n_r of the N samples with this
    stimulus, of which m differ from 0; `limit` is the number of responses seen under any stimulus.
    Source: Panzeri & Treves 1996, doi:10.1080/0954898X.1996.11978656.

    >>> possible_responses(np.array([4, 3, 2, 1, 0, 0]), limit=6)
    5
    >>> possible_responses(np.array([10, 0, 0, 0, 0, 0]), limit=6)
    1
    """
    seen = row[row > 0]
    samples, m = int(row.sum()), len(seen)
    unseen_probability = 1.0 - (samples / (samples + m)) ** (1.0 / samples)
    unseen = np.arange(limit - m + 1)
    # Unseen responses cannot take more than all of the probability.
    unseen = unseen[unseen * unseen_probability < 1.0]
    seen_probability = (1.0 - unseen[:, None] * unseen_probability) * (seen + 1) / (samples + m)
    expected = (1.0 - (1.0 - seen_probability) ** samples).sum(axis=1)
    expected = expected + unseen * (1.0 - (1.0 - unseen_probability) ** samples)
    return m + int(np.argmin(np.abs(expected - m)))


def joint_table(stimuli: ArrayLike, responses: ArrayLike) -> Integers:
    """How often each stimulus met each response, shape (stimuli seen, responses seen)."""
    stimulus, response = symbol_codes(stimuli, "stimuli"), symbol_codes(responses, "responses")
    if len(stimulus) != len(response):
        raise BadValueError(
            f"stimuli has length {len(stimulus)} but responses {len(response)}; give one of each per sample"
        )
    return _count_pairs(stimulus, response, (int(stimulus.max()) + 1, int(response.max()) + 1))


def table_information(table: Integers) -> float:
    """The plug-in mutual information of a table of counts, in bits."""
    return entropy_bits(table.sum(axis=1)) + entropy_bits(table.sum(axis=0)) - entropy_bits(table)


def _count_pairs(stimulus: Integers, response: Integers, shape: tuple[int, ...]) -> Integers:
    return np.bincount(stimulus * shape[1] + response, minlength=shape[0] * shape[1]).reshape(shape).astype(np.int64)


def _first_order(table: Integers, possible: Integers) -> float:
    """The bias to first order, given the number of possible responses under each stimulus."""
    free = int((possible - 1).sum()) - (table.shape[1] - 1)
    return float(free * first_order_bias(int(table.sum())))


def _estimate(table: Integers, bias: float, estimator: str) -> Information:
    """The plug-in information less `bias`, or NaN with a warning where no correction can be trusted."""
    samples = int(table.sum())
    bits = table_information(table) - bias
    if samples < table.size:
        warnings.warn(
            f"{samples} samples for {table.shape[0]} stimuli x {table.shape[1]} responses: the {estimator} estimate "
            f"needs at least {table.size}; take more samples or coarser responses",
            RuntimeWarning,
            stacklevel=3,
        )
        bits = float("nan")
    return Information(bits, estimator, bias, samples)
