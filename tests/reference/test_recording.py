"""The plain reference takes the engine's recorders, and a user's: what they keep of both is the same."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import hebbstat as hs


class Spread(hs.Recorder):
    def __init__(self, population: str, every: float) -> None:
        self.population, self.every, self.name = population, every, f"{population}.spread"

    def take(self, sim: hs.SimulationView) -> float:
        return float(sim.state(self.population, "v").std())


RECORDERS: dict[str, Callable[[], hs.Recorder]] = {
    "spikes": lambda: hs.Spikes("a"),
    "rates": lambda: hs.Rates("a", every=20.0),
    "rates of each": lambda: hs.Rates("a", every=15.0, each=True),
    "states": lambda: hs.States("b", "v", every=5.0),
    "some states": lambda: hs.States("p", "PairSTDP.x", every=5.0, of=[0, 3]),
    "weights": lambda: hs.Weights("p", every=10.0),
    "some weights": lambda: hs.Weights("p", every=10.0, sample=7),
    "summary": lambda: hs.WeightSummary(every=25.0),
    "one's own": lambda: Spread("b", every=2.0),
}


def network() -> hs.Network:
    net = hs.Network(dt=0.5, seed=4)
    a = net.add(hs.PoissonSource(rate=80.0), 6, "a")
    b = net.add(hs.LIF(), 3, "b")
    net.connect(a, b, hs.AllToAll(), weight=6.0, delay=1.0, name="p", rules=[hs.PairSTDP(), hs.HardBounds(0.0, 12.0)])
    net.connect(b, b, hs.AllToAll(), weight=1.0, delay=1.0, name="static")
    return net


@pytest.mark.parametrize("kind", RECORDERS)
def test_it_keeps_what_the_engine_keeps(kind: str, plain: None) -> None:
    sim, reference = hs.Simulation(network(), dtype="float64", threads=2, quiet=True), hs.ReferenceSimulation(network())
    for ms in (60.0, 50.0):  # a run goes on where another ended
        ours, theirs = RECORDERS[kind](), RECORDERS[kind]()
        fast, slow = sim.run(ms=ms, record=[ours]), reference.run(ms=ms, record=[theirs])
        assert list(fast) == list(slow) and len(slow) == 1
        for name in slow:
            found, wanted = fast[name], slow[name]
            assert found.sizes == wanted.sizes and found.attrs == wanted.attrs
            for coordinate in wanted.coords:
                np.testing.assert_array_equal(found.coords[coordinate], wanted.coords[coordinate])
            close = np.testing.assert_allclose
            if hasattr(wanted, "data_vars"):
                for one in wanted.data_vars:
                    close(found[one], wanted[one], rtol=1e-9, atol=1e-12)
            else:
                close(found, wanted, rtol=1e-9, atol=1e-12)
                assert wanted.size


def test_what_was_recorded_is_found_by_its_recorder(plain: None) -> None:
    spikes, states = hs.Spikes("a"), hs.States("b", "v", every=5.0)
    for sim in (hs.Simulation(network(), quiet=True), hs.ReferenceSimulation(network())):
        run = sim.run(ms=20.0, record=[spikes, states])
        assert run[spikes] is run["a.spikes"] and run[states].shape == (4, 3)
        with pytest.raises(hs.UnknownNameError, match=r"nothing recorded as 'b\.rate'"):
            run[hs.Rates("b", every=5.0)]


def test_bad_recorders_are_refused() -> None:
    sim = hs.ReferenceSimulation(network())
    with pytest.raises(hs.BadValueError, match="must be a list of recorders"):
        sim.run(ms=5.0, record=["a.spikes"])  # type: ignore[list-item]
    with pytest.raises(hs.BadValueError, match=r"two recorders would both be called 'a\.spikes'"):
        sim.run(ms=5.0, record=[hs.Spikes("a"), hs.Spikes("a")])
    with pytest.raises(hs.UnknownNameError, match="nobody"):
        sim.run(ms=5.0, record=[hs.Spikes("nobody")])
    assert sim.step_count == 0


def test_it_is_read_as_a_simulation_is(plain: None) -> None:
    sim, reference = hs.Simulation(network(), dtype="float64", quiet=True), hs.ReferenceSimulation(network())
    for one in (sim, reference):
        one.run(ms=30.0)
    assert (sim.step_count, sim.time, sim.net.seed) == (reference.step_count, reference.time, reference.net.seed)
    for ours, theirs in zip(sim.pairs("p"), reference.pairs("p"), strict=True):
        assert ours.dtype == theirs.dtype and ours.tolist() == theirs.tolist()
    np.testing.assert_allclose(sim.weights("p"), reference.weights("p"), rtol=1e-9)
