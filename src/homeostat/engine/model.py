"""What a simulation consists of: every variable of every population and projection, with its kind.

The generator reads the kinds to write code; the layout reads them to cut arrays into one share per thread.
"""

from __future__ import annotations

import keyword
import re
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from homeostat import keyed
from homeostat.engine import refusals
from homeostat.errors import UnknownName, suggestion
from homeostat.network.network import Network, Population, Projection
from homeostat.network.realise import Realised, Table, target_of, targets
from homeostat.network.scopes import field_scope
from homeostat.rule import Bound, Follow, Mechanism, Plasticity, PopulationRule, Receptor
from homeostat.state import State

KIND_OF_SCOPE = {"PerNeuron": "cell", "PerPost": "cell", "PerPre": "row", "PerSynapse": "synapse", "Global": "number"}
RESERVED = set("network run step row last live math namedtuple np exp gate rate count slot at".split())


@dataclass(eq=False)
class Variable:
    """A value of a group. Kinds: number, cell, row (per virtual row), synapse, table, key (of random draws)."""

    kind: str
    value: Any
    dtype: str = "F"  # F is the kernel's float type
    slow: bool = False
    fixed: bool = False  # a parameter, not a state


@dataclass(eq=False)
class Member:
    """A mechanism in its group: its place, the prefix of its variables, its hooks."""

    place: str
    prefix: str
    mechanism: Mechanism
    owner: str = ""


@dataclass(eq=False)
class Group:
    """Variables that kernels get as one named tuple: those of a population, a projection or the network's rules."""

    name: str
    ident: str
    variables: dict[str, Variable] = field(default_factory=dict)
    members: list[Member] = field(default_factory=list)

    def member(self, mechanism: Mechanism) -> Member:
        """The member that is this mechanism."""
        return next(m for m in self.members if m.mechanism is mechanism)

    def kind(self, name: str) -> str:
        """The kind of a variable; empty if there is none of that name."""
        return self.variables[name].kind if name in self.variables else ""


@dataclass(eq=False)
class Pool(Member):
    """A receptor shared by all projections onto a population that have equal ones."""

    @property
    def sums(self) -> bool:
        """Whether something wants the sum of what arrives in a step; mostly all is traces that take the amounts."""
        states = self.mechanism.states.values()
        traces = [state.takes_amounts for state in states if state.trace]
        return not traces or not all(traces) or any(hook.event == "on_arrival" for hook in self.mechanism.hooks)

    @property
    def takes(self) -> tuple[str, ...]:
        """The variables of cells that amounts are added to."""
        traces = [name for name, state in self.mechanism.states.items() if state.takes_amounts]
        return tuple(f"{self.prefix}{name}" for name in [*traces, *(["arrived"] if self.sums else [])])


@dataclass(eq=False)
class Cells(Group):
    """A population."""

    population: Population = None  # type: ignore[assignment]
    pools: list[Pool] = field(default_factory=list)


@dataclass(eq=False)
class Links(Group):
    """A projection."""

    projection: Projection = None  # type: ignore[assignment]
    source: Cells = None  # type: ignore[assignment]
    target: Cells = None  # type: ignore[assignment]
    delivers_to: tuple[str, ...] = ()  # the variables of the target that arrivals are added to
    bounds: list[tuple[int, Bound]] = field(default_factory=list)  # (rule number, bound hook)
    near: list[str] = field(default_factory=list)  # what a visit reads of each cell: fields of one record
    batched: bool = False  # whether many short rows are visited at once


@dataclass(eq=False)
class Model:
    """All groups of a network."""

    made: Realised
    net: Network
    cells: dict[str, Cells] = field(default_factory=dict)
    links: dict[str, Links] = field(default_factory=dict)
    rules: Group = field(default_factory=lambda: Group("network", "network"))

    def forget_synapses(self) -> None:
        """Let go of all arrays over synapses, once the layout has its own; the network may be somebody else's."""
        values = {place: dict(found) for place, found in self.made.values.items()}
        for links in self.links.values():
            for member in links.members:
                found = values[member.owner, member.place]
                for name in [name for name in found if links.kind(f"{member.prefix}{name}") == "synapse"]:
                    del found[name]
            for variable in links.variables.values():
                variable.value = None if variable.kind == "synapse" else variable.value
        self.made = replace(self.made, synapses={}, values=values)


def build(made: Realised) -> Model:
    """The model of a realised network."""
    refusals.check(made.network)
    model = Model(made, made.network)
    taken: set[str] = set()
    for name, network_rule in made.network.rules.items():
        _add_member(model, model.rules, Member("rule", f"{_ident(name, set())}_", network_rule, name))
    for name, population in made.network.populations.items():
        cells = model.cells[name] = Cells(name, _ident(name, taken), population=population)
        _add_member(model, cells, Member("neuron", "", population.neuron, name))
        for k, rule in enumerate(population.rules):
            _add_member(model, cells, Member(f"rule{k}.0", f"rule{k}_", rule, name))
    for name, projection in made.network.projections.items():
        source, target = model.cells[projection.source.name], model.cells[projection.target.name]
        links = model.links[name] = Links(
            name, _ident(name, taken), projection=projection, source=source, target=target
        )
        links.delivers_to = _delivery(model, links, projection)
        weight = made.synapses[name].weight
        one_for_all = not projection.rules and np.ndim(weight) == 0
        links.variables["w"] = Variable("number" if one_for_all else "synapse", weight, slow=bool(projection.rules))
        for place, mechanism in projection.mechanisms():
            if place != "receptor":
                _add_member(model, links, Member(place, place.replace(".", "_") + "_", mechanism, name))
        links.bounds = [(k, bound) for k, rule in enumerate(projection.rules) for bound in rule.bound()]
    _prepare_targets(model)
    return model


def _ident(name: str, taken: set[str]) -> str:
    base = re.sub(r"\W+", "_", name.replace(" -> ", "_to_")).strip("_") or "group"
    if not base[0].isalpha() or len(base) == 1 or keyword.iskeyword(base) or base in RESERVED:
        base = f"{base}_cells" if base[0].isalpha() else f"g{base}"
    ident, k = base, 2
    while ident in taken:
        ident, k = f"{base}{k}", k + 1
    taken.add(ident)
    return ident


def _delivery(model: Model, links: Links, projection: Projection) -> tuple[str, ...]:
    target = links.target
    if projection.receptor is None:
        target.variables.setdefault("input_arrived", Variable("cell", 0.0))
        return ("input_arrived",)
    key = _pool_key(model.made.values[projection.name, "receptor"], projection.receptor)
    for pool in target.pools:
        if _pool_key(model.made.values[pool.owner, "receptor"], pool.mechanism) == key:
            return pool.takes
    pool = Pool(
        "receptor",
        f"{type(projection.receptor).__name__.lower()}{len(target.pools)}_",
        projection.receptor,
        projection.name,
    )
    target.pools.append(pool)
    _add_member(model, target, pool)
    if pool.sums:
        target.variables[f"{pool.prefix}arrived"] = Variable("cell", 0.0)
    return pool.takes


def _pool_key(values: dict[str, Any], receptor: Mechanism) -> tuple[Any, ...]:
    """Equal for receptors of one class with the same numbers; arrays and signals are never shared."""
    given = (values[name] for name in receptor.fields)
    return (type(receptor), *(v if isinstance(v, float | str) else id(v) for v in given))


def _add_member(model: Model, group: Group, member: Member) -> None:
    group.members.append(member)
    mechanism, made = member.mechanism, model.made.values[member.owner, member.place]
    for name, value in made.items():
        if isinstance(value, str | Follow):
            continue
        if isinstance(value, Table):
            group.variables[f"{member.prefix}{name}"] = Variable("table", value, fixed=True)
            continue
        kind = "number" if np.ndim(value) == 0 else KIND_OF_SCOPE[field_scope(mechanism, name)]
        group.variables[f"{member.prefix}{name}"] = Variable(kind, value, fixed=True)
    for state in mechanism.states.values():
        if state.is_plain:
            _add_state(model, group, member, state, made)


def _add_state(model: Model, group: Group, member: Member, state: State, made: dict[str, Any]) -> None:
    kind = "cell" if isinstance(member.mechanism, Receptor) else KIND_OF_SCOPE[state.scope.name]
    name = f"{member.prefix}{state.name}"
    value = state.init if not isinstance(state.init, str) else made[state.init]
    changed_by_rule = isinstance(group, Links) and member.place.startswith("rule") and state.scope.name == "PerSynapse"
    slow = state.slow or changed_by_rule
    dtype = "float64" if state.slow or kind == "number" else "F"
    group.variables[name] = Variable("global" if kind == "number" else kind, value, dtype, slow)
    if state.trace:
        tau = made[state.trace.tau]
        rate_kind = group.variables[f"{member.prefix}{state.trace.tau}"].kind
        rate = model.net.dt / np.asarray(tau, float)
        group.variables[f"{name}_rate"] = Variable(rate_kind, rate, fixed=True, dtype=dtype)
        group.variables[f"{name}_decay"] = Variable(rate_kind, np.exp(-rate), fixed=True, dtype=dtype)
    if anchored(member, state):
        group.variables[f"{name}_at"] = Variable(kind, -1, "int32")


def anchored(member: Member, state: State) -> bool:
    """Whether a state is kept as of its owner's last event, with the step of that event beside it."""
    moves = state.trace is not None or state.advancer is not None
    if isinstance(member.mechanism, PopulationRule):
        return moves
    return moves and isinstance(member.mechanism, Plasticity) and state.scope.name == "PerPost"


def _prepare_targets(model: Model) -> None:
    """What rules change must be an array, even where its parameter is one number."""
    for owner, place, name in targets(model.net):
        group: Group = model.cells.get(owner) or model.links[owner]  # type: ignore[assignment]
        member = next(m for m in group.members if m.place == place)
        variable = group.variables[f"{member.prefix}{name}"]
        variable.kind = KIND_OF_SCOPE[field_scope(member.mechanism, name)]
        variable.fixed, variable.slow = False, True
        variable.dtype = "float64" if variable.kind == "cell" else "F"


def target_variable(model: Model, links: Links, aim: str) -> tuple[Group, str, str]:
    """Group, variable and kind of a rule's target."""
    if aim == "w":
        return links, "w", "synapse"
    owner, place, name = target_of(links.projection, aim)
    group: Group = model.cells.get(owner) or model.links[owner]  # type: ignore[assignment]
    member = next(m for m in group.members if m.place == place)
    variable = f"{member.prefix}{name}"
    return group, variable, group.variables[variable].kind


def draw_key(model: Model, group: Group, stream: str) -> str:
    """The variable that holds the key of a named random stream."""
    name = "key_" + re.sub(r"\W+", "_", stream.split("/", 1)[1])
    group.variables[name] = Variable("key", np.uint64(keyed.stream_key(model.net.seed, stream)), "uint64", fixed=True)
    return name


def modulator(model: Model, source: str) -> str:
    """The variable of a network rule's state, from 'name' or 'name.state'."""
    name, _, state = source.partition(".")
    if name not in model.net.rules:
        raise UnknownName(f"no network rule '{name}'; {suggestion(name, model.net.rules)}")
    states = model.net.rules[name].states
    state = state or next((s.name for s in states.values() if s.is_plain), "")
    if state not in states:
        raise UnknownName(f"network rule '{name}' has no state '{state}'; {suggestion(state, states)}")
    member = next(m for m in model.rules.members if m.owner == name)
    return f"{member.prefix}{state}"
