"""All that the semantics allow and this engine does not do yet: the one list. The reference runs every one of them."""

from __future__ import annotations

from collections.abc import Iterator

from hebbstat.contract.errors import NotSupportedError
from hebbstat.contract.hooks import Hook
from hebbstat.contract.mechanism import (
    Bound,
    Mechanism,
    Neuron,
    Plasticity,
    PopulationRule,
    Receptor,
    Release,
)
from hebbstat.contract.signals import Moving
from hebbstat.contract.state import (
    PerBranch,
    PerNeuron,
    PerPost,
    PerSynapse,
    Reduction,
    State,
    Trace,
)
from hebbstat.network.lookup import On, Read, neurons, places, quantities, reads
from hebbstat.network.network import Network, Projection

REFUSALS = {
    "branch": "states per dendritic branch",
    "after": "events delayed further with after=",
    "rewiring": "births and deaths of synapses",
    "over": "quantiles over all projections of a neuron",
    "reduced": "reductions of what moves by itself, or over anything but a postsynaptic neuron's synapses",
    "quantity": "rules that change anything but w, a release's parameters or (rules on cells) a neuron's parameter",
    "crossing": "presynaptic events that write a state of the postsynaptic neuron",
    "together": "events in one step where what one does to the synapse is read by the other's hooks",
    "derived": "weights derived from what moves between events",
    "moving": "rules that read a moving value of the presynaptic neuron, except pre_rate of rate neurons",
    "signal": "rules that read a neuron's parameter that is a signal, or is derived from one that moves",
    "decay": "states of synapses and rules that decay or advance with what moves: a signal, or what a rule acts on",
    "value": "hooks of states that read the `value` of anything but w",
}
"""Key -> what is refused, in words."""

Target = tuple[str, str, str]  # owner, place, parameter
Place = tuple[str, str]  # owner, place


def refuse(key: str, where: str) -> NotSupportedError:
    """The error for one refusal."""
    return NotSupportedError(
        f"{where}: the compiled engine does not yet do {REFUSALS[key]}; hebbstat.ReferenceSimulation(net) does"
    )


def check(net: Network) -> None:
    """Raise the first refusal that a network meets."""
    aims = set(quantities(net))
    for name, place, mechanism, on in places(net):
        at = (name, place)
        for key in (*_of_mechanism(mechanism, on, aims, at), *_of_surroundings(mechanism, on, aims)):
            raise refuse(key, f"{type(mechanism).__name__} on '{name}'")
    for projection in net.projections.values():
        for key, owner in _of_projection(projection, aims):
            raise refuse(key, f"{type(owner).__name__} on '{projection.name}'")


def _of_mechanism(mechanism: Mechanism, on: On, aims: set[Target], at: Place) -> Iterator[str]:
    for state in mechanism.states.values():
        yield from _of_state(mechanism, state)
        event_driven = isinstance(mechanism, Plasticity | Release | PopulationRule)
        if event_driven and _moves_by(mechanism, state, on, aims, at):
            yield "decay"
    for hook in mechanism.hooks:
        if hook.after:
            yield "after"
        if hook.event in ("prune", "attempts", "initial_weight"):
            yield "rewiring"
        if hook.writes and isinstance(mechanism, Plasticity) and mechanism.acts_on != "w" and "value" in hook.all_reads:
            yield "value"
        if hook.event == "on_pre" and hook.writes and hook.writes[0].scope is PerPost:
            yield "crossing"


def _moves_by(mechanism: Mechanism, state: State, on: On, aims: set[Target], place: Place) -> bool:
    """Whether what a state decays or advances by changes in time."""
    names = [*state.advancer.all_reads] if state.advancer else []
    names += [state.origin.tau] if isinstance(state.origin, Trace) else []
    return any(_changes(mechanism, read, on, aims, place) for read in reads(mechanism, names, on))


def _changes(mechanism: Mechanism, read: Read, on: On, aims: set[Target], place: Place) -> bool:
    """Whether a value that a mechanism reads is a signal, or changed by a rule, or a neuron's state."""
    if not read.side:
        return isinstance(mechanism.values.get(read.name), Moving) or (*place, read.name) in aims
    population = neurons(mechanism, on)[read.side]
    neuron = population.neuron
    moves = isinstance(neuron.values.get(read.name), Moving) or read.name in neuron.states or read.name == "rate"
    return moves or (population.name, "neuron", read.name) in aims


def _of_surroundings(mechanism: Mechanism, on: On, aims: set[Target]) -> Iterator[str]:
    """What a mechanism reads of neurons: parameters that stand still on all sides, and states of its own side."""
    if on is None or isinstance(mechanism, Neuron | Receptor):
        return
    names = [name for hook in mechanism.hooks for name in hook.all_reads]
    names += [name for state in mechanism.states.values() if state.advancer for name in state.advancer.all_reads]
    for read in sorted(reads(mechanism, names, on)):
        yield from _of_neuron(mechanism, read, on, aims)


def _of_gates(projection: Projection, aims: set[Target]) -> Iterator[tuple[str, Mechanism]]:
    """The same of what gates read, but for what names a rule of the network."""
    for bound in (bound for rule in projection.rules for bound in rule.bound()):
        for gate in bound.gates:
            owner = bound.owner if gate.owner is None else gate.owner
            for read in sorted(reads(owner, gate.reads, projection)):
                for key in _of_neuron(owner, read, projection, aims):
                    yield key, bound.owner


def _of_neuron(mechanism: Mechanism, read: Read, on: On, aims: set[Target]) -> Iterator[str]:
    population = neurons(mechanism, on).get(read.side)
    if population is None or (read.name == "rate" and not population.spiking):
        return
    neuron = population.neuron
    signal = isinstance(neuron.values.get(read.name), Moving)
    changed = (population.name, "neuron", read.name) in aims
    if read.side == "pre" and (signal or changed or read.name in neuron.states):
        yield "moving"
    if signal or (changed and read.derived):
        yield "signal"


def _of_state(mechanism: Mechanism, state: State) -> Iterator[str]:
    if state.scope is PerBranch:
        yield "branch"
    if isinstance(state.origin, Reduction):
        if state.origin.how == "quantile" and (state.origin.over == "neuron" or state.scope is PerNeuron):
            yield "over"
        if state.scope not in (PerPost, PerNeuron) or not _is_kept(mechanism, state.origin.of):
            yield "reduced"


def _is_kept(mechanism: Mechanism, name: str) -> bool:
    """Whether what a reduction is of lies in an array of synapses."""
    state = mechanism.states.get(name)
    return name == "w" or (state is not None and state.scope is PerSynapse and state.is_plain and not state.moves)


def _of_projection(projection: Projection, aims: set[Target]) -> Iterator[tuple[str, Mechanism]]:
    yield from _of_gates(projection, aims)
    bounds = [bound for rule in projection.rules for bound in rule.bound()]
    for bound in bounds:
        if bound.adds and bound.adds[0] is None and not (bound.adds[1] == "w" or bound.adds[1].startswith("release.")):
            yield "quantity", bound.owner
        if bound.hook.event == "weight" and _moves(bound, projection, aims):
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
    return [state for state in hook.writes if state.scope is PerSynapse]


def _moves(bound: Bound, projection: Projection, aims: set[Target]) -> bool:
    """Whether what a hook reads changes by itself."""
    mechanism, plain = bound.owner, (*bound.owner.states, *bound.owner.fields, *bound.owner.derived, "dt")
    place = (projection.name, next(at for at, one in projection.mechanisms() if one is mechanism))
    for name in bound.hook.all_reads:
        state = mechanism.states.get(name)
        kept = state is None or (state.is_plain and not state.moves and state.scope is PerSynapse)
        if name not in plain or not kept:
            return True
    behind = reads(mechanism, bound.hook.all_reads, projection)
    return any(_changes(mechanism, read, projection, aims, place) for read in behind)
