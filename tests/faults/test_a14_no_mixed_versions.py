"""A14: `--resume` never puts runs of two versions of code, data or settings into one mean."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from helpers.toys import written

from hebbstat.cli import call
from hebbstat.contract.errors import ContractError
from hebbstat.experiments.lab.runner import jobs_of, work

TOY = '''"""Reads what lies beside it."""
from pathlib import Path
from pydantic import Field
from hebbstat.experiments import Settings as Base
import helper

class Settings(Base):
    noise: float = 1.0
    data: str = "DATA"

def prepare(settings):
    return (Path(__file__).parent / "more.txt").read_text()

def run(settings, seed, arm):
    import package.part
    return {"x": helper.f(seed)}
'''
FILES = {
    "helper.py": "import pathlib, deep\nP = pathlib.Path(__file__).with_name('p.json').read_text()\n"
    "def f(x):\n    return x\n",
    "deep.py": "A = 1\n", "p.json": "1", "more.txt": "abc", "data.txt": "1 2 3", "package/__init__.py": "",
    "package/part.py": "B = 1\n",
}  # fmt: skip


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an experiment of many files, of which one run is missing."""
    folder = tmp_path_factory.mktemp("versions")
    (folder / "package").mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(text)
    toy = written(folder, TOY.replace("DATA", (folder / "data.txt").as_posix()))
    assert call(["run", str(toy), "--seeds", "2", "--out", str(folder / "out")]) == 0
    result = folder / "out" / "result.json"
    found = json.loads(result.read_text())
    found["runs"] = found["runs"][:1]
    result.write_text(json.dumps(found))
    return folder


EDITS = {
    "toy.py": ("noise: float = 1.0", "noise: float = 2.0", "toy.py"),
    "toy.py: its run": ("helper.f(seed)", "helper.f(seed) + 1", "toy.py"),
    "toy.py: a setting": ("noise", "loudness", "toy.py"),
    "helper.py": ("return x", "return x + 1", "helper.py"),
    "deep.py": ("A = 1", "A = 2", "deep.py"),
    "package/part.py": ("B = 1", "B = 2", "package/part.py"),
    "p.json": ("1", "2", "p.json"),
    "data.txt": ("2", "4", "data.txt"),
    "more.txt": ("b", "B", "the data"),
}


@pytest.mark.parametrize("edit", EDITS)
def test_a14_resume_refuses_what_was_edited(edit: str, stopped: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = stopped / edit.partition(":")[0]
    before, (old, new, named) = path.read_text(), EDITS[edit]
    path.write_text(before.replace(old, new))
    try:
        assert call(["run", "--resume", str(stopped / "out")]) == 1
    finally:
        path.write_text(before)
    told = capsys.readouterr().err
    assert named in told and "changed since" in told and "begin anew: hebbstat run" in told
    assert len(json.loads((stopped / "out" / "result.json").read_text())["runs"]) == 1


def test_a14_resume_refuses_edited_settings(stopped: Path, capsys: pytest.CaptureFixture[str]) -> None:
    result = stopped / "out" / "result.json"
    before = result.read_text()
    found = json.loads(before)
    edits = {
        "setting noise (3.0, now 1.0)": {"settings": found["settings"] | {"noise": 3.0}},
        "configuration_sha256": {"seeds": [0, 1, 2]},
        "arms": {"arms": {"all": "otherwise"}},
    }
    for named, edit in edits.items():
        result.write_text(json.dumps(found | edit))
        assert call(["run", "--resume", str(stopped / "out")]) == 1
        assert named in capsys.readouterr().err
    result.write_text(before)


def test_a14_unchanged_files_are_resumed(stopped: Path) -> None:
    (stopped / "unrelated.py").write_text("x = 1\n")
    (stopped / "toy.py").touch()
    assert call(["run", "--resume", str(stopped / "out")]) == 0
    found = json.loads((stopped / "out" / "result.json").read_text())
    assert [run["numbers"]["x"] for run in found["runs"]] == [0.0, 1.0]


def test_a14_a_file_edited_while_the_experiment_runs(tmp_path: Path) -> None:
    from hebbstat.experiments.lab.discovery import load

    toy = written(tmp_path, "def run(settings, seed, arm):\n    return {'x': seed}\n")
    experiment = load(str(toy))
    (job,) = jobs_of(experiment, experiment.settings(), ["all"], [0])
    toy.write_text("def run(settings, seed, arm):\n    return {'x': seed + 1}\n")
    with pytest.raises(ContractError, match=r"toy\.py changed while the experiment ran"):
        work(job)


def test_a14_a_built_in_experiment_is_known_by_all_its_files() -> None:
    from hebbstat.experiments.lab.sources import code_of

    found = code_of("digits")
    assert {"digits/training.py", "digits/chosen.json", "digits/__init__.py", "hebbstat"} <= set(found)
