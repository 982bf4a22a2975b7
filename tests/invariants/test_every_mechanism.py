"""Every public mechanism has an example, and every example is held to the invariants by seeds of `make test`."""

from __future__ import annotations

import typing
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from helpers.compositions import QUICK, Composition, compose
from helpers.examples import EXAMPLES, names
from strangers.faces import Engine, Face

import hebbstat as hs
from hebbstat.cli.listing import mechanisms
from hebbstat.contract.combinators import Gated
from hebbstat.contract.mechanism import Mechanism
from hebbstat.network import lookup
from hebbstat.network.serialise import describe
from hebbstat.network.wiring import Connector, Kernel

KINDS = (Mechanism, Connector, Kernel)


def made_by(public: Any) -> type | None:
    """The class of what a public name makes, if that is a mechanism, a connector or a kernel."""
    made = public if isinstance(public, type) else typing.get_type_hints(public).get("return")
    return made if isinstance(made, type) and issubclass(made, KINDS) else None


def is_base(public: Any) -> bool:
    return public is Connector or (isinstance(public, type) and public.__module__.startswith("hebbstat.contract."))


def public_mechanisms() -> set[str]:
    """Public names that make a mechanism or a wiring; those that are only built on are left out."""
    everywhere = {name: getattr(hs.network, name) for name in hs.network.__all__}
    everywhere |= {name: getattr(hs, name) for name in [*hs.__all__, *(name for _, name, _ in mechanisms())]}
    found = {name: public for name, public in everywhere.items() if callable(public) and not is_base(public)}
    return {name for name, public in found.items() if made_by(public)}


def without_example() -> set[str]:
    return public_mechanisms() - set(names())


def never_drawn() -> set[str]:
    return set(names()) - set().union(*(Composition(seed).drawn for seed in QUICK))


def test_every_public_mechanism_has_an_example() -> None:
    assert not without_example(), f"give these an example in tests/helpers/examples.py: {sorted(without_example())}"
    unknown = set(names()) - public_mechanisms()
    assert not unknown, f"examples of what is not public: {sorted(unknown)}"


def test_the_quick_seeds_draw_every_example() -> None:
    never = sorted(never_drawn())
    by_seed = {name: [seed for seed in range(400) if name in Composition(seed).drawn][:9] for name in never}
    assert not never, f"add a seed that draws it to QUICK in tests/helpers/compositions.py: {by_seed}"


def test_what_is_missing_or_never_drawn_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert {"LIF", "AMPA", "PairSTDP", "gated", "from_matrix", "GaussianKernel", "Oscillation"} <= public_mechanisms()
    assert not {"Neuron", "Wrapper", "Connector", "Network", "jointly", "instantiate"} & public_mechanisms()
    with monkeypatch.context() as patch:
        patch.delitem(EXAMPLES["cells"], "LIF")
        assert without_example() == {"LIF"}
    monkeypatch.setitem(EXAMPLES["connectors"], "NeverFits", lambda d: None)
    assert never_drawn() == {"NeverFits"}


HAD = {
    "LogNormal", "Normal", "Gamma", "Uniform", "Beta", "Linked", "Sine", "TimedArray", "FollowState", "ndarray",
    "a rule on w", "a rule on release", "a gate by mod", "a part of a population",
}  # fmt: skip
"""What networks may have besides mechanisms: kinds of values, and what is done with rules and populations."""


def had(net: hs.Network) -> Iterator[str]:
    """What of all this a network has."""
    parts = [mechanism for _, _, mechanism, _ in lookup.places(net)]
    values = [value for mechanism in parts for value in mechanism.values.values()]
    values += [value for p in net.projections.values() for value in (p.weight, p.delay)]
    yield from (type(value).__name__ for value in values)
    yield from (f"a rule on {part.acts_on.partition('.')[0]}" for part in parts if isinstance(part, hs.Plasticity))
    yield from (f"a gate by {name}" for part in parts if isinstance(part, Gated) for name in part.gate.reads)
    yield from ("a part of a population" for p in net.projections.values() if p.pre_part is not None)


def test_the_quick_seeds_have_all_that_a_network_may_have() -> None:
    assert HAD - {one for seed in QUICK for one in had(compose(seed))} == set()


@pytest.fixture(scope="module")
def before() -> list[tuple[Any, Any]]:
    """Compositions of the examples that there are."""
    return [describe(compose(seed)) for seed in range(40)]


@pytest.mark.parametrize("kind", EXAMPLES)
def test_a_new_example_changes_only_networks_that_draw_it(
    kind: str, before: list[tuple[Any, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(EXAMPLES[kind], "MadeUp", next(iter(EXAMPLES[kind].values())))
    drawing = 0
    for seed, (told, arrays) in enumerate(before):
        now = Composition(seed)
        if "MadeUp" in now.drawn:
            drawing += 1
        else:
            assert describe(now.net)[0] == told and describe(now.net)[1].keys() == arrays.keys()
    assert 0 < drawing < len(before)


def story(face: Face) -> Face:
    face.look()
    face.run(150)
    for _ in face.frozen(restore=True):
        face.run(40)
    face.run(150)
    face.look()
    return face


@pytest.mark.parametrize("seed", QUICK)
def test_threads_pieces_files_and_probes_change_no_bit(seed: int, plain: None) -> None:
    net = compose(seed)
    whole, other = story(Engine(net, probes=False)), story(Engine(net, threads=3, cut=seed + 1))
    assert other.spikes == whole.spikes != []
    (before, expected), (_, seen) = whole.looks, other.looks
    assert [at for at, values in expected.items() if not np.array_equal(values, seen[at])] == []
    places = {at[1] for at in expected if isinstance(at, tuple) and not np.array_equal(expected[at], before[at])}
    assert places > {"neuron"}, "nothing but cells has moved"
