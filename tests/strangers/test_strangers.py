"""Networks as strangers write them: the engine against the reference, itself, and a third voice. See README.md.

A case that fails is printed as a script, made small; `python -m strangers.shrink SEED FLAG ...` makes it smaller yet.
"""

from __future__ import annotations

import numpy as np
import pytest
from strangers import singles
from strangers.networks import FLAGS, compose
from strangers.run import Outcome, run
from strangers.shrink import fewer, shrink

NORMAL, BLOCK = 100, 5
MANY, MANY_BLOCK = 3000, 25
REFUSED = 0.05
"""The most of all cases that may be refused: the generator is to stay within what the engine does."""


def flags_of(seed: int) -> frozenset[str]:
    """What strangers do in this case: each thing now and then, all at once in some."""
    rng = np.random.default_rng([seed, 7])
    share = rng.choice([0.1, 0.3, 0.6, 1.0])
    return frozenset(flag for flag in FLAGS if rng.random() < share)


def hold(seeds: range, seconds: float = 20.0) -> int:
    """Run cases, each with one of the costly voices; fail with the first bad one as a small script.

    Returns how many were refused.
    """
    refused = 0
    for seed in seeds:
        flags = flags_of(seed)
        found = run(compose(seed, flags), seed, few=True)
        refused += found.kind == "refused"
        if not found.good:
            pytest.fail(told(seed, flags, found, seconds), pytrace=False)
    return refused


def told(seed: int, flags: frozenset[str], found: Outcome, seconds: float) -> str:
    """A failing case, for people."""
    needed = fewer(seed, flags, found)
    script = shrink(compose(seed, needed), seed, found, seconds=seconds)
    return f"{script}\n\nseed {seed}, flags {' '.join(sorted(needed))}: {found.kind}: {found.where}\n{found.text}"


@pytest.mark.parametrize("first", range(0, NORMAL, BLOCK))
def test_cases(first: int) -> None:
    assert hold(range(first, first + BLOCK)) <= 1


@pytest.mark.parametrize("seed", [2, 66])
def test_cases_really_compiled(seed: int) -> None:
    found = run(compose(seed, flags_of(seed)), seed, compiled=True)
    assert found.good, f"{compose(seed, flags_of(seed))}\n{found.kind}: {found.where}\n{found.text}"


@pytest.mark.verify
@pytest.mark.parametrize("first", range(NORMAL, NORMAL + MANY, MANY_BLOCK))
def test_many_cases(first: int) -> None:
    assert hold(range(first, first + MANY_BLOCK), seconds=60.0) <= 1 + REFUSED * MANY_BLOCK


@pytest.mark.verify
@pytest.mark.parametrize("seed", range(5000, 5060))
def test_many_cases_really_compiled(seed: int) -> None:
    found = run(compose(seed, flags_of(seed)), seed, compiled=True)
    assert found.good, f"{compose(seed, flags_of(seed))}\n{found.kind}: {found.where}\n{found.text}"


@pytest.mark.parametrize("kind", singles.STREAMS)
def test_rare_events_in_single_precision(kind: str) -> None:
    assert not singles.rare(kind, 5)


@pytest.mark.parametrize("rule", ["Crumbs", "Drift"])
def test_small_changes_in_single_precision(rule: str) -> None:
    assert not singles.crumbs(rule)


def test_a_seed_gives_the_same_script() -> None:
    assert compose(5, frozenset(FLAGS)) == compose(5, frozenset(FLAGS))


WRONG = """
import hebbstat as hs

class Cell(hs.Neuron):
    s = hs.PerNeuron.state(1.0)

    @s.step
    def _(s{argument}):
        return {result}

    @staticmethod
    def fires(s):
        return s > 100.0

def network():
    net = hs.Network(dt=1.0)
    net.add(Cell(), 2, "a")
    net.add(Cell(), 3, "b")
    return net

def story(sim):
    sim.run(3)
    sim.run(4)
    sim.look()

WITNESSES = [("a", "neuron", "s"), ("b", "neuron", "s")]
"""


def test_a_wrong_engine_is_found_and_its_case_made_small(monkeypatch: pytest.MonkeyPatch) -> None:
    right = WRONG.format(argument="", result="0.5 * s")
    assert run(right, only="reference").kind == "same"
    monkeypatch.setattr("hebbstat.reference.cells.Cells.integrate", lambda self: None)
    found = run(right)
    assert (found.kind, found.where) == ("differs", "reference")
    small = shrink(right, 0, found)
    assert small.count("net.add") == 1 and small.count("sim.") == 2 and len(small) < len(right)


def test_equal_draws_are_found() -> None:
    assert run(WRONG.format(argument="", result="0.5 * s"), only="draws").where == "draws"
    assert run(WRONG.format(argument=", uniform", result="uniform"), only="draws").kind == "same"


def test_what_cannot_run_is_no_difference() -> None:
    text = WRONG.format(argument="", result="print(s)")
    assert run(text).kind in ("refused", "asked")
    assert run("import hebbstat as hs\nnetwork = story = None\n").kind == "unclear"
