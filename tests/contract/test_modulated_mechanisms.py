"""Three factors with two modulators, and gating by the phase of a rhythm that the network itself makes."""

import math

import numpy as np
import pytest
from helpers.tiny import Cell, in_steps, network
from helpers.user_mechanisms.rhythm import Mark, Rhythm
from helpers.user_mechanisms.three_factor import Modulator, Pairing, Tag

from hebbstat.contract.combinators import gated
from hebbstat.contract.errors import UnknownNameError
from hebbstat.contract.mechanism import Neuron
from hebbstat.contract.signals import TimedArray
from hebbstat.contract.state import PerNeuron, together
from hebbstat.contract.units import Ms, Number
from hebbstat.network import AllToAll, Network, OneToOne
from hebbstat.reference import ReferenceSimulation

# Three factors


def tagged(ach, da, rule):
    """One pairing, then 30 steps each of what the modulators are told: the weight and the tag after each 30."""
    net = network([[2]], [[13]])
    net.add_rule(Modulator(plan=TimedArray([0.0, *ach], every=30.0)), "ACh")
    net.add_rule(Modulator(plan=TimedArray([0.0, *da], every=30.0)), "DA")
    net.connect("a", "b", AllToAll(), weight=5.0, rules=[rule])
    sim, weights = ReferenceSimulation(net), []
    sim.run(steps=30)
    for _ in ach:
        sim.run(steps=30)
        weights.append(sim.weights("a -> b")[0])
    return weights, sim


def test_the_weight_changes_only_when_both_modulators_are_there():
    rule = gated(Tag(Pairing()), by=lambda ACh, DA: ACh * DA)
    weights, sim = tagged([0.0, 1.0, 0.0, 2.0, 0.0], [0.0, 0.0, 1.0, 3.0, 0.0], rule)
    assert weights[:3] == [5.0, 5.0, 5.0]
    # The tag is set at the end of step 13 to exp(-10/20). The modulators of 120..149 gate the steps 121..150.
    decay = math.exp(-1.0 / 500.0)
    start = math.exp(-10.0 / 20.0) * decay ** (121 - 13)
    expected = 5.0 + 2.0 * 3.0 * 0.01 * start * (1 - decay**30) / (1 - decay)
    assert weights[4] == pytest.approx(expected, rel=1e-13)
    assert weights[4] - 5.0 > 0.1
    assert sim.peek("a -> b", "rule0.1", "e") == pytest.approx([start * decay ** (179 - 121)])


def test_gates_compose_before_and_after_the_tag():
    """ACh when the pairing happens, DA later: the gate inside stands at the tag, the one outside at the weight."""
    early = gated(Tag(gated(Pairing(), by=lambda ACh: ACh)), by=lambda DA: DA)
    weights, sim = tagged([1.0, 1.0], [1.0, 1.0], early)
    assert weights == [5.0, 5.0]  # ACh was away at the pairing, so there is no tag
    assert sim.peek("a -> b", "rule0.2", "e") == [0.0]
    outside = gated(
        gated(Tag(Pairing()), by=lambda ACh: ACh), by=lambda DA, level_of_nothing=0.5: DA * level_of_nothing
    )
    inside = gated(Tag(Pairing()), by=lambda ACh, DA: ACh * DA * 0.5)
    assert tagged([1.0, 2.0], [3.0, 1.0], outside)[0] == pytest.approx(
        tagged([1.0, 2.0], [3.0, 1.0], inside)[0], rel=1e-14
    )


def test_an_unknown_modulator_is_found_when_the_simulation_is_made():
    rule = gated(Pairing(), by=lambda ACh, serotonin: ACh)
    with pytest.raises(UnknownNameError, match=r"Pairing.on_pre on 'a -> b' asks for 'serotonin'.*ACh.*DA"):
        tagged([0.0], [0.0], rule)


# Phase gating


class Excitable(Neuron):
    """Leaks, is driven, and is reset by its spike; `input` lifts it."""

    tau: Ms = 20.0
    drive: Number = 1.5
    v = PerNeuron.state()
    block = PerNeuron.state()

    @together(v, block).step
    def leak(v, block, input, tau, drive, dt, normal):
        blocked = block * math.exp(-dt / 10.0) + (-input if input < 0.0 else 0.0)
        lift = input if input > 0.0 else 0.0
        return v + dt / tau * (drive - v - blocked) + lift + 0.01 * normal, blocked

    @staticmethod
    def fires(v):
        return v > 1.0

    @v.on_spike
    def reset():
        return 0.0


def rhythmic(drive, steps):
    """Excitation drives inhibition, which stops it for a while: bursts. Probes spike once each, 11 ms apart."""
    net = Network(dt=1.0, seed=2)
    net.add(Excitable(drive=drive), 20, "exc")
    net.add(Excitable(drive=0.0), 5, "inh")
    probes = [[k] for k in range(700, steps - 2, 11)]
    net.add(Cell(), len(probes), "probes", spikes=in_steps(*probes))
    net.add(Cell(), len(probes), "targets")
    net.connect("exc", "inh", AllToAll(), weight=0.2)
    net.connect("inh", "exc", AllToAll(), weight=-1.0, delay=2.0)
    net.add_rule(Rhythm(where="exc", least=3.0), "theta")
    rule = gated(Mark(), by=lambda theta: math.cos(2.0 * math.pi * theta))
    net.connect("probes", "targets", OneToOne(), weight=0.0, rules=[rule])
    sim = ReferenceSimulation(net)
    sim.run(steps=steps)
    return sim, np.array([k[0] + 1 for k in probes])  # the events


def bursts_of(sim):
    """The steps in which at least 3 excitatory cells spike, 10 ms apart: what the sensor looks for."""
    count = np.bincount([step for step, name, _ in sim.spikes if name == "exc"], minlength=sim.step_count)
    found = [-100]
    for step in np.nonzero(count >= 3)[0]:
        if step - found[-1] >= 10:
            found.append(int(step))
    return np.array(found[1:])


@pytest.mark.parametrize("drive", [1.4, 2.2])
def test_plasticity_follows_the_phase_of_a_rhythm_that_the_network_makes(drive):
    sim, events = rhythmic(drive, 2000)
    bursts = bursts_of(sim)
    period = np.diff(bursts[bursts > 500])
    assert len(period) > 15
    assert period.std() / period.mean() < 0.15  # it is a rhythm
    changes = np.array(sim.weights("probes -> targets"))
    # The phase that the spikes themselves give: time since the last burst over the mean time between them.
    last = np.array([bursts[bursts < event].max() for event in events])
    phase = (events - 1 - last) / period.mean()  # the gate reads what the previous step left
    assert np.corrcoef(changes, np.cos(2 * np.pi * phase))[0, 1] > 0.9
    assert changes[(phase < 0.15) | (phase > 0.85)].mean() > 0.5
    assert changes[abs(phase - 0.5) < 0.15].mean() < -0.5


def test_the_rhythm_is_the_networks_own():
    """A stronger drive makes it faster; the sensor's period follows."""
    slow, fast = (rhythmic(drive, 1500)[0] for drive in (1.4, 2.2))
    periods = [np.diff(bursts_of(sim))[10:].mean() for sim in (slow, fast)]
    assert periods[0] > 1.2 * periods[1]
    for sim, period in zip((slow, fast), periods, strict=True):
        assert sim.peek("theta", "rule", "mean")[0] == pytest.approx(period, rel=0.15)
