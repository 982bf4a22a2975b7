"""R8: a receptor is a filter, and its time constant says which frequencies pass.

The response to an impulse is exp(-t / tau), so power is halved at f = 1 / (2 pi tau): 79.58 Hz for the 2 ms of AMPA,
1.592 Hz for the 100 ms of NMDA. With a rise as well there are two poles, whose product is one half where

    (1 + (w tau_rise)^2) (1 + (w tau_decay)^2) = 2,  w = 2 pi f

The neuron gets means over steps, whose own filter changes it by some (pi f dt)^2 / 3, 2e-4 at 80 Hz and 0.1 ms.
"""

import math

import numpy as np
from helpers.driving import Cell
from published.expected import Expected, near
from published.row import Row
from scipy.optimize import brentq

from hebbstat.contract.mechanism import Receptor
from hebbstat.contract.state import PerPost
from hebbstat.synapses import AMPA, GABAA, NMDA, DualExponential, Exponential

CASES = {
    "2 ms": (2.0,), "5 ms": (5.0,), "10 ms": (10.0,), "100 ms": (100.0,),
    "rise 2, decay 100 ms": (2.0, 100.0), "rise and decay 5 ms": (5.0, 5.0),
}  # fmt: skip


def measure(dt, seed, one=Exponential, two=DualExponential, stretch=1.0):
    """The frequency in Hz at which the power of the response to an impulse is half of that at 0."""
    found = {name: half_power((one, two)[len(taus) - 1](*(tau * stretch for tau in taus)), dt)
             for name, taus in CASES.items()}  # fmt: skip
    shipped = {"AMPA": AMPA(tau=2.0), "GABAA": GABAA(), "NMDA without magnesium": NMDA(magnesium=0.0)}
    return found | {name: half_power(receptor, dt) for name, receptor in shipped.items()}


def half_power(receptor: Receptor, dt: float) -> float:
    """From the conductance that a neuron gets after one arrival."""
    cell = Cell(receptor, dt)
    cell.receive(1.0)
    slowest = max(value for name, value in receptor.values.items() if name.startswith("tau"))
    response = np.array([cell.given(post_v=-60.0) for _ in range(round(10 * slowest / dt))])
    t = (np.arange(len(response)) + 0.5) * dt / 1000.0

    def power(f: float) -> float:
        return float(abs(np.sum(response * np.exp(-2j * math.pi * f * t))) ** 2)

    whole = power(0.0)
    return float(brentq(lambda f: power(f) / whole - 0.5, 0.1, 300.0, rtol=1e-6))


def exact(taus: tuple[float, ...]) -> float:
    """The closed form; w^2 solves a quadratic equation where there are two poles."""
    squares = [(tau / 1000.0) ** 2 for tau in taus]
    both, product = sum(squares), math.prod(squares) if len(squares) == 2 else 0.0
    w2 = (math.sqrt(both**2 + 4.0 * product) - both) / (2.0 * product) if product else 1.0 / both
    return math.sqrt(w2) / (2.0 * math.pi)


class Euler(Exponential):
    """The conductance goes down by dt / tau in a step."""

    g = PerPost.state()

    @g.on_arrival
    def add(g, amount):
        return g + amount

    @g.step
    def decay(g, dt, tau):
        return g - dt / tau * g


class DecayAlone(DualExponential):
    """The conductance jumps."""

    @staticmethod
    def conductance(x, mean_of_x):
        return x * mean_of_x


EXPECTED: dict[str, Expected] = {name: near(exact(taus), rel=1e-3) for name, taus in CASES.items()}
EXPECTED |= {
    "AMPA": near(79.577, rel=1e-3), "GABAA": near(15.915, rel=1e-3),
    "NMDA without magnesium": near(exact((2.0, 100.0)), rel=1e-3),
}  # fmt: skip

ROW = Row(
    "R8",
    "Receptor kinetics: half-power frequencies",
    of=["Exponential", "DualExponential", "AMPA", "GABAA", "NMDA"],
    source="Brunel & Wang 2001, doi:10.1023/A:1011204814320",
    measure=measure,
    expected=EXPECTED,
    mutations={
        "Euler steps": {"one": Euler},
        "no rise": {"two": DecayAlone},
        "time constants are half-lives": {"stretch": 1.0 / math.log(2.0)},
    },
    dt=0.1,
    quick=True,
)
