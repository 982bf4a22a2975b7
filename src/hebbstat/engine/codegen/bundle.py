"""Writes how the spikes of a population reach the static synapses that lie together in its rows (`plan/bundles.py`)."""

from __future__ import annotations

from hebbstat.engine.codegen import ir
from hebbstat.engine.codegen.fragments import function
from hebbstat.engine.codegen.quote import array, code
from hebbstat.engine.plan.groups import Bundle


def of_bundle(bundle: Bundle) -> ir.Function:
    """Its one function, `arrive`."""
    strands = () if bundle.weighed else bundle.strands
    each, all_equal = array(bundle, "w"), ir.Several(tuple(array(one, "w") for one in strands))
    body = code(
        """
DELIVER(
    n, rows.delays, rows.begin, rows.segment, rows.post, weights, source.ids, source.counts, source.firsts, rows.sums,
    rows.pieces,
)
""".replace("DELIVER", "deliver" if bundle.weighed else "deliver_equal"),
        rows=bundle, source=bundle.source, weights=each if bundle.weighed else all_equal,
    )  # fmt: skip
    names = ", ".join(f"'{links.name}'" for links in bundle.strands)
    doc = f"Spikes of {bundle.source.name!r} deliver, step `n`, in rows of {len(bundle.strands)}: {names}."
    return function(f"arrive_{bundle.ident}", doc, (bundle, bundle.source, *strands), body)
