"""Makes a failing script small: statements, arguments, list entries are left out as long as the outcome stays the same.

python -m strangers.shrink SEED [FLAG ...]     (from tests/) prints the smallest script that it found
"""

from __future__ import annotations

import ast
import sys
import time
from collections.abc import Callable, Iterator

from strangers.run import Outcome, run

Holds = Callable[[str], bool]


def shrink(text: str, seed: int, outcome: Outcome, looks: bool = True, seconds: float = 60.0) -> str:
    """The smallest script found whose outcome is of the same kind and place."""

    def holds(candidate: str) -> bool:
        found = run(candidate, seed, looks=looks, only=outcome.where if outcome.kind == "differs" else "")
        return (found.kind, found.where) == (outcome.kind, outcome.where)

    until = time.monotonic() + seconds
    while time.monotonic() < until:
        smaller = next((s for s in _smaller(text, until) if holds(s)), None)
        if smaller is None:
            return text
        text = _greedy(smaller, holds, until)
    return text


def _greedy(text: str, holds: Holds, until: float) -> str:
    """One pass over everything that can be left out, keeping what works."""
    number = 0
    while time.monotonic() < until:
        candidate = _without(text, number)
        if candidate is None:
            return text
        if candidate != text and holds(candidate):
            text = candidate
        else:
            number += 1
    return text


def _smaller(text: str, until: float) -> Iterator[str]:
    number = 0
    while time.monotonic() < until:
        candidate = _without(text, number)
        if candidate is None:
            return
        if candidate != text:
            yield candidate
        number += 1


def _places(tree: ast.Module) -> list[tuple[list, int]]:
    """What can be left out, largest first: (list, index)."""
    found: list[tuple[int, list, int]] = []
    for node in ast.walk(tree):
        lists: list[list] = []
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.For):
            lists.append(node.body)
        if isinstance(node, ast.Call):
            lists.append(node.keywords)
        if isinstance(node, ast.List) and any(not isinstance(e, ast.Constant) for e in node.elts):
            lists.append(node.elts)
        for one in lists:
            if len(one) > 1 or isinstance(node, ast.Call | ast.List):
                found += [(len(ast.dump(item)), one, k) for k, item in enumerate(one)]
    found.sort(key=lambda place: -place[0])
    return [(one, k) for _, one, k in found]


def _without(text: str, number: int) -> str | None:
    """The script without one thing; loops of frozen stretches may also be replaced by what is in them."""
    tree = ast.parse(text)
    places = _places(tree)
    if number >= len(places):
        return None
    at, k = places[number]
    del at[k]
    return ast.unparse(ast.fix_missing_locations(tree))


def fewer(seed: int, flags: frozenset[str], outcome: Outcome) -> frozenset[str]:
    """The flags without those that the outcome does not need."""
    from strangers.networks import compose

    for flag in sorted(flags):
        found = run(compose(seed, flags - {flag}), seed, looks="looks" in flags - {flag})
        if not outcome.good and (found.kind, found.where) == (outcome.kind, outcome.where):
            flags -= {flag}
    return flags


if __name__ == "__main__":
    from strangers.networks import FLAGS, compose

    seed, flags = int(sys.argv[1]), frozenset(sys.argv[2:] or FLAGS)
    first = run(compose(seed, flags), seed, looks="looks" in flags)
    flags = fewer(seed, flags, first)
    script = compose(seed, flags)
    print(shrink(script, seed, first, looks="looks" in flags) if not first.good else script)
    print("# flags:", *sorted(flags))
    print("#", first.kind, first.where, first.text[-900:].replace("\n", "\n# "))
