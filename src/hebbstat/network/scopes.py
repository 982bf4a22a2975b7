"""Over what a parameter may vary, and what a hook may read: docs/semantics.md section 3, "Scopes"."""

from __future__ import annotations

from collections.abc import Iterator

from hebbstat.contract.errors import ContractError
from hebbstat.contract.hooks import WEIGHT_CHANGES, Derived, Hook
from hebbstat.contract.mechanism import Mechanism, NetworkRule, Neuron, Plasticity, PopulationRule, Receptor, Release
from hebbstat.contract.state import PerPost, PerPre, PerSynapse, Scope, State

HOME: tuple[tuple[type[Mechanism], str], ...] = (
    (Neuron, "PerNeuron"),
    (PopulationRule, "PerNeuron"),
    (Receptor, "PerPost"),
    (NetworkRule, "Global"),
)
WHOLE = ("Global", "PerPopulation")
SHARED: dict[str, tuple[str, ...]] = {
    "PerSynapse": ("PerSynapse", "PerPre", "PerPost", "PerBranch", *WHOLE),
    "PerBranch": ("PerBranch", "PerPost", *WHOLE),
    "PerPre": ("PerPre", *WHOLE),
    "PerPost": ("PerPost", *WHOLE),
    "PerNeuron": ("PerNeuron", *WHOLE),
    "PerPopulation": WHOLE,
    "Global": WHOLE,
}
"""The states that every owner of a scope shares: all that a hook of that scope may read."""
SIDES = {"pre_": ("PerSynapse", "PerPre"), "post_": ("PerSynapse", "PerBranch", "PerPost"), "neuron_": ("PerNeuron",)}
NO_EVENT = {(scope, event) for scope in WHOLE for event in ("on_pre", "on_post", "on_spike")} | {("PerPre", "on_post")}
TICK_ONLY = ("every", "dies", "attempts", "newborn")
"""Hooks that may read reductions."""


def field_scope(mechanism: Mechanism, name: str) -> str:
    """The scope's name over which the field or derived value `name` of a mechanism may vary."""
    if name in _needed_by(mechanism, *WHOLE) or name == "period":
        return "Global"
    for kind, scope in HOME:
        if isinstance(mechanism, kind):
            return scope
    assert isinstance(mechanism, Plasticity | Release)
    needed = {scope.name for scope in (PerPre, PerPost) if name in _needed_by(mechanism, scope.name)}
    if name in _needed_by(mechanism, "PerBranch"):
        needed.add("Global")
    if len(needed) > 1:
        return "Global"
    return needed.pop() if needed else PerSynapse.name


def aim_scope(aim: str) -> str:
    """The scope of what a rule of a projection changes: a synapse's own, or its postsynaptic neuron's."""
    return "PerPost" if aim.startswith(("receptor.", "post.")) else "PerSynapse"


def owner_scope(states: tuple[State, ...]) -> Scope:
    """The scope of a hook that writes `states`; they must agree."""
    scopes = {state.scope for state in states}
    if len(scopes) != 1:
        raise ContractError(f"one hook cannot write states of different scopes: {', '.join(map(repr, states))}")
    return scopes.pop()


def hook_scopes(mechanism: Mechanism, hook: Hook) -> set[str]:
    """Whose owners a hook runs for: the names of the scopes of what it writes."""
    if hook.writes:
        return {owner_scope(hook.writes).name}
    if hook.event == "transmit":
        return {state.scope.name for state in mechanism.states.values()} or {"PerSynapse"}
    if hook.event == "attempts":
        return {"Global"}
    for kind, scope in HOME:
        if isinstance(mechanism, kind):
            return {scope}
    assert isinstance(mechanism, Plasticity)
    return {aim_scope(mechanism.aim)} if hook.event in (*WEIGHT_CHANGES, "limit") else {"PerSynapse"}


def check_reads(mechanism: Mechanism) -> None:
    """A hook may read only what every owner of what it writes shares; reductions only where they are evaluated."""
    for hook in mechanism.hooks:
        if hook.event == "transmit":
            continue  # its states and its amount have different owners
        (scope,) = hook_scopes(mechanism, hook)
        what = f"{type(mechanism).__name__}.{hook.event}, which is {scope},"
        if hook.writes and (scope, hook.event) in NO_EVENT:
            raise ContractError(
                f"{what} can never run: what is {scope} has no such event; it may have `step` and `every`"
            )
        for name in hook.all_reads:
            state = mechanism.states.get(name)
            if state is not None and state.scope.name not in SHARED[scope]:
                raise ContractError(f"{what} cannot read {state!r}; it may read what is {', '.join(SHARED[scope])}")
            if state is not None and state.reduction and hook.event not in TICK_ONLY:
                raise ContractError(
                    f"{what} cannot read the reduction {name}, which is evaluated at ticks only: read it in `every`"
                )
            if state is None and not _offered(mechanism, name, scope, hook):
                raise ContractError(f"{what} cannot read '{name}', which not every owner shares")


def _offered(mechanism: Mechanism, name: str, scope: str, hook: Hook) -> bool:
    if name in mechanism.fields or name in mechanism.derived:
        return True
    for side, scopes in SIDES.items():
        if name.startswith(side):
            return scope in scopes or (side == "post_" and isinstance(mechanism, Receptor))
    if name == "w":
        return scope == "PerSynapse" and hook.event != "weight"
    if name == "elapsed":
        return hook.event == "on_pre" and scope in ("PerSynapse", "PerPre") and not hook.after
    return True


def _reads(mechanism: Mechanism, scopes: tuple[str, ...]) -> Iterator[str]:
    """What the hooks and states of these scopes name."""
    for hook in mechanism.hooks:
        if not hook_scopes(mechanism, hook).isdisjoint(scopes):
            yield from hook.all_reads
            if hook.after:
                yield hook.after
    for state in mechanism.states.values():
        if state.inflow and "Global" in scopes:
            yield state.inflow.reach
        if state.scope.name in scopes:
            if state.trace:
                yield from (state.trace.tau, *(v for v in (state.trace.add, state.trace.set) if isinstance(v, str)))
            if state.advancer:
                yield from state.advancer.all_reads
            if state.lagged:
                yield state.lagged.by
            if isinstance(state.init, str):
                yield state.init


def _needed_by(mechanism: Mechanism, *scopes: str) -> set[str]:
    found = set(_reads(mechanism, scopes))
    todo = list(found)
    while todo:
        value = mechanism.derived.get(todo.pop())
        if isinstance(value, Derived):
            new = set(value.all_reads) - found
            found |= new
            todo += new
    return found


__all__ = ["PerPost", "PerPre", "aim_scope", "check_reads", "field_scope", "hook_scopes", "owner_scope"]
