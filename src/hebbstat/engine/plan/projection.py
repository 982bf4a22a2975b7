"""What a projection needs of the engine: how it is driven, what must be remembered, whether it may be event-driven."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from hebbstat.contract.hooks import Hook
from hebbstat.contract.mechanism import Bound, Mechanism, Plasticity
from hebbstat.contract.state import PerBranch, PerPost, PerPre, PerSynapse, Reduction, State
from hebbstat.engine.plan import given, reductions
from hebbstat.engine.plan.arrays import Role, Shape, Variable
from hebbstat.engine.plan.groups import Member, ProjectionGroup, lagged
from hebbstat.engine.plan.model import Model
from hebbstat.network import received
from hebbstat.network.lookup import neurons, quantity_of, reads
from hebbstat.network.scopes import quantity_scope


@dataclass(eq=False)
class Plan:
    """The traits of a projection that decide what is generated for it."""

    links: ProjectionGroup
    rate: bool  # its source has an output instead of spikes
    several_delays: bool = False
    on_pre: list[Bound] = field(default_factory=list)
    on_post: list[Bound] = field(default_factory=list)
    step: list[Bound] = field(default_factory=list)
    on_tick: list[Bound] = field(default_factory=list)
    clip: list[Bound] = field(default_factory=list)
    weights: list[Bound] = field(default_factory=list)
    of_cells: list[Bound] = field(default_factory=list)  # changes of what belongs to a postsynaptic neuron
    eager: str = ""  # why events change synapses at once, at every step, if they do
    drifts: bool = False  # whether weights are derived from what changes between events

    @property
    def on_post_changes(self) -> bool:
        """Whether postsynaptic events change synapses."""
        return bool(self.on_post or self.synapse_hooks("on_post"))

    @property
    def replays(self) -> bool:
        """Whether they do so later, when a row is visited."""
        return self.on_post_changes and not self.eager

    @property
    def plastic(self) -> bool:
        """Whether anything at all changes its synapses."""
        return self.links.projection.is_plastic

    @property
    def rewires(self) -> bool:
        """Whether synapses die or are born."""
        return self.links.rewires

    @property
    def keeps_the_past(self) -> bool:
        """Whether it has lagged states of rows or synapses: what these are can be told at every step only."""
        return any(state.scope in (PerPre, PerSynapse) for _, state in lagged(self.links))

    @property
    def timestamped(self) -> bool:
        """Whether synapses carry the step of their last event, for states that decay by themselves."""
        return any(
            state.moves and f"{m.prefix}{state.name}" not in self.links.stepped
            for m, state in self.states("PerSynapse")
            if m.place.startswith("rule")
        )

    @property
    def fused(self) -> bool:
        """Whether a visit may replay the newest events, deliver and run `on_pre` in one go over the whole row.

        So it is if `on_pre` goes over the whole row anyway, and rules change nothing but the weight of a synapse.
        """
        changes = self.on_pre + self.on_post
        weight_only = all(bound.adds == (None, "w") and getattr(bound.owner, "acts_on", "") == "w" for bound in changes)
        kept = any(m.place.startswith("rule") for m, _ in self.states("PerSynapse")) or self.weights
        lazy = not self.releases_by_row and not self.eager
        return bool(self.on_pre and self.on_post) and weight_only and not kept and lazy

    @property
    def coalesced(self) -> bool:
        """Whether rows are so short, one for each delay, that many are visited at once."""
        worked_on = self.plastic or self.release is not None
        return self.several_delays and worked_on and not (self.rate or self.releases_by_row or self.eager)

    @property
    def releases_by_row(self) -> bool:
        """Whether the release keeps states that all synapses of a presynaptic neuron share."""
        return any(m is self.release for m, _ in self.states("PerPre"))

    @property
    def rules(self) -> list[Member]:
        """The members that are rules."""
        return [m for m in self.links.members if m.place.startswith("rule")]

    @property
    def release(self) -> Member | None:
        """The member that is the release."""
        return next((m for m in self.links.members if m.place == "release"), None)

    def states(self, scope: str) -> list[tuple[Member, State]]:
        """Plain states of one scope with their members."""
        return [(m, s) for m, s in self.links.states if s.is_plain and s.scope.name == scope]

    def synapse_hooks(self, event: str) -> list[tuple[Member, Hook]]:
        """Hooks that write `PerSynapse` states of rules at an event."""
        return self.state_hooks("PerSynapse", event)

    def state_hooks(self, scope: str, event: str) -> list[tuple[Member, Hook]]:
        """Hooks that write states of one scope at an event."""
        return [
            (m, h)
            for m in self.rules
            for h in m.mechanism.hooks
            if h.event == event and h.writes and h.writes[0].scope.name == scope and not h.after
        ]

    @property
    def reason(self) -> str:
        """Whether the projection is clock-driven or event-driven and why, in words."""
        if not self.plastic:
            return "static: its weights never change"
        if self.step or self.synapse_hooks("step"):
            rule = self.step[0].owner if self.step else self.synapse_hooks("step")[0][0].mechanism
            return f"clock-driven: {type(rule).__name__} acts at every step"
        if self.eager:
            return f"clock-driven: {self.eager}"
        if self.keeps_the_past:
            return "clock-driven: the past of its rows or synapses is noted at every step"
        return (
            "event-driven: touched at presynaptic events, where postsynaptic ones are replayed"
            if self.replays
            else "event-driven: touched at presynaptic events only"
        )


def plans_of(model: Model) -> dict[str, Plan]:
    """The plan of each projection."""
    reductions.prepare(model)
    given.prepare(model)
    return {name: plan(model, links, model.made.synapses[name].several_delays) for name, links in model.links.items()}


def plan(model: Model, links: ProjectionGroup, several_delays: bool) -> Plan:
    """Sort a projection's hooks by what sets them off."""
    found = Plan(links, not links.source.population.spiking, several_delays)
    lists = {
        "on_pre": found.on_pre,
        "on_post": found.on_post,
        "step": found.step,
        "on_tick": found.on_tick,
        "clip": found.clip,
        "weight": found.weights,
    }
    for _, bound in links.hooks:
        if not bound.hook.writes and bound.hook.event in lists:
            of_cell = bound.adds is not None and bound.adds[0] is None and quantity_scope(bound.adds[1]) is PerPost
            (found.of_cells if of_cell else lists[bound.hook.event]).append(bound)
    found.eager = _why_eager(model, found)
    found.drifts = any(_derives_from_what_moves(model, found, bound) for bound in found.weights)
    for member, hook in [(m, hook) for m in found.rules for hook in m.mechanism.hooks if hook.after]:
        _see_later(model, links, member, str(hook.after))
    if found.timestamped:
        links.variables["stamp"] = Variable(Shape.SYNAPSE, -1, "int32")
    links.coalesced, links.replays = found.coalesced, found.replays
    return found


def _see_later(model: Model, links: ProjectionGroup, member: Member, name: str) -> None:
    """The steps by which a hook sees events later."""
    after = links.variables[f"{member.prefix}{name}"]
    steps = np.rint(np.asarray(after.value, float) / model.net.dt).astype(int)
    value = int(steps) if steps.ndim == 0 else steps
    links.variables[f"after_{member.prefix}{name}"] = Variable(after.shape, value, "int32", Role.WIRING)
    links.latest = max(links.latest, int(steps.max(initial=0)))
    if links.rewires:  # what was born since an event does not see it
        links.variables["born_at"] = Variable(Shape.SYNAPSE, -1, "int32")


def _why_eager(model: Model, plan: Plan) -> str:
    """Why events must change synapses at once, if they must: docs/semantics.md, section 6."""
    bounds = [bound for _, bound in plan.links.hooks]
    for bound in bounds:
        hook, who = bound.hook, type(bound.owner).__name__
        if hook.after:
            return f"{who} sees events later"
        if hook.event == "on_pre" and hook.writes and hook.writes[0].scope is PerPost:
            return f"presynaptic events change what {who} keeps of a postsynaptic neuron"
        if hook.event == "weight" and _derives_from_what_moves(model, plan, bound):
            return f"weights that {who} derives change between events"
        if bound in plan.of_cells and hook.event in ("on_pre", "on_post"):
            return f"events of {who} change the postsynaptic neuron"
        if _reads_what_events_change(model, plan, bound):
            return f"{who} reads what events of synapses change of neurons"
        if hook.event in ("on_pre", "clip") and _reads_what_arrives(model, plan, bound):
            return f"{who} reads a receptor at the events at which spikes reach it"
    for member, state in plan.links.states:
        if state.scope is PerBranch and not isinstance(state.origin, Reduction):
            return f"{type(member.mechanism).__name__} keeps states of dendritic branches"
    if plan.on_post_changes:
        return _why_not_replayed(model, plan, bounds)
    return ""


def _why_not_replayed(model: Model, plan: Plan, bounds: list[Bound]) -> str:
    """Why postsynaptic events cannot be replayed later, if they cannot."""
    if plan.rate:
        return "rate neurons transmit at every step"
    if plan.keeps_the_past:
        return "the past of its rows or synapses is noted at every step"
    rules = [(m, s) for m, s in [*plan.states("PerPre"), *plan.states("PerSynapse")] if m.place.startswith("rule")]
    for member, state in rules:
        if f"{member.prefix}{state.name}" in plan.links.stepped:
            return f"what {type(member.mechanism).__name__} keeps goes step by step"
    for bound in bounds:
        if bound.hook.event in ("on_post", "clip", "weight"):
            for mechanism, names in _asked(bound):
                at = (plan.links.name, plan.links.member(mechanism).place)
                if model.moves.any(mechanism, names, plan.links.projection, at, "pre"):
                    return f"{type(mechanism).__name__} reads the presynaptic neuron at postsynaptic events"
    if _meet(bounds):
        return "events of one step see each other"
    return ""


def _asked(bound: Bound) -> list[tuple[Mechanism, tuple[str, ...]]]:
    """What a hook and its gates ask for, and of which mechanism."""
    gates = [(bound.owner if gate.owner is None else gate.owner, gate.reads) for gate in bound.gates]
    return [(bound.owner, bound.hook.all_reads), *gates]


def _derives_from_what_moves(model: Model, plan: Plan, bound: Bound) -> bool:
    """Whether what a weight is derived from changes by itself, or is no state of the synapse."""
    mechanism, place = bound.owner, plan.links.member(bound.owner).place
    own = (*mechanism.states, *mechanism.fields, *mechanism.derived, "dt")
    for name in bound.hook.all_reads:
        state = mechanism.states.get(name)
        kept = state is None or (state.is_plain and not state.moves and state.scope is PerSynapse)
        if name not in own or not kept:
            return True
    return model.moves.any(mechanism, bound.hook.all_reads, plan.links.projection, (plan.links.name, place))


def _reads_what_events_change(model: Model, plan: Plan, bound: Bound) -> bool:
    """Whether hooks read a parameter of a neuron that events of synapses change: before, or after that."""
    projection = plan.links.projection
    for mechanism, names in _asked(bound):
        around = neurons(mechanism, projection)
        read = [one for one in reads(mechanism, names, projection) if one.side]
        if any((around[one.side].name, "neuron", one.name) in model.moves.by_events for one in read):
            return True
        for of, what in received.behind(model.net, mechanism, names, projection):
            receptor = model.net.projections[of].receptor
            assert receptor is not None
            behind = reads(receptor, [what], model.net.projections[of])
            if any((of, "receptor", one.name) in model.moves.by_events for one in behind if not one.side):
                return True
        asks = "value" in names and bound.hook.writes and isinstance(mechanism, Plasticity)
        aim = mechanism.acts_on if asks and isinstance(mechanism, Plasticity) else "w"
        if aim != "w" and quantity_of(projection, aim) in model.moves.by_events:
            return True
    return False


def _reads_what_arrives(model: Model, plan: Plan, bound: Bound) -> bool:
    """Whether a hook or gate reads a state of a receptor that takes amounts as they arrive: all that do, come first."""
    for mechanism, names in _asked(bound):
        for of, what in received.behind(model.net, mechanism, names, plan.links.projection):
            receptor = model.net.projections[of].receptor
            if receptor is not None and what in receptor.states and receptor.takes(receptor.states[what]):
                return True
    return False


def _meet(bounds: list[Bound]) -> bool:
    """Whether in one step what one event does to a synapse is read by hooks of the other, which must not see it."""
    on_post = [bound for bound in bounds if bound.hook.event == "on_post" and bound.adds]
    before = {id(state) for bound in bounds for state in _written_at_presynaptic_events(bound)}
    for bound in on_post:
        states = bound.owner.states
        if any(name in states and id(states[name]) in before for _, names in _asked(bound) for name in names):
            return True
    changed = {bound.adds[1] for bound in on_post if bound.adds and bound.adds[0] is None}
    for bound in bounds:
        if _written_at_presynaptic_events(bound) and not bound.adds:
            reads_value = "value" in bound.hook.all_reads and getattr(bound.owner, "acts_on", "") in changed
            if reads_value or ("w" in changed and "w" in bound.hook.all_reads):
                return True
    return False


def _written_at_presynaptic_events(bound: Bound) -> list[State]:
    """States of the synapse that a hook writes or, redirected, adds to."""
    if bound.hook.event != "on_pre":
        return []
    if bound.adds and bound.adds[0] is not None:
        return [bound.adds[0].states[bound.adds[1]]]
    return [state for state in bound.hook.writes if state.scope is PerSynapse]
