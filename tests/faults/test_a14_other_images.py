"""A14: the digits report says only what was done on the images of its run."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hebbstat.experiments.digits import Settings, variants
from hebbstat.experiments.digits.variants import CHOSEN
from hebbstat.experiments.lab.discovery import load
from hebbstat.experiments.lab.store import Finished, Result, Store
from hebbstat.report import write_page

PROVENANCE: dict[str, Any] = {
    "hebbstat": "0", "commit": None, "python": "3", "packages": {}, "date": "2026-01-01T00:00:00+00:00",
    "command": "-",
    "machine": {"processor": "", "cores": 1, "memory_GiB": None, "system": ""},
}  # fmt: skip


def made(
    folder: Path, *, seeds: list[int], gone: tuple[tuple[str, int], ...] = (), more: Any = None, **settings: Any
) -> Result:
    """A result of the digits experiment on images of 2 x 3 pixels, without its networks."""
    arms = ["everything", "untrained", "k-means"]
    store = Store(folder, load("digits"), Settings(**settings), arms=arms, seeds=seeds, provenance=PROVENANCE)
    draw = np.random.default_rng(0)
    for arm, seed in [(arm, seed) for arm in arms for seed in seeds if (arm, seed) not in gone]:
        arrays = {
            "weights": draw.random((12, 4)), "weights_before": draw.random((12, 4)), "cell_labels": np.arange(4) % 2,
            "confusion": np.array([[3, 1, 0], [1, 3, 0]]), "image_shape": np.array([2, 3]), **(more or {}),
        }  # fmt: skip
        numbers = {"voting": 0.75, "information": 0.4, "active": float("nan") if seed else 2.0, "rate": 1.0}
        store.add(Finished(arm, seed, numbers, arrays if arm != "k-means" else {}, 1.0))
    return store.close(stopped=bool(gone))


def words(result: Result) -> str:
    text = write_page(result).read_text(encoding="utf-8")
    text = re.sub(r'src="data:[^"]*"|<style>.*?</style>|<pre>.*?</pre>', "", text, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def test_a14_other_images_are_not_called_handwritten_digits(tmp_path: Path) -> None:
    other = words(made(tmp_path / "other", seeds=[0, 1], data="cells.npz"))
    assert "the images in cells.npz" in other
    assert "They were chosen on other images" in other
    assert not re.search(r"handwritten|search|candidates|budget|took no part|each digit|which digits", other, re.I)
    own = words(made(tmp_path / "own", seeds=[0, 1]))
    assert "handwritten digits" in own and "candidates" in own and "Test images took no part" in own
    assert "passes=3 (here 5)" in own  # what the search held at other values


def test_a14_another_split_does_not_claim_unseen_test_images(tmp_path: Path) -> None:
    told = words(made(tmp_path, seeds=[0], split_seed=7))
    assert "took no part" not in told and "accuracies may be too good" in told


def test_a14_a_search_is_told_only_if_its_settings_were_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from hebbstat.report.digits_settings import provenance_of

    result = made(tmp_path / "out", seeds=[0])
    changed = tmp_path / "chosen.json"
    changed.write_text(CHOSEN.read_text().replace('"candidates": 24', '"candidates": 99'))
    monkeypatch.setattr("hebbstat.report.digits_settings.CHOSEN", changed)
    assert "99 candidates" not in provenance_of(result) and "cannot be told" in provenance_of(result)
    result.json["sources"].pop("digits/chosen.json")
    result.json["arm_settings"] = {}
    assert "all arms share the defaults" in provenance_of(result)
    assert variants.CHOSEN is not changed


def test_a14_the_digits_page_counts_its_seeds(tmp_path: Path) -> None:
    told = words(made(tmp_path, seeds=[0, 1, 2], gone=(("everything", 0), ("untrained", 1))))
    assert "mean ± half the 95 % interval, 2 of 3 seeds" in told and "interval, 3 seeds" not in told
    assert "summed over 2 of 3 seeds" in told and "Mean over 2 of 3 seeds (bars)" in told
    assert "Seed 1." in told and "Seed 0." not in told and "First seed" not in told
    assert "everything, seed 0: not run" in told and "of 400 cells" not in told


def test_a14_arrays_with_nan_cost_no_page(tmp_path: Path) -> None:
    weights = np.where(np.arange(48.0).reshape(12, 4) < 12, np.nan, 1.0)
    told = words(made(tmp_path, seeds=[0], more={"weights": weights, "cell_labels": np.zeros(0, int)}))
    assert "A figure cannot be drawn of these data" in told and "Numbers and settings" in told
