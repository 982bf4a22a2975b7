"""All that the semantics allow and this engine does not do yet: the one list. The reference runs every one of them."""

from __future__ import annotations

from collections.abc import Iterator

from homeostat.errors import NotSupported
from homeostat.hooks import Hook
from homeostat.network.network import Network, Population, Projection
from homeostat.network.realise import places, targets
from homeostat.network.scopes import field_scope
from homeostat.rule import Bound, Mechanism, NetworkRule, Neuron, Plasticity, PopulationRule, Receptor, Release
from homeostat.signals import Signal, Timed
from homeostat.state import State

REFUSALS = {
    "branch": "states per dendritic branch",
    "shared": "states that a whole population or projection shares (rules of the network may have them)",
    "lagged": "lagged copies of a state",
    "after": "events delayed further with after=",
    "rewiring": "births and deaths of synapses",
    "quantile": "quantiles as reductions",
    "over": "reductions over all projections of a neuron",
    "reduced": "reductions of anything but w over a postsynaptic neuron's synapses",
    "target": "rules that change anything but w, a release's parameters or (rules on cells) a neuron's parameter",
    "diffusion": "states that diffuse between cells",
    "crossing": "presynaptic events that write a state of the postsynaptic neuron",
    "together": "events in one step where what one does to the synapse is read by the other's hooks",
    "derived": "weights derived from what moves between events",
    "moving": "rules that read a moving value of the presynaptic neuron, except pre_rate of rate neurons",
    "signal": "rules that read a neuron's parameter that is a signal, or is derived from one that moves",
    "decay": "states of synapses and rules that decay or advance with a parameter that moves: a signal or a target",
    "columns": "plans with a value for each synapse (one for all, or one for each neuron, it does)",
    "sensor": "sensors outside the rules of the network",
}
"""Key -> what is refused, in words."""

Target = tuple[str, str, str]  # owner, place, parameter
SCOPES: dict[type[Mechanism], tuple[str, ...]] = {
    Neuron: ("PerNeuron",),
    Receptor: ("PerPost",),
    Release: ("PerSynapse", "PerPre"),
    Plasticity: ("PerSynapse", "PerPre", "PerPost"),
    PopulationRule: ("PerNeuron",),
    NetworkRule: ("Global",),
}
"""What states may belong to, by the kind of their mechanism."""


def refuse(key: str, where: str) -> NotSupported:
    """The error for one refusal."""
    return NotSupported(
        f"{where}: the compiled engine does not yet do {REFUSALS[key]}; homeostat.ReferenceSimulation(net) does"
    )


def check(net: Network) -> None:
    """Raise the first refusal that a network meets."""
    aims = set(targets(net))
    for name, place, mechanism, on in places(net):
        moving = {field for owner, of, field in aims if (owner, of) == (name, place)}
        for key in (*_of_mechanism(mechanism, moving), *_of_surroundings(mechanism, on, aims)):
            raise refuse(key, f"{type(mechanism).__name__} on '{name}'")
    for projection in net.projections.values():
        for key, owner in _of_projection(projection):
            raise refuse(key, f"{type(owner).__name__} on '{projection.name}'")


def _of_mechanism(mechanism: Mechanism, moving: set[str]) -> Iterator[str]:
    scopes = next(scopes for kind, scopes in SCOPES.items() if isinstance(mechanism, kind))
    for state in mechanism.states.values():
        yield from _of_state(state, scopes)
        if state.sensor and not isinstance(mechanism, NetworkRule):
            yield "sensor"
        if isinstance(mechanism, Plasticity | Release | PopulationRule) and _moves_by(mechanism, state, moving):
            yield "decay"
    for name, value in mechanism.values.items():
        by_synapse = isinstance(mechanism, Plasticity | Release) and field_scope(mechanism, name) == "PerSynapse"
        if by_synapse and isinstance(value, Timed) and value.values.ndim == 2:
            yield "columns"
    for hook in mechanism.hooks:
        if hook.after:
            yield "after"
        if hook.event in ("dies", "attempts", "newborn"):
            yield "rewiring"
        if hook.event == "on_pre" and hook.writes and hook.writes[0].scope.name == "PerPost":
            yield "crossing"


def _moves_by(mechanism: Mechanism, state: State, moving: set[str]) -> bool:
    """Whether what a state decays or advances by changes in time."""
    reads = {state.trace.tau} if state.trace else set(state.advancer.all_reads if state.advancer else ())
    todo = list(reads)
    while todo:
        for read in mechanism.derived[name].all_reads if (name := todo.pop()) in mechanism.derived else ():
            todo += [] if read in reads else [read]
            reads.add(read)
    return any(read in moving or isinstance(mechanism.values.get(read), Signal) for read in reads)


def _of_surroundings(mechanism: Mechanism, on: Projection | Population | None, aims: set[Target]) -> Iterator[str]:
    """What a mechanism reads of neurons: parameters that stand still on all sides, and states of its own side."""
    if on is None or isinstance(mechanism, Neuron | Receptor):
        return
    sides = {"pre": on.source, "post": on.target} if isinstance(on, Projection) else {"neuron": on}
    for name in dict.fromkeys(name for hook in mechanism.hooks for name in hook.all_reads):
        side, _, read = name.partition("_")
        if side not in sides or (read == "rate" and not sides[side].spiking):
            continue
        neuron = sides[side].neuron
        fields = neuron.derived[read].all_reads if read in neuron.derived else (read,)
        signal = any(isinstance(neuron.values.get(one), Signal) for one in fields)
        changed = any((sides[side].name, "neuron", one) in aims for one in fields)
        if side == "pre" and (signal or changed or read in neuron.states):
            yield "moving"
        if signal or (changed and read in neuron.derived):
            yield "signal"


def _of_state(state: State, scopes: tuple[str, ...]) -> Iterator[str]:
    if state.inflow:
        yield "diffusion"
    if state.lagged:
        yield "lagged"
    if state.scope.name == "PerBranch":
        yield "branch"
    if state.reduction:
        if state.reduction.how == "quantile":
            yield "quantile"
        if state.reduction.over != "projection":
            yield "over"
        if state.reduction.of != "w" or state.scope.name != "PerPost" or "PerPost" not in scopes:
            yield "reduced"
    if state.scope.name not in scopes:
        yield "shared"


def _of_projection(projection: Projection) -> Iterator[tuple[str, Mechanism]]:
    bounds = [bound for rule in projection.rules for bound in rule.bound()]
    for bound in bounds:
        if bound.adds and bound.adds[0] is None and not (bound.adds[1] == "w" or bound.adds[1].startswith("release.")):
            yield "target", bound.owner
        if bound.hook.event == "weight" and _moves(bound):
            yield "derived", bound.owner
    on_post = [bound for bound in bounds if bound.hook.event == "on_post" and bound.adds]
    before = {id(state) for bound in bounds for state in _written_at_synapse(bound, "on_pre")}
    for bound in on_post:
        states = bound.owner.states
        if any(name in states and id(states[name]) in before for name in _reads(bound)):
            yield "together", bound.owner
    if any(bound.adds == (None, "w") for bound in on_post):
        for bound in bounds:
            if _written_at_synapse(bound, "on_pre") and not bound.adds and "w" in bound.hook.all_reads:
                yield "together", bound.owner


def _reads(bound: Bound) -> list[str]:
    return [*bound.hook.all_reads, *(name for gate in bound.gates for name in gate.reads)]


def _written_at_synapse(bound: Bound, event: str) -> list[State]:
    """States of the synapse that a hook writes or, redirected, adds to."""
    hook: Hook = bound.hook
    if hook.event != event:
        return []
    if bound.adds and bound.adds[0] is not None:
        return [bound.adds[0].states[bound.adds[1]]]
    return [state for state in hook.writes if state.scope.name == "PerSynapse"]


def _moves(bound: Bound) -> bool:
    """Whether what a hook reads changes by itself."""
    mechanism = bound.owner
    for name in bound.hook.all_reads:
        state = mechanism.states.get(name)
        if state is not None and (state.trace or state.advancer or state.scope.name != "PerSynapse"):
            return True
        reads = mechanism.derived[name].all_reads if name in mechanism.derived else (name,)
        if any(isinstance(mechanism.values.get(read), Signal) for read in reads):
            return True
        if name not in (*mechanism.states, *mechanism.fields, *mechanism.derived, "dt"):
            return True
    return False
