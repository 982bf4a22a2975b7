"""Writes the kernels of a projection.

A presynaptic row is visited when its spike arrives. First the postsynaptic events since the last visit are replayed,
oldest first, over the synapses that have any (`settle`); then the weights are delivered; then `on_pre` runs.
"""

from __future__ import annotations

from hebbstat.engine.codegen import ir, stepped
from hebbstat.engine.codegen.binding import Binder
from hebbstat.engine.codegen.context import ProjectionContext
from hebbstat.engine.codegen.eager import at_once
from hebbstat.engine.codegen.lagged import of_links
from hebbstat.engine.codegen.postsynaptic import post_events
from hebbstat.engine.codegen.presynaptic import arrivals
from hebbstat.engine.codegen.records import side_by_side
from hebbstat.engine.codegen.replay import flush, history_of, replay
from hebbstat.engine.codegen.rewiring import rewiring
from hebbstat.engine.codegen.sweep import passes
from hebbstat.engine.codegen.update import derive
from hebbstat.engine.plan.projection import Plan


def of_projection(binder: Binder, plan: Plan) -> tuple[tuple[ir.Function, ...], tuple[str, ...]]:
    """All functions of one projection, callees first; and the fields of the records in which its cells' values lie."""
    at = ProjectionContext(binder, plan)
    missed = replay(at)
    visits = arrivals(at, missed)
    swept = passes(at, missed)
    events = post_events(at, history_of(at, (*missed, *visits, *swept)))
    flushed = flush(at, missed)
    moved = (*stepped.of_synapses(at), *at_once(at))
    rest = (*events, *swept, *derive(at), *of_links(at), *rewiring(at))
    return side_by_side(at.links, (*missed, *flushed, *moved, *visits, *rest))
