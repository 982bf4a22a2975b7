"""The cells that are compared, as Hebbstat writes them: one function each, given a network, it adds cell and inputs.

All cells hear the same two trains, "exc" and "inh", over synapses with a delay of DELAY.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

import hebbstat as hs

DELAY, MS, SAMPLE = 1.5, 200.0, 0.5  # ms: of all synapses; run; time between two compared values

LIF = {"tau_m": 18.0, "g_leak": 12.0, "v_rest": -65.0, "v_threshold": -50.0, "v_reset": -62.0, "refractory": 3.0}
CURRENTS = {"exc": (3.0, 240.0), "inh": (9.0, -60.0)}  # tau (ms), weight (pA)
CONDUCTANCES = {"exc": (4.0, 0.0, 3.2), "inh": (11.0, -80.0, 2.4)}  # tau (ms), reversal (mV), weight (nS)
BETAS = {
    "exc": (1.5, 6.0, 0.0, 3.6),
    "inh": (5.0, 40.0, -90.0, 2.0),
}  # tau_rise, tau_decay (ms), reversal (mV), weight (nS)
MAGNESIUM = {"tau_rise": 3.0, "tau_decay": 80.0, "magnesium": 1.2}  # mM
NMDA_WEIGHT = 2.0  # nS
JUMPS = {"exc": 2.2, "inh": -1.3}  # mV
ADEX_WEIGHTS = {"exc": 11.0, "inh": 9.0}  # nS; neuron of Brette & Gerstner 2005
IZHIKEVICH_JUMPS = {"exc": 4.5, "inh": -2.0}  # mV
RATE = {"tau": 12.0, "gain": 1.3, "threshold": 0.4}


def trains() -> dict[str, np.ndarray]:
    """Two irregular trains on the grid of 0.1 ms, with spikes of both at one time among them."""
    rng = np.random.default_rng(2024)
    exc, inh = (np.sort(rng.choice(np.arange(10, 1900), n, replace=False)) for n in (40, 20))
    return {"exc": exc / 10.0, "inh": np.union1d(inh, exc[::10]) / 10.0}


def inputs(net: hs.Network) -> None:
    for name, times in trains().items():
        net.add(hs.SpikeSource(), 1, name, spikes=(times, np.zeros(len(times), int)))


def connect(net: hs.Network, name: str, weight: float, receptor: hs.Receptor | None) -> None:
    net.connect(name, "cell", hs.AllToAll(), weight=weight, delay=DELAY, receptor=receptor)


def current(net: hs.Network) -> None:
    net.add(hs.CurrentLIF(**LIF), 1, "cell")
    for name, (tau, weight) in CURRENTS.items():
        connect(net, name, weight, hs.ExponentialCurrent(tau=tau))


def jump(net: hs.Network) -> None:
    net.add(hs.CurrentLIF(**LIF), 1, "cell")
    for name, weight in JUMPS.items():
        connect(net, name, weight, None)


def conductance(net: hs.Network) -> None:
    net.add(hs.LIF(**LIF), 1, "cell")
    for name, (tau, reversal, weight) in CONDUCTANCES.items():
        connect(net, name, weight, hs.Exponential(tau=tau, reversal=reversal))


def dual_exponential(net: hs.Network) -> None:
    net.add(hs.LIF(**LIF), 1, "cell")
    for name, (rise, decay, reversal, weight) in BETAS.items():
        connect(net, name, weight, hs.DualExponential(tau_rise=rise, tau_decay=decay, reversal=reversal))


def nmda(net: hs.Network) -> None:
    net.add(hs.LIF(**LIF), 1, "cell")
    tau, reversal, weight = CONDUCTANCES["inh"]
    connect(net, "exc", NMDA_WEIGHT, hs.NMDA(**MAGNESIUM))
    connect(net, "inh", weight, hs.Exponential(tau=tau, reversal=reversal))


def adex(net: hs.Network) -> None:
    net.add(hs.AdEx(), 1, "cell")
    for name, (tau, reversal, _) in CONDUCTANCES.items():
        connect(net, name, ADEX_WEIGHTS[name], hs.Exponential(tau=tau, reversal=reversal))


def izhikevich(net: hs.Network) -> None:
    net.add(hs.Izhikevich(), 1, "cell")
    for name, weight in IZHIKEVICH_JUMPS.items():
        connect(net, name, weight, None)


def jumps_at_samples() -> np.ndarray:
    """Samples at which something arrives: there v is taken before the jump, by others after it."""
    arrivals = np.concatenate(list(trains().values())) + DELAY
    samples = np.arange(1, round(MS / SAMPLE) + 1) * SAMPLE
    return np.isin(np.round(samples, 1), np.round(arrivals, 1))


def voltage(cell: Callable[[hs.Network], None], dt: float, state: str = "v") -> np.ndarray:
    """The cell's voltage at SAMPLE, 2 SAMPLE ... MS; subthreshold, which is checked."""
    net = hs.Network(dt=dt)
    inputs(net)
    cell(net)
    sim = hs.Simulation(net, threads=1, dtype="float64", quiet=True)
    run = sim.run(ms=MS, record=[hs.States("cell", state, every=SAMPLE), hs.Spikes("cell")], progress=False)
    assert not run["cell.spikes"].sizes["spike"], "the comparison is meant to be subthreshold"
    return run[f"cell.{state}"].values.ravel()
