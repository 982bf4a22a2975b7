"""Writes the kernels of a projection.

A presynaptic row is visited when its spike arrives. First the postsynaptic events since the last visit are replayed,
oldest first, over the synapses that have any (`settle`); then the weights are delivered; then `on_pre` runs.
"""

from __future__ import annotations

from hebbstat.engine.gather import side_by_side
from hebbstat.engine.links_plan import Plan
from hebbstat.engine.links_views import Views
from hebbstat.engine.names import Reader
from hebbstat.engine.write_arrivals import write_arrivals
from hebbstat.engine.write_changes import write_derived
from hebbstat.engine.write_passes import write_passes
from hebbstat.engine.write_post_events import write_post_events
from hebbstat.engine.write_replay import write_replay


def write_links(reader: Reader, plan: Plan) -> list[str]:
    """All functions of one projection, in the order in which they call each other."""
    at = Views(reader, plan)
    text = write_replay(at) if plan.replays else []  # first: it finds out what the history must hold
    text += write_arrivals(at)
    text += write_post_events(at)
    return side_by_side(plan.links, text + write_passes(at) + write_derived(at))
