"""Diffusive homeostasis: thresholds follow a messenger that spreads between neighbours."""

import math

from hebbstat.contract.hooks import derived
from hebbstat.contract.mechanism import PopulationRule
from hebbstat.contract.state import PerNeuron
from hebbstat.contract.units import Ms, NonNegative, Positive


class DiffusiveHomeostasis(PopulationRule):
    """Active cells produce nitric oxide, which diffuses, decays, and moves the threshold of every cell it reaches.

        dno/dt = source ca + spread (sum over neighbours of no_j - no) - no / tau,   d threshold/dt = gain (no - target)

    with ca a trace of the cell's spikes.

    Sweeney, Hellgren Kotaleski & Hennig 2015, doi:10.1371/journal.pcbi.1004389.
    """

    acts_on = "v_threshold"

    tau_ca: Ms = 10.0
    tau: Ms = 100.0
    source: NonNegative = 0.05  # per ms
    spread: NonNegative = 0.02  # per ms
    gain: NonNegative = 0.01  # per ms
    goal: NonNegative = 0.5
    reach: Positive = 1.0

    ca = PerNeuron.trace(decay="tau_ca")
    no = PerNeuron.state()
    inflow = PerNeuron.inflow(no, reach="reach")

    @derived
    def kept(dt, tau):
        return math.exp(-dt / tau)

    @no.step
    def flow(no, inflow, ca, source, spread, kept, dt):
        return (no + dt * (source * ca + spread * inflow)) * kept

    @staticmethod
    def step(no, goal, gain, dt):
        return gain * (no - goal) * dt
