"""Small pieces of kernels that many writers need."""

from __future__ import annotations

from hebbstat.contract.hooks import Hook
from hebbstat.contract.state import State
from hebbstat.engine.codegen import ir

LEARNING = ir.Local("learning")


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
