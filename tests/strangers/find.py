"""What the strangers find: python -m strangers.find [FIRST LAST] from tests/ runs seeds and prints a table by letter.

Each letter of the list of faults has a set of flags that brings out its kind and nothing else. A case without flags
holds on the code before the fixes, so what differs with flags is of their letter.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import homeostat as hs
from strangers import singles
from strangers.networks import compose
from strangers.run import Outcome, run

PROFILES: dict[str, tuple[str, str]] = {
    "none": ("", "nothing that strangers do: holds"),
    "A1": ("dealt", "arrays beside pairs in any order"),
    "A2": ("names", "names that the engine uses itself"),
    "A3": ("draws copies", "random streams that are one"),
    "A4": ("arrays delays", "reading past an array"),
    "A5": ("lambdas", "lambdas on one line"),
    "A6": ("frozen", "frozen that learns"),
    "A7": ("set", "what is set between runs"),
    "A8": ("looks", "what is looked at"),
    "A11": ("shared arrays plans", "which receptors are shared"),
    "A11m": ("modulators", "what a modulator's name means, and when"),
    "C1": ("planned", "planned parameters of rules"),
    "C2": ("loops", "Python that the reference runs"),
    "C6": ("empty arrays", "a projection without synapses"),
}


def outcome(letter: str, seed: int) -> Outcome:
    """What comes of a seed with the flags of a letter."""
    flags = frozenset(PROFILES[letter][0].split())
    return run(compose(seed, flags), seed, looks="looks" in flags)


def row(letter: str, first: int, last: int) -> str:
    """A row of the table."""
    kinds: Counter[str] = Counter()
    seeds: dict[str, list[int]] = {}
    for seed in range(first, last):
        found = outcome(letter, seed)
        key = found.kind if found.good else f"{found.kind}: {found.where}"
        kinds[key] += 1
        seeds.setdefault(key, []).append(seed)
    failing = [key for key in kinds if key not in ("same", "refused")]
    told = "; ".join(f"{key} ({kinds[key]}: seeds {', '.join(map(str, seeds[key][:4]))})" for key in sorted(failing))
    flags, what = PROFILES[letter]
    bad = sum(kinds[key] for key in failing)
    return f"| {letter} | {what} | `{flags}` | {last - first} | {bad} | {kinds['refused']} | {told or '-'} |"


def table(first: int, last: int) -> str:
    """All rows, and what single precision says."""
    commit = _commit()
    lines = [f"Commit {commit}, seeds {first} to {last - 1} with each set of flags.", ""]
    lines += ["| letter | kind | flags | cases | found | refused | by what |", "|---|---|---|---:|---:|---:|---|"]
    began = time.perf_counter()
    lines += [row(letter, first, last) for letter in PROFILES]
    spent = (time.perf_counter() - began) / len(PROFILES) / max(1, last - first)
    for kind in singles.STREAMS:
        lines.append(f"| A9 | rare events in float32 ({kind}) | - | 1 | {_told(singles.rare(kind, 5))} |")
    for rule in ("Crumbs", "Drift"):
        lines.append(f"| A10 | small changes in float32 ({rule}) | - | 1 | {_told(singles.crumbs(rule))} |")
    return "\n".join([*lines, "", f"{spent:.2f} s a case."])


def _told(wrong: str) -> str:
    return f"{int(bool(wrong))} | 0 | {wrong or '-'}"


def _commit() -> str:
    folder = Path(hs.__file__).parents[2]
    done = subprocess.run(["git", "-C", str(folder), "rev-parse", "--short", "HEAD"], capture_output=True, text=True)
    return done.stdout.strip() or folder.name


if __name__ == "__main__":
    print(table(*(int(one) for one in sys.argv[1:3])) if len(sys.argv) > 2 else table(0, 40))
