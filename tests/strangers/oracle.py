"""A third voice: a few lines of numpy on one matter, where engine and reference share code or might err alike."""

from __future__ import annotations

from typing import Any

import numpy as np
from strangers.faces import Face, parts

from hebbstat.contract.state import PerNeuron, Trace


def distinct(module: Any, face: Face, difference: type[Exception]) -> None:
    """Draws of independent things never coincide: other elements, copies, instances, hooks, steps."""
    seen: dict[float, tuple[str, str, str, int]] = {}
    if not face.looks:
        return
    last = face.looks[-1]
    for name, place, state in module.WITNESSES:
        values = last.get((name, place, state))
        for owner, value in enumerate([] if values is None else values.tolist()):
            if value == 0.0:
                continue  # nothing drawn yet
            at = (name, place, state, owner)
            if value in seen:
                raise difference("draws", f"{at} and {seen[value]} both drew {value}")
            seen[value] = at


def traces(net: Any, face: Face, difference: type[Exception]) -> None:
    """A neuron's own trace is the sum of its spikes' exponentials, whenever it is looked at."""
    if face.done or face.sets or not face.looks or any(look["frozen"] for look in face.looks):
        return
    steps = face.looks[-1]["step"]
    for name, place, mechanism in parts(net):
        for state in mechanism.states.values():
            tau = mechanism.values.get(state.origin.tau) if isinstance(state.origin, Trace) else None
            own = place == "neuron" and state.scope is PerNeuron
            plain = own and isinstance(state.origin, Trace) and isinstance(state.origin.add, float)
            if not plain or not isinstance(tau, float) or state.slow:
                continue
            expected = np.full(net.populations[name].n, float(state.init) * np.exp(-steps * net.dt / tau))
            for step, population, neuron in face.spikes:
                if population == name:
                    expected[neuron] += state.origin.add * np.exp(-(steps - 1 - step) * net.dt / tau)
            found = face.looks[-1][name, place, state.name]
            if not np.allclose(found, expected, rtol=1e-9, atol=1e-12):
                told = f"{found.tolist()}, and by its spikes {expected.tolist()}"
                raise difference("traces", f"{name}.{state.name}: {told}")


class _Early:
    """Collects what a story sets before its first run."""

    def __init__(self) -> None:
        self.early: list[tuple[str, str, str, float]] = []
        self.began = False

    def set(self, *what: Any) -> None:
        if not self.began:
            self.early.append(what)

    def run(self, steps: int) -> None:
        self.began = True

    def look(self) -> None:
        pass

    def frozen(self, restore: bool) -> Any:
        self.began = True
        return iter(())


def _is_parameter(mechanism: Any, name: str) -> bool:
    """Whether it is a field from which no state begins: states had their first value before anything was set."""
    return name in mechanism.fields and all(state.init != name for state in mechanism.states.values())


def described(module: Any, net: Any, engine: Any, compare: Any) -> None:
    """A parameter set before the first step is the network described with that value."""
    story = _Early()
    module.story(story)
    early = {what[:3]: what[3] for what in story.early}
    if not early:
        return
    fields = {(n, p): m for n, p, m in parts(net)}
    early = {at: value for at, value in early.items() if _is_parameter(fields[at[0], at[1]], at[2])}
    ours = engine(net)
    for (name, place, what), value in early.items():
        ours.set(name, place, what, value)
    other = module.network()
    places = {(n, p): m for n, p, m in parts(other)}
    for number, ((name, place, what), value) in enumerate(early.items()):
        if number not in ours.unset:
            places[name, place].values[what] = float(value)
    theirs = engine(other)
    for face in (ours, theirs):
        face.run(40)
        face.look()
    compare("described", ours, theirs, 1e-9)
