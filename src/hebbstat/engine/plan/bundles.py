"""Which projections lie in rows of their own, and which together in the rows of a bundle; in which order they deliver.

Where nothing changes the synapses of a population, all that a spike does is to add weights to sums of cells. Then the
synapses of a neuron onto all populations lie in one row, sorted by delay: what arrives in a step is one piece of it,
instead of one for each projection. Sums keep the order of docs/semantics.md, section 4: a projection joins a bundle
only if nothing that was connected between them adds to the same sums.
"""

from __future__ import annotations

from collections.abc import Mapping

from hebbstat.engine.plan.arrays import Shape
from hebbstat.engine.plan.groups import Bundle, ProjectionGroup
from hebbstat.engine.plan.model import Model
from hebbstat.engine.plan.projection import Plan
from hebbstat.engine.plan.reductions import onto, over_neurons

Sums = tuple[int, tuple[str, ...]]  # the cells, and their variables that amounts are added to


def bundle(model: Model, plans: Mapping[str, Plan]) -> None:
    """Put static projections into bundles, and note in which order all deliver."""
    read = {one.name for cells in model.cells.values() if over_neurons(model, cells) for one in onto(model, cells)}
    for name, plan in plans.items():
        links = plan.links
        keeps = any(member.mechanism.states for member in plan.rules)  # states of rules move with events
        works = plan.plastic or keeps or plan.rate or plan.release is not None
        if name in read or links.gathers or works or not links.delivers_to:
            model.arrivals.append(links)
            continue
        found = _bundle_for(model, links)
        if found is None:
            ident = f"rows_{len(model.bundles)}_of_{links.source.ident}"
            found = Bundle(f"rows {len(model.bundles)}.", ident, source=links.source, weighed=_weighed(links))
            model.bundles.append(found)
            model.arrivals.append(found)
        links.join(found)
        links.variables.pop("copy", None)  # tells copies of a pair apart for those who draw
        links.variables["w"].slow = True  # nothing but a user changes it
    order = {sums: k for k, sums in enumerate(sums_of(model))}
    for one in model.bundles:
        one.strands.sort(key=lambda links: order[fed(links)])


def fed(links: ProjectionGroup) -> Sums:
    """The sums that a projection adds to."""
    return id(links.target), links.delivers_to


def sums_of(model: Model) -> dict[Sums, ProjectionGroup]:
    """All sums that bundles add to, population by population; and a projection that does."""
    strands = [links for one in model.bundles for links in one.strands]
    names = list(model.cells)
    strands.sort(key=lambda links: (names.index(links.target.name), links.delivers_to))
    return {fed(links): links for links in strands}


def _weighed(links: ProjectionGroup) -> bool:
    return links.variables["w"].shape is Shape.SYNAPSE


def _bundle_for(model: Model, links: ProjectionGroup) -> Bundle | None:
    """The bundle that a projection may join: nothing adds to the same sums from there on."""
    for one in reversed(model.arrivals):
        if fed(links) in map(fed, one.strands if isinstance(one, Bundle) else [one]):
            return None
        if isinstance(one, Bundle) and _kind(one.strands[0]) == _kind(links):
            return one
    return None


def _kind(links: ProjectionGroup) -> tuple[str, bool, int]:
    """What projections in one bundle have in common: whose rows, with weights or without, into how many sums each."""
    return links.source.name, _weighed(links), len(links.delivers_to)
