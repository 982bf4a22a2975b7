"""The engine against the plain-Python reference, in float64: spikes exactly, values within 1e-9."""

from __future__ import annotations

import numpy as np

import hebbstat as hs
from hebbstat.network import NetworkInstance, instantiate


def compare(made: NetworkInstance, steps: int, threads: int = 1) -> None:
    """Run both and compare spikes, weights and neuron states."""
    sim = hs.Simulation(made, threads=threads, dtype="float64", quiet=True)
    spiking = [p for p in made.network.populations.values() if p.spiking]
    run = sim.run(steps=steps, record=[hs.Spikes(p) for p in spiking])
    reference = hs.ReferenceSimulation(instantiate(made.network))
    reference.run(steps=steps)
    for population in spiking:
        theirs = np.array(
            [(step, neuron) for step, name, neuron in reference.spikes if name == population.name]
        ).reshape(-1, 2)
        data = run[f"{population.name}.spikes"]
        ours = np.stack([np.rint(data.time.values / made.network.dt).astype(int) - 1, data.neuron.values], axis=1)
        assert ours.tolist() == theirs.tolist(), f"spikes of {population.name}"
    for name in made.network.projections:
        np.testing.assert_allclose(sim.weights(name), reference.weights(name), rtol=1e-9, atol=1e-12, err_msg=name)
    for population in made.network.populations.values():
        for state in population.neuron.states:
            ours, theirs = sim.state(population, state), reference.peek(population.name, "neuron", state)
            np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-9, err_msg=f"{population.name}.{state}")
