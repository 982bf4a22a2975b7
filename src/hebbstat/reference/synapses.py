"""Projections: synapses in rows, the release of transmitter, and the places where rules stand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from hebbstat.contract.errors import ContractError
from hebbstat.contract.state import PerBranch, PerPost, PerPre, PerSynapse, Scope
from hebbstat.network import Projection
from hebbstat.network.lookup import quantity_of
from hebbstat.network.scopes import hook_scopes
from hebbstat.reference.cells import Cells, ReceptorCells
from hebbstat.reference.elements import WHOLE, Element, Synapse
from hebbstat.reference.names import Getter
from hebbstat.reference.parts import Call, Part, Quantity

if TYPE_CHECKING:
    from hebbstat.reference.world import World

Row = tuple[int, int]  # presynaptic neuron, delay in steps


class Connections:
    """One projection. A *row* holds the synapses of one presynaptic neuron that share a delay."""

    def __init__(self, sim: World, projection: Projection, receptor: ReceptorCells | None) -> None:
        self.sim, self.projection, self.receptor = sim, projection, receptor
        self.source, self.target = sim.cells[projection.source.name], sim.cells[projection.target.name]
        made = sim.made.synapses[projection.name]
        self.dendritic_delay = made.dendritic_delay
        occur = sorted({*made.delay.tolist()}) or [1]
        self.one_delay = occur[0] if len(occur) == 1 else None
        self.births: dict[tuple[int, int], int] = {}  # how often each pair was born
        self.synapses = list(self._first_synapses(made))
        self.branches = made.branches(self.projection.branches)
        self.last_event: dict[Row, int] = {}
        self.posts = [Element(post=j) for j in range(self.target.n)]
        self.row_elements = {row: Element(pre=row[0], delay=row[1]) for row in self._rows_there_are()}
        self.delays = sorted({delay for _, delay in self.row_elements})  # short first
        self.sort()
        self.parts = {
            p: Part(sim, projection.name, p, mechanism, self)
            for p, mechanism in projection.mechanisms()
            if p != "receptor"
        }
        self.release = self.parts.get("release")
        self.rules = [part for place, part in self.parts.items() if place != "release"]

    def _first_synapses(self, made: Any) -> Iterator[Synapse]:
        delays = made.delay.tolist() * (made.n if len(made.delay) == 1 else 1)
        branches = [0] * made.n if made.branch is None else made.branch.tolist()
        pairs = zip(made.pre().tolist(), made.post.tolist(), delays, branches, made.weights().tolist(), strict=True)
        for index, (pre, post, delay, branch, weight) in enumerate(pairs):
            yield Synapse(pre, post, delay, branch, weight, self.next_birth(pre, post), index)

    def next_birth(self, pre: int, post: int) -> int:
        """Numbers the synapses that a pair has had, from 0."""
        birth = self.births.get((pre, post), 0)
        self.births[pre, post] = birth + 1
        return birth

    def _rows_there_are(self) -> list[Row]:
        """With one delay a row for every presynaptic neuron, else those that occur."""
        if self.one_delay is not None:
            return [(pre, self.one_delay) for pre in range(self.source.n)]
        return sorted({(s.pre, s.delay) for s in self.synapses})

    def sort(self) -> None:
        """Canonical order, and who belongs to which row and which neuron."""
        self.synapses.sort(key=lambda s: s.identity)
        self.rows: dict[Row, list[Synapse]] = {row: [] for row in self.row_elements}
        self.incoming: list[list[Synapse]] = [[] for _ in range(self.target.n)]
        for synapse in self.synapses:
            self.rows[synapse.pre, synapse.delay].append(synapse)
            self.incoming[synapse.post].append(synapse)

    def make_states(self) -> None:
        """Initial values of release and rules."""
        for part in self.parts.values():
            part.make_states(self.owners)

    def owners(self, scope: Scope) -> list[Any]:
        """The elements of a scope."""
        if scope is PerSynapse:
            return list(self.synapses)
        if scope is PerPre:
            return list(self.row_elements.values())
        if scope is PerPost:
            return self.posts
        if scope is PerBranch:
            return [Element(post=j, branch=b) for j in range(self.target.n) for b in range(self.branches)]
        return [WHOLE]

    def bind_hooks(self) -> None:
        """The release with its arguments found."""
        if self.release is None:
            return
        hook = next(h for h in self.release.mechanism.hooks if h.event == "transmit")
        self.row_release = PerPre in hook_scopes(self.release.mechanism, hook)
        self.transmit = Call(self.release, hook, PerPre if self.row_release else PerSynapse)

    # What hooks may ask for

    def offer(self, part: Part, name: str) -> Getter:
        """What synapses offer to release and rules: `w`, `value`, `elapsed`."""
        if name == "elapsed":
            return lambda e: (self.sim.now - self.last_event.get((e.pre, e.delay), -1)) * self.sim.dt
        quantity = self.quantity_of(part.acts_on) if name == "value" else None
        return quantity.read if quantity is not None else lambda e: e.weight

    def side(self, side: str) -> Cells:
        """The populations called `pre` and `post`."""
        return self.source if side == "pre" else self.target

    def quantity_of(self, acts_on: str) -> Quantity | None:
        """What a rule changes; None is the weight."""
        if acts_on == "w":
            return None
        owner, place, name = quantity_of(self.projection, acts_on)
        if place == "receptor":
            assert self.receptor is not None
            owner = self.receptor.part.name
        return self.sim.quantities[owner, place, name]

    # Events

    def arriving_rows(self) -> Iterator[tuple[Any, int]]:
        """Rows whose spike arrives now, in the order of section 4, with the step of that spike."""
        for delay in self.delays:
            step = self.sim.now - delay
            for pre in self.source.spikes.get(step, ()):
                if (pre, delay) in self.rows:
                    yield self.row_elements[pre, delay], step

    def post_events(self) -> Iterator[tuple[int, int]]:
        """Postsynaptic neurons whose spike is seen now, with the step of that spike."""
        step = self.sim.now - self.dendritic_delay
        for post in self.target.spikes.get(step, ()):
            yield post, step

    def transmit_spikes(self) -> None:
        """Semantics 2.5."""
        if self.source.has_rate:
            self._transmit_rates()
            return
        for row, step in self.arriving_rows():
            synapses = self.rows[row.pre, row.delay]
            if self.release is None:
                for synapse in synapses:
                    self._deliver(synapse, synapse.weight)
            else:
                self._release(row, synapses, self.sim.was_frozen(step))

    def _transmit_rates(self) -> None:
        for delay in self.delays:
            for row in (r for r in self.row_elements.values() if r.delay == delay):
                rate = self.source.rate(self.sim.now - delay, row.pre)
                for synapse in self.rows[row.pre, delay]:
                    self._deliver(synapse, synapse.weight * rate)

    def _release(self, row: Any, synapses: list[Synapse], old: bool) -> None:
        """Amounts, then the new states. What belongs to the row must come out the same at each of its synapses.

        A spike of frozen time (`old`) changes no slow state.
        """
        assert self.release is not None
        stores, updates = [store for store in self.release.stores.values() if store.state.is_plain], []
        row_values: list[list[float]] = []
        for synapse in synapses:
            result = self.transmit(synapse)
            amount, *new = result if stores else (result,)
            self._deliver(synapse, float(amount))
            updates += [(store, synapse, value) for store, value in zip(stores, new, strict=True)]
            row_values.append(
                [value for store, value in zip(stores, new, strict=True) if store.state.scope is PerPre]
            )
        if any(values != row_values[0] for values in row_values):
            what = f"{self.release.say()}: a PerPre state came out differently at the synapses of row {row}"
            raise ContractError(f"{what}; it may not depend on w")
        for store, e, value in updates:
            if not (old and store.slow):
                store.write(e, value)

    def _deliver(self, synapse: Synapse, amount: float) -> None:
        if self.receptor is None:
            self.target.arriving[synapse.post] += amount
        else:
            self.receptor.receive(synapse.post, amount)

    def note_events(self) -> None:
        """The rows whose spike arrived have had their event."""
        for row, _ in self.arriving_rows():
            self.last_event[row.pre, row.delay] = self.sim.now
