"""Experiments: each is a module or package here, or a file of the user's, that follows the contract in `lab.contract`.

`lab` holds what all of them share: settings, discovery, the runner, the folder of results.
"""

from __future__ import annotations

from hebbstat.experiments.lab.contract import Experiment, Measure
from hebbstat.experiments.lab.settings import Settings

__all__ = ["Experiment", "Measure", "Settings"]
