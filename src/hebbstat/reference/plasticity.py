"""The rules of one projection: changes at events, increments, continuous changes, changes at ticks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hebbstat.contract.mechanism import Bound, Mechanism
from hebbstat.contract.state import PerBranch, PerPost, PerPre, PerSynapse, Scope
from hebbstat.network.scopes import hook_scopes, quantity_scope
from hebbstat.reference.cells import increments
from hebbstat.reference.elements import Synapse
from hebbstat.reference.names import Asking, bind
from hebbstat.reference.parts import Call, Change, Part, Store
from hebbstat.reference.synapses import Connections

Event = tuple[Any, bool]  # whose event it is, and whether its spike belongs to frozen time
EVENTS = ("on_pre", "on_post", "step", "on_tick")


class Rules:
    """All rules of a projection. A hook runs once for each owner of what it writes."""

    def __init__(self, connections: Connections) -> None:
        self.at, self.sim = connections, connections.sim
        self.pending: dict[int, list[tuple[int, Any, bool]]] = {}

    def bind_hooks(self) -> None:
        """All hooks with their arguments found."""
        self.changes: dict[str, list[Change]] = {event: [] for event in EVENTS}  # of quantities
        self.redirected: dict[str, list[tuple[Change, Any]]] = {event: [] for event in EVENTS}  # into states
        self.updates: dict[str, list[Call]] = {event: [] for event in EVENTS}
        self.later: list[tuple[Call, Callable[[Any], float]]] = []  # on_pre hooks seen `after` some time
        self.clips: list[tuple[str, Call]] = []  # (quantity, hook) in the order of the rules
        self.weights: list[Call] = []
        self.rewiring: list[tuple[Part, dict[str, Call]]] = []
        self.parts: dict[int, Part] = {id(part.mechanism): part for part in self.at.rules}
        for rule in self.at.projection.rules:
            for bound in rule.bound():
                self._sort_in(bound)
        self.traces = increments(self.at.rules)

    def part_of(self, mechanism: Mechanism) -> Part:
        """Where a mechanism stands."""
        return self.parts[id(mechanism)]

    def _sort_in(self, bound: Bound) -> None:
        part, hook = self.part_of(bound.owner), bound.hook
        if bound.adds is not None and bound.adds[0] is not None:
            state = self.part_of(bound.adds[0]).stores[bound.adds[1]]
            self.redirected[hook.event].append((Change(part, bound, PerSynapse), state))
        elif bound.adds is not None:
            self.changes[hook.event].append(Change(part, bound, quantity_scope(bound.adds[1])))
        elif hook.writes:
            call = Call(part, hook, hook.writes[0].scope)
            if hook.after:
                self.later.append((call, bind(part, hook.after, Asking("after"))))
            else:
                self.updates[hook.event].append(call)
        else:
            (scope,) = hook_scopes(part.mechanism, hook)
            call = Call(part, hook, scope)
            if hook.event == "clip":
                self.clips.append((part.acts_on, call))
            elif hook.event == "weight":
                self.weights.append(call)
            else:
                self._rewires(part, call)

    def _rewires(self, part: Part, call: Call) -> None:
        if not self.rewiring or self.rewiring[-1][0] is not part:
            self.rewiring.append((part, {}))
        self.rewiring[-1][1][call.hook.event] = call

    # Semantics 2.6

    def change_at_events(self) -> None:
        """First the presynaptic events, then the postsynaptic ones; redirected changes wait for the increments."""
        self.increments: dict[tuple[str, Any], list[tuple[Store, float]]] = {}
        if self.sim.is_frozen:
            return
        rows, posts = self._events()
        self.change("on_pre", [s for row, old in rows if not old for s in self.at.rows[row.pre, row.delay]])
        seen = [post for post, old in posts if not old]
        self.change("on_post", [synapse for post in seen for synapse in self.at.incoming[post.post]], seen)

    def _events(self) -> tuple[list[Event], list[Event]]:
        """Rows with a presynaptic, neurons with a postsynaptic event now; True: by a spike of frozen time."""
        rows = [(row, self.sim.was_frozen(step)) for row, step in self.at.arriving_rows()]
        return rows, [(self.at.posts[post], self.sim.was_frozen(step)) for post, step in self.at.post_events()]

    def change(self, event: str, synapses: list[Synapse], owners: list[Any] | None = None, only: Any = None) -> None:
        """The changes of one event: all read the same values, are summed, added and bounded.

        What belongs to a neuron (`receptor.`, `post.`) runs for each of `owners`, or for each synapse if that is None.
        """
        found: dict[str, dict[Any, tuple[Any, float]]] = {}
        for change in self.changes[event]:
            if only is not None and change.call.part not in only:
                continue
            sums = found.setdefault(change.acts_on, {})
            for e in synapses if change.call.scope is PerSynapse or owners is None else owners:
                key = change.key(e)
                sums[key] = (e, sums[key][1] + change(e) if key in sums else change(e))
        for change, store in self.redirected[event]:
            if only is None or change.call.part in only:
                for e in synapses:
                    self.increments.setdefault((event, e.identity), []).append((store, change(e)))
        for acts_on, sums in found.items():
            for e, amount in sums.values():
                self._add(acts_on, e, amount)
        for acts_on, call in self.clips:
            for e, _ in found.get(acts_on, {}).values() if quantity_scope(acts_on) is PerSynapse else ():
                self._bound(acts_on, call, e)

    def _add(self, acts_on: str, e: Any, amount: float) -> None:
        quantity = self.at.quantity_of(acts_on)
        if quantity is not None and quantity_scope(acts_on) is PerPost:
            quantity.waiting[e.post] = quantity.waiting.get(e.post, 0.0) + amount
            return
        if quantity is None:
            e.weight += amount
        else:
            quantity.write(e, quantity.read(e) + amount)

    def bound(self, acts_on: str, e: Any) -> None:
        """`clip` of all rules that act on this quantity, in their order."""
        for bounded, call in self.clips:
            if bounded == acts_on:
                self._bound(acts_on, call, e)

    def _bound(self, acts_on: str, call: Call, e: Any) -> None:
        quantity = self.at.quantity_of(acts_on)
        if quantity is None:
            e.weight = float(call(e))
        else:
            quantity.write(e, call(e))

    # Semantics 2.7

    def increment(self) -> None:
        """Finer scopes first, so that every hook reads the coarser ones as they were before."""
        rows, posts = self._events()
        self._schedule(rows)
        pre = [(synapse, old) for row, old in rows for synapse in self.at.rows[row.pre, row.delay]]
        post = [(synapse, old) for p, old in posts for synapse in self.at.incoming[p.post]]
        seen = dict(posts)
        branches = [
            (e, seen[self.at.posts[e.post]]) for e in self.at.owners(PerBranch) if self.at.posts[e.post] in seen
        ]
        later = self._due()
        for scope, on_pre, on_post in (
            (PerSynapse, pre, post),
            (PerBranch, pre, branches),
            (PerPre, rows, []),
            (PerPost, pre, posts),
        ):
            for call, e, old in later:
                if call.scope is scope:
                    self._write(call.updates(e), old)
            self._increment("on_pre", scope, on_pre)
            self.derive_weights()
            self._increment("on_post", scope, on_post)
        self.derive_weights()
        self.at.note_events()

    def _schedule(self, rows: list[Event]) -> None:
        """`after`: the event is seen that much later, by one synapse after the other."""
        for row, old in rows:
            for e in (row, *self.at.rows[row.pre, row.delay]) if self.later else ():
                for k, (call, after) in enumerate(self.later):
                    if (call.scope is PerPre) == (e is row):
                        due = self.sim.now + round(after(e) / self.sim.dt)
                        self.pending.setdefault(due, []).append((k, e, old or self.sim.is_frozen))

    def _due(self) -> list[tuple[Call, Any, bool]]:
        there = {synapse.identity for synapse in self.at.synapses} if self.later else set()
        due = self.pending.pop(self.sim.now, [])
        return [(self.later[k][0], e, old) for k, e, old in due if not isinstance(e, Synapse) or e.identity in there]

    def _increment(self, event: str, scope: Scope, events: list[Event]) -> None:
        """One event of all owners of a scope. At an owner all hooks read the same; a branch or neuron takes the
        presynaptic events of its synapses one after the other."""
        calls = [call for call in self.updates[event] if call.scope is scope]
        traces = [trace for trace in self.traces if trace.store.state.scope is scope and scope.event == event]
        for e, old in events:
            updates = [u for call in calls for u in call.updates(e)]
            self._write(updates + [u for trace in traces for u in trace.updates(e)], old)
            if scope is PerSynapse:
                for store, amount in self.increments.get((event, e.identity), ()):
                    store.write(e, store.read(e) + amount)

    def _write(self, updates: list[tuple[Store, Any, float]], old: bool = False) -> None:
        """New values; a spike of frozen time changes no slow state, also not afterwards."""
        for store, e, value in updates:
            if not (old and store.slow):
                store.write(e, value)

    def derive_weights(self, at_once: bool = False) -> None:
        """`weight`: the weight where it is derived from hidden states; in frozen time only `at_once`, by the user."""
        if self.sim.is_frozen and not at_once:
            return
        for call in self.weights:
            for synapse in self.at.synapses:
                synapse.weight = float(call(synapse))
                self.bound("w", synapse)

    # Semantics 2.8 and 2.9

    def update(self, event: str, only: Any = None) -> None:
        """State hooks of `step` or `on_tick`: all read the values before."""
        calls = [call for call in self.updates[event] if only is None or call.part in only]
        self._write([u for call in calls for e in self.at.owners(call.scope) for u in call.updates(e)])
        self.derive_weights()

    def change_all(self, event: str, only: Any = None) -> None:
        """Changes of `step` or `on_tick`, at every synapse or owner."""
        if self.sim.is_frozen:
            return
        self.increments = {}
        self.change(event, self.at.synapses, self.at.posts, only)
        for e in self.at.synapses if self.increments else ():
            for store, amount in self.increments.get((event, e.identity), ()):
                store.write(e, store.read(e) + amount)

