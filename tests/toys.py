"""Experiment files for the tests of the runner, the report and the command line: they simulate nothing."""

from pathlib import Path

PLAIN = '''"""Is the treated arm larger?

It is, by one; and `noise` is added."""

import numpy as np
from pydantic import Field
from homeostat.experiments import Measure, Settings as Base

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


def written(folder: Path, text: str, name: str = "toy.py") -> Path:
    """The file of an experiment in this folder."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path
