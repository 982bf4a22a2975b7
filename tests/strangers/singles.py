"""A third voice for single precision: rare events come as often as they should, small changes add up.

A rare event is not waited for: the step in which a keyed draw is tiny is searched for with numpy, and the simulation is
put there.
"""

from __future__ import annotations

import warnings

import numpy as np
from strangers.interpreted import plain_kernels
from strangers.scripts import imported

import hebbstat as hs
from hebbstat.contract import random

RARE = '''
import hebbstat as hs


class Seldom(hs.Neuron):
    chance: hs.units.Number = 0.5
    seen = hs.PerNeuron.state()

    @seen.step
    def _(seen, uniform, chance):
        return seen + 1.0 if uniform < chance else seen

    @staticmethod
    def fires(uniform, chance):
        return uniform < chance


class Always(hs.Neuron):
    @staticmethod
    def fires(input):
        return input > -1.0


class Luck(hs.Plasticity):
    chance: hs.units.Number = 0.5
    seen = hs.PerSynapse.state()

    @seen.step
    def _(seen, uniform, chance):
        return seen + 1.0 if uniform < chance else seen


class Leak(hs.Release):
    chance: hs.units.Number = 0.5
    seen = hs.PerSynapse.state()

    @staticmethod
    def transmit(w, seen, uniform, chance):
        return w, seen + 1.0 if uniform < chance else seen


def network(kind, chance, seed):
    net = hs.Network(dt=1.0, seed=seed)
    if kind == "neuron":
        net.add(Seldom(chance=chance), 1, "p")
        return net
    net.add(Always(), 1, "p")
    more = {"rules": [Luck(chance=chance)]} if kind == "rule0.0" else {"release": Leak(chance=chance)}
    net.connect("p", "p", hs.AllToAll(autapses=True), weight=0.0, delay=1.0, name="q", **more)
    return net


class Crumbs(hs.Plasticity):
    @staticmethod
    def on_pre():
        return 2.5e-8


class Drift(hs.Plasticity):
    @staticmethod
    def step(w):
        return 2.5e-8
'''

STREAMS = {
    "neuron": "p/neuron/step.seen/uniform", "rule0.0": "q/rule0.0/step.seen/uniform",
    "release": "q/release/transmit/uniform",
}  # fmt: skip


def tiny_draw(key: int, below: float = 2.0**-24, first: int = 1000, most: int = 1 << 27) -> tuple[int, float]:
    """The first step whose draw for element 0 is below a bound, and that draw."""
    with np.errstate(over="ignore"):
        for begin in range(first, most, 1 << 22):
            step = np.arange(begin, begin + (1 << 22), dtype=np.uint64)
            bits = _mixed(_mixed(np.uint64(key) + step * np.uint64(random.STEP_STRIDE)))
            found = np.flatnonzero(bits < np.uint64(int(below * 2.0**64)))
            if found.size:
                step_found = int(step[found[0]])
                return step_found, random.uniform(random.draw(key, step_found, 0))
    raise LookupError(f"no draw below {below} in {most} steps")


def _mixed(z: np.ndarray) -> np.ndarray:
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def rare(kind: str, seed: int) -> str:
    """What is wrong with a rare event in float32; empty if it comes exactly when its draw is below its chance."""
    step, drawn = tiny_draw(random.stream_key(seed, STREAMS[kind]))
    wrong = []
    for chance, expected in ((0.5 * drawn, 0.0), (1.01 * drawn, 1.0)):
        with plain_kernels(), imported(RARE) as module:
            sim = hs.Simulation(module.network(kind, chance, seed), threads=1, dtype="float32", quiet=True)
            sim.core.step_count = step - 2
            sim.run(steps=3, progress=False, watch=None)
            where = {"neuron": ("p", "seen"), "rule0.0": ("q", "Luck.seen")}.get(kind, ("q", f"{kind}.seen"))
            seen = float(sim.state(*where)[0])
        if seen != expected:
            told = f"chance {chance:.3g}, draw {drawn:.3g} at step {step}"
            wrong.append(f"{kind}: {told}: {seen:g} events, not {expected:g}")
    return "; ".join(wrong)


def crumbs(rule: str, steps: int = 300) -> str:
    """What is wrong with many small changes of float32 weights; empty if they add up, or were warned of."""
    with plain_kernels(), imported(RARE) as module, warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        net = hs.Network(dt=1.0, seed=3)
        net.add(module.Always(), 6, "p")
        net.connect("p", "p", hs.AllToAll(autapses=True), rules=[getattr(module, rule)()], name="q")
        sim = hs.Simulation(net, threads=1, dtype="float32", quiet=True)
        sim.run(steps=steps, progress=False, watch=None)
        moved = float(np.mean(sim.weights("q").astype(float) - 1.0))
    if any("float32" in str(one.message) for one in said):
        return ""
    right, spread = 2.5e-8 * steps, 1.2e-7 * np.sqrt(0.25 * steps / 36)
    return "" if abs(moved - right) < 6 * spread + 2.5e-8 * 2 else f"{rule}: w moved by {moved:.3g}, right {right:.3g}"
