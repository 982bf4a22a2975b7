"""What the strangers find, by letter: `python -m strangers.find FIRST LAST [COMMIT]` from tests/ prints a table.

Each letter of the list of faults has a set of flags that brings out its kind and nothing else. A case without flags
holds on the code before the fixes, so what differs with flags is of their letter.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from strangers import singles
from strangers.networks import FLAGS, compose
from strangers.run import Outcome, run

import hebbstat as hs

PROFILES: dict[str, tuple[str, str, str]] = {  # flags, the only voice that is asked (all: empty), what it is about
    "none": ("", "", "nothing that strangers do"),
    "A1": ("dealt", "told in order", "arrays beside pairs in any order"),
    "A2": ("names", "", "names that the engine uses itself"),
    "A3 a, d": ("draws copies", "draws", "copies of a pair, hooks, places that draw the same"),
    "A3 b": ("draws modulators", "draws", "two instances of one noisy rule"),
    "A3 c": ("draws", "reference", "releases with states per row that draw"),
    "A4": ("arrays", "reference", "reading past an array"),
    "A5": ("lambdas", "reference", "lambdas on one line"),
    "A6": ("frozen", "reference", "frozen that learns"),
    "A7": ("set", "described", "what is set between runs"),
    "A7, A6": ("set looks frozen", "", "the same, within frozen stretches too"),
    "A8": ("looks", "reference", "what is looked at"),
    "A8 t": ("looks delays", "threads", "what is looked at, with several threads"),
    "A11": ("shared arrays plans", "reference", "which receptors are shared"),
    "A11 m": ("modulators", "", "what a modulator's name means, and when"),
    "C1": ("planned", "", "planned parameters of rules"),
    "C2": ("loops", "", "Python that the reference runs"),
    "C6": ("empty arrays", "", "a projection without synapses"),
    "all": ("*", "", "everything at once"),
}


def outcome(letter: str, seed: int) -> Outcome:
    """What comes of a seed with the flags of a letter."""
    flags, only, _ = PROFILES[letter]
    chosen = frozenset(FLAGS if flags == "*" else flags.split())
    return run(compose(seed, chosen), seed, looks="looks" in chosen, only=only)


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
    flags, only, what = PROFILES[letter]
    bad = sum(kinds[key] for key in failing)
    counts = f"{last - first} | {bad} | {kinds['refused']}"
    return f"| {letter} | {what} | `{flags}` | {only or 'all'} | {counts} | {told or '-'} |"


def table(first: int, last: int, commit: str) -> str:
    """All rows, and what single precision says."""
    lines = [f"Commit {commit}, seeds {first} to {last - 1} with each set of flags.", ""]
    lines += ["| letter | kind | flags | voice | cases | found | refused | by what |"]
    lines += ["|---|---|---|---|---:|---:|---:|---|"]
    began = time.perf_counter()
    lines += [row(letter, first, last) for letter in PROFILES]
    spent = (time.perf_counter() - began) / len(PROFILES) / max(1, last - first)
    for kind in singles.STREAMS:
        lines.append(f"| A9 | rare events in float32 ({kind}) | - | numpy | 1 | {_told(singles.rare(kind, 5))} |")
    for rule in ("Crumbs", "Drift"):
        lines.append(f"| A10 | small changes in float32 ({rule}) | - | numpy | 1 | {_told(singles.crumbs(rule))} |")
    return "\n".join([*lines, "", f"{spent:.2f} s a case."])


def _told(wrong: str) -> str:
    return f"{int(bool(wrong))} | 0 | {wrong or '-'}"


def _commit() -> str:
    """What is checked out where the package lies."""
    folder = Path(hs.__file__).parents[2]
    done = subprocess.run(["git", "-C", str(folder), "rev-parse", "--short", "HEAD"], capture_output=True, text=True)
    return done.stdout.strip() or "unknown"


if __name__ == "__main__":
    print(table(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else _commit()))
