"""Does intrinsic homeostasis hold the rate of a network whose input keeps changing?

Fifty cells are driven by a hundred Poisson inputs whose rate doubles after a third of
the time and falls to a quarter after two thirds. In one arm thresholds follow the rate,
in the other they stay where they are. The error is the mean distance of the
population's rate from the target, over the whole run.

Run it with `hebbstat run examples/steady_rate.py`, or with `--seeds 10 --set target=8`.
"""

import numpy as np
from pydantic import Field

import hebbstat as hs
from hebbstat.experiments import Measure
from hebbstat.experiments import Settings as Base


class Settings(Base):
    target: float = Field(5.0, gt=0, description="rate that homeostasis aims at, Hz")
    seconds: float = Field(60.0, gt=0, description="simulated time")
    gain: float = Field(
        0.3, ge=0, description="how fast thresholds move, mV per second and Hz"
    )


arms = {"homeostasis": "thresholds follow the rate", "fixed": "thresholds stay"}

measures = {
    "error": Measure("distance from the target", "Hz", digits=2, main=True),
    "last_rate": Measure("rate in the last third", "Hz", digits=2, main=True),
}

quick = {"seconds": 6.0}


def run(settings: Settings, seed: int, arm: str) -> dict[str, object]:
    third = 1000.0 * settings.seconds / 3
    rule = hs.IntrinsicThreshold(
        target=settings.target, tau_rate=1000.0,
        eta=settings.gain if arm == "homeostasis" else 0.0,
    )
    net = hs.Network(dt=0.5, seed=seed)
    inputs = net.add(
        hs.PoissonSource(rate=hs.TimedArray([20.0, 40.0, 10.0], every=third)), n=100,
        name="inputs",
    )
    cells = net.add(hs.LIF(), n=50, name="cells", rules=[rule])
    net.connect(
        inputs, cells, hs.FixedProbability(0.5), weight=hs.LogNormal(0.4, cv=0.5),
        receptor=hs.AMPA(),
    )
    recording = hs.Simulation(net, threads=1, quiet=True).run(
        ms=3 * third, record=[hs.Rates(cells, every=100.0)], progress=False
    )
    rate = recording["cells.rate"]
    return {
        "error": np.abs(rate.values - settings.target).mean(),
        "last_rate": rate.values[-len(rate) // 3 :].mean(),
        # arrays go to data.zarr, and are drawn; `time` is their x axis
        "rate": rate.values,
        "time": rate.time.values / 1000.0,
    }
