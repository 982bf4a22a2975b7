"""A busy machine: one thread fewer, the same bits."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from helpers.compositions import FEW, compose

import hebbstat as hs
from hebbstat.engine.run import oversubscription
from hebbstat.engine.run.oversubscription import ThreadAdapter, repartition
from hebbstat.engine.state.global_state import digest, gather

STEPS = 150


@pytest.mark.parametrize("seed", [FEW[0], pytest.param(FEW[1], marks=pytest.mark.verify)])
def test_cutting_anew_changes_no_bit(seed: int) -> None:
    whole = hs.Simulation(compose(seed), threads=1, quiet=True)
    cut = hs.Simulation(compose(seed), threads=3, quiet=True)
    for threads in (1, 2, 4, 3):
        whole.run(steps=STEPS, watch=None)
        cut.run(steps=STEPS, watch=None)
        repartition(cut.core, threads)
        assert cut.threads == threads
        assert digest(gather(cut.core)) == digest(gather(whole.core))


def test_a_sampled_recorder_follows() -> None:
    def weights(change: bool) -> Any:
        sim = hs.Simulation(compose(FEW[0]), threads=2, quiet=True)
        record = [hs.Weights("in", every=sim.net.dt * 10, sample=5), hs.Spikes("exc")]
        session = crowding_session(sim, record, change)
        return session["in.w"].values, session["exc.spikes"].time.values

    for ours, theirs in zip(weights(False), weights(True), strict=True):
        assert (ours == theirs).all()


def crowding_session(sim: hs.Simulation, record: list[hs.Recorder], change: bool) -> Any:
    """A run in which the number of threads changes after each chunk."""
    from hebbstat.engine.run.session import begin

    class Change(ThreadAdapter):
        def adapt(self, steps_left: int) -> bool:
            repartition(sim.core, 1 + sim.threads % 3)
            return True

    session = begin(sim, record, 4 * STEPS, progress=False)
    others = [one for one in session.observers if not isinstance(one, ThreadAdapter)]
    session.observers = [*others, Change(sim.core)] if change else others
    return session.run()


class Machine:
    """A simulation as the choice of threads sees it."""

    def __init__(self) -> None:
        self.threads, self.wall, self.worked, self.walked = 4, 0.0, 0.0, 0
        self.layout, self.model = SimpleNamespace(synapses=lambda name: 1000), SimpleNamespace(links=["x"])

    def passes(self, seconds: float, works: float) -> None:
        self.wall += seconds
        self.worked += seconds * self.threads * works
        self.walked += round(1000 * seconds)


def test_a_thread_is_taken_away_while_others_need_the_core(monkeypatch: pytest.MonkeyPatch) -> None:
    core: Any = Machine()
    monkeypatch.setattr(oversubscription, "repartition", lambda core, threads: setattr(core, "threads", threads))
    crowd = ThreadAdapter(core)
    core.passes(2.0, 0.95)
    assert not crowd.adapt(100_000)
    core.passes(2.0, 0.5)
    assert not crowd.adapt(0)  # the run is nearly over
    assert crowd.adapt(100_000)
    assert core.threads == 3
    core.passes(2.0, 0.5)
    assert not crowd.adapt(100_000)  # never more than one thread fewer
    core.passes(25.0, 0.95)
    assert crowd.adapt(100_000)  # tried again
    assert core.threads == 4
    core.passes(2.0, 0.5)
    assert crowd.adapt(100_000)
    core.passes(25.0, 0.95)
    assert not crowd.adapt(100_000)  # with more patience each time
