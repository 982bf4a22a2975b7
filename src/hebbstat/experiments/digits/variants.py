"""The arms: which mechanisms a network has, and the settings that were chosen for each."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hebbstat.experiments.digits import Settings

CHOSEN = Path(__file__).with_name("chosen.json")


@dataclass(frozen=True)
class Arm:
    """What is left of the network in an arm."""

    text: str
    learns: bool = True
    hebbian: bool = True
    normalisation: bool = True
    intrinsic: bool = True
    inhibitory: bool = True
    heterogeneous: bool = True
    perturbed: bool = False  # whether its robustness is measured


ARMS = {
    "everything": Arm("all mechanisms", perturbed=True),
    "untrained": Arm("the same network before learning", learns=False, perturbed=True),
    "plasticity off": Arm("the training is shown, but without STDP: homeostasis alone acts", hebbian=False),
    "no homeostasis": Arm("STDP and hard bounds alone", normalisation=False, intrinsic=False, inhibitory=False),
    "no normalisation": Arm("incoming weights are not normalised", normalisation=False),
    "no intrinsic": Arm("thresholds stay as they are", intrinsic=False),
    "no inhibitory": Arm("inhibitory weights stay as they are", inhibitory=False),
    "homogeneous": Arm(
        "all synapses begin equal: the same mean weight, one delay", heterogeneous=False, perturbed=True
    ),
}


def settings_of(settings: Settings, arm: str) -> Settings:
    """The settings of an arm: those chosen on purpose, else those that the search chose for it, else the defaults."""
    return settings.filled(_chosen().get(arm, {}))


@cache
def _chosen() -> dict[str, dict[str, Any]]:
    if not CHOSEN.exists():
        return {}
    return {arm: found["settings"] for arm, found in json.loads(CHOSEN.read_text(encoding="utf-8"))["arms"].items()}
