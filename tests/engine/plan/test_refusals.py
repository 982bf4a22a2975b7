"""What the engine refuses: each entry of the list can be met, says what to do, and what people build is not refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from helpers.compositions import compose

import hebbstat as hs
from hebbstat.contract.state import Scope
from hebbstat.engine.codegen.module import write_module
from hebbstat.engine.plan.model import build
from hebbstat.engine.plan.projection import plans_of
from hebbstat.engine.plan.unsupported import REFUSALS
from hebbstat.network import instantiate


def rule(**body: Any) -> hs.Plasticity:
    """A rule made of a few states and hooks."""
    return type("Odd", (hs.Plasticity,), body)()


def ticking(**body: Any) -> hs.Plasticity:
    return rule(__annotations__={"period": hs.units.Ms}, period=1.0, on_tick=staticmethod(lambda w: -w), **body)


def moved(scope: Scope, event: str) -> dict[str, Any]:
    """A state that an event moves."""
    state = scope.state()
    return {"c": state, "move": getattr(state, event)(lambda c: c + 1.0)}


def hook(**functions: Any) -> dict[str, Any]:
    return {name: staticmethod(function) for name, function in functions.items()}


MEETS: dict[str, Any] = {
    "branch": lambda: rule(**moved(hs.PerBranch, "on_post")),
}


def network(mechanism: Any, branches: int | None = None) -> hs.Network:
    net = hs.Network(dt=1.0, seed=1)
    positions = np.arange(3.0)[:, None]
    rules = [mechanism] if isinstance(mechanism, hs.PopulationRule) else []
    net.add(hs.LIF(), 3, "a")
    net.add(hs.LIF(i_ext=hs.TimedArray([0.0, 1.0], every=1.0)), 3, "b", rules=rules, positions=positions)
    on = [] if rules else [mechanism]
    release = hs.TsodyksMarkram() if getattr(mechanism, "acts_on", "").startswith("release.") else None
    net.connect("a", "b", hs.AllToAll(), receptor=hs.AMPA(), release=release, rules=on, branches=branches)
    return net


def test_every_refusal_has_its_network() -> None:
    assert set(MEETS) == set(REFUSALS)


@pytest.mark.parametrize("key", REFUSALS)
def test_a_refusal_names_rule_and_place_and_says_what_would_do(key: str) -> None:
    mechanism = MEETS[key]()
    net = network(mechanism, branches=2 if key == "branch" else None)
    with pytest.raises(hs.NotSupportedError) as caught:
        hs.Simulation(net, quiet=True)
    where = "b" if isinstance(mechanism, hs.PopulationRule) else "a -> b"
    text = str(caught.value)
    assert text.startswith(f"{type(mechanism).__name__} on '{where}'")
    assert REFUSALS[key] in text
    assert "ReferenceSimulation" in text
    hs.ReferenceSimulation(net).run(steps=3)  # as it says


def test_few_compositions_are_refused() -> None:
    refused = []
    for seed in range(100):
        try:
            model = build(instantiate(compose(seed)))
            write_module(model, plans_of(model), "float32")
        except hs.NotSupportedError as error:
            assert any(text in str(error) for text in REFUSALS.values()), error
            refused.append(seed)
    assert len(refused) <= 0.02 * 100, refused
