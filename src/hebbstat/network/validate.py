"""What only a whole network can tell: combinations that make no sense are refused before anything is drawn."""

from __future__ import annotations

from hebbstat.contract.errors import (
    BadValueError,
    ContractError,
    NetworkWarning,
    NotSupportedError,
    UnknownNameError,
    suggestion,
    tell,
)
from hebbstat.contract.events import DRAWS
from hebbstat.contract.mechanism import Mechanism, Neuron, Plasticity, PopulationRule
from hebbstat.contract.signals import Moving, steps_of
from hebbstat.contract.state import (
    WHOLE,
    Global,
    Inflow,
    Lagged,
    PerNeuron,
    PerPost,
    PerPre,
    PerSynapse,
    Received,
    Reduction,
    Sensor,
    State,
    Trace,
)
from hebbstat.network import received
from hebbstat.network.lookup import lagged_by, places, quantities, watched
from hebbstat.network.naming import owner_of
from hebbstat.network.network import Network, Population, Projection
from hebbstat.network.rewiring import check_rule
from hebbstat.network.scopes import check_reads, field_scope


def check(net: Network) -> None:
    """Raise the first error that is found."""
    if not net.populations:
        raise BadValueError("the network has no population; add one with net.add(...)")
    for population in net.populations.values():
        for mechanism in (population.neuron, *population.rules):
            _check_mechanism(net, mechanism, population.name)
        _check_population(population)
    for projection in net.projections.values():
        for _, mechanism in projection.mechanisms():
            _check_mechanism(net, mechanism, projection.name)
        _check_projection(projection)
        if projection.dendritic_delay:
            steps_of(projection.dendritic_delay, net.dt, f"dendritic_delay of '{projection.name}'")
    for name, rule in net.rules.items():
        _check_mechanism(net, rule, name)
    _check_quantities(net)


def _check_quantities(net: Network) -> None:
    """What a rule changes must be there, and not move by a plan of its own."""
    at = {(owner, place): mechanism for owner, place, mechanism, _ in places(net)}
    for owner, place, name in sorted(quantities(net)):
        mechanism, what = at[owner, place], f"{name} of {type(at[owner, place]).__name__} on '{owner}'"
        if isinstance(mechanism.values.get(name), Moving):
            raise BadValueError(f"{what} is a signal, so no rule can change it; give a number, array or distribution")
        if lagged_by(mechanism, name):
            raise ContractError(f"{what} is how far a lagged state looks back, so no rule can change it; use sim.set()")
        if field_scope(mechanism, name) is Global:
            raise ContractError(
                f"{what} is one number, since what is shared needs it, so no rule can change it for each owner; let "
                "the rule act on another parameter"
            )


def _check_mechanism(net: Network, mechanism: Mechanism, owner: str) -> None:
    check_reads(mechanism)
    what, own = f"{type(mechanism).__name__} on '{owner}'", {*mechanism.fields, *mechanism.states, *mechanism.derived}
    for state in mechanism.states.values():
        if isinstance(state.origin, Sensor):
            watched(net, mechanism, state)
        if isinstance(state.origin, Received):
            received.source(net, mechanism, state, owner_of(net, owner))
        if state.advancer:
            others = [name for name in state.advancer.all_reads if name in mechanism.states and name != state.name]
            drawn = [name for name in state.advancer.all_reads if name in DRAWS and name not in own]
            if drawn:
                raise ContractError(f"{what}: {state.name}.advance draws '{drawn[0]}'; it may not: use `step`")
            if others:
                raise ContractError(
                    f"{what}: {state.name}.advance reads the state {others[0]}; it may read its own state and fields"
                )
        if isinstance(state.origin, Reduction) and not isinstance(mechanism, Plasticity | PopulationRule):
            raise ContractError(
                f"{what}: {state.name} is a reduction; only rules of projections and populations reduce"
            )
        if isinstance(state.origin, Reduction):
            _check_reduction(mechanism, state, state.origin, what)
        if isinstance(state.origin, Inflow):
            _check_inflow(mechanism, state, state.origin, what)
        source = mechanism.states[state.origin.source] if isinstance(state.origin, Lagged) else state
        if isinstance(source.origin, Inflow) and source is not state:
            raise ContractError(f"{what}: {state.name} is a lagged inflow; make it the inflow of a lagged state")
        if source.scope != state.scope:
            raise ContractError(f"{what}: {state!r} is a lagged {source!r}; both must have one scope")
    check_rule(mechanism, what)
    _warn_of_short_times(net, mechanism, what)
    late = [hook.after for hook in mechanism.hooks if hook.after]
    lags = [state.origin.by for state in mechanism.states.values() if isinstance(state.origin, Lagged)]
    if isinstance(mechanism.values.get("period"), float):
        steps_of(mechanism.values["period"], net.dt, f"period of {what}")
    for name in (*late, *lags):
        value = mechanism.values[name]
        if isinstance(value, Moving):
            raise BadValueError(f"{name} of {what} is a signal; it must be a number, an array or a distribution")
        if isinstance(value, float) and (value != 0.0 or name in lags):
            steps_of(value, net.dt, f"{name} of {what}")


def _check_reduction(mechanism: Mechanism, state: State, how: Reduction, what: str) -> None:
    """What is reduced is there for each of the owner's synapses, or cells."""
    of_cells, source = isinstance(mechanism, PopulationRule), mechanism.states.get(how.of)
    if state.scope is PerSynapse:
        raise ContractError(
            f"{what}: {state!r} would reduce the one synapse that it belongs to; make it PerPost or PerPre"
        )
    if how.of != "w" and (how.over == "neuron" or state.scope is PerNeuron):
        raise ContractError(
            f"{what}: {state.name} reduces '{how.of}' over all projections, which have only 'w' in common; reduce "
            "over='projection'"
        )
    if how.of == "w" and of_cells and state.scope in WHOLE:
        raise ContractError(
            f"{what}: {state!r} reduces what a hook of a neuron could read, not 'w'; reduce weights PerNeuron"
        )
    own = how.of in mechanism.fields or how.of in mechanism.derived
    if (source is not None and isinstance(source.origin, Reduction)) or (how.of in ("elapsed", *DRAWS) and not own):
        raise ContractError(
            f"{what}: {state.name} cannot reduce '{how.of}'; it may reduce w, a state, a field or a neuron's value"
        )


def _check_inflow(mechanism: Mechanism, state: State, origin: Inflow, what: str) -> None:
    """A state flows between the cells of a population."""
    source = mechanism.states[origin.source]
    for one in (state, source):
        if one.scope is not PerNeuron:
            raise ContractError(f"{what}: {one!r} cannot flow between cells; what diffuses is PerNeuron")
    if isinstance(source.origin, Inflow | Reduction):
        raise ContractError(f"{what}: {state.name} is the inflow of {source.name}; it must be that of a state of hooks")
    if not isinstance(mechanism.values[origin.reach], float):
        raise BadValueError(f"{origin.reach} of {what} must be one number: a state reaches equally far everywhere")


def _warn_of_short_times(net: Network, mechanism: Mechanism, what: str) -> None:
    """A time constant within one step is allowed, but more often it was given in seconds."""
    for name, spec in mechanism.fields.items():
        value = mechanism.values[name]
        constant = spec.unit is not None and spec.unit.symbol == "ms" and spec.unit.above and name != "period"
        if constant and isinstance(value, float) and value < net.dt:
            tell(
                f"{name}={value:g} ms of {what} is shorter than a step, dt={net.dt:g} ms. Times are in ms: did you "
                f"mean {1000 * value:g} ms?",
                NetworkWarning,
            )


def _warn_of_small_voltages(neuron: Neuron, what: str) -> None:
    """Voltages that are all below 1 mV were more often given in volts; a threshold below the reset fires for ever."""
    units = {name: spec.unit.symbol for name, spec in neuron.fields.items() if spec.unit is not None}
    values = {name: neuron.values[name] for name, symbol in units.items() if symbol == "mV"}
    values = {name: value for name, value in values.items() if isinstance(value, float)}
    given = {name: value for name, value in values.items() if value != 0.0}
    if len(given) > 1 and all(abs(value) < 1.0 for value in given.values()):
        name, value = next(iter(given.items()))
        tell(
            f"{name}={value:g} mV of {what}, and all other voltages, are below 1 mV. Voltages are in mV: did you mean "
            f"{1000 * value:g} mV?",
            NetworkWarning,
        )
    threshold, reset = values.get("v_threshold"), values.get("v_reset")
    if threshold is not None and reset is not None and threshold <= reset:
        tell(
            f"v_threshold={threshold:g} mV of {what} is not above v_reset={reset:g} mV: it fires again at once",
            NetworkWarning,
        )


def _check_population(population: Population) -> None:
    _warn_of_small_voltages(population.neuron, f"{type(population.neuron).__name__} of '{population.name}'")
    model = type(population.neuron).__name__
    kinds = [hook.event for hook in population.neuron.hooks if hook.event in ("fires", "output")]
    if len(kinds) != 1:
        raise ContractError(
            f"{model} of '{population.name}' must define one of fires (spikes) and output (a rate), not {len(kinds)}"
        )
    for rule in population.rules:
        what = f"{type(rule).__name__} on '{population.name}'"
        changes = any(rule.kind.changes(hook) for hook in rule.hooks)
        if changes and rule.acts_on not in population.neuron.fields:
            acts = f"acts on '{rule.acts_on}' of {model}" if rule.acts_on else 'acts on nothing: give on="v_threshold"'
            raise UnknownNameError(f"{what} {acts}; {suggestion(rule.acts_on, population.neuron.fields)}")
    for mechanism in (population.neuron, *population.rules):
        what = f"{type(mechanism).__name__} on '{population.name}'"
        diffuses = any(isinstance(state.origin, Inflow) for state in mechanism.states.values())
        if diffuses and population.positions is None:
            raise BadValueError(
                f"{what} diffuses, so '{population.name}' needs positions: "
                "net.add(..., positions=array of shape [n, dimensions])"
            )


def _check_events(projection: Projection) -> None:
    """A rule that waits for spikes needs neurons that spike: rate neurons have an output instead."""
    for scope, population in ((PerPre, projection.source), (PerPost, projection.target)):
        if population.spiking:
            continue
        for part in (part for rule in projection.rules for part in rule.parts()):
            waits = any(hook.event == scope.event for hook in part.hooks)
            if waits or any(isinstance(s.origin, Trace) and s.scope is scope for s in part.states.values()):
                raise ContractError(
                    f"{type(part).__name__} on '{projection.name}' waits for spikes of '{population.name}', which are "
                    "rate neurons; use a rule that acts at each step and reads pre_rate and post_rate"
                )


def _check_projection(projection: Projection) -> None:
    _check_events(projection)
    parts = [id(part) for rule in projection.rules for part in rule.parts()]
    if len(set(parts)) < len(parts):
        raise BadValueError(f"one rule stands twice on '{projection.name}'; make two, each with its own state")
    bounds = [bound for rule in projection.rules for bound in rule.bound()]
    derived = [b for b in bounds if b.hook.event == "weight"]
    changing = [b for b in bounds if b.adds == (None, "w")]
    if len(derived) > 1 or (derived and changing):
        other = derived[1] if len(derived) > 1 else changing[0]
        raise NotSupportedError(
            f"{type(derived[0].owner).__name__} on '{projection.name}' derives the weight from hidden states, so "
            f"{type(other.owner).__name__} cannot change it too; let that rule act on another quantity with on="
        )
    for bound in bounds:
        if bound.adds is None:
            continue
        owner, name = bound.adds
        if owner is not None and (name not in owner.states or owner.states[name].scope is not PerSynapse):
            raise ContractError(f"{type(owner).__name__}.redirect = '{name}' must name a PerSynapse state of its own")
        states = projection.release.states.values() if projection.release is not None else ()
        if owner is None and name.startswith("release.") and any(state.scope is PerPre for state in states):
            raise NotSupportedError(
                f"'{projection.name}': no rule can change '{name}' of a release whose states are PerPre"
            )
