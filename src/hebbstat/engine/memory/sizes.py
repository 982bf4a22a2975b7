"""How large the arrays of the ledger are in one thread's shard of a group."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hebbstat.engine.plan.arrays import Shape
from hebbstat.engine.runtime.delivery import AHEAD, AT_ONCE
from hebbstat.engine.runtime.replay import HISTORY
from hebbstat.engine.runtime.simd import LANES
from hebbstat.engine.runtime.sync import LINE

BLOCK = 16  # cells whose numbers fill a cache line, or several
LOG_SPIKES = 1 << 16  # spikes that a shard's log holds at least
FLAGS = 64
PARTS = 512  # of a step whose time can be counted


@dataclass(frozen=True)
class Sizes:
    """What there is of everything that arrays have values for."""

    threads: int
    steps: int  # that spikes are kept
    cells: int = 0  # of the shard
    population: int = 0  # cells of all shards
    spiking: bool = False
    branches: int = 1  # of each cell
    sources: int = 0  # presynaptic neurons
    delays: int = 0  # different ones
    rows: int = 0
    synapses: int = 0
    all_synapses: int = 0  # of all shards
    together: int = 0  # that are reduced at once, at most
    columns: int = 1  # into which the synapses of a row with one delay are cut
    at_once: int = 0  # synapses that are worked on together, at most


SIZE: dict[Shape, Callable[[Sizes], tuple[int, ...]]] = {
    Shape.NUMBER: lambda of: (),
    Shape.ONE: lambda of: (1,),
    Shape.PAIR: lambda of: (2,),
    Shape.FLAGS: lambda of: (FLAGS,),
    Shape.PARTS: lambda of: (PARTS,),
    Shape.THREADS: lambda of: (of.threads,),
    Shape.THREAD_LINES: lambda of: (of.threads * LINE,),
    Shape.STEPS: lambda of: (of.steps,),
    Shape.SPIKES: lambda of: (of.steps, whole(of.population, BLOCK)),
    Shape.COUNTS: lambda of: (of.steps, of.threads * LINE),
    Shape.OUTPUTS: lambda of: (of.steps, of.population),
    Shape.LOG: lambda of: (max(LOG_SPIKES, 4 * of.cells * of.steps) if of.spiking else 1,),
    Shape.ALL_CELLS: lambda of: (of.population,),
    Shape.ALL_SYNAPSES: lambda of: (of.all_synapses,),
    Shape.TOGETHER: lambda of: (max(of.together, of.population),),
    Shape.CELL: lambda of: (of.cells,),
    Shape.BRANCH: lambda of: (of.cells * of.branches,),
    Shape.CELL_FLAGS: lambda of: (whole(of.cells, 64),),
    Shape.EVENT: lambda of: (of.cells * HISTORY,),
    Shape.RECORD: lambda of: (of.cells,),
    Shape.SOURCE: lambda of: (of.sources,),
    Shape.SOURCE_BOUNDS: lambda of: (of.sources + 1,),
    Shape.SOURCE_DELAYS: lambda of: (of.sources, of.delays),
    Shape.SEGMENTS: lambda of: (of.sources, of.delays * of.columns + 1),
    Shape.PIECES: lambda of: (3, of.sources * of.columns + AT_ONCE + AHEAD),
    Shape.DELAYS: lambda of: (of.delays,),
    Shape.ROW: lambda of: (of.rows,),
    Shape.ROW_BOUNDS: lambda of: (of.rows + 1,),
    Shape.BORN: lambda of: (0,),
    Shape.SYNAPSE: lambda of: (of.synapses,),
    Shape.PLACE: lambda of: (whole(of.at_once, LANES),),
    Shape.EVENT_PLACES: lambda of: (of.at_once * HISTORY + LANES,),
    Shape.EVENT_BOUNDS: lambda of: (HISTORY + 1,),
}
"""The sizes along the axes of an array. Of tables, trains and neighbours what was given decides."""


def whole(size: int, unit: int) -> int:
    """As many as there are, in whole units."""
    return -(-size // unit) * unit
