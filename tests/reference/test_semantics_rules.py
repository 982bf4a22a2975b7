"""docs/semantics.md, sections 2.6 to 2.8 and 5: plasticity at events, increments, continuous rules, by hand."""

import pytest
from helpers.tiny import HALF, Between, Cell, Factor, Fixed, Pair, network, pair, traced

from hebbstat.contract.combinators import Wrapper
from hebbstat.contract.hooks import step_when
from hebbstat.contract.mechanism import NetworkRule, Plasticity, PopulationRule
from hebbstat.contract.state import Global, PerNeuron, PerPost, PerSynapse
from hebbstat.contract.units import Ms
from hebbstat.network import Network
from hebbstat.reference import ReferenceSimulation

# 2.6 Plasticity at events, and 5


def test_events_of_one_step_do_not_see_each_other():
    sim = pair([1], [2], Pair(), weight=1.0)  # the presynaptic event is in step 2 as well
    sim.run(steps=3)
    assert sim.weights("a -> b") == [1.0]
    assert sim.peek("a -> b", "rule0.0", "x") == sim.peek("a -> b", "rule0.0", "y") == [1.0]


def test_traces_are_read_decayed_to_the_end_of_the_step():
    sim = pair([0], [4], Pair(), weight=0.0)
    sim.run(steps=5)
    assert sim.weights("a -> b") == pytest.approx([0.125], abs=1e-15)  # event in step 1, three steps before
    sim = pair([4], [0], Pair(), weight=0.0)
    sim.run(steps=6)
    assert sim.weights("a -> b") == pytest.approx([-(2.0**-5)], abs=1e-15)


def test_the_presynaptic_event_comes_first_and_bounds_apply_to_each():
    sim = pair([0], [1], Fixed(pre=-1.0, post=1.0), Between(), weight=0.5)
    sim.run(steps=2)
    assert sim.weights("a -> b") == [1.0]  # max(0.5 - 1, 0) + 1; the other order gives 0
    sim = pair([0], [1], Fixed(pre=1.0, post=-1.0), Between(), weight=0.5)
    sim.run(steps=2)
    assert sim.weights("a -> b") == [0.0]


def test_all_rules_read_the_same_weight_and_limits_run_in_order():
    sim = pair([0], [], Fixed(pre=1.0), Factor(), Factor(share=0.25), weight=4.0)
    sim.run(steps=2)
    assert sim.weights("a -> b") == [4.0 + 1.0 + 2.0 + 1.0]
    sim = pair([0], [], Between(0.0, 1.0), Between(2.0, 3.0), Fixed(pre=9.0), weight=0.5)
    sim.run(steps=2)
    assert sim.weights("a -> b") == [2.0]  # the last has the last word; the other order gives 1


def test_a_limit_waits_for_a_change_even_if_that_is_zero():
    sim = pair([3], [], Fixed(), Between(), weight=5.0)
    assert traced(sim, 5, "a -> b") == [5, 5, 5, 5, 1]


def test_dendritic_delay_shifts_the_postsynaptic_event_and_not_transmission():
    sim = pair([0], [2], Pair(), dendritic_delay=3.0, weight=0.0)
    assert traced(sim, 7, "a -> b") == pytest.approx([0, 0, 0, 0, 0, 2.0**-4, 2.0**-4], abs=1e-15)
    assert sim.peek("a -> b", "rule0.0", "y") == pytest.approx([0.5])  # the trace too was set in step 5
    sim = pair([0], [2], dendritic_delay=3.0)
    assert traced(sim, 4, "b", "neuron", "got") == [0, 0, 1, 0]


# 2.7 Increments


class Memory(Plasticity):
    """`order` is multiplied and added to, so that it tells which came first."""

    late: Ms = 2.0
    order = PerSynapse.state(1.0)
    weight_seen = PerSynapse.state()
    puts_off = PerSynapse.state(1.0)

    @order.on_pre
    def double(order):
        return 2.0 * order

    @order.on_post
    def more(order):
        return order + 10.0

    @weight_seen.on_pre
    def look(w):
        return w

    @puts_off.on_pre(after="late")
    def later(puts_off):
        return puts_off + 10.0

    @puts_off.on_pre
    def now(puts_off):
        return 2.0 * puts_off

    @staticmethod
    def on_post(order):
        return 100.0 * order

    @staticmethod
    def on_pre(w):
        return 0.5


def test_state_hooks_run_after_weight_changes_pre_before_post():
    sim = pair([0], [1], Memory(), weight=1.0)
    sim.run(steps=2)
    assert sim.weights("a -> b") == [1.0 + 0.5 + 100.0]  # on_post saw `order` before any increment
    assert sim.peek("a -> b", "rule0.0", "order") == [12.0]
    assert sim.peek("a -> b", "rule0.0", "weight_seen") == [101.5]


def test_after_puts_an_event_off_and_it_comes_before_the_events_of_its_step():
    sim = pair([0, 2], [], Memory())
    assert traced(sim, 6, "a -> b", "rule0.0", "puts_off") == [1, 2, 2, (2 + 10) * 2, 24, 34]


class Keep(Wrapper):
    """Keeps the changes of the inner rule in a halving trace; half of it goes to the weight in each step."""

    tau: Ms = HALF
    redirect = "kept"
    kept = PerSynapse.trace(decay="tau")

    @staticmethod
    def step(kept):
        return kept


def test_redirected_changes_are_increments_of_the_state():
    sim = pair([0], [1], Keep(Fixed(pre=4.0, post=2.0)), weight=0.0)
    # 6 and 7 of step 1 put 6 into the trace, 8 adds it to the weight; then it halves.
    assert traced(sim, 4, "a -> b") == pytest.approx([0, 6, 9, 10.5], abs=1e-14)
    assert sim.peek("a -> b", "rule0.1", "kept") == pytest.approx([1.5])


# 2.8 Continuous rules


class Drift(Plasticity):
    level = PerPost.state(1.0)
    twice = PerPost.state(0.0)

    @level.step
    def double(level):
        return 2.0 * level

    @twice.step
    def copy(level):
        return level

    @staticmethod
    def step(level, twice, w):
        return level + 100.0 * twice + 0.0 * w

    @step_when(lambda level: level > 3.0)
    def more(level):
        return 10_000.0


def test_step_hooks_update_states_from_the_values_before_then_the_weight_from_the_new_ones():
    sim = pair([], [], Drift(), Between(0.0, 1e6), weight=0.0)
    assert traced(sim, 2, "a -> b") == [102.0, 102.0 + 204.0 + 10_000.0]


class Raise(PopulationRule):
    """The threshold rises by the rule's own count of spikes, at spikes and in each step."""

    acts_on = "v_threshold"
    tau: Ms = HALF
    spikes = PerNeuron.trace(decay="tau")
    count = PerNeuron.state()

    @count.on_spike
    def one_more(count):
        return count + 1.0

    @staticmethod
    def on_spike(spikes, count):
        return 10.0 * count + spikes

    @staticmethod
    def step(count, value):
        return 100.0 if count == 2.0 and value < 50.0 else 0.0


def test_population_rules_change_a_parameter_at_spikes_and_steps():
    net = Network(dt=1.0)
    net.add(Cell(v_threshold=0.0), 1, "a", rules=[Raise()], spikes=([1.0, 2.0, 3.0], [0, 0, 0]))
    sim = ReferenceSimulation(net)
    found = []
    for _ in range(3):
        sim.run(steps=1)
        found += sim.values_of("a", "neuron", "v_threshold")
    # Step 0: before any increment 0. Step 1: 10 + 0.5, then 100 since the count is 2. Step 2: 20 + 0.75.
    assert found == pytest.approx([0.0, 110.5, 131.25])


def test_a_sensor_counts_the_spikes_of_the_step():
    class Loudness(NetworkRule):
        where: str = "a"
        spikes = Global.spikes_of("where")
        total = Global.state()

        @total.step
        def add(total, spikes):
            return 10.0 * total + spikes

    net = network([[0, 1], [1], [1, 3]], [[]])
    net.add_rule(Loudness(), "loud")
    sim = ReferenceSimulation(net)
    sim.run(steps=4)
    assert sim.peek("loud", "rule", "total") == [1301.0]
