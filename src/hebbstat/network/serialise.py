"""A network as plain data and back: what a file can hold of it without holding code.

Data are JSON values; arrays stand apart under their sha256. Mechanisms, distributions, signals and wirings are given by
the name of their class and by their values; functions (a gate's `by=`, a `probability`) by name only. Reading a
description back never imports a module of a user: a class outside Hebbstat is found only if the program that reads has
imported it already. So a description from elsewhere can run no code that its reader has not chosen.
"""

from __future__ import annotations

import dataclasses
import hashlib
import importlib
import inspect
import sys
from collections.abc import Mapping
from typing import Any

import numpy as np

from hebbstat.contract.combinators import Gated, Wrapper
from hebbstat.contract.distributions import Distribution
from hebbstat.contract.errors import NotSupportedError
from hebbstat.contract.mechanism import Mechanism
from hebbstat.contract.signals import FollowState, Signal
from hebbstat.network.naming import rule_names
from hebbstat.network.network import Network, Population, Projection
from hebbstat.network.wiring import Connector, Kernel

Arrays = dict[str, np.ndarray]  # sha256 -> array
VALUES = (Distribution, Signal, FollowState, Connector, Kernel)
GIVEN = (
    "wiring", "weight", "delay", "dendritic_delay", "receptor", "release", "rules", "rule_names", "branches",
    "pre_part", "post_part",
)  # fmt: skip
ADD = ("neuron", "n", "rules", "rule_names", "positions", "spikes")


def describe(net: Network) -> tuple[dict[str, Any], Arrays]:
    """A network as JSON values, and the arrays that these name."""
    arrays: Arrays = {}
    populations = [{"name": p.name, **_attributes(p, ADD, arrays)} for p in net.populations.values()]
    projections = [
        {"name": p.name, "source": p.source.name, "target": p.target.name, **_attributes(p, GIVEN, arrays)}
        for p in net.projections.values()
    ]
    rules = {name: _plain(rule, arrays) for name, rule in net.rules.items()}
    found = {"dt": net.dt, "seed": net.seed, "populations": populations, "projections": projections, "rules": rules}
    return found, arrays


def rebuild(found: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> Network:
    """The network of a description; `NotSupportedError` if it needs functions, or classes that were not imported."""
    net = Network(found["dt"], found["seed"])
    for one in found["populations"]:
        given = _given(one, ADD, arrays)
        net.add(given.pop("neuron"), name=one["name"], **given)
    for one in found["projections"]:
        given = _given(one, GIVEN, arrays)
        ends = [(one[end], given.pop(part)) for end, part in (("source", "pre_part"), ("target", "post_part"))]
        source, target = (name if part is None else net.population(name)[part] for name, part in ends)
        net.connect(source, target, given.pop("wiring"), name=one["name"], **given)
    for name, rule in found["rules"].items():
        net.add_rule(_made(rule, arrays), name)
    return net


def _given(found: Mapping[str, Any], names: tuple[str, ...], arrays: Mapping[str, np.ndarray]) -> dict[str, Any]:
    """What a population or projection was described with."""
    given = {name: _made(found[name], arrays) for name in names}
    if names := given.pop("rule_names"):
        given["rules"] = dict(zip(names, given["rules"], strict=True))
    return given


def first_difference(one: Any, other: Any, place: str = "") -> str:
    """Where two descriptions first differ, in words; empty if they are equal."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        for key in dict.fromkeys([*one, *other]):
            inner = _place(place, key, one)
            if key not in one or key not in other:
                return f"{inner} is {'missing' if key in one else 'new'}"
            if words := first_difference(one[key], other[key], inner):
                return words
        return ""
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return next((words for k, (a, b) in enumerate(zip(one, other, strict=True))
                     if (words := first_difference(a, b, _place(place, k, a)))), "")  # fmt: skip
    if isinstance(one, str) and isinstance(other, str) and place.endswith((", class", ", function")):
        one, other = one.rpartition(":")[2], other.rpartition(":")[2]  # a script's classes are of '__main__', or not
    return "" if one == other else f"{place} was {_short(one)} and is {_short(other)}"


def _place(place: str, key: Any, inside: Any) -> str:
    """The way to a value, in the words of who described the network."""
    if isinstance(key, int):
        key = f"'{inside['name']}'" if isinstance(inside, Mapping) and "name" in inside else str(key)
    if key in ("populations", "projections", "values"):
        return place
    return f"{place}, {key}" if place else str(key)


def _short(value: Any) -> str:
    if isinstance(value, Mapping):
        return str(value.get("class") or f"an array {value.get('array', value)!s:.20}").rpartition(":")[2]
    if isinstance(value, list):
        return f"[{', '.join(map(_short, value))}]"
    return f"{value!r:.60}"


def _attributes(of: Population | Projection, names: tuple[str, ...], arrays: Arrays) -> dict[str, Any]:
    found = {name: _plain(getattr(of, name), arrays) for name in names}
    if of.rule_names == rule_names(of.rules, None, of.name):
        found["rule_names"] = []  # by class
    return found


def _plain(value: Any, arrays: Arrays) -> Any:
    """A value as JSON; arrays go to `arrays`."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, list | tuple):
        return [_plain(one, arrays) for one in value]
    if isinstance(value, np.ndarray):
        value = np.ascontiguousarray(value)
        if value.dtype.hasobject:
            raise NotSupportedError(f"an array of objects ({value!r:.60}) cannot be written to a file")
        name = named_by_content(value)
        arrays[name] = value
        return {"array": name}
    if isinstance(value, Mechanism):
        return _mechanism(value, arrays)
    if isinstance(value, VALUES):
        fields = {f.name: _plain(_array(getattr(value, f.name)), arrays) for f in dataclasses.fields(value)}
        return {"class": _path(type(value)), "values": fields}
    if callable(value):
        return {"function": _path(value)}
    raise NotSupportedError(f"{value!r} ({type(value).__name__}) cannot be written to a file")


def named_by_content(array: np.ndarray) -> str:
    """The name of an array among those of a description: a sha256 of its type, shape and values."""
    digest = hashlib.sha256(f"{array.dtype.str}{array.shape}".encode())
    digest.update(np.ascontiguousarray(array).reshape(-1).view(np.uint8).data)
    return digest.hexdigest()


def _array(value: Any) -> Any:
    """Lists of numbers become arrays: `FromPairs([0, 1], [1, 0])`."""
    numbers = isinstance(value, list | tuple) and not any(isinstance(one, str) for one in value)
    return np.asarray(value) if numbers else value


def _mechanism(value: Mechanism, arrays: Arrays) -> dict[str, Any]:
    found: dict[str, Any] = {"class": _path(type(value))}
    found["values"] = {name: _plain(one, arrays) for name, one in value.values.items()}
    if hasattr(value, "acts_on"):
        found["acts_on"] = value.acts_on
    if isinstance(value, Wrapper):
        found["inner"] = _mechanism(value.inner, arrays)
    if isinstance(value, Gated):
        assert value.gate is not None
        found["by"] = {"function": _path(value.gate.function)}
    return found


def _path(thing: Any) -> str:
    return f"{thing.__module__}:{thing.__qualname__}"


def _made(found: Any, arrays: Mapping[str, np.ndarray]) -> Any:
    """The value of a JSON value."""
    if isinstance(found, list):
        return tuple(_made(one, arrays) for one in found)
    if not isinstance(found, Mapping):
        return found
    if "array" in found:
        if found["array"] not in arrays:
            raise NotSupportedError("the arrays that describe the network were left out")
        return arrays[found["array"]]
    if "function" in found or "by" in found:
        name = (found.get("by") or found)["function"].rpartition(":")[2]
        raise NotSupportedError(f"the network uses the function {name}, and a file holds no functions")
    kind = _class(found["class"])
    values = {name: _made(value, arrays) for name, value in found["values"].items()}
    if issubclass(kind, Mechanism):
        return _made_mechanism(kind, found, values, arrays)
    return _made_value(kind, values)


def _made_value(kind: Any, values: dict[str, Any]) -> Any:
    """A distribution, signal or wiring: made as ever, so that it checks its values, if it is made from its fields."""
    if values.keys() != {field.name for field in dataclasses.fields(kind)}:
        raise NotSupportedError(f"the fields of {kind.__name__} are others than {', '.join(values) or 'none'}")
    try:
        inspect.signature(kind).bind(**values)
    except TypeError:  # somebody's own, which computes its fields from others: these were checked before
        made: Any = object.__new__(kind)
        for name, value in values.items():
            object.__setattr__(made, name, value)
        return made
    return kind(**values)


def _made_mechanism(
    kind: type[Mechanism], found: Any, values: dict[str, Any], arrays: Mapping[str, np.ndarray]
) -> Mechanism:
    inner = [_made(found["inner"], arrays)] if "inner" in found else []
    made = kind(*inner, **{name: value for name, value in values.items() if value is not None})
    if "acts_on" in found:
        vars(made)["acts_on"] = found["acts_on"]  # a text given as `on` could be meant for a field of that name
    return made


def _class(path: str) -> type:
    """The class of that name, if it is one of Hebbstat's or of a module that the program has imported."""
    module, _, name = path.partition(":")
    if module.startswith("hebbstat.") and not module.endswith("__main__"):
        importlib.import_module(module)
    found: Any = sys.modules.get(module)
    for part in name.split("."):
        found = getattr(found, part, None)
    if not (inspect.isclass(found) and issubclass(found, (Mechanism, *VALUES))):
        raise NotSupportedError(f"the network uses {name} of '{module}', which is not imported")
    return found
