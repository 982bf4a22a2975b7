"""Sparseness after Treves and Rolls: what fraction of a population, or of the stimuli, carries the response.

        a = (sum_i r_i / n)^2 / (sum_i r_i^2 / n)

Small is sparse: binary responses of which a fraction f is on give a = f, equal responses give 1, a single active unit
gives 1 / n. Rates must not be negative.

Treves & Rolls 1991, doi:10.1088/0954-898X_2_4_004 (the measure); the lifetime form, over stimuli instead of neurons,
follows Rolls & Tovee 1995, doi:10.1152/jn.1995.73.2.713.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from hebbstat.information.checks import Floats, count_matrix


def population_sparseness(responses: ArrayLike) -> Floats:
    """The Treves-Rolls sparseness of the population's response to each stimulus.

        a_s = (sum_j r_sj / n)^2 / (sum_j r_sj^2 / n), over the n neurons

    `responses` has shape (stimuli, neurons): mean rates (Hz) or counts; the unit cancels. Returns shape (stimuli,),
    between 1 / n and 1; NaN where no neuron responds. `BadValueError` on NaN or negative responses.
    Source: Treves & Rolls 1991, doi:10.1088/0954-898X_2_4_004.

    >>> population_sparseness([[5.0, 0.0, 0.0, 0.0], [2.0, 2.0, 2.0, 2.0]])
    array([0.25, 1.  ])
    """
    return _treves_rolls(count_matrix(responses, "responses"))


def lifetime_sparseness(responses: ArrayLike) -> Floats:
    """The Treves-Rolls sparseness of each neuron's responses to the stimuli: small for a selective neuron.

        a_j = (sum_s r_sj / n)^2 / (sum_s r_sj^2 / n), over the n stimuli

    `responses` has shape (stimuli, neurons), averaged over repeats: single trials would count noise as selectivity.
    Returns shape (neurons,); NaN for silent neurons. `BadValueError` on NaN or negative responses.
    Source: Rolls & Tovee 1995, doi:10.1152/jn.1995.73.2.713.

    >>> lifetime_sparseness([[4.0, 1.0], [0.0, 1.0]])
    array([0.5, 1. ])
    """
    return _treves_rolls(count_matrix(responses, "responses").T)


def _treves_rolls(rows: Floats) -> Floats:
    """The sparseness of each row, NaN for rows of zeros."""
    # Dividing by the largest value first keeps squares of very small or large rates inside the range of floats.
    peak = rows.max(axis=1, keepdims=True)
    scaled = rows / np.where(peak > 0, peak, np.nan)
    return np.asarray(scaled.mean(axis=1) ** 2 / (scaled**2).mean(axis=1), dtype=np.float64)
