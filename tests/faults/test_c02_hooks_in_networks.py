"""C2: hooks in all places of a network that use whole numbers, truth values, loops and helpers; and what is refused."""

from __future__ import annotations

import math

import numpy as np
import pytest

import hebbstat as hs
from hebbstat.contract.errors import ContractError
from hebbstat.contract.hooks import step_when
from hebbstat.engine.codegen.hooks import Hooks
from hebbstat.engine.codegen.ir import Call, Do, UserFunction

TURNS = 3


def settle(x: float, turns: int = TURNS) -> float:
    while abs(x) > 2.0 and turns > 0:
        x /= 2
        turns -= 1
    return x


def smooth(x: float) -> float:
    return math.tanh(x)


class Counting(hs.Neuron):
    """States that count, flags, a condition that is a number."""

    tau: hs.units.Ms = 5.0
    v = hs.PerNeuron.state()
    count = hs.PerNeuron.state()
    flag = hs.PerNeuron.state()

    @hs.together(v, count).step
    def _(v, count, input, scheduled, steps_since_spike, tau, dt):
        k = 0
        for j in range(TURNS):
            if j == 1:
                continue
            k += j
        even = int(count) & 1 == 0
        v += input * k + (scheduled + 1) * 0.1 - dt * v / tau
        return settle(v) if even else v, (count + 1) % 7 if steps_since_spike > 2 else 0

    @flag.step
    def _(v):
        return v > 0.5

    @v.on_spike
    def _(v):
        return 0

    @staticmethod
    def fires(v, count):
        return v // 1.0 and count


class Whole(hs.Plasticity):
    """Changes that are whole, or truth values; a condition with a helper in it."""

    tau: hs.units.Ms = 10.0
    x = hs.PerPre.trace(decay="tau")
    seen = hs.PerSynapse.state()

    @staticmethod
    def on_pre(x):
        return 1 if x > 0.5 else False

    @staticmethod
    def on_post(x, w):
        return smooth(x) - round(w * 0.01, 1)

    @seen.on_post
    def _(seen):
        return int(seen) ^ 5

    @step_when(lambda post_v, post_missing=0: post_v or post_missing)
    def _held(w, post_v):
        return -0.001 * (w > 1) * post_v

    @staticmethod
    def clip(w):
        return min(max(w, -1), 4)


def network() -> hs.Network:
    net = hs.Network(dt=1.0, seed=3)
    rng = np.random.default_rng(1)
    steps, ids = np.nonzero(rng.random((60, 5)) < 0.3)
    net.add(hs.SpikeSource(), 5, "a", spikes=(steps + 1.0, ids))
    net.add(Counting(), 4, "b")
    rules = [hs.gated(Whole(), by=lambda w, k=2: w > -0.5 and k), hs.gated(Whole(), by=lambda change: 1 - True)]
    net.connect("a", "b", hs.AllToAll(), weight=hs.Uniform(0.1, 1.5), rules=rules)
    return net


@pytest.mark.parametrize("dtype", ["float64", pytest.param("float32", marks=pytest.mark.slow)])
def test_c2_engine_equals_reference(dtype: str) -> None:
    sim, reference = hs.Simulation(network(), dtype=dtype, quiet=True), hs.ReferenceSimulation(network())
    steps = 60 if dtype == "float64" else 12
    run = sim.run(steps=steps, record=[hs.Spikes("b")])
    reference.run(steps=steps)
    assert run["b.spikes"].neuron.size == sum(name == "b" for _, name, _ in reference.spikes) > 5
    close = {"rtol": 1e-9, "atol": 1e-12} if dtype == "float64" else {"rtol": 1e-4, "atol": 1e-5}
    for state in ("v", "count", "flag"):
        np.testing.assert_allclose(sim.state("b", state), reference.peek("b", "neuron", state), err_msg=state, **close)
    name = next(iter(reference.network.projections))
    np.testing.assert_allclose(sim.weights(name), reference.weights(name), **close)


def test_c2_a_loop_in_a_helper_makes_no_vector_code() -> None:
    functions = [UserFunction(one) for one in (lambda v: settle(v), lambda v: smooth(v), lambda v: v * 2)]
    assert [Hooks().vectorise((Do(Call(one, ())),)) for one in functions] == [False, False, True]


def test_c2_infinity_is_infinite() -> None:
    hooks = Hooks()
    hooks.name(UserFunction(lambda v: min(v, math.inf, -math.inf) + math.nan, "bounds"))
    assert "F(np.inf)" in hooks.texts[0] and "-F(np.inf)" in hooks.texts[0] and "F(np.nan)" in hooks.texts[0]


def test_c2_results_are_counted_when_the_class_is_defined() -> None:
    with pytest.raises(ContractError, match=r"Few, @v, u.step returns one number; it must return a tuple of 2: v, u"):

        class Few(hs.Neuron):
            v, u = hs.PerNeuron.state(), hs.PerNeuron.state()

            @hs.together(v, u).step
            def _(v, u):
                return v

    with pytest.raises(ContractError, match=r"Many.on_pre returns a tuple of 2; it must return a number"):

        class Many(hs.Plasticity):
            @staticmethod
            def on_pre(w):
                return w, w

    with pytest.raises(ContractError, match=r"transmit returns a tuple of 1; .* a tuple of 2: the amount, u"):

        class Leaky(hs.Release):
            u = hs.PerSynapse.state()

            @staticmethod
            def transmit(w, u):
                return (w,)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (lambda w, binomial: w > 0 and binomial(5, 0.5), "inside a branch or loop"),
        (lambda w, binomial: w < w < binomial(5, 0.5), "inside a branch or loop"),
        (lambda w, binomial: 1.0 if w else binomial(5, 0.5), "inside a branch or loop"),
        (lambda w, binomial: smooth(binomial), "`binomial` by itself"),
        (lambda w, binomial: binomial(5), r"write binomial\(n, p\)"),
    ],
)
def test_c2_draws_are_called_once_for_all(body, words) -> None:
    with pytest.raises(ContractError, match=words):
        type("Drawing", (hs.Release,), {"transmit": staticmethod(body)})


def test_c2_draws_may_name_their_arguments() -> None:
    hooks = Hooks()
    hooks.name(UserFunction(lambda w, binomial: w * binomial(p=0.5, n=3) + binomial(2, p=0.1), "drawn"))
    assert "binomial(binomial_, 0, F(3.0), F(0.5)) + binomial(binomial_, 1, F(2.0), F(0.1))" in hooks.texts[0]


def test_c2_defaults_and_texts() -> None:
    with pytest.raises(ContractError, match=r"Odd.on_pre .*: the default value None cannot be compiled; give a number"):

        class Odd(hs.Plasticity):
            @staticmethod
            def on_pre(w, post_k=None):
                return w

    with pytest.raises(ContractError, match="asks for 'mode', a text"):

        class Worded(hs.Plasticity):
            mode: str = "fast"

            @staticmethod
            def on_pre(mode):
                return 1.0


def test_c2_gates_are_refused_where_they_are_made() -> None:
    with pytest.raises(ContractError, match=r"the gate <lambda> \(.*, line \d+\): a call of sum cannot be compiled"):
        hs.gated(hs.PairSTDP(), by=lambda w: sum((w, w)))


def test_c2_what_is_defined_below_a_class_is_found() -> None:
    hooks = Hooks()
    hooks.name(UserFunction(Early.hooks[0].function, "early"))
    assert "hook_later(w_) * F(4.0)" in hooks.texts[1]
    with pytest.raises(ContractError, match="'never', which is not defined, cannot be compiled"):
        hooks.name(UserFunction(Never.hooks[0].function, "never"))


class Early(hs.Plasticity):
    @staticmethod
    def on_pre(w):
        return later(w) * FOUR


class Never(hs.Plasticity):
    @staticmethod
    def on_pre(w):
        return never(w)  # noqa: F821


def later(x: float) -> float:
    return x + 1


FOUR = 4
