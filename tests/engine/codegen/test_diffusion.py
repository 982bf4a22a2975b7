"""States that diffuse between the cells of a population, whatever threads these belong to."""

from __future__ import annotations

import math

import numpy as np
import pytest
from helpers.voices import agree, agree_compiled

import hebbstat as hs
from hebbstat.contract.errors import ContractError


class Medium(hs.Neuron):
    """Cells whose voltages leak into each other, as through gap junctions."""

    reach: hs.units.Positive = 1.5
    wide: hs.units.Positive = 2.5
    late: hs.units.Ms = 2.0
    level: hs.units.Number = 0.6
    v = hs.PerNeuron.state(0.1)
    v_old = hs.PerNeuron.lagged(v, by="late")
    leak = hs.PerNeuron.inflow(v, reach="reach")
    echo = hs.PerNeuron.inflow(v_old, reach="wide")

    @v.step
    def _(v, leak, echo, input, uniform):
        return 0.9 * v + 0.05 * leak - 0.01 * echo + 0.1 * input + 0.12 * uniform

    @v.on_spike
    def _(v):
        return 0.0

    @staticmethod
    def fires(v, level):
        return v > level


class Gas(hs.PopulationRule):
    """Read at all moments: by states and by changes, at spikes, steps and ticks."""

    acts_on = "level"
    period: hs.units.Ms = 3.0
    reach: hs.units.Positive = 1.0
    tau: hs.units.Ms = 8.0
    ca = hs.PerNeuron.trace(decay="tau")
    gas = hs.PerNeuron.state(slow=True)
    seen = hs.PerNeuron.state()
    flow = hs.PerNeuron.inflow(gas, reach="reach")
    spread = hs.PerNeuron.inflow(ca, reach="reach")

    @gas.step
    def _(gas, flow, ca):
        return 0.95 * gas + 0.05 * flow + 0.05 * ca

    @seen.on_spike
    def _(seen, spread):
        return 0.5 * seen + spread

    @seen.on_tick
    def _(seen, flow, spread):
        return 0.5 * seen + flow + 0.1 * spread

    @staticmethod
    def on_spike(flow):
        return 0.001 * flow

    @staticmethod
    def step(value, flow, gas):
        return 0.02 * (0.6 - value) + 0.01 * math.tanh(flow + gas)

    @staticmethod
    def on_tick(spread, seen):
        return 0.002 * math.tanh(spread + seen)


def network(rules: tuple[hs.PopulationRule, ...] = (Gas(), Gas(reach=1.5, period=2.0))) -> hs.Network:
    net = hs.Network(dt=1.0, seed=4)
    grid = np.array([[x, y] for x in range(4) for y in range(3)], float)
    a = net.add(Medium(), 12, "a", rules=list(rules), positions=grid)
    b = net.add(Medium(reach=0.3), 10, "b", rules=[Gas(reach=0.3)], positions=np.random.default_rng(1).random((10, 2)))
    net.connect(a, b, hs.FixedProbability(0.4), weight=0.5, delay=3.0, rules=[hs.PairSTDP()])
    return net


def test_states_diffuse() -> None:
    engine = agree(network)
    assert {name for _, name, _ in engine.spikes} == {"a", "b"} and len(engine.spikes) > 40


def test_they_are_compiled() -> None:
    agree_compiled(network)


def test_the_total_is_kept() -> None:
    class Field(hs.Neuron):
        reach: hs.units.Positive = 1.0
        no = hs.PerNeuron.state()
        inflow = hs.PerNeuron.inflow(no, reach="reach")

        @no.step
        def _(no, inflow):
            return no + 0.1 * inflow

        @staticmethod
        def fires(no):
            return no > 1e9

    net = hs.Network(dt=1.0, seed=4)
    net.add(Field(), 30, "a", positions=np.arange(30.0)[:, None])
    sim = hs.Simulation(net, dtype="float64", quiet=True, threads=2)
    sim.set("a", "no", np.eye(30)[7] * 30.0)
    sim.run(steps=1)
    assert sim.state("a", "no")[6:9].tolist() == pytest.approx([3.0, 24.0, 3.0])
    sim.run(steps=10_000)
    assert sim.state("a", "no") == pytest.approx(np.ones(30), rel=1e-4)
    assert sim.state("a", "no").sum() == pytest.approx(30.0, rel=1e-12)


def test_the_reach_can_be_set() -> None:
    def story(sim):
        sim.run(15)
        sim.set("a", "neuron", "reach", 1.0)
        sim.set("a", "rule0.0", "reach", 2.0)
        sim.run(15)
        sim.look()

    agree(network, story)


class Hasty(Medium):
    @staticmethod
    def fires(leak):
        return leak > 1.0


class Odd(hs.PopulationRule):
    reach: hs.units.Positive = 1.0
    all_of_it = hs.Global.state()
    inflow = hs.Global.inflow(all_of_it, reach="reach")


@pytest.mark.parametrize("kind", [hs.Simulation, hs.ReferenceSimulation])
def test_what_makes_no_sense_is_an_error(kind: type) -> None:
    def one(neuron: hs.Neuron, *rules: hs.PopulationRule, **more: object) -> hs.Network:
        net = hs.Network(dt=1.0)
        net.add(neuron, 3, "a", rules=list(rules), **({"positions": np.zeros((3, 1))} | more))
        return net

    with pytest.raises(ContractError, match="cannot read the inflow leak: a neuron reads it in `step`"):
        kind(one(Hasty()))
    with pytest.raises(ContractError, match=r"Global.all_of_it cannot flow|Global.inflow cannot flow"):
        kind(one(hs.LIF(), Odd()))
    with pytest.raises(hs.BadValueError, match="must be one number"):
        kind(one(Medium(reach=hs.Uniform(1.0, 2.0))))
    with pytest.raises(hs.BadValueError, match="needs positions"):
        kind(one(Medium(), positions=None))
