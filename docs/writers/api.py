"""The reference: every public name, on the page of its topic."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import hebbstat as hs
from hebbstat.contract import units
from writers.entries import UNITS, directive, entry
from writers.markdown import first_sentence, markdown, table

TOPICS: dict[str, tuple[str, str, list[str]]] = {
    "networks": (
        "Networks", "What is simulated: populations, projections and rules, described, then drawn as numbers.",
        ["Network", "Population", "PopulationView", "Projection", "instantiate", "NetworkInstance", "Synapses",
         "Table"],
    ),
    "connectors": (
        "Connectors", "Which neuron connects to which.", [*hs.network.connectors.__all__, "Connector"],
    ),
    "values": (
        "Values of parameters", "Any parameter is a number, an array, a distribution or a signal.",
        ["Normal", "LogNormal", "Gamma", "Beta", "Uniform", "Rounded", "jointly", "TimedArray", "Sine", "FollowState",
         "Distribution", "Signal"],
    ),
    "running": (
        "Running", "The compiled engine, and the plain reference that it is held against.",
        ["Simulation", "SimulationView", "Modulator", "ReferenceSimulation", "Checkpoint", "Health", "Finding"],
    ),
    "recording": (
        "Recording", "What is kept of a run.",
        ["Spikes", "Rates", "States", "Weights", "WeightSummary", "Turnover", "Recorder", "Recording"],
    ),
    "writing": (
        "Writing mechanisms", "The kinds of mechanisms, and what their classes are made of.",
        ["Neuron", "Receptor", "Release", "Plasticity", "PopulationRule", "NetworkRule", "Wrapper", "gated", "replace",
         "field", "required", "Field", "derived", "step_when", "together", "quantile", "PerNeuron", "PerPre", "PerPost",
         "PerSynapse", "PerBranch", "PerPopulation", "Global", "Scope"],
    ),
}  # fmt: skip
"""Page: title, what it is, names. Mechanisms have pages of their own; parts, errors and units follow."""

PARTS = {
    "information": "Information", "stimuli": "Stimuli", "plot": "Pictures", "experiments": "Experiments",
    "report": "Reports",
}  # fmt: skip
"""Parts of the package that are used under their own name: `hs.information.firing_rates`."""


def pages(out: Path) -> dict[str, str]:
    """Each page by its name."""
    made, index = {}, []
    for file, (title, text, names) in TOPICS.items():
        things = {name: thing(name) for name in names}
        made[f"{file}.md"] = page(title, text, things)
        index.append(section(file, title, things))
    for file, title in PARTS.items():
        part = getattr(hs, file)
        things = {name: getattr(part, name) for name in part.__all__}
        made[f"{file}.md"] = page(title, markdown(part.__doc__), things, f"hebbstat.{file}")
        index.append(section(file, title, things, f"{file}."))
    errors = {name: getattr(hs, name) for name in hs.__all__ if is_error(getattr(hs, name))}
    made["errors.md"] = page("Errors and warnings", ERRORS, errors)
    made["units.md"] = units_page()
    index += [section("errors", "Errors and warnings", errors)]
    made["index.md"] = index_page([*TOPICS, *PARTS, "errors", "units"], index)
    return made


ERRORS = """Every error names the thing, the value, what is allowed and a way out. All are of `hs.HebbstatError`, so
one `except` catches whatever Hebbstat refuses on purpose."""


def thing(name: str) -> Any:
    """What is called so, in the package or among the parts of a network."""
    if name == "Scope":
        return type(hs.Global)
    return getattr(hs if name in hs.__all__ else hs.network, name)


def is_error(found: Any) -> bool:
    """Whether it is an exception or a warning."""
    return inspect.isclass(found) and issubclass(found, BaseException)


def page(title: str, text: str, things: dict[str, Any], module: str = "hebbstat") -> str:
    """A title, what it is about, an entry for each. Parts of the package are modules with an entry too."""
    role = "currentmodule" if module == "hebbstat" else "module"
    head = [f"# {title}", "", f"```{{py:{role}}} {module}\n```", "", text, ""]
    return "\n".join([*head, *(described(name, found) for name, found in things.items())])


def described(name: str, found: Any) -> str:
    """An entry; a constant has its text from the table of constants."""
    if name == "Scope":
        return entry(name, found, SCOPE, call="")
    return entry(name, found, CONSTANTS.get(name))


SCOPE = """What the constants above are: where a state belongs. Each makes states of its owners, in the body of a class.

```python
x = hs.PerPre.trace(decay="tau_plus")    # +1 at each presynaptic event, decays
v = hs.PerNeuron.state("v_rest")         # starts at the value of the field v_rest
total = hs.PerPost.reduce("w", "sum")    # over incoming synapses, read in `on_tick`
```"""
CONSTANTS = {
    "PerNeuron": "A state of each neuron: `v = PerNeuron.state(\"v_rest\")`, `x = PerNeuron.trace(decay=\"tau\")`.",
    "PerPre": "A state of each presynaptic neuron of a projection, and of each of its delays where these differ.",
    "PerPost": "A state of each postsynaptic neuron of a projection.",
    "PerSynapse": "A state of each synapse.",
    "PerBranch": "A state of each dendritic branch of a postsynaptic neuron.",
    "PerPopulation": "A state of a whole population.",
    "Global": "A state of the whole network or projection: a modulator, a rhythm, a sensor.",
    "NOBODY": "What `predict` gives for a trial in which no neuron fired: -1.",
}  # fmt: skip
"""Of the public names that are no classes or functions."""


def section(file: str, title: str, things: dict[str, Any], prefix: str = "") -> str:
    """A part of the list of all names."""
    rows = [[f"`hs.{prefix}{name}`", CONSTANTS.get(name) or first_sentence(found.__doc__)]
            for name, found in things.items()]  # fmt: skip
    return f"## [{title}]({file}.md)\n\n{table(['name', 'what it is'], rows)}\n"


def index_page(files: list[str], sections: list[str]) -> str:
    """The list of all names, with a sentence each."""
    tree = ["```{toctree}", ":hidden:", "", *files, "```", ""]
    text = ("Names of the package are those of `import hebbstat as hs`. Mechanisms have [pages of their own]"
            "(../mechanisms/index.md).")  # fmt: skip
    return "\n".join(["# API", "", text, "", *tree, *sections])


def units_page() -> str:
    """The unit types."""
    sources = inspect.getsource(units)
    entries = [
        directive("data", name, f"{told(name, sources)} Values: {unit(name)}.", 3) for name in UNITS
    ]
    head = ["# Units", "", "```{py:module} hebbstat.units\n```", "", markdown(units.__doc__), ""]
    return "\n".join([*head, *entries])


def unit(name: str) -> str:
    """Range and unit."""
    return str(getattr(units, name).__metadata__[0].needed)


def told(name: str, source: str) -> str:
    """The text below a unit type's definition."""
    return source.partition(f"\n{name} = ")[2].partition('"""')[2].partition('"""')[0]
