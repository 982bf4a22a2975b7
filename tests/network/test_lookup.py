"""What a name means is found out once: engine and reference give an argument the same value, or the same error."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import hebbstat as hs

pytestmark = pytest.mark.usefixtures("plain")


class Leaky(hs.Neuron):
    """No `tau_m`; arguments of which its kind is offered nothing."""

    threshold: hs.units.Number = 1.0
    v = hs.PerNeuron.state()

    @v.step
    def _(v, current, amount=0.25, neuron_v=0.125):
        return 0.9 * v + current + amount + neuron_v

    @v.on_spike
    def _():
        return 0.0

    @staticmethod
    def fires(v, threshold):
        return v >= threshold


class Counts(hs.Plasticity):
    """A state of the synapse that reads the weight by the name of the rule's target."""

    seen = hs.PerSynapse.state()

    @seen.on_pre
    def _(seen, value):
        return seen + value

    @staticmethod
    def on_pre(seen):
        return 0.01 * seen


class OnPost(hs.Plasticity):
    @staticmethod
    def on_post(w):
        return 0.1 * w


def both(rule: hs.Plasticity | None = None, **connection: Any) -> tuple[hs.Simulation, hs.ReferenceSimulation]:
    net = hs.Network(dt=1.0, seed=4)
    times = np.arange(2.0, 60.0, 3.0)
    net.add(hs.SpikeSource(), 2, "a", spikes=(np.repeat(times, 2), np.tile([0, 1], len(times))))
    net.add(Leaky(), 2, "b")
    receptor = hs.ExponentialCurrent(tau=hs.TimedArray([4.0, 6.0], every=10.0, repeat=True))
    rules = [] if rule is None else [rule]
    net.connect("a", "b", hs.AllToAll(), weight=0.3, receptor=receptor, rules=rules, **connection)
    return hs.Simulation(net, quiet=True, threads=1, dtype="float64"), hs.ReferenceSimulation(net)


@pytest.mark.parametrize("rule", [None, Counts(), OnPost()])
def test_arguments_have_one_meaning(rule: hs.Plasticity | None) -> None:
    """Defaults of hooks and of derived values that move; `value` where a state asks for it."""
    sim, reference = both(rule)
    sim.run(steps=60)
    reference.run(steps=60)
    np.testing.assert_allclose(sim.state("b", "v"), reference.state("b", "v"), rtol=1e-9)
    np.testing.assert_allclose(sim.weights("a -> b"), reference.weights("a -> b"), rtol=1e-9)
    assert rule is None or not np.allclose(sim.weights("a -> b"), 0.3)


@pytest.mark.parametrize("make", [hs.Simulation, hs.ReferenceSimulation])
def test_a_gate_asks_for_what_the_hook_that_it_scales_may_ask_for(make: Any) -> None:
    net = hs.Network(dt=1.0)
    net.add(hs.SpikeSource(), 2, "a", spikes=([1.0], [0]))
    net.add(Leaky(), 2, "b")
    receptor, rule = hs.ExponentialCurrent(), hs.gated(OnPost(), by=lambda elapsed: elapsed)
    net.connect("a", "b", hs.AllToAll(), receptor=receptor, rules=[rule])
    with pytest.raises(hs.UnknownNameError, match="asks for 'elapsed', which is not there"):
        make(net)


@pytest.mark.parametrize("make", [hs.Simulation, hs.ReferenceSimulation])
def test_a_sensor_names_a_population_that_spikes(make: Any) -> None:
    class Rhythm(hs.NetworkRule):
        of: str
        seen = hs.Global.spikes_of("of")

    net = hs.Network(dt=1.0)
    net.add(hs.RateNeuron(), 2, "a")
    net.add_rule(Rhythm(of="a"), "theta")
    with pytest.raises(hs.ContractError, match="Rhythm counts the spikes of 'a', which are rate neurons: see their"):
        make(net)

    class Level(hs.NetworkRule):
        of: str
        seen = hs.Global.rate_of("of")

    net = hs.Network(dt=1.0)
    net.add(hs.LIF(), 2, "a")
    net.add_rule(Level(of="a"), "level")
    with pytest.raises(hs.ContractError, match="Level sees the rate of 'a', which spike: count them, spikes_of"):
        make(net)


def test_a_state_of_the_neuron_cannot_read_the_weight_by_the_name_of_the_target() -> None:
    class Wrong(hs.Plasticity):
        y = hs.PerPost.state()

        @y.on_post
        def _(y, value):
            return y + value

    with pytest.raises(hs.ContractError, match="cannot read 'value', which not every owner shares"):
        both(Wrong())
