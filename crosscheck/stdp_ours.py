"""Spike trains for plastic synapses, and what Hebbstat makes of the weights between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

import hebbstat as hs

DT, MS, PRE, POST = 0.1, 2000.0, 5, 4  # ms; number of neurons, all to all
W_MAX, GAIN_UP, GAIN_DOWN = 1.0, 0.012, 0.008
TAU_PRE, TAU_POST = 17.0, 31.0  # ms
TRIPLET = {"tau_plus": 16.8, "tau_minus": 33.7, "tau_x": 101.0, "tau_y": 125.0}
TRIPLET_GAINS = {"A2_plus": 0.004, "A3_plus": 0.012, "A2_minus": 0.008, "A3_minus": 0.002}
INHIBITORY = {"target": 8.0, "tau": 20.0, "eta": 0.01}
ONE_SIDED = {"tau_plus": TAU_PRE, "eta": 0.02, "offset": 0.4}
MU = 0.4
TOGETHER = 1.0  # ms: delay in NEST, delay and half the dendritic delay here
BOUNDED_GAIN = 10.0  # times the usual one, so that both bounds are hit


class Relay(hs.Neuron):
    """Spikes when told to; `got` is what arrived in this step."""

    got = hs.PerNeuron.state()

    @got.step
    def take(input):
        return input

    @staticmethod
    def fires(scheduled):
        return scheduled


@dataclass(frozen=True)
class Delays:
    """Axonal delays in ms, one for all or one per synapse, and the dendritic one."""

    axonal: float | np.ndarray
    dendritic: float = 0.0


SHORT = Delays(0.1, 0.1)  # events stay apart if these are both odd numbers of steps, or both even
SPREAD = Delays(0.3 + 0.2 * np.random.default_rng(5).integers(0, 30, PRE * POST), 2.5)


def trains(together: bool = False) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Presynaptic and postsynaptic times: even and odd steps, so that delays of even steps make no events coincide.

    `together`: with a delay of TOGETHER, presynaptic spikes arrive in one step with a postsynaptic one of some neuron.
    """
    rng = np.random.default_rng(11)
    draw = lambda n, odd: (np.sort(rng.choice(np.arange(10, 9900), n, replace=False)) * 2 + odd) * DT  # noqa: E731
    pre, post = [draw(60, 0) for _ in range(PRE)], [draw(50, 0 if together else 1) for _ in range(POST)]
    if together:
        meant = [np.concatenate([other[6 + k :: 6] for other in pre]) - TOGETHER for k in range(POST)]
        post = [np.union1d(np.round(own, 1), np.round(made, 1)) for own, made in zip(post, meant, strict=True)]
    return [np.round(t, 1) for t in pre], [np.round(t, 1) for t in post]


def start() -> np.ndarray:
    """The initial weights."""
    return np.random.default_rng(3).uniform(0.3, 0.7, (PRE, POST))


def rules(name: str) -> list[hs.Plasticity]:
    """The rules that are compared, as Hebbstat has them."""
    pair = {"tau_plus": TAU_PRE, "tau_minus": TAU_POST}
    weighted = {**pair, "eta": GAIN_UP, "alpha": GAIN_DOWN / GAIN_UP, "w_max": W_MAX}
    bounded = {"A_plus": BOUNDED_GAIN * GAIN_UP, "A_minus": BOUNDED_GAIN * GAIN_DOWN}
    return {
        "pair": [hs.PairSTDP(**pair, A_plus=GAIN_UP, A_minus=GAIN_DOWN)],
        "pair, bounded": [hs.PairSTDP(**pair, **bounded), hs.HardBounds(0.0, W_MAX)],
        "mu = 1": [hs.WeightDependentSTDP(**weighted, mu=1.0)],
        "mu = 0.4": [hs.WeightDependentSTDP(**weighted, mu=MU)],
        "triplet": [hs.TripletSTDP(**TRIPLET, **TRIPLET_GAINS)],
        "nearest triplet": [hs.NearestTripletSTDP(**TRIPLET, **TRIPLET_GAINS)],
        "inhibitory": [hs.InhibitorySTDP(**INHIBITORY)],
        "one-sided": [hs.OneSidedSTDP(**ONE_SIDED)],
    }[name]


def spikes(of_neurons: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Times and indices, in order of time."""
    times = np.concatenate(of_neurons)
    index = np.repeat(np.arange(len(of_neurons)), [len(t) for t in of_neurons])
    order = np.argsort(times, kind="stable")
    return times[order], index[order]


def run_to(sim: hs.Simulation, ms: float) -> None:
    steps = round(ms / DT) - sim.step_count
    if steps:
        sim.run(steps=steps, progress=False)


def weights(name: str, delays: Delays, times: np.ndarray, together: bool = False) -> np.ndarray:
    """The weights [times, pre, post] at the ends of the steps at these times (ascending)."""
    pre, post = trains(together)
    net = hs.Network(dt=DT)
    net.add(hs.SpikeSource(), PRE, "pre", spikes=spikes(pre))
    net.add(Relay(), POST, "post", spikes=spikes(post))
    net.connect(
        "pre",
        "post",
        hs.AllToAll(),
        weight=start().ravel(),
        delay=delays.axonal,
        dendritic_delay=delays.dendritic,
        rules=rules(name),
    )
    sim = hs.Simulation(net, threads=1, dtype="float64", quiet=True)
    found = []
    for time in times:
        run_to(sim, time)
        found.append(sim.weights("pre -> post").reshape(PRE, POST))
    return np.array(found)


def released(U: float, tau_rec: float, tau_facil: float, weight: float, delay: float) -> list[np.ndarray]:
    """What each spike of `trains` releases: one synapse per presynaptic neuron, read where it arrives."""
    pre, _ = trains()
    net = hs.Network(dt=DT)
    net.add(hs.SpikeSource(), PRE, "pre", spikes=spikes(pre))
    net.add(Relay(), PRE, "post")
    net.connect(
        "pre", "post", hs.OneToOne(), weight=weight, delay=delay, release=hs.TsodyksMarkram(U, tau_rec, tau_facil)
    )
    sim = hs.Simulation(net, threads=1, dtype="float64", quiet=True)
    amounts: list[list[float]] = [[] for _ in pre]
    times, index = spikes(pre)
    for time, i in zip(times, index, strict=True):
        run_to(sim, time + delay + DT)
        amounts[i].append(float(sim.state("post", "got")[i]))
    return [np.array(a) for a in amounts]
