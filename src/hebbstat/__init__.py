"""Hebbstat: a laboratory for plastic neural networks that learn and stay stable.

    import hebbstat as hs

    net = hs.Network(dt=0.1, seed=7)
    inputs = net.add(hs.PoissonSource(rate=8.0), n=400, name="inputs")
    exc = net.add(hs.AdaptiveLIF(), n=100, name="exc")
    net.connect(
        inputs, exc, hs.FixedProbability(0.1), weight=2.0, receptor=hs.AMPA(),
        rules=[hs.PairSTDP(), hs.HardBounds(0.0, 4.0)],
    )
    run = hs.Simulation(net).run(seconds=2, record=[hs.Spikes(exc)])

Names are loaded when first used, so that importing the package costs next to nothing.
"""

from __future__ import annotations

import ast
import importlib
from pathlib import Path
from typing import Any

__version__ = "0.1.0"

_HOMES = {
    "hebbstat.contract.combinators": "Wrapper gated",
    "hebbstat.contract.distributions": "Beta Distribution Gamma LogNormal Normal Rounded Uniform jointly",
    "hebbstat.engine.health.monitor": "Finding Health",
    "hebbstat.engine.checkpoint.autosave": "Checkpoint",
    "hebbstat.engine.record.recorder": "Recorder",
    "hebbstat.engine.record.states": "States",
    "hebbstat.engine.record.turnover": "Turnover",
    "hebbstat.engine.record.weights": "WeightSummary Weights",
    "hebbstat.engine.record.spikes": "Rates Spikes",
    "hebbstat.engine.record.recording": "Recording",
    "hebbstat.engine.simulation": "Simulation",
    "hebbstat.engine.state.modulator": "Modulator",
    "hebbstat.engine.state.view": "SimulationView",
    "hebbstat.contract.errors": (
        "BadCallError BadValueError CheckpointError ContractError DataError HealthWarning HebbstatError NetworkWarning "
        "NotSupportedError RunInterruptedError TooLargeError UnhealthyError UnknownNameError"
    ),
    "hebbstat.contract.hooks": "derived step_when",
    "hebbstat.network": (
        "AllToAll Clustered Connector DistanceDependent ExponentialKernel FixedInDegree FixedOutDegree "
        "FixedProbability FixedTotalNumber FromPairs GaussianKernel Network NetworkInstance OneToOne Population "
        "PopulationView Projection SmallWorld from_matrix from_networkx from_sonata instantiate"
    ),
    "hebbstat.reference": "ReferenceSimulation",
    "hebbstat.contract.fields": "Field field required",
    "hebbstat.contract.mechanism": "NetworkRule Neuron Plasticity PopulationRule Receptor Release replace",
    "hebbstat.contract.signals": "FollowState Signal Sine TimedArray",
    "hebbstat.contract.state": "Global PerBranch PerNeuron PerPopulation PerPost PerPre PerSynapse quantile together",
}
_MECHANISMS = ("homeostasis", "modulation", "neurons", "plasticity", "synapses")
"""Folders all of whose names are here."""


def _listed(folder: str) -> str:
    """What a folder's `__all__` lists, without loading the folder."""
    text = (Path(__file__).parent / folder / "__init__.py").read_text(encoding="utf-8")
    (names,) = (node.value for node in ast.parse(text).body if isinstance(node, ast.Assign))  # `__all__`
    return " ".join(ast.literal_eval(names))


_HOMES |= {f"hebbstat.{folder}": _listed(folder) for folder in _MECHANISMS}
_PARTS = {
    **{
        part: f"hebbstat.{part}"
        for part in (
            "cli contract engine experiments homeostasis information modulation network neurons plasticity plot "
            "reference report stimuli synapses"
        ).split()
    },
    **{
        part: f"hebbstat.contract.{part}"
        for part in (
            "calls combinators distributions errors events fields hooks mechanism random signals state units"
        ).split()
    },
}
"""Parts of the package that may be reached as its attributes: `hs.information.firing_rates(...)`."""
_MORE = ("information", "stimuli", "experiments", "network", "report")  # whose names may be asked for by mistake
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names.split()}

__all__ = ["__version__", *_HOME_OF]


def __getattr__(name: str) -> Any:
    if name in _PARTS:
        return importlib.import_module(_PARTS[name])
    if name not in _HOME_OF:
        raise AttributeError(f"module 'hebbstat' has no attribute '{name}'{_hint(name)}")
    value = getattr(importlib.import_module(_HOME_OF[name]), name)
    globals()[name] = value
    return value


def _hint(name: str) -> str:
    """Where a name is, or which one was meant."""
    from hebbstat.contract.errors import nearest

    if name.startswith("_"):  # tools look for what is optional
        return ""
    for part in _MORE:
        if name in importlib.import_module(f"hebbstat.{part}").__all__:
            return f"; it is in hebbstat.{part}: hs.{part}.{name}"
    near = nearest(name, [*_HOME_OF, *_PARTS])
    return f"; did you mean '{near}'?" if near else ""


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME_OF, *_PARTS})
