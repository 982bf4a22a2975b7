"""Docstrings as Markdown."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Iterable

import hebbstat as hs


def markdown(docstring: str | None) -> str:
    """A docstring as Markdown: indented blocks and examples become code, DOIs links, all else plain text.

    A block of code may follow its sentence without a blank line.
    """
    out: list[tuple[str, str]] = []  # (kind, text) with the kind text, python or prose
    for block in re.split(r"\n\s*\n", inspect.cleandoc(docstring or "")):
        for kind, text in _parts(block):
            if kind != "prose" and out and out[-1][0] == kind:
                out[-1] = (kind, f"{out[-1][1]}\n\n{text}")
            else:
                out.append((kind, text))
    shown = {"prose": escaped, "text": narrow, "python": imported}
    made = [(kind, shown[kind](text)) for kind, text in out if text]
    return "\n\n".join(text if kind == "prose" else f"```{kind}\n{text}\n```" for kind, text in made)


WIDE = 84
"""Characters of code that a page shows beside each other within an entry."""


def narrow(equations: str) -> str:
    """Equations that stand beside each other in a line that is too wide go below each other."""
    lines = []
    for line in equations.split("\n"):
        indent = line[: len(line) - len(line.lstrip())]
        parts = re.split(r"(?<=[,;]) {2,}", line.strip()) if len(line) > WIDE else [line.strip()]
        lines += [indent + part for part in parts]
    return "\n".join(lines)


def imported(code: str) -> str:
    """Examples in docstrings name our classes as they are called there; a user says `hs.` before them."""
    if ">>>" in code or re.search(r"^\s*(class|def|from|import) ", code, re.M):
        return code

    def full(found: re.Match[str]) -> str:
        ours = found[0] in hs.__all__ and found[0] != "Field"  # settings of experiments have that of pydantic
        return f"hs.{found[0]}" if ours else found[0]

    return re.sub(r"(?<![\w.\"'])([A-Z]\w+|gated)(?=[(.])", full, code)


def _parts(block: str) -> Iterable[tuple[str, str]]:
    """Prose, and the code that is indented below it."""
    if block.lstrip().startswith(">>>"):
        return [("python", textwrap.dedent(block))]
    lines = block.split("\n")
    first = next((k for k, line in enumerate(lines) if line.startswith("    ")), len(lines))
    if any(not line.startswith("    ") for line in lines[first:]) or lines[0].startswith("- "):
        first = len(lines)
    code = textwrap.dedent("\n".join(lines[first:]))
    return [("prose", "\n".join(lines[:first])), ("python" if is_python(code) else "text", code)]


def is_python(text: str) -> bool:
    """Whether a block is Python rather than an equation."""
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return bool(re.search(r"hs\.|import |class |def |[a-z]\w+\(\w", text)) and not re.search(r"^\w+/dt|exp\(", text)


def escaped(text: str) -> str:
    """Prose in which nothing but code and DOIs is marked up."""
    parts = re.split(r"(`[^`]+`)", text)
    for k in range(0, len(parts), 2):
        plain = re.sub(r"([*_<>\[\]{}|$~^\\#])", r"\\\1", parts[k])
        parts[k] = re.sub(r"doi:(10\.\d{4,}/[^\s,;)]*[^\s,;.)])", lambda found: _link(found[1]), plain)
    return "".join(parts)


def _link(doi: str) -> str:
    clean = doi.replace("\\", "")
    return f"[doi:{clean}](https://doi.org/{clean})"


def first_sentence(docstring: str | None) -> str:
    """What stands in a table for a thing: the first sentence, without what follows a colon with a block below it."""
    text = " ".join(inspect.cleandoc(docstring or "").split("\n\n")[0].split())
    found = re.match(r"(.*?[^.A-Z ]\.)(?= [A-Z`]|$)", text)
    return escaped((found[1] if found else text).rstrip(":"))


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table."""
    head = list(head)
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
