"""What users call rules and what belongs to them: the same in engine and reference."""

from __future__ import annotations

import numpy as np
import pytest

import hebbstat as hs
from hebbstat.contract.errors import BadValueError, UnknownNameError


def network(rules: object, cell_rules: object = ()) -> hs.Network:
    net = hs.Network(dt=1.0, seed=4)
    a = net.add(hs.PoissonSource(rate=60.0), 5, "a")
    b = net.add(hs.LIF(), 4, "b", rules=cell_rules)
    net.connect(a, b, hs.AllToAll(), weight=3.0, rules=rules, name="p")
    return net


RULES = {
    "by class": ([hs.PairSTDP(), hs.HardBounds(0.0, 5.0)], {"PairSTDP.x": 5, "HardBounds.high": 1}),
    "twins": (
        [hs.PairSTDP(tau_plus=10.0), hs.PairSTDP(tau_plus=30.0)],
        {"PairSTDP_1.tau_plus": 1, "PairSTDP_2.tau_plus": 1, "PairSTDP_2.x": 5},
    ),
    "given": (
        {"fast": hs.PairSTDP(), "slow": hs.TripletSTDP()},
        {"fast.x": 5, "slow.r1": 5, "PairSTDP.x": 5, "TripletSTDP.r1": 5},
    ),
    "a wrapper": (
        {"stdp": hs.Eligibility(hs.PairSTDP())},
        {"stdp.x": 5, "stdp.e": 20, "Eligibility.e": 20, "PairSTDP.x": 5, "stdp.Eligibility.tau": 1},
    ),
    "a wrapper by class": (
        [hs.Eligibility(hs.PairSTDP())],
        {"PairSTDP.x": 5, "PairSTDP.e": 20, "Eligibility.e": 20, "PairSTDP.Eligibility.e": 20},
    ),
    "two parts with one name": (
        {"both": hs.Eligibility(hs.Eligibility(hs.OneSidedSTDP()))},
        {"both.Eligibility_1.tau": 1, "both.Eligibility_2.e": 20, "both.x": 5},
    ),
}


@pytest.mark.parametrize("case", RULES)
def test_names_mean_the_same_in_engine_and_reference(case: str, plain: None) -> None:
    rules, names = RULES[case]
    net = network(rules)
    sim, reference = hs.Simulation(net, dtype="float64", quiet=True), hs.ReferenceSimulation(net)
    for one in (sim, reference):
        one.run(steps=30)
    for name, size in names.items():
        found, expected = sim.state("p", name), reference.state("p", name)
        assert found.shape == expected.shape == (size,), name
        np.testing.assert_allclose(found, expected, rtol=1e-9, err_msg=name)
    for one in (sim, reference):
        one.set("p", "w", 2.0)
    assert (sim.weights("p") == 2.0).all() and (reference.state("p", "w") == 2.0).all()


def test_a_rule_of_cells_has_a_name_too(plain: None) -> None:
    net = network([], {"homeostasis": hs.IntrinsicThreshold(target=7.0)})
    for sim in (hs.Simulation(net, quiet=True), hs.ReferenceSimulation(net)):
        assert sim.state("b", "homeostasis.target").tolist() == [7.0] * 4
        sim.set("b", "homeostasis.rate", 3.0)
        assert sim.state("b", "IntrinsicThreshold.rate").tolist() == [3.0] * 4
    assert "homeostasis: IntrinsicThreshold(target=7)" in str(net)


@pytest.mark.parametrize(
    ("rules", "name", "says"),
    [
        ([hs.PairSTDP(), hs.PairSTDP()], "PairSTDP.x", r"could be 'PairSTDP_1.x' or 'PairSTDP_2.x'"),
        ({"both": hs.Eligibility(hs.Eligibility(hs.PairSTDP()))}, "both.tau", r"'both.Eligibility_1.tau' or"),
        ([hs.PairSTDP()], "rule0.x", r"has no state or parameter 'rule0.x'; Known: PairSTDP"),
        ([hs.PairSTDP()], "PairSTDP.tau_pls", r"did you mean 'PairSTDP.tau_plus'"),
    ],
)
def test_what_is_not_clear_is_refused(rules: object, name: str, says: str, plain: None) -> None:
    net = network(rules)
    for sim in (hs.Simulation(net, quiet=True), hs.ReferenceSimulation(net)):
        with pytest.raises(UnknownNameError, match=says):
            sim.state("p", name)


@pytest.mark.parametrize("name", ["", "a.b", " x", "a/b", 3, "receptor", "release"])
def test_names_that_cannot_be(name: object) -> None:
    with pytest.raises(BadValueError, match="rule of the projection 'p'"):
        network({name: hs.PairSTDP()})


def test_names_are_kept_in_a_file(tmp_path: object, plain: None) -> None:
    net = network({"stdp": hs.PairSTDP(), "limits": hs.HardBounds(0.0, 5.0)}, {"level": hs.IntrinsicThreshold()})
    sim = hs.Simulation(net, quiet=True)
    path = sim.save(f"{tmp_path}/x.ckpt")
    loaded = hs.Simulation.load(path, quiet=True)
    assert loaded.state("p", "stdp.x").shape == (5,) and loaded.state("b", "level.rate").shape == (4,)
    other = network({"rule": hs.PairSTDP(), "limits": hs.HardBounds(0.0, 5.0)}, {"level": hs.IntrinsicThreshold()})
    with pytest.raises(hs.CheckpointError, match="stdp"):
        hs.Simulation.load(path, other)


def test_a_recorder_takes_them(plain: None) -> None:
    sim = hs.Simulation(network({"stdp": hs.PairSTDP()}), quiet=True)
    run = sim.run(steps=10, record=[hs.States("p", "stdp.x", every=2.0)])
    assert run["p.stdp.x"].shape == (5, 5)
