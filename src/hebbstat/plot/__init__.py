"""Pictures of recordings and weights, one line each.

    hs.plot.raster(run["exc.spikes"], until=500.0)
    hs.plot.traces(run["exc.v"])
    hs.plot.stdp_window(hs.PairSTDP())

Every function takes `ax=` (a new figure if it is not given) and returns the matplotlib axes, sets no global style,
takes what a recording holds or plain numpy, and has colors that the color-blind can tell apart.
"""

from hebbstat.plot.fields import receptive_fields
from hebbstat.plot.rules import stdp_window
from hebbstat.plot.runs import balance, health, phase_diagram
from hebbstat.plot.spikes import raster, rates
from hebbstat.plot.traces import set_point_error, traces
from hebbstat.plot.weights import turnover, weight_histogram, weight_matrix, weight_trajectories

__all__ = [
    "balance", "health", "phase_diagram", "raster", "rates", "receptive_fields", "set_point_error", "stdp_window",
    "traces", "turnover", "weight_histogram", "weight_matrix", "weight_trajectories",
]  # fmt: skip
