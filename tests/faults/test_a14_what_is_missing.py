"""A14: what is missing is counted and named: in the table, the page, result.json, the figures, the README's table."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path

import pytest
from helpers.toys import written

from hebbstat.cli import call
from hebbstat.experiments.lab.store import Result

DOCS = Path(__file__).parents[2] / "docs"
GAPPY = '''"""What is there?"""
import numpy as np
from hebbstat.experiments import Measure

arms = {"whole": "", "nan": "NaN in seed 1", "never": "NaN in all", "fails": "in all", "keys": "others in seed 2"}
measures = {"x": Measure("size", "m", main=True)}
seeds = 3

def run(settings, seed, arm):
    if arm == "fails":
        raise ValueError("cannot")
    x = {"nan": float("nan") if seed == 1 else 10.0 * seed, "never": float("inf")}.get(arm, 1.0)
    curve = np.array([1.0, np.nan if arm == "nan" and seed == 1 else 2.0, 3.0])
    found = {"x": x, "curve": curve, "uneven": np.arange(3.0 + seed)}
    return {"y": 1.0} if (arm, seed) == ("keys", 2) else found
'''


def plain(page: Path) -> str:
    """The words of a page."""
    text = re.sub(r'src="data:[^"]*"|<style>.*?</style>', "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


@pytest.fixture(scope="module")
def gappy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("gappy")
    assert call(["run", str(written(folder, GAPPY)), "--out", str(folder / "out")]) == 1
    return folder / "out"


def row(table: str, arm: str) -> str:
    (found,) = [line for line in table.splitlines() if line.split()[:1] == [arm]]
    return " ".join(found.split()[1:])


def test_a14_the_table_says_how_many_seeds(gappy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(["report", str(gappy)]) == 0
    table = capsys.readouterr().out
    assert row(table, "whole") == "1.00 ± 0.00 3"
    assert re.fullmatch(r"10\.00 ± \S+ \(n = 2\) 3", row(table, "nan"))
    assert row(table, "never") == "undefined (n = 0) 3"
    assert row(table, "fails") == "– 0 of 3"
    assert row(table, "keys") == "1.00 ± 0.00 (n = 2) 3"
    assert "over 3 seeds" not in table and "of 3 asked for" in " ".join(table.split())


def test_a14_the_page_names_what_is_missing(gappy: Path) -> None:
    text = plain(gappy / "report.html")
    for words in (
        "fails, seed 0: failed: ValueError: cannot", "nan, seed 1: “size” is NaN",
        "never, seeds 0, 1, 2: “size” is inf", "keys, seed 2: “size” is not given", "3 runs failed: 12 of 15",
        "10.00 (n = 2)", "Not drawn: never (no seed gave it); fails (no seed gave it)",
        "whole 3, nan 3, never 3, keys 2", "Broken where a seed is not a number: nan, seed 1",
    ):  # fmt: skip
        assert words in text, words
    assert "over 3 seeds" not in text
    assert "differences paired" in text and "undefined (n = 0)" in text


def test_a14_result_json_lists_it(gappy: Path) -> None:
    found = json.loads((gappy / "result.json").read_text())
    entry = found["summary"]["nan"]["x"]
    assert (entry["mean"], entry["number"], entry["missing"]) == (10.0, 2, [1])
    never = found["summary"]["never"]["x"]
    assert (never["mean"], never["number"], never["missing"]) == (None, 0, [0, 1, 2])
    assert found["summary"]["keys"]["x"]["missing"] == [2]
    assert found["effects"]["nan"]["x"]["number"] == 2 and found["effects"]["nan"]["x"]["missing"] == [1]
    undefined = {(run["arm"], run["seed"]): run["undefined"] for run in found["runs"] if run["undefined"]}
    assert undefined[("nan", 1)] == {"x": "nan"} and undefined[("never", 0)] == {"x": "inf"}
    assert [f["seed"] for f in found["failures"]] == [0, 1, 2] and found["status"] == "failed"


def test_a14_after_ctrl_c_each_row_has_its_number(gappy: Path, tmp_path: Path) -> None:
    found = json.loads((gappy / "result.json").read_text()) | {"failures": [], "status": "stopped"}
    found["runs"] = [run for run in found["runs"] if run["arm"] == "whole" or run["seed"] == 0]
    (tmp_path / "result.json").write_text(json.dumps(found))
    assert call(["report", str(tmp_path)]) == 0
    text = plain(tmp_path / "report.html")
    assert "whole 1.00 ± 0.00 3" in text and "keys others in seed 2 1.00 1 of 3" in text
    assert "keys, seeds 1, 2: not run" in text and "over 3 seeds" not in text


def test_a14_the_readme_table_has_the_number_of_seeds(gappy: Path) -> None:
    spec = importlib.util.spec_from_file_location("readme_table", DOCS / "readme_table.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.SHOWN = ("x",)
    table = module.table(Result.open(gappy))
    assert "(n = 2) | 3 |" in table and "– | 0 of 3 |" in table and "over 3 seeds" not in table
    assert "nan, seed 1: “size” is NaN" in table
