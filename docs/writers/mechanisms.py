"""A page for each folder of mechanisms: equation, parameters, state, source, and a line that uses it."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import hebbstat as hs
from hebbstat.cli import listing
from hebbstat.contract.fields import short
from hebbstat.contract.hooks import Hook
from hebbstat.contract.state import Inflow, Lagged, Received, Reduction, Sensor, State, Trace
from writers.entries import entry
from writers.floors import ROOT
from writers.markdown import escaped, markdown, table
from writers.published import held_against

TITLES = {
    "neurons": "Neurons", "synapses": "Receptors and release", "plasticity": "Plasticity", "homeostasis": "Homeostasis",
    "modulation": "Modulators and oscillations",
}  # fmt: skip

USES: list[tuple[type, str]] = [
    (hs.Neuron, "net.add({}, n=10)"),
    (hs.Receptor, "net.connect(a, b, hs.AllToAll(), receptor={})"),
    (hs.Release, "net.connect(a, b, hs.AllToAll(), receptor=hs.AMPA(), release={})"),
    (hs.PopulationRule, "net.add(hs.LIF(), n=10, rules=[{}])"),
    (hs.NetworkRule, 'net.add_rule({}, "m")'),
    (hs.Plasticity, "net.connect(a, b, hs.AllToAll(), rules=[{}])"),
]
"""How a kind of mechanism is used; `a` and `b` are populations of `net`."""

RATES = {"pre_rate", "post_rate", "neuron_rate"}
"""What hooks of rules for rate neurons read."""
CALLS = {
    "CascadeSynapse": "hs.CascadeSynapse(hs.PairSTDP(), depths=5)",
    "ChannelExpression": 'hs.ChannelExpression(on="g_leak")',
    "Eligibility": "hs.Eligibility(hs.PairSTDP(), tau=500.0)",
    "GlobalInhibitorySTDP": 'hs.GlobalInhibitorySTDP("b", size=10)',
    "HillResponse": "hs.HillResponse(hs.TimedArray([0.0, 1.0], every=500.0), base=0.5, top=0.1)",
    "HomeostaticFactor": "hs.HomeostaticFactor(hs.RateHebb(), target=1.0)",
    "SoftBounds": "hs.SoftBounds(hs.PairSTDP(), 0.0, 1.0)",
    "SpikeNeuromodulator": 'hs.SpikeNeuromodulator("a", tau=200.0)',
    "SynapticSampling": "hs.SynapticSampling(hs.PairSTDP(), mu=0.5)",
    "SpikeSource": "hs.SpikeSource(), n=10, spikes=([5.0, 7.0], [0, 1])",
}
"""How a mechanism is made where its name and `()` do not say enough."""

OWNERS = {
    "PerNeuron": "neuron", "PerPre": "presynaptic neuron", "PerPost": "postsynaptic neuron", "PerSynapse": "synapse",
    "PerBranch": "branch", "PerPopulation": "population", "Global": "network",
}  # fmt: skip


def pages(out: Path) -> dict[str, str]:
    """Each page by its name."""
    folders: dict[str, dict[str, str]] = {}
    for folder, name, line in listing.mechanisms():
        folders.setdefault(folder, {})[name] = line
    return {"index.md": index(folders), **{f"{folder}.md": page(folder, found) for folder, found in folders.items()}}


def index(folders: dict[str, dict[str, str]]) -> str:
    """All mechanisms with a line each, as the command line lists them."""
    lines = ["# Mechanisms", "",
             "Each is one small file that reads like a method section: what it is, the equation, the source; "
             "parameters with units and ranges; state; and hooks, which are shown below each. "
             "`hebbstat list mechanisms` prints the same lines.",
             "", "```{toctree}", ":hidden:", "", *folders, "```", ""]  # fmt: skip
    for folder, found in folders.items():
        rows = [[f"`hs.{name}`", escaped(line)] for name, line in found.items()]
        lines += [f"## [{TITLES[folder]}]({folder}.md)", "", table(["name", "what it is"], rows), ""]
    return "\n".join(lines)


def page(folder: str, names: Iterable[str]) -> str:
    """The mechanisms of a folder."""
    head = [f"# {TITLES[folder]}", "", "```{py:currentmodule} hebbstat\n```", "", STATES, ""]
    found = {name: getattr(hs, name) for name in names}
    return "\n".join([*head, *(entry(name, kind, body(name, kind)) for name, kind in found.items())])


STATES = """Of each state is said which hook moves it, and when; a state that is slow stands still in
[frozen time](../guide/probes.md)."""


def body(name: str, kind: Any) -> str:
    """What stands below the signature of a mechanism."""
    text = (kind.__doc__ or "").partition("\nParameters:")[0]
    parts = [markdown(text), f"```python\n{use(name, kind)}\n```", parameters(kind), states(kind)]
    parts += [held_against(name), source(kind)]
    return "\n\n".join(filter(None, parts))


def use(name: str, kind: Any) -> str:
    """A line that uses it."""
    call = CALLS.get(name, f"hs.{name}()")
    if name == "SpikeSource":
        return f"net.add({call})"
    pattern = next(pattern for base, pattern in USES if issubclass(kind, base))
    if getattr(kind, "acts_on", "").startswith("release."):
        pattern = pattern.replace("rules=", "release=hs.TsodyksMarkram(), rules=")
    if RATES & {read for hook in kind.hooks for read in hook.all_reads}:
        pattern = pattern.replace("(a, b", "(x, y").replace("LIF", "RateNeuron")
    if any(isinstance(state.origin, Inflow) for state in kind.states.values()):
        pattern = pattern.replace("n=10", "n=10, positions=[[x] for x in range(10)]")
    return pattern.format(call)


def parameters(kind: Any) -> str:
    """A table of what may be set."""
    inner = ["`inner`", "the rule that it is around, given first", "a rule on synapses", "must be given"]
    rows = [inner] * issubclass(kind, hs.Wrapper) + [
        [f"`{one.name}`", escaped(one.text), escaped(one.needed),
         "must be given" if one.default is None else f"`{short(one.default)}`"]
        for one in kind.fields.values()
    ]  # fmt: skip
    return table(["parameter", "what it is", "values", "default"], rows) if rows else ""


def states(kind: Any) -> str:
    """A table of what it remembers, as `sim.state` gives it."""
    rows = [[f"`{name}`", OWNERS[state.scope.name], origin(state, kind), "yes" if state.slow else ""]
            for name, state in kind.states.items()]  # fmt: skip
    return table(["state", "of each", "how it moves", "slow"], rows) if rows else ""


def origin(state: State, kind: Any) -> str:
    """In words, where the value of a state comes from."""
    match state.origin:
        case Trace(tau, add, None):
            moves = [f"decays with `{tau}`; {amount(add)} is added at its event"]
        case Trace(tau, None, put):
            moves = [f"decays with `{tau}`; set to {amount(put)} at its event"]
        case Reduction(of, how, _, over):
            moves = [f"{how} of `{of}` over the synapses of the {over}"]
        case Lagged(by=by) as lagged:
            moves = [f"`{lagged.source}`, `{by}` ago"]
        case Inflow() as inflow:
            moves = [f"inflow of `{inflow.source}` from the neighbors"]
        case Received(what, projection):
            moves = [f"`{what}` of the receptor of `{projection}`"]
        case Sensor(population, rate):
            moves = [f"{'mean rate' if rate else 'spikes'} of `{population}` in the step"]
        case _:
            moves = []
    if state.advancer:
        moves.append(f"`{state.advancer.function.__name__}` gives what it is after a time without events")
    moves += [f"`{hook.function.__name__}` {WHEN[hook.event]}" for hook in kind.hooks if writes(hook, state)]
    if state.name == getattr(kind, "redirect", ""):
        moves.append("takes what the inner rule would add to the weight")
    return "; ".join(moves)


WHEN = {
    "step": "at each step", "on_tick": "at each tick", "on_spike": "at a spike", "on_arrival": "at an arrival",
    "on_pre": "at a presynaptic spike", "on_post": "at a postsynaptic spike", "transmit": "at a presynaptic spike",
}  # fmt: skip
"""When a hook writes states, by its event."""


def writes(hook: Hook, state: State) -> bool:
    """Whether a hook gives the new value of a state; `transmit` gives those of all."""
    return state.name in [one.name for one in hook.writes] or (hook.event == "transmit" and state.is_plain)


def amount(jump: float | str | None) -> str:
    """What is added to a trace, or what it is set to."""
    return f"`{jump}`" if isinstance(jump, str) else f"{jump:g}"


def source(kind: type) -> str:
    """The file, folded."""
    file = Path(inspect.getfile(kind)).relative_to(ROOT)
    include = f"```{{literalinclude}} /../{file.as_posix()}\n:language: python\n:class: wrapped\n```"
    return f"<details><summary>{file.as_posix()}</summary>\n\n{include}\n\n</details>"
