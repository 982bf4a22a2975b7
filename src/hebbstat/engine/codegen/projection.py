"""Writes the kernels of a projection.

A presynaptic row is visited when its spike arrives. First the postsynaptic events since the last visit are replayed,
oldest first, over the synapses that have any (`settle`); then the weights are delivered; then `on_pre` runs.
"""

from __future__ import annotations

from hebbstat.engine.codegen.binding import Reader
from hebbstat.engine.codegen.context import Views
from hebbstat.engine.codegen.postsynaptic import write_post_events
from hebbstat.engine.codegen.presynaptic import write_arrivals
from hebbstat.engine.codegen.records import side_by_side
from hebbstat.engine.codegen.replay import write_replay
from hebbstat.engine.codegen.sweep import write_passes
from hebbstat.engine.codegen.update import write_derived
from hebbstat.engine.plan.projection import Plan


def write_links(reader: Reader, plan: Plan) -> list[str]:
    """All functions of one projection, in the order in which they call each other."""
    at = Views(reader, plan)
    text = write_replay(at) if plan.replays else []  # first: it finds out what the history must hold
    text += write_arrivals(at)
    text += write_post_events(at)
    return side_by_side(plan.links, text + write_passes(at) + write_derived(at))
