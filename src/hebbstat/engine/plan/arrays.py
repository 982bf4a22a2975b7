"""The ledger: every array and number that the engine keeps for a group of a network, declared once.

A group is a population, a projection, or the rules of the network; each thread has a shard of it. A line below is all
that a new array of the engine needs. From it are read: how it is allocated (`memory/layout.py`), whether and in which
order kernels take it (`codegen/module.py`), whether a checkpoint holds it and a hash sees it, and what it is when a
state is put (`state/global_state.py`), whether a frozen probe puts it back (`state/snapshot.py`), and what it may hold
in a file (`checkpoint/validate.py`). States and parameters of mechanisms, and what generated code adds, are `Variable`s
as well: those of `Group.variables`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Any

NEVER = 1 << 62
"""A step that does not come."""


class Shape(Enum):
    """What an array has values for, in a thread's shard; `memory/sizes.py` says how many these are."""

    NUMBER = auto()  # one number that kernels take as it is, and do not write
    ONE = auto()  # one number that kernels write
    PAIR = auto()
    FLAGS = auto()
    PARTS = auto()  # parts of a step whose time is counted
    THREADS = auto()
    THREAD_LINES = auto()  # a number of each thread, on a cache line of its own
    TABLE = auto()  # a signal's values: by time, or by time and owner
    STEPS = auto()  # the last steps, as many as the longest delay needs
    SPIKES = auto()  # by step, the cells that fired
    COUNTS = auto()  # by step, how many cells of each thread fired
    OUTPUTS = auto()  # by step, a value of each cell
    WHOLE_ARRAY = auto()  # another array of cells as all threads have it together
    LOG = auto()  # spikes that recorders have not fetched
    TRAIN = auto()  # spikes that were given
    CELL = auto()
    BRANCH = auto()  # the dendritic branches of each cell, cell by cell
    ALL_CELLS = auto()  # the cells of all threads
    ALL_SYNAPSES = auto()  # the synapses of all threads, in canonical order
    TOGETHER = auto()  # as many as are reduced at once
    NEAR = auto()  # the neighbours in space, cell by cell
    NEAR_BOUNDS = auto()
    CELL_FLAGS = auto()  # a byte for each cell, filled up to whole words
    EVENT = auto()  # the postsynaptic events of each cell that rows have not seen
    RECORD = auto()  # of each cell, what a visit reads: fields that are arrays of their own
    SOURCE = auto()  # presynaptic neurons
    SOURCE_BOUNDS = auto()  # where the part of each presynaptic neuron begins, and where the last ends
    SOURCE_DELAYS = auto()  # by presynaptic neuron and delay
    SEGMENTS = auto()  # by presynaptic neuron, where in its row each delay begins, and where the last ends
    SUMS = auto()  # what takes amounts, of all cells that a thread's bundles deliver to
    PIECES = auto()  # parts of rows that spikes reach in a step
    DELAYS = auto()
    ROW = auto()  # virtual rows: the synapses of a presynaptic neuron that have one delay
    ROW_BOUNDS = auto()
    SYNAPSE = auto()
    BORN = auto()  # synapses that were born at a tick and have not begun
    PLACE = auto()  # what is worked on at once: a row, or a batch of rows
    EVENT_PLACES = auto()  # the events of all that is worked on at once
    EVENT_BOUNDS = auto()


class Role(Enum):
    """What an array is for."""

    STATE = auto()  # what mechanisms keep from step to step, and what belongs to it
    PARAMETER = auto()  # what a user may set between runs, and what follows from it
    RING = auto()  # what is kept of the last steps
    HISTORY = auto()  # postsynaptic events that rows have not seen: none where synapses are up to date
    STEP = auto()  # what the step alone determines where synapses are up to date
    CLOCK = auto()  # a period in steps: follows from a parameter
    PLAN = auto()  # signals and spike trains, as described
    KEY = auto()  # of random draws
    WIRING = auto()  # who is connected to whom, and where a shard lies
    SCRATCH = auto()  # holds nothing from one step to the next
    LOG = auto()  # for those who look: spikes, cycles
    CONTROL = auto()  # how threads are steered, and time is frozen

    @property
    def saved(self) -> bool:
        """Whether checkpoints and hashes have it: with the step count it determines all the rest."""
        return self in (Role.STATE, Role.PARAMETER, Role.RING)

    @property
    def cleared(self) -> bool:
        """Whether it is as it begins when a state has been put, but for what depends on the step."""
        return self in (Role.HISTORY, Role.STEP)

    @property
    def changes(self) -> bool:
        """Whether a run changes it, and it matters to the next."""
        return self in (Role.STATE, Role.RING, Role.HISTORY, Role.STEP)

    @property
    def settable(self) -> bool:
        """Whether only a user changes it, between runs."""
        return self in (Role.PARAMETER, Role.CLOCK)


@dataclass(eq=False)
class Variable:
    """An array or a number of a group. Its `value` is what it begins with; None where its maker alone knows."""

    shape: Shape
    value: Any
    dtype: str = "F"  # F is the kernel's float type
    role: Role = Role.STATE
    slow: bool = False
    over: Shape | None = None  # of a table with a column for each: what its columns are over
    shared: bool = False  # one array for all threads
    always: bool = False  # kernels take it whether they use it or not
    only: str = ""  # the trait of a group without which it is not there
    depth: int = 0  # for how many of the last steps it has values, if not for this one alone

    @property
    def fixed(self) -> bool:
        """Whether no run changes it: a parameter, not a state."""
        return not self.role.changes

    @property
    def of_synapses(self) -> bool:
        """Whether it is a state or parameter of each synapse."""
        return self.shape is Shape.SYNAPSE and self.role.saved and not self.depth


class Owner(Enum):
    """What an array belongs to."""

    POPULATION = auto()
    PROJECTION = auto()
    STRAND = auto()  # a projection whose synapses lie in the rows of a bundle
    BUNDLE = auto()
    NETWORK = auto()


LEDGER: dict[Owner, dict[str, Variable]] = {
    Owner.POPULATION: {
        "size": Variable(Shape.NUMBER, None, "int64", Role.WIRING),  # cells of this shard
        "first": Variable(Shape.NUMBER, None, "int64", Role.WIRING),  # the first of them
        "column": Variable(Shape.NUMBER, None, "int64", Role.WIRING),  # where `counts` has its own
        "firsts": Variable(Shape.THREADS, None, "int64", Role.WIRING),  # the first cell of each shard
        "fired": Variable(Shape.CELL_FLAGS, 0, "uint8", Role.SCRATCH),
        "ids": Variable(Shape.SPIKES, 0, "int32", Role.RING, shared=True, only="spiking"),
        "counts": Variable(Shape.COUNTS, 0, "int64", Role.RING, shared=True, only="spiking"),
        "rates": Variable(Shape.OUTPUTS, 0, "F", Role.RING, shared=True, only="rate"),
        "rate_now": Variable(Shape.CELL, 0, "F", Role.SCRATCH),
        "logging": Variable(Shape.ONE, 0, "int64", Role.LOG),
        "logged": Variable(Shape.ONE, 0, "int64", Role.LOG),
        "log_step": Variable(Shape.LOG, 0, "int64", Role.LOG),
        "log_id": Variable(Shape.LOG, 0, "int32", Role.LOG),
        "cursor": Variable(Shape.PAIR, 0, "int64", Role.STEP),  # the given spikes that were and are scheduled
        "train_step": Variable(Shape.TRAIN, None, "int64", Role.PLAN),
        "train_id": Variable(Shape.TRAIN, None, "int32", Role.PLAN),
        "scheduled": Variable(Shape.CELL, 0, "bool_", Role.STEP),
    },
    Owner.PROJECTION: {
        "delays": Variable(Shape.DELAYS, None, "int64", Role.WIRING),  # all that occur, ascending
        "dendritic_delay": Variable(Shape.NUMBER, None, "int64", Role.WIRING),
        "row_of": Variable(Shape.SOURCE_DELAYS, None, "int32", Role.WIRING),
        "first_row": Variable(Shape.SOURCE_BOUNDS, None, "int32", Role.WIRING),
        "row_delay": Variable(Shape.ROW, None, "int32", Role.WIRING),
        "sending": Variable(Shape.THREADS, None, "int64", Role.WIRING),  # threads with cells that have rows here
        "pre": Variable(Shape.ROW, None, "int32", Role.WIRING),
        "start": Variable(Shape.ROW_BOUNDS, None, "int64", Role.WIRING),
        "piece": Variable(Shape.SOURCE_BOUNDS, None, "int64", Role.WIRING),
        "first_row_here": Variable(Shape.NUMBER, None, "int64", Role.WIRING),  # before it all rows are empty
        "end_row_here": Variable(Shape.NUMBER, None, "int64", Role.WIRING),  # and from this one on
        "post": Variable(Shape.SYNAPSE, None, "uint32", Role.WIRING),  # uint16 where that is enough
        "last": Variable(Shape.ROW, -1, "int32"),  # the step of the last visit
        "flushed": Variable(Shape.ONE, 0, "int64", Role.STEP),  # events before this step have been seen by all rows
        "in_degree": Variable(Shape.CELL, None, "int64", Role.WIRING),
        "h_step": Variable(Shape.EVENT, -1, "int32", Role.HISTORY, only="replays"),
        "h_fill": Variable(Shape.CELL, 0, "int32", Role.STEP, only="replays"),
        "h_latest": Variable(Shape.ONE, -1, "int64", Role.STEP, only="replays"),
        "h_newest": Variable(Shape.CELL, -1, "int32", Role.STEP, only="replays"),
        "h_older": Variable(Shape.CELL, -1, "int32", Role.STEP, only="replays"),
        "level": Variable(Shape.EVENT_BOUNDS, 0, "int64", Role.SCRATCH, only="replays"),
        "pick": Variable(Shape.EVENT_PLACES, 0, "uint32", Role.SCRATCH, only="replays"),
        "seen": Variable(Shape.EVENT_PLACES, 0, "int32", Role.SCRATCH, only="replays"),
        "due": Variable(Shape.ROW, 0, "int32", Role.SCRATCH),
        "due_count": Variable(Shape.ONE, 0, "int64", Role.SCRATCH),
        "new": Variable(Shape.SOURCE, 0, "int32", Role.SCRATCH),
        "new_count": Variable(Shape.ONE, 0, "int64", Role.SCRATCH),
        "born": Variable(Shape.BORN, 0, "int64", Role.SCRATCH, only="rewires"),  # where synapses of this tick are
        "born_row": Variable(Shape.BORN, 0, "int64", Role.SCRATCH, only="rewires"),
        "born_by": Variable(Shape.BORN, 0, "int64", Role.SCRATCH, only="rewires"),  # the number of the rule
        "canonical": Variable(Shape.SYNAPSE, None, "int64", Role.WIRING, only="gathers"),  # its place among all
        "span": Variable(Shape.SOURCE_BOUNDS, None, "int64", Role.WIRING, only="gathers"),  # of each neuron's, there
        "records": Variable(Shape.RECORD, None, role=Role.SCRATCH, only="records"),
    },
    Owner.STRAND: {
        "delays": Variable(Shape.DELAYS, None, "int64", Role.WIRING),
        "dendritic_delay": Variable(Shape.NUMBER, None, "int64", Role.WIRING),
    },
    Owner.BUNDLE: {
        "delays": Variable(Shape.DELAYS, None, "int64", Role.WIRING),  # all that occur, ascending
        "begin": Variable(Shape.SOURCE_BOUNDS, None, "int64", Role.WIRING),  # of the rows
        "segment": Variable(Shape.SEGMENTS, None, "uint32", Role.WIRING),  # uint16 where that is enough
        "post": Variable(Shape.SYNAPSE, None, "uint32", Role.WIRING),  # the place of its cell in `sums`; or uint16
        "w": Variable(Shape.SYNAPSE, None, "F", Role.WIRING, only="weighed"),  # that of its strands
        "sums": Variable(Shape.SUMS, None, "F", Role.WIRING),  # variables of cells
        "pieces": Variable(Shape.PIECES, 0, "int64", Role.SCRATCH),
    },
    Owner.NETWORK: {
        "learning": Variable(Shape.ONE, 1, "int64", Role.CONTROL, shared=True),
        "frozen_from": Variable(Shape.ONE, NEVER, "int64", Role.CONTROL, shared=True),  # the first step of frozen time
        "was_frozen": Variable(Shape.STEPS, 0, "bool_", Role.RING),
        "flags": Variable(Shape.FLAGS, 0, "int64", Role.CONTROL, shared=True),
        "progress": Variable(Shape.THREAD_LINES, 0, "int64", Role.CONTROL, shared=True),  # the step each has come to
        "met": Variable(Shape.THREAD_LINES, 0, "int64", Role.CONTROL, shared=True),  # and where in it
        "ready": Variable(Shape.THREAD_LINES, 0, "int64", Role.CONTROL, shared=True),  # and whether it has begun
        "told": Variable(Shape.THREAD_LINES, 0, "int64", Role.CONTROL, shared=True),  # and has told what is reduced
        "spent": Variable(Shape.PARTS, 0, "int64", Role.LOG, always=True),  # counted or not, kernels take the same
    },
}


def declared(owner: Owner) -> dict[str, Variable]:
    """The engine's own variables of a new group."""
    return {name: replace(variable) for name, variable in LEDGER[owner].items()}


def scratch(dtype: str = "F") -> Variable:
    """What a kernel writes and reads within a visit, for each synapse that is worked on."""
    return Variable(Shape.PLACE, 0, dtype, Role.SCRATCH)


def history() -> Variable:
    """A value that is kept with each postsynaptic event."""
    return Variable(Shape.EVENT, 0.0, "F", Role.HISTORY)


def parameter(shape: Shape, value: Any, dtype: str = "F") -> Variable:
    """What no run changes."""
    return Variable(shape, value, dtype, Role.PARAMETER)
