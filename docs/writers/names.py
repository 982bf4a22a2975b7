"""Names in backticks lead to their entry: `hs.PairSTDP`, `sim.run`, `TimedArray`; one of ours that is none fails.

What stands in a table's column of another simulator is a name of theirs, even if we have the same.
"""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx

from writers.targets import target

OTHERS = ("NEST", "Brian2", "PyNN")
"""Heads of columns in which names are not ours."""


def link(app: Sphinx, document: nodes.document) -> None:
    """Literals that are names become references to them; not in the changelog, which knows names of the past."""
    if app.env.docname == "changelog":
        return
    for literal in list(document.findall(nodes.literal)):
        inside = literal.parent
        while inside is not None and not isinstance(inside, nodes.reference | addnodes.pending_xref | nodes.title):
            inside = inside.parent
        name = target(literal.astext())
        if inside is not None or name is None or column_of(literal) in OTHERS or "kbd" in literal.get("classes", ()):
            continue
        reference = addnodes.pending_xref(
            "", refdomain="py", reftype="obj", reftarget=name, refexplicit=False, refwarn=True, refdoc=app.env.docname
        )
        literal.replace_self(reference)
        reference += literal


def column_of(node: nodes.Node) -> str:
    """The head of the column of a table in which something stands; nothing if it is in none."""
    while node is not None and not isinstance(node, nodes.entry):
        node = node.parent
    if node is None:
        return ""
    head = next(iter(node.parent.parent.parent.findall(nodes.thead)))
    return str(head.children[0].children[node.parent.index(node)].astext())


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
