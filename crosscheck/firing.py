"""Cells that fire, and rate cells: spike times under a constant current and under synaptic input, refractory times.

Times are in ms, at the end of the step of the spike. Brian2 names the step by its beginning and counts the refractory
time from there: one step is added to both.
"""

from __future__ import annotations

from typing import Any

import cells
import numpy as np
import peers
from cells import CONDUCTANCES, CURRENTS, DELAY, LIF
from cells_nest import MEMBRANE, conductances

import hebbstat as hs

DT, MS = 0.1, 500.0
# Every pair of a bias (pA; rheobase is 180) and a refractory time (ms) is a cell.
BIAS, REFRACTORY = (part.ravel() for part in np.meshgrid([181.0, 300.0, 2000.0], [0.0, 0.1, 3.0]))
INPUT_BIAS = 160.0  # pA, with the trains of `cells`: fires now and then, at irregular times
ADAPTIVE = {**LIF, "tau_theta": 150.0, "theta_plus": 0.8, "theta_start": 1.5, "i_ext": 300.0}
ADEX_BIAS, IZHIKEVICH_BIAS = 1000.0, 10.0  # pA, -
STEPS, NEST_STEPS = (0.0005, 0.00025), (0.002, 0.001)  # ms, for the limit of small steps; NEST has no smaller ones
RATE = {"drive": 2.0, "tau": 12.0, "gain": 1.3, "threshold": 0.4, "there": 0.9, "back": -1.4}


def _ours(net: hs.Network, ms: float = MS, *record: Any) -> tuple[np.ndarray, np.ndarray, Any]:
    sim = hs.Simulation(net, threads=1, dtype="float64", quiet=True)
    run = sim.run(ms=ms, record=[hs.Spikes("cell"), *record], progress=False)
    return run["cell.spikes"].time.values, run["cell.spikes"].neuron.values, run


def _in_order(times: np.ndarray, index: np.ndarray) -> np.ndarray:
    """Times by cell, then time: two simulators agree if these do."""
    return times[np.lexsort((times, index))]


def constant_current(model: type[hs.Neuron]) -> np.ndarray:
    net = hs.Network(dt=DT)
    net.add(model(**{**LIF, "refractory": REFRACTORY}, i_ext=BIAS), len(BIAS), "cell")
    return _in_order(*_ours(net)[:2])


def _nest_spikes(nest: Any, cell: Any, ms: float = MS) -> np.ndarray:
    recorder = nest.Create("spike_recorder")
    nest.Connect(cell, recorder)
    nest.Simulate(ms + 1.0)
    events = recorder.get("events")
    kept = events["times"] <= ms + 1e-6
    return _in_order(events["times"][kept], events["senders"][kept])


def constant_current_nest(model: str) -> np.ndarray:
    nest = peers.nest(DT)
    membrane = {"tau_m": LIF["tau_m"]} if model == "iaf_psc_exp" else {"g_L": LIF["g_leak"]}
    cell = nest.Create(model, len(BIAS), {**MEMBRANE, **membrane})
    cell.set(I_e=BIAS, t_ref=REFRACTORY)
    return _nest_spikes(nest, cell)


LEAKY = "dv/dt = (EL - v + bias / gL) / (tau * ms) : 1 (unless refractory)\nbias : 1\nhold : second\n"
VALUES = {"EL": LIF["v_rest"], "gL": LIF["g_leak"], "tau": LIF["tau_m"], "VT": LIF["v_threshold"], "VR": LIF["v_reset"]}


def _brian_spikes(n: int, equations: str, threshold: str, reset: str, **values: Any) -> np.ndarray:
    b = peers.brian()
    cell = b.NeuronGroup(
        n,
        equations,
        threshold=threshold,
        reset=reset,
        refractory="hold",
        method="exact",
        namespace=VALUES,
        dt=DT * b.ms,
    )
    for name, value in values.items():
        setattr(cell, name, value * b.ms if name == "hold" else value)
    monitor = b.SpikeMonitor(cell)
    b.Network(cell, monitor).run(MS * b.ms)
    return _in_order(np.asarray(monitor.t / b.ms) + DT, np.asarray(monitor.i))


def constant_current_brian() -> np.ndarray:
    return _brian_spikes(len(BIAS), LEAKY, "v >= VT", "v = VR", v=LIF["v_rest"], bias=BIAS, hold=REFRACTORY + DT)


def adaptive() -> np.ndarray:
    net = hs.Network(dt=DT)
    net.add(hs.AdaptiveLIF(**ADAPTIVE), 1, "cell")
    return _ours(net)[0]


def adaptive_brian() -> np.ndarray:
    equations = LEAKY + f"dtheta/dt = -theta / ({ADAPTIVE['tau_theta']} * ms) : 1"
    reset = f"v = VR; theta += {ADAPTIVE['theta_plus']}"
    start = {"v": LIF["v_rest"], "theta": ADAPTIVE["theta_start"], "bias": ADAPTIVE["i_ext"]}
    return _brian_spikes(1, equations, "v >= VT + theta", reset, hold=LIF["refractory"] + DT, **start)


def _limit(spikes: Any, steps: tuple[float, float]) -> np.ndarray:
    """Times for a step of 0, from a step and its half: solvers that find spikes to a step are of order 1 in them."""
    coarse, fine = (spikes(dt) for dt in steps)
    return 2.0 * fine - coarse if len(fine) == len(coarse) else fine


def _alone(model: hs.Neuron, dt: float) -> np.ndarray:
    net = hs.Network(dt=dt)
    net.add(model, 1, "cell")
    return _ours(net)[0]


def _alone_nest(model: str, parameters: dict[str, float], dt: float) -> np.ndarray:
    nest = peers.nest(dt)
    return _nest_spikes(nest, nest.Create(model, params=parameters))


def adex() -> np.ndarray:
    return _limit(lambda dt: _alone(hs.AdEx(i_ext=ADEX_BIAS), dt), STEPS)


def adex_nest() -> np.ndarray:
    values = {"I_e": ADEX_BIAS, "V_peak": 20.0, "V_reset": -70.6, "gsl_error_tol": 1e-10}
    return _limit(lambda dt: _alone_nest("aeif_cond_exp", values, dt), NEST_STEPS)


def izhikevich() -> np.ndarray:
    return _limit(lambda dt: _alone(hs.Izhikevich(i_ext=IZHIKEVICH_BIAS), dt), STEPS)


def izhikevich_nest() -> np.ndarray:
    return _limit(lambda dt: _alone_nest("izhikevich", {"I_e": IZHIKEVICH_BIAS}, dt), NEST_STEPS)


def driven(kind: str) -> tuple[np.ndarray, np.ndarray]:
    """Spike times and voltages (every `cells.SAMPLE`) of a cell that hears the trains of `cells` and a bias."""
    net = hs.Network(dt=DT)
    cells.inputs(net)
    model = hs.CurrentLIF if kind == "current" else hs.LIF
    net.add(model(**LIF, i_ext=INPUT_BIAS), 1, "cell")
    for name in ("exc", "inh"):
        (tau, weight), (tau_g, reversal, weight_g) = CURRENTS[name], CONDUCTANCES[name]
        if kind == "current":
            cells.connect(net, name, weight, hs.ExponentialCurrent(tau=tau))
        else:
            cells.connect(net, name, weight_g, hs.Exponential(tau=tau_g, reversal=reversal))
    times, _, run = _ours(net, cells.MS, hs.States("cell", "v", every=cells.SAMPLE))
    return times, run["cell.v"].values.ravel()


def driven_nest(kind: str) -> tuple[np.ndarray, np.ndarray]:
    nest = peers.nest(DT)
    if kind == "current":
        (tau_exc, exc), (tau_inh, inh) = CURRENTS["exc"], CURRENTS["inh"]
        model, values = "iaf_psc_exp", {"tau_m": LIF["tau_m"], "tau_syn_ex": tau_exc, "tau_syn_in": tau_inh}
    else:
        exc, inh = CONDUCTANCES["exc"][2], -CONDUCTANCES["inh"][2]
        model, values = "iaf_cond_exp", {"g_L": LIF["g_leak"], **conductances()}
    cell = nest.Create(model, params={**MEMBRANE, **values, "I_e": INPUT_BIAS})
    for (_, times), weight in zip(cells.trains().items(), (exc, inh), strict=True):
        source = nest.Create("spike_generator", params={"spike_times": times})
        nest.Connect(source, cell, syn_spec={"weight": weight, "delay": DELAY})
    meter = nest.Create("multimeter", params={"record_from": ["V_m"], "interval": cells.SAMPLE})
    nest.Connect(meter, cell)
    times = _nest_spikes(nest, cell, cells.MS)
    return times, np.array(meter.get("events", "V_m"))[: round(cells.MS / cells.SAMPLE)]


def rates() -> np.ndarray:
    """A driven rate cell excites a second one, which inhibits it: the rates of both, every `cells.SAMPLE`."""
    net = hs.Network(dt=DT)
    parameters = {"tau": RATE["tau"], "gain": RATE["gain"], "threshold": RATE["threshold"]}
    net.add(hs.RateNeuron(tau=RATE["tau"], gain=1.0, threshold=0.0, i_ext=RATE["drive"]), 1, "drive")
    for name in ("a", "b"):
        net.add(hs.RateNeuron(**parameters), 1, name)
    for source, target, weight in (("drive", "a", 1.0), ("a", "b", RATE["there"]), ("b", "a", RATE["back"])):
        net.connect(source, target, hs.AllToAll(), weight=weight, delay=DELAY)
    sim = hs.Simulation(net, threads=1, dtype="float64", quiet=True)
    run = sim.run(ms=cells.MS, record=[hs.States(name, "r", every=cells.SAMPLE) for name in ("a", "b")], progress=False)
    return np.concatenate([run[f"{name}.r"].values.ravel() for name in ("a", "b")])


def rates_nest() -> np.ndarray:
    nest = peers.nest(DT)
    common = {"tau": RATE["tau"], "sigma": 0.0, "lambda": 1.0}
    drive = nest.Create("lin_rate_ipn", params={**common, "mu": RATE["drive"], "g": 0.0})
    pair = nest.Create(
        "threshold_lin_rate_ipn", 2, {**common, "mu": 0.0, "g": RATE["gain"], "theta": RATE["threshold"]}
    )
    a, b = pair[0], pair[1]
    for source, target, weight in ((drive, a, 1.0), (a, b, RATE["there"]), (b, a, RATE["back"])):
        synapse = {"synapse_model": "rate_connection_delayed", "weight": weight, "delay": DELAY}
        nest.Connect(source, target, syn_spec=synapse)
    meter = nest.Create("multimeter", params={"record_from": ["rate"], "interval": cells.SAMPLE})
    nest.Connect(meter, pair)
    nest.Simulate(cells.MS + 2.0)
    events = meter.get("events")
    kept = [events["rate"][events["senders"] == cell.global_id][: round(cells.MS / cells.SAMPLE)] for cell in (a, b)]
    return np.concatenate(kept)
