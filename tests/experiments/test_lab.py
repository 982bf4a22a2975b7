"""Discovery, runner and the folder of results, with experiments that simulate nothing."""

import json
from pathlib import Path

import numpy as np
import pytest
from helpers.toys import FAILING, PLAIN, SMALLEST, written

from hebbstat.contract.errors import BadValueError, ContractError, DataError, UnknownNameError
from hebbstat.experiments.lab.contract import Experiment
from hebbstat.experiments.lab.discovery import built_in, load
from hebbstat.experiments.lab.processes import Failed
from hebbstat.experiments.lab.provenance import provenance
from hebbstat.experiments.lab.runner import jobs_of, run_all
from hebbstat.experiments.lab.settings import Settings
from hebbstat.experiments.lab.store import Finished, Result, Store


class Silent:
    def __init__(self) -> None:
        self.seen: list[tuple[str, int]] = []

    def started(self, jobs: int, workers: int) -> None:
        self.jobs, self.workers = jobs, workers

    def finished(self, run: Finished) -> None:
        self.seen.append((run.arm, run.seed))

    def failed(self, arm: str, seed: int, failure: Failed) -> None:
        self.seen.append((arm, seed))


def ran(
    experiment: Experiment, folder: Path, *, seeds: list[int], workers: int = 1, settings: Settings | None = None
) -> Result:
    settings = settings or experiment.settings()
    arms = experiment.chosen(None)
    store = Store(folder, experiment, settings, arms=arms, seeds=seeds, provenance=provenance())
    return run_all(store, jobs_of(experiment, settings, arms, seeds), workers=workers, listener=Silent())


def test_the_built_in_experiments_are_found_and_keep_the_contract() -> None:
    assert "digits" in built_in()
    for name in built_in():
        experiment = load(name)
        assert experiment.title.endswith("?")
        assert experiment.settings(**experiment.quick)
        assert set(experiment.measures)


def test_a_file_is_an_experiment(tmp_path: Path) -> None:
    toy = load(str(written(tmp_path, PLAIN)))
    assert (toy.name, toy.title, toy.reference, toy.seeds) == ("toy", "Is the treated arm larger?", "treated", 2)
    assert toy.text.startswith("It is, by one")
    least = load(str(written(tmp_path, SMALLEST, "least.py")))
    assert (least.title, dict(least.arms)) == ("least", {"all": ""})


BAD_FILES = {
    "x = 1\n": r"defines no function run\(settings, seed, arm\)",
    "def run(a):\n    pass\n": r"run must take \(settings, seed, arm\), not \(a\)",
    "def run(a, b, c):\n    pass\narms = ['x']\n": "arms must be a dictionary",
    "def run(a, b, c):\n    pass\narms = {}\n": "arms is empty",
    "def run(a, b, c):\n    pass\nclass Settings: pass\n": "derived from hebbstat.experiments.Settings",
    "def run(a, b, c)\n    pass\n": "line 1: expected ':'",
    "import numpie\n": r"'toy.py', line 1: ModuleNotFoundError: No module named 'numpie'",
    "x = 1\nx / 0\n": r"'toy.py', line 2: ZeroDivisionError",
    "raise SystemExit(3)\n": r"'toy.py', line 1: SystemExit: 3",
    "def run(a, b, c):\n    pass\nseeds = 0\n": "seeds=0 must be how many seeds to run, a whole number",
    "def run(a, b, c):\n    pass\nmeasures = {'x': 'Hz'}\n": r"measures must be a dictionary, name -> .*Measure",
}


@pytest.mark.parametrize("text", BAD_FILES)
def test_files_that_are_no_experiment_are_told_why(tmp_path: Path, text: str) -> None:
    with pytest.raises(ContractError, match=BAD_FILES[text]):
        load(str(written(tmp_path, text)))


def test_unknown_experiments_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'digits'"):
        load("digit")
    with pytest.raises(DataError, match="no file"):
        load("nowhere.py")
    monkeypatch.chdir(tmp_path)
    written(tmp_path, SMALLEST)
    with pytest.raises(UnknownNameError, match=r"did you mean 'toy\.py'"):
        load("toy")
    with pytest.raises(UnknownNameError, match=r"no experiment '\.'"):
        load(".")
    with pytest.raises(UnknownNameError, match="no setting 'passes' in quick of"):
        load(str(written(tmp_path, "def run(a, b, c):\n    pass\nquick = {'passes': 1}\n")))


def test_results_are_kept_and_read_back(tmp_path: Path) -> None:
    toy = load(str(written(tmp_path, PLAIN)))
    result = ran(toy, tmp_path / "out", seeds=[0, 1, 2])
    again = Result.open(tmp_path / "out")
    assert again.json == json.loads((tmp_path / "out" / "result.json").read_text())
    assert again.json["status"] == "complete"
    assert len(again.json["runs"]) == again.json["expected_runs"] == 9
    assert again.numbers("treated", "share") == [0.25] * 3
    assert np.array_equal(again.array("control", "time"), np.arange(5) * 2.0)
    assert set(again.arrays("treated", "curve")) == {0, 1, 2}
    assert again.array("coin", "curve") is None
    found = again.json["summary"]["treated"]["size"]
    assert found["low"] < found["mean"] < found["high"]
    difference = again.json["effects"]["control"]["size"]
    means = {arm: np.mean(result.numbers(arm, "size")) for arm in ("control", "treated")}
    assert difference["mean"] == pytest.approx(means["control"] - means["treated"])
    assert "coin" not in again.json["effects"]


SCHEMA = {
    "format": int, "status": str, "experiment": str, "locator": str, "title": str, "text": str, "arms": dict,
    "baselines": dict, "settings": dict, "settings_chosen": list, "arm_settings": dict, "configuration_sha256": str,
    "sources": dict, "seeds": list, "expected_runs": int, "measures": dict, "runs": list, "failures": list,
    "summary": dict, "effects": dict,
    "seconds": float, "provenance": dict,
}  # fmt: skip


def test_result_json_has_its_schema(tmp_path: Path) -> None:
    found = ran(load(str(written(tmp_path, PLAIN))), tmp_path / "out", seeds=[3]).json
    assert {name: type(value) for name, value in found.items()} == SCHEMA
    assert set(found["runs"][0]) == {"arm", "seed", "seconds", "numbers", "undefined"}
    assert set(found["summary"]["treated"]["size"]) == {"mean", "low", "high", "level", "method", "number", "missing"}
    assert set(found["provenance"]) == {"hebbstat", "commit", "python", "packages", "machine", "date", "command"}
    assert len(found["configuration_sha256"]) == 64


def test_processes_change_nothing_but_the_time(tmp_path: Path) -> None:
    toy = load(str(written(tmp_path, PLAIN)))
    one, two = (ran(toy, tmp_path / str(n), seeds=[0, 1], workers=n) for n in (1, 2))
    assert one.json["summary"] == two.json["summary"]


@pytest.mark.parametrize("workers", [1, 2])
def test_a_failing_run_is_told_and_the_others_are_kept(tmp_path: Path, workers: int) -> None:
    kept = ran(load(str(written(tmp_path, FAILING))), tmp_path / "out", seeds=[0, 1, 2], workers=workers).json
    assert kept["status"] == "failed"
    assert [run["seed"] for run in kept["runs"]] == [0, 2]
    (failure,) = kept["failures"]
    assert (failure["arm"], failure["seed"]) == ("all", 1)
    assert failure["error"] == "ZeroDivisionError: one too many (toy.py, line 5)"
    assert "Traceback" in (tmp_path / "out" / failure["trace"]).read_text()


@pytest.mark.parametrize(
    ("returned", "words"),
    [("None", "dictionary"), ("{}", "dictionary"), ("{'a/b': 1}", "name"), ("{'a': 'text'}", "numbers")],
)
def test_what_a_run_returns_is_checked(tmp_path: Path, returned: str, words: str) -> None:
    toy = load(str(written(tmp_path, f"def run(settings, seed, arm):\n    return {returned}\n")))
    (failure,) = ran(toy, tmp_path / "out", seeds=[0]).json["failures"]
    assert words in failure["error"]


def test_other_files_are_never_overwritten(tmp_path: Path) -> None:
    toy = load(str(written(tmp_path, SMALLEST)))
    with pytest.raises(BadValueError, match=r"holds other files \(toy.py\)"):
        ran(toy, tmp_path, seeds=[0])
    with pytest.raises(BadValueError, match="is a file"):
        ran(toy, tmp_path / "toy.py", seeds=[0])


def test_a_former_result_is_replaced(tmp_path: Path) -> None:
    toy = load(str(written(tmp_path, PLAIN)))
    ran(toy, tmp_path / "out", seeds=[0, 1])
    again = ran(toy, tmp_path / "out", seeds=[5])
    assert set(again.arrays("treated", "curve")) == {5}
    assert not (tmp_path / "out" / "data.zarr" / "treated" / "seed0").exists()


def test_numbers_that_are_none_stay_out_of_means(tmp_path: Path) -> None:
    toy = load(
        str(written(tmp_path, "def run(settings, seed, arm):\n    return {'x': seed if seed else float('nan')}\n"))
    )
    result = ran(toy, tmp_path / "out", seeds=[0, 1, 2])
    assert result.json["summary"]["all"]["x"]["number"] == 2
    assert Result.open(tmp_path / "out").json["runs"][0]["numbers"]["x"] is None


def test_damaged_results_are_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no result\.json in"):
        Result.open(tmp_path)
    (tmp_path / "result.json").write_text("{")
    with pytest.raises(DataError, match="is damaged"):
        Result.open(tmp_path)
    for text in ('{"format": 1}', "[]", "", '{"format": 1, "runs": [{}]}'):
        (tmp_path / "result.json").write_text(text)
        with pytest.raises(DataError, match="is damaged"):
            Result.open(tmp_path)
    (tmp_path / "result.json").write_text('{"format": 99}')
    with pytest.raises(DataError, match="format 99"):
        Result.open(tmp_path)


def test_unknown_arms_are_told(tmp_path: Path) -> None:
    toy = load(str(written(tmp_path, PLAIN)))
    assert toy.chosen(["coin", "treated"]) == ["treated", "coin"]
    with pytest.raises(UnknownNameError, match="did you mean 'treated'"):
        toy.chosen(["treted"])
