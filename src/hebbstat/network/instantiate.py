"""From description to numbers: draws wiring, weights, delays and parameters of a network, once.

Engine and reference start from the same `NetworkInstance` network, so what they may differ in is the dynamics alone.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from hebbstat.contract.distributions import Distribution, Linked
from hebbstat.contract.errors import BadValueError
from hebbstat.contract.fields import short
from hebbstat.contract.mechanism import Mechanism
from hebbstat.contract.signals import FollowState, Moving, Signal, steps_of
from hebbstat.contract.state import Global, PerPost, PerPre, PerSynapse, Scope
from hebbstat.network import rewiring
from hebbstat.network.derive import derive_all
from hebbstat.network.drawn import Drawn
from hebbstat.network.lookup import places
from hebbstat.network.memory import require_memory
from hebbstat.network.network import Network, Population, Projection
from hebbstat.network.parallel import cores
from hebbstat.network.scopes import field_scope
from hebbstat.network.streams import Streams
from hebbstat.network.trains import train_steps
from hebbstat.network.validate import check
from hebbstat.network.wiring import ByRows, Rows, draw_rows, row_starts

LONGEST_DELAY = 2**30  # steps
PARALLEL_FROM = 100_000  # synapses; below, starting threads costs more than it gains
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


def wiring_digest(*values: np.ndarray) -> str:
    """A sha256 of the presynaptic and postsynaptic neurons of synapses, and of their delays in steps."""
    found = hashlib.sha256()
    for one in values:
        found.update(np.ascontiguousarray(one, np.int32).view(np.uint8).data)
    return found.hexdigest()


@dataclass(eq=False)
class Synapses:
    """The synapses of one projection in canonical order: by presynaptic, then postsynaptic index, then copy.

    Those of presynaptic neuron i are `start[i]` to `start[i + 1]`.
    """

    start: np.ndarray  # int64
    post: np.ndarray  # int32
    weight: float | np.ndarray | Drawn  # one number if all are equal
    delay: np.ndarray  # whole steps; one element if all are equal
    dendritic_delay: int  # steps
    branch: np.ndarray | None = None  # int32
    copy: np.ndarray | None = None  # int32: the number of each synapse among those of its pair; None where all are 0

    @property
    def n(self) -> int:
        """How many."""
        return len(self.post)

    @property
    def several_delays(self) -> bool:
        """Whether delays differ."""
        return bool(self.delay.min(initial=self.delay.max(initial=0)) < self.delay.max(initial=0))

    def are_all(self, targets: int) -> bool:
        """Whether each presynaptic neuron has one synapse onto each of so many `targets`, all with one delay."""
        if self.n != (len(self.start) - 1) * targets or self.several_delays:
            return False
        return bool((self.post.reshape(-1, targets) == np.arange(targets)).all())

    def are_one_to_one(self, targets: int) -> bool:
        """Whether neuron i has one synapse, onto the i-th of so many `targets`, all with one delay."""
        if self.n != targets or len(self.start) != targets + 1 or self.several_delays:
            return False
        return bool((self.start[:-1] == self.post).all() and (self.post == np.arange(targets)).all())

    def pre(self) -> np.ndarray:
        """The presynaptic index of each synapse (int32), made anew at each call."""
        return Rows(self.start, self.post).pre()

    def branches(self, given: Any) -> int:
        """How many branches a neuron has: as many as were `given`, or up to the last that a synapse is on."""
        if self.branch is None:
            return 1
        return int(self.branch.max(initial=0)) + 1 if np.ndim(given) else int(given)

    def digest(self) -> str:
        """A sha256 of who connects to whom, and how late."""
        return wiring_digest(self.pre(), self.post, np.broadcast_to(self.delay, self.n))

    def weights(self) -> np.ndarray:
        """The weight of each synapse (float64); not to be written to."""
        return np.broadcast_to(np.asarray(self.weight, float), self.n)


@dataclass(eq=False)
class NetworkInstance:
    """A network in numbers.

    `values[(name, place)][field]` is a float, an array over the field's scope, a `Table` or a `FollowState`. Derived
    values are among them, unless they are live (they depend on a signal or on what a rule changes): `live` holds
    (name, place, derived name) for those.
    """

    network: Network
    synapses: dict[str, Synapses] = field(default_factory=dict)
    values: dict[Place, dict[str, Any]] = field(default_factory=dict)
    live: set[tuple[str, str, str]] = field(default_factory=set)
    trains: dict[str, tuple[np.ndarray, np.ndarray]] = field(default_factory=dict)  # steps, neurons


def instantiate(net: Network, threads: int | None = None) -> NetworkInstance:
    """Draw everything of a network that is random, and compute its derived values.

    `threads` (default: all cores) changes nothing but the time it takes.
    """
    net = net.copy(settled=True)  # what is done to the description later changes nothing that was made of it
    made = NetworkInstance(net)
    check(net)
    _check_memory(net)
    orders: dict[str, np.ndarray | None] = {}
    draws = {name: Streams(net, name) for name in (*net.populations, *net.projections, *net.rules)}
    for projection in net.projections.values():
        wired = _wire(net, projection, draws[projection.name], threads or cores())
        made.synapses[projection.name], orders[projection.name] = wired
    for owner, place, mechanism, on in places(net):
        draw = _Draw(made, draws[owner], orders.get(owner))
        made.values[owner, place] = draw.fields(owner, place, mechanism, on)
    for population in net.populations.values():
        if population.spikes is not None:
            made.trains[population.name] = train_steps(population.spikes, net.dt, population.name)
    derive_all(made)
    rewiring.check(made)
    return made


def _check_memory(net: Network) -> None:
    wanted = sum(_bytes_needed(p) for p in net.projections.values())
    wanted += sum(p.n for p in net.populations.values()) * 200.0
    require_memory(
        wanted, "the network", "use fewer cells, or sparser wiring such as FixedProbability(p) or FixedInDegree(k)"
    )


def _bytes_needed(projection: Projection) -> float:
    """While a projection is being made: targets twice (canonical, then in shares), weights, states, what is drawn."""
    each = 8 + 4 + (0 if isinstance(projection.wiring, ByRows) else 24)
    drawn = [projection.weight, projection.delay]
    for _, mechanism in projection.mechanisms():
        drawn += [v for name, v in mechanism.values.items() if field_scope(mechanism, name) is PerSynapse]
        each += 4 * sum(state.is_plain and state.scope is PerSynapse for state in mechanism.states.values())
    each += 16 * sum(isinstance(value, Distribution | np.ndarray) for value in drawn)
    return projection.wiring.expected(*projection.sides()) * each


def _wire(
    net: Network, projection: Projection, draws: Streams, threads: int
) -> tuple[Synapses, np.ndarray | None]:
    """The synapses of a projection, and in which order what was given beside its pairs has to be taken."""
    sides = projection.sides()
    few = projection.wiring.expected(*sides) < PARALLEL_FROM
    rows = draw_rows(projection.wiring, *sides, draws("wiring"), 1 if few else threads)
    if projection.pre_part is not None or projection.post_part is not None:
        rows = _of_parts(projection, rows)
    draw = _Draw(None, draws, rows.order)
    n = len(rows.post)
    synapses = Synapses(
        rows.start, rows.post, _weights(projection, draw, n), _delays(net, projection, draw, n, 1 if few else threads),
        round(projection.dendritic_delay / net.dt), _branches(projection, draw, n),
        _copies(rows) if _tells_copies_apart(projection) else None,
    )  # fmt: skip
    return synapses, rows.order


def _weights(projection: Projection, draw: _Draw, n: int) -> float | np.ndarray | Drawn:
    """One number, an array, or, where nothing changes them, what gives any part of one."""
    drawn = draw.drawn(projection.weight, "weight", n)
    if drawn is not None and not projection.is_plastic:
        return drawn
    weight = draw.values(projection.weight, "weight", n, f"weight of '{projection.name}'")
    return float(weight) if np.ndim(weight) == 0 else np.asarray(weight, float)


def _tells_copies_apart(projection: Projection) -> bool:
    """Whether the synapses of a pair must be numbered: where there may be several, and something may draw for each."""
    once = isinstance(projection.wiring, ByRows) and not projection.wiring.repeats
    return not once and (projection.is_plastic or projection.release is not None)


def _of_parts(projection: Projection, rows: Rows) -> Rows:
    """Rows over parts of populations as rows over these."""
    pre, post = projection.indices(0)[rows.pre()], projection.indices(1)[rows.post]
    keys = pre.astype(np.int64) << 32 | post
    start = row_starts(np.bincount(pre, minlength=projection.source.n))
    if (np.diff(keys) >= 0).all():
        return Rows(start, post.astype(np.int32), rows.order)
    order = np.argsort(keys, kind="stable")
    return Rows(start, post[order].astype(np.int32), order if rows.order is None else rows.order[order])


def _copies(rows: Rows) -> np.ndarray | None:
    """The number of each synapse among those of its pair; None if no pair has two."""
    is_copy = np.zeros(len(rows.post), bool)
    is_copy[1:] = rows.post[1:] == rows.post[:-1]
    is_copy[rows.start[:-1][rows.start[:-1] < len(rows.post)]] = False
    if not is_copy.any():
        return None
    place = np.arange(len(rows.post), dtype=np.int32)
    return place - np.maximum.accumulate(np.where(is_copy, 0, place))


def _delays(net: Network, projection: Projection, draw: _Draw, n: int, threads: int) -> np.ndarray:
    where = f"delay of '{projection.name}'"
    if isinstance(projection.delay, float):
        steps = np.array([steps_of(projection.delay, net.dt, where)])
    elif (drawn := draw.drawn(projection.delay, "delay", n)) is not None:
        steps = drawn.steps(net.dt, threads)
    else:
        steps = np.divide(np.broadcast_to(draw.values(projection.delay, "delay", n, where), n), net.dt)
        np.maximum(1, np.rint(steps, out=steps), out=steps)
    if steps.size and steps.max() > LONGEST_DELAY:
        longest = steps.max() * net.dt
        raise BadValueError(f"{where} of {longest:g} ms is longer than {LONGEST_DELAY} steps; use shorter delays")
    return steps if steps.dtype.kind == "u" else steps.astype(np.int32)


def _branches(projection: Projection, draw: _Draw, n: int) -> np.ndarray | None:
    if projection.branches is None:
        return None
    branch = np.asarray(projection.branches)
    fits = branch.dtype.kind in "iu" and branch.size and branch.min() >= (branch.ndim == 0) and branch.max() < 1 << 31
    if not fits:
        raise BadValueError(
            f"branches={short(projection.branches)} of '{projection.name}' must be a whole number, at least 1, "
            "or each synapse's branch, from 0"
        )
    if branch.ndim == 0:
        return draw.draws("branches").integers(0, int(branch), n).astype(np.int32)
    if branch.shape != (n,):
        raise BadValueError(
            f"branches of '{projection.name}' must be a number or an array of its {n} synapses, not {branch.shape}"
        )
    return draw.in_order(branch).astype(np.int32)


@dataclass(eq=False)
class _Draw:
    """What is drawn or given for one population, projection or network rule.

    Arrays over synapses are given in the order of the pairs of their wiring; `order` takes them to the canonical one.
    """

    made: NetworkInstance | None
    draws: Streams
    order: np.ndarray | None

    def in_order(self, given: np.ndarray) -> np.ndarray:
        """What was given for each synapse (the last axis) in canonical order."""
        return given if self.order is None else given[..., self.order]

    def values(self, value: Any, name: str, n: int, where: str, per_synapse: bool = True) -> Any:
        """A parameter as a number or an array of `n`."""
        if isinstance(value, Linked):
            return self.draws.sample(value, name, n)
        if isinstance(value, Distribution):
            return value.sample(self.draws, name, n)
        if isinstance(value, Moving):
            raise BadValueError(f"{where} cannot be a signal; let a rule change it")
        if np.ndim(value) and np.shape(value) != (n,):
            raise BadValueError(
                f"{where} is an array of shape {np.shape(value)}; it must have one value for each of {n}"
            )
        return self.in_order(np.asarray(value)) if np.ndim(value) and per_synapse else value

    def drawn(self, value: Any, name: str, n: int) -> Drawn | None:
        """A distribution's values for synapses, any part of which can be drawn alone; None of what has to be drawn
        in one go."""
        if not isinstance(value, Distribution) or type(value).sample is not Distribution.sample:
            return None
        return Drawn(value, self.draws.key(name), n)

    def fields(
        self, owner: str, place: str, mechanism: Mechanism, on: Population | Projection | None
    ) -> dict[str, Any]:
        """The instantiated parameters of one mechanism."""
        assert self.made is not None
        dt, found = self.made.network.dt, {}
        for name, spec in mechanism.fields.items():
            value, where = mechanism.values[name], f"{name} of {type(mechanism).__name__} on '{owner}'"
            if name == "period" and not isinstance(value, float):
                raise BadValueError(f"{where} = {short(value)} must be one number: a clock ticks for all")
            if spec.unit is None or isinstance(value, float | FollowState):
                found[name] = value
                continue
            scope = field_scope(mechanism, name)
            n, own = self._count(scope, on), scope is PerSynapse
            if isinstance(value, Signal):
                values, every, repeat = value.table(dt)
                if values.ndim == 2 and values.shape[1] != n:
                    raise BadValueError(
                        f"{where} is a signal for {values.shape[1]} elements; it must be for {n} ({scope}) "
                        "or one for all"
                    )
                values = self.in_order(values) if values.ndim == 2 and own else values
                found[name] = Table(np.ascontiguousarray(values), every, repeat)
            elif scope is Global:
                raise BadValueError(
                    f"{where} = {short(value)} must be one number: the rule needs it for more than one kind of neuron"
                )
            else:
                prefix = name if place == "neuron" else f"{place}/{name}"
                found[name] = self.values(value, prefix, n, f"{where} ({scope})", own)
        return found

    def _count(self, scope: Scope, on: Population | Projection | None) -> int:
        """How many owners of a scope there are."""
        if isinstance(on, Population):
            return on.n if scope is not Global else 0
        if on is None or self.made is None:
            return 0
        sizes = {PerPre: on.source.n, PerPost: on.target.n, PerSynapse: self.made.synapses[on.name].n}
        return sizes.get(scope, 0)
