"""Groups: what kernels get as one named tuple, with their members (mechanisms) and variables.

The generator reads them to write code; the layout, to cut arrays into one shard per thread.

**Names.** What a user named is called by its place and its name (`neuron_v`, `rule0_0_x`, `receptor1_g`, `release_u`);
what the engine adds to it has a word of the engine's in front (`decay_of_rule0_0_x`), and so has what is the engine's
alone (`first`, `h_step`). Populations are `pop_...`, projections `proj_...` in the kernel. So no name that a user
chooses can be one of the engine's, nor two of a user's be one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import ClassVar

from hebbstat.contract.mechanism import Bound, Mechanism, Receptor
from hebbstat.contract.state import WHOLE, Inflow, Lagged, Reduction, State, Trace
from hebbstat.engine.plan.arrays import Owner, Shape, Variable, declared
from hebbstat.network.network import Population, Projection
from hebbstat.network.rewiring import rewires

NETWORK = "network."
"""The name of the group of the network's rules: no name of a user's has a dot."""


@dataclass(eq=False)
class Member:
    """A mechanism in its group: its place, the prefix of its variables, its hooks."""

    place: str
    prefix: str
    mechanism: Mechanism
    owner: str = ""


def states_of(members: Iterable[Member]) -> list[tuple[Member, State]]:
    """The states of some members, each with the one that has it."""
    return [(member, state) for member in members for state in member.mechanism.states.values()]


@dataclass(eq=False)
class Group:
    """Variables that kernels get as one named tuple: those of a population, a projection or the network's rules."""

    owner: ClassVar[Owner] = Owner.NETWORK

    name: str
    ident: str
    variables: dict[str, Variable] = field(default_factory=dict)
    members: list[Member] = field(default_factory=list)
    stepped: set[str] = field(default_factory=set)  # states that decay or advance by what changes: step by step

    def __post_init__(self) -> None:
        self._own = declared(self.owner)

    @property
    def arrays(self) -> dict[str, Variable]:
        """All that a shard of the group holds: what the ledger declares for it, then its variables."""
        return {n: own for n, own in self._own.items() if not own.only or getattr(self, own.only)} | self.variables

    @property
    def states(self) -> list[tuple[Member, State]]:
        """The states of all members."""
        return states_of(self.members)

    def known(self, added: dict[str, Variable]) -> dict[str, Variable]:
        """All that there may be, in the order of the kernels' tuples; `added` is what generated code adds."""
        return self._own | self.variables | added

    def array(self, name: str) -> Variable:
        """One of them."""
        return self.variables[name] if name in self.variables else self._own[name]

    def member(self, mechanism: Mechanism) -> Member:
        """The member that is this mechanism."""
        return next(m for m in self.members if m.mechanism is mechanism)

    def shape(self, name: str) -> Shape | None:
        """What a variable has values for; None if there is none of that name."""
        return self.variables[name].shape if name in self.variables else None


@dataclass(eq=False)
class SharedReceptor(Member):
    """A receptor shared by all projections onto a population that have equal ones."""

    mechanism: Receptor

    @property
    def sums(self) -> bool:
        """Whether something wants the sum of what arrives in a step; mostly all is traces that take the amounts."""
        states = self.mechanism.states.values()
        traces = [self.mechanism.takes(state) for state in states if isinstance(state.origin, Trace)]
        return not traces or not all(traces) or any(hook.event == "on_arrival" for hook in self.mechanism.hooks)

    @property
    def takes(self) -> tuple[str, ...]:
        """The variables of cells that amounts are added to."""
        traces = [name for name, state in self.mechanism.states.items() if self.mechanism.takes(state)]
        return (*(f"{self.prefix}{name}" for name in traces), *([self.arrived] if self.sums else []))

    @property
    def arrived(self) -> str:
        """The variable that sums what arrives in a step."""
        return f"arrived_{self.prefix[:-1]}"


@dataclass(eq=False)
class PopulationGroup(Group):
    """A population."""

    owner = Owner.POPULATION
    population: Population = None  # type: ignore[assignment]
    pools: list[SharedReceptor] = field(default_factory=list)

    @property
    def spiking(self) -> bool:
        """Whether its cells give out spikes."""
        return self.population.spiking

    @property
    def rate(self) -> bool:
        """Whether they give out a rate instead."""
        return not self.spiking


@dataclass(eq=False)
class ProjectionGroup(Group):
    """A projection."""

    owner = Owner.PROJECTION
    projection: Projection = None  # type: ignore[assignment]
    source: PopulationGroup = None  # type: ignore[assignment]
    target: PopulationGroup = None  # type: ignore[assignment]
    receptor_of: str | None = None  # the projection whose receptor arrivals go to: its own, or an equal one
    delivers_to: tuple[str, ...] = ()  # the variables of the target that arrivals are added to
    hooks: list[tuple[int, Bound]] = field(default_factory=list)  # (rule number, bound hook)
    records: list[str] = field(default_factory=list)  # what a visit reads of each cell: fields of one record
    coalesced: bool = False  # whether many short rows are visited at once
    replays: bool = False  # whether postsynaptic events change synapses when their row is visited
    gathers: bool = False  # whether somebody reduces synapses of several threads
    branches: int = 1  # of each postsynaptic neuron, where states belong to these
    together: int = 0  # how many synapses of a neuron are reduced at once, at most
    latest: int = 0  # by how many steps a hook sees an event later, at most
    wired: str = ""  # a hash of the synapses that it began with, if they die or are born
    dense: bool = False  # whether each row has one synapse onto each cell of a share, in their order
    one_to_one: bool = False  # whether each row has one synapse, onto the cell of its own number
    bundle: Bundle | None = None  # in whose rows its synapses lie

    def join(self, bundle: Bundle) -> None:
        """Have no rows of one's own, but lie in those of a bundle."""
        self.bundle, self._own = bundle, declared(Owner.STRAND)
        bundle.strands.append(self)

    @property
    def rewires(self) -> bool:
        """Whether synapses die or are born."""
        return rewires(self.projection)

    @property
    def reduces_all(self) -> bool:
        """Whether a rule wants a quantile of all its synapses."""
        found = [state.origin for _, state in self.states if state.scope in WHOLE]
        return any(isinstance(origin, Reduction) and origin.how == "quantile" for origin in found)

    @property
    def asks_elapsed(self) -> bool:
        """Whether a hook or gate asks how long ago a row had its last event."""
        hooks = [hook.all_reads for _, mechanism in self.projection.mechanisms() for hook in mechanism.hooks]
        gates = [gate.reads for rule in self.projection.rules for bound in rule.bound() for gate in bound.gates]
        return any("elapsed" in reads for reads in (*hooks, *gates))


@dataclass(eq=False)
class Bundle(Group):
    """Static projections from one population: all synapses of a neuron lie in one row, by delay, then by their cell."""

    owner = Owner.BUNDLE
    source: PopulationGroup = None  # type: ignore[assignment]
    strands: list[ProjectionGroup] = field(default_factory=list)
    weighed: bool = True  # whether each synapse has a weight of its own; else each projection is a column of `segment`

    @property
    def columns(self) -> int:
        """Into how many parts the synapses with one delay are cut."""
        return 1 if self.weighed else len(self.strands)


def lagged(group: Group) -> list[tuple[Member, State]]:
    """The lagged states of a group's mechanisms."""
    return [(member, state) for member, state in group.states if isinstance(state.origin, Lagged)]


def inflows(group: Group) -> list[tuple[Member, State]]:
    """The inflows of states that diffuse."""
    return [(member, state) for member, state in group.states if isinstance(state.origin, Inflow)]


def tuple_name(group: Group) -> str:
    """The name of a group's named tuple in the module."""
    return f"Tuple_of_{group.ident}"
