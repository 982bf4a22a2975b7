"""Synapses die and are born: as the reference says, whatever the threads, in pieces, saved and loaded, frozen."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.voices import agree, agree_compiled
from strangers.interpreted import plain_kernels

import hebbstat as hs
from hebbstat.contract.errors import ContractError
from hebbstat.engine.run.oversubscription import repartition
from hebbstat.engine.state.global_state import digest, gather


class Growth(hs.Plasticity):
    """Elements grow and pair up; what is weak dies."""

    period: hs.units.Ms = 5.0
    tau: hs.units.Ms = 20.0
    grow: hs.units.Number = 0.4
    loss: hs.units.Number = 0.1
    ca = hs.PerPost.trace(decay="tau")
    free_pre = hs.PerPre.state(0.5)
    free_post = hs.PerPost.state(0.5, slow=True)
    age = hs.PerSynapse.state("grow")
    degree = hs.PerPost.reduce("w", "count")

    @free_pre.on_tick
    def _(free_pre, grow):
        return free_pre + grow

    @free_post.on_tick
    def _(free_post, grow, ca):
        return free_post + grow / (1.0 + ca)

    @age.on_tick
    def _(age, period):
        return age + period

    @staticmethod
    def prune(w, uniform, loss, age, degree):
        return (uniform < loss and age > 7.0) or (w < 0.05 and degree > 1.0)

    @staticmethod
    def attempts(uniform, grow):
        return 12.0 * grow + uniform

    @staticmethod
    def initial_weight(uniform, free_pre, free_post, ca, post_v, age):
        return 0.2 + 0.2 * uniform + 0.01 * (free_pre + free_post + ca + post_v + age)


class Turnover(hs.Plasticity):
    """Births anywhere, and now and then a death; its synapses have a weight that is derived from what they keep."""

    period: hs.units.Ms = 3.0
    late: hs.units.Ms = 4.0
    tau: hs.units.Ms = 15.0
    c = hs.PerSynapse.trace(decay="tau", init=1.0)
    d = hs.PerSynapse.state(0.3)
    c_old = hs.PerSynapse.lagged(c, by="late")

    @c.on_pre
    def _(c):
        return c + 0.2

    @d.on_post
    def _(d, c, c_old):
        return 0.9 * d + 0.02 * c + 0.01 * c_old

    @staticmethod
    def weight(d):
        return 0.1 + d

    @staticmethod
    def prune(normal):
        return normal > 1.5

    @staticmethod
    def attempts():
        return 4.7

    @staticmethod
    def initial_weight():
        return 0.0


class Delayed(Turnover):
    """Events that are seen later: not by synapses that were born meanwhile. Neurons are read, and rows reduced."""

    sent = hs.PerPre.reduce("w", "sum")
    seen = hs.PerSynapse.state(0.1)

    @seen.on_pre(after="late")
    def _(seen, w):
        return 0.8 * seen + 0.2 * w + 0.1

    @staticmethod
    def weight(d, seen, pre_v):
        return 0.1 + d + 0.1 * seen + 0.001 * pre_v

    @staticmethod
    def prune(normal, sent, pre_v):
        return normal + 0.05 * sent - 0.01 * pre_v > 1.5


class Cell(hs.Neuron):
    v = hs.PerNeuron.state()

    @v.step
    def _(v, input, uniform):
        return 0.8 * v + 0.2 * input + 0.25 * uniform

    @v.on_spike
    def _(v):
        return 0.0

    @staticmethod
    def fires(v):
        return v > 0.75


class Release(hs.Release):
    U: hs.units.Fraction = 0.5
    u = hs.PerSynapse.state("U")

    @staticmethod
    def transmit(w, u, U, elapsed):
        return w * u, 0.5 * u + 0.3 * U + 0.01 / (1.0 + elapsed)


class OnRelease(hs.Plasticity):
    acts_on = "release.U"
    tau: hs.units.Ms = 9.0
    y = hs.PerPost.trace(decay="tau")

    @staticmethod
    def on_pre(y):
        return 0.02 * y - 0.01


def network(wiring: hs.Connector = hs.FixedProbability(0.3)) -> hs.Network:
    net = hs.Network(dt=1.0, seed=8)
    a, b = net.add(Cell(), 9, "a"), net.add(Cell(), 6, "b")
    bounds = [hs.HardBounds(0.0, 1.0)]
    stdp = hs.PairSTDP(A_plus=0.05, A_minus=0.06)
    net.connect(a, a, wiring, weight=0.3, delay=2.0, rules=[Growth(), stdp, *bounds], name="aa")
    release = [Growth(period=4.0), Growth(grow=0.2), OnRelease(), hs.HardBounds(0.1, 0.9, on="release.U")]
    net.connect(a, b, hs.FixedProbability(0.6), weight=0.3, delay=3.0, release=Release(), rules=release, name="ab")
    net.connect(b, a, hs.FixedProbability(0.2), weight=0.3, dendritic_delay=1.0, rules=[Turnover()], name="ba")
    net.connect(
        b, b, hs.FixedProbability(0.0), weight=0.2, release=Release(), rules=[Turnover(period=2.0)], name="bb"
    )  # fmt: skip
    return net


def told(sim) -> None:
    def look() -> None:
        sim.look()
        for name in sim.net.projections:
            sim.looks[-1][name, "", "pairs"] = np.array(sim.sim.pairs(name))

    look()
    for steps in (7, 13, 11):
        sim.run(steps)
        look()
    for _ in sim.frozen(restore=True):
        sim.run(12)
        look()
    sim.run(6)
    for _ in sim.frozen(restore=False):
        sim.run(9)
    look()
    sim.run(25)
    look()


def several() -> hs.Connector:
    """Some pairs have several synapses."""
    return hs.FromPairs([0, 0, 0, 1, 2, 2, 8], [1, 1, 4, 0, 3, 3, 7])


def test_those_that_were_born_do_not_see_what_came_before() -> None:
    def made() -> hs.Network:
        net = network()
        net.connect("a", "b", hs.FixedProbability(0.4), weight=0.2, delay=2.0, rules=[Delayed(period=2.0)], name="late")
        return net

    agree(made, told)


def test_synapses_die_and_are_born() -> None:
    engine = agree(network, told)
    first, last = engine.looks[0], engine.looks[-1]
    for name in engine.net.projections:
        before, after = (set(zip(*look[name, "", "pairs"].tolist(), strict=True)) for look in (first, last))
        assert after - before and (before - after or not before)


def test_pairs_with_several_synapses() -> None:
    agree(lambda: network(several()), told)


def test_it_is_compiled() -> None:
    agree_compiled(network, told)


def test_the_number_of_threads_may_change_while_it_runs() -> None:
    with plain_kernels():
        whole, cut = (hs.Simulation(network(), quiet=True, threads=2) for _ in range(2))
        whole.run(steps=60)
        cut.run(steps=31)
        repartition(cut.core, 1)
        cut.run(steps=29)
    assert digest(gather(whole.core)) == digest(gather(cut.core))


class Thinning(hs.Plasticity):
    """Changes nothing but who is there."""

    period: hs.units.Ms = 4.0

    @staticmethod
    def prune(uniform):
        return uniform < 0.2


def test_synapses_may_do_nothing_but_die() -> None:
    def thinned() -> hs.Network:
        net = hs.Network(dt=1.0, seed=8)
        net.connect(net.add(Cell(), 6, "a"), net.add(Cell(), 6, "b"), hs.AllToAll(), weight=0.4, rules=[Thinning()])
        return net

    engine = agree(thinned, told)
    assert 0 < len(engine.sim.weights("a -> b")) < 10


def by_hand(before: list[tuple[int, int]], turned) -> list[tuple[int, int]]:
    """The pairs that there are after what a recorder saw."""
    there = list(before)
    for pre, post, born in zip(*(turned[name].values.tolist() for name in ("pre", "post", "born")), strict=True):
        there.append((pre, post)) if born else there.remove((pre, post))
    return sorted(there)


def test_turnover_is_recorded(tmp_path) -> None:
    with plain_kernels():
        _turnover_is_recorded(tmp_path)


def _turnover_is_recorded(tmp_path) -> None:
    whole, kept = hs.Simulation(network(), quiet=True, threads=2), tmp_path / "run.ckpt"
    before = [*zip(*(one.tolist() for one in whole.pairs("aa")), strict=True)]
    run = whole.run(steps=80, record=[hs.Turnover("aa"), hs.WeightSummary(every=10.0)], out=tmp_path / "run.zarr")
    turned, after = run["aa.turnover"], [*zip(*(one.tolist() for one in whole.pairs("aa")), strict=True)]
    assert by_hand(before, turned) == after
    assert (np.diff(turned.time) >= 0).all() and set((turned.time.values % 5.0).tolist()) == {0.0}
    assert 0 < turned.born.values.sum() < turned.born.size
    again = hs.Simulation(network(), quiet=True)
    part = again.run(steps=80, record=[hs.Turnover("aa")], checkpoint=hs.Checkpoint(kept, every_s=1e-9))["aa.turnover"]
    assert part.equals(turned.load())
    loaded = hs.Simulation.load(kept, network(), quiet=True)
    assert np.array_equal(loaded.weights("ab"), whole.weights("ab"))


def test_what_cannot_be_recorded_is_told() -> None:
    sim = hs.Simulation(network(), quiet=True)
    with pytest.raises(hs.BadValueError, match="die and are born"):
        sim.run(steps=5, record=[hs.Weights("aa", every=1.0)])
    net = hs.Network(dt=1.0)
    net.connect(net.add(Cell(), 3, "a"), net.add(Cell(), 3, "b"), hs.AllToAll(), weight=1.0, name="p")
    with pytest.raises(hs.BadValueError, match="nothing turns over"):
        hs.Simulation(net, quiet=True).run(steps=5, record=[hs.Turnover("p")])


@pytest.mark.parametrize("kind", [hs.Simulation, hs.ReferenceSimulation])
def test_what_a_newborn_synapse_cannot_have(kind: type) -> None:
    def one(rule: hs.Plasticity, **more: object) -> hs.Network:
        net = hs.Network(dt=1.0)
        net.connect(net.add(Cell(), 3, "a"), net.add(Cell(), 3, "b"), hs.AllToAll(), weight=1.0, rules=[rule], **more)
        return net

    with pytest.raises(hs.NotSupportedError, match="it must have one delay, and no branches"):
        kind(one(Growth(), delay=hs.Uniform(1.0, 9.0)))
    with pytest.raises(hs.NotSupportedError, match="loss of Growth on 'a -> b' cannot differ between synapses"):
        kind(one(Growth(loss=hs.Uniform(0.0, 0.1))))
    with pytest.raises(ContractError, match="so it needs a hook `initial_weight`"):
        kind(one(Barren()))


class Barren(hs.Plasticity):
    period: hs.units.Ms = 1.0

    @staticmethod
    def attempts():
        return 1.0
