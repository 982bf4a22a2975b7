"""A balanced network of 1600 excitatory and 400 inhibitory cells in three simulators, each with a wiring of its own.

Each cell has 160 excitatory and 40 inhibitory synapses from cells drawn at random, all different and not itself, and
100 from 1000 Poisson sources of 10 Hz, at which rate the three discretisations of a Poisson process differ by less than
0.1 %. A constant current helps to drive it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import peers

import hebbstat as hs

DT, SETTLING, DELAY = 0.1, 0.5, 1.5  # ms, s, ms
CELLS = {"E": 1600, "I": 400}
SOURCES, SOURCE_RATE = 1000, 10.0
IN_DEGREE = {"sources": 100, "E": 160, "I": 40}
LIF = {"tau_m": 20.0, "g_leak": 10.0, "v_rest": -60.0, "v_threshold": -50.0, "v_reset": -60.0, "refractory": 2.0}

Trains = dict[str, tuple[np.ndarray, np.ndarray]]  # times in ms and indices of "E" and "I"


@dataclass(frozen=True)
class Kind:
    """What the synapses give: currents or conductances. Weights in pA or nS, all positive."""

    name: str
    seconds: float  # simulated; SETTLING of them are not looked at
    bias: float  # pA
    tau: dict[str, float]  # ms, of each kind of synapse
    weight: dict[str, float]  # by source
    reversal: dict[str, float] | None = None  # mV


KINDS = {
    "current": Kind("current", 10.0, 80.0, {"E": 3.0, "I": 6.0}, {"sources": 20.0, "E": 20.0, "I": 80.0}),
    "conductance": Kind(
        "conductance", 5.0, 60.0, {"E": 5.0, "I": 10.0}, {"sources": 0.4, "E": 0.4, "I": 4.0}, {"E": 0.0, "I": -80.0}
    ),
}


def _wires() -> list[tuple[str, str]]:
    return [(source, target) for source in ("sources", "E", "I") for target in ("E", "I")]


def ours(kind: Kind, seed: int) -> Trains:
    net = hs.Network(dt=DT, seed=seed)
    net.add(hs.PoissonSource(rate=SOURCE_RATE), SOURCES, "sources")
    receptor: dict[str, Any] = {}
    for name, n in CELLS.items():
        tau = kind.tau[name]
        if kind.reversal:
            net.add(hs.LIF(**LIF, i_ext=kind.bias), n, name)
            receptor[name] = hs.Exponential(tau=tau, reversal=kind.reversal[name])
        else:
            net.add(hs.CurrentLIF(**LIF, i_ext=kind.bias), n, name)
            receptor[name] = hs.ExponentialCurrent(tau=tau)
    for source, target in _wires():
        sign = -1.0 if source == "I" and not kind.reversal else 1.0
        kept = receptor["I" if source == "I" else "E"]
        net.connect(
            source,
            target,
            hs.FixedInDegree(IN_DEGREE[source]),
            weight=sign * kind.weight[source],
            delay=DELAY,
            receptor=kept,
        )
    sim = hs.Simulation(net, threads=1, dtype="float64", quiet=True)
    run = sim.run(seconds=kind.seconds, record=[hs.Spikes(name) for name in CELLS], progress=False)
    return {name: (run[f"{name}.spikes"].time.values, run[f"{name}.spikes"].neuron.values) for name in CELLS}


def in_nest(kind: Kind, seed: int) -> Trains:
    nest = peers.nest(DT, seed=seed)
    parameters = {
        "C_m": LIF["tau_m"] * LIF["g_leak"], "E_L": LIF["v_rest"], "V_m": LIF["v_rest"], "V_th": LIF["v_threshold"],
        "V_reset": LIF["v_reset"], "t_ref": LIF["refractory"], "I_e": kind.bias,
        "tau_syn_ex": kind.tau["E"], "tau_syn_in": kind.tau["I"],
    }  # fmt: skip
    if kind.reversal:
        parameters |= {"g_L": LIF["g_leak"], "E_ex": kind.reversal["E"], "E_in": kind.reversal["I"]}
    else:
        parameters |= {"tau_m": LIF["tau_m"]}
    cells = {
        name: nest.Create("iaf_cond_exp" if kind.reversal else "iaf_psc_exp", n, parameters)
        for name, n in CELLS.items()
    }
    generator = nest.Create("poisson_generator", params={"rate": SOURCE_RATE})
    sources = {**cells, "sources": nest.Create("parrot_neuron", SOURCES)}
    nest.Connect(generator, sources["sources"])
    for source, target in _wires():
        weight = -kind.weight["I"] if source == "I" else kind.weight[source]
        rule = {
            "rule": "fixed_indegree",
            "indegree": IN_DEGREE[source],
            "allow_autapses": False,
            "allow_multapses": False,
        }
        nest.Connect(sources[source], cells[target], rule, {"weight": weight, "delay": DELAY})
    recorders = {name: nest.Create("spike_recorder") for name in CELLS}
    for name in CELLS:
        nest.Connect(cells[name], recorders[name])
    nest.Simulate(kind.seconds * 1000.0)
    events = {name: recorder.get("events") for name, recorder in recorders.items()}
    return {name: (e["times"], e["senders"] - cells[name][0].global_id) for name, e in events.items()}


def _drawn(rng: np.random.Generator, source: str, target: str) -> dict[str, np.ndarray]:
    """Brian2 has no fixed in-degree of its own."""
    available = {**CELLS, "sources": SOURCES}[source]
    order = rng.random((CELLS[target], available))
    if source == target:
        np.fill_diagonal(order, 2.0)  # never among the smallest
    chosen = np.argsort(order, axis=1)[:, : IN_DEGREE[source]]
    return {"i": chosen.ravel(), "j": np.repeat(np.arange(CELLS[target]), IN_DEGREE[source])}


EQUATIONS = {
    "current": """dv/dt = (EL - v + (g_E - g_I + bias) / gL) / (tau * ms) : 1 (unless refractory)
                  dg_E/dt = -g_E / (tau_E * ms) : 1
                  dg_I/dt = -g_I / (tau_I * ms) : 1""",
    "conductance": """I = g_E * (E_E - v) + g_I * (E_I - v) + bias : 1
                      dv/dt = (EL - v + I / gL) / (tau * ms) : 1 (unless refractory)
                      dg_E/dt = -g_E / (tau_E * ms) : 1
                      dg_I/dt = -g_I / (tau_I * ms) : 1""",
}


def in_brian(kind: Kind, seed: int) -> Trains:
    """Brian2 counts the refractory time from the beginning of the spike's step: one step more gives the same hold."""
    b = peers.brian()
    b.seed(seed)
    rng = np.random.default_rng(seed)
    values = {
        "EL": LIF["v_rest"],
        "gL": LIF["g_leak"],
        "tau": LIF["tau_m"],
        "bias": kind.bias,
        "VT": LIF["v_threshold"],
        "VR": LIF["v_reset"],
    }
    values |= {f"tau_{name}": tau for name, tau in kind.tau.items()}
    values |= {f"E_{name}": reversal for name, reversal in (kind.reversal or {}).items()}
    step = DT * b.ms
    common = {
        "threshold": "v >= VT",
        "reset": "v = VR",
        "refractory": LIF["refractory"] * b.ms + step,
        "namespace": values,
        "dt": step,
    }
    method = "rk4" if kind.reversal else "exact"
    cells = {
        name: b.NeuronGroup(n, EQUATIONS[kind.name], method=method, name=name, **common) for name, n in CELLS.items()
    }
    sources = {**cells, "sources": b.PoissonGroup(SOURCES, SOURCE_RATE * b.Hz, dt=step)}
    parts = [*cells.values(), sources["sources"]]
    for source, target in _wires():
        opened = "g_I" if source == "I" else "g_E"
        wire = b.Synapses(
            sources[source],
            cells[target],
            on_pre=f"{opened}_post += {kind.weight[source]}",
            delay=DELAY * b.ms,
            dt=step,
        )
        wire.connect(**_drawn(rng, source, target))
        parts.append(wire)
    for name in CELLS:
        cells[name].v = LIF["v_rest"]
    monitors = {name: b.SpikeMonitor(cells[name]) for name in CELLS}
    b.Network(*parts, *monitors.values()).run(kind.seconds * b.second)
    return {name: (np.asarray(m.t / b.ms) + DT, np.asarray(m.i)) for name, m in monitors.items()}


SIMULATORS = {"Hebbstat": ours, "NEST": in_nest, "Brian2": in_brian}


def measures(simulator: str, kind: str, seed: int) -> dict[str, float]:
    """Rate (Hz), CV of intervals and mean pairwise correlation of E and I in one run."""
    trains = SIMULATORS[simulator](KINDS[kind], seed)
    span = KINDS[kind].seconds - SETTLING
    found = {}
    for name, (times, index) in trains.items():
        late = times > SETTLING * 1000.0 + 0.5 * DT
        for what, value in _statistics(times[late] - SETTLING * 1000.0, index[late], CELLS[name], span).items():
            found[f"{what} {name}"] = value
    return found


def _statistics(
    times: np.ndarray, index: np.ndarray, n: int, seconds: float, window: float = 20.0, least: int = 6
) -> dict[str, float]:
    """CV of cells with at least `least` spikes; correlation of counts in windows (ms), over cells that vary."""
    order = np.lexsort((times, index))
    trains = np.split(times[order], np.cumsum(np.bincount(index, minlength=n))[:-1])
    cvs = [np.std(np.diff(t), ddof=1) / np.mean(np.diff(t)) for t in trains if len(t) >= least]
    counts = np.zeros((n, round(seconds * 1000.0 / window)))
    # A spike at the end of a step belongs to that step.
    np.add.at(counts, (index, np.floor((times - 0.5 * DT) / window).astype(int)), 1.0)
    varying = np.corrcoef(counts[counts.std(axis=1) > 0])
    pairs = len(varying) * (len(varying) - 1)
    return {
        "rate": len(times) / n / seconds,
        "CV": float(np.mean(cvs)),
        "correlation": float((varying.sum() - np.trace(varying)) / pairs),
    }
