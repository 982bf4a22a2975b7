"""R48: sleep, noise and a Hebbian rule, brings back a task that a later one made a network forget.

Four binary patterns of 17 of 100 pixels, of which some are in all of them. A linear readout learns patterns 1 and 2,
then 3 and 4, by gradient descent; where patterns share 12 to 14 pixels it then knows only the last two. In sleep the
inputs spike at random, as often as their pixel is on in all patterns on average; the outputs are leaky cells, and a
spike of one of them changes its weights by 0.0035 s(w) if the input spiked just before, by -0.0002 s(w) if it did not,
where s(w) = 2 (1 - 1 / (1 + exp(-w / 0.001))): 2 of weights below 0, 0 of those above. So it is the negative weights
that move. 10 s of sleep bring all patterns back; noise that is alike for all inputs, or a plain Hebbian rule, does not.
"""

import math

import numpy as np
from published.expected import above, below
from published.row import Row

import hebbstat as hs

ON, SLEEP = 17, 10_000.0  # pixels, ms
SHARED = (12, 13, 14)


class Readout(hs.Neuron):
    """A leaky sum of its input, which spikes above a threshold and begins anew."""

    tau: hs.units.Ms = -1.0 / math.log(0.999)
    gain: hs.units.Positive = 1.0
    threshold: hs.units.Positive = 0.95 * 1.1

    v = hs.PerNeuron.state()

    @v.step
    def integrate(v, input, gain, tau, dt):
        return v * math.exp(-dt / tau) + gain * input

    @staticmethod
    def fires(v, threshold):
        return v > threshold

    @v.on_spike
    def reset():
        return 0.0


class Replay(hs.Plasticity):
    """A postsynaptic spike strengthens the synapses that helped to make it, and weakens the others.

    x is exp(-dt / tau) one step after the arrival, that is at the spike which it made.
    """

    tau: hs.units.Ms = 1.0
    up: hs.units.NonNegative = 0.0035
    down: hs.units.NonNegative = 0.0002
    width: hs.units.Positive = 0.001

    x = hs.PerPre.trace(decay="tau", set=1.0)

    @hs.derived
    def just(dt, tau):
        return math.exp(-1.5 * dt / tau)

    @staticmethod
    def on_post(x, w, just, up, down, width):
        factor = 2.0 * (1.0 - 1.0 / (1.0 + math.exp(-w / width)))
        return (up if x > just else -down) * factor


class PlainHebb(Replay):
    """Every weight moves alike: without s(w)."""

    @staticmethod
    def on_post(x, just, up, down):
        return up if x > just else -down


class EverBefore(Replay):
    """Inputs that spiked at any time count as those that spiked just before."""

    @hs.derived
    def just(dt):
        return 1e-30 * dt


def measure(dt, seed, rule=Replay, even=False):
    """The part of the patterns that are recognised."""
    found = {}
    for shared in SHARED:
        patterns, name = pixels(shared), f"{shared} pixels shared"
        trained = train(patterns, seed)
        found[f"{name}, before sleep"] = known(trained, patterns)
        found[f"{name}, after"] = known(slept(dt, seed, trained, patterns, rule, even), patterns)
        found[f"{name}, even noise"] = known(slept(dt, seed, trained, patterns, rule, even=True), patterns)
        found[f"{name}, plain Hebb"] = known(slept(dt, seed, trained, patterns, PlainHebb, even), patterns)
    return found


def pixels(shared):
    """Four patterns with so many pixels in all of them, and the others in one each."""
    found = np.zeros((4, 100))
    found[:, :shared] = 1.0
    for k in range(4):
        own = shared + k * (ON - shared)
        found[k, own : own + ON - shared] = 1.0
    return found


def train(patterns, seed):
    """Softmax regression by gradient descent with momentum: 4 epochs of the first task, 2 of the second."""
    w = np.random.default_rng(seed).uniform(-0.01, 0.01, (100, 4))
    speed = np.zeros_like(w)
    for task, epochs in (((0, 1), 4), ((2, 3), 2)):
        x, wanted = patterns[[*task]], np.eye(4)[[*task]]
        for _ in range(epochs):
            chance = np.exp(x @ w)
            chance /= chance.sum(axis=1, keepdims=True)
            speed = 0.5 * speed - 0.05 * x.T @ (chance - wanted) / len(x)
            w = w + speed
    return w


def known(w, patterns):
    return float(np.mean(np.argmax(patterns @ w, axis=1) == np.arange(4)))


def slept(dt, seed, w, patterns, rule, even):
    """The weights after sleep."""
    mean = patterns.mean(axis=0)
    mean = np.full_like(mean, mean.mean()) if even else mean
    net = hs.Network(dt=dt, seed=seed)
    net.add(hs.PoissonSource(rate=-1000.0 * np.log1p(-2.0 * 0.064 * mean)), 100, "inputs")
    net.add(Readout(gain=4.25 / max(w.max(), (patterns @ w).max())), 4, "outputs")
    wires = hs.FromPairs(np.repeat(np.arange(100), 4), np.tile(np.arange(4), 100))
    net.connect("inputs", "outputs", wires, weight=w.ravel(), delay=dt, rules=[rule()], name="p")
    sim = hs.Simulation(net, dtype="float64", quiet=True)
    sim.run(ms=SLEEP, watch=None)
    return sim.weights("p").reshape(100, 4)


ROW = Row(
    "R48",
    "Sleep brings back what a later task made forget",
    of=["PoissonSource", "Plasticity"],
    source="Tadros, Krishnan, Ramyaa & Bazhenov 2022, doi:10.1038/s41467-022-34938-7",
    measure=measure,
    expected={
        f"{shared} pixels shared, {when}": one
        for shared in SHARED
        for when, one in {
            "before sleep": below(0.6),
            "after": above(0.95),
            "even noise": below(0.6),
            "plain Hebb": below(0.6),
        }.items()
    },
    mutations={
        "a plain Hebbian rule": {"rule": PlainHebb},
        "noise alike for all inputs": {"even": True},
        "every input counts that ever spiked": {"rule": EverBefore},
    },
    dt=1.0,
    seeds=(1, 2, 3, 4, 5),
)
