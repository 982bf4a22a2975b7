"""Engine and reference behind one face, so that one story can be told of both: run, look, set, frozen."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

import hebbstat as hs
from hebbstat.contract.errors import BadValueError, CheckpointError, HebbstatError, NotSupportedError, UnknownNameError
from hebbstat.network import instantiate, naming
from hebbstat.network.lookup import places, quantities
from hebbstat.network.rewiring import rewires

Look = dict[Any, Any]


def parts(net: hs.Network) -> Iterator[tuple[str, str, Any]]:
    """(name, place, mechanism) of all of a network."""
    for name, place, mechanism, _ in places(net):
        yield name, place, mechanism


class Face:
    """What a story calls. `looks` collects what was seen, `unset` the numbers of `set` calls that were refused."""

    def __init__(self, net: hs.Network, skip: frozenset[int] = frozenset(), probes: bool = True) -> None:
        self.net, self.skip, self.probes = net, skip, probes
        self.looks: list[Look] = []
        self.spikes: list[tuple[int, str, int]] = []
        self.unset: set[int] = set()
        self.refused: list[HebbstatError] = []
        self.sets = self.depth = self.removed = 0
        self.done: list[tuple[str, int]] = []  # what was done: runs, for the oracles

    def run(self, steps: int) -> None:
        raise NotImplementedError

    def value(self, name: str, place: str, what: str) -> Any:
        """The values of a state, or None where this face cannot look."""
        raise NotImplementedError

    def put(self, name: str, place: str, what: str, value: Any) -> None:
        raise NotImplementedError

    def stretch(self, restore: bool) -> Any:
        """A context in which slow state stands still."""
        raise NotImplementedError

    def set(self, name: str, place: str, what: str, value: Any) -> None:
        """Set a value, unless this call is left out."""
        number, self.sets = self.sets, self.sets + 1
        if number in self.skip:
            return
        try:
            self.put(name, place, what, value)
        except (BadValueError, NotSupportedError, UnknownNameError) as error:
            self.unset.add(number)
            self.refused.append(error)

    def frozen(self, restore: bool) -> Iterator[None]:
        """A frozen stretch, as a loop of one turn; of none, where probes are left out."""
        if restore and not self.probes:
            self.removed += 1
            return
        spikes, self.depth = len(self.spikes), self.depth + 1
        with self.stretch(restore):
            yield
        self.depth -= 1
        if restore:
            del self.spikes[spikes:]

    def look(self) -> None:
        """See everything: states, weights, the number of the step."""
        seen: Look = {"step": self.step_count, "frozen": self.depth}
        for name, place, mechanism in parts(self.net):
            for state in mechanism.states.values():
                if state.is_plain:
                    seen[name, place, state.name] = self.value(name, place, state.name)
        for name in self.net.projections:
            seen[name, "synapse", "w"] = self.weights(name)
        for at in sorted(quantities(self.net)):
            seen[at] = self.value(*at)
        self.looks.append(seen)


class Reference(Face):
    """The plain-Python reference; older ones cannot set values nor nest frozen stretches."""

    def __init__(self, net: hs.Network, **how: Any) -> None:
        super().__init__(net, **how)
        self.sim = hs.ReferenceSimulation(instantiate(net))

    @property
    def step_count(self) -> int:
        return self.sim.step_count

    def run(self, steps: int) -> None:
        before = len(self.sim.spikes)
        self.sim.run(steps=steps)
        self.spikes += self.sim.spikes[before:]

    def weights(self, name: str) -> np.ndarray:
        return np.array(self.sim.weights(name))

    def value(self, name: str, place: str, what: str) -> Any:
        mechanism = next(m for n, p, m in parts(self.net) if (n, p) == (name, place))
        if what in mechanism.states:
            return np.array(self.sim.peek(name, place, what))
        return np.array(self.sim.values_of(name, place, what))

    def put(self, name: str, place: str, what: str, value: Any) -> None:
        if not hasattr(self.sim, "set"):
            raise NotSupportedError("this reference sets nothing")
        self.sim.poke(name, place, what, value)

    @contextlib.contextmanager
    def stretch(self, restore: bool) -> Iterator[None]:
        if self.depth > 1 and not hasattr(self.sim, "frozen_depth"):
            saved = self.sim._save()
            yield
            if restore:
                self.sim._load(saved)
            return
        with self.sim.frozen(restore=restore):
            yield


class Engine(Face):
    """The engine. With `cut`, runs are cut in pieces, recorded, saved and loaded on the way."""

    def __init__(self, net: hs.Network, threads: int = 1, cut: int = 0, dtype: str = "float64", **how: Any) -> None:
        super().__init__(net, **how)
        self.rng, self.cut = np.random.default_rng(cut), bool(cut)
        self.sim = hs.Simulation(net, threads=threads, dtype=dtype, quiet=True)
        self.could_save = True
        self.recorded: list[tuple[str, float, np.ndarray]] = []

    @property
    def step_count(self) -> int:
        return self.sim.step_count

    def run(self, steps: int) -> None:
        while steps > 0:
            piece = int(self.rng.integers(1, steps + 1)) if self.cut else steps
            self._piece(piece)
            steps -= piece

    def _piece(self, steps: int) -> None:
        spiking = [p for p in self.net.populations.values() if p.spiking]
        record: list[Any] = [hs.Spikes(p) for p in spiking]
        if self.cut and self.rng.random() < 0.5:
            for p in self.net.populations.values():
                plain = [s.name for s in p.neuron.states.values() if s.is_plain]
                record += [hs.States(p, s, every=self.net.dt) for s in plain[:1]]
            record += [hs.Weights(n, every=self.net.dt) for n, p in self.net.projections.items() if not rewires(p)]
        run = self.sim.run(steps=steps, record=record, progress=False, watch=None)
        found = []
        for order, p in enumerate(self.net.populations.values()):
            if p.spiking:
                data = run[f"{p.name}.spikes"]
                at = np.rint(data.time.values / self.net.dt).astype(int) - 1
                found += [(s, order, p.name, i) for s, i in zip(at.tolist(), data.neuron.values.tolist(), strict=True)]
        self.spikes += [(s, name, i) for s, _, name, i in sorted(found)]
        if self.cut and self.could_save and not self.depth and self.rng.random() < 0.4:
            self._save_and_load()

    def _save_and_load(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "cut.ckpt")
            self.sim.save(path)
            threads = int(self.rng.integers(1, 4))
            self.sim = hs.Simulation.load(path, self.net, threads=threads, quiet=True)

    def weights(self, name: str) -> np.ndarray:
        return np.array(self.sim.weights(name), float)

    def value(self, name: str, place: str, what: str) -> Any:
        if place == "rule":
            return np.array([self.sim.modulator(f"{name}.{what}")])
        try:
            return np.array(self.sim.state(name, self._name(name, place, what)), float)
        except UnknownNameError:
            if place == "receptor":
                return None  # older ones know receptors by other names
            raise

    def put(self, name: str, place: str, what: str, value: Any) -> None:
        self.sim.set(name, self._name(name, place, what), value)

    def _name(self, name: str, place: str, what: str) -> str:
        """What a user calls it."""
        values = {at: naming.shown(mechanism) for owner, at, mechanism in parts(self.net) if owner == name}
        return naming.spelled(self.net, name, values).get((place, what), [f"{place}.{what}"])[0]

    def stretch(self, restore: bool) -> Any:
        return self.sim.frozen(restore=restore)


__all__ = ["CheckpointError", "Engine", "Face", "Look", "Reference", "parts"]
