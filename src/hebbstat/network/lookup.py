"""What names and equal parts of a network mean, found out once: engine and reference ask here.

Which state a modulator's name is, which receptors are one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from hebbstat.contract.errors import ContractError, UnknownNameError, suggestion
from hebbstat.contract.mechanism import FollowState, Mechanism
from hebbstat.network.network import Network, Population

if TYPE_CHECKING:
    from hebbstat.network.instantiate import NetworkInstance


def followed(net: Network, source: str, who: str) -> tuple[str, str]:
    """The network rule and its state that 'rule' (its first state) or 'rule.state' names; `who` follows it."""
    rule, dot, state = source.partition(".")
    if rule not in net.rules:
        raise UnknownNameError(
            f"{who} follows '{source}', but no network rule is called so; {suggestion(rule, net.rules)}"
        )
    states = net.rules[rule].states
    if not states:
        raise UnknownNameError(f"{who} follows '{source}', but {type(net.rules[rule]).__name__} has no state")
    state = state if dot else next(iter(states))
    if state not in states:
        raise UnknownNameError(f"{who} follows '{source}', but '{rule}' has no such state; {suggestion(state, states)}")
    return rule, state


def modulator(net: Network, argument: str, who: str) -> tuple[str, str] | None:
    """What an argument of a gate means among the network's rules: `DA` its first state, `DA_level` its `level`."""
    if argument in net.rules:
        return followed(net, argument, who)
    found = [(rule, state) for rule in net.rules for state in net.rules[rule].states if argument == f"{rule}_{state}"]
    if len(found) > 1:
        meanings = " and ".join(f"{state} of '{rule}'" for rule, state in found)
        raise ContractError(f"{who} asks for '{argument}', which could be {meanings}; give one of them another name")
    return found[0] if found else None


class Read(NamedTuple):
    """A value that stands behind what a mechanism reads: its own, or (`side` pre, post, neuron) a neuron's."""

    side: str
    name: str
    derived: bool  # whether a derived value of that neuron lies between


def reads(mechanism: Mechanism, names: Iterable[str], sides: Mapping[str, Population]) -> set[Read]:
    """What stands behind names that hooks of a mechanism ask for: derived values are followed to what they read."""
    found, todo = set[Read](), [*names]
    done = set(todo)
    while todo:
        name = todo.pop()
        if name in mechanism.derived:
            new = set(mechanism.derived[name].all_reads) - done
            done |= new
            todo += new
            continue
        side, _, of = name.partition("_")
        if name in mechanism.fields or name in mechanism.states or side not in sides:
            found.add(Read("", name, False))
            continue
        neuron = sides[side].neuron
        if of in neuron.derived:
            found |= {Read(side, read.name, True) for read in reads(neuron, [of], {})}
        else:
            found.add(Read(side, of, False))
    return found


def shared_receptors(made: NetworkInstance) -> dict[str, str]:
    """For each projection with a receptor, the projection whose receptor it is: its own, or an earlier equal one.

    Equal are receptors of one class, onto one population, with the same parameters: numbers, arrays, plans or what
    they follow. One with a parameter that some rule changes is shared with none.
    """
    from hebbstat.network.instantiate import targets

    moving = {owner for owner, place, _ in targets(made.network) if place == "receptor"}
    owners: dict[str, str] = {}
    for name, projection in made.network.projections.items():
        if projection.receptor is None:
            continue
        owners[name] = name
        for other in list(dict.fromkeys(owners.values())):
            if name not in moving and other not in moving and _equal(made, name, other):
                owners[name] = other
                break
    return owners


def _equal(made: NetworkInstance, name: str, other: str) -> bool:
    one, two = made.network.projections[name], made.network.projections[other]
    if name == other or one.target is not two.target or type(one.receptor) is not type(two.receptor):
        return False
    assert one.receptor is not None
    a, b = made.values[name, "receptor"], made.values[other, "receptor"]
    return all(_same(a[field], b[field]) for field in one.receptor.fields)


def _same(a: Any, b: Any) -> bool:
    if type(a) is not type(b):
        return False
    if isinstance(a, FollowState):
        return a.source == b.source
    if hasattr(a, "every"):  # a planned signal
        return a.every == b.every and a.repeat == b.repeat and np.array_equal(a.values, b.values)
    return bool(np.array_equal(a, b))
