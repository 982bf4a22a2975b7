"""Training a network on images, and asking a trained one: plasticity is frozen whenever a network is asked."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

import hebbstat as hs
from hebbstat.experiments.digits import Settings
from hebbstat.experiments.digits.network import EXC, FEED, INHIBIT, digits_network
from hebbstat.experiments.digits.variants import Arm
from hebbstat.experiments.lab.place import NOWHERE, Place
from hebbstat.information import binned_counts
from hebbstat.stimuli import Images, PoissonCode

LARGEST_SIGNAL = 2**27  # bytes of rates that one simulation holds; longer trainings are cut
RATE_BINS = 60  # points of the recorded rate over the whole training


@dataclass(frozen=True, eq=False)
class State:
    """All that learning changes: weights in canonical order, and the cells' adapted thresholds (theta, mV)."""

    feed: NDArray[np.float32]
    inhibition: NDArray[np.float32]
    theta: NDArray[np.float64]

    @classmethod
    def of(cls, sim: hs.Simulation) -> State:
        """A copy of a simulation's slow state."""
        return cls(sim.weights(FEED), sim.weights(INHIBIT), sim.state(EXC, "theta"))

    def put_into(self, sim: hs.Simulation) -> hs.Simulation:
        """Give a simulation of the same network this slow state."""
        sim.set(FEED, "w", self.feed)
        sim.set(INHIBIT, "w", self.inhibition)
        sim.set(EXC, "theta", self.theta)
        return sim


@dataclass(frozen=True, eq=False)
class Subject:
    """A network that is the same whenever it is built, but for its slow state."""

    settings: Settings
    arm: Arm
    seed: int
    code: PoissonCode
    learns_from: int  # training images
    threads: int | None = 1

    def simulation(self, images: Images, *, code: PoissonCode | None = None, noise: float = 0.0) -> hs.Simulation:
        """The network, about to be shown these images one after the other."""
        rates = (code or self.code).signal(images, noise)
        net = digits_network(self.settings, self.arm, self.seed, rates, self.settings.passes * self.learns_from)
        with warnings.catch_warnings():
            # The strongest channels ask for more than steps can hold; the search chose the total for what comes out.
            warnings.filterwarnings("ignore", "rate=", hs.NetworkWarning)
            return hs.Simulation(net, threads=self.threads, quiet=True)

    def newborn(self, images: Images) -> State:
        """The slow state before any learning."""
        return State.of(self.simulation(images[:1]))

    def ask(self, state: State, images: Images, *, noise: float = 0.0) -> NDArray[np.int64]:
        """Spikes of each cell for each image, `[images, cells]`, with all plasticity frozen."""
        code, counts = self._asking, []
        for part in parts(images, code):
            times, cells = self.watch(state, part, noise=noise)
            onsets = code.onsets(len(part))
            counts.append(binned_counts(times, cells, self.settings.neurons, onsets=onsets, duration=code.period))
        return np.concatenate(counts)

    def watch(
        self, state: State, images: Images, *, noise: float = 0.0
    ) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
        """Spike times (ms, in the middle of their step) and cells while images are shown, all plasticity frozen."""
        code = self._asking
        sim = state.put_into(self.simulation(images, code=code, noise=noise))
        with sim.frozen():
            run = sim.run(ms=len(images) * code.period, record=[hs.Spikes(EXC)], progress=False)
        spikes = run[f"{EXC}.spikes"]
        return spikes.time.values - 0.5 * self.settings.dt, spikes.neuron.values

    @property
    def _asking(self) -> PoissonCode:
        return replace(self.code, show=self.settings.test_show)


@dataclass(frozen=True, eq=False)
class Training:
    """What training left behind: the slow state, and the mean rate of the excitatory cells on the way."""

    state: State
    images_seen: NDArray[np.float64]  # [points], how many images had been shown
    rate: NDArray[np.float64]  # [points], Hz, since the point before


def train(subject: Subject, images: Images, place: Place = NOWHERE) -> Training:
    """Show the training images `passes` times, each time in another order; each part is kept in `place`."""
    state, seen, rates, shown = subject.newborn(images), [], [], 0
    draw = np.random.default_rng(subject.seed)
    order = np.concatenate([draw.permutation(len(images)) for _ in range(subject.settings.passes)])
    per_point = max(1, round(len(order) / RATE_BINS))
    for k, part in enumerate(parts(images[order], subject.code)):
        sim = state.put_into(subject.simulation(part))
        record = [hs.Rates(EXC, every=per_point * subject.code.period)]
        duration, kept = len(part) * subject.code.period, place.checkpoint(f"training{k}")
        rate = sim.run(ms=duration, record=record, progress=False, checkpoint=kept)[f"{EXC}.rate"]
        whole = len(part) // per_point  # what is left of a point at the end of a part is not shown
        seen.append(shown + per_point * (np.arange(whole) + 1.0))
        rates.append(rate.values[:whole])
        shown += len(part)
        state = State.of(sim)
    return Training(state, np.concatenate(seen), np.concatenate(rates))


def parts(images: Images, code: PoissonCode) -> Iterator[Images]:
    """The images in sequence, cut only where the rates of all would take too much memory."""
    rows = round(code.period / code.tick)
    most = max(1, LARGEST_SIGNAL // (8 * rows * code.channels(images)))
    for first in range(0, len(images), most):
        yield images[first : first + most]
