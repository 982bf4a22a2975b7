"""N16: inhibitory plasticity holds a mean of the rate that is weighted by inhibition, not the mean itself.

The rule of Vogels et al. 2011 rests where <v (o - target)> = 0 for the rates v of the inhibitory and o of the
postsynaptic cell, so at <o> = target - cov(o, v) / <v>; a threshold that integrates o - target rests at <o> = target.

Measured on cells that spike by chance at the rate o = D + d cos(wt + phase) - s, s the smoothed (t_s) sum over
inhibitory cells, which fire at V (1 + m cos wt). With inhibition of the mean I, o falls by I (1 + m cos wt, smoothed),
so that cov / <v> = (m d cos phase - m^2 R I) / 2 with R = 1 / (1 + (w t_s)^2), and <o> = D - I gives

    I = (D - target + m d cos(phase) / 2) / (1 + m^2 R / 2)

Periods are long against the traces (w tau = 0.06), and one of 200 inhibitory spikes tells little. Spikes of one step do
not see each other, which lifts the rate by dt / (2 tau), 0.5 % at 0.2 ms. 2 % are allowed.
"""

import numpy as np
from helpers.relay import SmoothPoisson
from published.expected import near
from published.row import Row

from hebbstat.contract.signals import Sine
from hebbstat.contract.units import Hz, Ms, Number
from hebbstat.engine.record.spikes import Rates
from hebbstat.engine.simulation import Simulation
from hebbstat.homeostasis import InhibitorySTDP, IntrinsicThreshold
from hebbstat.network import AllToAll, Network
from hebbstat.neurons import PoissonSource
from hebbstat.plasticity import HardBounds

INPUTS, RATE, M, FREQUENCY, SMOOTH = 200, 20.0, 0.5, 0.5, 100.0
DRIVE, WAVE, TARGET = 50.0, 10.0, 20.0
PHASES = {"in phase with inhibition": 0.0, "in antiphase": np.pi}


class Driven(SmoothPoisson):
    """Spikes by chance, at a rate that is drive less offset and smoothed inhibition."""

    drive: Hz = 50.0
    offset: Number = 0.0
    tau: Ms = SMOOTH
    @staticmethod
    def fires(s, drive, offset, uniform, dt):
        return uniform < (drive - offset - s) * dt / 1000.0


def measure(dt, seed, rule=InhibitorySTDP, offset=IntrinsicThreshold):
    """Rates at rest: under inhibitory plasticity over theory, under a moving offset over the target."""
    net = Network(dt=dt, seed=seed)
    net.add(PoissonSource(rate=Sine(RATE, M * RATE, FREQUENCY, phase=np.pi / 2)), INPUTS, "inhibition")
    found = {}
    start = 20.0 / (INPUTS * RATE * SMOOTH / 1000.0)
    for name, phase in PHASES.items():
        drive = Sine(DRIVE, WAVE, FREQUENCY, phase=np.pi / 2 + phase)
        own = offset(target=TARGET, tau_rate=4000.0, eta=0.2, high=100.0, on="offset")
        net.add(Driven(drive=drive), 20, name)
        net.add(Driven(drive=drive), 20, f"{name}, offset", rules=[own])
        rules = [rule(target=TARGET, eta=2e-4), HardBounds(0.0)]
        net.connect("inhibition", name, AllToAll(), weight=start, delay=dt, rules=rules)
        net.connect("inhibition", f"{name}, offset", AllToAll(), weight=start, delay=dt)
    sim = Simulation(net, quiet=True)
    sim.run(seconds=100.0, progress=False)
    record = [Rates(cells, every=2000.0) for name in PHASES for cells in (name, f"{name}, offset")]
    run = sim.run(seconds=60.0, record=record, progress=False)
    for name, phase in PHASES.items():
        rest = run[f"{name}.rate"].values.mean() / predicted(phase)
        found[f"rate over theory, {name}"] = rest
        found[f"rate over target, {name}, offset moves"] = run[f"{name}, offset.rate"].values.mean() / TARGET
    return found


def predicted(phase: float) -> float:
    damping = 1.0 / (1.0 + (2.0 * np.pi * FREQUENCY * SMOOTH / 1000.0) ** 2)
    inhibition = (DRIVE - TARGET + M * WAVE * np.cos(phase) / 2.0) / (1.0 + M**2 * damping / 2.0)
    return float(DRIVE - inhibition)


class WithoutTwo(InhibitorySTDP):
    """alpha without its factor of 2. A wrong version of Vogels et al. 2011."""

    @staticmethod
    def on_pre(y, alpha, eta):
        return eta * (y - 0.5 * alpha)


class AtPostsynaptic(InhibitorySTDP):
    """The offset is taken off at postsynaptic spikes. A wrong version of Vogels et al. 2011."""

    @staticmethod
    def on_pre(y, eta):
        return eta * y

    @staticmethod
    def on_post(x, alpha, eta):
        return eta * (x - alpha)


ROW = Row(
    "N16",
    "The set point of inhibitory plasticity is a weighted mean",
    of=["InhibitorySTDP", "IntrinsicThreshold"],
    source="the rule: Vogels, Sprekeler, Zenke, Clopath & Gerstner 2011, doi:10.1126/science.1211095; theory",
    measure=measure,
    expected={
        f"rate over {what}": near(1.0, within=0.02)
        for name in PHASES
        for what in (f"theory, {name}", f"target, {name}, offset moves")
    },
    mutations={
        "alpha without its factor of 2": {"rule": WithoutTwo},
        "an offset at postsynaptic spikes": {"rule": AtPostsynaptic},
    },
    dt=0.2,
)
