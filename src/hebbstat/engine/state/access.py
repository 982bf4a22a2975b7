"""What a user calls by name: which mechanism it belongs to, and which variable of the engine it is.

`v` of a population is its neuron's; of a projection `w` is the weight, `release.u` and `receptor.g` belong to what
stands there. Rules are called as network/naming.py says: `stdp.x`, `PairSTDP.x`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hebbstat.contract.errors import BadValueError, UnknownNameError, suggestion
from hebbstat.contract.mechanism import Neuron
from hebbstat.engine.plan.arrays import Shape
from hebbstat.engine.plan.groups import NETWORK, Group, Member, ProjectionGroup
from hebbstat.engine.plan.model import Model
from hebbstat.network import naming
from hebbstat.network.network import Population, Projection


@dataclass(frozen=True)
class Found:
    """A state or parameter of a member of a group; of the weight the member is None."""

    group: Group
    member: Member | None
    name: str

    @property
    def key(self) -> str:
        """Its variable, if the engine has one."""
        return self.name if self.member is None else f"{self.member.prefix}{self.name}"

    @property
    def shape(self) -> Shape | None:
        """What its variable has values for; None without one: it follows a modulator, or is computed where it is read.
        """
        return self.group.shape(self.key)


def find(model: Model, of: Population | Projection | str, name: str) -> Found:
    """What a user calls `name` of a population, projection or rule of the network."""
    owner = owner_of(model, of)
    if not isinstance(name, str):
        raise BadValueError(f"{name!r} is no name of a state or parameter; it is a text such as 'v' or 'w'")
    known = names(model, owner)
    if name not in known:
        naming.refuse(owner, name, known)
    return known[name]


def owner_of(model: Model, of: Population | Projection | str) -> str:
    """The name of a population, projection or rule of the network that is there."""
    if not isinstance(of, str | Population | Projection):
        raise BadValueError(
            f"{of!r} is no population or projection; give what net.add() or net.connect() returned, or its name"
        )
    owner = of if isinstance(of, str) else of.name
    there = [*model.cells, *model.links, *model.net.rules]
    if owner not in there:
        raise UnknownNameError(f"no population or projection '{owner}'; {suggestion(owner, there)}")
    return owner


def names(model: Model, owner: str) -> dict[str, Found]:
    """All that a user may call by name, with what it is; of several names for one thing the first is the usual one."""
    members = _members(model, owner)
    spelled = _spelled(model, owner, [member for _, member in members if member is not None])
    found: dict[str, Found] = {}
    for group, member in members:
        if member is None:
            found["w"] = Found(group, None, "w")
            continue
        for name in naming.shown(member.mechanism):
            for one in spelled[member.place, name]:
                found[one] = Found(group, member, name)
        if isinstance(member.mechanism, Neuron) and any(hook.event == "output" for hook in member.mechanism.hooks):
            found.setdefault("rate", Found(group, member, "rate"))
    return found


def _members(model: Model, owner: str) -> list[tuple[Group, Member | None]]:
    """The members that an owner has; None stands for the weight."""
    if owner in model.net.rules:
        return [(model.rules, member) for member in model.rules.members if member.owner == owner]
    group: Any = model.cells.get(owner) or model.links[owner]
    weight: list[tuple[Group, Member | None]] = [(group, None)] if isinstance(group, ProjectionGroup) else []
    own = [(group, member) for member in group.members if member.place != "receptor"]
    pools = []
    if isinstance(group, ProjectionGroup):
        pools = [(group.target, pool) for pool in group.target.pools if pool.owner == group.receptor_of]
    return [*weight, *own, *pools]


def _spelled(model: Model, owner: str, members: Sequence[Member]) -> dict[tuple[str, str], list[str]]:
    """(place, name) -> what users call it, the usual name first."""
    return naming.spelled(model.net, owner, {member.place: naming.shown(member.mechanism) for member in members})


def called(model: Model, group: Group, key: str) -> str:
    """What a user calls a variable of a group: of the population, projection or rule of the network that it is of."""
    for member in group.members:
        if key.startswith(member.prefix):
            owner = member.owner if group.name == NETWORK else group.name
            members = [own for _, own in _members(model, owner) if own is not None]
            spelled = _spelled(model, owner, [*members, member])
            return spelled.get((member.place, key.removeprefix(member.prefix)), [key])[0]
    return key


def title(model: Model, found: Found) -> str:
    """What messages call it: its name and its owner."""
    group = found.group
    owner = found.member.owner if found.member is not None and group.name == NETWORK else group.name
    return f"{called(model, group, found.key)} of '{owner}'"
