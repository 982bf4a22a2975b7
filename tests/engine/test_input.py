"""What a new user gets wrong: an error of ours that names what was given and what would do, and nothing has changed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import hebbstat as hs


def network() -> hs.Network:
    net = hs.Network(dt=0.1, seed=1)
    inputs = net.add(hs.PoissonSource(rate=20.0), 5, "inputs")
    exc = net.add(hs.LIF(tau_m=hs.LogNormal(20.0, cv=0.2)), 4, "exc")
    net.connect(inputs, exc, hs.AllToAll(), weight=1.0, receptor=hs.AMPA(), rules=[hs.PairSTDP()])
    return net


@pytest.fixture(scope="module")
def sim() -> hs.Simulation:
    return hs.Simulation(network(), threads=1, quiet=True)


@pytest.mark.parametrize(
    ("recorder", "error", "says"),
    [
        (hs.Spikes("exc2"), hs.UnknownNameError, "did you mean 'exc'"),
        (hs.Rates("exc2", every=1.0), hs.UnknownNameError, "did you mean 'exc'"),
        (hs.States("exc", "V", every=1.0), hs.UnknownNameError, "Known: .*v"),
        (hs.States("nowhere", "v", every=1.0), hs.UnknownNameError, "exc"),
        (hs.States("exc", "v", every=1.0, of=[7]), hs.BadValueError, "below 4"),
        (hs.States("exc", "v", every=0.05), hs.BadValueError, "multiple of the step"),
        (hs.Weights("exc -> inputs", every=1.0), hs.UnknownNameError, "inputs -> exc"),
        (hs.WeightSummary("exc -> inputs", every=1.0), hs.UnknownNameError, "inputs -> exc"),
        (hs.WeightSummary(every=0.0), hs.BadValueError, "every"),
        (hs.States("exc", "v", every=1.0, of=[-1]), hs.BadValueError, "from 0, below 4"),
        (hs.States("exc", "v", every="1 ms"), hs.BadValueError, "every='1 ms' of States must be a time"),
        (hs.Rates("exc", every=float("nan")), hs.BadValueError, "must be finite"),
        ("exc", hs.BadValueError, "Spikes"),
    ],
)
def test_recorders(sim: hs.Simulation, recorder: Any, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        sim.run(ms=1.0, record=[recorder])
    assert sim.step_count == 0


def test_record_takes_a_list_of_recorders_with_names_of_their_own(sim: hs.Simulation) -> None:
    for wrong in (hs.Spikes("exc"), None):
        with pytest.raises(hs.BadValueError, match=r"must be a list of recorders: record=\[Spikes"):
            sim.run(ms=1.0, record=wrong)  # type: ignore[arg-type]
    with pytest.raises(hs.BadValueError, match=r"two recorders would both be called 'exc\.v'"):
        sim.run(ms=1.0, record=[hs.States("exc", "v", every=1.0), hs.States("exc", "v", every=0.5)])
    with pytest.raises(hs.BadValueError, match="3 is no population or projection"):
        hs.Spikes(3)  # type: ignore[arg-type]
    assert sim.step_count == 0


def test_what_is_looked_at_must_have_a_name(sim: hs.Simulation) -> None:
    with pytest.raises(hs.BadValueError, match="3 is no population or projection"):
        sim.state(3, "v")  # type: ignore[arg-type]
    with pytest.raises(hs.BadValueError, match="3 is no name of a state"):
        sim.state("exc", 3)  # type: ignore[arg-type]
    with pytest.raises(hs.BadValueError, match="takes a Network, not None"):
        hs.Simulation(None)  # type: ignore[arg-type]
    with pytest.raises(AttributeError, match="did you mean 'LIF'"):
        hs.Lif  # noqa: B018


@pytest.mark.parametrize(
    "given",
    [
        {"seconds": 0}, {"seconds": -1.0}, {"ms": float("nan")}, {"ms": float("inf")}, {"seconds": "3"}, {"ms": 0.25},
        {"steps": 1.5}, {"steps": 2**31}, {"seconds": 1.0, "ms": 1.0}, {},
    ],
)  # fmt: skip
def test_durations(sim: hs.Simulation, given: dict[str, Any]) -> None:
    with pytest.raises(hs.BadValueError):
        sim.run(**given)
    assert sim.step_count == 0


@pytest.mark.parametrize(
    ("of", "name", "value", "error"),
    [
        ("inputs -> exc", "w", np.full(20, np.nan), hs.BadValueError),
        ("inputs -> exc", "w", float("inf"), hs.BadValueError),
        ("inputs -> exc", "w", np.ones(19), hs.BadValueError),
        ("inputs -> exc", "w", "much", hs.BadValueError),
        ("inputs", "rate", -3.0, hs.BadValueError),
        ("inputs", "rate", float("nan"), hs.BadValueError),
        ("inputs", "rate", [1.0, 2.0, 3.0, 4.0, 5.0], hs.BadValueError),  # one number in this network
        ("exc", "tau_m", np.ones(3), hs.BadValueError),
        ("exc", "tau_m", hs.LogNormal(20.0, cv=0.2), hs.BadValueError),
        ("exc", "taau", 3.0, hs.UnknownNameError),
        ("ex", "tau_m", 3.0, hs.UnknownNameError),
    ],
)
def test_set(sim: hs.Simulation, of: str, name: str, value: Any, error: type[Exception]) -> None:
    before = sim.weights("inputs -> exc"), sim.state("exc", "tau_m")
    with pytest.raises(error):
        sim.set(of, name, value)
    for was, now in zip(before, (sim.weights("inputs -> exc"), sim.state("exc", "tau_m")), strict=True):
        np.testing.assert_array_equal(was, now)


@pytest.mark.parametrize("options", [{"threads": 0}, {"threads": 1.5}, {"dtype": "float16"}])
def test_options(options: dict[str, Any]) -> None:
    with pytest.raises(hs.BadValueError):
        hs.Simulation(network(), quiet=True, **options)


def test_a_network_too_large_for_memory_says_how_large() -> None:
    net = hs.Network(seed=1)
    net.add(hs.LIF(), 10**7, "exc")
    net.connect("exc", "exc", hs.AllToAll(), weight=0.1, receptor=hs.AMPA())
    with pytest.raises(hs.TooLargeError, match="GiB"):
        hs.Simulation(net, quiet=True)


def test_ten_thousand_million_synapses_are_refused_before_anything_is_made() -> None:
    # 12 bytes each while they are made: the target twice, at most 32 bits, and a 32-bit weight
    for wiring in (hs.AllToAll(), hs.FixedProbability(1.0), hs.FixedInDegree(99_999)):
        net = hs.Network(seed=1)
        net.add(hs.LIF(), 10**5, "exc")
        net.connect("exc", "exc", wiring, weight=0.1, receptor=hs.AMPA())
        with pytest.raises(hs.TooLargeError, match=r"needs about 11[12].* GiB, and .* GiB are free; use fewer cells"):
            hs.Simulation(net, quiet=True)


@pytest.mark.parametrize(
    ("delay", "error", "says"),
    [(1e8, hs.TooLargeError, r"longest delay, .* GiB"), (1e9, hs.BadValueError, "longer than 1073741824 steps")],
)
def test_a_delay_too_long_says_how_much_it_needs(delay: float, error: type[Exception], says: str) -> None:
    net = hs.Network(seed=1)
    net.add(hs.LIF(), 4, "exc")
    net.connect("exc", "exc", hs.AllToAll(), weight=0.1, delay=delay, receptor=hs.AMPA())
    with pytest.raises(error, match=says):
        hs.Simulation(net, quiet=True)


@pytest.mark.parametrize(
    "recorder",
    [
        hs.States("inputs -> exc", "w", every=0.1),
        hs.Weights("inputs -> exc", every=0.1),
        hs.Rates("exc", every=0.1, each=True),
    ],
)
def test_a_recording_too_large_for_memory_says_how_large(sim: hs.Simulation, recorder: hs.Recorder) -> None:
    with pytest.raises(hs.TooLargeError, match="GiB"):
        sim.run(steps=2**31 - 2, record=[recorder])
    assert sim.step_count == 0


def test_what_a_trace_decays_with_may_be_set_between_runs() -> None:
    net = hs.Network(dt=1.0, seed=1)
    cells = net.add(hs.PoissonSource(rate=10.0), 3, "cells")
    out = net.add(hs.LIF(), 3, "out")
    net.connect(cells, out, hs.AllToAll(), weight=0.1, receptor=hs.AMPA(), rules=[hs.PairSTDP()], name="learn")
    sim, reference = hs.Simulation(net, threads=1, quiet=True, dtype="float64"), hs.ReferenceSimulation(net)
    for tau in (40.0, 5.0):
        sim.run(steps=100)
        reference.run(steps=100)
        sim.set("learn", "PairSTDP.tau_plus", tau)
        reference.set("learn", "PairSTDP.tau_plus", tau)
        found, expected = (one.state("learn", "PairSTDP.x") for one in (sim, reference))
        np.testing.assert_allclose(found, expected, rtol=1e-12)
        np.testing.assert_allclose(sim.weights("learn"), reference.weights("learn"), rtol=1e-9)
    sim.set("learn", "PairSTDP.A_plus", 0.5)
    with pytest.raises(hs.BadValueError, match="must be numbers"):
        sim.set("learn", "PairSTDP.A_plus", hs.Uniform(0.0, 1.0))
