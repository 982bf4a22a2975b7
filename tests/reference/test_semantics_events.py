"""docs/semantics.md, sections 1 to 2.5: the order within a step, by hand on two neurons with dt = 1 ms."""

import pytest
from helpers.tiny import HALF, Cell, Ear, Fixed, network, pair, traced

from hebbstat.contract.combinators import gated
from hebbstat.contract.distributions import Uniform
from hebbstat.contract.errors import BadValueError, UnknownNameError
from hebbstat.contract.mechanism import NetworkRule, Neuron, Plasticity, Receptor, Release
from hebbstat.contract.signals import FollowState, TimedArray
from hebbstat.contract.state import Global, PerNeuron, PerPost, PerSynapse, together
from hebbstat.contract.units import MilliVolt, Ms, Number
from hebbstat.network import AllToAll, Network, instantiate
from hebbstat.reference import ReferenceSimulation


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
    sim.run(steps=6)
    assert sim.spikes == [(0, "a", 0), (4, "a", 0)]
    assert sim.network.populations["a"].spikes[0].tolist() == [1.0, 5.0]
    assert (sim.time, sim.step_count) == (6.0, 6)


@pytest.mark.parametrize("wrong", [{"delay": 1.5}, {"dendritic_delay": 0.5}, {"delay": 0.3}])
def test_a_given_duration_must_be_whole_steps(wrong):
    with pytest.raises(BadValueError, match="multiple of the step"):
        pair([0], [0], **wrong)


def test_a_drawn_delay_is_rounded_to_at_least_one_step():
    net = network([[0]] * 3, [[]])
    net.connect("a", "b", AllToAll(), delay=Uniform(0.1, 0.2))
    assert instantiate(net).synapses["a -> b"].delay.tolist() == [1, 1, 1]


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
    net.add_rule(Clock(), "clock")
    net.add(Follower(level=FollowState("clock"), plan=TimedArray([5.0, 7.0], every=2.0, repeat=True)), 1, "a")
    net.add(Follower(level=FollowState("clock.half"), plan=TimedArray([[1.0, 2.0], [3.0, 4.0]], every=1.0)), 2, "b")
    sim = ReferenceSimulation(net)
    assert traced(sim, 5, "a", "neuron", "planned") == [5, 5, 7, 7, 5]
    assert sim.peek("a", "neuron", "seen") == [4.0]  # step 4 sees what step 3 left
    assert sim.peek("b", "neuron", "seen") == [1.5, 1.5]  # (3 steps before step 3) / 2
    assert sim.peek("b", "neuron", "planned") == [3.0, 4.0]  # the last row stays


def test_gates_read_modulators_as_the_previous_step_left_them():
    net = network([[2]], [[]])
    net.add_rule(Clock(), "clock")
    rules = [gated(Fixed(pre=1.0), by=lambda clock, clock_half: 10 * clock + clock_half)]
    net.connect("a", "b", AllToAll(), weight=0.0, rules=rules)
    sim = ReferenceSimulation(net)
    sim.run(steps=4)  # the event is in step 3: count is 3, half was computed from 2
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
    assert sim.peek("a -> ear", "receptor", "i") == [1.0]  # after the decay of step 4
    # on_arrival ran twice; it saw i = 2, then 1 + 3: the trace takes what arrives at once.
    assert sim.peek("a -> ear", "receptor", "arrivals") == [602.0]
    # The receptor's step sees the neuron after its step.
    assert sim.peek("a -> ear", "receptor", "seen") == sim.peek("ear", "neuron", "v") == [5.0]


def test_nothing_arrives_where_the_sum_is_zero():
    net = network([[0], [0]], [[]])
    net.add(Ear(), 1, "ear")
    net.connect("a", "ear", AllToAll(), weight=[2.0, -2.0], receptor=Plain())
    sim = ReferenceSimulation(net)
    sim.run(steps=5)
    assert sim.peek("a -> ear", "receptor", "arrivals") == [0.0]


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
    sim.run(steps=3)
    assert sim.peek("ear", "neuron", "g") == [5.0]
    assert sim.peek("ear", "neuron", "pull") == [2.0 * -10.0 + 3.0 * 5.0]


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
    sim.run(steps=1)
    assert sim.spikes == [(0, "a", 0)]  # fires sees v = 1, the new state
    assert (sim.peek("a", "neuron", "u"), sim.peek("a", "neuron", "v")) == ([11.0], [12.0])
    assert sim.peek("a", "neuron", "before") == [8.0]  # the step hook saw the trace before its decay
    assert sim.peek("a", "neuron", "at_spike") == [4.0 + 100.0 * 2.0]  # decayed, not yet added to, u before the reset
    assert sim.peek("a", "neuron", "trace") == [5.0]


def test_rules_read_neurons_after_the_reset_and_with_this_steps_spike():
    class Reader(Plasticity):
        @staticmethod
        def on_post(post_v, post_own):
            return 10.0 * post_v + post_own

    sim = pair([0], [3, 4], Reader(), weight=7.0)
    sim.run(steps=4)  # v was 7 from step 2 on, and is reset in step 3; own is 1 by the spike of step 3
    assert sim.weights("a -> b") == [7.0 + 1.0]
    sim.run(steps=1)
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
    assert sim.peek("a -> b", "release", "R") == [0.25]
    assert sim.peek("a -> b", "release", "gap") == [3.0]


def test_elapsed_counts_from_the_start_when_there_was_no_event():
    sim = pair([4], [], release=Halving())
    sim.run(steps=6)
    assert sim.peek("a -> b", "release", "gap") == [6.0]  # the event is at the end of step 5: 6 ms


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
    assert sim.peek("a -> b", "rule0.0", "seen_pre") == [4.0]  # step 5 sees the rate of step 3
    assert sim.peek("a -> b", "rule0.0", "seen_post") == [60.0]


# What a reader asks for


def test_a_realised_network_can_be_run_again_and_unknown_names_are_listed():
    net = network([[0]], [[3]])
    net.connect("a", "b", AllToAll(), rules=[Fixed(pre=1.0)])
    made = instantiate(net)
    one, two = ReferenceSimulation(made), ReferenceSimulation(made)
    one.run(steps=6)
    assert two.weights("a -> b") == [1.0]  # runs share no state
    two.run(steps=6)
    assert one.snapshot() == two.snapshot()
    with pytest.raises(UnknownNameError, match=r"Cell on 'b' has no state 'w'; .*Known: got, own, v"):
        one.peek("b", "neuron", "w")
    with pytest.raises(UnknownNameError, match="nothing at"):
        one.peek("c", "neuron", "v")
    with pytest.raises(UnknownNameError, match="no projection 'a -> c'"):
        one.weights("a -> c")
