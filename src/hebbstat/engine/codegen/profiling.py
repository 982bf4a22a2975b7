"""A module can be written so that it counts the processor's cycles in every part of a step."""

from __future__ import annotations

import re
from collections.abc import Iterator


def clocked(parts: list[list[str]], numbers: Iterator[int] | None) -> list[str]:
    """The lines of all parts, one after the other; with `numbers`, the cycles each takes are added up under its own."""
    if numbers is None:
        return [line for part in parts for line in part]
    lines: list[str] = []
    for part in parts:
        name = re.findall(r"(\w+)\(", "\n".join(part))[0]
        lines += ["began = cycles()", *part, f"network.spent[{next(numbers)}] += cycles() - began  # {name}"]
    return lines
