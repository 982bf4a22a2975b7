"""R22: ion channels that are expressed toward one target of calcium stay in the ratio of their rates of expression.

O'Leary et al. 2014: tau_i dm_i/dt = target - Ca and tau_g dg_i/dt = m_i - g_i, from nothing, so that at all times
tau_i m_i, and tau_i g_i, are the same for all channels: g_i / g_j = tau_j / tau_i, exactly. At rest calcium is at its
target, whatever the leak; here 1 per spike with a decay of 100 ms is a rate of 10 times the target in Hz, within 2 %
(single spikes, 50 s). While one channel is deleted the other grows until the target is reached again: of the two,
which do the same to the cell, it then has as much as both had.
"""

import numpy as np
from published.expected import near
from published.row import Row

from hebbstat.contract.units import NanoSiemens, NonNegative
from hebbstat.engine.record.spikes import Rates
from hebbstat.engine.record.states import States
from hebbstat.engine.simulation import Simulation
from hebbstat.homeostasis import ChannelExpression
from hebbstat.network import Network
from hebbstat.neurons import LIF

LEAKS, TARGET, TAUS = np.array([8.0, 10.0, 15.0]), 1.0, (1500.0, 4500.0)


class TwoChannels(LIF):
    """A cell with two inward conductances that are always open, unless they are deleted."""

    g_a: NanoSiemens = 0.0
    g_b: NanoSiemens = 0.0
    there: NonNegative = 1.0  # 0: g_b is deleted

    @LIF.v.step
    def integrate(v, steps_since_spike, hold, input, g_leak, g_a, g_b, there, v_rest, i_ext, tau_m, dt):
        inward = g_a + there * g_b
        moved = v + input + dt / (tau_m * g_leak) * (g_leak * (v_rest - v) - inward * v + i_ext)
        return v if steps_since_spike <= hold else moved


def measure(dt, seed, rule=ChannelExpression):
    """Ratios of conductances and rates of cells with three leaks, before and after a deletion."""
    channels = {name: rule(target=TARGET, tau=tau, on=f"g_{name}") for name, tau in zip("ab", TAUS, strict=True)}
    net = Network(dt=dt, seed=seed)
    net.add(TwoChannels(g_leak=LEAKS, tau_m=200.0 / LEAKS), 3, "cells", rules=channels)
    sim = Simulation(net, quiet=True, dtype="float64")
    sim.run(seconds=60.0, progress=False)
    before, a, b = seen(sim)
    ratio = a / b * TAUS[0] / TAUS[1]
    sim.set("cells", "there", 0.0)
    sim.run(seconds=60.0, progress=False)
    after, alone, _ = seen(sim)
    grown = alone / (a + b)
    return {
        "g_a / g_b over tau_b / tau_a, the worst cell": ratio[np.abs(ratio - 1.0).argmax()],
        "rate over target": before,
        "rate over target, g_b deleted": after,
        "g_a after the deletion over g_a + g_b before, the worst cell": grown[np.abs(grown - 1.0).argmax()],
    }


def seen(sim: Simulation) -> tuple[float, np.ndarray, np.ndarray]:
    """The mean rate over the target, and the mean conductances of each cell."""
    record = [Rates("cells", every=1000.0), *(States("cells", f"g_{name}", every=50.0) for name in "ab")]
    run = sim.run(seconds=50.0, record=record, progress=False)
    a, b = (run[f"cells.g_{name}"].values.mean(axis=0) for name in "ab")
    return float(run["cells.rate"].values.mean()) / (10.0 * TARGET), a, b


class InProportion(ChannelExpression):
    """Expression grows with the conductance that is there. A wrong version of O'Leary et al. 2014."""

    @ChannelExpression.m.step
    def express(m, calcium, target, tau, dt):
        return m + (0.1 + m) * (target - calcium) * dt / tau


class SameRate(ChannelExpression):
    """All channels are expressed at one rate. A wrong version of O'Leary et al. 2014."""

    @ChannelExpression.m.step
    def express(m, calcium, target, dt):
        return m + (target - calcium) * dt / 2000.0


class WithDecay(ChannelExpression):
    """mRNA decays, too. A wrong version of O'Leary et al. 2014."""

    @ChannelExpression.m.step
    def express(m, calcium, target, tau, dt):
        return m + (target - calcium - 0.1 * m) * dt / tau


ROW = Row(
    "R22",
    "Channel expression keeps ratios and compensates deletions",
    of=["ChannelExpression"],
    source="O'Leary, Williams, Franci & Marder 2014, doi:10.1016/j.neuron.2014.04.002",
    measure=measure,
    expected={
        "g_a / g_b over tau_b / tau_a, the worst cell": near(1.0, within=1e-9),
        "rate over target": near(1.0, within=0.02),
        "rate over target, g_b deleted": near(1.0, within=0.02),
        "g_a after the deletion over g_a + g_b before, the worst cell": near(1.0, within=0.02),
    },
    mutations={
        "growth in proportion": {"rule": InProportion},
        "one rate for all": {"rule": SameRate},
        "mRNA decays": {"rule": WithDecay},
    },
    dt=0.1,
)
