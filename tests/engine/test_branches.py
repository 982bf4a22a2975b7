"""States of dendritic branches: one value for each branch of each postsynaptic neuron of a projection."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.dense import Drifting, network
from helpers.voices import agree, agree_compiled, told
from strangers.faces import Face

import hebbstat as hs
from hebbstat.engine.checkpoint.validate import vet_state
from hebbstat.engine.run.oversubscription import repartition
from hebbstat.engine.state.global_state import digest, gather


class AtEvents(hs.Plasticity):
    """Moved by events of both kinds, at once and later; read at synapses at both."""

    tau: hs.units.Ms = 5.0
    gain: hs.units.Number = 0.1
    late: hs.units.Ms = 2.0
    y = hs.PerPost.trace(decay="tau")
    b = hs.PerBranch.trace(decay="tau", init="gain")
    set_to = hs.PerBranch.trace(decay="tau", set=0.5, init=0.7, slow=True)
    c = hs.PerBranch.state(0.3, slow=True)
    d = hs.PerBranch.state("gain")
    e = hs.PerBranch.state()
    f = hs.PerBranch.state()
    s = hs.PerSynapse.state(0.1)

    @b.on_pre
    def _(b, y, gain, post_v):
        return b + gain * (1.0 + y) + 0.01 * post_v

    @set_to.on_pre
    def _(set_to, b, normal):
        return 0.5 * set_to + 0.1 * b + 0.1 * normal

    @hs.together(c, d).on_post
    def _(c, d, b, uniform):
        return 0.9 * c + 0.1 * b * uniform, 0.5 * d + 0.1 * c

    @e.on_pre(after="late")
    def _(e, b, y, f):
        return 0.7 * e + b - 0.1 * y + 0.1 * f

    @f.on_pre(after="late")
    def _(f, e):
        return 0.5 * f + 0.1 * e

    @s.on_pre
    def _(s, b, e):
        return 0.9 * s + 0.1 * b * e

    @staticmethod
    def on_pre(w, b, set_to):
        return 0.01 * (b - set_to) - 0.001 * w

    @staticmethod
    def on_post(b, c, d, e, s, w):
        return 0.01 * (c - w) + 0.01 * b * d + 0.001 * (e - s)


class AtSteps(hs.Plasticity):
    """Moved by each step, with a past, and by advancing; the whole and the neuron are read."""

    tau: hs.units.Ms = 7.0
    lag: hs.units.Ms = 3.0
    g = hs.Global.state(0.2)
    z = hs.PerPost.state(0.2)
    b = hs.PerBranch.state(0.1)
    a = hs.PerBranch.state(0.4)
    old = hs.PerBranch.lagged(b, by="lag")
    older = hs.PerBranch.lagged(old, by="lag")
    s = hs.PerSynapse.state()

    @g.step
    def _(g):
        return 0.9 * g + 0.01

    @z.step
    def _(z, post_v):
        return 0.8 * z + 0.1 * post_v

    @b.step
    def _(b, z, g, post_v, older, normal):
        return 0.9 * b + 0.1 * z - 0.05 * g + 0.01 * post_v - 0.01 * older + 0.01 * normal

    @a.advance
    def _(a, elapsed, tau):
        return 1.0 + (a - 1.0) * math.exp(-elapsed / tau)

    @a.on_pre
    def _(a, old):
        return 0.6 * a + 0.1 * old

    @s.step
    def _(s, b, a):
        return 0.9 * s + 0.01 * b + 0.01 * a

    @staticmethod
    def step(b, old, a, s, w):
        return 0.01 * (b - old) + 0.001 * (a - 0.2 * w) + 0.001 * s


class AtTicks(hs.Plasticity):
    """Reductions over the synapses of a branch, states that ticks move, reductions of states of branches."""

    period: hs.units.Ms = 4.0
    tau: hs.units.Ms = 5.0
    y = hs.PerPost.trace(decay="tau")
    h = hs.PerSynapse.trace(decay="tau", init=0.4)
    b = hs.PerBranch.trace(decay="tau", init=0.3)
    t = hs.PerBranch.state()
    number = hs.PerBranch.reduce("w", "count")
    total = hs.PerBranch.reduce("w", "sum")
    mean = hs.PerBranch.reduce("h", "mean")
    most = hs.PerBranch.reduce("b", "max")
    least = hs.PerBranch.reduce("w", "min")
    middle = hs.PerBranch.reduce("w", hs.quantile(0.4))
    drive = hs.PerBranch.reduce("pre_v", hs.quantile(0.7))
    of_cell = hs.PerPost.reduce("b", "sum")
    of_row = hs.PerPre.reduce("t", "mean")
    of_all = hs.Global.reduce("b", "sum")

    @h.on_post
    def _(h, w):
        return h + 0.1 * w

    @b.on_pre
    def _(b):
        return b + 0.1

    @t.on_tick
    def _(t, y, number, total, mean, most, least, middle, drive, of_cell):
        change = 0.01 * total - 0.01 * number + 0.1 * mean + 0.1 * most - 0.02 * least
        return 0.5 * t + change + 0.1 * middle + 0.1 * drive + 0.01 * of_cell + 0.1 * y

    @h.on_tick
    def _(h, t):
        return h + 0.01 * t

    @staticmethod
    def on_tick(w, t, b, total, mean, of_row, of_all):
        return 0.001 * (t - total) + 0.01 * (mean - w) + 0.01 * b - 0.001 * w * of_row + 0.001 * of_all


class OnlyReduced(hs.Plasticity):
    """Nothing of branches but reductions: events may wait for a row's visit."""

    period: hs.units.Ms = 4.0
    total = hs.PerBranch.reduce("w", "sum")
    middle = hs.PerBranch.reduce("w", hs.quantile(0.4))

    @staticmethod
    def on_tick(w, total, middle):
        return 0.02 * w * (2.0 - total) + 0.01 * (middle - w)


class Derived(hs.Plasticity):
    """The weight is what synapse and branch make of it; a branch decays by what changes."""

    tau: hs.units.Ms = 5.0
    share: hs.units.Number = 0.5
    s = hs.PerSynapse.state(1.0)
    b = hs.PerBranch.trace(decay="tau", init=0.5)

    @s.on_post
    def _(s, b):
        return 0.95 * s + 0.02 * b

    @b.on_pre
    def _(b, share):
        return b + 0.2 * share

    @staticmethod
    def weight(s, b, share):
        return s * (1.0 + share * b)


class OnNeuron(hs.Plasticity):
    """A branch reads what its rule changes of the neuron."""

    acts_on = "post.level"
    b = hs.PerBranch.state()

    @b.on_pre
    def _(b, value):
        return 0.8 * b + 0.1 * value

    @staticmethod
    def on_post(value):
        return 0.05 * (0.5 - value)


class Turnover(hs.Plasticity):
    """Synapses that die and are born where a neuron is one branch."""

    period: hs.units.Ms = 3.0
    tau: hs.units.Ms = 6.0
    b = hs.PerBranch.trace(decay="tau", init=0.3)
    number = hs.PerBranch.reduce("w", "count")

    @b.on_pre
    def _(b):
        return b + 0.2

    @staticmethod
    def prune(uniform, b):
        return uniform < 0.1 * b

    @staticmethod
    def attempts(uniform):
        return 4.0 + uniform

    @staticmethod
    def initial_weight(b, number):
        return 0.2 + 0.1 * b + 0.01 * number

    @staticmethod
    def on_pre(b, w):
        return 0.01 * (b - w)


class OnRates(hs.Plasticity):
    b = hs.PerBranch.state()

    @b.step
    def _(b, post_rate):
        return 0.9 * b + 0.1 * post_rate

    @staticmethod
    def step(b, pre_rate, w):
        return 0.01 * (b * pre_rate - 0.1 * w)


def copies(**given: Any) -> hs.Network:
    """Pairs with several synapses, on branches of their own choice, in an order of their own."""
    rng = np.random.default_rng(3)
    pre, post = rng.integers(0, 6, 30), rng.integers(0, 5, 30)
    net = network(recurrent=False, delay=1.0)
    rules = [AtEvents(), AtTicks(), hs.HardBounds(-3.0, 3.0)]
    connection = {"branches": rng.integers(0, 4, 30), "delay": hs.Uniform(1.0, 4.0), "rules": rules, **given}
    net.connect("a", "b", hs.FromPairs(pre, post), weight=rng.random(30), name="copies", **connection)
    return net


def of_rates() -> hs.Network:
    net = hs.Network(dt=1.0, seed=4)
    net.add(hs.RateNeuron(), 4, "r")
    net.connect("r", "r", hs.AllToAll(), weight=hs.Uniform(0.1, 0.5), delay=2.0, rules=[OnRates()], branches=2)
    return net


class Tone(hs.NetworkRule):
    level = hs.Global.state(4.0)

    @level.step
    def _(level, uniform):
        return 0.8 * level + 1.5 * uniform


def modulated(rule: Any) -> hs.Network:
    return network([rule], modulators={"DA": Tone()}, branches=3, recurrent=False)


BOUND = hs.HardBounds(-3.0, 3.0)
SIGNAL = hs.TimedArray([4.0, 9.0, 6.0], every=3.0, repeat=True)
CASES: dict[str, Callable[[], hs.Network]] = {
    "events": lambda: network([AtEvents(), BOUND], branches=3),
    "one delay": lambda: network([AtEvents(), BOUND], branches=2, delay=2.0, recurrent=False),
    "steps": lambda: network([AtSteps(), BOUND], branches=3, cells=[Drifting()]),
    "ticks": lambda: network([AtTicks(), BOUND], branches=3),
    "a neuron is one branch": lambda: network([AtEvents(), AtSteps(), AtTicks(), BOUND], recurrent=False),
    "copies": copies,
    "copies on a branch": lambda: copies(branches=1, delay=2.0),
    "many branches": lambda: copies(branches=np.arange(30) * 9),
    "only reduced": lambda: network([OnlyReduced(), hs.PairSTDP()], branches=3, delay=2.0),
    "only reduced, short rows": lambda: network([OnlyReduced(), hs.PairSTDP()], branches=3, recurrent=False),
    "derived": lambda: network([Derived()], branches=3, recurrent=False),
    "a planned tau": lambda: network([Derived(tau=SIGNAL)], branches=3, recurrent=False),
    "of the neuron": lambda: network([OnNeuron(), AtEvents()], branches=2, recurrent=False),
    "gated": lambda: modulated(hs.gated(AtEvents(), by=lambda DA, b: DA * b)),
    "a followed tau": lambda: modulated(Derived(tau=hs.FollowState("DA"))),
    "turnover": lambda: network([Turnover()], delay=2.0, recurrent=False, branches=1),
    "rates": of_rates,
}


@pytest.mark.parametrize("case", CASES)
def test_engine_equals_reference(case: str) -> None:
    agree(CASES[case])


@pytest.mark.parametrize("rules", [
    [AtEvents(), OnlyReduced()], pytest.param([AtEvents(), AtSteps(), AtTicks()], marks=pytest.mark.verify),
])  # fmt: skip
def test_compiled(rules: list[Any]) -> None:
    agree_compiled(lambda: network([*rules, BOUND], branches=3, recurrent=False))


def set_between(sim: Face) -> None:
    """What is set counts from then on; states and a parameter that they decay by."""
    sim.set("a -> b", "rule0.0", "c", 0.9)
    sim.run(20)
    sim.set("a -> b", "rule0.0", "b", np.arange(15) * 0.1)
    sim.look()
    for _ in sim.frozen(restore=True):
        sim.set("a -> b", "rule0.0", "c", 0.2)
        sim.run(5)
    sim.set("a -> b", "rule0.0", "tau", 11.0)
    sim.look()
    told(sim)


def test_what_is_set_counts() -> None:
    agree(lambda: network([AtEvents(), BOUND], branches=3, recurrent=False), set_between)


@pytest.mark.usefixtures("plain")
def test_every_step_is_recorded_branch_by_branch(tmp_path: Path) -> None:
    net = network([AtEvents(), BOUND], branches=3, recurrent=False)
    record = [hs.States("a -> b", "AtEvents.b", every=1.0), hs.States("a -> b", "AtEvents.c", every=1.0, of=[0, 7])]
    sim = hs.Simulation(net, dtype="float64", quiet=True, threads=2)
    ours = sim.run(steps=30, record=record)
    theirs = hs.ReferenceSimulation(net).run(steps=30, record=record)
    for name in ("a -> b.AtEvents.b", "a -> b.AtEvents.c"):
        np.testing.assert_allclose(ours[name], theirs[name], rtol=1e-9)
    assert ours["a -> b.AtEvents.b"].shape == (30, 15)
    assert ours["a -> b.AtEvents.c"].post.values.tolist() == [0, 2]
    assert ours["a -> b.AtEvents.c"].branch.values.tolist() == [0, 1]
    streamed = sim.run(steps=5, record=record, out=tmp_path / "out")
    assert streamed["a -> b.AtEvents.b"].branch.values.tolist() == [0, 1, 2] * 5


@pytest.mark.usefixtures("plain")
def test_branches_are_those_of_neurons_in_order() -> None:
    pre, post, branch = [0, 0, 1, 1, 2], [0, 1, 0, 2, 2], [1, 0, 3, 3, 2]

    class Counted(hs.Plasticity):
        period: hs.units.Ms = 1.0
        number = hs.PerBranch.reduce("w", "count")
        events = hs.PerBranch.state()

        @events.on_pre
        def _(events):
            return events + 1.0

    net = hs.Network(dt=1.0)
    net.add(hs.SpikeSource(), 3, "a", spikes=([1.0, 1.0, 2.0], [0, 1, 1]))
    net.add(hs.LIF(), 3, "b")
    net.connect("a", "b", hs.FromPairs(pre, post), receptor=hs.AMPA(), rules=[Counted()], branches=branch, name="p")
    sim = hs.Simulation(net, quiet=True, threads=2)
    sim.run(steps=5)
    assert sim.state("p", "Counted.number").reshape(3, 4).tolist() == [[0, 1, 0, 1], [1, 0, 0, 0], [0, 0, 1, 1]]
    assert sim.state("p", "Counted.events").reshape(3, 4).tolist() == [[0, 1, 0, 2], [1, 0, 0, 0], [0, 0, 0, 2]]


@pytest.mark.usefixtures("plain")
def test_a_file_with_other_branches_is_damaged(tmp_path: Path) -> None:
    net = network([AtEvents(), BOUND], branches=3, recurrent=False)
    sim = hs.Simulation(net, quiet=True)
    sim.run(steps=20)
    ours = gather(sim.core)
    key, stamp = "a -> b/rule0_0_b", "a -> b/at_rule0_0_b"
    assert ours[key].shape == ours[stamp].shape == (15,)
    for name, values in {key: ours[key][:-3], stamp: np.full(15, 20, np.int32)}.items():
        with pytest.raises(ValueError, match=name):
            vet_state(sim.core, ours, {**ours, name: values}, 20)
    sim.save(tmp_path / "a.ckpt")
    other = network([AtEvents(), BOUND], branches=4, recurrent=False)
    with pytest.raises(hs.CheckpointError, match="branches"):
        hs.Simulation.load(tmp_path / "a.ckpt", other, quiet=True)


@pytest.mark.usefixtures("plain")
def test_cut_anew_on_the_way_it_stays_the_same() -> None:
    net = copies()
    whole, cut = (hs.Simulation(net, quiet=True, threads=3) for _ in range(2))
    whole.run(steps=40)
    for threads in (1, 2, 3):
        cut.run(steps=10)
        repartition(cut.core, threads)
    cut.run(steps=10)
    assert digest(gather(whole.core)) == digest(gather(cut.core))


@pytest.mark.usefixtures("plain")
def test_a_synapse_takes_a_byte_more() -> None:
    def sim(branches: Any) -> hs.Simulation:
        return hs.Simulation(network([Threshold()], branches=branches, recurrent=False), quiet=True)

    one, two, many = sim(None), sim(2), sim(300)
    assert "clock-driven: Threshold keeps states of dendritic branches" in two.explain()
    shards = [each.core.layout.shards["a -> b"][0] for each in (one, two, many)]
    assert "branch" not in shards[0]
    assert [shard["branch"].dtype.name for shard in shards[1:]] == ["uint8", "uint16"]
    assert [shard["rule0_0_u"].size for shard in shards] == [5, 10, 1500]
    assert two.source() == many.source()  # how many there are is an argument


def test_branches_with_gaps_are_told_before_they_fill_the_memory() -> None:
    with pytest.raises(hs.TooLargeError, match="branches of each neuron of 'b'"):
        hs.Simulation(copies(branches=np.arange(30) * 70_000_000), quiet=True)
    with pytest.raises(hs.BadValueError, match="branches="):
        hs.Simulation(copies(branches=np.arange(30) * (1 << 31)), quiet=True)


class Threshold(hs.Plasticity):
    """Synapses strengthen where the events of their branch, summed with a time constant, are above a threshold."""

    tau: hs.units.Ms = 10.0
    theta: hs.units.Number = 2.5
    gain: hs.units.Weight = 0.1
    u = hs.PerBranch.trace(decay="tau")

    @u.on_pre
    def _(u):
        return u + 1.0

    @staticmethod
    def on_pre(u, theta, gain):
        return gain if u > theta else 0.0


@pytest.mark.usefixtures("kernels")
@pytest.mark.parametrize(("branches", "together"), [([2, 2, 2, 2], 4), ([0, 1, 2, 3], 1), ([0, 0, 1, 1], 2)])
def test_clustered_synapses_strengthen_scattered_ones_do_not(branches: list[int], together: int) -> None:
    """Inputs sum on their branch and are compared with its threshold, not with the neuron's (Polsky, Mel & Schiller
    2004, doi:10.1038/nn1253). Volleys of m synapses, T apart: before the n-th, u = m r (1 - r^(n - 1)) / (1 - r) with
    r = exp(-T / tau)."""
    volleys, apart, tau = 8, 5.0, 10.0
    net = hs.Network(dt=1.0)
    times = np.repeat(apart * np.arange(1, volleys + 1), 4)
    net.add(hs.SpikeSource(), 4, "a", spikes=(times, np.tile(np.arange(4), volleys)))
    net.add(hs.LIF(), 1, "b")
    rules = [Threshold(tau=tau)]
    net.connect("a", "b", hs.AllToAll(), weight=1.0, receptor=hs.AMPA(), rules=rules, branches=branches, name="p")
    sim = hs.Simulation(net, dtype="float64", quiet=True)
    sim.run(ms=apart * volleys + 1.0)
    r = math.exp(-apart / tau)
    before = [together * r * (1.0 - r ** (n - 1)) / (1.0 - r) for n in range(1, volleys + 2)]
    strengthened = sum(u > 2.5 for u in before[:volleys])
    assert strengthened == {4: 6, 2: 4, 1: 0}[together]
    np.testing.assert_allclose(sim.weights("p"), 1.0 + 0.1 * strengthened, rtol=1e-12)
    np.testing.assert_allclose(sim.state("p", "Threshold.u")[branches], before[-1] / r, rtol=1e-12)
