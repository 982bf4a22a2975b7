"""What a piece of code in backticks stands for: the full name of a public thing, or nothing."""

from __future__ import annotations

import re

import hebbstat as hs

SCOPES = ("PerNeuron", "PerPre", "PerPost", "PerSynapse", "PerBranch", "PerPopulation", "Global")
BEGINS = {"hs": "hebbstat", "sim": "hebbstat.Simulation", "net": "hebbstat.Network",
          **{scope: "hebbstat.Scope" for scope in SCOPES}}  # fmt: skip
"""What the variables of the examples stand for."""

CODE = re.compile(r"(\w+(?:\.\w+)*)(\(.*\))?", re.S)


def target(text: str) -> str | None:
    """The full name that a piece of code stands for; None for what is no public name."""
    found = CODE.fullmatch(text)
    if not found:
        return None
    first, _, rest = found[1].partition(".")
    if first in BEGINS and rest:
        return defined(f"{BEGINS[first]}.{rest}")
    if first not in hs.__all__ or first == "field":
        return None
    is_member = callable(getattr(getattr(hs, first), rest, None))  # else a state: `SynapticScaling.rate`
    return defined(f"hebbstat.{found[1]}") if is_member else f"hebbstat.{first}"


def defined(name: str) -> str:
    """`hebbstat.Simulation.state` is the entry of the base that defines it, if that has one."""
    _, kind, *rest = name.split(".")
    for base in getattr(getattr(hs, kind, None), "__mro__", ()):
        if len(rest) == 1 and rest[0] in vars(base) and getattr(hs, base.__name__, None) is base:
            return f"hebbstat.{base.__name__}.{rest[0]}"
    return name
