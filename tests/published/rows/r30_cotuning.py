"""R30: inhibition comes to mirror the tuning of excitation, channel by channel.

Vogels et al. 2011, figure 1: a cell gets 8 channels of excitatory and inhibitory inputs; the rates of a channel go up
and down together, those of different channels do not. Excitatory weights are tuned, inhibitory ones equal in the
beginning. Inhibition grows where a channel makes the cell fire and shrinks where it does not, so that its weights end
in the order of the excitatory ones: the correlation of both tunings is to be above 0.9, where channels that do not
belong to each other give none, and the cell's rate near its target of 5 Hz, between 5 and 8 Hz: above it for the
reason of R29.
"""

import numpy as np
from published.expected import above, between
from published.row import Row

from hebbstat.contract.signals import TimedArray
from hebbstat.engine.record.spikes import Rates
from hebbstat.engine.simulation import Simulation
from hebbstat.homeostasis import InhibitorySTDP
from hebbstat.network import AllToAll, Network
from hebbstat.neurons import LIF, PoissonSource
from hebbstat.plasticity import HardBounds
from hebbstat.stimuli import gaussian_rates
from hebbstat.synapses import AMPA, GABAA

CHANNELS, EXCITATORY, INHIBITORY, CELLS = 8, 100, 25, 5
TUNING = 0.3 + 1.1 / (1.0 + (np.arange(1, 9) - 5.0) ** 4)  # nS


def measure(dt, seed, rule=InhibitorySTDP, shared=True):
    """The correlation of both tunings, and the rate before and after."""
    rates = {side: channels(2.0 * seed + (0 if shared else k)) for k, side in enumerate("ei")}
    net = Network(dt=dt, seed=seed)
    net.add(PoissonSource(rate=repeated(rates["e"], EXCITATORY)), CHANNELS * EXCITATORY, "e")
    net.add(PoissonSource(rate=repeated(rates["i"], INHIBITORY, 2.0)), CHANNELS * INHIBITORY, "i")
    net.add(LIF(), CELLS, "cells")
    weights = np.repeat(TUNING, EXCITATORY * CELLS)
    net.connect("e", "cells", AllToAll(), weight=weights, delay=1.0, receptor=AMPA())
    rules = [rule(target=5.0, eta=0.005), HardBounds(0.0, 50.0)]
    net.connect("i", "cells", AllToAll(), weight=0.5, delay=1.0, receptor=GABAA(), rules=rules, name="w")
    sim = Simulation(net, quiet=True)
    first = sim.run(seconds=1.0, record=[Rates("cells", every=1000.0)], progress=False)["cells.rate"].values.mean()
    sim.run(seconds=299.0, progress=False)
    last = sim.run(seconds=100.0, record=[Rates("cells", every=1000.0)], progress=False)["cells.rate"].values.mean()
    inhibition = sim.weights("w").reshape(CHANNELS, INHIBITORY * CELLS).mean(axis=1)
    return {
        "correlation of inhibitory with excitatory weights of channels": np.corrcoef(inhibition, TUNING)[0, 1],
        "rate (Hz) in the first second": first,
        "rate (Hz) at the end, target 5 Hz": last,
    }


def channels(seed: int) -> np.ndarray:
    """Rates (Hz) of the channels [time, channel] every 5 ms, repeated after 100 s."""
    return gaussian_rates(CHANNELS, 5.0, 5.0, 0.0, 100_000.0, tau=50.0, every=5.0, seed=int(seed)).values


def repeated(rates: np.ndarray, cells: int, factor: float = 1.0) -> TimedArray:
    return TimedArray(np.repeat(factor * rates, cells, axis=1), every=5.0, repeat=True)


class PreOnly(InhibitorySTDP):
    """A spike of the cell does not strengthen what came before it. A wrong version of Vogels et al. 2011."""

    @staticmethod
    def on_post(x):
        return 0.0 * x


class ByPairsOnly(InhibitorySTDP):
    """Lone presynaptic spikes do not weaken. A wrong version of Vogels et al. 2011."""

    @staticmethod
    def on_pre(y, eta):
        return eta * y


ROW = Row(
    "R30",
    "Inhibition comes to mirror excitation",
    of=["InhibitorySTDP"],
    source="Vogels, Sprekeler, Zenke, Clopath & Gerstner 2011, doi:10.1126/science.1211095",
    measure=measure,
    expected={
        "correlation of inhibitory with excitatory weights of channels": above(0.9),
        "rate (Hz) in the first second": above(20.0),
        "rate (Hz) at the end, target 5 Hz": between(5.0, 8.0),
    },
    mutations={
        "channels of inhibition of their own": {"shared": False},
        "postsynaptic spikes change nothing": {"rule": PreOnly},
        "lone presynaptic spikes do not weaken": {"rule": ByPairsOnly},
    },
    dt=0.5,
)
