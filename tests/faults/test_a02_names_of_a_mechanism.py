"""A2: fields, states and hooks may have the names of what every mechanism has by itself."""

from __future__ import annotations

import numpy as np
import pytest

import hebbstat as hs


class Named(hs.Plasticity):
    """Its names are those of attributes of its class; `missing` is not there, so its default stands."""

    bound: hs.units.Number = 2.0
    values: hs.units.Number = 0.5
    acts_on: hs.units.Number = 1.0
    fields: hs.units.Number = 0.25
    tau: hs.units.Ms = 10.0

    states = hs.PerSynapse.state("values")
    hooks = hs.PerPre.trace(decay="tau")

    @hs.derived
    def derived(acts_on, fields):
        return acts_on + fields

    @states.on_post
    def parts(states, hooks):
        return states + hooks

    @staticmethod
    def on_post(w, bound, states, derived, missing=0.1):
        return missing * derived * (bound - w) * states


class More(Named):
    gate: hs.units.Number = 1.0


class Cell(hs.Neuron):
    bound: hs.units.Number = 1.5
    states = hs.PerNeuron.state()

    @states.step
    def _(states, input):
        return states + input

    @states.on_spike
    def _(states):
        return 0.0

    @staticmethod
    def fires(states, bound):
        return states > bound


@pytest.mark.usefixtures("kernels")
def test_a2_names_of_a_mechanisms_own_attributes_are_free() -> None:
    found = More(bound=5.0).values
    assert found == {"bound": 5.0, "values": 0.5, "acts_on": 1.0, "fields": 0.25, "tau": 10.0, "gate": 1.0}
    assert repr(More(bound=5.0)) == "More(bound=5)" and More().acts_on == "w" and len(More().bound()) == 2
    assert list(More.states) == ["states", "hooks"] and list(More.derived) == ["derived"]
    net = hs.Network(dt=1.0)
    net.add(hs.SpikeSource(), 2, "a", spikes=([1.0, 2.0, 5.0, 7.0], [0, 1, 0, 1]))
    net.add(Cell(), 2, "c")
    rules = [More(values=2.0), hs.gated(Named(), by=lambda bound: bound)]
    net.connect("a", "c", hs.AllToAll(), weight=0.9, rules=rules)
    sim, reference = hs.Simulation(net, dtype="float64", quiet=True), hs.ReferenceSimulation(net)
    sim.run(steps=20)
    reference.run(steps=20)
    np.testing.assert_allclose(sim.weights("a -> c"), reference.weights("a -> c"), rtol=1e-12)
    assert not np.allclose(sim.weights("a -> c"), 0.9)
