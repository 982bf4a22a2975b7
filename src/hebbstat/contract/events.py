"""The contract as one table: what each kind of mechanism may define and read, when it runs, and for whom.

`EVENTS[kind][event]` says what a static method of that name returns and whose owners it runs for, and whose states a
decorated one (`@state.event`) may write. A hook, or a name that hooks may ask for, is a line here; docs/semantics.md,
section 3, shows the tables and is held equal to them by a test.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from hebbstat.contract.hooks import Hook
from hebbstat.contract.state import (
    Global,
    PerBranch,
    PerNeuron,
    PerPopulation,
    PerPost,
    PerPre,
    PerSynapse,
    Scope,
)

DRAWS = ("uniform", "normal", "binomial")


class Returns(Enum):
    """What a static method returns: what its caller does with it."""

    CHANGE = "the change of its quantity"
    VALUE = "a value"
    CONDITION = "a condition"


class Owners(Enum):
    """Whose owners a static method runs for, where that depends on the mechanism."""

    QUANTITY = "owner of its quantity"
    STATES = "owner of the states"


@dataclass(frozen=True)
class Event:
    """What a kind of mechanism does at an event: `section` of docs/semantics.md says when."""

    section: str
    returns: Returns | None = None  # of a static method; None: there is none
    over: Scope | Owners | None = None  # whose owners it runs for
    states: tuple[Scope, ...] = ()  # to whom states that a decorated hook writes may belong
    says: str = ""  # more exactly than `returns` what a static method returns
    needs: str = ""  # a field without which it cannot be
    ticks: bool = False  # it happens at ticks of the mechanism's clock, its field `period`, and may read reductions
    hides: tuple[str, ...] = ()  # names that are there otherwise


@dataclass(frozen=True, eq=False)
class Kind:
    """A kind of mechanism, with what holds for all of its hooks."""

    name: str
    offers: tuple[str, ...]
    """Names that any hook may ask for, besides its own fields, states and derived values."""
    sides: tuple[str, ...] = ()
    """The neurons around it: `post_v` is `v` of the one called `post`."""
    parts: tuple[str, ...] = ()
    """What else stands there: `receptor_g` is `g` of its projection's receptor."""
    scopes: tuple[Scope, ...] = ()
    """What its states may belong to."""
    home: Scope | None = None
    """Whose its fields are; None: that depends on who reads them."""

    @property
    def events(self) -> dict[str, Event]:
        """What it may define."""
        return EVENTS.get(self, {})

    @property
    def prefixes(self) -> tuple[str, ...]:
        """How names of what is around it begin, such as `post_` in `post_v`."""
        return tuple(f"{side}_" for side in (*self.sides, *self.parts))

    def changes(self, hook: Hook) -> bool:
        """Whether what a hook returns is added to what its rule acts on."""
        return not hook.writes and self.events[hook.event].returns is Returns.CHANGE


_OF_CELLS = (PerNeuron, PerPopulation, Global)
_OF_SYNAPSES = (PerSynapse, PerPre, PerPost, PerBranch, PerPopulation, Global)
BY_SIGN = ("excitation", "inhibition")
"""Sums of the currents of receptors that are above 0, and of those that are below."""
SUMS = ("current", "conductance", "drive", *BY_SIGN)
"""What the receptors of a neuron give together. Rules read it, too: `post_current`, `neuron_excitation`."""
GIVEN = ("current", "conductance")
"""What one receptor gives; rules read it as `receptor_current`, or as a state that is `received`."""
_OF_NEURON = (*SUMS, "input", "scheduled", "steps_since_spike")

ANY = Kind("mechanism", ("dt", *DRAWS))
NEURON = Kind("neuron", ("dt", *_OF_NEURON, "uniform", "normal"), scopes=_OF_CELLS, home=PerNeuron)
RECEPTOR = Kind("receptor", ("dt", "amount"), ("post",), scopes=(PerPost,), home=PerPost)
RELEASE = Kind("release", ("w", "dt", "elapsed", *DRAWS), ("pre", "post"), scopes=(PerPre, PerSynapse))
PLASTICITY = Kind(
    "plasticity", ("w", "value", "dt", "elapsed", *DRAWS), ("pre", "post"), ("receptor",), scopes=_OF_SYNAPSES
)
POPULATION_RULE = Kind(
    "population rule", ("dt", "value", "uniform", "normal"), ("neuron",), scopes=_OF_CELLS, home=PerNeuron
)
NETWORK_RULE = Kind("network rule", ("dt", "uniform", "normal"), scopes=(Global,), home=Global)

_CHANGE, _VALUE, _CONDITION = Returns
_QUANTITY = Owners.QUANTITY
_TICK: dict[str, Any] = {"ticks": True, "needs": "period: Ms"}

EVENTS: dict[Kind, dict[str, Event]] = {
    NEURON: {
        "fires": Event("2.4", _CONDITION, PerNeuron),
        "output": Event("2.4", _VALUE, PerNeuron, says="a rate"),
        "step": Event("2.3", states=_OF_CELLS),
        "on_spike": Event("2.4", states=(PerNeuron,)),
    },
    RECEPTOR: {
        "current": Event("2.3", _VALUE, PerPost, says="pA at the start of step, or its effective value over the step"),
        "conductance": Event("2.3", _VALUE, PerPost, says="nS, the same", needs="reversal: MilliVolt"),
        "on_arrival": Event("2.2", states=(PerPost,)),
        "step": Event("2.3", states=(PerPost,)),
    },
    RELEASE: {
        "transmit": Event("2.5", _VALUE, Owners.STATES,
                          says="the amount, then the new value of each declared state in their order"),
    },
    PLASTICITY: {
        "on_pre": Event("2.6, 2.7", _CHANGE, _QUANTITY, (PerSynapse, PerBranch, PerPre, PerPost)),
        "on_post": Event("2.6, 2.7", _CHANGE, _QUANTITY, (PerSynapse, PerBranch, PerPost)),
        "step": Event("2.8", _CHANGE, _QUANTITY, _OF_SYNAPSES),
        "on_tick": Event("2.9", _CHANGE, _QUANTITY, _OF_SYNAPSES, **_TICK),
        "clip": Event("2.6", _VALUE, _QUANTITY, says="the bounded quantity; runs after each event, step and tick "
                      "at which some rule has a change of it (also a change of 0)"),
        "weight": Event("2.7", _VALUE, PerSynapse, hides=("w", "value"),
                        says="the weight itself, derived from hidden states"),
        "prune": Event("8", _CONDITION, PerSynapse, **_TICK),
        "attempts": Event("8", _VALUE, Global, **_TICK, says="how many synapses may be born at this tick"),
        "initial_weight": Event("8", _VALUE, PerSynapse, **_TICK, says="the weight of a new synapse"),
    },
    POPULATION_RULE: {
        "step": Event("2.8", _CHANGE, PerNeuron, _OF_CELLS),
        "on_tick": Event("2.9", _CHANGE, PerNeuron, _OF_CELLS, **_TICK),
        "on_spike": Event("2.7", _CHANGE, PerNeuron, (PerNeuron,)),
    },
    NETWORK_RULE: {
        "step": Event("2.8", states=(Global,)),
        "on_tick": Event("2.9", states=(Global,), **_TICK),
    },
}  # fmt: skip

PLAIN_HOOKS = tuple(dict.fromkeys(
    event for events in EVENTS.values() for event, what in events.items() if what.returns is not None
))  # fmt: skip
"""Hooks known by their name, written as static methods; all others are decorated with a state."""


@dataclass(frozen=True)
class Name:
    """A name that hooks may ask for: what it means, and what it typically is."""

    meaning: str
    typical: float | bool | Callable[..., Any] | None
    events: tuple[str, ...] = ()  # where it is there alone; empty: in all hooks of the kinds that offer it
    scopes: tuple[Scope, ...] = ()  # of whose hooks; empty: of all


NAMES: dict[str, Name] = {
    "dt": Name("the step in ms", None),
    "w": Name("the weight", None, scopes=(PerSynapse,)),
    "value": Name("the present value of what the rule acts on: of `w`, if of nothing else", None),
    "elapsed": Name(
        "ms since the previous presynaptic event of this synapse's row (since the start of the simulation when there "
        "was none); in `advance`, the quiet interval",
        10.0, ("on_pre", "transmit", "advance"), (PerSynapse, PerPre),
    ),
    "current": Name("pA, the sum over current receptors: 2.3", 0.0, scopes=(PerNeuron,)),
    "conductance": Name("nS, the sum over conductance receptors: 2.3", 0.0, scopes=(PerNeuron,)),
    "drive": Name("pA, the sum of conductance times reversal potential: 2.3", 0.0, scopes=(PerNeuron,)),
    "excitation": Name(
        "pA, the sum of those currents of receptors that are above 0: 2.3", 0.0, scopes=(PerNeuron,),
    ),
    "inhibition": Name(
        "pA, the size of the sum of those that are below 0: 2.3", 0.0, scopes=(PerNeuron,),
    ),
    "input": Name("what came through projections without a receptor: 2.2", 0.0, scopes=(PerNeuron,)),
    "scheduled": Name("a given spike train spikes in this step", False, scopes=(PerNeuron,)),
    "steps_since_spike": Name(
        "steps from the neuron's last spike to this step, a spike of this step not counted; before the first, as if it "
        "had spiked 2^24 steps before the start", 1000.0, scopes=(PerNeuron,),
    ),
    "amount": Name("the step's sum of arrivals", None, ("on_arrival",)),
    "uniform": Name("a keyed draw from 0 to 1, one per hook, element and step", 0.5),
    "normal": Name("a keyed draw of mean 0 and variance 1, one per hook, element and step", 1.0),
    "binomial": Name("`binomial(n, p)`: a keyed draw per call", lambda n, p: n * p),
}  # fmt: skip
