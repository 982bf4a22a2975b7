"""docs/semantics.md, sections 7 to 9: keyed draws, rewiring, frozen time, by hand with dt = 1 ms."""

import pytest
from helpers.comparing import pairs
from helpers.tiny import HALF, Cell, network, pair, traced

from hebbstat.contract import random
from hebbstat.contract.distributions import LogNormal, Uniform
from hebbstat.contract.errors import BadValueError, NotSupportedError
from hebbstat.contract.mechanism import NetworkRule, Plasticity, PopulationRule, Release
from hebbstat.contract.state import Global, PerNeuron, PerPost, PerPre, PerSynapse, together
from hebbstat.contract.units import Ms, Number
from hebbstat.network import AllToAll, FromPairs, Network
from hebbstat.reference import ReferenceSimulation

# 7. Draws


class FixedProbability(Cell):
    draw = PerNeuron.state()
    gauss = PerNeuron.state()

    @together(draw, gauss).step
    def roll(uniform, normal):
        return uniform, normal


class Dice(Plasticity):
    trials = PerSynapse.state()
    per_post = PerPost.state()

    @trials.on_pre
    def throw(binomial):
        return 100.0 * binomial(10, 0.5) + binomial(10, 0.5)

    @per_post.step
    def look(uniform):
        return uniform

    @staticmethod
    def on_pre(uniform):
        return uniform


class Noise(NetworkRule):
    level = Global.state()

    @level.step
    def roll(normal):
        return normal


def bits(seed, stream, step, element, copy=0):
    return random.draw(random.stream_key(seed, stream), step, element, copy)


def test_draws_are_keyed_by_seed_stream_step_and_element():
    net = Network(dt=1.0, seed=9)
    net.add(FixedProbability(), 2, "a", spikes=([3.0], [1]))
    net.add(Cell(), 2, "b")
    net.add_rule(Noise(), "noise")
    net.connect("a", "b", FromPairs([1, 1], [1, 1]), weight=0.0, rules=[Dice()])
    sim = ReferenceSimulation(net)
    sim.run(steps=4)  # the presynaptic event is in step 3
    assert sim.peek("a", "neuron", "draw")[1] == random.uniform(bits(9, "a/neuron/step.draw.gauss/uniform", 3, 1))
    assert sim.peek("a", "neuron", "gauss")[1] == random.normal(bits(9, "a/neuron/step.draw.gauss/normal", 3, 1))
    assert sim.peek("noise", "rule", "level") == [random.normal(bits(9, "noise/rule/step.level/normal", 3, 0))]
    per_post = random.uniform(bits(9, "a -> b/rule0.0/step.per_post/uniform", 3, 1))
    assert sim.peek("a -> b", "rule0.0", "per_post")[1] == per_post
    for copy in (0, 1):  # two synapses of one pair
        element = 1 * 2**32 + 1
        assert sim.weights("a -> b")[copy] == random.uniform(bits(9, "a -> b/rule0.0/on_pre/uniform", 3, element, copy))
        drawn = bits(9, "a -> b/rule0.0/on_pre.trials/binomial", 3, element, copy)
        expected = 100.0 * random.binomial(drawn, 0, 10, 0.5) + random.binomial(drawn, 1, 10, 0.5)
        assert sim.peek("a -> b", "rule0.0", "trials")[copy] == expected


class RowRelease(Release):
    docked = PerPre.state(5.0)

    @staticmethod
    def transmit(w, docked, binomial):
        released = binomial(docked, 0.5)
        return w * released, docked - released


class WrongRelease(Release):
    docked = PerPre.state(5.0)

    @staticmethod
    def transmit(w, docked):
        return docked, docked - w


def test_release_states_of_a_row_are_one_for_all_its_synapses():
    net = network([[0]], [[], []], seed=3)
    net.connect("a", "b", AllToAll(), weight=[1.0, 10.0], release=RowRelease())
    sim = ReferenceSimulation(net)
    sim.run(steps=3)
    released = random.binomial(bits(3, "a -> b/release/transmit/binomial", 1, 1 * 2**32), 0, 5, 0.5)
    assert 0 < released < 5
    assert sim.peek("b", "neuron", "got") == [released, 10 * released]
    assert sim.peek("a -> b", "release", "docked") == [5 - released]
    net.connect("a", "b", AllToAll(), weight=[1.0, 2.0], release=WrongRelease())
    with pytest.raises(TypeError, match="may not depend on w"):
        ReferenceSimulation(net).run(steps=3)


# 8. Rewiring


class Grow(Plasticity):
    """Free elements at both ends; synapses below `weak` die, `tries` are attempted at each tick."""

    period: Ms = 1.0
    tries: Number = 2.0
    weak: Number = 0.5
    first: Number = 1.0
    free: Number = 2.0

    free_pre = PerPre.state("free")
    free_post = PerPost.state("free")
    age = PerSynapse.state()

    @age.on_tick
    def older(age):
        return age + 1.0

    @staticmethod
    def prune(w, weak):
        return w < weak

    @staticmethod
    def attempts(tries):
        return tries

    @staticmethod
    def initial_weight(first):
        return first


def expected_end(sim, k, side, free, step, place="rule0.0"):
    u = random.uniform(bits(sim.network.seed, f"a -> b/{place}/births/uniform", step, 2 * k + side))
    running, chosen = 0, u * sum(free)
    for neuron, elements in enumerate(free):
        running += elements
        if chosen < running:
            return neuron
    return None


def test_births_are_drawn_by_free_elements_and_use_them_up():
    net = network([[]] * 3, [[]] * 4, seed=5)
    net.connect("a", "b", FromPairs([0], [0]), weight=0.1, rules=[Grow(free=2.0)])
    sim = ReferenceSimulation(net)
    sim.run(steps=1)
    free_pre, free_post, there = [3, 2, 2], [3, 2, 2, 2], []  # the death of (0, 0) gave one back at each end
    for k in range(2):
        pre, post = expected_end(sim, k, 0, free_pre, 0), expected_end(sim, k, 1, free_post, 0)
        if (pre, post) not in there:
            there.append((pre, post))
            free_pre[pre] -= 1
            free_post[post] -= 1
    assert pairs(sim, "a -> b") == sorted(there)
    assert sim.peek("a -> b", "rule0.0", "free_pre") == free_pre
    assert sim.peek("a -> b", "rule0.0", "free_post") == free_post
    sim.run(steps=1)
    ages = sim.peek("a -> b", "rule0.0", "age")
    assert [ages[pairs(sim, "a -> b").index(pair)] for pair in there] == [1.0] * len(there)


def test_elements_are_conserved_and_a_pair_is_never_doubled():
    net = network([[]] * 4, [[]] * 3, seed=2)
    net.connect("a", "b", FromPairs([0], [0]), weight=1.0, rules=[Grow(tries=1.7)])
    sim = ReferenceSimulation(net)
    for _ in range(30):
        sim.run(steps=1)
        n = len(pairs(sim, "a -> b"))
        assert len(set(pairs(sim, "a -> b"))) == n
        assert sum(sim.peek("a -> b", "rule0.0", "free_pre")) == 4 * 2 + 1 - n  # the first synapse was there before
        assert sum(sim.peek("a -> b", "rule0.0", "free_post")) == 3 * 2 + 1 - n
    assert n >= 6  # 1.7 attempts are 1; the postsynaptic elements are used up or their pairs taken
    assert min(sim.peek("a -> b", "rule0.0", "free_post")) >= 0.0


class Uncounted(Plasticity):
    period: Ms = 2.0
    gift = PerSynapse.state()

    @gift.on_pre
    def count(gift):
        return gift + 1.0

    @staticmethod
    def prune(w):
        return w > 5.0

    @staticmethod
    def attempts(uniform):
        return 3.0

    @staticmethod
    def initial_weight(pre_v_threshold, uniform):
        return pre_v_threshold + uniform

    @staticmethod
    def on_tick(w):
        return 6.0


def test_without_free_elements_pairs_are_uniform_and_changes_come_before_deaths():
    net = network([[0, 1, 2]] * 3, [[]] * 3, seed=4)
    net.connect("a", "b", AllToAll(), weight=1.0, rules=[Uncounted()])
    sim = ReferenceSimulation(net)
    sim.run(steps=2)  # all nine had 7 and died; three attempts followed
    uniform = [random.uniform(bits(4, "a -> b/rule0.0/births/uniform", 1, k)) for k in range(6)]
    born = {(int(3 * uniform[2 * k]), int(3 * uniform[2 * k + 1])) for k in range(3)}
    assert pairs(sim, "a -> b") == sorted(born)
    for (pre, post), weight in zip(pairs(sim, "a -> b"), sim.weights("a -> b"), strict=True):
        second = bits(4, "a -> b/rule0.0/initial_weight/uniform", 1, pre * 2**32 + post, 1)  # synapse of this pair
        assert weight == 1.0 + random.uniform(second)
    assert sim.peek("a -> b", "rule0.0", "gift") == [0.0] * len(born)
    sim.run(steps=1)  # the spikes of step 1 were under way at the birth
    assert sim.peek("a -> b", "rule0.0", "gift") == [1.0] * len(born)


def test_a_neuron_is_not_connected_to_itself():
    net = network([[]] * 2, [[]])
    net.connect("a", "a", FromPairs([0], [1]), rules=[Grow(tries=50.0, free=60.0)])
    sim = ReferenceSimulation(net)
    sim.run(steps=1)
    assert pairs(sim, "a -> a") == [(0, 1), (1, 0)]


@pytest.mark.parametrize("wrong", [{"delay": Uniform(1.0, 9.0)}, {"branches": 2}, {"release": True}])
def test_rewiring_needs_what_a_newborn_synapse_can_have(wrong):
    class Weighted(Release):
        part: Number = 1.0

        @staticmethod
        def transmit(w, part):
            return w * part

    if "release" in wrong:
        wrong = {"release": Weighted(part=LogNormal(1.0, cv=0.1))}
    net = network([[]] * 3, [[]] * 4)
    net.connect("a", "b", AllToAll(), rules=[Grow()], **wrong)
    with pytest.raises(NotSupportedError, match="rewires"):
        ReferenceSimulation(net)


# 9. Frozen


class Everything(Plasticity):
    """Slow state in every place: the weight, a synapse's state and trace, a slow trace of the neuron; and fast."""

    tau: Ms = HALF
    period: Ms = 2.0
    hidden = PerSynapse.state()
    fades = PerSynapse.trace(decay="tau", init=1.0)
    rate = PerPost.trace(decay="tau", slow=True)
    x = PerPre.trace(decay="tau")

    waits = PerPre.state()
    wait: Ms = 3.0

    @hidden.on_pre
    def count(hidden):
        return hidden + 1.0

    @waits.on_pre(after="wait")
    def later(waits):
        return waits + 1.0

    @staticmethod
    def on_pre(x, elapsed):
        return 1.0 + x + 100.0 * elapsed

    @staticmethod
    def step():
        return 0.001

    @staticmethod
    def on_tick():
        return 0.1


class Threshold(PopulationRule):
    acts_on = "v_threshold"
    tau: Ms = HALF
    fast = PerNeuron.trace(decay="tau")

    @staticmethod
    def on_spike():
        return 1.0


def slow_state(sim):
    states = [sim.peek("a -> b", "rule0.0", name) for name in ("hidden", "fades", "rate")]
    return [sim.weights("a -> b"), sim.values_of("b", "neuron", "v_threshold"), *states]


def everything(pre, post, **connection):
    net = network([pre], [post])
    b = net.populations["b"]
    net.populations["b"] = type(b)(b.name, b.neuron, 1, (Threshold(),), None, b.spikes)
    net.connect("a", "b", AllToAll(), rules=[Everything()], **connection)
    return ReferenceSimulation(net)


def test_frozen_leaves_no_mark():
    pre, post = [0, 3, 5, 9], [1, 2, 6, 7, 10]
    sim, twin = everything(pre, post, delay=2.0), everything(pre, post, delay=2.0)
    sim.run(steps=4)
    before = sim.snapshot()
    with sim.frozen():
        sim.run(steps=5)
        slow = [before["states"][f"a -> b/rule0.0/{name}"] for name in ("hidden", "fades", "rate")]
        assert slow_state(sim) == [before["weights"]["a -> b"], before["quantities"]["b/neuron/v_threshold"], *slow]
        assert (sim.step_count, len(sim.spikes)) == (9, 7)
        assert sim.peek("a -> b", "rule0.0", "x") != before["states"]["a -> b/rule0.0/x"]
    assert sim.snapshot() == before
    twin.run(steps=4)
    for _ in range(8):
        sim.run(steps=1)
        twin.run(steps=1)
        assert sim.snapshot() == twin.snapshot()


def test_without_restore_time_goes_on_and_slow_state_has_not_aged():
    sim = everything([0, 4], [1, 5], delay=3.0, dendritic_delay=3.0)
    sim.run(steps=4)  # the event of the spike of step 0 is in step 3, that of the postsynaptic one of step 1 in step 4
    before = slow_state(sim)
    assert before[3] == pytest.approx([2.0**-4])
    with sim.frozen(restore=False):
        sim.run(steps=2)  # steps 4 and 5: spikes of frozen time, and the tick at the end of step 5
        assert slow_state(sim) == before
        assert sim.peek("a -> b", "rule0.0", "x") == pytest.approx([0.25])
    sim.run(steps=3)  # steps 6 to 8: the frozen spikes arrive in 7 (a) and 8 (b)
    after = slow_state(sim)
    assert after[0] == pytest.approx([before[0][0] + 3 * 0.001 + 0.1])  # the tick at the end of step 7
    assert after[1] == before[1]
    assert after[2] == before[2]
    assert after[3] == pytest.approx([2.0**-7])  # four steps before, three after
    assert after[4] == pytest.approx([0.0])  # neither the event within, nor the spike of within
    assert sim.peek("a -> b", "rule0.0", "x") == pytest.approx([2.0**-5 + 0.5])  # the fast trace took both
    assert sim.step_count == 9


class Tally(Plasticity):
    @staticmethod
    def on_pre():
        return 1.0


def test_frozen_within_frozen_stays_frozen_until_the_outer_one_ends():
    sim = pair([0, 1, 2, 3, 4, 5], [], Tally())
    with sim.frozen(restore=False):
        with sim.frozen():
            sim.run(steps=2)
        assert sim.step_count == 0
        sim.run(steps=2)
        assert sim.weights("a -> b") == [1.0]
    sim.run(steps=3)
    assert sim.weights("a -> b")[0] > 1.0


def test_what_is_set_within_frozen_is_put_back_with_the_rest():
    sim = pair([], [])
    with sim.frozen():
        sim.poke("a -> b", "synapse", "w", 7.0)
        with sim.frozen(restore=False):
            sim.poke("a -> b", "synapse", "w", 9.0)
        assert sim.weights("a -> b") == [9.0]
    assert sim.weights("a -> b") == [1.0]


def test_a_parameter_that_a_rule_changes_cannot_be_a_signal():
    from hebbstat.contract.signals import Sine

    net = Network(dt=1.0)
    net.add(Cell(v_threshold=Sine(5.0, 1.0, 10.0)), 1, "a", rules=[Threshold()])
    with pytest.raises(BadValueError, match="is a signal, so no rule can change it"):
        ReferenceSimulation(net)


# `weight`: derived from hidden states


class Hidden(Plasticity):
    tau: Ms = 4.0
    first: Number = 8.0
    h = PerSynapse.trace(decay="tau", init="first")

    @h.on_pre
    def more(h):
        return h + 8.0

    @staticmethod
    def weight(h):
        return 2.0 * h


class Cap(Plasticity):
    @staticmethod
    def clip(w):
        return min(w, 17.0)


class Wrong(Plasticity):
    @staticmethod
    def on_post():
        return 1.0


def test_a_derived_weight_follows_its_states_at_all_times_and_is_bounded():
    sim = pair([0], [], Hidden(tau=HALF), Cap(), weight=3.0)
    assert sim.weights("a -> b") == [16.0]
    # h halves from 8. In step 1 it has come to 2, so 4 is delivered; the event makes it 10, and 20 is bounded.
    assert traced(sim, 3, "a -> b") == pytest.approx([8.0, 17.0, 10.0])
    assert sim.peek("b", "neuron", "got") == pytest.approx([4.0])
    assert traced(sim, 1, "a -> b") == pytest.approx([5.0])


def test_no_rule_may_change_a_derived_weight():
    with pytest.raises(NotSupportedError, match="derives the weight"):
        pair([], [], Hidden(), Wrong())
