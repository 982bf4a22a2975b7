"""What users call the rules of a population or projection, and what belongs to them.

A rule has the name that `rules={"stdp": PairSTDP()}` gives it, else that of its class: `PairSTDP`, or `PairSTDP_1` and
`PairSTDP_2` if there are several. A rule around another is one rule, called by the innermost: `Eligibility(PairSTDP())`
is `PairSTDP`. What belongs to a rule is `stdp.A_plus`; where two of its parts have that name, `stdp.PairSTDP.A_plus`. A
part may also be called by its class alone, `Eligibility.e`, where no other part of the owner is of that class.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple, NoReturn, Protocol

from hebbstat.contract.errors import BadValueError, UnknownNameError, suggestion
from hebbstat.contract.mechanism import Mechanism, PopulationRule
from hebbstat.contract.state import Inflow

if TYPE_CHECKING:
    from hebbstat.network.network import Network, Population, Projection

RESERVED = ("receptor", "release")


class Ruled(Protocol):
    """A population or projection."""

    @property
    def rules(self) -> Sequence[Mechanism]: ...
    @property
    def rule_names(self) -> Sequence[str]: ...


class Part(NamedTuple):
    """A part of a rule: the rule's name, the part's name in the rule, and the place where it stands."""

    rule: str
    name: str
    place: str
    mechanism: Mechanism


def parts_of(rule: Mechanism) -> tuple[Mechanism, ...]:
    """A rule's parts, the innermost first."""
    return (rule,) if isinstance(rule, PopulationRule) else rule.parts()  # type: ignore[attr-defined]


def rule_names(rules: Sequence[Mechanism], given: Iterable[str] | None, where: str) -> tuple[str, ...]:
    """The names of rules: those that are given, else by class."""
    if given is None:
        return tuple(_numbered([type(parts_of(rule)[0]).__name__ for rule in rules]))
    names = tuple(given)
    for name in names:
        if not isinstance(name, str) or not name or name.strip() != name or any(sign in name for sign in './"'):
            raise BadValueError(f"{name!r} is no name for a rule of {where}: a text without '.', '/' and quotes")
        if name in RESERVED:
            raise BadValueError(f"a rule of {where} cannot be called '{name}': that is the projection's {name}")
    return names


def _numbered(names: Sequence[str]) -> list[str]:
    """The names, those that come several times with a number behind them."""
    often, seen, found = Counter(names), Counter[str](), []
    for name in names:
        seen[name] += 1
        found.append(f"{name}_{seen[name]}" if often[name] > 1 else name)
    return found


def parts(owner: Ruled) -> list[Part]:
    """All parts of all rules, in the order of the rules."""
    found = []
    for k, (rule, name) in enumerate(zip(owner.rules, owner.rule_names, strict=True)):
        within = parts_of(rule)
        names = _numbered([type(part).__name__ for part in within])
        named = zip(names, within, strict=True)
        found += [Part(name, own, f"rule{k}.{j}", part) for j, (own, part) in enumerate(named)]
    return found


def owner_of(net: Network, name: str) -> Population | Projection | None:
    """The population or projection of that name; None if it is a rule of the network's."""
    return net.populations.get(name) or net.projections.get(name)


def spelled(net: Network, owner: str, values: Mapping[str, Iterable[str]]) -> dict[tuple[str, str], list[str]]:
    """(place, name) -> all that a user may call what an owner has, what messages say first.

    `values` has the names at each place of a population, projection or rule of the network.
    """
    before = {"neuron": "", "rule": "", "receptor": "receptor.", "release": "release."}
    found = {
        (place, name): [f"{before[place]}{name}"] for place in before if place in values for name in values[place]
    }
    on = owner_of(net, owner)
    return found if on is None else {**found, **_of_rules(on, values)}


def shown(mechanism: Mechanism) -> list[str]:
    """The names of a mechanism's parameters, derived values and states that can be looked at."""
    states = [name for name, state in mechanism.states.items() if not isinstance(state.origin, Inflow)]
    fields = [name for name, spec in mechanism.fields.items() if spec.unit is not None]
    return [*fields, *mechanism.derived, *states]


def refuse(owner: str, name: str, known: Mapping[str, Hashable]) -> NoReturn:
    """Says what could have been meant by a name that is not known: one of several, or a near one."""
    first: dict[Hashable, str] = {}
    for one, meaning in known.items():
        first.setdefault(meaning, one)
    usual = [*first.values()]
    rule, _, bare = name.partition(".")
    same = [one for one in usual if one.startswith(f"{rule}_") and one.endswith(f".{bare}")]
    same += [one for one in known if one.startswith(f"{rule}.") and one.endswith(f".{bare}")]
    if len(same) > 1:
        raise UnknownNameError(f"'{name}' of '{owner}' could be {' or '.join(map(repr, same))}")
    raise UnknownNameError(f"'{owner}' has no state or parameter '{name}'; {suggestion(name, usual)}")


def _of_rules(owner: Ruled, values: Mapping[str, Iterable[str]]) -> dict[tuple[str, str], list[str]]:
    there = parts(owner)
    classes = Counter(part.name for part in there)
    taken = set(owner.rule_names)
    parts_of_rule = {name: [part for part in there if part.rule == name] for name in taken}
    found: dict[tuple[str, str], list[str]] = {}
    for part in there:
        others = {n for p in parts_of_rule[part.rule] if p is not part for n in values[p.place]}
        for name in values[part.place]:
            by_class = [f"{part.name}.{name}"] if classes[part.name] == 1 and part.name not in taken else []
            by_rule = [f"{part.rule}.{name}"] if name not in others else []
            whole = [f"{part.rule}.{part.name}.{name}"] if len(parts_of_rule[part.rule]) > 1 else []
            found[part.place, name] = [*by_rule, *by_class, *whole]
    return found
