"""The examples run, and the README shows them as they are."""

import subprocess
import sys
from pathlib import Path

from hebbstat.cli import call

ROOT = Path(__file__).parents[2]


def test_the_readme_shows_the_ten_lines_as_they_are() -> None:
    readme, example = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "examples/ten_lines.py"))
    assert f"```python\n{example}```" in readme


def test_the_ten_lines_are_ten() -> None:
    lines = (ROOT / "examples" / "ten_lines.py").read_text(encoding="utf-8").splitlines()
    assert len([line for line in lines if line and not line.startswith("import")]) == 10


def test_the_ten_lines_run_and_hold_the_rate(tmp_path: Path) -> None:
    program = (ROOT / "examples" / "ten_lines.py").read_text(encoding="utf-8")
    program += "rate, w = run['cells.rate'], run['learn.weights']\n"
    program += "last = rate.values[rate.time.values > 55_000].mean()\n"
    program += "assert 2.5 < last < 10, last\n"  # the target is 5 Hz; the input was halved 15 s before
    program += "assert w['sd'][-1] > 3 * w['sd'][0], w\n"  # plasticity has made the weights differ
    subprocess.run([sys.executable, "-c", program], cwd=tmp_path, check=True, timeout=120)
    assert (tmp_path / "ten_lines.png").stat().st_size > 5000


def test_the_example_of_an_experiment_runs(tmp_path: Path) -> None:
    out = str(tmp_path / "out")
    assert call(["run", str(ROOT / "examples" / "steady_rate.py"), "--quick", "--threads", "1", "--out", out]) == 0
