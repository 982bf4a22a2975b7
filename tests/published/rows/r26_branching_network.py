"""R26: homeostasis toward a rate tunes a driven network to a distance from criticality that its input sets.

Zierenberg et al. 2018: in a branching network with spontaneous spikes h and homeostatic weights the branching
parameter comes to rest at m = 1 - h / r, for a target r of spikes per cell and generation: without input it would be
critical, with strong input it is far from it. Exactly, with spikes that coincide: a cell is active with the
probability 1 - exp(-(h + a A)), A the active part of all cells, so at a constant A = r the summed weight onto a cell
is a = (-ln(1 - r) - h) / r, and A regresses on the A of a generation before with the slope a (1 - r). A generation is
two steps: a spike is passed on after the delay of one step, and enters in the next. Fluctuations of A, of relative
variance 1 / (N r (1 - m^2)), lower the mean of 1 - exp(-a A) by half of that times r, which is up to 1.3 % here: 2 %
are allowed of a, and of the slope 0.02, five standard errors.
"""

import math

import numpy as np
from published.expected import near
from published.row import Row

from hebbstat.engine.record.spikes import Rates
from hebbstat.engine.simulation import Simulation
from hebbstat.homeostasis import SynapticScaling
from hebbstat.network import AllToAll, Network
from hebbstat.neurons import BranchingNeuron

CELLS = 200
CASES = ((0.02, 0.5), (0.02, 0.1), (0.1, 0.5), (0.1, 0.1))  # r for each generation, and h over r


def measure(dt, seed, neuron=BranchingNeuron, homeostasis=SynapticScaling):
    """Summed weights over theory, and the regression of activity on that before, for four targets and inputs."""
    found = {}
    for r, part in CASES:
        net = Network(dt=dt, seed=seed)
        net.add(neuron(drive=1000.0 * part * r / dt), CELLS, "cells")
        scaling = homeostasis(target=1000.0 * r / dt, tau_rate=500.0 * dt, period=50.0 * dt, strength=0.2 / dt)
        net.connect("cells", "cells", AllToAll(), weight=0.5 / CELLS, delay=dt, rules=[scaling], name="w")
        sim = Simulation(net, quiet=True, dtype="float64")
        sim.run(ms=30_000.0 * dt, progress=False)
        weights, activity = [], []
        for _ in range(10):
            run = sim.run(ms=5000.0 * dt, record=[Rates("cells", every=dt)], progress=False)
            activity.append(run["cells.rate"].values * dt / 1000.0)
            weights.append(sim.weights("w").sum() / CELLS)
        A = np.concatenate(activity)
        exact = (-np.log1p(-r) - part * r) / r
        case = f"r {r:g}, h {part * r:g}"
        found[f"summed weights over theory, {case}"] = np.mean(weights) / exact
        found[f"slope of activity on that before, {case}"] = np.cov(A[2:], A[:-2])[0, 1] / A.var()
    return found


class Linear(BranchingNeuron):
    """Probabilities are added up, as if spikes never coincided. A wrong version of Zierenberg et al. 2018."""

    @BranchingNeuron.chance.step
    def add_up(input, drive, dt):
        return input + drive * dt / 1000.0


class WithoutDrive(BranchingNeuron):
    """A tenth of the spontaneous spikes. A wrong version of Zierenberg et al. 2018."""

    @BranchingNeuron.chance.step
    def add_up(input, drive, dt):
        return 1.0 - math.exp(-(input + 0.1 * drive * dt / 1000.0))


class HalfTarget(SynapticScaling):
    """Weights rest at half of the target. A wrong version of Zierenberg et al. 2018."""

    @staticmethod
    def on_tick(w, rate, target, per_hertz):
        return w * per_hertz * (0.5 * target - rate)


EXPECTED = {}
for _r, _part in CASES:
    _case, _a = f"r {_r:g}, h {_part * _r:g}", (-math.log1p(-_r) - _part * _r) / _r
    EXPECTED[f"summed weights over theory, {_case}"] = near(1.0, within=0.02)
    EXPECTED[f"slope of activity on that before, {_case}"] = near(round(_a * (1.0 - _r), 4), within=0.02)

ROW = Row(
    "R26",
    "Homeostasis and input set the distance from criticality",
    of=["BranchingNeuron", "SynapticScaling"],
    source="Zierenberg, Wilting & Priesemann 2018, doi:10.1103/PhysRevX.8.031018",
    measure=measure,
    expected=EXPECTED,
    mutations={
        "probabilities are added up": {"neuron": Linear},
        "a tenth of the spontaneous spikes": {"neuron": WithoutDrive},
        "half of the target": {"homeostasis": HalfTarget},
    },
    dt=1.0,
)
