"""From description to numbers: draws wiring, weights, delays and parameters of a network, once.

Engine and reference start from the same `Realised` network, so what they may differ in is the dynamics alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from homeostat import keyed
from homeostat.distributions import Distribution, Streams
from homeostat.errors import BadValue, UnknownName
from homeostat.network.checks import check
from homeostat.network.derive import derive_all
from homeostat.network.network import Network, Population, Projection
from homeostat.network.room import check_room
from homeostat.network.scopes import field_scope
from homeostat.network.wiring import Side
from homeostat.rule import Follow, Mechanism, short
from homeostat.signals import Signal, steps_of

LONGEST_DELAY = 2**30  # steps
BYTES_PER_SYNAPSE = 40  # while a network is being made
Place = tuple[str, str]  # name of a population, projection or network rule; place within it


@dataclass(eq=False)
class Table:
    """A planned signal in steps: `values[time]` or `values[time, element]`, each lasting `every` steps."""

    values: np.ndarray
    every: int
    repeat: bool

    def row(self, step: int) -> int:
        """The row of the table that holds at `step`."""
        k = step // self.every
        return k % len(self.values) if self.repeat else min(k, len(self.values) - 1)


@dataclass(eq=False)
class Synapses:
    """The synapses of one projection in canonical order: by presynaptic, then postsynaptic index, then copy."""

    pre: np.ndarray  # int32
    post: np.ndarray  # int32
    weight: np.ndarray  # float64
    delay: np.ndarray  # int32, steps; one element if all are equal
    dendritic_delay: int  # steps
    branch: np.ndarray | None = None  # int32

    @property
    def n(self) -> int:
        """How many."""
        return len(self.pre)


@dataclass(eq=False)
class Realised:
    """A network in numbers.

    `values[(name, place)][field]` is a float, an array over the field's scope, a `Table` or a `Follow`. Derived
    values are among them, unless they are live (they depend on a signal or on what a rule changes): `live` holds
    (name, place, derived name) for those.
    """

    network: Network
    synapses: dict[str, Synapses] = field(default_factory=dict)
    values: dict[Place, dict[str, Any]] = field(default_factory=dict)
    live: set[tuple[str, str, str]] = field(default_factory=set)
    trains: dict[str, tuple[np.ndarray, np.ndarray]] = field(default_factory=dict)  # steps, neurons


def realise(net: Network) -> Realised:
    """Draw everything of a network that is random, and compute its derived values."""
    made = Realised(net)
    check(net)
    _check_memory(net)
    for population in net.populations.values():
        made.values[population.name, "neuron"] = _fields(
            net, population.name, "neuron", population.neuron, population, None
        )
        for k, rule in enumerate(population.rules):
            made.values[population.name, f"rule{k}.0"] = _fields(
                net, population.name, f"rule{k}.0", rule, population, None
            )
        if population.spikes is not None:
            made.trains[population.name] = _train_steps(net, population)
    for projection in net.projections.values():
        synapses = made.synapses[projection.name] = _wire(net, projection)
        for place, mechanism in projection.mechanisms():
            made.values[projection.name, place] = _fields(net, projection.name, place, mechanism, projection, synapses)
    for name, network_rule in net.rules.items():
        made.values[name, "rule"] = _fields(net, name, "rule", network_rule, None, None)
    derive_all(made)
    return made


def places(net: Network) -> list[tuple[str, str, Mechanism, Population | Projection | None]]:
    """All mechanisms of a network: (name, place, mechanism, the population or projection that it is on)."""
    found: list[tuple[str, str, Mechanism, Population | Projection | None]] = []
    for population in net.populations.values():
        found.append((population.name, "neuron", population.neuron, population))
        found += [(population.name, f"rule{k}.0", rule, population) for k, rule in enumerate(population.rules)]
    for projection in net.projections.values():
        found += [(projection.name, place, mechanism, projection) for place, mechanism in projection.mechanisms()]
    found += [(name, "rule", rule, None) for name, rule in net.rules.items()]
    return found


def targets(net: Network) -> set[tuple[str, str, str]]:
    """(name, place, field) of all parameters that some rule changes."""
    found = set()
    for population in net.populations.values():
        found |= {(population.name, "neuron", rule.aim) for rule in population.rules if rule.aim}
    for projection in net.projections.values():
        for rule in projection.rules:
            for bound in rule.bound():
                aim = bound.adds[1] if bound.adds and bound.adds[0] is None else None
                aim = getattr(bound.owner, "aim", None) if bound.hook.event == "limit" else aim
                if aim is not None and aim != "w":
                    found.add(target_of(projection, aim))
    return found


def target_of(projection: Projection, aim: str) -> tuple[str, str, str]:
    """Where a rule's target such as 'release.U', 'receptor.tau' or 'post.v_threshold' lives."""
    place, _, name = aim.partition(".")
    if place == "post":
        owner, mechanism, place = projection.target.name, projection.target.neuron, "neuron"
    else:
        owner, mechanism = projection.name, {"release": projection.release, "receptor": projection.receptor}.get(place)  # type: ignore[assignment]
    if mechanism is None or name not in mechanism.fields:
        raise UnknownName(
            f"target '{aim}' of a rule on '{projection.name}' is not there; "
            "a target is 'w', 'release.U', 'receptor.tau', 'post.v_threshold' ..."
        )
    return owner, place, name


def streams(net: Network, owner: str) -> Streams:
    """Generators for one population's or projection's draws, by name."""
    return lambda name: keyed.generator(net.seed, f"{owner}/{name}")


def _train_steps(net: Network, population: Population) -> tuple[np.ndarray, np.ndarray]:
    """Given trains as (step, neuron), in that order; two spikes of a cell in one step are one."""
    assert population.spikes is not None
    times, neurons = population.spikes
    steps = np.rint(times / net.dt).astype(np.int64) - 1
    if steps.size and steps.min() < 0:
        raise BadValue(
            f"spikes of '{population.name}': the earliest possible time is the end of the first step, {net.dt:g} ms"
        )
    pairs = np.unique(np.stack([steps, neurons]), axis=1)
    return pairs[0], pairs[1].astype(np.int32)


def _check_memory(net: Network) -> None:
    wanted = sum(p.wiring.expected(p.source.n, p.target.n) for p in net.projections.values()) * BYTES_PER_SYNAPSE
    wanted += sum(p.n for p in net.populations.values()) * 200.0
    check_room(wanted, "the network", "use fewer cells, or sparser wiring such as Random(p) or FixedInDegree(k)")


def _wire(net: Network, projection: Projection) -> Synapses:
    source, target, draw = projection.source, projection.target, streams(net, projection.name)
    pre, post = projection.wiring.pairs(
        Side(source.n, source.positions), Side(target.n, target.positions, source is target), draw("wiring")
    )
    weight = _drawn(projection.weight, draw, "weight", len(pre), f"weight of '{projection.name}'")
    return Synapses(
        pre, post, np.broadcast_to(weight, len(pre)).astype(float), _delays(net, projection, draw, len(pre)),
        round(projection.dendritic_delay / net.dt), _branches(projection, draw, len(pre)),
    )  # fmt: skip


def _delays(net: Network, projection: Projection, draw: Streams, n: int) -> np.ndarray:
    where = f"delay of '{projection.name}'"
    if isinstance(projection.delay, float):
        steps = np.array([steps_of(projection.delay, net.dt, where)])
    else:
        delay = _drawn(projection.delay, draw, "delay", n, where)
        steps = np.maximum(1, np.rint(np.broadcast_to(delay, n) / net.dt))
    if steps.size and steps.max() > LONGEST_DELAY:
        longest = steps.max() * net.dt
        raise BadValue(f"{where} of {longest:g} ms is longer than {LONGEST_DELAY} steps; use shorter delays")
    return steps.astype(np.int32)


def _branches(projection: Projection, draw: Streams, n: int) -> np.ndarray | None:
    if projection.branches is None:
        return None
    branch = np.asarray(projection.branches)
    if branch.dtype.kind not in "iu" or branch.size == 0 or branch.min() < (branch.ndim == 0):
        raise BadValue(
            f"branches={short(projection.branches)} of '{projection.name}' must be a whole number, at least 1, "
            "or each synapse's branch, from 0"
        )
    if branch.ndim == 0:
        return draw("branches").integers(0, int(branch), n).astype(np.int32)
    if branch.shape != (n,):
        raise BadValue(
            f"branches of '{projection.name}' must be a number or an array of its {n} synapses, not {branch.shape}"
        )
    return branch.astype(np.int32)


def _drawn(value: Any, draw: Streams, name: str, n: int, where: str) -> Any:
    if isinstance(value, Distribution):
        return value.sample(draw, name, n)
    if isinstance(value, Signal):
        raise BadValue(f"{where} cannot be a signal; let a rule change it")
    if np.ndim(value) and np.shape(value) != (n,):
        raise BadValue(f"{where} is an array of shape {np.shape(value)}; it must have one value for each of {n}")
    return value


def _count(scope: str, on: Population | Projection | None, synapses: Synapses | None) -> int:
    if isinstance(on, Population):
        return on.n
    if isinstance(on, Projection) and synapses is not None:
        return {"PerPre": on.source.n, "PerPost": on.target.n, "PerSynapse": synapses.n}.get(scope, 0)
    return 0


def _fields(
    net: Network,
    owner: str,
    place: str,
    mechanism: Mechanism,
    on: Population | Projection | None,
    synapses: Synapses | None,
) -> dict[str, Any]:
    """The realised parameters of one mechanism."""
    draw, found = streams(net, owner), {}
    for name, spec in mechanism.fields.items():
        value, where = mechanism.values[name], f"{name} of {type(mechanism).__name__} on '{owner}'"
        if spec.unit is None or isinstance(value, float | Follow):
            found[name] = value
            continue
        if name == "period":
            raise BadValue(f"{where} = {short(value)} must be one number: a clock ticks for all")
        scope = field_scope(mechanism, name)
        n = _count(scope, on, synapses)
        if isinstance(value, Signal):
            values, every, repeat = value.table(net.dt)
            if values.ndim == 2 and values.shape[1] != n:
                raise BadValue(
                    f"{where} is a signal for {values.shape[1]} elements; it must be for {n} ({scope}) or one for all"
                )
            found[name] = Table(np.ascontiguousarray(values), every, repeat)
        elif n == 0:
            raise BadValue(
                f"{where} = {short(value)} must be one number: the rule needs it for more than one kind of neuron"
            )
        else:
            prefix = name if place == "neuron" else f"{place}/{name}"
            found[name] = _drawn(value, draw, prefix, n, f"{where} ({scope})")
    return found
