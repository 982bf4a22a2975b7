"""Over what a parameter may vary, and what a hook may read: docs/semantics.md section 3, "Scopes"."""

from __future__ import annotations

from collections.abc import Iterator

from hebbstat.contract.errors import ContractError
from hebbstat.contract.events import NAMES, Owners
from hebbstat.contract.hooks import Derived, Hook
from hebbstat.contract.mechanism import Mechanism, Neuron, Plasticity
from hebbstat.contract.state import (
    WHOLE,
    Global,
    Inflow,
    Lagged,
    PerBranch,
    PerNeuron,
    PerPost,
    PerPre,
    PerSynapse,
    Reduction,
    Scope,
    State,
    Trace,
)


def field_scope(mechanism: Mechanism, name: str) -> Scope:
    """The scope over which the field or derived value `name` of a mechanism may vary."""
    if name in _needed_by(mechanism, *WHOLE) or name == "period":
        return Global
    if mechanism.kind.home is not None:
        return mechanism.kind.home
    needed = {scope for scope in (PerPre, PerPost) if name in _needed_by(mechanism, scope)}
    if len(needed) > 1 or name in _needed_by(mechanism, PerBranch):
        return Global
    return needed.pop() if needed else PerSynapse


def quantity_scope(acts_on: str) -> Scope:
    """The scope of what a rule of a projection changes: a synapse's own, or its postsynaptic neuron's."""
    return PerPost if acts_on.startswith(("receptor.", "post.")) else PerSynapse


def owner_scope(states: tuple[State, ...]) -> Scope:
    """The scope of a hook that writes `states`; they must agree."""
    scopes = {state.scope for state in states}
    if len(scopes) != 1:
        raise ContractError(f"one hook cannot write states of different scopes: {', '.join(map(repr, states))}")
    return scopes.pop()


def hook_scopes(mechanism: Mechanism, hook: Hook) -> set[Scope]:
    """Whose owners a hook runs for: the scopes of what it writes, else as the table of the contract says."""
    if hook.writes:
        return {owner_scope(hook.writes)}
    match mechanism.kind.events[hook.event].over:
        case Owners.STATES:
            return {state.scope for state in mechanism.states.values()} or {PerSynapse}
        case Owners.QUANTITY:
            assert isinstance(mechanism, Plasticity)
            return {quantity_scope(mechanism.acts_on)}
        case Scope() as scope:
            return {scope}
    raise AssertionError(f"'{hook.event}' is no static method of a {mechanism.kind.name}")


def is_slow(mechanism: Mechanism, state: State) -> bool:
    """Whether frozen time stops a state: it is declared slow, or a rule keeps it at a synapse, beside the weight."""
    return state.slow or (isinstance(mechanism, Plasticity) and state.scope is PerSynapse)


def check_reads(mechanism: Mechanism) -> None:
    """A hook may read only what every owner of what it writes shares; reductions only where they are evaluated."""
    for hook in mechanism.hooks:
        event = mechanism.kind.events[hook.event]
        if event.over is Owners.STATES:
            continue  # its states and its amount have different owners
        (scope,) = hook_scopes(mechanism, hook)
        what = f"{type(mechanism).__name__}.{hook.event}, which is {scope},"
        if hook.writes and scope not in event.states:
            raise ContractError(
                f"{what} can never run: what is {scope} has no such event; it may have "
                + " and ".join(f"`{name}`" for name, other in mechanism.kind.events.items() if scope in other.states)
            )
        for name in hook.all_reads:
            state = mechanism.states.get(name)
            if state is not None and state.scope not in scope.visible:
                visible = ", ".join(map(repr, scope.visible))
                raise ContractError(f"{what} cannot read {state!r}; it may read what is {visible}")
            if state is not None and isinstance(state.origin, Reduction) and not event.ticks:
                raise ContractError(
                    f"{what} cannot read the reduction {name}, which is evaluated at ticks only: read it in `on_tick`"
                )
            early = isinstance(mechanism, Neuron) and hook.event != "step"
            if state is not None and isinstance(state.origin, Inflow) and early:
                raise ContractError(f"{what} cannot read the inflow {name}: a neuron reads it in `step`")
            if state is None and not _offered(mechanism, name, scope, hook):
                raise ContractError(f"{what} cannot read '{name}', which not every owner shares")


def _offered(mechanism: Mechanism, name: str, scope: Scope, hook: Hook) -> bool:
    """Whether every owner of a scope has what a hook asks for; true of what is not there at all: a default stands."""
    if name in mechanism.fields or name in mechanism.derived:
        return True
    side = name.partition("_")[0]
    if side in mechanism.kind.sides:
        return side in scope.sides
    if side in mechanism.kind.parts:
        return "post" in scope.sides
    if name not in mechanism.kind.offers:
        return True
    if name == "value" and _whose_value(mechanism) not in scope.visible:
        return False
    is_there = not NAMES[name].events or (hook.event in NAMES[name].events and not hook.after)
    shared = not NAMES[name].scopes or scope in NAMES[name].scopes
    return is_there and shared and name not in mechanism.kind.events[hook.event].hides


def _whose_value(mechanism: Mechanism) -> Scope:
    """Whose what a rule acts on is."""
    return quantity_scope(mechanism.acts_on) if isinstance(mechanism, Plasticity) else PerNeuron


def _reads(mechanism: Mechanism, scopes: tuple[Scope, ...]) -> Iterator[str]:
    """What the hooks and states of these scopes name."""
    for hook in mechanism.hooks:
        if not hook_scopes(mechanism, hook).isdisjoint(scopes):
            yield from hook.all_reads
            if hook.after:
                yield hook.after
    for state in mechanism.states.values():
        match state.origin:
            case Inflow(reach=reach) if Global in scopes:
                yield reach
            case Trace(tau, add, set_to) if state.scope in scopes:
                yield from (tau, *(value for value in (add, set_to) if isinstance(value, str)))
            case Lagged(by=by) if state.scope in scopes:
                yield by
        if state.scope in scopes:
            if state.advancer:
                yield from state.advancer.all_reads
            if isinstance(state.init, str):
                yield state.init


def _needed_by(mechanism: Mechanism, *scopes: Scope) -> set[str]:
    found = set(_reads(mechanism, scopes))
    todo = list(found)
    while todo:
        value = mechanism.derived.get(todo.pop())
        if isinstance(value, Derived):
            new = set(value.all_reads) - found
            found |= new
            todo += new
    return found
