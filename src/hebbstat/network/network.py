"""The network: an inert, printable description. Nothing is drawn or computed before a simulation is made of it.

net = Network(dt=0.1, seed=7)
exc = net.add(LIF(), n=400, name="exc")
net.connect(exc, exc, FixedProbability(0.1), weight=0.4, receptor=AMPA())
print(net)
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from hebbstat.contract.calls import explained
from hebbstat.contract.errors import BadValueError, ContractError, UnknownNameError, suggestion
from hebbstat.contract.events import BY_SIGN, GIVEN, SUMS
from hebbstat.contract.fields import Field, checked, short
from hebbstat.contract.mechanism import Mechanism, NetworkRule, Neuron, Plasticity, PopulationRule, Receptor, Release
from hebbstat.contract.signals import owned, read_only
from hebbstat.contract.state import PerSynapse, Received
from hebbstat.contract.units import Parameter, Unit, is_number, is_whole
from hebbstat.network.naming import rule_names
from hebbstat.network.population import Population as Population
from hebbstat.network.population import PopulationView
from hebbstat.network.summary import table
from hebbstat.network.trains import check_plays, checked_trains
from hebbstat.network.wiring import Connector, Side

DELAY = Field("delay", Unit("ms", 0.0, above=True))
DENDRITIC_DELAY = Field("dendritic_delay", Unit("ms", 0.0))
WEIGHT = Field("weight", Unit(""))
SETTLED = "a simulation was made of it; change the description it was made from, and make another Simulation"


@dataclass(frozen=True, eq=False)
class Projection:
    """Synapses from one population to another. Made by `Network.connect`."""

    name: str
    source: Population
    target: Population
    wiring: Connector
    weight: Parameter
    delay: Parameter
    dendritic_delay: float
    receptor: Receptor | None
    release: Release | None
    rules: tuple[Plasticity, ...]
    branches: int | ArrayLike | None = None
    rule_names: tuple[str, ...] = ()  # by class, unless given
    pre_part: np.ndarray | None = None  # indices of the cells that it comes from, if not from all
    post_part: np.ndarray | None = None  # and goes to

    def __post_init__(self) -> None:
        object.__setattr__(self, "rule_names", self.rule_names or rule_names(self.rules, None, self.name))

    def __repr__(self) -> str:
        return f"<projection '{self.name}'>"

    def sides(self) -> tuple[Side, Side]:
        """Source and target, or the parts of them that are connected, as a wiring sees them."""
        pre, post = _side(self.source, self.pre_part), _side(self.target, self.post_part)
        return pre, replace(post, same=self.source is self.target and np.array_equal(self.indices(0), self.indices(1)))

    def indices(self, side: int) -> np.ndarray:
        """The cells of the source (side 0) or target (1) that are connected."""
        part, n = ((self.pre_part, self.source.n), (self.post_part, self.target.n))[side]
        return np.arange(n) if part is None else part

    def mechanisms(self) -> list[tuple[str, Mechanism]]:
        """All mechanisms on the projection with their place: 'receptor', 'release', 'rule0.0' ..."""
        found: list[tuple[str, Mechanism]] = []
        if self.receptor is not None:
            found.append(("receptor", self.receptor))
        if self.release is not None:
            found.append(("release", self.release))
        for k, rule in enumerate(self.rules):
            found += [(f"rule{k}.{part_index}", part) for part_index, part in enumerate(rule.parts())]
        return found

    @property
    def is_plastic(self) -> bool:
        """Whether anything changes its synapses: a bound alone does not."""
        changes = [bound.hook for rule in self.rules for bound in rule.bound() if not bound.hook.writes]
        parts = [part for rule in self.rules for part in rule.parts()]
        states = [hook for part in parts for hook in part.hooks if hook.writes and hook.writes[0].scope is PerSynapse]
        events = ("on_pre", "on_post", "step", "on_tick", "prune", "attempts")
        return any(hook.event in events for hook in (*changes, *states))


class Network:
    """A description of populations, projections and rules. `dt` in ms; `seed` fixes every random number.

    Arrays that it is given are copied. A simulation keeps a `copy()`: what is done to the network later does not
    reach it.
    """

    is_settled = False
    """Whether a simulation was made of it: then nothing can be changed or added."""

    @explained
    def __init__(self, dt: float = 0.1, seed: int = 0) -> None:
        if not (is_number(dt) and dt > 0 and math.isfinite(dt)):
            raise BadValueError(f"dt={dt!r} ms of Network must be a number above 0; 0.1 is usual")
        if not (is_whole(seed) and seed >= 0):
            raise BadValueError(f"seed={seed!r} of Network must be a whole number, at least 0")
        self.dt, self.seed = float(dt), int(seed)
        self.populations: dict[str, Population] = {}
        self.projections: dict[str, Projection] = {}
        self.rules: dict[str, NetworkRule] = {}

    def copy(self, *, settled: bool = False) -> Network:
        """The same network, to which other things can be added; a `settled` one stays as it is.

        Populations, projections and rules are shared, for these never change.
        """
        own = type(self)(self.dt, self.seed)
        own.populations, own.projections = dict(self.populations), dict(self.projections)
        own.rules = dict(self.rules)
        own.is_settled = settled
        return own

    def __setattr__(self, name: str, value: Any) -> None:
        if self.is_settled:
            raise BadValueError(f"{name} of this network cannot be changed: {SETTLED}")
        super().__setattr__(name, value)

    @explained
    def add(
        self,
        neuron: Neuron,
        n: int,
        name: str | None = None,
        *,
        rules: Sequence[PopulationRule] | Mapping[str, PopulationRule] = (),
        positions: ArrayLike | None = None,
        spikes: tuple[ArrayLike, ArrayLike] | None = None,
    ) -> Population:
        """Add `n` cells.

        `rules` is a list, or a dictionary that gives rules names: `rules={"homeostasis": IntrinsicThreshold()}`, so
        that `sim.state("exc", "homeostasis.rate")` finds it; without, they are called by their class. `positions` is
        `[n, dimensions]`; `spikes` are given trains as (times in ms, neuron indices).
        """
        if not isinstance(neuron, Neuron):
            raise BadValueError(
                f"net.add() takes a neuron model such as LIF(), not {_as_given(neuron)}{_call_it(neuron, Neuron)}"
            )
        if not (is_whole(n) and n >= 1):
            raise BadValueError(f"n={n!r} of a population must be a whole number, at least 1")
        name = self._new_name(name or f"{type(neuron).__name__.lower()}{len(self.populations)}")
        kept, names = _rules(
            rules, PopulationRule, f"the population '{name}'", "rules on synapses go to net.connect(rules=[...])"
        )
        if positions is not None:
            positions = _numbers(positions, f"positions of '{name}'")
            if positions.ndim != 2 or len(positions) != n or not np.isfinite(positions).all():
                raise BadValueError(
                    f"positions of '{name}' must be finite, of shape [{n}, dimensions], not {positions.shape}"
                )
        trains = None
        if spikes is not None:
            check_plays(neuron, name)
            trains = checked_trains(spikes, int(n), name)
        population = Population(name, neuron, int(n), kept, positions, trains, names)
        self.populations[name] = population
        return population

    @explained
    def connect(
        self,
        source: Population | PopulationView | str,
        target: Population | PopulationView | str,
        wiring: Connector,
        *,
        weight: Parameter | None = None,
        delay: Parameter = 1.0,
        dendritic_delay: float = 0.0,
        receptor: Receptor | None = None,
        release: Release | None = None,
        rules: Sequence[Plasticity] | Mapping[str, Plasticity] = (),
        branches: int | ArrayLike | None = None,
        name: str | None = None,
    ) -> Projection:
        """Connect two populations, or parts of them: `net.connect(exc[:80], inh, ...)`.

        `weight` (1.0, or what comes with the wiring: `from_matrix(W)`) and `delay` (ms, axonal) are numbers,
        distributions or arrays per synapse. Without a receptor what
        arrives is the neuron's `input` of one step (for LIF cells, a voltage jump in mV). `branches` gives each
        neuron so many dendritic branches; synapses are assigned at random, or an array per synapse. `rules` is a
        list, or a dictionary that gives rules names: `rules={"stdp": PairSTDP()}`, then `sim.state(link, "stdp.x")`.
        """
        ends = [one if isinstance(one, PopulationView) else self.population(one) for one in (source, target)]
        name = self._new_name(name or self._arrow(*ends))
        (source, pre_part), (target, post_part) = (self._part(one) for one in ends)
        if not isinstance(wiring, Connector):
            raise BadValueError(
                f"'{name}': {_as_given(wiring)} is not a wiring; "
                "use FixedProbability(p), FixedInDegree(k), OneToOne(), AllToAll() ..."
            )
        _check_kind(name, "receptor", receptor, Receptor)
        _check_kind(name, "release", release, Release)
        kept, names = _rules(rules, Plasticity, f"the projection '{name}'", "rules on cells go to net.add(rules=[...])")
        wiring, branches = owned(wiring), _branches(branches, name)
        _check_delivery(name, source, target, receptor, release)
        _check_overlap(name, source is target, pre_part, post_part, wiring)
        if weight is None:
            weight = 1.0 if wiring.brings is None or np.size(wiring.brings) == 0 else wiring.brings
        weight, delay = checked(WEIGHT, weight, f"'{name}'"), checked(DELAY, delay, f"'{name}'")
        late = checked(DENDRITIC_DELAY, dendritic_delay, f"'{name}'")
        if not isinstance(late, float):
            raise BadValueError(f"dendritic_delay of '{name}' must be one number, not {short(late)}")
        projection = Projection(
            name, source, target, wiring, weight, delay, late, receptor, release, kept, branches, names,
            pre_part, post_part,
        )  # fmt: skip
        self.projections[name] = projection
        return projection

    @explained
    def add_rule(self, rule: NetworkRule, name: str) -> NetworkRule:
        """Add a rule of the whole network (a modulator, rhythm or sensor); hooks and gates read it by its name."""
        if not isinstance(rule, NetworkRule):
            raise BadValueError(f"net.add_rule() takes a network rule, not {rule!r}")
        self.rules[self._new_name(name)] = rule
        return rule

    def population(self, which: Population | str) -> Population:
        """The population of that name; an error lists those there are."""
        if isinstance(which, Population):
            if self.populations.get(which.name) is not which:
                raise UnknownNameError(f"population '{which.name}' belongs to another network")
            return which
        if not isinstance(which, str):
            order = (
                ", and the wiring third: net.connect(source, target, wiring)" if isinstance(which, Connector) else ""
            )
            raise BadValueError(f"{which!r} is no population; give what net.add() returned, or its name{order}")
        if which not in self.populations:
            raise UnknownNameError(f"no population '{which}'; {suggestion(which, self.populations)}")
        return self.populations[which]

    def projection(self, which: Projection | str) -> Projection:
        """The projection of that name; an error lists those there are."""
        name = which.name if isinstance(which, Projection) else which
        if not isinstance(name, str):
            raise BadValueError(f"{which!r} is no projection; give what net.connect() returned, or its name")
        if name not in self.projections:
            raise UnknownNameError(f"no projection '{name}'; {suggestion(str(name), self.projections)}")
        return self.projections[name]

    def __str__(self) -> str:
        return table(self)

    def __repr__(self) -> str:
        cells = sum(p.n for p in self.populations.values())
        return f"<Network of {cells} cells, {len(self.projections)} projections, dt={self.dt:g} ms, seed={self.seed}>"

    def _new_name(self, name: str) -> str:
        if not isinstance(name, str):
            raise BadValueError(f"name={name!r} must be a text")
        if self.is_settled:
            raise BadValueError(f"'{name}' cannot be added to this network: {SETTLED}")
        if name in {*self.populations, *self.projections, *self.rules}:
            raise BadValueError(f"the name '{name}' is taken; give another with name=")
        if not name or name.strip() != name or any(sign in name for sign in ("/", ".", '"""')):
            raise BadValueError(
                f"the name {name!r} must not be empty, nor contain '/', '.' or three quotation marks, nor begin or end "
                "with a space"
            )
        return name

    def _part(self, end: Population | PopulationView) -> tuple[Population, np.ndarray | None]:
        """The population, and which of its cells if not all."""
        if isinstance(end, Population):
            return end, None
        return self.population(end.population), end.indices

    def _arrow(self, source: Population | PopulationView, target: Population | PopulationView) -> str:
        name, k = f"{source.name} -> {target.name}", 2
        while name in self.projections:
            name, k = f"{source.name} -> {target.name} ({k})", k + 1
        return name


def _side(population: Population, part: np.ndarray | None) -> Side:
    if part is None:
        return Side(population.n, population.positions)
    return Side(len(part), None if population.positions is None else population.positions[part])


def _check_overlap(name: str, same: bool, pre: Any, post: Any, wiring: Connector) -> None:
    """Of parts that share some cells, but not all, a wiring does not know which pairs would be autapses."""
    if not same or (pre is None and post is None) or getattr(wiring, "autapses", True):
        return
    if pre is not None and post is not None and (np.array_equal(pre, post) or not np.intersect1d(pre, post).size):
        return
    raise BadValueError(
        f"'{name}' connects parts of one population that share cells, so that some would be connected to themselves: "
        f"use parts that are equal or share none, or {type(wiring).__name__}(..., autapses=True)"
    )


def _check_kind(name: str, what: str, value: Any, kind: type) -> None:
    if value is not None and not isinstance(value, kind):
        example = f"; give an object such as {'AMPA()' if kind is Receptor else 'TsodyksMarkram()'}"
        raise BadValueError(f"{what}={_as_given(value)} of '{name}' is not a {what}{_call_it(value, kind) or example}")


def _rules(rules: Any, kind: type, where: str, elsewhere: str) -> tuple[tuple[Any, ...], tuple[str, ...]]:
    """The rules and their names; `elsewhere` says where a rule of another kind goes."""
    names = [*rules] if isinstance(rules, Mapping) else None
    rules = [*rules.values()] if isinstance(rules, Mapping) else rules
    if isinstance(rules, Mechanism | str) or not isinstance(rules, Sequence):
        ways = "rules=[...], or with names of yours: rules={'stdp': ...}"
        raise BadValueError(f"rules={_as_given(rules)} of {where} must be a list: {ways}")
    for rule in rules:
        if not isinstance(rule, kind):
            raise BadValueError(
                f"{_as_given(rule)} cannot be a rule of {where}{_call_it(rule, kind) or f'; {elsewhere}'}"
            )
    return tuple(rules), rule_names(rules, names, where)


def _as_given(value: Any) -> str:
    return value.__name__ if isinstance(value, type) else repr(value)


def _call_it(value: Any, kind: type) -> str:
    """What to do about a class where one of its objects is wanted."""
    return f"; write {value.__name__}()" if isinstance(value, type) and issubclass(value, kind) else ""


def _numbers(value: Any, what: str) -> np.ndarray:
    try:
        return read_only(value, float)
    except (TypeError, ValueError) as error:
        raise BadValueError(f"{what} must be numbers, not {short(value)}") from error


def _branches(value: Any, name: str) -> Any:
    """Branches as one number or an array; whether it fits is known when the wiring is drawn."""
    if not isinstance(value, list | tuple | np.ndarray):
        return value
    try:
        return read_only(value)
    except ValueError as error:
        raise BadValueError(f"branches of '{name}' must be whole numbers, one a synapse, not {value!r:.60}") from error


def _check_delivery(
    name: str, source: Population, target: Population, receptor: Receptor | None, release: Release | None
) -> None:
    """What arrives must be read by the target's model: nothing is silently ignored."""
    wanted = {read for hook in target.neuron.hooks for read in hook.all_reads}
    model = type(target.neuron).__name__
    given = "scheduled" in wanted and not wanted & {"input", *SUMS}
    if receptor is None and given:
        return  # a given train hears nothing: such a projection is there for what its rules do
    if receptor is None:
        if "input" not in wanted:
            raise ContractError(
                f"'{name}' has no receptor, but {model} takes no direct input; give it a receptor such as AMPA()"
            )
    else:
        gives = {hook.event for hook in receptor.hooks} & {*GIVEN}
        origins = [state.origin for state in target.neuron.states.values()]
        named = [target.neuron.values[one.projection] for one in origins if isinstance(one, Received)]
        for channel in gives if name not in named else ():
            if not wanted & {channel, *BY_SIGN}:
                raise ContractError(
                    f"receptor {type(receptor).__name__} of '{name}' gives a {channel}, which {model} does not read"
                )
    if release is not None and not source.spiking:
        raise ContractError(f"'{name}': rate neurons do not release vesicles; leave out release=")
