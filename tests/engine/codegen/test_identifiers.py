"""Any legal identifier is a legal name of a state, a field or a derived value: the engine, uncompiled, beside the
reference."""

from __future__ import annotations

import builtins
import importlib
import keyword
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hebbstat as hs
from hebbstat.engine import runtime
from hebbstat.engine.plan.arrays import LEDGER

pytestmark = pytest.mark.usefixtures("plain")

AWKWARD = "size first ids counts rates fired cursor logged scheduled n i k slot F lambda_ v_new".split()
KERNEL = "row e j s c q at since begin end found youngest learning reached place np math network run hook_ pop_".split()
KERNEL += "b branch branches".split()
LANGUAGE = "binomial uniform normal scheduled w value dt elapsed amount current rate".split()
ENGINES = sorted({*(name for arrays in LEDGER.values() for name in arrays), *runtime.__all__})
EVERY = dict.fromkeys([*AWKWARD, *KERNEL, *LANGUAGE, *ENGINES, *dir(builtins), "τ", "__", "x__y", "self", "cls"])
TAKEN = {"staticmethod", "hs", "input"}  # by the text of the classes below; and words of Python's own
NAMES_OF_ALL = [name for name in EVERY if name not in TAKEN and not keyword.iskeyword(name) and name[-2:] != "__"]


def body(names: Iterable[str], scopes: tuple[str, ...], events: tuple[str, ...], more: str) -> list[str]:
    """Lines of a class with a state and a field of each name in turn, and hooks that move each state by a field."""
    lines, states, fields = [], [*names][::2], [*names][1::2]
    lines += [f"    {name}: hs.units.Number = {round(0.01 + k / 1000, 3)}" for k, name in enumerate(fields)]
    for k, name in enumerate(states):
        scope, field = scopes[k % len(scopes)], fields[k % len(fields)]
        lines += [f"    {name} = hs.{scope}.state({k / 100})", f"    @{name}.{events[k % len(events)]}"]
        lines += [f"    def _({name}, {field}{more}): return 0.9 * {name} + {field} + 0.001"]
    return lines


def added(names: list[str]) -> str:
    """The sum of all, in parts: as one it would be as deep as it is long."""
    return " + ".join(f"({' + '.join(names[k : k + 20])})" for k in range(0, len(names), 20))


def module(names: list[str]) -> str:
    """A neuron, a receptor and a rule, all of whose states and fields have these names."""
    sums, half = added(names), names[::2]
    neuron = ["class Cell(hs.Neuron):", "    v = hs.PerNeuron.state()", *body(names, ("PerNeuron",), ("step",), ", v")]
    neuron += ["    @v.step", f"    def _(v, input, conductance, {', '.join(names)}):"]
    neuron += [f"        return 0.5 * v + input + 0.1 * conductance + 0.001 * ({sums})"]
    neuron += ["    @v.on_spike", "    def _(v): return 0.0", "    @staticmethod", "    def fires(v): return v > 1.0"]
    receptor = ["class Gate(hs.Receptor):", "    reversal: hs.units.MilliVolt = 0.0"]
    receptor += body(names, ("PerPost",), ("step", "on_arrival"), "")
    receptor += ["    @staticmethod", f"    def conductance({', '.join(half)}): return 0.001 * ({added(half)})"]
    rule = ["class Rule(hs.Plasticity):", "    tau: hs.units.Ms = 9.0", '    x = hs.PerPre.trace(decay="tau")']
    rule += body(names, ("PerSynapse", "PerPre", "PerPost"), ("on_post", "on_pre", "on_post"), "")
    given, rest = dict.fromkeys([*half, "w", "x"]), names[1::2]
    rule += ["    @staticmethod", f"    def on_post({', '.join(given)}): return 1e-3 * x * ({added(half)} - w)"]
    rule += ["    @staticmethod", f"    def on_pre({', '.join(rest)}): return 1e-4 * ({added(rest)})"]
    return "\n".join(["import hebbstat as hs", *neuron, *receptor, *rule])


def network(mine: Any) -> hs.Network:
    net = hs.Network(dt=1.0, seed=2)
    a = net.add(hs.SpikeSource(), 4, "a", spikes=(np.arange(1.0, 40.0), np.arange(39) % 4))
    b = net.add(mine.Cell(), 3, "b")
    net.connect(a, b, hs.AllToAll(), weight=0.3, delay=hs.Uniform(1.0, 3.0), receptor=mine.Gate(), rules=[mine.Rule()],
                name="p")  # fmt: skip
    net.connect(a, b, hs.AllToAll(), weight=0.4, name="q")
    return net


@pytest.mark.parametrize("turn", (0, 1))
def test_all_awkward_names_at_once(turn: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is a state in one turn and a field in the other."""
    names = [*NAMES_OF_ALL[turn:], *NAMES_OF_ALL[:turn]]
    (tmp_path / f"of_names_{turn}.py").write_text(module(names), encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    net = network(importlib.import_module(f"of_names_{turn}"))
    sim, reference = hs.Simulation(net, dtype="float64", quiet=True), hs.ReferenceSimulation(net)
    sim.run(steps=40, progress=False)
    reference.run(steps=40)
    assert len(reference.spikes) > 20
    found = {("b", name): ("b", "neuron") for name in ("v", *names[::2])}
    found |= {("p", f"receptor.{name}"): ("p", "receptor") for name in names[::2]}
    found |= {("p", f"Rule.{name}"): ("p", "rule0.0") for name in names[::2]}
    for (of, name), place in found.items():
        wanted = reference.peek(*place, name.rpartition(".")[2])
        np.testing.assert_allclose(sim.state(of, name), wanted, rtol=1e-9, err_msg=f"{name} of {of}")
    np.testing.assert_allclose(sim.weights("p"), reference.weights("p"), rtol=1e-9)
    assert not np.allclose(sim.weights("p"), 0.3)


class Numbers(hs.Neuron):
    """Its own names are numbers, though the language has a draw and a truth value of these names."""

    scheduled: hs.units.Number = 0.75
    binomial = hs.PerNeuron.state(0.25)

    @hs.derived
    def more(scheduled):
        return scheduled + 1

    @binomial.step
    def _(binomial, scheduled):
        return binomial + (scheduled + 1) + scheduled * 2

    @staticmethod
    def fires(binomial, more):
        return binomial > 10 * more


class Drawing(hs.Neuron):
    """Beside it, a draw of the language."""

    v = hs.PerNeuron.state()

    @v.step
    def _(v, normal):
        return 0.5 * v + normal

    @staticmethod
    def fires(v, scheduled):
        return v > 1 or scheduled


class Level(hs.NetworkRule):
    level = hs.Global.state(0.75)


def test_own_names_mean_numbers_whatever_the_language_calls_so() -> None:
    net = hs.Network(dt=1.0, seed=1)
    a, b = net.add(Numbers(), 2, "a"), net.add(Drawing(), 2, "b")
    gated = hs.gated(hs.PairSTDP(), by=lambda scheduled: scheduled + 1)
    net.connect(a, b, hs.AllToAll(), weight=1.0, rules=[gated])
    net.add_rule(Level(), "scheduled")
    sim, reference = hs.Simulation(net, dtype="float64", quiet=True), hs.ReferenceSimulation(net)
    sim.run(steps=9, progress=False)
    reference.run(steps=9)
    assert sim.state("a", "binomial").tolist() == [0.25 + 9 * 3.25] * 2 == reference.peek("a", "neuron", "binomial")
    np.testing.assert_allclose(sim.weights("a -> b"), reference.weights("a -> b"), rtol=1e-12)
    assert not np.allclose(sim.weights("a -> b"), 1.0)
