"""docs/semantics.md, sections 1, 2 and 5: the order within a step, by hand on two neurons with dt = 1 ms."""

import pytest
from tiny import HALF, Cell, Ear, network, pair, traced

from homeostat.distributions import Uniform
from homeostat.errors import BadValue
from homeostat.hooks import step_when
from homeostat.network import AllToAll, Network, realise
from homeostat.reference import ReferenceSimulation
from homeostat.rule import Follow, NetworkRule, Neuron, Plasticity, PopulationRule, Receptor, Release, Wrapper, gated
from homeostat.signals import Timed
from homeostat.state import Global, PerNeuron, PerPost, PerPre, PerSynapse, together
from homeostat.units import MilliVolt, Ms, Number


class Pair(Plasticity):
    """dw = x at a postsynaptic event, -y at a presynaptic one; both traces halve in each step."""

    tau: Ms = HALF
    up: Number = 1.0
    down: Number = 1.0

    x = PerPre.trace(decay="tau")
    y = PerPost.trace(decay="tau")

    @staticmethod
    def on_pre(y, down):
        return -down * y

    @staticmethod
    def on_post(x, up):
        return up * x


class Fixed(Plasticity):
    """Fixed changes."""

    pre: Number = 0.0
    post: Number = 0.0

    @staticmethod
    def on_pre(pre):
        return pre

    @staticmethod
    def on_post(post):
        return post


class Factor(Plasticity):
    """w changes by a share of itself at a presynaptic event."""

    share: Number = 0.5

    @staticmethod
    def on_pre(w, share):
        return share * w


class Between(Plasticity):
    low: Number = 0.0
    high: Number = 1.0

    @staticmethod
    def limit(value, low, high):
        return min(max(value, low), high)


class Clock(NetworkRule):
    """`count` is the number of steps done."""

    count = Global.state()
    half = Global.state()

    @count.step
    def tick(count):
        return count + 1.0

    @half.step
    def halve(count):
        return count / 2.0


# 1. Time


def test_a_spike_of_step_n_has_the_time_of_the_steps_end():
    sim = pair([0, 4], [])
    sim.run(6)
    assert sim.spikes == [(0, "a", 0), (4, "a", 0)]
    assert sim.network.populations["a"].spikes[0].tolist() == [1.0, 5.0]
    assert (sim.time, sim.step_count) == (6.0, 6)


@pytest.mark.parametrize("wrong", [{"delay": 1.5}, {"dendritic_delay": 0.5}, {"delay": 0.3}])
def test_a_given_duration_must_be_whole_steps(wrong):
    with pytest.raises(BadValue, match="multiple of the step"):
        pair([0], [0], **wrong)


def test_a_drawn_delay_is_rounded_to_at_least_one_step():
    net = network([[0]] * 3, [[]])
    net.connect("a", "b", AllToAll(), delay=Uniform(0.1, 0.2))
    assert realise(net).synapses["a -> b"].delay.tolist() == [1, 1, 1]


# 2.1 Signals


class Follower(Cell):
    level: Number = 0.0
    plan: Number = 0.0
    seen = PerNeuron.state()
    planned = PerNeuron.state()

    @seen.step
    def look(level):
        return level

    @planned.step
    def read(plan):
        return plan


def test_signals_take_the_value_of_the_step_and_follow_what_the_previous_step_left():
    net = Network(dt=1.0)
    net.modulate(Clock(), "clock")
    net.add(Follower(level=Follow("clock"), plan=Timed([5.0, 7.0], every=2.0, repeat=True)), 1, "a")
    net.add(Follower(level=Follow("clock.half"), plan=Timed([[1.0, 2.0], [3.0, 4.0]], every=1.0)), 2, "b")
    sim = ReferenceSimulation(net)
    assert traced(sim, 5, "a", "neuron", "planned") == [5, 5, 7, 7, 5]
    assert sim.state("a", "neuron", "seen") == [4.0]  # step 4 sees what step 3 left
    assert sim.state("b", "neuron", "seen") == [1.5, 1.5]  # (3 steps before step 3) / 2
    assert sim.state("b", "neuron", "planned") == [3.0, 4.0]  # the last row stays


def test_gates_read_modulators_as_the_previous_step_left_them():
    net = network([[2]], [[]])
    net.modulate(Clock(), "clock")
    rules = [gated(Fixed(pre=1.0), by=lambda clock, clock_half: 10 * clock + clock_half)]
    net.connect("a", "b", AllToAll(), weight=0.0, rules=rules)
    sim = ReferenceSimulation(net)
    sim.run(4)  # the event is in step 3: count is 3, half was computed from 2
    assert sim.weights("a -> b") == [31.0]


# 2.2 and 5. Arrivals and axonal delay


def test_a_spike_of_step_m_enters_in_step_m_plus_delay_plus_one_for_one_step():
    sim = pair([2], [], delay=3.0, weight=4.0)
    assert traced(sim, 9, "b", "neuron", "got") == [0, 0, 0, 0, 0, 0, 4, 0, 0]


class Plain(Receptor):
    """A current that halves in each step; counts its arrivals."""

    tau: Ms = HALF
    i = PerPost.trace(decay="tau", add="amount")
    arrivals = PerPost.state()
    seen = PerPost.state()

    @arrivals.on_arrival
    def arrive(arrivals, amount, i):
        return arrivals + 1.0 + 100.0 * i

    @seen.step
    def look(post_v):
        return post_v

    @staticmethod
    def current(i):
        return i


def test_arrivals_enter_before_neurons_integrate_and_receptors_decay_after():
    net = network([[0], [1], [0]], [[]])
    net.add(Ear(), 1, "ear")
    net.connect("a", "ear", AllToAll(), weight=[2.0, 3.0, 0.0], receptor=Plain())
    sim = ReferenceSimulation(net)
    # Step 2 gets 2 from neuron 0 (and 0 from neuron 2), step 3 half of that and 3 from neuron 1.
    assert traced(sim, 5, "ear", "neuron", "heard") == [0, 0, 2, 4, 2]
    assert sim.state("a -> ear", "receptor", "i") == [1.0]  # after the decay of step 4
    # on_arrival ran twice, the second time it saw i = 1, before the trace added 3.
    assert sim.state("a -> ear", "receptor", "arrivals") == [102.0]
    # The receptor's step sees the neuron after its step.
    assert sim.state("a -> ear", "receptor", "seen") == sim.state("ear", "neuron", "v") == [5.0]


def test_nothing_arrives_where_the_sum_is_zero():
    net = network([[0], [0]], [[]])
    net.add(Ear(), 1, "ear")
    net.connect("a", "ear", AllToAll(), weight=[2.0, -2.0], receptor=Plain())
    sim = ReferenceSimulation(net)
    sim.run(5)
    assert sim.state("a -> ear", "receptor", "arrivals") == [0.0]


class Open(Plain):
    reversal: MilliVolt = -10.0
    current = None

    @staticmethod
    def conductance(i):
        return i


def test_conductance_and_drive_are_sums_over_receptors():
    net = network([[0]], [[]])
    net.add(Ear(), 1, "ear")
    net.connect("a", "ear", AllToAll(), weight=2.0, receptor=Open())
    net.connect("a", "ear", AllToAll(), weight=3.0, receptor=Open(reversal=5.0))
    sim = ReferenceSimulation(net)
    sim.run(3)
    assert sim.state("ear", "neuron", "g") == [5.0]
    assert sim.state("ear", "neuron", "pull") == [2.0 * -10.0 + 3.0 * 5.0]


# 2.3 and 2.4. Neurons


class Swap(Neuron):
    """Two hooks that exchange two states, and what the step and the spike see."""

    tau: Ms = HALF
    u = PerNeuron.state(1.0)
    v = PerNeuron.state(2.0)
    trace = PerNeuron.trace(decay="tau", init=8.0)
    before = PerNeuron.state()
    at_spike = PerNeuron.state()

    @u.step
    def first(v):
        return v

    @v.step
    def second(u):
        return u

    @before.step
    def look(trace):
        return trace

    @staticmethod
    def fires(v):
        return v == 1.0

    @together(u, v).on_spike
    def reset(u, v):
        return v + 10.0, u + 10.0

    @at_spike.on_spike
    def note(trace, u):
        return trace + 100.0 * u


def test_step_hooks_and_spike_hooks_are_simultaneous_and_traces_add_last():
    net = Network(dt=1.0)
    net.add(Swap(), 1, "a")
    sim = ReferenceSimulation(net)
    sim.run(1)
    assert sim.spikes == [(0, "a", 0)]  # fires sees v = 1, the new state
    assert (sim.state("a", "neuron", "u"), sim.state("a", "neuron", "v")) == ([11.0], [12.0])
    assert sim.state("a", "neuron", "before") == [8.0]  # the step hook saw the trace before its decay
    assert sim.state("a", "neuron", "at_spike") == [4.0 + 100.0 * 2.0]  # decayed, not yet added to, u before the reset
    assert sim.state("a", "neuron", "trace") == [5.0]


def test_rules_read_neurons_after_the_reset_and_with_this_steps_spike():
    class Reader(Plasticity):
        @staticmethod
        def on_post(post_v, post_own):
            return 10.0 * post_v + post_own

    sim = pair([0], [3, 4], Reader(), weight=7.0)
    sim.run(4)  # v was 7 from step 2 on, and is reset in step 3; own is 1 by the spike of step 3
    assert sim.weights("a -> b") == [7.0 + 1.0]
    sim.run(1)
    assert sim.weights("a -> b") == [8.0 + 1.5]


# 2.5 Presynaptic events


def test_arrivals_deliver_the_weight_before_the_events_own_update():
    sim = pair([0, 1], [], Fixed(pre=-0.25), weight=1.0)
    assert traced(sim, 5, "b", "neuron", "got") == [0, 0, 1.0, 0.75, 0]
    assert sim.weights("a -> b") == [0.5]


class Halving(Release):
    """Releases half of its resource R; notes the elapsed time."""

    R = PerSynapse.state(1.0)
    gap = PerSynapse.state()

    @staticmethod
    def transmit(w, R, elapsed):
        return w * R, R / 2.0, elapsed


def test_release_gives_the_amount_then_its_states():
    sim = pair([0, 3], [], weight=8.0, release=Halving())
    assert traced(sim, 6, "b", "neuron", "got") == [0, 0, 8, 0, 0, 4]
    assert sim.state("a -> b", "release", "R") == [0.25]
    assert sim.state("a -> b", "release", "gap") == [3.0]


def test_elapsed_counts_from_the_start_when_there_was_no_event():
    sim = pair([4], [], release=Halving())
    sim.run(6)
    assert sim.state("a -> b", "release", "gap") == [6.0]  # the event is at the end of step 5: 6 ms


class Rate(Neuron):
    bias: Number = 0.0
    r = PerNeuron.state()
    got = PerNeuron.state()

    @r.step
    def follow(r, bias):
        return r + bias

    @got.step
    def take(input):
        return input

    @staticmethod
    def output(r):
        return r


class RateReader(Plasticity):
    seen_pre = PerSynapse.state()
    seen_post = PerSynapse.state()

    @together(seen_pre, seen_post).step
    def look(pre_rate, post_rate):
        return pre_rate, post_rate


def test_rate_neurons_transmit_w_times_rate_delay_ago():
    net = Network(dt=1.0)
    net.add(Rate(bias=1.0), 1, "a")
    net.add(Rate(bias=10.0), 1, "b")
    net.connect("a", "b", AllToAll(), weight=2.0, delay=2.0, rules=[RateReader()])
    sim = ReferenceSimulation(net)
    # The rate of step m is m + 1. It arrives at the end of step m + 2 and enters in step m + 3.
    assert traced(sim, 6, "b", "neuron", "got") == [0, 0, 0, 2, 4, 6]
    assert sim.state("a -> b", "rule0.0", "seen_pre") == [4.0]  # step 5 sees the rate of step 3
    assert sim.state("a -> b", "rule0.0", "seen_post") == [60.0]


# 2.6 Plasticity at events, and 5


def test_events_of_one_step_do_not_see_each_other():
    sim = pair([1], [2], Pair(), weight=1.0)  # the presynaptic event is in step 2 as well
    sim.run(3)
    assert sim.weights("a -> b") == [1.0]
    assert sim.state("a -> b", "rule0.0", "x") == sim.state("a -> b", "rule0.0", "y") == [1.0]


def test_traces_are_read_decayed_to_the_end_of_the_step():
    sim = pair([0], [4], Pair(), weight=0.0)
    sim.run(5)
    assert sim.weights("a -> b") == pytest.approx([0.125], abs=1e-15)  # event in step 1, three steps before
    sim = pair([4], [0], Pair(), weight=0.0)
    sim.run(6)
    assert sim.weights("a -> b") == pytest.approx([-(2.0**-5)], abs=1e-15)


def test_the_presynaptic_event_comes_first_and_bounds_apply_to_each():
    sim = pair([0], [1], Fixed(pre=-1.0, post=1.0), Between(), weight=0.5)
    sim.run(2)
    assert sim.weights("a -> b") == [1.0]  # max(0.5 - 1, 0) + 1; the other order gives 0
    sim = pair([0], [1], Fixed(pre=1.0, post=-1.0), Between(), weight=0.5)
    sim.run(2)
    assert sim.weights("a -> b") == [0.0]


def test_all_rules_read_the_same_weight_and_limits_run_in_order():
    sim = pair([0], [], Fixed(pre=1.0), Factor(), Factor(share=0.25), weight=4.0)
    sim.run(2)
    assert sim.weights("a -> b") == [4.0 + 1.0 + 2.0 + 1.0]
    sim = pair([0], [], Between(0.0, 1.0), Between(0.25, 0.75), Fixed(pre=9.0), weight=0.5)
    sim.run(2)
    assert sim.weights("a -> b") == [0.75]


def test_a_limit_waits_for_a_change_even_if_that_is_zero():
    sim = pair([3], [], Fixed(), Between(), weight=5.0)
    assert traced(sim, 5, "a -> b") == [5, 5, 5, 5, 1]


def test_dendritic_delay_shifts_the_postsynaptic_event_and_not_transmission():
    sim = pair([0], [2], Pair(), dendritic_delay=3.0, weight=0.0)
    assert traced(sim, 7, "a -> b") == pytest.approx([0, 0, 0, 0, 0, 2.0**-4, 2.0**-4], abs=1e-15)
    assert sim.state("a -> b", "rule0.0", "y") == pytest.approx([0.5])  # the trace too was set in step 5
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
    sim.run(2)
    assert sim.weights("a -> b") == [1.0 + 0.5 + 100.0]  # on_post saw `order` before any increment
    assert sim.state("a -> b", "rule0.0", "order") == [12.0]
    assert sim.state("a -> b", "rule0.0", "weight_seen") == [101.5]


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
    assert sim.state("a -> b", "rule0.1", "kept") == pytest.approx([1.5])


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

    target = "v_threshold"
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
        sim.run(1)
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
    net.modulate(Loudness(), "loud")
    sim = ReferenceSimulation(net)
    sim.run(4)
    assert sim.state("loud", "rule", "total") == [1301.0]
