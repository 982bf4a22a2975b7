"""What one more part costs: the patches that the documents show, applied to a copy of the package, and run."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from writers.floors import ROOT

TESTS = Path(__file__).parents[1]
RUN = """
import importlib, inspect, sys
import numpy as np
sys.path[:0] = [{copy!r} + "/tests", {tests!r}]
import hebbstat as hs
from strangers.interpreted import plain_kernels
assert hs.__file__.startswith({copy!r}), hs.__file__

{program}
with plain_kernels():
    fast = hs.Simulation(net, dtype="float64", threads=1, quiet=True)
    fast.run(ms=100)
plain = hs.ReferenceSimulation(net)
plain.run(ms=100)
assert np.ptp(plain.state(*read)) > 0 and np.allclose(fast.state(*read), plain.state(*read), rtol=1e-12)
"""

RULE = """
assert list(inspect.signature(hs.OffsetSTDP).parameters)[:2] == ["tau_plus", "tau_minus"]
from hebbstat.cli.listing import mechanisms
assert "OffsetSTDP" in [name for _, name, _ in mechanisms()]
net, read = hs.Network(dt=0.5, seed=1), ("link", "w")
net.add(hs.PoissonSource(rate=50.0), 10, "a")
net.add(hs.LIF(i_ext=150.0), 4, "b")
net.connect("a", "b", hs.AllToAll(), weight=1.0, receptor=hs.AMPA(), rules=[hs.OffsetSTDP()], name="link")

from helpers.comparing import compare
from helpers.compositions import Composition
drawing = (made for made in map(Composition, range(100)) if "OffsetSTDP" in made.drawn)
with plain_kernels():
    compare(hs.instantiate(next(drawing).net), steps=100)
"""
NAME = """
class Ramp(hs.Neuron):
    x = hs.PerNeuron.state()
    @x.step
    def grow(x, step_number, normal):
        return step_number + 0.1 * normal
    @staticmethod
    def fires(x):
        return x > 1e9
net, read = hs.Network(dt=0.5, seed=1), ("c", "x")
net.add(Ramp(), 5, "c")
"""
HOOK = """
class Recovery(hs.PopulationRule):
    acts_on = "v_threshold"
    @staticmethod
    def on_spike():
        return 0.5
    @staticmethod
    def on_silence():
        return -0.01
net, read = hs.Network(dt=0.5, seed=1), ("c", "v_threshold")
net.add(hs.LIF(i_ext=hs.Uniform(100.0, 200.0)), 10, "c", rules=[Recovery()])
"""


@pytest.mark.skipif(shutil.which("git") is None, reason="patches are applied by git")
@pytest.mark.parametrize(
    ("patch", "program", "most"), [("rule", RULE, 4), ("step_number", NAME, 5), ("on_silence", HOOK, 5)]
)
def test_a_part_costs_what_the_documents_show(patch: str, program: str, most: int, tmp_path: Path) -> None:
    """The files of the patch and a test; then engine and reference run it and agree."""
    text = (ROOT / "docs" / "extending" / f"{patch}.diff").read_text("utf-8")
    files = re.findall(r"^\+\+\+ b/(.+)$", text, re.M)
    assert len(files) + 1 <= most
    for folder in ("src", "tests/helpers"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "docs").mkdir()
    shutil.copy(ROOT / "docs" / "semantics.md", tmp_path / "docs")
    subprocess.run(["git", "apply", "-C1", "-"], input=text, text=True, cwd=tmp_path, check=True)
    script = tmp_path / "run.py"  # hooks are read from their file
    script.write_text(RUN.format(tests=str(TESTS), copy=str(tmp_path), program=program), "utf-8")
    call = {"cwd": tmp_path, "env": {"PYTHONPATH": str(tmp_path / "src"), "PATH": ""}, "check": True}
    subprocess.run([sys.executable, str(script)], **call)  # type: ignore[call-overload]
