"""What changes in time: signals, what rules change, states and outputs of neurons."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from hebbstat.contract.mechanism import Mechanism
from hebbstat.contract.signals import Moving
from hebbstat.contract.state import PerPost, State, Trace
from hebbstat.network.lookup import On, Read, is_sum, neurons, quantities, quantity_of, reads
from hebbstat.network.network import Network
from hebbstat.network.scopes import quantity_scope

Target = tuple[str, str, str]  # owner, place, parameter
Place = tuple[str, str]  # owner, place


class Moves:
    """What changes in a network, asked by those who read it."""

    def __init__(self, net: Network) -> None:
        self.aims: set[Target] = set(quantities(net))
        self.by_events = set(_changed_by_events(net))

    def any(self, mechanism: Mechanism, names: Iterable[str], on: On, place: Place, side: str | None = None) -> bool:
        """Whether something changes that stands behind names which a mechanism reads; only of one `side` of it."""
        found = reads(mechanism, names, on)
        return any(self.read(mechanism, one, on, place) for one in found if side is None or one.side == side)

    def read(self, mechanism: Mechanism, read: Read, on: On, place: Place) -> bool:
        """Whether a value is a signal, or changed by a rule, or a neuron's state or output."""
        if not read.side:
            return isinstance(mechanism.values.get(read.name), Moving) or (*place, read.name) in self.aims
        population = neurons(mechanism, on)[read.side]
        neuron = population.neuron
        own = isinstance(neuron.values.get(read.name), Moving) or read.name in neuron.states
        summed = is_sum(population, read.name) or read.name == "rate"
        return own or summed or (population.name, "neuron", read.name) in self.aims

    def passes(self, mechanism: Mechanism, state: State, on: On, place: Place) -> bool:
        """Whether what a state decays or advances by changes: then it goes step by step."""
        names = [*state.advancer.all_reads] if state.advancer else []
        names += [state.origin.tau] if isinstance(state.origin, Trace) else []
        return self.any(mechanism, names, on, place)


def _changed_by_events(net: Network) -> Iterator[Target]:
    """Parameters of postsynaptic neurons and receptors that rules change at events of synapses."""
    for projection in net.projections.values():
        for bound in (bound for rule in projection.rules for bound in rule.bound()):
            own = bound.adds is not None and bound.adds[0] is None and bound.hook.event in ("on_pre", "on_post")
            if bound.adds and own and quantity_scope(bound.adds[1]) is PerPost:
                yield quantity_of(projection, bound.adds[1])
