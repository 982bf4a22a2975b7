"""The numbers of the two workloads, the same for every simulator. Times in ms, rates in Hz, mV, nS, pA, pF."""

from __future__ import annotations

from dataclasses import dataclass, replace

DT = 0.1
TAU, LEAK, CAPACITANCE = 20.0, 10.0, 200.0
V_REST, V_THRESHOLD, V_RESET, REFRACTORY = -60.0, -50.0, -60.0, 5.0
TAU_AMPA, E_AMPA = 5.0, 0.0
TAU_GABA, E_GABA = 10.0, -80.0


@dataclass(frozen=True)
class Workload:
    """A recurrent network of excitatory and inhibitory LIF cells, all pairs of populations connected at random."""

    name: str
    what: str
    p: float
    w_exc: float
    w_inh: float
    delay: float
    bias: float = 0.0  # constant current into every cell
    drive_rate: float = 0.0  # of the Poisson source of each cell
    drive_weight: float = 0.0
    warm: float = 1.0  # s simulated before the clock starts
    exc: int = 8000
    inh: int = 2000
    strength: float = 1.0  # of all recurrent weights, and of what their rules add

    @property
    def cells(self) -> int:
        return self.exc + self.inh

    @property
    def expected_synapses(self) -> float:
        """Recurrent synapses, none from a cell to itself; the drive is not counted."""
        return self.p * (self.cells**2 - self.cells)

    def of_size(self, cells: int) -> Workload:
        """The same network with fewer or more cells, and as many synapses onto each cell."""
        p = self.p * self.cells / cells
        if p > 1.0:
            least = round(self.p * self.cells)
            raise SystemExit(
                f"{self.name} with {cells} cells cannot have {least} synapses a cell; at least {least} cells"
            )
        inh = round(0.2 * cells)
        return replace(self, exc=cells - inh, inh=inh, p=p)

    def of_synapses(self, synapses: int) -> Workload:
        """The same p with another number of synapses. Large networks get weaker weights, small ones a weaker drive."""
        cells = round((synapses / self.p) ** 0.5)
        inh, factor = round(0.2 * cells), min(1.0, self.cells / cells)
        rate = DRIVE_OF_SIZE.get(synapses, self.drive_rate)
        weights = {"w_exc": factor * self.w_exc, "w_inh": factor * self.w_inh}
        return replace(self, exc=cells - inh, inh=inh, strength=factor, drive_rate=rate, **weights)


@dataclass(frozen=True)
class InhibitoryRule:
    """I to E in W1: symmetric STDP toward a target rate (Vogels et al. 2011)."""

    target: float = 5.0
    tau: float = 20.0
    gain: float = 3.0  # so large that all simulators have settled in the same regime when the clock starts
    w_max: float = 300.0


@dataclass(frozen=True)
class PairRule:
    """E to E in W2: all-to-all pair STDP with hard bounds 0 and w_max."""

    tau: float = 20.0
    A_plus: float = 0.001
    A_minus: float = 0.00105
    w_max: float = 1.0


@dataclass(frozen=True)
class Scaling:
    """E to E in W2, each period: w *= 1 + strength (1 - rate / target), at most `largest` at once."""

    target: float = 5.0
    tau_rate: float = 10_000.0
    period: float = 1000.0
    strength: float = 0.01
    largest: float = 0.1


W1 = Workload(
    "W1", "balanced network, inhibitory plasticity", p=0.02, w_exc=3.0, w_inh=30.0, delay=0.8, bias=200.0, warm=4.0
)
W2 = Workload("W2", "STDP with scaling", p=0.1, w_exc=0.25, w_inh=2.5, delay=1.5, drive_rate=145.0, drive_weight=6.0)
DRIVE_OF_SIZE = {10_000: 28.0, 100_000: 36.0, 1_000_000: 60.0}
"""With so many synapses the cells inhibit each other less: the drive of W2 that gives 4 to 5 Hz all the same."""

INHIBITORY, PAIR, SCALING = InhibitoryRule(), PairRule(), Scaling()

CURRENT_DRIVE_RATE = 145.0
"""Drive of W2 with current synapses (NEST's iaf_psc_exp), whose weights are those of conductances at CURRENT_V."""
CURRENT_V = -55.0


def as_current(weight: float, reversal: float) -> float:
    """The current (pA) that a conductance (nS) carries at CURRENT_V."""
    return weight * (reversal - CURRENT_V)
