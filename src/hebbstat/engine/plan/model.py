"""What a simulation consists of: every variable of every population and projection, with its shape and role."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from hebbstat.contract import random
from hebbstat.contract.mechanism import Neuron, PopulationRule, Receptor
from hebbstat.contract.signals import FollowState, lags, steps_of
from hebbstat.contract.state import (
    WHOLE,
    Global,
    Inflow,
    Lagged,
    PerBranch,
    PerNeuron,
    PerPopulation,
    PerPost,
    PerPre,
    PerSynapse,
    Reduction,
    Sensor,
    State,
    Trace,
)
from hebbstat.engine.plan.arrays import Role, Shape, Variable, parameter
from hebbstat.engine.plan.groups import (
    NETWORK,
    Bundle,
    Group,
    Member,
    PopulationGroup,
    ProjectionGroup,
    SharedReceptor,
)
from hebbstat.engine.plan.moving import Moves
from hebbstat.network import lookup
from hebbstat.network.derive import initial
from hebbstat.network.instantiate import NetworkInstance, Table
from hebbstat.network.lookup import quantities, quantity_of
from hebbstat.network.memory import require_memory
from hebbstat.network.naming import owner_of
from hebbstat.network.network import Network
from hebbstat.network.scopes import field_scope, is_slow

SHAPE_OF_SCOPE = {
    PerNeuron: Shape.CELL, PerPost: Shape.CELL, PerPre: Shape.ROW, PerSynapse: Shape.SYNAPSE, Global: Shape.NUMBER,
    PerPopulation: Shape.NUMBER, PerBranch: Shape.BRANCH,
}  # fmt: skip


@dataclass(eq=False)
class Model:
    """All groups of a network."""

    made: NetworkInstance
    net: Network
    owned: bool = False  # whether `made` was made for this alone
    cells: dict[str, PopulationGroup] = field(default_factory=dict)
    links: dict[str, ProjectionGroup] = field(default_factory=dict)
    bundles: list[Bundle] = field(default_factory=list)
    arrivals: list[Bundle | ProjectionGroup] = field(default_factory=list)  # in which order they deliver
    rules: Group = field(default_factory=lambda: Group(NETWORK, "network"))
    moves: Moves = field(init=False)
    given_since: set[str] = field(default_factory=set)  # populations whose spikes were given between runs

    def __post_init__(self) -> None:
        self.moves = Moves(self.net)

    @property
    def groups(self) -> list[Group]:
        """All of them, in the order in which kernels take them."""
        return [*self.cells.values(), *self.links.values(), *self.bundles, self.rules]

    @cached_property
    def rewiring(self) -> list[ProjectionGroup]:
        """The projections whose synapses die or are born."""
        return [links for links in self.links.values() if links.rewires]

    def add(self, added: Mapping[Group, dict[str, Variable]], records: Mapping[str, tuple[str, ...]]) -> None:
        """Take up what generated code needs: variables of groups, and which of a projection lie in records."""
        for group, variables in added.items():
            group.variables |= {name: replace(one) for name, one in variables.items()}
        for name, fields in records.items():
            self.links[name].records = list(fields)

    def let_go(self, links: ProjectionGroup) -> None:
        """Let go of a projection's synapses, which the layout has, if nobody else has them."""
        if self.owned:
            self.made.synapses.pop(links.name)

    def forget_synapses(self) -> None:
        """Let go of all arrays over synapses, once the layout has its own; the network may be somebody else's."""
        values = {place: dict(found) for place, found in self.made.values.items()}
        for links in self.links.values():
            for member in links.members:
                found = values[member.owner, member.place]
                for name in [name for name in found if links.shape(f"{member.prefix}{name}") is Shape.SYNAPSE]:
                    del found[name]
            for variable in links.variables.values():
                variable.value = None if variable.of_synapses else variable.value
        self.made = replace(self.made, synapses={}, values=values)


def build(made: NetworkInstance) -> Model:
    """The model of a instantiated network."""
    model = Model(made, made.network)
    taken: set[str] = set()
    for k, (name, network_rule) in enumerate(made.network.rules.items()):
        _add_member(model, model.rules, Member("rule", f"rule{k}_{_word(name)}_", network_rule, name))
    for name, population in made.network.populations.items():
        cells = model.cells[name] = PopulationGroup(name, _ident("pop", name, taken), population=population)
        _add_member(model, cells, Member("neuron", "neuron_", population.neuron, name))
        for k, rule in enumerate(population.rules):
            _add_member(model, cells, Member(f"rule{k}.0", f"rule{k}_", rule, name))
    receptors = lookup.shared_receptors(made)
    for name, projection in made.network.projections.items():
        source, target = model.cells[projection.source.name], model.cells[projection.target.name]
        links = model.links[name] = ProjectionGroup(
            name, _ident("proj", name, taken), projection=projection, source=source, target=target
        )
        links.receptor_of = receptors.get(name)
        links.delivers_to = _delivery(model, links)
        weight, copy = made.synapses[name].weight, made.synapses[name].copy
        links.wired = made.synapses[name].digest() if links.rewires else ""
        copy = np.zeros(made.synapses[name].n, np.int32) if copy is None and links.rewires else copy
        if copy is not None:
            links.variables["copy"] = Variable(Shape.SYNAPSE, copy, "int32", Role.WIRING)
        _add_branches(model, links)
        if not links.rewires and links.branches == 1:
            links.dense = made.synapses[name].are_all(target.population.n)
            links.one_to_one = made.synapses[name].are_one_to_one(target.population.n)
        one_for_all = not projection.rules and np.ndim(weight) == 0
        shape = Shape.NUMBER if one_for_all else Shape.SYNAPSE
        links.variables["w"] = Variable(shape, weight, slow=bool(projection.rules))
        for place, mechanism in projection.mechanisms():
            if place != "receptor":
                _add_member(model, links, Member(place, place.replace(".", "_") + "_", mechanism, name))
        links.hooks = [(k, bound) for k, rule in enumerate(projection.rules) for bound in rule.bound()]
    _prepare_targets(model)
    for group in model.groups:
        for member in group.members:
            _add_clock(model, group, member)
            _leave_behind(model, member)
    return model


def _word(name: str) -> str:
    """A name as a part of an identifier."""
    return re.sub("[^A-Za-z0-9]+", "_", name.replace(" -> ", "_to_")).strip("_")


def _ident(kind: str, name: str, taken: set[str]) -> str:
    base = f"{kind}_{_word(name)}"
    ident, k = base, 2
    while ident in taken:
        ident, k = f"{base}_{k}", k + 1
    taken.add(ident)
    return ident


def _delivery(model: Model, links: ProjectionGroup) -> tuple[str, ...]:
    """The variables of the target that arrivals are added to."""
    target, projection, owner = links.target, links.projection, links.receptor_of
    if owner is None:
        if not any("input" in hook.all_reads for hook in target.population.neuron.hooks):
            return ()  # given trains: nothing that arrives changes them
        target.variables.setdefault("input_arrived", Variable(Shape.CELL, 0.0))
        return ("input_arrived",)
    if owner != links.name:
        return next(pool.takes for pool in target.pools if pool.owner == owner)
    assert projection.receptor is not None
    pool = SharedReceptor("receptor", f"receptor{len(target.pools)}_", projection.receptor, owner)
    target.pools.append(pool)
    _add_member(model, target, pool)
    if pool.sums:
        target.variables[pool.arrived] = Variable(Shape.CELL, 0.0)
    return pool.takes


def _add_branches(model: Model, links: ProjectionGroup) -> None:
    """How many branches a neuron has and which of them is a synapse's, if states belong to branches."""
    mechanisms = [mechanism for _, mechanism in links.projection.mechanisms()]
    states = [s for mechanism in mechanisms for s in mechanism.states.values() if s.scope is PerBranch]
    if not states:
        return
    synapses = model.made.synapses[links.name]
    links.branches = synapses.branches(links.projection.branches)
    need = f"keeping states of {links.branches:,} branches of each neuron of '{links.target.name}'"
    places = float(links.branches) * links.target.population.n * len(states)
    require_memory(8.0 * places, need, "number branches of a neuron from 0, without gaps")
    if links.branches > 1:
        branch, dtype = np.asarray(synapses.branch), np.min_scalar_type(links.branches - 1).name
        links.variables["branches"] = Variable(Shape.NUMBER, links.branches, "int64", Role.WIRING)
        links.variables["branch"] = Variable(Shape.SYNAPSE, branch.astype(dtype), dtype, Role.WIRING)


def _add_member(model: Model, group: Group, member: Member) -> None:
    group.members.append(member)
    mechanism, made = member.mechanism, model.made.values[member.owner, member.place]
    for name, value in made.items():
        if isinstance(value, str | FollowState):
            continue
        key = f"{member.prefix}{name}"
        if isinstance(value, Table):
            over = None if value.values.ndim == 1 else SHAPE_OF_SCOPE[field_scope(mechanism, name)]
            group.variables[key] = Variable(Shape.TABLE, value, role=Role.PLAN, over=over)
            group.variables[f"every_{key}"] = Variable(Shape.NUMBER, value.every, "int64", Role.PLAN)
            group.variables[f"repeat_{key}"] = Variable(Shape.NUMBER, value.repeat, "bool_", Role.PLAN)
            continue
        shape = Shape.NUMBER if np.ndim(value) == 0 else SHAPE_OF_SCOPE[field_scope(mechanism, name)]
        group.variables[key] = parameter(shape, value)
    for state in mechanism.states.values():
        if state.is_plain:
            _add_state(model, group, member, state, made)
        elif isinstance(state.origin, Sensor):
            group.variables[f"{member.prefix}{state.name}"] = Variable(Shape.ONE, 0.0, "float64")
        elif isinstance(state.origin, Reduction) and state.scope in (PerPre, *WHOLE):
            shape = Shape.ROW if state.scope is PerPre else Shape.ONE
            group.variables[f"{member.prefix}{state.name}"] = Variable(shape, 0.0, "float64")
        elif isinstance(state.origin, Lagged):
            _add_lagged(model, group, member, state, state.origin)
        elif isinstance(state.origin, Inflow):
            name = f"{member.prefix}{state.name}"
            group.variables[name] = Variable(Shape.CELL, 0.0, role=Role.SCRATCH)
            group.variables[f"near_{name}"] = Variable(Shape.NEAR, None, "int32", Role.WIRING)
            group.variables[f"near_starts_{name}"] = Variable(Shape.NEAR_BOUNDS, None, "int64", Role.WIRING)


def _add_clock(model: Model, group: Group, member: Member) -> None:
    """A period in steps, as a whole number."""
    mechanism = member.mechanism
    if "period" in mechanism.fields and not isinstance(mechanism, Neuron):
        period = steps_of(float(mechanism.values["period"]), model.net.dt, f"period of {type(mechanism).__name__}")
        group.variables[f"ticks_{member.prefix[:-1]}"] = Variable(Shape.NUMBER, period, "int64", Role.CLOCK)


def _leave_behind(model: Model, member: Member) -> None:
    """What a mechanism follows is kept as the step before left it."""
    for name, value in member.mechanism.values.items():
        if isinstance(value, FollowState):
            who = f"{name} of {type(member.mechanism).__name__} on '{member.owner}'"
            followed = modulator(model, *lookup.followed(model.net, value.source, who))
            begins = model.rules.variables[followed].value
            model.rules.variables[left_behind(followed)] = Variable(Shape.ONE, begins, "float64")


def _add_state(model: Model, group: Group, member: Member, state: State, made: dict[str, Any]) -> None:
    shape = Shape.CELL if isinstance(member.mechanism, Receptor) else SHAPE_OF_SCOPE[state.scope]
    shape = Shape.ONE if shape is Shape.NUMBER else shape  # kernels write it
    name = f"{member.prefix}{state.name}"
    value = initial(model.made, member.owner, member.place, member.mechanism, state)
    slow = is_slow(member.mechanism, state)
    dtype = "float64" if state.slow or shape is Shape.ONE else "F"
    group.variables[name] = Variable(shape, value, dtype, slow=slow)
    if model.moves.passes(member.mechanism, state, owner_of(model.net, member.owner), (member.owner, member.place)):
        group.stepped.add(name)
        return
    if isinstance(state.origin, Trace):
        tau = group.variables.get(f"{member.prefix}{state.origin.tau}")
        if tau is not None:
            rate = model.net.dt / np.asarray(made[state.origin.tau], float)
            group.variables[f"rate_of_{name}"] = parameter(tau.shape, rate, dtype)
            group.variables[f"decay_of_{name}"] = parameter(tau.shape, np.exp(-rate), dtype)
    if _is_stamped(group, member, state):
        group.variables[f"at_{name}"] = Variable(shape, -1, "int32")


def _add_lagged(model: Model, group: Group, member: Member, state: State, origin: Lagged) -> None:
    """A lagged state: its value, what its source was in the last steps, and how many steps ago it is meant."""
    name, first = f"{member.prefix}{state.name}", lookup.root(member.mechanism, state)
    shape = Shape.CELL if isinstance(member.mechanism, Receptor) else SHAPE_OF_SCOPE[state.scope]
    shape = Shape.ONE if shape is Shape.NUMBER else shape
    begins = initial(model.made, member.owner, member.place, member.mechanism, first)
    source = group.variables.get(f"{member.prefix}{first.name}")
    dtype = "float64" if shape is Shape.ONE or source is None else source.dtype
    by = group.variables[f"{member.prefix}{origin.by}"]
    lag = lags(by.value, model.net.dt)
    group.variables[name] = Variable(shape, begins, dtype)
    group.variables[f"past_{name}"] = Variable(shape, begins, dtype, depth=int(np.max(lag, initial=1)) + 1)
    group.variables[f"lag_{name}"] = Variable(by.shape, lag, "int64", Role.CLOCK)


def _is_stamped(group: Group, member: Member, state: State) -> bool:
    """Whether a state is kept as of its owner's last event, with the step of that event beside it.

    What belongs to a row is mostly kept as of the row's last visit; states of rules on a synapse share a stamp. But for
    slow state frozen time has not passed, and where a hook asks how long ago the row was visited, that must stay as it
    is when the user sets the state.
    """
    if isinstance(member.mechanism, PopulationRule):
        return state.moves
    if not isinstance(group, ProjectionGroup):
        return False
    if state.scope is PerPre:
        late = any(hook.after and state in hook.writes for hook in member.mechanism.hooks)
        return state.slow or (state.moves and (group.asks_elapsed or late))
    return state.moves and (state.scope in (PerPost, PerBranch, *WHOLE) or member.place == "release")


def _prepare_targets(model: Model) -> None:
    """What rules change must be an array, even where its parameter is one number."""
    for owner, place, name in quantities(model.net):
        group, member = _at(model, owner, place)
        variable = group.variables[f"{member.prefix}{name}"]
        variable.shape = SHAPE_OF_SCOPE[field_scope(member.mechanism, name)]
        variable.role, variable.slow = Role.STATE, True
        variable.dtype = "float64" if variable.shape is Shape.CELL else "F"


def target_variable(model: Model, links: ProjectionGroup, aim: str) -> str:
    """The variable that a rule of a projection changes: of the projection, or of its postsynaptic neurons."""
    if aim == "w":
        return "w"
    owner, place, name = quantity_of(links.projection, aim)
    return f"{_at(model, owner, place)[1].prefix}{name}"


def _at(model: Model, owner: str, place: str) -> tuple[Group, Member]:
    """The member at a place, and its group: receptors stand with the cells."""
    group: Group = model.cells.get(owner) or model.links[owner]  # type: ignore[assignment]
    if place == "receptor" and isinstance(group, ProjectionGroup):
        return group.target, next(pool for pool in group.target.pools if pool.owner == owner)
    return group, next(member for member in group.members if member.place == place)


def draw_key(model: Model, stream: str) -> Variable:
    """The key of a named random stream."""
    return Variable(Shape.NUMBER, np.uint64(random.stream_key(model.net.seed, stream)), "uint64", Role.KEY)


def modulator(model: Model, rule: str, state: str) -> str:
    """The variable of a network rule's state."""
    member = next(m for m in model.rules.members if m.owner == rule)
    return f"{member.prefix}{state}"


def left_behind(name: str) -> str:
    """The variable that has a network rule's state as the step before left it, for what follows it."""
    return f"left_{name}"


def sensors(group: Group) -> list[tuple[Member, State]]:
    """The sensors of a group's mechanisms."""
    return [(member, state) for member, state in group.states if isinstance(state.origin, Sensor)]


def sensed_cells(model: Model, by: Iterable[Group]) -> list[PopulationGroup]:
    """Populations whose spikes mechanisms of some groups count."""
    found = [one for group in by for one in sensors(group)]
    names = {lookup.watched(model.net, member.mechanism, state).name for member, state in found}
    return [cells for name, cells in model.cells.items() if name in names]


def keep_step(model: Model) -> bool:
    """Whether threads read what other threads' cells and synapses have, so that all go through a step together."""
    shapes = (Shape.WHOLE_ARRAY, Shape.ALL_CELLS, Shape.ALL_SYNAPSES)
    return any(one.shape in shapes for group in model.groups for one in group.variables.values())
