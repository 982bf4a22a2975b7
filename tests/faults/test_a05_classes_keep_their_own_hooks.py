"""A5: a class has the hooks of its own body and bases, whatever was defined before under the same name."""

from __future__ import annotations

import abc
from typing import Any

import pytest

import hebbstat as hs
from hebbstat.contract.errors import ContractError

V = hs.PerNeuron.state()


def neuron(kind: int) -> Any:
    """A notebook cell that is run again: the class has the same name, the state stands in another cell."""

    class Cell(hs.Neuron):
        v = V

        if kind == 0:

            @V.step
            def _(v, input):
                return v + input

            @V.on_spike
            def _(v):
                return 0.0

        else:

            @V.step
            def _(v):
                return v + 1.0

        @staticmethod
        def fires(v):
            return v > 1.0

    return Cell


def events(kind: Any) -> list[tuple[str, tuple[str, ...]]]:
    return [(hook.event, hook.reads) for hook in kind.hooks]


def test_a5_a_class_that_is_defined_again_forgets_the_old_hooks() -> None:
    first, second = neuron(0), neuron(1)
    assert events(first) == [("fires", ("v",)), ("step", ("v", "input")), ("on_spike", ("v",))]
    assert events(second) == [("fires", ("v",)), ("step", ("v",))]
    assert first.v is not second.v and V.name == ""


class Base(hs.Plasticity):
    h = hs.PerSynapse.state()


def derived_rule(kind: int) -> Any:
    class Rule(Base):
        if kind == 0:

            @Base.h.on_pre
            def _(h):
                return h + 1.0

            @Base.h.advance
            def _(h, elapsed):
                return h * 0.5

        if kind == 1:

            @Base.h.on_post
            def _(h):
                return h - 1.0

    return Rule


def test_a5_classes_that_write_a_state_of_their_base_stay_apart() -> None:
    rules = [derived_rule(kind) for kind in range(3)]
    assert [events(rule) for rule in rules] == [[("on_pre", ("h",))], [("on_post", ("h",))], []]
    assert [rule.states["h"].advancer is not None for rule in rules] == [True, False, False]
    assert events(Base) == [] and Base.h.advancer is None
    for rule in rules[:2]:
        assert rule.hooks[0].writes == (rule.states["h"],) == (rule.h,)


def test_a5_a_state_that_a_subclass_declares_anew_is_the_one_that_is_written() -> None:
    class Anew(derived_rule(0)):  # type: ignore[misc]
        h = hs.PerSynapse.state(2.0)

    assert Anew.hooks[0].writes == (Anew.h,) and Anew.h.init == 2.0


def test_a5_lagged_copies_follow_the_state_of_their_class() -> None:
    class Late(hs.Neuron):
        by: hs.units.Ms = 1.0
        w = V
        old = hs.PerNeuron.lagged(V, "by")

    assert Late.states["old"].origin.source == "w"


def test_a5_what_would_be_lost_is_refused() -> None:
    with pytest.raises(ContractError, match="x and y are one state; declare each"):

        class Two(hs.Neuron):
            x = y = hs.PerNeuron.state()

    with pytest.raises(ContractError, match="Twice defines 'f' twice"):

        class Twice(hs.Neuron):
            x = hs.PerNeuron.state()

            @x.step
            def f(x):
                return x

            @x.on_spike
            def f(x):  # noqa: F811
                return 0.0

    with pytest.raises(ContractError, match="writes a state that is not of Foreign"):

        class Foreign(hs.Neuron):
            @V.step
            def f(v):
                return v


def test_a5_a_mechanism_may_be_abstract() -> None:
    class Abstract(hs.Plasticity, abc.ABC):
        pass

    assert Abstract().hooks == ()
