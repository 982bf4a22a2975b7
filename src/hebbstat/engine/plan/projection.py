"""What a projection needs of the engine: how it is driven, what must be remembered, whether it may be event-driven."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from hebbstat.contract.hooks import Hook
from hebbstat.contract.mechanism import Bound
from hebbstat.contract.state import PerPre, PerSynapse, State
from hebbstat.engine.plan.arrays import Shape, Variable
from hebbstat.engine.plan.groups import Member, ProjectionGroup, lagged
from hebbstat.engine.plan.model import Model


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

    @property
    def replays(self) -> bool:
        """Whether postsynaptic events change synapses."""
        return bool(self.on_post or self.synapse_hooks("on_post"))

    @property
    def plastic(self) -> bool:
        """Whether anything at all changes its synapses."""
        return self.links.projection.is_plastic

    @property
    def keeps_the_past(self) -> bool:
        """Whether it has lagged states of rows or synapses: what these are can be told at every step only."""
        return any(state.scope in (PerPre, PerSynapse) for _, state in lagged(self.links))

    @property
    def timestamped(self) -> bool:
        """Whether synapses carry the step of their last event, for states that decay by themselves."""
        return any(state.moves for m, state in self.states("PerSynapse") if m.place.startswith("rule"))

    @property
    def fused(self) -> bool:
        """Whether a visit may replay the newest events, deliver and run `on_pre` in one go over the whole row.

        So it is if `on_pre` goes over the whole row anyway, and rules change nothing but the weight of a synapse.
        """
        changes = self.on_pre + self.on_post
        weight_only = all(bound.adds == (None, "w") and getattr(bound.owner, "acts_on", "") == "w" for bound in changes)
        kept = any(m.place.startswith("rule") for m, _ in self.states("PerSynapse")) or self.weights
        return bool(self.on_pre and self.on_post) and weight_only and not kept and not self.releases_by_row

    @property
    def coalesced(self) -> bool:
        """Whether rows are so short, one for each delay, that many are visited at once."""
        worked_on = self.plastic or self.release is not None
        return self.several_delays and worked_on and not self.rate and not self.releases_by_row

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
        return [
            (m, s)
            for m in self.links.members
            for s in m.mechanism.states.values()
            if s.is_plain and s.scope.name == scope
        ]

    def synapse_hooks(self, event: str) -> list[tuple[Member, Hook]]:
        """Hooks that write `PerSynapse` states of rules at an event."""
        return self.state_hooks("PerSynapse", event)

    def state_hooks(self, scope: str, event: str) -> list[tuple[Member, Hook]]:
        """Hooks that write states of one scope at an event."""
        return [
            (m, h)
            for m in self.rules
            for h in m.mechanism.hooks
            if h.event == event and h.writes and h.writes[0].scope.name == scope
        ]

    @property
    def reason(self) -> str:
        """Whether the projection is clock-driven or event-driven and why, in words."""
        if not self.plastic:
            return "static: its weights never change"
        if self.step or self.synapse_hooks("step"):
            rule = self.step[0].owner if self.step else self.synapse_hooks("step")[0][0].mechanism
            return f"clock-driven: {type(rule).__name__} acts at every step"
        if self.keeps_the_past:
            return "clock-driven: the past of its rows or synapses is noted at every step"
        if self.rate and self.replays:
            return "clock-driven: rate neurons transmit at every step"
        return (
            "event-driven: touched at presynaptic events, where postsynaptic ones are replayed"
            if self.replays
            else "event-driven: touched at presynaptic events only"
        )


def plans_of(model: Model) -> dict[str, Plan]:
    """The plan of each projection."""
    return {name: plan(links, _differ(model.made.synapses[name].delay)) for name, links in model.links.items()}


def _differ(delays: np.ndarray) -> bool:
    return bool(delays.min(initial=delays.max(initial=0)) < delays.max(initial=0))


def plan(links: ProjectionGroup, several_delays: bool) -> Plan:
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
            lists[bound.hook.event].append(bound)
    if found.timestamped:
        links.variables["stamp"] = Variable(Shape.SYNAPSE, -1, "int32")
    links.coalesced, links.replays = found.coalesced, found.replays
    return found
