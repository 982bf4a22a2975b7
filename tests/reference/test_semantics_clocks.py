"""docs/semantics.md, sections 2.9, 3 (scopes, traces) and 4: slow clocks, owners, sums, by hand with dt = 1 ms."""

import math

import pytest
from helpers.comparing import pairs
from helpers.tiny import HALF, Cell, Ear, network, pair, traced

from hebbstat.contract.errors import ContractError
from hebbstat.contract.hooks import derived
from hebbstat.contract.mechanism import NetworkRule, Neuron, Plasticity, PopulationRule, Receptor
from hebbstat.contract.signals import FollowState, TimedArray
from hebbstat.contract.state import Global, PerBranch, PerNeuron, PerPopulation, PerPost, PerPre, PerSynapse, quantile
from hebbstat.contract.units import Ms, Number
from hebbstat.network import AllToAll, FromPairs, Network
from hebbstat.reference import ReferenceSimulation
from hebbstat.reference.clocks import reduce, reduce_groups

# 2.9 Slow clocks


class Ticking(Plasticity):
    period: Ms = 2.0
    gain: Number = 1.0
    total = PerPost.reduce("w", "sum")
    ticks = PerPost.state()
    before = PerPost.state()

    @ticks.on_tick
    def count(ticks):
        return ticks + 1.0

    @before.on_tick
    def look(ticks, total):
        return ticks + 1000.0 * total

    @staticmethod
    def on_tick(w, ticks, total, gain):
        return gain * (100.0 * ticks + total + 0.0 * w)


class Cap(Plasticity):
    high: Number = 1000.0

    @staticmethod
    def clip(w, high):
        return min(w, high)


def test_a_clock_ticks_at_multiples_of_its_period():
    sim = pair([], [], Ticking(period=3.0))
    assert traced(sim, 7, "a -> b", "rule0.0", "ticks") == [0, 0, 1, 1, 1, 2, 2]


def test_a_tick_reduces_then_updates_states_then_sums_changes_then_bounds():
    sim = pair([], [], Ticking(), Ticking(gain=10.0), Cap(), weight=2.0)
    sim.run(steps=2)
    # Both see total = 2 and ticks = 1 after its update: 102 + 1020.
    assert sim.weights("a -> b") == [1000.0]
    assert sim.peek("a -> b", "rule0.0", "before") == [2000.0]
    sim = pair([], [], Ticking(), Ticking(gain=10.0), weight=2.0)
    sim.run(steps=2)
    assert sim.weights("a -> b") == [2.0 + 102.0 + 1020.0]


def test_rules_tick_each_in_its_own_time():
    sim = pair([], [], Ticking(period=2.0), Ticking(period=3.0, gain=0.5), weight=0.0)
    assert traced(sim, 4, "a -> b") == [0.0, 100.0, 100.0 + 0.5 * 200.0, 200.0 + 200.0 + 200.0]


class Modest(PopulationRule):
    acts_on = "v_threshold"
    period: Ms = 2.0
    input_sum = PerNeuron.reduce("w", "sum")
    mean_input = PerPopulation.reduce("neuron_got", "mean")
    seen = PerPopulation.state()

    @seen.on_tick
    def look(mean_input):
        return mean_input

    @staticmethod
    def on_tick(input_sum, value):
        return input_sum - value


class Late(NetworkRule):
    """Looks at a parameter that a population rule changed at the same tick, through a sensor of order."""

    period: Ms = 2.0
    ticks = Global.state()

    @ticks.on_tick
    def count(ticks):
        return ticks + 1.0


def test_population_rules_tick_after_the_synapses_but_reductions_come_first_of_all():
    net = Network(dt=1.0)
    net.add(Cell(), 2, "a", spikes=([1.0], [0]))
    net.add(Cell(), 2, "b", rules=[Modest()])
    net.connect("a", "b", AllToAll(), weight=[1.0, 2.0, 3.0, 4.0], rules=[Ticking()])
    net.connect("b", "b", FromPairs([0], [1]), weight=10.0)
    sim = ReferenceSimulation(net)
    sim.run(steps=2)
    assert sim.values_of("b", "neuron", "v_threshold") == [4.0, 16.0]  # the weights before this tick's changes
    sim.run(steps=1)
    assert sim.peek("b", "neuron", "got") == [1.0, 2.0]
    sim.run(steps=1)
    assert sim.peek("b", "rule0.0", "seen") == [0.0]  # the input of step 3, not of step 2
    net.add_rule(Late(), "late")
    sim = ReferenceSimulation(net)
    assert traced(sim, 5, "late", "rule", "ticks") == [0, 1, 1, 2, 2]


# 4. Reductions


@pytest.mark.parametrize(
    ("how", "q", "value"),
    [("sum", 0, 10.0), ("mean", 0, 2.5), ("max", 0, 4.0), ("min", 0, 1.0), ("count", 0, 4.0), ("quantile", 0.5, 2.5),
     ("quantile", 0.8, 3.4), ("quantile", 0.0, 1.0), ("quantile", 1.0, 4.0)],
)  # fmt: skip
def test_reductions(how, q, value):
    assert reduce([4.0, 1.0, 3.0, 2.0], how, q) == pytest.approx(value, abs=1e-15)
    assert reduce([], how, q) == 0.0
    assert reduce([7.0], how, q) == (1.0 if how == "count" else 7.0)


def test_sums_over_neurons_run_in_blocks_of_256():
    values = [[1.0]] + [[1e-16]] * 511
    in_order = 1.0  # every single 1e-16 is lost next to 1
    block = sum([1e-16] * 256)
    assert reduce_groups(values, "sum", 0.0) == in_order + block > in_order
    assert reduce_groups([[1.0, 2.0], [], [3.0]], "mean", 0.0) == 2.0
    assert reduce_groups([[1.0, 2.0], [], [4.0]], "quantile", 0.5) == 2.0


class Statistics(Plasticity):
    """Every scope that can be reduced over."""

    period: Ms = 1.0
    weight_in_all = PerPost.reduce("w", "sum", over="neuron")
    outgoing = PerPre.reduce("w", sum)
    outgoing_all = PerPre.reduce("w", sum, over="neuron")
    branch = PerBranch.reduce("w", max)
    whole = Global.reduce("w", "count")
    hidden = PerPost.reduce("h", "mean")
    top = PerPost.reduce("w", quantile(1.0))
    h = PerSynapse.state()

    @h.on_tick
    def note(w):
        return 2.0 * w

    @staticmethod
    def on_tick(weight_in_all, outgoing, outgoing_all, branch, whole, hidden, top):
        return 0.0


def test_reductions_over_every_scope():
    net = network([[], []], [[], []])
    one = dict(weight=[1.0, 2.0, 3.0, 4.0], delay=[1.0, 2.0, 1.0, 1.0], branches=[0, 1, 1, 0])
    net.connect("a", "b", AllToAll(), rules=[Statistics()], name="one", **one)
    net.connect("a", "b", FromPairs([0, 1, 1], [1, 1, 1]), weight=[10.0, 20.0, 40.0], name="two")
    sim = ReferenceSimulation(net)
    sim.run(steps=2)

    def read(name):
        return sim.peek("one", "rule0.0", name)

    assert sim.rows("one") == [(0, 1), (0, 2), (1, 1)]
    assert read("weight_in_all") == [4.0, 2.0 + 4.0 + 70.0]
    assert read("outgoing") == [3.0, 3.0, 7.0]  # all rows of a neuron see its sum
    assert read("outgoing_all") == [13.0, 13.0, 67.0]
    assert read("branch") == [1.0, 3.0, 4.0, 2.0]  # (post, branch) in order
    assert read("whole") == [4.0]
    assert read("hidden") == [4.0, 6.0]  # as the tick before left h
    assert read("top") == [3.0, 4.0]


def test_over_all_projections_only_the_weight_can_be_reduced():
    class Wrong(Statistics):
        hidden = PerPost.reduce("h", "mean", over="neuron")

    with pytest.raises(ContractError, match="have only 'w' in common"):
        pair([], [], Wrong())


def test_arrivals_are_summed_by_projection_delay_neuron_and_synapse():
    big = 1e16  # big + 1 = big in double precision, so the order of the sum shows
    net = network([[0, 1], [1], [1]], [[]])
    first = dict(weight=[big, 1.0, -big], delay=[2.0, 1.0, 1.0])
    net.connect("a", "b", FromPairs([0, 1, 2], [0, 0, 0]), **first)
    sim = ReferenceSimulation(net)
    sim.run(steps=4)  # in step 3: delay 1 first: 1 - big = -big, then big
    assert sim.peek("b", "neuron", "got") == [(1.0 - big) + big] == [0.0]
    net = network([[1], [1], [1]], [[]])
    net.connect("a", "b", FromPairs([1], [0]), weight=big)
    net.connect("a", "b", FromPairs([0, 2, 0], [0, 0, 0]), weight=[1.0, -big, 1.0])  # beside their pairs
    sim = ReferenceSimulation(net)
    sim.run(steps=4)
    assert sim.peek("b", "neuron", "got") == [((big + 1.0) + 1.0) - big] == [0.0]
    assert pairs(sim, "a -> b (2)") == [(0, 0), (0, 0), (2, 0)]  # copies keep their order: 1 before 1


class Kinetics(Receptor):
    tau: Ms = HALF
    i = PerPost.trace(decay="tau", add="amount")

    @staticmethod
    def current(i):
        return i


class Tuned(Plasticity):
    acts_on = "receptor.tau"
    period: Ms = 1.0

    @staticmethod
    def on_tick(value):
        return value


def test_equal_receptors_are_shared_unless_a_rule_changes_one():
    net = network([[0]], [[]])
    net.add(Ear(), 2, "ear")
    for receptor, rules in ((Kinetics(), []), (Kinetics(), []), (Kinetics(tau=5.0), []), (Kinetics(), [Tuned()])):
        net.connect("a", "ear", AllToAll(), weight=1.0, receptor=receptor, rules=rules)
    sim = ReferenceSimulation(net)
    sim.run(steps=3)
    assert [len(sim.cells["ear"].receptors), sim.peek("ear", "neuron", "heard")] == [3, [4.0, 4.0]]
    assert sim.peek("a -> ear", "receptor", "i") == sim.peek("a -> ear (2)", "receptor", "i") == [1.0, 1.0]
    # Once per postsynaptic neuron and tick, whatever the number of synapses.
    assert sim.values_of("a -> ear (4)", "receptor", "tau") == [8 * HALF] * 2


# 3. Scopes and owners


class Owners(Plasticity):
    """Who runs how often."""

    period: Ms = 4.0
    acts_on = "post.v_threshold"
    branch = PerBranch.state()
    neuron = PerPost.state()
    row = PerPre.state()

    @branch.on_pre
    def of_branch(branch):
        return 2.0 * branch + 1.0

    @neuron.on_pre
    def of_neuron(neuron):
        return 2.0 * neuron + 1.0

    @row.on_pre
    def of_row(row):
        return row + 1.0

    @staticmethod
    def on_post():
        return 1.0

    @staticmethod
    def on_pre(neuron):
        return 100.0 + 1000.0 * neuron

    @staticmethod
    def on_tick():
        return 0.25


def test_a_hook_runs_once_for_each_owner_of_what_it_writes():
    net = network([[0], [0], [0]], [[1], []])
    net.connect("a", "b", AllToAll(), rules=[Owners()], delay=1.0, branches=[0, 0, 0, 1, 1, 1])
    sim = ReferenceSimulation(net)
    sim.run(steps=4)
    assert sim.peek("a -> b", "rule0.0", "row") == [1, 1, 1]
    assert sim.peek("a -> b", "rule0.0", "neuron") == [7, 7]  # three events one after the other
    assert sim.peek("a -> b", "rule0.0", "branch") == [3, 1, 1, 3]
    # Three presynaptic events (all see the state before), one spike of neuron 0, one tick.
    assert sim.values_of("b", "neuron", "v_threshold") == [302.25, 301.25]


class Reads(Plasticity):
    """Optional names, names of both neurons, `elapsed`, a derived value of a neuron's parameter."""

    found = PerSynapse.state()
    waited = PerPre.state()

    @derived
    def threshold_ratio(pre_v_threshold, post_v_threshold):
        return pre_v_threshold / post_v_threshold

    @found.on_pre
    def look(post_nothing=5.0, post_v_threshold=0.0, threshold_ratio=0.0):
        return post_nothing + 10.0 * post_v_threshold + 1000.0 * threshold_ratio

    @waited.on_pre
    def wait(elapsed):
        return elapsed


def test_names_of_the_surroundings_and_optional_arguments():
    net = Network(dt=1.0)
    net.add(Cell(v_threshold=[2.0, 4.0]), 2, "a", spikes=([1.0, 1.0, 6.0], [0, 1, 0]))
    net.add(Cell(v_threshold=[8.0, 16.0]), 2, "b")
    net.connect("a", "b", AllToAll(), rules=[Reads()])
    sim = ReferenceSimulation(net)
    sim.run(steps=8)
    assert sim.peek("a -> b", "rule0.0", "found") == [85.0 + 250.0, 165.0 + 125.0, 85.0 + 500.0, 165.0 + 250.0]
    assert sim.peek("a -> b", "rule0.0", "waited") == [5.0, 2.0]


# 3. Traces and advancers


class Fading(Plasticity):
    tau: Ms = 7.0
    x = PerPre.trace(decay="tau")
    nearest = PerPre.trace(decay="tau", set=1.0)
    pieces = PerPost.state(100.0)

    @pieces.advance
    def count(pieces, elapsed):
        return pieces + 1.0  # not a true advancer: it counts in how many pieces time passed

    @pieces.on_post
    def stay(pieces):
        return pieces


def test_a_trace_is_exact_and_an_advancer_goes_in_one_piece_from_the_last_event():
    sim = pair([0, 9], [4], Fading())
    sim.run(steps=31)  # events of x in steps 1 and 10
    assert sim.peek("a -> b", "rule0.0", "x") == [(1.0 + math.exp(-9 / 7)) * math.exp(-20 / 7)]
    assert sim.peek("a -> b", "rule0.0", "nearest") == [math.exp(-20 / 7)]
    assert sim.peek("a -> b", "rule0.0", "pieces") == [102.0]


@pytest.mark.parametrize("tau", [TimedArray([HALF, 2 * HALF], every=2.0), FollowState("clock")])
def test_where_tau_moves_the_trace_goes_step_by_step(tau):
    class Steps(NetworkRule):
        plan: Number = 0.0
        tau = Global.state(HALF)

        @tau.step
        def move(plan):
            return plan

    net = network([[0]], [[]])
    net.add_rule(Steps(plan=TimedArray([HALF, 2 * HALF], every=1.0)), "clock")
    net.connect("a", "b", AllToAll(), rules=[Fading(tau=tau)])
    sim = ReferenceSimulation(net)
    sim.run(steps=4)
    # The planned signal is 2 HALF from step 2 on, the followed one too (step 1 left it so).
    assert sim.peek("a -> b", "rule0.0", "x") == pytest.approx([0.5], rel=1e-14)


class Delayed(Plasticity):
    by: Ms = 3.0
    count = PerPost.state()
    late = PerPost.lagged(count, by="by")
    noted = PerPost.state()

    @count.step
    def one_more(count):
        return count + 1.0

    @noted.step
    def note(late):
        return late


def test_a_lagged_state_is_what_its_source_was_at_the_end_of_an_earlier_step():
    sim = pair([], [], Delayed())
    assert traced(sim, 6, "a -> b", "rule0.0", "noted") == [0, 0, 0, 1, 2, 3]  # step 5 sees the end of step 2
    assert sim.peek("a -> b", "rule0.0", "late") == [3.0]


class Diffusing(PopulationRule):
    reach: Number = 1.0
    no = PerNeuron.state()
    inflow = PerNeuron.inflow(no, reach="reach")

    @no.step
    def spread(no, inflow, neuron_own):
        return no + 0.1 * inflow + neuron_own


def test_inflow_is_the_sum_over_neighbours_in_space():
    net = Network(dt=1.0)
    places = [[0.0, 0.0], [1.0, 0.0], [2.0, 0.0], [1.0, 1.0]]
    net.add(Cell(tau=1e-3), 4, "a", positions=places, rules=[Diffusing()], spikes=([1.0], [1]))
    sim = ReferenceSimulation(net)
    sim.run(steps=2)
    assert sim.peek("a", "rule0.0", "no") == pytest.approx([0.1, 0.7, 0.1, 0.1])
    assert sim.peek("a", "rule0.0", "inflow") == pytest.approx([0.6, -1.8, 0.6, 0.6])


class Silent(Neuron):
    @staticmethod
    def fires():
        return False


def test_a_neuron_may_have_no_state_at_all():
    net = Network(dt=1.0)
    net.add(Silent(), 2, "a")
    sim = ReferenceSimulation(net)
    sim.run(steps=2)
    assert sim.spikes == []
