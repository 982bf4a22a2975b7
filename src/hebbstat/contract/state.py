"""Declared state: what a mechanism remembers, where, and how it changes.

x = PerPre.trace(decay="tau_plus")            # +1 at each presynaptic event, exponential decay
y = PerPost.trace(decay="tau_minus", set=1.0) # nearest-spike form: set to 1
v = PerNeuron.state("v_rest")                # starts at the value of the field v_rest
total = PerPost.reduce("w", "sum")           # over a neuron's incoming synapses, read in `on_tick`
inflow = PerNeuron.inflow(no, reach="reach") # from the neighbours in space, so that `no` can diffuse
blocked = PerPost.received("current", through="brake")  # what a receptor of the cell gives; `brake` names it

@v.step
def _(v, current): ...                       # the hook returns the state's new value
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from typing import Any

import numpy as np

from hebbstat.contract.calls import explained
from hebbstat.contract.errors import ContractError
from hebbstat.contract.hooks import Hook, _plain

REDUCTIONS = ("sum", "mean", "max", "min", "count")


@dataclass(frozen=True)
class Plain:
    """A value that hooks write, and nothing else."""


PLAIN = Plain()

@dataclass(frozen=True)
class Trace:
    """Exponential decay with the time constant named `tau`; at its event the trace is added to, or set."""

    tau: str
    add: float | str | None
    set: float | str | None

    @property
    def jump(self) -> float | str:
        """What is added at its event, or what it is set to."""
        jump = self.add if self.set is None else self.set
        assert jump is not None
        return jump


@dataclass(frozen=True)
class Reduction:
    """A number per owner from the values `of` its synapses; `over` is 'projection' or 'neuron' (all projections)."""

    of: str
    how: str
    q: float = 0.0
    over: str = "projection"


@dataclass(frozen=True)
class Lagged:
    """The value that another state had `by` (a field, ms) ago."""

    state: State
    by: str

    @property
    def source(self) -> str:
        """The name of that state (which the class body gives it later)."""
        return self.state.name


@dataclass(frozen=True)
class Inflow:
    """The sum over the neurons within `reach` (a field, in the unit of positions) of their `source` minus one's own."""

    state: State
    reach: str

    @property
    def source(self) -> str:
        """The name of that state."""
        return self.state.name


@dataclass(frozen=True)
class Sensor:
    """How many cells of a population spiked in this step, or the mean rate that rate neurons gave out.

    `population` is the field that names it.
    """

    population: str
    rate: bool = False


@dataclass(frozen=True)
class Received:
    """What a receptor of the cell is or gives: `what` is its state, field, derived value, `current` or `conductance`.

    `projection` is the field that names the projection whose receptor it is.
    """

    what: str
    projection: str


Origin = Plain | Trace | Reduction | Lagged | Inflow | Sensor | Received
"""Where the value of a state comes from."""


class State:
    """A declared state. Made by a scope (`PerPre.state(...)`); a class keeps a copy of each that its body names."""

    def __init__(
        self, scope: Scope, init: float | str = 0.0, *, slow: bool = False, origin: Origin = PLAIN
    ) -> None:
        _check_amount("init", init)
        self.scope, self.init, self.slow, self.origin = scope, init, slow, origin
        self.advancer: Hook | None = None
        self.name = ""

    def __repr__(self) -> str:
        return f"{self.scope.name}.{self.name}"

    def named(self, name: str) -> State:
        """A copy under this name, so that what one class does with a state is nothing to another."""
        own = copy(self)
        own.name = name
        return own

    @property
    def is_plain(self) -> bool:
        """Whether hooks may write it: it is no reduction, lagged copy, inflow or sensor, nor a receptor's."""
        return isinstance(self.origin, Plain | Trace)

    @property
    def moves(self) -> bool:
        """Whether it changes by itself between events."""
        return isinstance(self.origin, Trace) or self.advancer is not None

    @property
    def adds_amounts(self) -> bool:
        """Whether it is a trace that adds `amount`, which to a receptor is what arrives."""
        return isinstance(self.origin, Trace) and self.origin.add == "amount" and not self.slow

    # Each decorator below makes a hook that returns the new value of this state.
    def step(self, function: Callable[..., Any]) -> Hook:
        """New value at each step."""
        return together(self).step(function)

    def on_tick(self, function: Callable[..., Any]) -> Hook:
        """New value at each tick of the mechanism's slow clock, its field `period`."""
        return together(self).on_tick(function)

    def on_pre(self, function: Callable[..., Any] | None = None, *, after: str | None = None) -> Any:
        """New value at a presynaptic event; `after` names a field that delays it further."""
        return together(self).on_pre(function, after=after)

    def on_post(self, function: Callable[..., Any]) -> Hook:
        """New value at a postsynaptic spike."""
        return together(self).on_post(function)

    def on_spike(self, function: Callable[..., Any]) -> Hook:
        """New value when the neuron itself spikes (reset, adaptation)."""
        return together(self).on_spike(function)

    def on_arrival(self, function: Callable[..., Any]) -> Hook:
        """New value when transmitter arrives at a receptor; reads `amount`, the step's sum."""
        return together(self).on_arrival(function)

    def advance(self, function: Callable[..., Any]) -> Hook:
        """The exact value after a quiet interval `elapsed` (ms), which makes event-driven evaluation possible."""
        return Hook("advance", _plain(function), (self,))


class together:
    """Several states that one hook updates: it returns a tuple in their order. `@together(v, w).step`."""

    def __init__(self, *states: State) -> None:
        for state in states:
            if not (isinstance(state, State) and state.is_plain):
                raise ContractError(f"{state!r} cannot be written by a hook")
        self.states = states

    def _hook(self, event: str, function: Any, **options: Any) -> Hook:
        return Hook(event, _plain(function), self.states, **options)

    def step(self, function: Callable[..., Any]) -> Hook:
        """New values at each step."""
        return self._hook("step", function)

    def on_tick(self, function: Callable[..., Any]) -> Hook:
        """New values at each tick of the slow clock."""
        return self._hook("on_tick", function)

    def on_pre(self, function: Callable[..., Any] | None = None, *, after: str | None = None) -> Any:
        """New values at a presynaptic event."""
        if after is not None:
            _check_field(after, "on_pre", "after", "late: Delay = 5.0")
        if function is None:
            return lambda later: self._hook("on_pre", later, after=after)
        return self._hook("on_pre", function)

    def on_post(self, function: Callable[..., Any]) -> Hook:
        """New values at a postsynaptic spike."""
        return self._hook("on_post", function)

    def on_spike(self, function: Callable[..., Any]) -> Hook:
        """New values when the neuron itself spikes."""
        return self._hook("on_spike", function)

    def on_arrival(self, function: Callable[..., Any]) -> Hook:
        """New values when transmitter arrives."""
        return self._hook("on_arrival", function)


@dataclass(frozen=True, eq=False)
class Scope:
    """What a state belongs to. The constants below are all there are; they differ in their attributes alone."""

    name: str
    rank: int  # 0 is one value for all; a larger rank has more owners
    parents: tuple[Scope, ...] = ()  # of these each owner has exactly one, so its hooks may read their states
    sides: tuple[str, ...] = ()  # the neurons that an owner knows: its hooks may read `pre_X`, `post_X`, `neuron_X`
    owner: tuple[str, ...] = ()  # what tells an owner from others, and their order (docs/semantics.md, section 7)
    element: tuple[str, ...] = ()  # the upper and the lower half of the element that keys an owner's random draws
    index: str = ""  # where a parameter's value for an owner stands in its array; empty: there is one for all
    event: str = ""  # at which event of an owner its traces jump

    def __repr__(self) -> str:
        return self.name

    @property
    def visible(self) -> tuple[Scope, ...]:
        """The scopes whose states a hook may read that runs for owners of this one."""
        return tuple(dict.fromkeys((*([] if self in WHOLE else [self]), *self.parents, *WHOLE)))

    @explained
    def state(self, init: float | str = 0.0, *, slow: bool = False) -> State:
        """A plain state; `init` is a number or the name of a field. `slow` state stops under `frozen()`."""
        return State(self, init, slow=slow)

    @explained
    def trace(
        self,
        decay: str,
        *,
        add: float | str = 1.0,
        set: float | str | None = None,
        init: float | str = 0.0,
        slow: bool = False,
    ) -> State:
        """An exponential trace of the owner's events, with the time constant in the field `decay`.

        The event is a presynaptic event for `PerPre`, a postsynaptic spike for `PerPost`, a spike for `PerNeuron`, and
        for a receptor an arrival (then `add="amount"`). `set` makes it the nearest-spike form.
        """
        _check_field(decay, "trace", "decay", "tau: Ms = 20.0")
        _check_amount("add" if set is None else "set", add if set is None else set)
        return State(self, init, slow=slow, origin=Trace(decay, None if set is not None else add, set))

    @explained
    def reduce(self, of: str, how: Any, *, over: str = "projection") -> State:
        """A reduction over the owner's synapses: `sum`, `mean`, `max`, `min`, `count` or `quantile(q)`."""
        if not isinstance(of, str):
            raise ContractError(f'reduce({of!r}, ...): it names what is reduced, as a text: reduce("w", "sum")')
        name = getattr(how, "__name__", how)
        q = how.q if isinstance(how, quantile) else 0.0
        name = "quantile" if isinstance(how, quantile) else {"len": "count"}.get(name, name)
        if name not in (*REDUCTIONS, "quantile"):
            raise ContractError(f"reduce(how={how!r}): must be one of {', '.join(REDUCTIONS)} or quantile(q)")
        if over not in ("projection", "neuron"):
            raise ContractError(f"reduce(over={over!r}): must be 'projection' or 'neuron'")
        return State(self, origin=Reduction(of, name, q, over))

    @explained
    def lagged(self, source: State, by: str) -> State:
        """What `source` was `by` ms ago, `by` naming a field."""
        _check_source(source, "lagged")
        _check_field(by, "lagged", "by", "late: Delay = 5.0")
        return State(self, origin=Lagged(source, by))

    @explained
    def inflow(self, source: State, reach: str) -> State:
        """What `source` would gain from its neighbours by diffusion at rate 1: the sum of their values minus its own.

        `reach` names a field. On a square grid with spacing h and reach h it is h^2 times the discrete Laplacian,
        and no flux passes the border: `@no.step def _(no, inflow, rate, dt): return no + rate * inflow * dt`
        keeps the total.
        """
        _check_source(source, "inflow")
        _check_field(reach, "inflow", "reach", "reach: Positive = 1.0")
        return State(self, origin=Inflow(source, reach))

    @explained
    def spikes_of(self, population: str) -> State:
        """How many cells of a population spiked in this step; `population` names a text field."""
        _check_field(population, "spikes_of", "population", 'watched: str = "exc"')
        return State(self, origin=Sensor(population))

    @explained
    def rate_of(self, population: str) -> State:
        """The mean rate that a population of rate neurons gave out in this step; `population` names a text field."""
        _check_field(population, "rate_of", "population", 'watched: str = "exc"')
        return State(self, origin=Sensor(population, rate=True))

    @explained
    def received(self, what: str, through: str) -> State:
        """What a receptor of the cell is or gives; `through` names a text field, which names its projection.

        `what` is a state, field or derived value of the receptor, or the `current` (pA) or `conductance` (nS) that it
        gives: `PerPost.received("current", through="inhibition")` with `inhibition: str = "inh -> exc"`.
        """
        if not isinstance(what, str) or not what.isidentifier():
            raise ContractError(
                f"received({what!r}, ...): it names what of the receptor is read, as a text: a state such as \"g\", or "
                '"current"'
            )
        _check_field(through, "received", "through", 'inhibition: str = "inh -> exc"')
        return State(self, origin=Received(what, through))


def _check_field(name: Any, where: str, argument: str, example: str) -> None:
    """Times and reaches are given by the name of a field, so that a user may set them and an engine may share them."""
    if not isinstance(name, str):
        raise ContractError(
            f'{where}({argument}={name!r}): {argument} names a field of the mechanism, as a text; write "{example}" in '
            f'the class, and {argument}="{example.partition(":")[0]}" here'
        )


def _check_amount(what: str, value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, str | int | float | np.number):
        raise ContractError(f"{what}={value!r} of a state must be a number, or the name of a field or derived value")


def _check_source(source: Any, where: str) -> None:
    if not isinstance(source, State):
        raise ContractError(f"{where}({source!r}, ...): its source is a state that stands above it in the class")
    if where == "inflow" and isinstance(source.origin, Received):
        raise ContractError(
            f"inflow({source!r}, ...): what a receptor is or gives does not flow; let a `step` hook keep it in a state"
        )


@dataclass(frozen=True)
class quantile:
    """A quantile as a reduction, linear between order statistics: `PerPost.reduce("w", quantile(0.8))`."""

    q: float


Global = Scope("Global", 0)
PerPopulation = Scope("PerPopulation", 0)
WHOLE = (Global, PerPopulation)
"""Scopes with one value for all."""
PerNeuron = Scope("PerNeuron", 1, WHOLE, ("neuron",), ("neuron",), ("neuron",), "neuron", "on_spike")
PerPre = Scope("PerPre", 1, WHOLE, ("pre",), ("pre", "delay"), ("delay", "pre"), "pre", "on_pre")
PerPost = Scope("PerPost", 1, WHOLE, ("post",), ("post",), ("post",), "post", "on_post")
PerBranch = Scope("PerBranch", 2, (PerPost,), ("post",), ("post", "branch"), ("branch", "post"))
PerSynapse = Scope(
    "PerSynapse", 3, (PerPre, PerPost, PerBranch), ("pre", "post"), ("pre", "post", "birth"), ("pre", "post"), "index"
)
