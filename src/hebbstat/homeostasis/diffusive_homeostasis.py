"""Intrinsic homeostasis by a signal that diffuses between cells."""

from hebbstat.contract.fields import field
from hebbstat.contract.mechanism import PopulationRule
from hebbstat.contract.state import PerNeuron
from hebbstat.contract.units import Ms, NonNegative, Number, Positive


class DiffusiveHomeostasis(PopulationRule):
    """Diffusive homeostasis: the threshold follows nitric oxide, which active cells make and which spreads to others.

        tau_nos dnos/dt = ca^3 / (ca^3 + 1) - nos,          ca += 1 at a spike, decays with tau_calcium
        tau_no dno/dt = nos - no + tau_no spread inflow,    inflow: the sum over cells within reach of no_j - no_i
        d v_threshold/dt = eta (no - target) / target

    A cell feels the activity of its neighborhood rather than its own: the population keeps its mean rate, and cells
    keep their differences. With `spread=0` homeostasis is local, and all cells come to fire alike. Needs `positions`.

    Sweeney, Hellgren Kotaleski & Hennig 2015, doi:10.1371/journal.pcbi.1004389.
    """

    target: Positive = field(0.05, "nitric oxide at which nothing changes")
    tau_calcium: Ms = field(10.0, "decay of calcium")
    tau_nos: Ms = field(100.0, "time constant of the synthase")
    tau_no: Ms = field(1000.0, "decay of nitric oxide")
    spread: NonNegative = field(0.1, "what goes to each cell within reach, per ms")
    reach: Positive = field(1.0, "how far a cell's neighbors are")
    eta: Number = field(0.3, "learning rate, mV per second")

    acts_on = "v_threshold"
    ca = PerNeuron.trace(decay="tau_calcium")
    nos = PerNeuron.state()
    no = PerNeuron.state("target", slow=True)
    inflow = PerNeuron.inflow(no, reach="reach")

    @nos.step
    def synthesize(nos, ca, tau_nos, dt):
        return nos + (ca**3 / (ca**3 + 1.0) - nos) * dt / tau_nos

    @no.step
    def diffuse(no, nos, inflow, tau_no, spread, dt):
        return no + ((nos - no) / tau_no + spread * inflow) * dt

    @staticmethod
    def step(no, target, eta, dt):
        return eta * (no - target) / target * dt / 1000.0
