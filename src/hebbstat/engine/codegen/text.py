"""Small tools for text that is code: indenting, unpacking, guarding."""

from __future__ import annotations

from collections.abc import Iterable

from hebbstat.contract.hooks import Hook
from hebbstat.contract.state import State


def one_each(lines: Iterable[str]) -> list[str]:
    """Lines with embedded line breaks, one line each."""
    return [part for line in lines for part in line.split("\n")]


def indented(lines: Iterable[str], levels: int = 1) -> list[str]:
    """Lines moved to the right."""
    return [f"{'    ' * levels}{line}" for line in one_each(lines)]


def only_if(condition: str, lines: list[str]) -> list[str]:
    """Lines under a condition; without one they stand as they are."""
    return [f"if {condition}:", *indented(lines)] if condition and lines else lines


def when_learning(state: State, lines: list[str]) -> list[str]:
    """Slow states take note of nothing while the simulation is frozen."""
    return only_if("learning", lines) if state.slow else lines


def results(hook: Hook, call: str) -> list[tuple[State, str]]:
    """The states that a hook writes, each with its part of what the hook returned."""
    parts = [call] if len(hook.writes) == 1 else [f"{call}[{k}]" for k in range(len(hook.writes))]
    return list(zip(hook.writes, parts, strict=True))
