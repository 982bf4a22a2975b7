"""Over what a parameter may vary: docs/semantics.md section 3, "Scopes"."""

from __future__ import annotations

from homeostat.errors import ContractError
from homeostat.hooks import Derived
from homeostat.rule import Mechanism, Neuron, NetworkRule, Plasticity, PopulationRule, Receptor, Release
from homeostat.state import Scope, PerPost, PerPre, PerSynapse, State

HOME: tuple[tuple[type[Mechanism], str], ...] = (
    (Neuron, "PerNeuron"),
    (PopulationRule, "PerNeuron"),
    (Receptor, "PerPost"),
    (NetworkRule, "Global"),
)


def field_scope(mechanism: Mechanism, name: str) -> str:
    """The scope's name over which the field or derived value `name` of a mechanism may vary."""
    for kind, scope in HOME:
        if isinstance(mechanism, kind):
            return scope
    assert isinstance(mechanism, Plasticity | Release)
    needed = {scope.name for scope in (PerPre, PerPost) if name in _needed_by(type(mechanism), scope)}
    if any(state.scope.name == "PerBranch" for state in mechanism.states.values()) and name in _branch_needs(type(mechanism)):
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


def _reads_of_states(cls: type[Mechanism], scope_name: str) -> set[str]:
    reads: set[str] = set()
    for hook in cls.hooks:
        if hook.writes and owner_scope(hook.writes).name == scope_name:
            reads |= set(hook.all_reads)
    for state in cls.states.values():
        if state.scope.name != scope_name:
            continue
        if state.trace:
            reads |= {state.trace.tau, *(v for v in (state.trace.add, state.trace.set) if isinstance(v, str))}
        if state.advancer:
            reads |= set(state.advancer.all_reads)
        if isinstance(state.init, str):
            reads.add(state.init)
    return reads


def _closure(cls: type[Mechanism], reads: set[str]) -> set[str]:
    found, todo = set(reads), list(reads)
    while todo:
        value = cls.derived.get(todo.pop())
        if isinstance(value, Derived):
            new = set(value.all_reads) - found
            found |= new
            todo += new
    return found


def _needed_by(cls: type[Mechanism], scope: Scope) -> set[str]:
    return _closure(cls, _reads_of_states(cls, scope.name))


def _branch_needs(cls: type[Mechanism]) -> set[str]:
    return _closure(cls, _reads_of_states(cls, "PerBranch"))
