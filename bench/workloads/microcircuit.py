"""The numbers of W4, the cortical microcircuit of Potjans & Diesmann 2014 (doi:10.1093/cercor/bhs358), tables 1 to 5.

Layers 2/3, 4, 5 and 6, in each excitatory and inhibitory cells. Times in ms, rates in Hz, mV, pA, pF.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

DT = 0.1
CELLS = {
    "L23E": 20683, "L23I": 5834, "L4E": 21915, "L4I": 5479, "L5E": 4850, "L5I": 1065, "L6E": 14395, "L6I": 2948,
}  # fmt: skip
ALL = sum(CELLS.values())
PROBABILITY = {  # target: from each population, in the order of CELLS
    "L23E": (0.1009, 0.1689, 0.0437, 0.0818, 0.0323, 0.0, 0.0076, 0.0),
    "L23I": (0.1346, 0.1371, 0.0316, 0.0515, 0.0755, 0.0, 0.0042, 0.0),
    "L4E": (0.0077, 0.0059, 0.0497, 0.1350, 0.0067, 0.0003, 0.0453, 0.0),
    "L4I": (0.0691, 0.0029, 0.0794, 0.1597, 0.0033, 0.0, 0.1057, 0.0),
    "L5E": (0.1004, 0.0622, 0.0505, 0.0057, 0.0831, 0.3726, 0.0204, 0.0),
    "L5I": (0.0548, 0.0269, 0.0257, 0.0022, 0.0600, 0.3158, 0.0086, 0.0),
    "L6E": (0.0156, 0.0066, 0.0211, 0.0166, 0.0572, 0.0197, 0.0396, 0.2252),
    "L6I": (0.0364, 0.0010, 0.0034, 0.0005, 0.0277, 0.0080, 0.0658, 0.1443),
}
EXTERNAL = dict(zip(CELLS, (1600, 1500, 2100, 1900, 2000, 1900, 2900, 2100), strict=True))  # synapses from outside
EXTERNAL_RATE = 8.0
TAU, CAPACITANCE, V_REST, V_THRESHOLD, V_RESET, REFRACTORY = 10.0, 250.0, -65.0, -50.0, -65.0, 2.0
TAU_CURRENT = 0.5
LIFT, LIFT_SD = 0.15, 0.1  # mV of an excitatory potential; its standard deviation over its mean
INHIBITION = -4.0  # times as strong
DELAY = {"E": (1.5, 0.75), "I": (0.8, 0.4)}  # mean and standard deviation by the kind of the source
V_BEGINS = (-58.0, 5.0)  # mean and standard deviation of the potentials at the start
PUBLISHED_RATES = dict(zip(CELLS, (0.86, 2.80, 4.45, 5.93, 7.59, 8.64, 1.09, 7.88), strict=True))
"""Of the original, with Poisson drive (Potjans & Diesmann 2014, table 6)."""


def amplitude(lift: float = LIFT) -> float:
    """The current (pA) that begins at a spike, and lifts the potential by `lift` mV at its peak."""
    rate = 1.0 / TAU_CURRENT - 1.0 / TAU
    peak = math.log(TAU / TAU_CURRENT) / rate
    return lift * CAPACITANCE * rate / (math.exp(-peak / TAU) - math.exp(-peak / TAU_CURRENT))


@dataclass(frozen=True)
class Link:
    """A projection: how many synapses, how strong (pA, mean and standard deviation), how late (ms, the same)."""

    source: str
    target: str
    synapses: int
    weight: tuple[float, float]
    delay: tuple[float, float]


def cells(scale: float) -> dict[str, int]:
    """How many cells each population has at a scale."""
    return {name: round(scale * n) for name, n in CELLS.items()}


def links(scale: float) -> list[Link]:
    """All projections, with the paper's total numbers of synapses; at a smaller scale each cell keeps as many."""
    found = []
    for target, row in PROBABILITY.items():
        for source, p in zip(CELLS, row, strict=True):
            total = math.log1p(-p) / math.log1p(-1.0 / (CELLS[source] * CELLS[target]))
            strength = 2.0 if (source, target) == ("L4E", "L23E") else 1.0
            mean = amplitude() * strength * (INHIBITION if source.endswith("I") else 1.0)
            if p:
                found.append(Link(source, target, round(scale * total), (mean, LIFT_SD * abs(mean)), DELAY[source[-1]]))
    return found


def current(target: str) -> float:
    """The constant current (pA) that stands for the spikes from outside."""
    return EXTERNAL[target] * EXTERNAL_RATE * amplitude() * TAU_CURRENT / 1000.0
