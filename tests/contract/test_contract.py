"""What a mechanism may not do is an error with advice: at the definition, at the call, when the network is bound."""

import math

import numpy as np
import pytest
from helpers.tiny import Cell, network, pair

from hebbstat.contract.combinators import Wrapper, gated
from hebbstat.contract.distributions import LogNormal, Normal, Uniform
from hebbstat.contract.errors import BadValueError, ContractError, HebbstatError, UnknownNameError
from hebbstat.contract.hooks import derived, step_when
from hebbstat.contract.language.source import source_tree
from hebbstat.contract.mechanism import NetworkRule, Neuron, Plasticity, PopulationRule, Receptor, Release
from hebbstat.contract.signals import FollowState, Sine, TimedArray
from hebbstat.contract.state import Global, PerNeuron, PerPost, PerPre, PerSynapse, quantile, together
from hebbstat.contract.units import Delay, Fraction, MilliVolt, Ms, Number
from hebbstat.network import AllToAll, Network
from hebbstat.reference import ReferenceSimulation


class Rule(Plasticity):
    tau: Ms = 20.0
    gain: Number = 1.0
    part: Fraction = 0.5
    late: Delay = 0.0

    x = PerPre.trace(decay="tau")

    @staticmethod
    def on_post(x, gain):
        return gain * x


# At the definition


def test_an_unknown_argument_lists_what_may_be_asked_for():
    with pytest.raises(
        UnknownNameError,
        match=r"Wrong.on_post asks for 'gian'; did you mean 'gain'\? Known: .*elapsed.*gain.*pre_<name>.*tau.*w, x",
    ):

        class Wrong(Rule):
            @staticmethod
            def on_post(x, gian):
                return gian * x


def test_names_in_states_and_derived_values_are_checked_too():
    with pytest.raises(UnknownNameError, match="x names the field 'tua'; did you mean 'tau'"):

        class Wrong1(Rule):
            x = PerPre.trace(decay="tua")

    with pytest.raises(UnknownNameError, match="h starts from or adds 'gian'"):

        class Wrong2(Rule):
            h = PerSynapse.state("gian")

    with pytest.raises(UnknownNameError, match="per_spike asks for 'tu'"):

        class Wrong3(Rule):
            @derived
            def per_spike(tu):
                return 1.0 / tu

    with pytest.raises(ContractError, match="derived before the run, from fields and dt; it cannot read 'x'"):

        class Wrong4(Rule):
            @derived
            def twice(x):
                return 2 * x

    with pytest.raises(UnknownNameError, match="names the field 'when'"):

        class Wrong5(Rule):
            h = PerSynapse.state()

            @h.on_pre(after="when")
            def later(h):
                return h


def test_on_tick_needs_a_period():
    with pytest.raises(ContractError, match="needs a field `period: Ms`"):

        class Wrong(Rule):
            @staticmethod
            def on_tick(w):
                return w

    with pytest.raises(ContractError, match="needs a field `period: Ms`"):

        class WrongToo(NetworkRule):
            level = Global.state()

            @level.on_tick
            def move(level):
                return level


@pytest.mark.parametrize(
    ("kind", "hook"),
    [(Plasticity, "fires"), (Plasticity, "on_spike"), (Neuron, "on_pre"), (Receptor, "transmit"), (Release, "on_pre"),
     (PopulationRule, "clip"), (NetworkRule, "step")],
)  # fmt: skip
def test_a_hook_of_another_kind_is_refused(kind, hook):
    with pytest.raises(ContractError, match=f"defines '{hook}'; a {kind.__name__} may define"):
        type("Wrong", (kind,), {hook: staticmethod(lambda dt: dt)})


@pytest.mark.parametrize(
    ("kind", "scope", "event"),
    [
        (Neuron, PerNeuron, "on_pre"),
        (Receptor, PerPost, "on_post"),
        (Release, PerSynapse, "step"),
        (Plasticity, PerSynapse, "on_spike"),
        (NetworkRule, Global, "on_spike"),
    ],
)
def test_an_update_of_another_kind_is_refused(kind, scope, event):
    state = scope.state()
    with pytest.raises(ContractError, match=rf"defines the hook @h\.{event}; a {kind.__name__} may define"):
        type("Wrong", (kind,), {"h": state, "update": getattr(state, event)(lambda h: h)})


def test_a_state_of_another_kind_is_refused():
    with pytest.raises(ContractError, match="h is PerNeuron; here a state may be PerSynapse, PerPre"):
        type("Wrong", (Plasticity,), {"h": PerNeuron.state()})


def test_what_looks_like_a_hook_and_is_none_is_an_error():
    with pytest.raises(ContractError, match="on_post: this is not a hook; write @staticmethod above it"):

        class Wrong1(Plasticity):
            def on_post(w):
                return w

    with pytest.raises(ContractError, match="on_prespike: this is not a hook; did you mean 'on_pre'"):

        class Wrong2(Plasticity):
            @staticmethod
            def on_prespike(w):
                return w


def test_several_hooks_may_have_no_name():
    class Anonymous(Plasticity):
        h = PerSynapse.state(1.0)

        @h.on_pre
        def _(h):
            return 2.0 * h

        @h.on_post
        def _(h):
            return 3.0 * h

        @h.step
        def _(h):
            return h + 1.0

    assert [hook.event for hook in Anonymous.hooks] == ["on_pre", "on_post", "step"]
    sim = pair([0], [1], Anonymous())
    sim.run(steps=2)
    assert sim.peek("a -> b", "rule0.0", "h") == [(1.0 + 1.0) * 2.0 * 3.0 + 1.0]


def test_hooks_bind_by_name_only():
    for function in (lambda *args: 0.0, lambda **names: 0.0, lambda *, w: 0.0):
        with pytest.raises(ContractError, match=r"cannot take \*"):
            type("Wrong", (Plasticity,), {"on_pre": staticmethod(function)})


def test_a_binomial_draw_may_not_depend_on_a_condition():
    with pytest.raises(ContractError, match="may not be called inside a branch or loop"):

        class Wrong(Release):
            @staticmethod
            def transmit(w, binomial):
                return w * binomial(5, 0.5) if w > 0 else 0.0


def test_fields_are_annotated_with_units():
    with pytest.raises(ContractError, match="tau: annotate it with a unit type"):

        class Wrong(Plasticity):
            tau: float = 20.0


def test_reductions_and_together_are_checked():
    with pytest.raises(ContractError, match="must be one of sum, mean, max, min, count or quantile"):
        PerPost.reduce("w", "median")
    with pytest.raises(ContractError, match="must be 'projection' or 'neuron'"):
        PerPost.reduce("w", "sum", over="all")
    with pytest.raises(ContractError, match="cannot be written by a hook"):
        together(PerPost.reduce("w", quantile(0.5)))


def test_advance_and_step_exclude_each_other():
    state = PerSynapse.state()
    body = {"h": state, "go": state.advance(lambda h, elapsed: h), "too": state.step(lambda h: h)}
    with pytest.raises(ContractError, match="both `advance` and `step`"):
        type("Wrong", (Plasticity,), body)


def test_hooks_can_be_tried_by_hand_and_their_source_read():
    assert Rule.hooks[0](x=0.5, gain=2.0) == 1.0
    assert Rule.hooks[0].reads == ("x", "gain")
    assert source_tree(Rule.hooks[0].function).name == "on_post"
    hook = step_when(lambda post_v: post_v > 0)(lambda x: x)
    assert hook.reads == ("x", "post_v")
    with pytest.raises(ContractError, match=r"source of .* cannot be read"):
        source_tree(eval("lambda w: w"))


# At the call


def test_values_by_position_and_by_name():
    assert Rule(5.0, 2.0).values == {"tau": 5.0, "gain": 2.0, "part": 0.5, "late": 0.0}
    assert Rule(gain=3).gain == 3.0
    assert repr(Rule(5.0)) == "Rule(tau=5)"
    with pytest.raises(BadValueError, match="tau is given twice"):
        Rule(5.0, tau=6.0)
    with pytest.raises(BadValueError, match="at most 4 values: tau, gain, part, late"):
        Rule(1, 2, 0.3, 4, 5)
    with pytest.raises(UnknownNameError, match="has no parameter 'tua'; did you mean 'tau'"):
        Rule(tua=5.0)

    class Needs(Rule):
        limit_to: Number

    with pytest.raises(BadValueError, match=r"Needs needs limit_to= \(any number\)"):
        Needs()


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"tau": 0.0}, "tau=0 ms of Rule must be above 0 ms"),
        ({"tau": -3.0}, r"tau=-3 ms of Rule must be above 0 ms; did you mean 3\?"),
        ({"part": 1.5}, "part=1.5 of Rule must be from 0 to 1"),
        ({"part": [0.5, 2.0]}, "part=2 of Rule must be from 0 to 1"),
        ({"late": -1.0}, "late=-1 ms of Rule must be at least 0 ms; did you mean 1"),
        ({"tau": math.nan}, "not a number"),
        ({"tau": []}, "is empty"),
        ({"tau": "long"}, "is a text; it must be above 0 ms"),
        ({"tau": Normal(20.0, sd=5.0)}, "can give values from -inf to inf, .* LogNormal"),
        ({"part": Uniform(0.5, 1.5)}, "from 0.5 to 1.5, but it must be from 0 to 1"),
        ({"tau": Sine(1.0, 2.0, 5.0)}, "from -1 to 3, but it must be above 0 ms"),
        ({"tau": TimedArray([1.0, 0.0], every=5.0)}, "from 0 to 1, but"),
    ],
)
def test_ranges(values, message):
    with pytest.raises(BadValueError, match=message):
        Rule(**values)


def test_what_fits_is_accepted():
    rule = Rule(tau=LogNormal(20.0, cv=0.5), gain=np.float32(2), part=np.array(0.25), late=Normal(1.0, sd=1.0, low=0.0))
    assert rule.gain == 2.0 and rule.part == 0.25 and isinstance(rule.part, float)
    assert isinstance(Rule(tau=FollowState("clock")).tau, FollowState)


class Quantity:
    """What `pint` looks like from outside."""

    UNITS = {
        "ms": ("time", 1.0),
        "s": ("time", 1000.0),
        "mV": ("voltage", 1.0),
        "V": ("voltage", 1000.0),
        "dimensionless": ("", 1.0),
    }

    def __init__(self, magnitude, unit):
        self.magnitude, self.unit = magnitude, unit

    def to(self, unit):
        (kind, size), (wanted, other) = self.UNITS[self.unit], self.UNITS[unit]
        if kind != wanted:
            raise TypeError("DimensionalityError")
        return Quantity(np.multiply(self.magnitude, size / other), unit)

    def __str__(self):
        return f"{self.magnitude} {self.unit}"


def test_quantities_with_units_are_converted_or_refused():
    assert Rule(tau=Quantity(0.02, "s")).tau == 20.0
    assert Rule(tau=Quantity(np.array([0.02, 0.04]), "s")).tau.tolist() == [20.0, 40.0]
    assert Rule(gain=Quantity(2.0, "dimensionless")).gain == 2.0

    class Membrane(Cell):
        rest: MilliVolt = -60.0

    assert Membrane(rest=Quantity(-0.07, "V")).rest == pytest.approx(-70.0)
    with pytest.raises(BadValueError, match=r"Rule.tau=5 mV has the wrong dimension: it must be in ms"):
        Rule(tau=Quantity(5, "mV"))
    with pytest.raises(BadValueError, match="it must be in plain numbers"):
        Rule(gain=Quantity(5, "mV"))


# When the network is bound


class Reads(Rule):
    @staticmethod
    def on_pre(pre_v, post_nothing):
        return pre_v + post_nothing


def test_a_name_of_a_neuron_that_is_not_there_is_found_when_the_simulation_is_made():
    with pytest.raises(
        UnknownNameError,
        match=r"Reads.on_pre on 'a -> b' asks for 'post_nothing', which is not there; .*Known: post_got.*tau.*post_v",
    ):
        pair([0], [], Reads())


def test_a_gate_asks_for_modulators_or_for_what_the_rule_may_read():
    sim = pair(
        [0], [3], gated(Rule(tau=1e9), by=lambda gain, post_v_threshold: 10.0 * gain + post_v_threshold), weight=0.0
    )
    sim.run(steps=4)
    assert sim.weights("a -> b") == pytest.approx([11.0])
    with pytest.raises(UnknownNameError, match="asks for 'DA'"):
        pair([0], [], gated(Rule(), by=lambda DA: DA))


def test_following_a_rule_that_is_not_there():
    with pytest.raises(UnknownNameError, match="gain of Rule on 'a -> b': 'clock' is no rule"):
        pair([0], [], Rule(gain=FollowState("clock")))


class Reads2(Plasticity):
    period: Ms = 1.0
    x = PerPre.state()
    y = PerPost.state()
    total = PerPost.reduce("w", "sum")

    @y.on_tick
    def mix(y, total):
        return y + total


def with_hook(scope, event, function, **body):
    state = scope.state()
    return type("Wrong", (Reads2,), {"h": state, "hook": getattr(state, event)(function), **body})


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        (with_hook(PerPost, "on_post", lambda h, x: h + x), r"cannot read PerPre\.x; it may read what is PerPost"),
        (with_hook(PerPre, "on_pre", lambda h, y: h + y), r"cannot read PerPost\.y"),
        (with_hook(PerPost, "step", lambda h, w: h + w), "cannot read 'w', which not every owner shares"),
        (with_hook(PerPost, "step", lambda h, pre_v: h + pre_v), "cannot read 'pre_v'"),
        (with_hook(PerPre, "step", lambda h, post_v: h + post_v), "cannot read 'post_v'"),
        (with_hook(PerPost, "step", lambda h, total: h + total), "cannot read the reduction total"),
        (with_hook(PerPre, "on_post", lambda h: h), "can never run"),
        (with_hook(Global, "on_pre", lambda h: h), "can never run"),
    ],
)
def test_a_hook_reads_only_what_all_its_owners_share(rule, message):
    with pytest.raises(ContractError, match=message):
        pair([0], [], rule())


def test_one_hook_writes_states_of_one_scope():
    x, y = PerPre.state(), PerPost.state()
    rule = type("Wrong", (Plasticity,), {"x": x, "y": y, "both": together(x, y).step(lambda x, y: (x, y))})
    with pytest.raises(ContractError, match="cannot write states of different scopes"):
        pair([0], [], rule())


def test_parameters_vary_only_over_the_owners_that_need_them():
    class Shared(Plasticity):
        tau: Ms = 20.0
        gain: Number = 1.0
        x = PerPre.trace(decay="tau")
        y = PerPost.trace(decay="tau")

        @staticmethod
        def on_post(x, gain):
            return gain * x

    net = network([[0]] * 2, [[4]] * 2)
    net.connect("a", "b", AllToAll(), weight=0.0, rules=[Shared(tau=1e9, gain=[1.0, 2.0, 3.0, 4.0])])
    sim = ReferenceSimulation(net)
    sim.run(steps=5)
    assert sim.weights("a -> b") == pytest.approx([1.0, 2.0, 3.0, 4.0])
    net.connect("a", "b", AllToAll(), rules=[Shared(tau=[5.0, 6.0])])
    with pytest.raises(BadValueError, match="must be one number"):
        ReferenceSimulation(net)


class Redirects(Wrapper):
    redirect = "kept"
    kept = PerPost.state()


class Aims(Plasticity):
    @staticmethod
    def on_post():
        return 1.0


class Sensor(NetworkRule):
    where: str = "nowhere"
    spikes = Global.spikes_of("where")


class Blind(Neuron):
    v = PerNeuron.state()


def bind(*rules, **network_rules):
    net = network([[0]], [[]])
    for name, rule in network_rules.items():
        net.add_rule(rule, name)
    net.connect("a", "b", AllToAll(), rules=rules)
    ReferenceSimulation(net)


def with_blind():
    net = Network()
    net.add(Blind(), 1, "a")
    ReferenceSimulation(net)


def with_population_rule(**aim):
    class Moves(PopulationRule):
        @staticmethod
        def step():
            return 1.0

    net = Network()
    net.add(Cell(), 1, "a", rules=[Moves(**aim)])
    ReferenceSimulation(net)


SAME = Aims()


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: bind(Redirects(Aims())), ContractError, "must name a PerSynapse state"),
        (
            lambda: bind(Aims(on="release.U")),
            UnknownNameError,
            "a rule on 'a -> b' acts on 'release.U', which is not there",
        ),
        (lambda: bind(Aims(on="post.height")), UnknownNameError, "acts on 'post.height'"),
        (lambda: bind(SAME, SAME), BadValueError, "one rule stands twice on 'a -> b'"),
        (lambda: bind(eye=Sensor()), UnknownNameError, "counts the spikes of 'nowhere'; Known: a, b"),
        (lambda: bind(Reads2(period=0.5)), BadValueError, "not a multiple of the step"),
        (lambda: bind(Reads2(period=[1.0, 2.0])), BadValueError, "must be one number"),
        (with_blind, ContractError, "must define one of fires .* and output"),
        (with_population_rule, UnknownNameError, 'acts on nothing: give on="v_threshold"'),
        (lambda: with_population_rule(on="height"), UnknownNameError, "acts on 'height' of Cell"),
        (lambda: Redirects(3.0), BadValueError, "wraps a plasticity rule, not 3.0"),
    ],
)
def test_combinations_that_make_no_sense(make, error, message):
    with pytest.raises(error, match=message) as caught:
        make()
    assert isinstance(caught.value, HebbstatError)
