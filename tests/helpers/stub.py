"""Writes src/hebbstat/__init__.pyi, what type checkers and editors see of the names that are loaded when first used.

python tests/helpers/stub.py
"""

from __future__ import annotations

import textwrap
from pathlib import Path

import hebbstat

STUB = Path(hebbstat.__file__).with_suffix(".pyi")
HEAD = '''"""The names of `hebbstat`, for type checkers and editors. Written by tests/helpers/stub.py; do not edit."""

'''


def text() -> str:
    """The stub that goes with the names of the package."""
    lines = ["from __future__ import annotations", ""]
    homes = {home: names.split() for home, names in hebbstat._HOMES.items()}
    for path in hebbstat._PARTS.values():
        home, _, part = path.rpartition(".")
        homes.setdefault(home, []).append(part)
    for home in sorted(homes):
        lines += [f"from {home} import {name} as {name}" for name in sorted(homes[home])]
    names = textwrap.wrap(", ".join(f'"{name}"' for name in sorted(hebbstat.__all__)), 115)
    shown = ["__all__ = [", *textwrap.indent("\n".join(names) + ",", "    ").split("\n"), "]", ""]
    return HEAD + "\n".join([*lines, "", "__version__: str", *shown])


if __name__ == "__main__":
    STUB.write_text(text(), encoding="utf-8")
