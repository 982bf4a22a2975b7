"""Experiment files for the tests of the runner, the report and the command line: they simulate nothing."""

from pathlib import Path

PLAIN = '''"""Is the treated arm larger?

It is, by one; and `noise` is added."""

import numpy as np
from pydantic import Field
from hebbstat.experiments import Measure, Settings as Base

class Settings(Base):
    noise: float = Field(0.1, ge=0, le=1, description="spread over seeds")
    number: int = Field(5, ge=1)

arms = {"treated": "plus one", "control": "as it was"}
baselines = {"coin": "by chance"}
measures = {"size": Measure("size of it", "m", main=True), "share": Measure("share", "%", percent=True)}
quick = {"number": 2}
seeds = 2

def run(settings, seed, arm):
    draw = np.random.default_rng([seed, len(arm)])
    if arm == "coin":
        return {"size": float(draw.random())}
    size = (arm == "treated") + settings.noise * draw.standard_normal()
    steps = np.arange(settings.number)
    return {"size": size, "share": 0.25, "curve": steps * size, "time": steps * 2.0}
'''

SMALLEST = "def run(settings, seed, arm):\n    return {'x': seed}\n"

FAILING = '''"""Fails in seed 1."""

def run(settings, seed, arm):
    if seed == 1:
        raise ZeroDivisionError("one too many")
    return {"x": seed}
'''

SLOW = '''"""Takes its time."""
import time

def run(settings, seed, arm):
    if seed:
        time.sleep(60)
    return {"x": seed + 1.0}
'''

KEPT = '''"""Simulates for a while, and can be stopped and go on."""
import numpy as np
import hebbstat as hs
from pydantic import Field
from hebbstat.experiments import Settings as Base

class Settings(Base):
    steps: int = Field(200_000, ge=1)

arms = {"plastic": "with STDP", "static": "without"}
seeds = 2

def run(settings, seed, arm, place):
    net = hs.Network(dt=0.1, seed=seed)
    inputs = net.add(hs.PoissonSource(rate=50.0), 8, "inputs")
    exc = net.add(hs.LIF(), 6, "exc")
    rules = [hs.PairSTDP(A_plus=0.1, A_minus=0.1), hs.HardBounds(0.0, 10.0)] if arm == "plastic" else []
    net.connect(inputs, exc, hs.AllToAll(), weight=5.0, receptor=hs.AMPA(), rules=rules)
    sim = hs.Simulation(net, threads=1, quiet=True)
    found = {}
    for part in ("first", "second"):
        run = sim.run(steps=settings.steps, record=[hs.Rates(exc, every=100.0)], progress=False,
                      checkpoint=place.checkpoint(part))
        found[part] = run["exc.rate"].values
    return found | {"rate": found["second"].mean(), "weight": sim.weights("inputs -> exc").mean()}
'''


def written(folder: Path, text: str, name: str = "toy.py") -> Path:
    """The file of an experiment in this folder."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path
