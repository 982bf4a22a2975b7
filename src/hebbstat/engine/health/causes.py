"""What the watch can say about why a network is ill: facts that it can see, and the advice that follows from them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from hebbstat.contract.fields import short
from hebbstat.contract.mechanism import Mechanism
from hebbstat.contract.signals import Moving
from hebbstat.network.network import Network, Projection

if TYPE_CHECKING:
    from hebbstat.engine.health.monitor import HealthMonitor
    from hebbstat.engine.health.signs import Swing
    from hebbstat.engine.simulation import Simulation


def regulators(net: Network, population: str) -> list[tuple[Mechanism, str]]:
    """The rules that hold a population's rate, with where they stand: those that have a rate among their fields."""
    found: list[tuple[Mechanism, str]] = [(rule, population) for rule in net.population(population).rules]
    found += [(part, p.name) for p in _onto(net, population) for rule in p.rules for part in rule.parts()]
    return [(rule, on) for rule, on in found if any(f.unit and f.unit.symbol == "Hz" for f in rule.fields.values())]


def has_signal(mechanism: Mechanism) -> bool:
    """Whether a parameter changes in time by plan."""
    return any(isinstance(value, Moving) for value in mechanism.values.values())


def runaway(watch: HealthMonitor, name: str) -> str:
    """The text about a rate that is too high."""
    rates, net = list(watch.rates[name]), watch.sim.net
    before = next((r for r in reversed(rates) if r <= watch.health.runaway_above), None)
    rose = "" if before is None else f" from {before:.3g} Hz"
    facts = [f"{_regulated(net, name)}", *_grown(watch, name)]
    if not any(_inhibits(watch.sim, p) for p in _onto(net, name)):
        facts.append("no inhibition reaches it")
    facts.append(_sources(watch, name))
    return f"'{name}' runs away: its mean rate rose{rose} to {rates[-1]:.4g} Hz; {'; '.join(facts)}"


def dead(watch: HealthMonitor, name: str, since: float, rate: float) -> str:
    """The text about a population without spikes."""
    net, sim = watch.sim.net, watch.sim
    what = "no spike" if rate == 0.0 else f"{rate:.2g} Hz"
    facts = []
    silent = [p.source.name for p in _onto(net, name) if _rate(watch, p.source.name) == 0.0 and p.source.name != name]
    if silent:
        facts.append(f"its source {_listed(silent)} is silent too")
    else:
        facts.append(f"its input stays below threshold ({_sources(watch, name)})")
    neuron = net.population(name).neuron
    if "v" in neuron.states and "v_threshold" in neuron.fields:
        v, threshold = (sim.state(name, of).mean() for of in ("v", "v_threshold"))
        facts.append(f"mean v is {v:.4g} mV, the mean threshold {threshold:.4g} mV")
    facts += _fallen(watch, name)
    return f"'{name}' is dead: {what} since {since / 1000.0:g} s; {'; '.join(facts)}; raise its weights or its drive"


def not_finite(watch: HealthMonitor, name: str, states: dict[str, np.ndarray]) -> str:
    """The text about NaN or infinity."""
    sim = watch.sim
    sim.settle()
    held = ", ".join(f"{state} of {len(cells)} of its cells (first: {cells[0]})" for state, cells in states.items())
    facts = []
    for projection in _onto(sim.net, name):
        weights = sim.weights(projection.name)
        broken = int((~np.isfinite(weights)).sum())
        if broken:
            facts.append(f"{broken} of {weights.size} weights of '{projection.name}' are not finite")
        elif weights.size and np.abs(weights).max() > 1e6:
            facts.append(f"weights of '{projection.name}' are as large as {np.abs(weights).max():.2g}")
        if (broken or facts) and sim.plans[projection.name].plastic and not sim.plans[projection.name].clip:
            facts.append(f"nothing bounds the weights of '{projection.name}': add HardBounds")
    advice = "; ".join(dict.fromkeys(facts)) or (
        f"its weights are finite, so an equation of {type(sim.net.population(name).neuron).__name__} or of a receptor "
        f"has left its range: is dt={sim.net.dt:g} ms too long for its time constants, or a parameter extreme?"
    )
    return f"'{name}' holds NaN or infinity: {held}; {advice}"


def stuck(watch: HealthMonitor, name: str, since: float) -> str:
    """The text about weights that sit at their bounds."""
    bounded, projection = watch.bounded[name], watch.sim.net.projection(name)
    where = f"{100 * bounded.at_low:.0f} % at the lower, {100 * bounded.at_high:.0f} % at the upper bound"
    ends = (projection.source.name, projection.target.name)
    silent = [end for end in dict.fromkeys(ends) if _rate(watch, end) == 0.0]
    if silent:
        cause = f"{_listed(silent)} gives no spikes, so nothing moves them"
    elif bounded.at_high > 10.0 * bounded.at_low:
        cause = "at these rates strengthening wins over weakening: smaller steps up, larger steps down, a higher bound"
    elif bounded.at_low > 10.0 * bounded.at_high:
        cause = "at these rates weakening wins over strengthening: smaller steps down, larger steps up, stronger drive"
    else:
        cause = "the rule has parted them into weak and strong for good; smaller steps or soft bounds avoid that"
    rates = ", ".join(
        f"'{end}' {rate:.3g} Hz" for end in dict.fromkeys(ends) if (rate := _rate(watch, end)) is not None
    )
    return (
        f"the weights of '{name}' are stuck: {where}, unmoved since {since / 1000.0:g} s "
        f"({bounded.size} looked at; {rates}); {cause}"
    )


def oscillating(watch: HealthMonitor, name: str, swing: Swing) -> str:
    """The text about regulated rates that swing."""
    seconds = swing.period * watch.every * watch.sim.net.dt / 1000.0
    rules = "; ".join(f"{_described(rule)} on '{on}'" for rule, on in regulators(watch.sim.net, name))
    return (
        f"'{name}' oscillates: rates of its cells swing by {100 * swing.span:.0f} % of their mean with a period of "
        f"about {seconds:.3g} s, which no source does; they are regulated by {rules}. A regulator that acts faster "
        "than it measures overshoots: lower its strength or gain, or let it average the rate over a shorter time"
    )


def _onto(net: Network, population: str) -> list[Projection]:
    return [p for p in net.projections.values() if p.target.name == population]


def _rate(watch: HealthMonitor, population: str) -> float | None:
    """The rate between the last two looks; None for rate neurons."""
    rates = watch.rates.get(population)
    return rates[-1] if rates else None


def _sources(watch: HealthMonitor, name: str) -> str:
    rates = {p.source.name: _rate(watch, p.source.name) for p in _onto(watch.sim.net, name)}
    known = [f"'{source}' fires at {rate:.3g} Hz" for source, rate in rates.items() if rate is not None]
    return ", ".join(known) or "its sources are rate neurons"


def _regulated(net: Network, name: str) -> str:
    rules = [f"{_described(rule)} on '{on}'" for rule, on in regulators(net, name)]
    return f"its regulators did not hold it: {', '.join(rules)}" if rules else "no homeostatic rule acts on it"


def _described(rule: Mechanism) -> str:
    """A rule with its rates and times, as it was given."""
    shown = [
        f"{name}={short(rule.values[name])} {spec.unit.symbol}"
        for name, spec in rule.fields.items()
        if spec.unit and spec.unit.symbol in ("Hz", "ms")
    ]
    return f"{type(rule).__name__}({', '.join(shown)})"


def _grown(watch: HealthMonitor, name: str) -> list[str]:
    return [text for text, ratio in _moved(watch, name) if ratio > 1.2]


def _fallen(watch: HealthMonitor, name: str) -> list[str]:
    return [text for text, ratio in _moved(watch, name) if ratio < 0.8]


def _moved(watch: HealthMonitor, name: str) -> list[tuple[str, float]]:
    """How mean weights onto a population moved since the watch began, in words and as a ratio."""
    found = []
    for projection in _onto(watch.sim.net, name):
        bounded: Any = watch.bounded.get(projection.name)
        if bounded is not None and bounded.first_mean != 0.0:
            now = bounded.mean
            text = f"the mean weight of '{projection.name}' went from {bounded.first_mean:.3g} to {now:.3g}"
            found.append((text, now / bounded.first_mean))
    return found


def _inhibits(sim: Simulation, projection: Projection) -> bool:
    """Whether a projection pulls its target down: negative weights, or a reversal potential below the threshold."""
    values = sim.model.made.values.get((projection.name, "receptor"), {})
    reversal, threshold = values.get("reversal"), projection.target.neuron.values.get("v_threshold")
    if isinstance(reversal, float) and isinstance(threshold, float):
        return reversal < threshold
    weights = sim.weights(projection.name)
    return bool(weights.size) and float(weights.mean()) < 0.0


def _listed(names: list[str]) -> str:
    return " and ".join(f"'{name}'" for name in dict.fromkeys(names))
