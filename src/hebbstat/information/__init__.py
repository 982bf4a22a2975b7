"""What a network encodes, how reliably, and what its weights look like: arrays in, numbers out.

Spike times are in ms, rates in Hz, information in bits. Nothing here knows of networks or engines. scikit-learn and
scipy.stats are imported by the functions that use them, so that importing this package stays quick.
"""

from __future__ import annotations

from hebbstat.information.correlation import CountCorrelation, mean_pairwise_correlation, residual_counts
from hebbstat.information.decoding import (
    Confusion,
    LinearDecoder,
    accuracy,
    choose_inverse_penalty,
    confusion_matrix,
)
from hebbstat.information.entropy import Information, miller_madow_entropy, plug_in_entropy
from hebbstat.information.intervals import Interval, mean_interval, paired_difference_interval
from hebbstat.information.mutual_information import (
    miller_madow_information,
    panzeri_treves_information,
    plug_in_information,
    shuffle_corrected_information,
)
from hebbstat.information.rates import binned_counts, fano_factor, firing_rates, interval_variation
from hebbstat.information.sparseness import lifetime_sparseness, population_sparseness
from hebbstat.information.voting import NOBODY, LabelVoting, ProfileVoting, class_profiles
from hebbstat.information.weights import (
    WeightStatistics,
    gini,
    rank_correlation,
    relative_drift,
    weight_statistics,
)

__all__ = [
    # spike trains and counts
    "binned_counts",
    "fano_factor",
    "firing_rates",
    "interval_variation",
    # sparseness
    "population_sparseness",
    "lifetime_sparseness",
    # correlation
    "CountCorrelation",
    "mean_pairwise_correlation",
    "residual_counts",
    # entropy
    "Information",
    "plug_in_entropy",
    "miller_madow_entropy",
    # mutual information
    "plug_in_information",
    "miller_madow_information",
    "panzeri_treves_information",
    "shuffle_corrected_information",
    # decoding by votes
    "NOBODY",
    "LabelVoting",
    "ProfileVoting",
    "class_profiles",
    # linear decoding and scores
    "LinearDecoder",
    "choose_inverse_penalty",
    "accuracy",
    "Confusion",
    "confusion_matrix",
    # weights
    "WeightStatistics",
    "weight_statistics",
    "gini",
    "rank_correlation",
    "relative_drift",
    # intervals over seeds
    "Interval",
    "mean_interval",
    "paired_difference_interval",
]
