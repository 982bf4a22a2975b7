"""Kernels are written once for each kind of population and projection, however many there are of it."""

from __future__ import annotations

import re

import pytest
from helpers.comparing import compare

import hebbstat as hs
from hebbstat.engine.codegen import ir
from hebbstat.engine.codegen.merge import FEW, share
from hebbstat.engine.codegen.quote import code
from hebbstat.engine.plan.groups import Group
from hebbstat.network import instantiate


def of_populations(number: int, rules: bool = False) -> hs.Network:
    """So many populations, all connected with all, each of other parameters; some projections plastic."""
    net = hs.Network(dt=0.1, seed=3)
    for n in range(number):
        net.add(hs.LIF(i_ext=250.0 + 20.0 * n), 20 + n, f"p{n}")
    for source in net.populations.values():
        for target in net.populations.values():
            plastic = {"rules": [hs.PairSTDP(), hs.HardBounds(0.0, 5.0)]} if rules and source.n % 2 else {}
            receptor = hs.AMPA() if source.n % 2 else hs.GABAA()
            net.connect(source, target, hs.FixedProbability(0.3), weight=1.0, delay=0.5, receptor=receptor, **plastic)
    return net


def functions(net: hs.Network) -> list[str]:
    return re.findall(r"^def (\w+)", hs.Simulation(net, threads=1, quiet=True).source(), re.MULTILINE)


def test_the_number_of_functions_does_not_grow_with_that_of_populations() -> None:
    assert len(functions(of_populations(8))) == len(functions(of_populations(3)))


@pytest.mark.parametrize("threads", [1, 3])
def test_functions_shared_by_many_do_what_the_reference_does(threads: int) -> None:
    made = instantiate(of_populations(FEW + 2, rules=True))
    assert "@called\ndef integrate_" in hs.Simulation(made, threads=1, quiet=True).source(), "so many share one"
    compare(made, steps=600, threads=threads)


def function(name: str, text: str, *groups: str) -> ir.Function:
    """A function of some groups, from its text; two groups are one if they are called the same."""
    given = {one: GROUPS.setdefault(one, Group(one, one)) for one in groups}
    parameters = (ir.Local("n"), *(ir.Whole(one) for one in given.values()))
    return ir.Function(name, "inline", f"Of {groups}.", parameters, code(text, **given))


GROUPS: dict[str, Group] = {}


def test_functions_that_differ_in_more_than_names_are_kept() -> None:
    values = {"x": 1, "y": 2, "z": 1}
    kept, stands_for = share(function(f"a_{x}", f"{x}.v[0] = {value}", x) for x, value in values.items())
    assert [each.name for each in kept] == ["a_x", "a_y"]
    assert stands_for == {"a_x": "a_x", "a_y": "a_y", "a_z": "a_x"}


def test_callers_of_functions_that_differ_are_kept_apart() -> None:
    functions = []
    for group, value in (("x", 1), ("y", 2), ("z", 1)):
        functions.append(function(f"in_{group}", f"{group}.v[0] = {value}", group))
        functions.append(function(f"out_{group}", f"in_{group}(n, {group})", group))
    kept, stands_for = share(functions)
    assert [each.name for each in kept] == ["in_x", "out_x", "in_y", "out_y"]
    assert stands_for["out_z"] == "out_x"


def test_a_field_named_as_a_parameter_is_not_taken_for_it() -> None:
    one = function("a_x", "x.y[0] = y.x", "x", "y")
    like = function("a_u", "u.y[0] = v.x", "u", "v")
    other = function("a_w", "w.x[0] = y.x", "w", "y")
    assert share([one, like, other])[1] == {"a_x": "a_x", "a_u": "a_x", "a_w": "a_w"}


@pytest.mark.parametrize(("first", "second"), [("0", "0.0"), ("0.0", "-0.0"), ("0", "False"), ("1", "True")])
def test_numbers_that_python_calls_equal_are_told_apart(first: str, second: str) -> None:
    kept, _ = share([function("a_x", f"x.v[0] = {first}", "x"), function("a_y", f"y.v[0] = {second}", "y")])
    assert len(kept) == 2
