"""Inhibitory plasticity in a network (row R29; Vogels et al. 2011, doi:10.1126/science.1211095), 2000 + 500 cells.

The plateau lies above the target, since an inhibitory spike lowers the chance of the next postsynaptic one. Networks
differ: 90 to 100 s after the start, with a target of 3 Hz, eight seeds here fire at 4.03 to 4.40 Hz (mean 4.25, sd
0.15), eight of Brian2 on the same network (Vogels_et_al_2011.py with these sizes) at 4.19 to 4.54 (mean 4.31, sd 0.12).
So the mean of four seeds is held against the bounds. Brian2 with a target of 5 Hz: 6.4 Hz after 120 s. Its CV is 0.96
over 10 s, but 0.81 over 2 s: short windows bias it.
"""

from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from hebbstat.engine.record.spikes import Spikes
from hebbstat.engine.simulation import Simulation
from hebbstat.homeostasis import InhibitorySTDP
from hebbstat.network import FixedProbability, Network
from hebbstat.neurons import LIF
from hebbstat.plasticity import HardBounds
from hebbstat.synapses import AMPA, GABAA

pytestmark = pytest.mark.verify
SEEDS = (1, 2, 3, 4)


@cache
def after(seconds: float, target: float, gain: float, seed: int) -> tuple[float, float]:
    """Mean rate (Hz) of the excitatory cells and their mean CV, in the 10 s (or the one second) before `seconds`."""
    net = Network(dt=0.1, seed=seed)
    excitatory, inhibitory = net.add(LIF(i_ext=200.0), 2000, "e"), net.add(LIF(i_ext=200.0), 500, "i")
    for cells in (excitatory, inhibitory):
        net.connect(excitatory, cells, FixedProbability(0.08), weight=0.3, delay=0.1, receptor=AMPA())
    net.connect(inhibitory, inhibitory, FixedProbability(0.08), weight=3.0, delay=0.1, receptor=GABAA())
    rules = [InhibitorySTDP(target=target, eta=gain), HardBounds(0.0, 100.0)]
    net.connect(inhibitory, excitatory, FixedProbability(0.08), weight=1e-10, delay=0.1, receptor=GABAA(), rules=rules)
    sim = Simulation(net, quiet=True)
    last = min(10.0, seconds)
    if seconds > last:
        sim.run(seconds=seconds - last, progress=False)
    spikes = sim.run(seconds=last, record=[Spikes("e")], progress=False)["e.spikes"]
    order = np.lexsort((spikes.time.values, spikes.neuron.values))
    times, cuts = spikes.time.values[order], np.searchsorted(spikes.neuron.values[order], np.arange(2001))
    intervals = [np.diff(times[a:b]) for a, b in pairwise(cuts) if b - a > 10]
    return len(times) / 2000 / last, float(np.mean([x.std() / x.mean() for x in intervals]))


def test_runaway_without_plasticity() -> None:
    rate, _ = after(1.0, 3.0, 0.0, 1)
    assert rate > 100


def test_plateau() -> None:
    """4.2-5.4 Hz after 100 s, irregular; a target higher by 2 Hz lifts it by nearly that."""
    rate, cv = np.mean([after(100.0, 3.0, 1e-2, seed) for seed in SEEDS], axis=0)
    higher, _ = np.mean([after(100.0, 5.0, 1e-2, seed) for seed in SEEDS], axis=0)
    print(f"target 3: {rate:.2f} Hz, CV {cv:.2f}; target 5: {higher:.2f} Hz")
    assert 4.2 < rate < 5.4
    assert 0.75 < cv < 1.05
    assert 1.2 < higher - rate < 2.4


def test_the_path_to_the_plateau_depends_on_gain_times_time() -> None:
    """A fifth of the gain, five times the time: the same rate within 8 %."""
    fast, slow = after(100.0, 3.0, 1e-2, 1)[0], after(500.0, 3.0, 2e-3, 1)[0]
    print(f"{fast:.2f} Hz, {slow:.2f} Hz")
    assert slow == pytest.approx(fast, rel=0.08)
