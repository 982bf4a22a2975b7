"""A user's script for type checkers: `project/test_types.py` compares what they see with what is written here."""

from typing import TYPE_CHECKING

import numpy as np

import hebbstat as hs
from hebbstat.contract.fields import Field

if not TYPE_CHECKING:

    def reveal_type(value: object) -> None:
        """Type checkers know it by itself."""


class Homeostasis(hs.Plasticity):
    """A rule of one's own."""

    gain: hs.units.Number = hs.required("how fast")
    tau: hs.units.Ms = hs.field(1000.0, "averaging")
    period: hs.units.Ms = 100.0
    rate = hs.PerPost.trace(decay="tau")

    @staticmethod
    def on_tick(w: float, rate: float, gain: float) -> float:
        return gain * w * (1.0 - rate)


net = hs.Network(dt=0.1, seed=7)
inputs = net.add(hs.PoissonSource(rate=8.0), n=40, name="inputs")
exc = net.add(hs.AdaptiveLIF(tau_m=hs.LogNormal(20.0, cv=0.2)), n=10, name="exc", rules=[hs.IntrinsicThreshold()])
stdp = hs.PairSTDP(17.0, A_plus=np.array([0.01]))
soft = hs.SoftBounds(hs.replace(stdp, tau_plus=18.0), 0.0, high=2.0)
link = net.connect(
    inputs, exc[:5], hs.FixedProbability(0.1), weight=hs.LogNormal(0.3, cv=0.5), delay=hs.Uniform(0.5, 2.0),
    receptor=hs.AMPA(), release=hs.TsodyksMarkram(U=0.5),
    rules={"stdp": hs.Eligibility(soft, tau=500.0), "own": Homeostasis(gain=0.1), "b": hs.HardBounds(0.0, 1.0, on="w")},
)  # fmt: skip
net.add_rule(hs.Neuromodulator(), "DA")
sim = hs.Simulation(net, threads=1)
record = [hs.Spikes(exc), hs.Rates(exc, every=100.0), hs.WeightSummary(link, every=100.0)]
run = sim.run(seconds=1, record=record)
fields: dict[str, Field] = hs.PairSTDP.fields

reveal_type(net)  # Network
reveal_type(inputs)  # Population
reveal_type(exc[:5])  # PopulationView
reveal_type(link)  # Projection
reveal_type(stdp)  # PairSTDP
reveal_type(soft)  # SoftBounds
reveal_type(hs.gated(soft, by=lambda DA: DA))  # Gated
reveal_type(Homeostasis(gain=0.1))  # Homeostasis
reveal_type(sim)  # Simulation
reveal_type(run)  # Recording
reveal_type(run["exc.rate"])  # DataArray
reveal_type(sim.state(exc, "v"))  # ndarray
reveal_type(sim.weights(link))  # ndarray
reveal_type(sim.modulator("DA"))  # Modulator
reveal_type(hs.ReferenceSimulation(net).state("exc", "v"))  # ndarray
reveal_type(fields["tau_plus"].text)  # str

hs.PairSTDP(tau=3.0)  # error: Unexpected keyword argument "tau" for "PairSTDP"
hs.PairSTDP(tau_plus="20 ms")  # error: Argument "tau_plus" to "PairSTDP" has incompatible type "str"
hs.SoftBounds(0.0, 1.0)  # error: Argument 1 to "SoftBounds" has incompatible type "float"
Homeostasis()  # error: Missing positional argument "gain" in call to "Homeostasis"
stdp.tau_plus = 3.0  # error: Property "tau_plus" defined in "PairSTDP" is read-only
net.add(hs.LIF(), n="ten")  # error: Argument "n" to "add" of "Network" has incompatible type "str"
hs.PairStdp()  # error: Module has no attribute "PairStdp"
