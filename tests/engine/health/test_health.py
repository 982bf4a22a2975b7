"""The watch notices five illnesses, each in a network that has it and not in its healthy twin, and changes nothing.

All networks here have one structure, so one kernel: they differ in numbers alone.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

import hebbstat as hs
from hebbstat.engine.health.signs import swing

HEALTHY: dict[str, Any] = {
    "weight": 0.4,
    "stdp": {"A_plus": 0.01, "A_minus": 0.0105},
    "scaling": {"target": 5.0, "tau_rate": 2000.0, "strength": 0.1, "largest": 0.1},
    "bounds": (0.0, 3.0),
}
STILL = {"scaling": {**HEALTHY["scaling"], "strength": 0.0}}
VERIFY = pytest.mark.verify
ILL: dict[str, tuple[dict[str, Any], str, str]] = {  # changes, where, a cause that the text must name
    "dead": ({"weight": 0.02, **STILL}, "cells", "input stays below threshold"),
    "runaway": ({"weight": 30.0, "bounds": (0.0, 40.0), **STILL}, "cells", "no inhibition reaches it"),
    "stuck": (
        {"stdp": {"A_plus": 0.02, "A_minus": 0.0}, "bounds": (0.0, 0.5), **STILL},
        "learn",
        "strengthening wins",
    ),
    "not finite": (
        {"scaling": {"target": 5000.0, "tau_rate": 2000.0, "strength": 50.0, "largest": 1.0}, "bounds": (0.0, np.inf)},
        "cells",
        "weights of 'learn' are as large as",
    ),
    "oscillating": (
        {"scaling": {"target": 5.0, "tau_rate": 10_000.0, "strength": 0.5, "largest": 0.1}, "bounds": (0.0, 30.0)},
        "cells",
        "SynapticScaling(target=5 Hz, tau_rate=10000 ms",
    ),
}


def network(seed: int = 7, **changes: Any) -> hs.Network:
    given = HEALTHY | changes
    net = hs.Network(dt=0.5, seed=seed)
    inputs = net.add(hs.PoissonSource(rate=20.0), 100, "inputs")
    cells = net.add(hs.LIF(refractory=2.0), 50, "cells")
    rules = [
        hs.PairSTDP(**given["stdp"]), hs.SynapticScaling(period=500.0, **given["scaling"]),
        hs.HardBounds(*given["bounds"]),
    ]  # fmt: skip
    net.connect(
        inputs, cells, hs.FixedProbability(0.5), weight=given["weight"], receptor=hs.AMPA(), rules=rules, name="learn"
    )
    return net


def test_the_watch_may_begin_in_the_middle_of_a_second() -> None:
    sim = simulation(network())
    sim.run(ms=300, watch=None)
    assert sim.run(seconds=1.5).attrs["health"] == []


def simulation(net: hs.Network, threads: int = 1) -> hs.Simulation:
    return hs.Simulation(net, threads=threads, quiet=True)


def watched(net: hs.Network, seconds: float = 120, **run: Any) -> list[dict[str, Any]]:
    """What a run finds; what it warns of must be the same."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        found = simulation(net).run(seconds=seconds, **run).health
    told = [str(w.message) for w in caught if issubclass(w.category, hs.HealthWarning)]
    assert told == [finding["text"] for finding in found]
    return found


@pytest.mark.parametrize("problem", ILL)
def test_an_illness_is_found_once_named_and_explained(problem: str) -> None:
    changes, where, cause = ILL[problem]
    found = watched(network(**changes))
    mine = [finding for finding in found if finding["problem"] == problem]
    assert len(mine) == 1, found
    assert mine[0]["where"] == where
    assert cause in mine[0]["text"] and f"'{where}'" in mine[0]["text"]
    assert 0.0 <= mine[0]["since"] < mine[0]["noticed"] <= 120_000.0
    others = {finding["problem"] for finding in found} - {problem}
    assert others <= ({"runaway"} if problem == "not finite" else set()), found  # on the way to infinity


@pytest.mark.parametrize("seed", range(3))
def test_the_healthy_twin_is_healthy(seed: int) -> None:
    assert watched(network(seed), seconds=300) == []


def test_since_when_a_population_is_dead() -> None:
    sim = simulation(network())
    sim.run(seconds=12, watch=hs.Health())
    sim.set("inputs", "rate", 0.0)
    with pytest.warns(hs.HealthWarning, match="dead: no spike since 12 s; its source 'inputs' is silent too"):
        found = sim.run(seconds=30).health
    assert [(f["since"], f["noticed"]) for f in found if f["problem"] == "dead"] == [(12_000.0, 22_000.0)]


@pytest.mark.filterwarnings("ignore::hebbstat.contract.errors.HealthWarning")
@pytest.mark.parametrize("problem", [p if p == "oscillating" else pytest.param(p, marks=VERIFY) for p in ILL])
def test_findings_depend_on_simulated_time_alone(problem: str) -> None:
    changes = ILL[problem][0]
    whole = simulation(network(**changes))
    whole.run(seconds=100)
    assert whole.health
    for threads in (2, 3):
        parts = simulation(network(**changes), threads)
        pieces = [parts.run(ms=ms).health for ms in (0.5, 777.0, 3000.0, 42_222.5, 54_000.0)]
        assert parts.health == whole.health
        assert [finding for piece in pieces for finding in piece] == [finding.as_dict() for finding in whole.health]


@pytest.mark.filterwarnings("ignore::hebbstat.contract.errors.HealthWarning")
def test_the_watch_changes_no_bit() -> None:
    recordings = []
    for watch in (None, hs.Health(), hs.Health(every=20.0, stuck_after=10.0)):
        sim = simulation(network(weight=1.0), threads=2)
        spikes = sim.run(seconds=20, record=[hs.Spikes("cells")], watch=watch)["cells.spikes"]
        recordings.append(
            (spikes.time.values.tobytes(), spikes.neuron.values.tobytes(), sim.weights("learn").tobytes())
        )
    assert recordings[0] == recordings[1] == recordings[2]


def test_stopping_early_hands_over_the_recording_and_the_run_can_go_on() -> None:
    sim = simulation(network(weight=0.02, **STILL))
    with pytest.raises(hs.UnhealthyError, match="'cells' is dead") as caught:
        sim.run(
            seconds=60, record=[hs.Spikes("inputs"), hs.States("cells", "v", every=1000.0)], watch=hs.Health(stop=True)
        )
    assert sim.time == 10_000.0
    error: Any = caught.value
    assert [finding.problem for finding in error.findings] == ["dead"]
    assert error.recording["cells.v"].time.values[-1] == 10_000.0
    assert error.recording["inputs.spikes"].sizes["spike"] > 10_000
    assert error.recording.health[0]["problem"] == "dead"
    assert sim.run(seconds=10, watch=hs.Health(stop=True)).health == []  # told once
    assert sim.time == 20_000.0


def test_nobody_looks_unless_asked_and_frozen_probes_are_not_watched() -> None:
    dead = network(weight=0.02, **STILL)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        sim = simulation(dead)
        assert sim.run(seconds=30, watch=None).health == []
        with sim.frozen():
            sim.run(seconds=30)
    assert sim.health == []


def test_a_frozen_probe_does_not_disturb_the_watch() -> None:
    probed, plain = simulation(network(weight=0.02, **STILL)), simulation(network(weight=0.02, **STILL))
    for sim in (probed, plain):
        sim.run(seconds=8.25)
        if sim is probed:
            with sim.frozen():
                sim.run(seconds=5)
        with pytest.warns(hs.HealthWarning):
            sim.run(seconds=5)
    assert probed.health == plain.health


def test_settings_are_checked() -> None:
    with pytest.raises(hs.BadValueError, match="every=-1 of Health must be above 0"):
        hs.Health(every=-1.0)
    with pytest.raises(hs.BadValueError, match="watch=True must be Health"):
        simulation(network()).run(steps=1, watch=True)  # type: ignore[arg-type]


def poisson(seed: int, *rates: np.ndarray) -> np.ndarray:
    """Counts [look, cell] of Poisson cells with these rates."""
    return np.random.default_rng(seed).poisson(np.stack(rates, axis=1))


def test_swing_finds_regular_swings_and_no_others() -> None:
    t = np.arange(128)

    def sine(period: float, size: float = 4.0, phase: float = 0.0) -> np.ndarray:
        return 5.0 + size * np.sin(2 * np.pi * t / period + phase)

    out_of_step = poisson(0, *(sine(11, phase=phase) for phase in np.linspace(0, 2 * np.pi, 65)[1:]))
    assert np.ptp(out_of_step.mean(axis=1)) < 2.0  # nothing to see in the mean
    for counts, period in ((poisson(0, sine(17)), 17), (poisson(0, sine(11)), 11), (out_of_step, 11)):
        found = swing(counts, 1.0)
        assert found is not None and abs(found.period - period) <= 1
        assert found.span == pytest.approx(8.0 / 5.0, rel=0.25)
    assert swing(poisson(0, *[sine(17, 1.0)] * 64), 1.0) is None  # too small
    assert swing(poisson(0, *[5.0 + t] * 64), 1.0) is None  # grows
    assert swing(poisson(0, *[np.where(t < 64, 1.0, 9.0)] * 64), 1.0) is None  # one step
    assert swing(poisson(0, *[sine(60)] * 64), 1.0) is None  # too few cycles to tell
    for cells in (1, 8, 64):
        assert not any(swing(poisson(seed, *[np.full(128, 2.0)] * cells), 0.0) for seed in range(500))  # noise
