"""No more threads than cores, told in words; small populations take no threads from large ones."""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hebbstat as hs
from hebbstat.engine import core
from hebbstat.engine.run.oversubscription import repartition
from hebbstat.engine.state.global_state import digest, gather
from hebbstat.network import parallel


def network(cells: int = 40) -> hs.Network:
    """Populations of one and of many cells, with rows of differing delays, plasticity, rates and a given train."""
    net = hs.Network(dt=0.5, seed=5)
    inputs, exc = net.add(hs.PoissonSource(rate=80.0), 30, "inputs"), net.add(hs.LIF(), cells, "exc")
    one, told = net.add(hs.LIF(), 1, "one"), net.add(hs.SpikeSource(), 1, "told", spikes=([5.0, 9.0, 40.0], [0, 0, 0]))
    rules = [hs.PairSTDP(), hs.HardBounds(0.0, 30.0)]
    net.connect(
        inputs, exc, hs.FixedProbability(0.4), weight=12.0, delay=hs.Uniform(0.5, 6.0), receptor=hs.AMPA(), rules=rules
    )
    net.connect(
        exc, one, hs.FixedProbability(0.7), weight=9.0, delay=hs.Uniform(0.5, 6.0), receptor=hs.AMPA(), rules=rules
    )
    net.connect(one, exc, hs.AllToAll(), weight=3.0, delay=2.0, receptor=hs.AMPA())
    net.connect(told, one, hs.AllToAll(), weight=40.0, delay=2.0, receptor=hs.AMPA())
    return net


def fingerprint(sim: hs.Simulation) -> tuple[str, bytes]:
    record = [hs.Spikes("exc"), hs.Spikes("one"), hs.Weights("exc -> one", every=25.0)]
    run = sim.run(steps=100, record=record, watch=None)
    assert run["exc.spikes"].sizes["spike"] > 3
    parts = [run["exc.spikes"].time.values, run["one.spikes"].time.values, run["exc -> one.w"].values]
    return digest(gather(sim.core)), b"".join(part.tobytes() for part in parts)


def test_b5_a_population_of_one_cell_leaves_others_their_threads(tmp_path: Path) -> None:
    whole = hs.Simulation(network(), threads=1, quiet=True)
    expected = [fingerprint(whole), fingerprint(whole)]
    for threads in (2, 3, 5):
        sim = hs.Simulation(network(), threads=threads, quiet=True)
        assert sim.threads == threads
        assert fingerprint(sim) == expected[0]
        again = hs.Simulation.load(sim.save(tmp_path / "cut.ckpt"), threads=8 - threads, quiet=True)
        assert fingerprint(again) == expected[1]
    repartition(sim.core, 7)
    assert fingerprint(sim) == expected[1]


def test_b5_a_thread_without_any_cell_is_not_made() -> None:
    sim = hs.Simulation(network(4), threads=64, quiet=True)
    assert sim.threads == 30


def test_b5_more_threads_than_cores_are_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core, "most_threads", lambda: 2)
    with pytest.warns(UserWarning, match="threads=64, but this process may use 2 cores: .* with 2;") as told:
        sim = hs.Simulation(network(), threads=64, quiet=True)
    assert sim.threads == 2 and len(told) == 1 and told[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert fingerprint(sim) == fingerprint(hs.Simulation(network(), threads=2, quiet=True))
    monkeypatch.setattr(core, "most_threads", lambda: 1)
    with pytest.warns(UserWarning, match="may use 1 core: the simulation runs with 1"):
        assert hs.Simulation(network(), threads=np.int64(2), quiet=True).threads == 1


def test_b5_the_cap_is_what_the_process_may_use(monkeypatch: pytest.MonkeyPatch) -> None:
    assert 1 <= ORIGINAL() <= (os.cpu_count() or 1)
    for granted, cores in ((np.inf, ORIGINAL()), (0.3, 1)):
        monkeypatch.setattr(parallel, "granted", lambda granted=granted: granted)
        assert ORIGINAL() == cores
    monkeypatch.setattr(core, "cores", lambda: 7)
    assert ORIGINAL() == 7


ORIGINAL: Any = core.most_threads  # of before the session's fixture: this module is imported earlier


@pytest.mark.parametrize(
    ("own", "files", "granted"),
    [
        ("0::/\n", {"cpu.max": "150000 100000\n"}, 1.5),
        ("0::/\n", {"cpu.max": "max 100000\n"}, np.inf),
        ("0::/a.slice/b\n", {"a.slice/cpu.max": "300000 100000\n", "a.slice/b/cpu.max": "max 100000\n"}, 3.0),
        ("4:cpu,cpuacct:/x\n", {"cpu/cpu.cfs_quota_us": "50000\n", "cpu/cpu.cfs_period_us": "100000\n"}, 0.5),
        ("4:cpu:/x\n", {"cpu/x/cpu.cfs_quota_us": "-1\n", "cpu/x/cpu.cfs_period_us": "100000\n"}, np.inf),
        ("nonsense", {}, np.inf),
    ],
)  # fmt: skip
def test_b5_control_groups_count(tmp_path: Path, own: str, files: dict[str, str], granted: float) -> None:
    for name, text in {"own": own, **{f"groups/{name}": text for name, text in files.items()}}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert parallel.granted(tmp_path / "groups", tmp_path / "own") == granted
    assert parallel.granted(tmp_path / "groups", tmp_path / "nowhere") == np.inf
