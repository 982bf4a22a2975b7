"""The folder of compiled kernels: where it fails, a run takes longer, and says so; nothing else changes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import hebbstat as hs
net = hs.Network(dt=0.5, seed=1)
net.add(hs.PoissonSource(rate=100.0), 3, "inputs")
sim = hs.Simulation(net, threads=1, quiet=True)
print(sim.run(ms=50.0, record=[hs.Spikes("inputs")])["inputs.spikes"].sizes["spike"])
"""


def run(cache: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    """What a process of its own prints, and what it warns of."""
    monkeypatch.setenv("HEBBSTAT_CACHE", str(cache))
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True, timeout=120)
    return done.stdout, done.stderr


def test_without_a_folder_to_write_to_kernels_are_compiled_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spikes, told = run(tmp_path / "cache", monkeypatch)
    assert "Warning" not in told
    (tmp_path / "file").write_text("in the way")
    again, told = run(tmp_path / "file", monkeypatch)
    assert "cannot be kept" in told and "HEBBSTAT_CACHE=FOLDER" in told
    assert again == spikes


@pytest.mark.parametrize("kind", ["nbi", "nbc"])
def test_a_damaged_kernel_is_compiled_anew(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spikes, _ = run(tmp_path, monkeypatch)
    kept = list(tmp_path.glob(f"__pycache__/*.{kind}"))
    assert kept
    for file in kept:
        file.write_bytes(file.read_bytes()[:100])
    again, told = run(tmp_path, monkeypatch)
    assert "is damaged" in told and "Traceback" not in told
    assert again == spikes
    assert run(tmp_path, monkeypatch) == (spikes, "")
