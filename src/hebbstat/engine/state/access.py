"""What a user calls by name: which mechanism it belongs to, and which variable of the engine it is.

`v` of a population is its neuron's, `rule0.x` its rule's; of a projection `w` is the weight, `release.u`, `receptor.g`
and `rule0.x` belong to what stands there, `rule0.1.x` to the second part of a rule around another.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hebbstat.contract.errors import BadValueError, UnknownNameError, suggestion
from hebbstat.contract.mechanism import Neuron
from hebbstat.engine.plan.model import NETWORK, Group, Links, Member, Model
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
    def kind(self) -> str:
        """The kind of its variable; empty if it has none: it follows a modulator, or is computed where it is read."""
        return self.group.kind(self.key)


def find(model: Model, of: Population | Projection | str, name: str) -> Found:
    """What a user calls `name` of a population, projection or rule of the network."""
    owner = owner_of(model, of)
    if not isinstance(name, str):
        raise BadValueError(f"{name!r} is no name of a state or parameter; it is a text such as 'v' or 'w'")
    known = names(model, owner)
    place, _, bare = name.rpartition(".")
    for asked in (name, f"{place}.0.{bare}"):  # 'rule0.x' is short for 'rule0.0.x'
        if asked in known:
            return known[asked]
    raise UnknownNameError(f"'{owner}' has no state or parameter '{name}'; {suggestion(name, map(_short, known))}")


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
    """All that a user may call by name, with what it is."""
    found: dict[str, Found] = {}
    for group, member, place in _members(model, owner):
        if member is None:
            found["w"] = Found(group, None, "w")
            continue
        mechanism = member.mechanism
        states = [name for name, state in mechanism.states.items() if state.is_plain or state.reduction or state.sensor]
        fields = [name for name, spec in mechanism.fields.items() if spec.unit is not None]
        for name in (*fields, *mechanism.derived, *states):
            found[f"{place}{name}"] = Found(group, member, name)
        if isinstance(mechanism, Neuron) and any(hook.event == "output" for hook in mechanism.hooks):
            found.setdefault("rate", Found(group, member, "rate"))
    return found


def _members(model: Model, owner: str) -> list[tuple[Group, Member | None, str]]:
    """The members that an owner has, with what their names begin with for the user."""
    if owner in model.net.rules:
        return [(model.rules, member, "") for member in model.rules.members if member.owner == owner]
    group: Any = model.cells.get(owner) or model.links[owner]
    places: list[tuple[Group, Member | None, str]] = [(group, None, "w")] if isinstance(group, Links) else []
    for member in group.members:
        if member.place != "receptor":
            places.append((group, member, "" if member.place == "neuron" else f"{member.place}."))
    if isinstance(group, Links):
        pools = [pool for pool in group.target.pools if pool.owner == group.receptor_of]
        places += [(group.target, pool, "receptor.") for pool in pools]
    return places


def called(group: Group, key: str) -> str:
    """What a user calls a variable of a group."""
    for member in group.members:
        if key.startswith(member.prefix):
            place = {"neuron": "", "rule": ""}.get(member.place, f"{member.place}.")
            return _short(f"{place}{key.removeprefix(member.prefix)}")
    return key


def title(found: Found) -> str:
    """What messages call it: its name and its owner."""
    group = found.group
    owner = found.member.owner if found.member is not None and group.name == NETWORK else group.name
    return f"{called(group, found.key)} of '{owner}'"


def _short(name: str) -> str:
    place, _, bare = name.rpartition(".")
    return f"{place.removesuffix('.0')}.{bare}" if place.endswith(".0") else name
