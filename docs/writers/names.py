"""Names in backticks lead to their entry: `hs.PairSTDP`, `sim.run`, `TimedArray`; one of ours that is none fails."""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx

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


def link(app: Sphinx, document: nodes.document) -> None:
    """Literals that are names become references to them; not in the changelog, which knows names of the past."""
    if app.env.docname == "changelog":
        return
    for literal in list(document.findall(nodes.literal)):
        inside = literal.parent
        while inside is not None and not isinstance(inside, nodes.reference | addnodes.pending_xref | nodes.title):
            inside = inside.parent
        name = target(literal.astext())
        if inside is not None or name is None or "kbd" in literal.get("classes", ()):
            continue
        reference = addnodes.pending_xref(
            "", refdomain="py", reftype="obj", reftarget=name, refexplicit=False, refwarn=True, refdoc=app.env.docname
        )
        literal.replace_self(reference)
        reference += literal


def types(app: Sphinx, env: Any, node: addnodes.pending_xref, text: nodes.TextElement) -> nodes.Node | None:
    """Types in signatures lead to their entry where they have one, and are text where not."""
    if node.get("refdomain") != "py" or node.get("reftype") != "class":
        return None
    domain = env.get_domain("py")
    for module in ("hebbstat", "hebbstat.units", "hebbstat.information", "hebbstat.stimuli", "hebbstat.experiments"):
        name = f"{module}.{node['reftarget'].rpartition('.')[2]}"
        if name in domain.objects:
            return domain.resolve_xref(
                env, node["refdoc"], app.builder, "obj", name, node, text
            )
    return text


def setup(app: Sphinx) -> dict[str, bool]:
    """Called by Sphinx."""
    app.connect("doctree-read", link)
    app.connect("missing-reference", types)
    return {"parallel_read_safe": True}
