"""The engine against the plain-Python reference, in float64: spikes exactly, values within 1e-9."""

from __future__ import annotations

from typing import Any

import numpy as np
from strangers.faces import Engine, Face, Reference

from hebbstat.network import NetworkInstance


def compare(made: NetworkInstance, steps: int, threads: int = 1) -> None:
    """Run both and compare spikes, weights, all states, and all parameters that rules change."""
    ours, theirs = Engine(made.network, threads), Reference(made.network)
    for face in (ours, theirs):
        face.run(steps)
        face.look()
    for name, population in made.network.populations.items():
        if population.spiking:
            assert _spikes(ours, name) == _spikes(theirs, name), f"spikes of {name}"
    (seen,), (expected,) = ours.looks, theirs.looks
    assert seen.keys() == expected.keys()
    for at, values in expected.items():
        assert np.isfinite(values).all(), f"{at} is {values}, which compares nothing"
        least = 1e-12 if "synapse" in at else 1e-9
        np.testing.assert_allclose(seen[at], values, rtol=1e-9, atol=least, err_msg=str(at))


def _spikes(face: Face, name: str) -> list[tuple[int, int]]:
    return [(step, neuron) for step, population, neuron in face.spikes if population == name]


def pairs(sim: Any, name: str) -> list[tuple[int, int]]:
    """(pre, post) of all synapses of a projection, in canonical order."""
    return [*zip(*(index.tolist() for index in sim.pairs(name)), strict=True)]
