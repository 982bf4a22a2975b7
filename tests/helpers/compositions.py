"""Random networks from all mechanisms: what engine and reference must agree on.

`compose(seed)` draws a small network from `EXAMPLES`: random models, receptors, release, rules, gates, modulators,
delays, wiring, parts of populations. Rates are high, so that in a few hundred steps there are many spikes, same-step
pairs and weights at their bounds. Each example has a stream of its own in each place, by which it is scored against the
others or drawn by itself: a new example changes a network only where it is drawn.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from helpers.draws import Draw
from helpers.examples import EXAMPLES

import hebbstat as hs

End = hs.Population | hs.PopulationView
QUICK = (11, 25, 50, 178, 201, 241, 314, 639, 661)
"""Seeds of networks that are soon compiled; together they draw every example."""
FEW = (25, 241)
"""Those of them for tests that run a network in many ways."""


def compose(seed: int) -> hs.Network:
    """A random network, the same for the same seed: inputs drive cells, and there may be some parts more."""
    return Composition(seed).net


class Composition:
    """A random network `net`, and the names of the examples that were `drawn` for it."""

    def __init__(self, seed: int) -> None:
        self.drawn: set[str] = set()
        dt = Draw(seed, "dt").pick(0.1, 0.5, 1.0)
        self.net = hs.Network(dt=dt, seed=seed)
        self.draw = self._modulate(Draw(seed, "network", dt))
        exc = self._cells("exc")
        self._connect("in", self._inputs(), exc, 25.0)
        if self._is_there("recurrence"):
            self._connect("recurrent", exc, exc, 5.0)
        if self._is_there("other"):
            self._connect("out", exc, self._cells("other"), 20.0)
        if self._is_there("inhibition"):
            inh = self._cells("inh")
            self._connect("to inh", exc, inh, 20.0, plastic=False)
            self._connect("from inh", inh, exc, -6.0)
        if self._is_there("rates"):
            self._rates(exc)
        if self._is_there("background"):
            self._background(exc)
        if self._is_there("rewiring"):
            self._rewiring(exc)

    def _is_there(self, what: str) -> bool:
        return self.draw.of(what).chance(0.4)

    # --- examples ---------------------------------------------------------------------------------------------------

    def _best(self, kind: str, at: Draw, fits: Callable[[Any], bool] = lambda made: made is not None) -> Any:
        """The one of the highest score among the examples of a kind that fit."""
        streams = {name: at.of(name) for name in EXAMPLES[kind]}
        for name in sorted(streams, key=lambda name: float(streams[name].rng.random()), reverse=True):
            made = EXAMPLES[kind][name](streams[name])
            if fits(made):
                self.drawn.add(name)
                return made
        raise LookupError(f"none of {kind} fits {at}")

    def _some(self, kind: str, at: Draw, p: float, fits: Callable[[Any], bool] = lambda made: True) -> list[Any]:
        """The examples of a kind that are drawn, each by itself, and fit."""
        streams = {name: at.of(name) for name in sorted(EXAMPLES[kind])}
        made = {name: EXAMPLES[kind][name](stream) for name, stream in streams.items() if stream.chance(p)}
        fitting = {name: one for name, one in made.items() if fits(one)}
        self.drawn |= fitting.keys()
        return [*fitting.values()]

    # --- populations ------------------------------------------------------------------------------------------------

    def _modulate(self, root: Draw) -> Draw:
        """Rules of the network; what gates call `mod` is one of them. The draw of all else, which may follow them."""
        kind, follow = "rules of the network", ()
        scores = {name: float(root.of(f"{name} at all").rng.random()) for name in EXAMPLES[kind]}
        for name in sorted((name for name in scores if scores[name] < 0.35), key=scores.__getitem__):
            rule = EXAMPLES[kind][name](root.of(name, follow=follow))
            title = name.lower() if follow else "mod"
            self.net.add_rule(rule, title)
            self.drawn.add(name)
            follow = (*follow, title, f"{title}.{[*rule.states][-1]}")
        return replace(root, follow=follow)

    def _inputs(self) -> hs.Population:
        at = self.draw.of("inputs", n=12)
        source, spikes = self._best("sources", at), None
        if "scheduled" in _reads(source):
            trains = at.of("trains").rng
            n = int(trains.integers(50, 400))
            spikes = np.rint(trains.uniform(1, 100, n)) * self.net.dt * 3, trains.integers(0, 12, n)
        return self.net.add(source, 12, "inputs", spikes=spikes, positions=at.of("positions").rng.random((12, 2)))

    def _cells(self, name: str, kind: str = "cells") -> hs.Population:
        at = self.draw.of(name)
        at = replace(at, n=at.of("n").pick(5, 9, 20) if kind == "cells" else at.of("n").pick(3, 5))
        neuron = self._best(kind, at)
        rules = self._some("rules on cells", at, 0.4, lambda rule: rule.acts_on in neuron.fields)
        return self.net.add(neuron, at.n, name, rules=rules, positions=at.of("positions").rng.random((at.n, 2)))

    def _rates(self, exc: hs.Population) -> None:
        """Two populations of rate neurons, which may hear spikes and be heard by cells that spike."""
        x, y = self._cells("x", "rate cells"), self._cells("y", "rate cells")
        self._connect("x to y", x, y, 0.5)
        self._connect("y to x", y, x, -0.05, plastic=False)
        if self._is_there("heard"):
            self._connect("x to exc", x, exc, 0.1, plastic=False)
        if self._is_there("hearing"):
            self._connect("exc to x", exc, x, 0.2)

    def _background(self, exc: hs.Population) -> None:
        """Many sources onto each cell, which a rate tells."""
        self._connect("background to exc", self._cells("background", "rate sources"), exc, 0.02, plastic=False)

    def _rewiring(self, exc: hs.Population) -> None:
        """A recurrent projection whose synapses die and are born."""
        at = self.draw.of("rewiring", size=2.0, n=exc.n)
        rule = self._best("rules that rewire", at)
        self.net.connect(exc, exc, hs.FixedProbability(0.2), weight=1.0, delay=2 * at.dt, rules=[rule], name="rewiring")

    # --- projections ------------------------------------------------------------------------------------------------

    def _connect(
        self, name: str, source: hs.Population, target: hs.Population, weight: float, plastic: bool = True
    ) -> None:
        at = self.draw.of(name)
        receptor, size = self._receptor(at, source, target, weight)
        ends = _parts(at.of("parts"), source, target)
        at = replace(at, pre=len(ends[0]), post=len(ends[1]), same=_cells_of(ends[0]) == _cells_of(ends[1]))
        at = replace(at, size=size, step=0.2 * size)
        wiring = self._best("connectors", at.of("wiring"))
        release = None
        if source.spiking and at.of("release").chance(0.35):
            release = self._best("releases", at.of("release"))
        rules = self._rules(at, source, target, _fraction(release)) if plastic else []
        self.net.connect(
            *ends, wiring, weight=_weight(at.of("weight"), wiring), delay=_delay(at.of("delay"), wiring),
            dendritic_delay=at.dt * at.of("dendrite").pick(0, 0, 1, 7), receptor=receptor, release=release, rules=rules,
            name=name,
        )  # fmt: skip

    def _receptor(
        self, at: Draw, source: hs.Population, target: hs.Population, weight: float
    ) -> tuple[hs.Receptor | None, float]:
        """A receptor that the target reads, and the size of weights that does something."""
        if not target.spiking or (not source.spiking and source.name != "background"):
            return None, weight
        reads = _reads(target.neuron) & {"current", "conductance"}
        if not reads or at.of("input").chance(0.15):
            return None, (2.0 if "v" in target.neuron.states else 0.01) * np.sign(weight)  # mV, or a probability

        def fits(receptor: hs.Receptor) -> bool:
            inhibits = receptor.values.get("reversal", 0.0) < -65.0
            return _gives(receptor) <= reads and (_gives(receptor) == {"current"} or inhibits == (weight < 0))

        receptor = self._best("receptors", at.of("receptor"), fits)
        if "current" in _gives(receptor):
            field = target.neuron.fields.get("i_ext")
            return receptor, weight * (4.0 if field and field.unit.symbol == "pA" else 0.2)
        return receptor, abs(weight)

    def _rules(self, at: Draw, source: hs.Population, target: hs.Population, on: str | None) -> list[hs.Plasticity]:
        """Rules; mostly with bounds that are often hit, and then some in wrappers. They may also act on `on`.

        Or one that says what the weight is, which others then must leave alone.
        """
        if source.spiking and target.spiking and at.of("derived").chance(0.08):
            return [self._best("rules that derive weights", at.of("derived"))]
        bounded = not source.spiking or at.of("bounded").chance(0.85)
        if not bounded:  # small steps: conductances must not turn negative
            at = replace(at, step=2e-4 * at.size, follow=())
        made: list[hs.Plasticity] = []

        def fits(rule: hs.Plasticity) -> bool:
            return "post_v" not in _reads(rule) or "v" in target.neuron.states

        for kind in _kinds_of_rules(source, target):
            for rule in self._some(kind, at, 0.35 if kind == "rules on rates" else 0.15, fits):
                made.append(self._wrapped(rule, at.of(type(rule).__name__)) if bounded else rule)
        if on and target.spiking:
            part = at.of("release", size=0.5, step=0.05)
            for rule in self._some("rules on spikes", part, 0.1, lambda rule: "w" not in _reads(rule) and fits(rule)):
                made += [hs.replace(rule, on=on), hs.HardBounds(0.1, 0.9, on=on)]
        if made and bounded:
            made.append(self._best("bounds", at.of("bounds")))
        return made

    def _wrapped(self, rule: hs.Plasticity, at: Draw) -> hs.Plasticity:
        for name in sorted(EXAMPLES["wrappers"]):
            stream = at.of(name)
            wrapper = EXAMPLES["wrappers"][name](stream, rule) if stream.chance(0.15) else None
            if wrapper is not None:
                self.drawn.add(name)
                rule = wrapper
        return rule


def _kinds_of_rules(source: hs.Population, target: hs.Population) -> list[str]:
    if source.spiking != target.spiking:
        return ["rules on weights"]
    return ["rules on spikes" if source.spiking else "rules on rates", "rules on weights"]


def _reads(mechanism: Any) -> set[str]:
    return {name for hook in mechanism.hooks for name in hook.all_reads}


def _gives(receptor: hs.Receptor) -> set[str]:
    return {hook.event for hook in receptor.hooks} & {"current", "conductance"}


def _fraction(release: hs.Release | None) -> str | None:
    """What rules on a release act on: its first field from 0 to 1."""
    fields = [] if release is None else release.fields.values()
    within = [field.name for field in fields if field.unit and (field.unit.low, field.unit.high) == (0.0, 1.0)]
    return f"release.{within[0]}" if within else None


def _cells_of(end: End) -> tuple[str, list[int]]:
    if isinstance(end, hs.PopulationView):
        return end.population.name, end.indices.tolist()
    return end.name, list(range(end.n))


def _parts(at: Draw, source: hs.Population, target: hs.Population) -> tuple[End, End]:
    """The populations, or parts of them; within one population, parts that are equal or share no cell."""
    if at.chance(0.7):
        return source, target
    first = 2 * source.n // 3
    if source is target:
        return at.pick((source[:first], source[:first]), (source[:first], source[first:]))
    chosen = at.rng.permutation(target.n)[: max(2, target.n // 2)]
    return at.pick((source[:first], target), (source, target[chosen]), (source[::2], target[chosen]))


def _weight(at: Draw, wiring: hs.Connector) -> Any:
    """Weights that come with the pairs, one for all, drawn, or given beside the pairs."""
    if wiring.brings is not None:
        return None
    kind = at.rng.random()
    if isinstance(wiring, hs.FromPairs) and kind < 0.5:
        return at.size * at.rng.uniform(0.5, 1.5, len(wiring.pre))
    return at.size if kind < 0.2 else hs.Normal(at.size, cv=0.3)


def _delay(at: Draw, wiring: hs.Connector) -> Any:
    """One step, some, many, drawn, or given beside the pairs."""
    kind = at.rng.integers(4)
    if isinstance(wiring, hs.FromPairs) and len(wiring.pre) and kind == 2:
        return at.dt * at.rng.integers(1, 9, len(wiring.pre))
    some = at.dt * float(at.rng.integers(1, 20))
    return (at.dt, some, hs.Uniform(at.dt, 12 * at.dt), 60 * at.dt)[kind]
