"""What the scripts of the gallery share: a figure that carries a checked number, and the command line."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import matplotlib

matplotlib.use("Agg")

from matplotlib.figure import Figure


@dataclass(frozen=True)
class Number:
    """A number that a script found, what it should be, and where that is from."""

    what: str
    found: float
    expected: float
    within: float
    source: str

    @property
    def holds(self) -> bool:
        """Whether it is what it should be."""
        return abs(self.found - self.expected) <= self.within

    def __str__(self) -> str:
        verdict = "as expected" if self.holds else "NOT as expected"
        return f"{self.what}: {self.found:.4g}, {verdict} ({self.expected:.4g} within {self.within:.2g}; {self.source})"


def main(draw: Callable[[bool], tuple[Figure, Number]], doc: str | None) -> int:
    """Draw, write the figure and the number beside it, say the number; the exit code is 1 if it is not as expected."""
    parser = argparse.ArgumentParser(description=(doc or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a small version, in seconds")
    parser.add_argument("--out", type=Path, default=Path("figure.png"), help="the figure (default figure.png)")
    given = parser.parse_args()
    figure, number = draw(given.quick)
    figure.savefig(given.out, dpi=110)
    given.out.with_suffix(".json").write_text(json.dumps(asdict(number), indent=1) + "\n", "utf-8")
    print(number)
    return int(not number.holds)
