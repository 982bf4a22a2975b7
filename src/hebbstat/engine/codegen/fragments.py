"""Small pieces of kernels that many writers need."""

from __future__ import annotations

from collections.abc import Iterable

from hebbstat.contract.hooks import Hook
from hebbstat.contract.state import State
from hebbstat.engine.codegen import ir
from hebbstat.engine.codegen.quote import call, expr
from hebbstat.engine.plan.groups import Group, Member, ProjectionGroup

LEARNING = ir.Local("learning")
NOW = ir.Local("n")


def function(
    name: str,
    doc: str,
    groups: Iterable[Group],
    body: ir.Block,
    linkage: str = "inline",
    about: Iterable[ir.Local] = (),
) -> ir.Function:
    """A function that is given the step and some groups; what it is `about` comes before."""
    return ir.Function(name, linkage, doc, (*about, NOW, *map(ir.Whole, groups)), body)


def is_learning(network: Group) -> ir.Expression:
    """Whether time is not frozen."""
    return expr("network.learning[0] != 0", network=network)  # type: ignore[no-any-return]


def tick(member: Member) -> ir.Local:
    """The local that says whether a rule's clock ticks in this step."""
    return ir.Local(f"tick_{member.prefix[:-1]}")


def ticks(group: Group, member: Member) -> ir.Expression:
    """Whether it does."""
    return expr(f"(n + 1) % group.ticks_{member.prefix[:-1]} == 0", group=group)  # type: ignore[no-any-return]


def flushed(links: ProjectionGroup, network: Group) -> ir.Block:
    """Brings all synapses of a projection up to date, with the events of this step."""
    return (ir.Do(call(f"flush_{links.ident}", expr("n + 1"), links, links.target, network)),)


def let(name: str, value: ir.Expression) -> ir.Block:
    """A local variable gets a value."""
    return (ir.Assign(ir.Local(name), value),)


def put(to: ir.Expression, value: ir.Expression) -> ir.Block:
    """A value goes to its place."""
    return (ir.Assign(to, value),)


def when_learning(state: State, block: ir.Block) -> ir.Block:
    """Slow states take note of nothing while the simulation is frozen."""
    return ir.only_if(LEARNING, block) if state.slow else block


def kept_unless_learning(state: State, to: ir.Expression, value: ir.Expression) -> ir.Block:
    """A state gets a value, without a branch; a slow one keeps its own while the simulation is frozen."""
    return put(to, ir.Choice(value, LEARNING, to) if state.slow else value)


def results(hook: Hook, local: str) -> list[tuple[State, ir.Expression]]:
    """The states that a hook writes, each with its part of what the hook returned into a local variable."""
    whole = ir.Local(local)
    if len(hook.writes) == 1:
        return [(hook.writes[0], whole)]
    return [(state, ir.Item(whole, (ir.Number(k),))) for k, state in enumerate(hook.writes)]
