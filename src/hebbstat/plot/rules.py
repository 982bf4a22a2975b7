"""What a rule does to a pair of spikes: its window, measured on the plain reference."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from hebbstat.contract.errors import BadValueError
from hebbstat.contract.mechanism import Plasticity
from hebbstat.network import Network, OneToOne
from hebbstat.neurons import SpikeSource
from hebbstat.plot.style import COLOURS, FAINT, axes, tidy
from hebbstat.reference import ReferenceSimulation

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def window_of(
    rule: Plasticity, lags: Any, weight: float = 0.5, pairs: int = 1, frequency: float = 1.0, dt: float = 0.5
) -> np.ndarray:
    """The change of a weight by so many pairs of spikes, for each lag (post - pre, in ms): [lags].

    Pairs come at `frequency` (Hz). Lags are rounded to steps of `dt`. The presynaptic event is the arrival.
    """
    lags = np.round(np.atleast_1d(np.asarray(lags, float)) / dt) * dt
    every = round(1000.0 / frequency / dt) * dt
    widest = float(np.abs(lags).max(initial=0.0))
    if pairs > 1 and every <= widest:
        raise BadValueError(f"lags up to {widest:g} ms overlap at {frequency:g} Hz: use a lower frequency")
    first = widest + 20.0 * dt
    pre = first + every * np.arange(pairs)
    n, cells = len(lags), np.repeat(np.arange(len(lags)), pairs)
    net = Network(dt=dt)
    # An event at the synapse comes a delay after the spike: the presynaptic spike is told so much earlier.
    a = net.add(SpikeSource(), n, "pre", spikes=(np.tile(pre - dt, n), cells))
    b = net.add(SpikeSource(), n, "post", spikes=((pre[None, :] + lags[:, None]).ravel(), cells))
    net.connect(a, b, OneToOne(), weight=weight, delay=dt, rules=[rule], name="p")
    sim = ReferenceSimulation(net)
    sim.run(steps=round((pre[-1] + widest + 100.0) / dt))
    return np.asarray(sim.weights("p")) - weight


def stdp_window(
    rule: Plasticity, *, lags: Any = None, weight: float = 0.5, pairs: int = 1, frequency: float = 1.0, dt: float = 0.5,
    label: str | None = None, color: str | None = None, ax: Axes | None = None,
) -> Axes:  # fmt: skip
    """The window of a rule: the change of weight against the lag of a pair, post - pre (ms).

    Measured, not assumed: `pairs` pairs at `frequency` Hz are run for each lag. `weight` is what they begin with. Rules
    on slow clocks (`Eligibility`) need `pairs` that last longer than a period. The line is broken at lag 0: spikes of
    one step do not see each other.

        ax = hs.plot.stdp_window(hs.PairSTDP(), label="pair")
        hs.plot.stdp_window(hs.TripletSTDP(), pairs=60, frequency=10.0, label="triplet", ax=ax)
    """
    if not isinstance(rule, Plasticity):
        raise BadValueError(f"stdp_window() takes a plasticity rule such as PairSTDP(), not {rule!r}")
    at = _around_zero(np.arange(-80.0, 80.0 + dt, dt) if lags is None else lags, dt)
    change = np.where(at == 0.0, np.nan, window_of(rule, at, weight, pairs, frequency, dt))
    ax = axes(ax, (4.6, 3.0))
    ax.axhline(0.0, color=FAINT, linewidth=0.8)
    ax.axvline(0.0, color=FAINT, linewidth=0.8)
    ax.plot(at, change, color=color or COLOURS[len(ax.lines) // 3 % len(COLOURS)], linewidth=1.8, label=label)
    if label is not None:
        ax.legend(frameon=False, fontsize="small")
    return tidy(ax, "post - pre (ms)", "change of weight")


def _around_zero(lags: Any, dt: float) -> np.ndarray:
    """Lags in steps of `dt`, in order; with 0 between those of both signs, where the line is to be broken."""
    at = np.unique(np.round(np.atleast_1d(np.asarray(lags, float)) / dt) * dt)
    return np.union1d(at, [0.0]) if at[0] < 0.0 < at[-1] else at
