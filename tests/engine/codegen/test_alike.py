"""Kernels are written once for each kind of population and projection, however many there are of it."""

from __future__ import annotations

import re

import pytest
from helpers.comparing import compare

import hebbstat as hs
from hebbstat.engine.codegen.merge import FEW, share
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


def test_functions_that_differ_in_more_than_names_are_kept() -> None:
    one = "@inline\ndef a_x(n, x):\n    x.v[0] = 1\n\n"
    other = "@inline\ndef a_y(n, y):\n    y.v[0] = 2\n\n"
    like = "@inline\ndef a_z(n, z):\n    z.v[0] = 1\n\n"
    kept, stands_for = share(one + other + like)
    assert re.findall(r"def (\w+)", kept) == ["a_x", "a_y"]
    assert stands_for == {"a_x": "a_x", "a_y": "a_y", "a_z": "a_x"}


def test_callers_of_functions_that_differ_are_kept_apart() -> None:
    inner = "@inline\ndef in_{0}(n, {0}):\n    {0}.v[0] = {1}\n\n"
    outer = "@inline\ndef out_{0}(n, {0}):\n    in_{0}(n, {0})\n\n"
    text = "".join((inner + outer).format(name, value) for name, value in (("x", 1), ("y", 2), ("z", 1)))
    kept, stands_for = share(text)
    assert re.findall(r"def (\w+)", kept) == ["in_x", "out_x", "in_y", "out_y"]
    assert stands_for["out_z"] == "out_x"


def test_a_field_named_as_a_parameter_is_not_taken_for_it() -> None:
    one = "@inline\ndef a_x(n, x, y):\n    x.y[0] = y.x\n\n"
    like = "@inline\ndef a_u(n, u, v):\n    u.y[0] = v.x\n\n"
    other = "@inline\ndef a_w(n, w, y):\n    w.x[0] = y.x\n\n"
    assert share(one + like + other)[1] == {"a_x": "a_x", "a_u": "a_x", "a_w": "a_w"}
