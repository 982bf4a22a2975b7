"""The table of the contract: docs/semantics.md shows it, classes are held against it, engine and reference ask it."""

from pathlib import Path

import pytest

import hebbstat as hs
from hebbstat.contract.errors import ContractError
from hebbstat.contract.events import ANY, EVENTS, NAMES, Event, Kind, Owners
from hebbstat.contract.mechanism import Mechanism
from hebbstat.contract.state import PerNeuron, PerPost, PerSynapse, Scope

SEMANTICS = Path(__file__).parents[2] / "docs" / "semantics.md"
BASES = (hs.Neuron, hs.Receptor, hs.Release, hs.Plasticity, hs.PopulationRule, hs.NetworkRule)


def rows(kind: Kind, name: str, event: Event) -> list[str]:
    found = []
    ticks = " (a tick)" if event.ticks else ""
    if event.states:
        whom = ", ".join(scope.name for scope in event.states)
        found.append(f"| {kind.name} | `@state.{name}` | the new value(s) | {whom} | {event.section}{ticks} |")
    if event.returns is not None:
        over = event.over.name if isinstance(event.over, Scope) else event.over.value
        needs = f"; needs a field `{event.needs.partition(':')[0]}`" if event.needs and not event.ticks else ""
        returned = (event.says or event.returns.value) + needs
        found.append(f"| {kind.name} | `{name}` | {returned} | {over} | {event.section}{ticks} |")
    return found


def hooks_table() -> str:
    head = ["| kind | hook | returns | once for each | when: section |", "|---|---|---|---|---|"]
    body = [row for kind, events in EVENTS.items() for name, event in events.items() for row in rows(kind, name, event)]
    return "\n".join(head + body)


def names_table() -> str:
    kinds = [base.kind for base in BASES]
    lines = ["| name | of which kinds | where | meaning |", "|---|---|---|---|"]
    for name, what in NAMES.items():
        offering = [kind.name for kind in kinds if name in kind.offers]
        of = "all" if len(offering) == len(kinds) else ", ".join(offering)
        where = [", ".join(f"`{event}`" for event in what.events), ", ".join(scope.name for scope in what.scopes)]
        lines.append(f"| `{name}` | {of} | {'; '.join(filter(None, where)) or 'all hooks'} | {what.meaning} |")
    for side in ("pre", "post", "neuron"):
        of = ", ".join(kind.name for kind in kinds if side in kind.sides)
        scopes = {scope: None for kind in kinds for scope in kind.scopes if side in scope.sides}
        what = f"the state, field or derived value `X` of the neuron called `{side}`"
        lines.append(f"| `{side}_X` | {of} | {', '.join(scope.name for scope in scopes)} | {what} |")
    for part in ("receptor",):
        of = ", ".join(kind.name for kind in kinds if part in kind.parts)
        scopes = {scope: None for kind in kinds if part in kind.parts for scope in kind.scopes if "post" in scope.sides}
        what = f'what `X` is of the projection\'s {part}, at the postsynaptic neuron: "Receptors" below'
        lines.append(f"| `{part}_X` | {of} | {', '.join(scope.name for scope in scopes)} | {what} |")
    return "\n".join(lines)


@pytest.mark.parametrize("table", [hooks_table, names_table])
def test_the_semantics_show_the_table(table):
    assert table() in SEMANTICS.read_text(encoding="utf-8"), f"docs/semantics.md, section 3, must show:\n{table()}"


@pytest.mark.parametrize("base", BASES)
def test_each_kind_says_what_its_hooks_may_be(base: type[Mechanism]):
    """Whatever the table has, a class may define; whatever it has not, no class may."""
    kind = base.kind
    assert kind is not ANY and kind.events is EVENTS[kind]
    for name, event in kind.events.items():
        needed = {"period": 1.0, "reversal": 0.0}
        fields = {"__annotations__": dict.fromkeys(needed, hs.units.Number), **needed}
        body = {name: staticmethod(lambda dt: dt)} if event.returns else {}
        made = type("Made", (base,), {**fields, **body})
        assert bool(made.hooks) == bool(event.returns)
        for scope in event.states:
            state = scope.state()
            type("Made", (base,), {**fields, "h": state, "hook": getattr(state, name)(lambda h: h)})
    other = next(name for events in EVENTS.values() for name, one in events.items()
                 if one.returns and (name not in kind.events or not kind.events[name].returns))  # fmt: skip
    with pytest.raises(ContractError, match=f"defines '{other}'; a {base.__name__} may define"):
        type("Made", (base,), {other: staticmethod(lambda dt: dt)})


def test_scopes_say_what_their_owners_share():
    for scope in (PerSynapse, PerPost, PerNeuron):
        assert scope in scope.visible
        assert all(set(parent.visible) <= set(scope.visible) for parent in scope.parents)
        assert all(parent.rank < scope.rank and set(parent.sides) <= set(scope.sides) for parent in scope.parents)


def test_owners_that_depend_on_the_mechanism_are_those_of_its_target_or_states():
    over = {event.over for events in EVENTS.values() for event in events.values()}
    assert {one for one in over if isinstance(one, Owners)} == {*Owners}


def test_hooks_at_ticks_need_a_clock():
    with pytest.raises(ContractError, match="has a hook `prune`, so it needs a field `period: Ms`"):
        type("Wrong", (hs.Plasticity,), {"prune": staticmethod(lambda w: w < 0.0)})
    with pytest.raises(ContractError, match="has a hook `conductance`, so it needs a field `reversal: MilliVolt`"):
        type("Wrong", (hs.Receptor,), {"conductance": staticmethod(lambda post_v: post_v)})
