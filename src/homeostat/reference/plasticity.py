"""The rules of one projection: changes at events, increments, continuous changes, changes at ticks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from homeostat.network.scopes import aim_scope
from homeostat.reference.cells import Increment
from homeostat.reference.elements import Synapse
from homeostat.reference.names import bind
from homeostat.reference.parts import Call, Change, Part
from homeostat.reference.synapses import Connections
from homeostat.rule import Bound, Mechanism

EVENTS = ("on_pre", "on_post", "step", "every")


class Rules:
    """All rules of a projection. A hook runs once for each owner of what it writes."""

    def __init__(self, connections: Connections) -> None:
        self.at, self.sim = connections, connections.sim
        self.changes: dict[str, list[Change]] = {event: [] for event in EVENTS}  # of targets
        self.redirected: dict[str, list[tuple[Change, Any]]] = {event: [] for event in EVENTS}  # into states
        self.updates: dict[str, list[Call]] = {event: [] for event in EVENTS}
        self.later: list[tuple[Call, Callable[[Any], float]]] = []  # on_pre hooks seen `after` some time
        self.limits: dict[str, list[Call]] = {}  # target -> in the order of the rules
        self.weights: list[Call] = []
        self.rewiring: list[tuple[Part, dict[str, Call]]] = []
        self.pending: dict[int, list[tuple[int, Any, bool]]] = {}
        self.parts: dict[int, Part] = {id(part.mechanism): part for part in connections.rules}
        for rule in connections.projection.rules:
            for bound in rule.bound():
                self._sort_in(bound)
        self.traces = [
            (part, Increment(part, store)) for part in connections.rules for store in part.stores.values() if store.state.trace
        ]

    def part_of(self, mechanism: Mechanism) -> Part:
        """Where a mechanism stands."""
        return self.parts[id(mechanism)]

    def _sort_in(self, bound: Bound) -> None:
        part, hook = self.part_of(bound.owner), bound.hook
        if bound.adds is not None and bound.adds[0] is not None:
            state = self.part_of(bound.adds[0]).stores[bound.adds[1]]
            self.redirected[hook.event].append((Change(part, bound, "PerSynapse"), state))
        elif bound.adds is not None:
            self.changes[hook.event].append(Change(part, bound, aim_scope(bound.adds[1])))
        elif hook.writes:
            call = Call(part, hook, hook.writes[0].scope.name)
            if hook.after:
                self.later.append((call, bind(part, hook.after, "after")))
            else:
                self.updates[hook.event].append(call)
        elif hook.event == "limit":
            aim = part.mechanism.aim
            self.limits.setdefault(aim, []).append(Call(part, hook, aim_scope(aim)))
        elif hook.event == "weight":
            self.weights.append(Call(part, hook, "PerSynapse"))
        else:
            self._rewires(part, Call(part, hook, "Global" if hook.event == "attempts" else "PerSynapse"))

    def _rewires(self, part: Part, call: Call) -> None:
        if not self.rewiring or self.rewiring[-1][0] is not part:
            self.rewiring.append((part, {}))
        self.rewiring[-1][1][call.hook.event] = call

    # Who has an event now. A spike of frozen time changes no slow state, neither now nor later.

    def pre_synapses(self, *, slow: bool) -> list[Synapse]:
        """Synapses with a presynaptic event."""
        rows = [row for row, step in self.at.arriving_rows() if not (slow and self.sim.was_frozen(step))]
        return [synapse for row in rows for synapse in self.at.rows[row.pre, row.delay]]

    def posts(self, *, slow: bool) -> list[int]:
        """Neurons with a postsynaptic event."""
        return [post for post, step in self.at.post_events() if not (slow and self.sim.was_frozen(step))]

    # Semantics 2.6

    def change_at_events(self) -> None:
        """First the presynaptic events, then the postsynaptic ones; redirected changes wait for the increments."""
        self.increments: list[tuple[str, Any, Synapse, float]] = []
        if self.sim.is_frozen:
            return
        self.change("on_pre", self.pre_synapses(slow=True))
        posts = self.posts(slow=True)
        synapses = [synapse for post in posts for synapse in self.at.incoming[post]]
        self.change("on_post", synapses, [self.at.posts[post] for post in posts])

    def change(self, event: str, synapses: list[Synapse], owners: list[Any] | None = None, only: Any = None) -> None:
        """The changes of one event: all read the same values, are summed, added and bounded.

        What belongs to a neuron (`receptor.`, `post.`) runs for each of `owners`, or for each synapse if that is None.
        """
        wanted = [change for change in self.changes[event] if only is None or change.call.part in only]
        found: dict[str, dict[Any, tuple[Any, float]]] = {}
        for change in wanted:
            aim = change.bound.adds[1] if change.bound.adds else "w"
            whose = synapses if change.call.scope == "PerSynapse" or owners is None else owners
            sums = found.setdefault(aim, {})
            for e in whose:
                key = e.identity if change.call.scope == "PerSynapse" else e.post
                sums[key] = (e, sums[key][1] + change(e) if key in sums else change(e))
        for change, state in self.redirected[event]:
            if only is None or change.call.part in only:
                self.increments += [(event, state, e, change(e)) for e in synapses]
        for aim, sums in found.items():
            for e, amount in sums.values():
                self._add(aim, e, amount)

    def _add(self, aim: str, e: Any, amount: float) -> None:
        target = self.at.target_of(aim)
        if target is None:
            e.weight += amount
            self.bound(aim, e)
        elif aim_scope(aim) == "PerSynapse":
            target.write(e, target.read(e) + amount)
            self.bound(aim, e)
        else:
            target.waiting[e.post] = target.waiting.get(e.post, 0.0) + amount

    def bound(self, aim: str, e: Any) -> None:
        """`limit` of all rules with this target, in their order."""
        target = self.at.target_of(aim)
        for call in self.limits.get(aim, ()):
            if target is None:
                e.weight = float(call(e))
            else:
                target.write(e, call(e))

    # Semantics 2.7

    def increment(self) -> None:
        """Finer scopes first, so that every hook reads the coarser ones as they were before."""
        self._schedule()
        pre, posts = self.pre_synapses(slow=False), self.posts(slow=False)
        post = [synapse for j in posts for synapse in self.at.incoming[j]]
        later = self._due()
        for scope in ("PerSynapse", "PerBranch", "PerPre", "PerPost"):
            for call, e, frozen in later:
                if call.scope == scope and not (frozen and self._slow(call)):
                    self._write(call.updates(e))
            self._increment("on_pre", scope, pre)
            self._increment("on_post", scope, post)
        self.derive_weights()
        self.at.note_events()

    def _schedule(self) -> None:
        """`after`: the event is seen that much later."""
        for row, step in self.at.arriving_rows():
            frozen = self.sim.is_frozen or self.sim.was_frozen(step)
            for k, (call, after) in enumerate(self.later):
                for e in [row] if call.scope == "PerPre" else self.at.rows[row.pre, row.delay]:
                    due = self.sim.now + round(after(e) / self.sim.dt)
                    self.pending.setdefault(due, []).append((k, e, frozen))

    def _due(self) -> list[tuple[Call, Any, bool]]:
        there = {synapse.identity for synapse in self.at.synapses} if self.later else set()
        due = self.pending.pop(self.sim.now, [])
        return [(self.later[k][0], e, f or self.sim.is_frozen) for k, e, f in due if not isinstance(e, Synapse) or e.identity in there]

    def _slow(self, call: Call) -> bool:
        return any(call.part.stores[state.name].slow for state in call.hook.writes)

    def _increment(self, event: str, scope: str, synapses: list[Synapse]) -> None:
        """One event of all owners of one scope; a branch or neuron takes its synapses' events one after the other."""
        calls = [call for call in self.updates[event] if call.scope == scope]
        if scope == "PerSynapse":
            self._at_synapses(event, calls, synapses)
        elif event == "on_pre" and scope in ("PerBranch", "PerPost"):
            for synapse in synapses:
                self._write(u for call in calls for u in call.updates(synapse))
        else:
            owners = self._owners(event, scope)
            traces = [trace for _, trace in self.traces if trace.store.state.scope.name == scope and TRACED.get(scope) == event]
            updates = [u for call in calls for e in owners for u in call.updates(e)]
            self._write(updates + [u for trace in traces for e in owners for u in trace.updates(e)])

    def _owners(self, event: str, scope: str) -> list[Any]:
        if scope == "PerPre":
            return [row for row, _ in self.at.arriving_rows()] if event == "on_pre" else []
        posts = self.posts(slow=False)
        if scope == "PerPost":
            return [self.at.posts[post] for post in posts]
        return [e for e in self.at.owners("PerBranch") if e.post in posts]

    def _at_synapses(self, event: str, calls: list[Call], synapses: list[Synapse]) -> None:
        """State hooks, and what was redirected into the states of synapses."""
        if self.sim.is_frozen:
            return
        slow = {s.identity for s in (self.pre_synapses(slow=True) if event == "on_pre" else self._post_synapses())}
        self._write([u for call in calls for e in synapses if e.identity in slow for u in call.updates(e)])
        for when, store, e, amount in self.increments:
            if when == event:
                store.write(e, store.read(e) + amount)

    def _post_synapses(self) -> Iterable[Synapse]:
        return [synapse for post in self.posts(slow=True) for synapse in self.at.incoming[post]]

    def _write(self, updates: Iterable[tuple[Any, Any, float]]) -> None:
        for store, e, value in list(updates):
            store.write(e, value)

    def derive_weights(self) -> None:
        """`weight`: the weight where it is derived from hidden states."""
        if self.sim.is_frozen:
            return
        for call in self.weights:
            for synapse in self.at.synapses:
                synapse.weight = float(call(synapse))
                self.bound("w", synapse)

    # Semantics 2.8 and 2.9

    def update(self, event: str, only: Any = None) -> None:
        """State hooks of `step` or `every`: all read the values before."""
        calls = [call for call in self.updates[event] if only is None or call.part in only]
        self._write([u for call in calls for e in self.at.owners(call.scope) for u in call.updates(e)])
        self.derive_weights()

    def change_all(self, event: str, only: Any = None) -> None:
        """Changes of `step` or `every`, at every synapse or owner."""
        if self.sim.is_frozen:
            return
        self.increments = []
        self.change(event, self.at.synapses, self.at.posts, only)
        for _, store, e, amount in self.increments:
            store.write(e, store.read(e) + amount)


TRACED = {"PerPre": "on_pre", "PerPost": "on_post"}
"""By which event a trace of each scope is incremented."""
