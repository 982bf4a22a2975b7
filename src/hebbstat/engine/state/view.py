"""What may be read of a simulation: it is what recorders are given while it runs, and what a user holds besides."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from hebbstat.engine.core import Core
from hebbstat.engine.plan.groups import NETWORK
from hebbstat.engine.plan.model import modulator
from hebbstat.engine.state import access
from hebbstat.engine.state.present import present
from hebbstat.engine.state.synapse_sample import SynapseSample
from hebbstat.engine.threads.turns import Turns, in_turn
from hebbstat.network import lookup
from hebbstat.network.network import Network, Population, Projection


class SimulationView:
    """A simulation as one may look at it; looking changes nothing. Recorders are given it.

        class Spread(hs.Recorder):
            def take(self, sim: hs.SimulationView) -> float:
                return sim.state("exc", "v").std()
    """

    def __init__(self, core: Core) -> None:
        self.core = core

    @property
    def net(self) -> Network:
        """The network that runs: a copy of the one that was given."""
        return self.core.net

    @property
    def step_count(self) -> int:
        """How many steps were simulated."""
        return self.core.step_count

    @property
    def time(self) -> float:
        """The time that was simulated, in ms."""
        return self.core.time

    @property
    def turns(self) -> Turns:
        """Who uses the simulation now."""
        return self.core.turns

    @in_turn("state()")
    def state(self, of: Population | Projection | str, name: str) -> np.ndarray:
        """A copy of the present value of a state or parameter: `sim.state("exc", "v")`, `("a -> b", "stdp.x")` ...

        It is the value at the end of the last step, also where the engine keeps it as of an earlier event. Per neuron
        for cells, receptors and what a rule keeps per postsynaptic neuron; per branch by neuron, then branch; per
        synapse in canonical order; per presynaptic neuron, for states one for each of its delays (by neuron, then
        delay). A parameter of a projection that is one number gives one. Names: `v` of a neuron,
        `SynapticScaling.rate` of a rule, `release.u`, `receptor.g`, `w`; see `Network.connect` for names of rules.
        """
        return present(self.core, access.find(self.core.model, of, name))

    def weights(self, projection: Projection | str) -> np.ndarray:
        """The weights of a projection in canonical order (by presynaptic, then postsynaptic index), up to date."""
        return self.state(projection, "w")

    def some_weights(self, projection: Projection | str, chosen: np.ndarray) -> Callable[[], np.ndarray]:
        """What reads the weights of the `chosen` synapses (canonical indices): found once, then read at little cost."""
        return SynapseSample(self.core, self.net.projection(projection).name, chosen).read

    def pairs(self, projection: Projection | str) -> tuple[np.ndarray, np.ndarray]:
        """Presynaptic and postsynaptic indices of a projection's synapses, in canonical order."""
        return self.core.pairs(self.net.projection(projection).name)

    @in_turn("modulator()")
    def modulator(self, name: str) -> float:
        """The present value of a network rule's state, 'name' (its first) or 'name.state'."""
        rule, state = lookup.followed(self.net, name, "sim.modulator()")
        return float(self.core.layout.shards[NETWORK][0][modulator(self.core.model, rule, state)][0])
