"""What receptors are and give, as rules and neurons read it: by hand, and what is said where something is not there."""

from __future__ import annotations

import math
from typing import Any

import pytest
from helpers.comparing import compare
from helpers.tiny import Cell

import hebbstat as hs
from hebbstat.contract.errors import ContractError, UnknownNameError
from hebbstat.network import instantiate


class Listener(hs.Neuron):
    """Its state `v` goes with the whole current; it keeps what it saw of each side, and of one receptor."""

    brake: str = "b -> c"
    v = hs.PerNeuron.state(-60.0)
    up = hs.PerNeuron.state()
    down = hs.PerNeuron.state()
    kept = hs.PerNeuron.state()
    braked = hs.PerNeuron.received("g", through="brake")

    @hs.together(v, up, down, kept).step
    def _(v, excitation, inhibition, braked):
        return v + 0.01 * (excitation - inhibition), excitation, inhibition, braked

    @staticmethod
    def fires(v):
        return v > 1000.0


class Reader(hs.Plasticity):
    """A weight that grows by what it reads at a presynaptic event."""

    brake: str = "b -> c"
    g = hs.PerPost.received("g", through="brake")
    I = hs.PerPost.received("current", through="brake")
    seen = hs.PerSynapse.state()
    own = hs.PerSynapse.state()
    sides = hs.PerSynapse.state()
    past = hs.PerPost.lagged(I, by="late")
    late: hs.units.Ms = 2.0

    @seen.on_pre
    def _(g, I):
        return g + 1000.0 * I

    @own.on_pre
    def _(receptor_g, receptor_current, receptor_conductance, receptor_tau):
        return receptor_g + 10.0 * receptor_conductance + 100.0 * receptor_current + receptor_tau

    @sides.on_pre
    def _(post_excitation, post_inhibition, past):
        return post_excitation + 1000.0 * post_inhibition + 0.1 * past

    @staticmethod
    def on_post(w):
        return 0.0


def network(rules: Any = (), neuron: Any = None, **more: Any) -> hs.Network:
    """One cell that gets two spikes of `a` (excitation) and one of `b` (inhibition)."""
    net = hs.Network(dt=1.0)
    for name, times in (("a", [1.0, 4.0]), ("b", [2.0])):
        net.add(Cell(), 1, name, spikes=(times, [0] * len(times)))
    net.add(neuron or Listener(), 1, "c")
    net.add(Cell(), 1, "deaf")
    net.connect("a", "c", hs.AllToAll(), weight=2.0, receptor=hs.AMPA(tau=5.0, reversal=0.0), rules=list(rules))
    net.connect("b", "c", hs.AllToAll(), weight=3.0, receptor=hs.GABAA(tau=10.0, reversal=-80.0), **more)
    net.connect("a", "deaf", hs.AllToAll(), name="plain")
    return net


def test_both_sides_and_one_receptor_by_hand() -> None:
    sim = hs.ReferenceSimulation(network())
    seen = []
    for _ in range(5):
        v = sim.state("c", "v")[0]
        sim.run(steps=1)
        seen.append((v, *(float(sim.state("c", name)[0]) for name in ("up", "down", "kept"))))
    mean = {tau: -math.expm1(-1.0 / tau) * tau for tau in (5.0, 10.0)}
    # the spike at 1 ms arrives at 2 ms, the end of step 1, and is current in step 2; that of `b` one step later
    assert seen[1][1:] == (0.0, 0.0, 0.0)
    v, up, down, _ = seen[2]
    assert (up, down) == (pytest.approx(2.0 * mean[5.0] * -v), 0.0)
    v, up, down, kept = seen[3]
    assert up == pytest.approx(2.0 * math.exp(-0.2) * mean[5.0] * -v)
    assert down == pytest.approx(3.0 * mean[10.0] * (v + 80.0))
    assert kept == 3.0  # as it has arrived, before its own step


def test_what_a_rule_reads_at_a_presynaptic_event() -> None:
    sim = hs.ReferenceSimulation(network([Reader()]))
    sim.run(steps=4)
    v = sim.state("c", "v")[0]
    sim.run(steps=1)  # the second spike of `a` arrives at its end
    mean = {tau: -math.expm1(-1.0 / tau) * tau for tau in (5.0, 10.0)}
    ampa, gabaa = 2.0 * math.exp(-0.4), 3.0 * math.exp(-0.1)  # in 2.3 of step 4
    inhibition = gabaa * mean[10.0] * (v + 80.0)
    assert sim.state("a -> c", "Reader.g") == pytest.approx(gabaa * math.exp(-0.1))
    assert sim.state("a -> c", "Reader.seen") == pytest.approx(gabaa * math.exp(-0.1) - 1000.0 * inhibition)
    arrived = 2.0 * math.exp(-0.6) + 2.0  # this very spike among them
    own = arrived + 10.0 * ampa * mean[5.0] + 100.0 * ampa * mean[5.0] * -v + 5.0
    assert sim.state("a -> c", "Reader.own") == pytest.approx(own)
    first = sim.state("a -> c", "Reader.past")[0]  # what the brake gave two steps ago: nothing yet
    assert sim.state("a -> c", "Reader.sides") == pytest.approx(ampa * mean[5.0] * -v + 1000.0 * inhibition)
    assert first == 0.0


def test_engine_equals_reference(kernels: None) -> None:
    compare(instantiate(network([Reader(), hs.HardBounds(0.0, 5.0)])), 30)


class Titled(hs.LIF):
    """A cell with texts, one of which is called as what receptors give together."""

    excitation: str = "strong"
    label: str = "a cell"


class Hears(hs.Plasticity):
    seen = hs.PerSynapse.state()

    @seen.on_pre
    def _(post_excitation):
        return post_excitation


class Reads(hs.Plasticity):
    @staticmethod
    def on_pre(post_label):
        return post_label


def test_a_text_is_no_value_that_others_may_read(plain: None) -> None:
    made = network([Hears()], Titled())
    compare(instantiate(made), 12)
    sim = hs.ReferenceSimulation(made)
    sim.run(steps=5)
    assert sim.state("a -> c", "Hears.seen")[0] > 0.0
    for simulation in (hs.ReferenceSimulation, hs.Simulation):
        with pytest.raises(UnknownNameError, match="asks for 'post_label', which is not there"):
            simulation(network([Reads()], Titled()))


def test_an_engine_says_why_events_cannot_wait(plain: None) -> None:
    told = str(hs.Simulation(network([Reader()])).explain())
    assert "reads a receptor at the events at which spikes reach it" in told


def test_equal_receptors_are_one() -> None:
    net = network([Reader()])
    net.connect("b", "c", hs.AllToAll(), weight=7.0, receptor=hs.GABAA(tau=10.0, reversal=-80.0), name="again")
    sim = hs.ReferenceSimulation(net)
    sim.run(steps=3)
    assert sim.state("a -> c", "Reader.g") == pytest.approx(10.0)


def test_what_is_received_can_be_looked_at_recorded_and_not_set(plain: None) -> None:
    sim = hs.Simulation(network([Reader()]), dtype="float64", quiet=True)
    run = sim.run(steps=6, record=[hs.States("c", "braked", every=1.0), hs.States("c", "v", every=1.0)])
    assert run["c.braked"].values.max() == pytest.approx(3.0)
    assert sim.state("a -> c", "Reader.g")[0] == pytest.approx(sim.state("b -> c", "receptor.g")[0])
    with pytest.raises(hs.BadValueError, match=r"Reader.g of 'a -> c' cannot be set: it follows from other values"):
        sim.set("a -> c", "Reader.g", 1.0)


# --- what is not there ------------------------------------------------------------------------------------------------


def say(net: hs.Network) -> None:
    hs.ReferenceSimulation(net)


def test_a_receptor_of_no_projection() -> None:
    with pytest.raises(UnknownNameError, match=r"Reader.g on 'a -> c' is 'g' received through 'b->c', which is no "
                       r"proj.*give brake= one; did you mean 'b -> c'"):  # fmt: skip
        say(network([Reader(brake="b->c")]))
    with pytest.raises(ContractError, match=r"Reader.g .* through 'plain', which ends at 'deaf', not at 'c'"):
        say(network([Reader(brake="plain")]))


def test_a_receptor_that_has_no_such_state() -> None:
    class Wrong(Reader):
        h = hs.PerPost.received("gg", through="brake")

    with pytest.raises(UnknownNameError, match=r"Wrong.h on 'a -> c' is 'gg' received through 'b -> c', but the "
                       r"GABAA of 'b -> c' has no 'gg'; did you mean 'g'\?.*conductance, current"):  # fmt: skip
        say(network([Wrong()]))


def test_a_projection_without_receptor() -> None:
    class Own(hs.Plasticity):
        @staticmethod
        def on_pre(receptor_g):
            return receptor_g

    net = network()
    net.connect("b", "deaf", hs.AllToAll(), rules=[Own()])
    with pytest.raises(UnknownNameError, match=r"Own.on_pre on 'b -> deaf' asks for 'receptor_g', but 'b -> deaf' "
                       r"has no receptor; give it one: net.connect\(..., receptor="):  # fmt: skip
        say(net)
    with pytest.raises(UnknownNameError, match=r"Own.on_pre .* 'receptor_g', but the Slow of 'b -> c' has no 'g'; .*i"):
        say(_slow(Own()))


class Slow(hs.Receptor):
    tau: hs.units.Ms = 5.0
    i = hs.PerPost.trace(decay="tau", add="amount")

    @staticmethod
    def current(i):
        return i


def _slow(rule: Any) -> hs.Network:
    net = hs.Network(dt=1.0)
    net.add(Cell(), 1, "b")
    net.add(hs.CurrentLIF(), 1, "c")
    net.connect("b", "c", hs.AllToAll(), receptor=Slow(), rules=[rule])
    return net


def test_a_receptor_that_gives_no_conductance() -> None:
    class Opened(hs.Plasticity):
        @staticmethod
        def on_pre(receptor_conductance):
            return receptor_conductance

    with pytest.raises(UnknownNameError, match=r"the Slow of 'b -> c' has no 'conductance' \(it gives no cond"):
        say(_slow(Opened()))

    class Perhaps(hs.Plasticity):
        @staticmethod
        def on_pre(receptor_conductance=2.0):
            return receptor_conductance

    say(_slow(Perhaps()))


def test_a_conductance_needs_a_voltage_to_be_a_current() -> None:
    class Bare(hs.Neuron):
        u = hs.PerNeuron.state()

        @u.step
        def _(u, conductance, drive):
            return 0.9 * u + drive - conductance

        @staticmethod
        def fires(u):
            return u > 1.0

    class Sided(hs.Plasticity):
        @staticmethod
        def on_pre(post_excitation):
            return post_excitation

    with pytest.raises(UnknownNameError, match=r"Sided.on_pre .* 'post_excitation', but the conductance of 'a -> c' "
                       r"makes a current with the neuron's state `v`, which Bare has not; name that"):  # fmt: skip
        say(network([Sided()], Bare()))
    with pytest.raises(UnknownNameError, match=r"no 'current' \(its conductance makes a current with .* Bare has not"):
        say(network([Reader()], Bare()))


def test_where_nobody_may_read_receptors() -> None:
    with pytest.raises(ContractError, match=r"Early.scale asks for 'receptor_tau': what a receptor is, only hooks may"):

        class Early(hs.Plasticity):
            @hs.derived
            def scale(receptor_tau):
                return receptor_tau

    class Row(hs.Plasticity):
        x = hs.PerPre.state()

        @x.on_pre
        def _(x, receptor_g):
            return x + receptor_g

    with pytest.raises(ContractError, match=r"Row.on_pre, which is PerPre, cannot read 'receptor_g', which not every"):
        say(network([Row()]))

    class Before(hs.Plasticity):
        @staticmethod
        def on_pre(pre_braked):
            return pre_braked

    net = network()
    net.connect("c", "deaf", hs.AllToAll(), rules=[Before()])
    with pytest.raises(UnknownNameError, match=r"asks for 'pre_braked', which is not there"):
        say(net)


def test_what_a_class_says_wrong_is_said_when_it_is_defined() -> None:
    with pytest.raises(ContractError, match=r"received\(through=None\): through names a field .*inhibition: str"):
        hs.PerPost.received("g", through=None)  # type: ignore[arg-type]
    with pytest.raises(ContractError, match=r"received\('a b', ...\): it names what of the receptor is read"):
        hs.PerPost.received("a b", through="brake")
    with pytest.raises(ContractError, match=r"what a receptor is or gives does not flow"):
        hs.PerNeuron.inflow(hs.PerNeuron.received("g", through="brake"), reach="reach")
    with pytest.raises(UnknownNameError, match=r"Wrong.g names the field 'brake'; did you mean 'brakes'"):
        type("Wrong", (hs.Plasticity,), {"__annotations__": {"brakes": str}, "brakes": "x",
                                         "g": hs.PerPost.received("g", through="brake")})  # fmt: skip
    with pytest.raises(ContractError, match=r"received through 'brake', a field of numbers; .* so write brake: str"):
        type("Wrong", (hs.Plasticity,), {"__annotations__": {"brake": hs.units.Ms}, "brake": 1.0,
                                         "g": hs.PerPost.received("g", through="brake")})  # fmt: skip


@pytest.mark.parametrize(
    ("base", "scope", "told"),
    [(hs.Plasticity, hs.PerPre, "make it PerPost"), (hs.PopulationRule, hs.Global, "make it PerNeuron"),
     (hs.Neuron, hs.PerPopulation, "make it PerNeuron"), (hs.Release, hs.PerSynapse, "neurons, rules on synapses and"),
     (hs.Receptor, hs.PerPost, "neurons, rules on synapses"),
     (hs.NetworkRule, hs.Global, "a rule of the network has no cells")],
)  # fmt: skip
def test_a_receptor_belongs_to_a_cell(base: Any, scope: Any, told: str) -> None:
    body = {"__annotations__": {"brake": str}, "brake": "x", "g": scope.received("g", through="brake")}
    with pytest.raises(ContractError, match=rf"Wrong.g is {scope.name}, and g of a receptor belongs to a cell; {told}"):
        type("Wrong", (base,), body)
