"""Functions that differ in names only are written once: what must be compiled grows with the kinds of populations and
projections in a network, not with their number.
"""

from __future__ import annotations

import re
from collections import Counter

FEW = 3  # uses of a function that become part of the kernel, each compiled anew; one with more is called
CALL = re.compile(r"\b(\w+)(?=\()")


def share(text: str) -> tuple[str, dict[str, str]]:
    """The functions of a text without those that are like an earlier one; and which of them stands for which others.

    A function must come after those that it calls.
    """
    kept, name_of = dict[str, str](), dict[str, str]()
    stands_for, uses = dict[str, str](), Counter[str]()
    for function in re.split(r"^(?=@)", text, flags=re.MULTILINE)[1:]:
        function = renamed(function, stands_for)
        (name,) = re.findall(r"^def (\w+)", function, re.MULTILINE)
        stands_for[name] = same = name_of.setdefault(_kind(function), name)
        kept.setdefault(same, function)
        uses[same] += 1
    calls = Counter(call for function in kept.values() for call in CALL.findall(function))
    for name in kept:
        if calls[name] == 1:  # only the kernel calls it
            kept[name] = _opening(kept[name])
            kept[name] = kept[name].replace("@inline", "@called", 1) if uses[name] > FEW else kept[name]
    return "".join(kept.values()), stands_for


def renamed(text: str, stands_for: dict[str, str]) -> str:
    """A text in which the functions that are kept are called."""
    return CALL.sub(lambda call: stands_for.get(call[1], call[1]), text)


def _opening(function: str) -> str:
    """A function that the kernel hands packed groups to: it opens those that it uses."""
    parts = re.fullmatch(r'(.*?def \w+\((.*?)\):\n(?:    """.*?"""\n)?)(.*)', function, re.DOTALL)
    assert parts is not None
    head, parameters, body = parts.groups()
    used = [group for group in parameters.split(", ")[1:] if re.search(rf"\b{group}\b", body)]
    opening = f"    {', '.join(used)} = {', '.join(f'opened({group})' for group in used)}\n" if used else ""
    return head + opening + body


def _kind(function: str) -> str:
    """A function without what it is called and what is said in words, its parameters numbered."""
    (name, parameters), *_ = re.findall(r"^def (\w+)\((.*?)\)", function, re.MULTILINE)
    numbers = {parameter: f"<{n}>" for n, parameter in enumerate(parameters.split(", "))}
    bare = re.sub(r'""".*?"""', "", function.replace(f"def {name}(", "def (", 1), flags=re.DOTALL)
    return re.sub(rf"(?<![\w.])({'|'.join(numbers)})\b(?!\()", lambda found: numbers[found[1]], bare)
