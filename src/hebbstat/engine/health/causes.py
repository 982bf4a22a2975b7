"""What can be said about why a network is ill: facts, given as numbers, and the advice that follows from them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np

from hebbstat.contract.fields import short
from hebbstat.contract.mechanism import Mechanism
from hebbstat.contract.signals import Moving
from hebbstat.network.network import Network, Projection


@dataclass(frozen=True)
class Evidence:
    """What is known of a network in which something is wrong."""

    net: Network
    rates: Mapping[str, float]  # Hz, between the last two looks, of populations that spike
    weights: Mapping[str, tuple[float, float]]  # mean of a plastic projection's: when first looked at, and now


def regulators(net: Network, population: str) -> list[tuple[Mechanism, str]]:
    """The rules that hold a population's rate, with where they stand: those that have a rate among their fields."""
    found: list[tuple[Mechanism, str]] = [(rule, population) for rule in net.population(population).rules]
    found += [(part, p.name) for p in onto(net, population) for rule in p.rules for part in rule.parts()]
    return [(rule, on) for rule, on in found if any(f.unit and f.unit.symbol == "Hz" for f in rule.fields.values())]


def has_signal(mechanism: Mechanism) -> bool:
    """Whether a parameter changes in time by plan."""
    return any(isinstance(value, Moving) for value in mechanism.values.values())


def runaway(known: Evidence, name: str, now: float, before: float | None, inhibited: bool) -> str:
    """The text about a rate (Hz) that is too high `now`; `before` it was not."""
    rose = "" if before is None else f" from {before:.3g} Hz"
    facts = [_regulated(known.net, name), *(text for text, ratio in _moved(known, name) if ratio > 1.2)]
    if not inhibited:
        facts.append("no inhibition reaches it")
    facts.append(_sources(known, name))
    return f"'{name}' runs away: its mean rate rose{rose} to {now:.4g} Hz; {'; '.join(facts)}"


def dead(known: Evidence, name: str, since: float, rate: float, voltage: tuple[float, float] | None) -> str:
    """The text about a population without spikes; `voltage` is the mean v and the mean threshold (mV), if it has one.
    """
    what = "no spike" if rate == 0.0 else f"{rate:.2g} Hz"
    sources = [projection.source.name for projection in onto(known.net, name)]
    silent = [source for source in sources if known.rates.get(source) == 0.0 and source != name]
    if silent:
        facts = [f"its source {_listed(silent)} is silent too"]
    else:
        facts = [f"its input stays below threshold ({_sources(known, name)})"]
    if voltage is not None:
        facts.append(f"mean v is {voltage[0]:.4g} mV, the mean threshold {voltage[1]:.4g} mV")
    facts += [text for text, ratio in _moved(known, name) if ratio < 0.8]
    return f"'{name}' is dead: {what} since {since / 1000.0:g} s; {'; '.join(facts)}; raise its weights or its drive"


def not_finite(
    known: Evidence, name: str, states: Mapping[str, np.ndarray], weights: Mapping[str, np.ndarray],
    unbounded: Collection[str],
) -> str:  # fmt: skip
    """The text about NaN or infinity in `states` (the cells that have it), with the `weights` of all projections onto
    the population; those of `unbounded` projections are plastic, and nothing bounds them."""
    held = ", ".join(f"{state} of {len(cells)} of its cells (first: {cells[0]})" for state, cells in states.items())
    facts = []
    for projection, w in weights.items():
        broken = int((~np.isfinite(w)).sum())
        if broken:
            facts.append(f"{broken} of {w.size} weights of '{projection}' are not finite")
        elif w.size and np.abs(w).max() > 1e6:
            facts.append(f"weights of '{projection}' are as large as {np.abs(w).max():.2g}")
        if (broken or facts) and projection in unbounded:
            facts.append(f"nothing bounds the weights of '{projection}': add HardBounds")
    advice = "; ".join(dict.fromkeys(facts)) or (
        f"its weights are finite, so an equation of {type(known.net.population(name).neuron).__name__} or of a receptor"
        f" has left its range: is dt={known.net.dt:g} ms too long for its time constants, or a parameter extreme?"
    )
    return f"'{name}' holds NaN or infinity: {held}; {advice}"


def stuck(known: Evidence, name: str, since: float, at_low: float, at_high: float, looked_at: int) -> str:
    """The text about weights of which these shares sit at their bounds."""
    projection = known.net.projection(name)
    where = f"{100 * at_low:.0f} % at the lower, {100 * at_high:.0f} % at the upper bound"
    ends = dict.fromkeys((projection.source.name, projection.target.name))
    silent = [end for end in ends if known.rates.get(end) == 0.0]
    if silent:
        cause = f"{_listed(silent)} gives no spikes, so nothing moves them"
    elif at_high > 10.0 * at_low:
        cause = "at these rates strengthening wins over weakening: smaller steps up, larger steps down, a higher bound"
    elif at_low > 10.0 * at_high:
        cause = "at these rates weakening wins over strengthening: smaller steps down, larger steps up, stronger drive"
    else:
        cause = "the rule has parted them into weak and strong for good; smaller steps or soft bounds avoid that"
    rates = ", ".join(f"'{end}' {known.rates[end]:.3g} Hz" for end in ends if end in known.rates)
    return (
        f"the weights of '{name}' are stuck: {where}, unmoved since {since / 1000.0:g} s "
        f"({looked_at} looked at; {rates}); {cause}"
    )


def oscillating(known: Evidence, name: str, period: float, span: float) -> str:
    """The text about regulated rates that swing: with a period in s, by `span` times their mean."""
    rules = "; ".join(f"{_described(rule)} on '{on}'" for rule, on in regulators(known.net, name))
    return (
        f"'{name}' oscillates: rates of its cells swing by {100 * span:.0f} % of their mean with a period of "
        f"about {period:.3g} s, which no source does; they are regulated by {rules}. A regulator that acts faster "
        "than it measures overshoots: lower its strength or gain, or let it average the rate over a shorter time"
    )


def onto(net: Network, population: str) -> list[Projection]:
    """The projections onto a population."""
    return [p for p in net.projections.values() if p.target.name == population]


def _sources(known: Evidence, name: str) -> str:
    sources = dict.fromkeys(projection.source.name for projection in onto(known.net, name))
    rates = [f"'{source}' fires at {known.rates[source]:.3g} Hz" for source in sources if source in known.rates]
    return ", ".join(rates) or "its sources are rate neurons"


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


def _moved(known: Evidence, name: str) -> list[tuple[str, float]]:
    """How mean weights onto a population moved since they were first looked at, in words and as a ratio."""
    found = []
    for projection in onto(known.net, name):
        first, now = known.weights.get(projection.name, (0.0, 0.0))
        if first != 0.0:
            found.append((f"the mean weight of '{projection.name}' went from {first:.3g} to {now:.3g}", now / first))
    return found


def _listed(names: list[str]) -> str:
    return " and ".join(f"'{name}'" for name in dict.fromkeys(names))
