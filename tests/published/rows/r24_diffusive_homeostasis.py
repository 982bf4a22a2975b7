"""R24: homeostasis by a diffusing signal keeps a population's mean rate and the differences of its cells.

Sweeney et al. 2015: with local homeostasis every cell comes to its own target, so that rates become alike; where nitric
oxide diffuses, cells feel their neighborhood, and the population's mean is held while rates stay as different as their
inputs. A smaller version of the paper's: 144 cells on a grid with inputs of their own, whose rates are drawn (mean 10,
standard deviation 10 Hz, none below 0: a coefficient of variation of 0.79 for what is cut off at 0 and kept). The
paper gives no numbers for these; demanded are a coefficient of variation of rates below 0.1 with local homeostasis and
above 0.5 with diffusion, and a mean rate that is back within 10 % after inputs have become half as strong again, where
without homeostasis it rises by more than 50 %.
"""

import numpy as np
from published.expected import above, below, near
from published.row import Row

from hebbstat.engine.record.spikes import Spikes
from hebbstat.engine.simulation import Simulation
from hebbstat.homeostasis import DiffusiveHomeostasis
from hebbstat.network import Network, OneToOne
from hebbstat.neurons import LIF, PoissonInput
from hebbstat.synapses import AMPA

SIDE, TARGET, ETA = 12, 0.03, 2.0


def measure(dt, seed, rule=DiffusiveHomeostasis, spread=0.2):
    """Coefficients of variation of rates, and mean rates after a rise of inputs over those before."""
    found = {}
    for name, each, eta in (("diffusive", spread, ETA), ("local", 0.0, ETA), ("none", 0.0, 0.0)):
        before, after = rates_of(dt, seed, rule(target=TARGET, spread=each, eta=eta))
        if eta > 0.0:
            found[f"coefficient of variation of rates, {name}"] = before.std() / before.mean()
        found[f"mean rate after a rise of inputs over before, {name}"] = after.mean() / before.mean()
    return found


def rates_of(dt: float, seed: int, rule: DiffusiveHomeostasis) -> list[np.ndarray]:
    """The rate of each cell before and after inputs rise by half."""
    drawn = np.random.default_rng(seed).normal(10.0, 10.0, 10 * SIDE**2)
    inputs = drawn[drawn > 0.0][: SIDE**2]
    places = np.stack(np.meshgrid(np.arange(SIDE), np.arange(SIDE)), axis=-1).reshape(-1, 2).astype(float)
    net = Network(dt=dt, seed=seed)
    net.add(PoissonInput(sources=100, source_rate=inputs), SIDE**2, "inputs")
    net.add(LIF(i_ext=50.0, v_threshold=-52.0), SIDE**2, "cells", positions=places, rules={"no": rule})
    net.connect("inputs", "cells", OneToOne(), weight=0.12, delay=dt, receptor=AMPA())
    sim = Simulation(net, quiet=True)
    found = []
    for factor in (1.0, 1.5):
        sim.set("inputs", "source_rate", factor * inputs)
        sim.run(seconds=40.0, progress=False)
        run = sim.run(seconds=20.0, record=[Spikes("cells")], progress=False)
        found.append(np.bincount(run["cells.spikes"].neuron.values, minlength=SIDE**2) / 20.0)
    return found


class OfTheCell(DiffusiveHomeostasis):
    """Thresholds follow the cell's own synthase. A wrong version of Sweeney et al. 2015."""

    @staticmethod
    def step(nos, target, eta, dt):
        return eta * (nos - target) / target * dt / 1000.0


class Reversed(DiffusiveHomeostasis):
    """Activity lowers thresholds. A wrong version of Sweeney et al. 2015."""

    @staticmethod
    def step(no, target, eta, dt):
        return 0.1 * eta * (target - no) / target * dt / 1000.0


ROW = Row(
    "R24",
    "Diffusive homeostasis keeps differences of rates, local homeostasis none",
    of=["DiffusiveHomeostasis"],
    source="Sweeney, Hellgren Kotaleski & Hennig 2015, doi:10.1371/journal.pcbi.1004389",
    measure=measure,
    expected={
        "coefficient of variation of rates, diffusive": above(0.5),
        "mean rate after a rise of inputs over before, diffusive": near(1.0, within=0.1),
        "coefficient of variation of rates, local": below(0.1),
        "mean rate after a rise of inputs over before, local": near(1.0, within=0.1),
        "mean rate after a rise of inputs over before, none": above(1.5),
    },
    mutations={
        "the signal does not spread": {"spread": 0.0},
        "thresholds follow the cell's own synthase": {"rule": OfTheCell},
        "activity lowers thresholds": {"rule": Reversed},
    },
    dt=0.5,
)
