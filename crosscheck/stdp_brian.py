"""Plastic synapses in Brian2, as event-driven equations: the delay of `pre` is axonal, that of `post` dendritic."""

from __future__ import annotations

from typing import Any

import numpy as np
import peers
from stdp_ours import (
    BOUNDED_GAIN,
    DT,
    GAIN_DOWN,
    GAIN_UP,
    INHIBITORY,
    MS,
    MU,
    ONE_SIDED,
    POST,
    PRE,
    TAU_POST,
    TAU_PRE,
    TRIPLET,
    TRIPLET_GAINS,
    W_MAX,
    Delays,
    spikes,
    start,
    trains,
)  # fmt: skip

PAIR = {"x": TAU_PRE, "y": TAU_POST}
R = {"r1": TRIPLET["tau_plus"], "r2": TRIPLET["tau_x"], "o1": TRIPLET["tau_minus"], "o2": TRIPLET["tau_y"]}
G = TRIPLET_GAINS
TRIPLET_DOWN = f"w -= o1 * ({G['A2_minus']} + {G['A3_minus']} * r2)"
TRIPLET_UP = f"w += r1 * ({G['A2_plus']} + {G['A3_plus']} * o2)"
ALPHA = 2.0 * INHIBITORY["target"] * INHIBITORY["tau"] / 1000.0

# name: time constants of the traces, what a presynaptic event does, what a postsynaptic event does
RULES: dict[str, tuple[dict[str, float], str, str]] = {
    "pair": (PAIR, f"w -= {GAIN_DOWN} * y; x += 1", f"w += {GAIN_UP} * x; y += 1"),
    "pair, bounded": (
        PAIR,
        f"w = clip(w - {BOUNDED_GAIN * GAIN_DOWN!r} * y, 0, {W_MAX}); x += 1",
        f"w = clip(w + {BOUNDED_GAIN * GAIN_UP!r} * x, 0, {W_MAX}); y += 1",
    ),
    "mu = 1": (PAIR, f"w -= {GAIN_DOWN} * w / {W_MAX} * y; x += 1", f"w += {GAIN_UP} * (1 - w / {W_MAX}) * x; y += 1"),
    "mu = 0.4": (
        PAIR,
        f"w -= {GAIN_DOWN} * clip(w / {W_MAX}, 0, inf)**{MU} * y; x += 1",
        f"w += {GAIN_UP} * clip(1 - w / {W_MAX}, 0, inf)**{MU} * x; y += 1",
    ),
    "triplet": (R, f"{TRIPLET_DOWN}; r1 += 1; r2 += 1", f"{TRIPLET_UP}; o1 += 1; o2 += 1"),
    "nearest triplet": (R, f"{TRIPLET_DOWN}; r1 = 1; r2 = 1", f"{TRIPLET_UP}; o1 = 1; o2 = 1"),
    "inhibitory": (
        {"x": INHIBITORY["tau"], "y": INHIBITORY["tau"]},
        f"w += {INHIBITORY['eta']} * (y - {ALPHA!r}); x += 1",
        f"w += {INHIBITORY['eta']} * x; y += 1",
    ),
    "one-sided": ({"x": ONE_SIDED["tau_plus"]}, "x += 1", f"w += {ONE_SIDED['eta']} * (x - {ONE_SIDED['offset']})"),
}


def _group(b: Any, of_neurons: list[np.ndarray]) -> Any:
    times, index = spikes(of_neurons)
    return b.SpikeGeneratorGroup(len(of_neurons), index, (times - DT) * b.ms, dt=DT * b.ms)


def weights(name: str, delays: Delays, times: np.ndarray) -> np.ndarray:
    """The weights [times, pre, post]; `times` are evenly spaced."""
    b = peers.brian()
    traces, on_pre, on_post = RULES[name]
    model = "w : 1\n" + "\n".join(f"d{x}/dt = -{x} / ({tau} * ms) : 1 (event-driven)" for x, tau in traces.items())
    pre, post = (_group(b, t) for t in trains())
    synapses = b.Synapses(pre, post, model, on_pre=on_pre, on_post=on_post, dt=DT * b.ms, namespace={"inf": np.inf})
    synapses.connect(i=np.repeat(np.arange(PRE), POST), j=np.tile(np.arange(POST), PRE))
    synapses.w = start().ravel()
    synapses.pre.delay = np.broadcast_to(delays.axonal, PRE * POST) * b.ms
    synapses.post.delay = delays.dendritic * b.ms
    monitor = b.StateMonitor(synapses, "w", record=True, dt=(times[1] - times[0]) * b.ms)
    b.Network(pre, post, synapses, monitor).run((times[-1] + DT) * b.ms)
    at = np.round(times / (times[1] - times[0])).astype(int)
    return np.asarray(monitor.w)[:, at].T.reshape(len(times), PRE, POST)


def released(U: float, tau_rec: float, tau_facil: float, weight: float, delay: float) -> list[np.ndarray]:
    """What each spike of `trains` releases."""
    b = peers.brian()
    times, _ = trains()
    decay = f"du/dt = -u / ({tau_facil} * ms) : 1 (event-driven)" if tau_facil else "u : 1"
    jump = f"u += {U} * (1 - u)" if tau_facil else f"u = {U}"
    model = f"{decay}\ndR/dt = (1 - R) / ({tau_rec} * ms) : 1 (event-driven)\nreleased : 1"
    pre = _group(b, times)
    post = b.NeuronGroup(PRE, "v : 1", dt=DT * b.ms)
    on_pre = f"{jump}; released = {weight} * u * R; R -= u * R"
    synapses = b.Synapses(pre, post, model, on_pre=on_pre, delay=delay * b.ms, dt=DT * b.ms)
    synapses.connect(j="i")
    synapses.R = 1.0
    monitor = b.StateMonitor(synapses, "released", record=True, dt=DT * b.ms)
    b.Network(pre, post, synapses, monitor).run((MS + 10.0) * b.ms)
    at = [np.round((t + delay) / DT).astype(int) for t in times]
    return [np.asarray(monitor.released)[i, steps] for i, steps in enumerate(at)]
