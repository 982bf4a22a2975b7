"""All that the semantics allow and this engine does not do yet: the one list. The reference runs every one of them."""

from __future__ import annotations

from collections.abc import Iterator

from hebbstat.contract.errors import NotSupportedError
from hebbstat.contract.mechanism import Mechanism
from hebbstat.contract.state import (
    PerBranch,
    PerNeuron,
    PerPost,
    PerSynapse,
    Reduction,
    State,
)
from hebbstat.network.lookup import places
from hebbstat.network.network import Network
from hebbstat.network.rewiring import rewires

REFUSALS = {
    "branch": "states per dendritic branch",
    "newborn": "events delayed further with after= where synapses are born meanwhile",
    "over": "quantiles over all projections of a neuron",
    "reduced": "reductions of what moves by itself, or over anything but a postsynaptic neuron's synapses",
}
"""Key -> what is refused, in words."""


def refuse(key: str, where: str) -> NotSupportedError:
    """The error for one refusal."""
    return NotSupportedError(
        f"{where}: the compiled engine does not yet do {REFUSALS[key]}; hebbstat.ReferenceSimulation(net) does"
    )


def check(net: Network) -> None:
    """Raise the first refusal that a network meets."""
    for name, _, mechanism, _ in places(net):
        for key in _of_mechanism(mechanism):
            raise refuse(key, f"{type(mechanism).__name__} on '{name}'")
    for projection in net.projections.values():
        for _, mechanism in projection.mechanisms():
            late = any(hook.after and hook.writes[0].scope is PerSynapse for hook in mechanism.hooks)
            if late and rewires(projection):
                raise refuse("newborn", f"{type(mechanism).__name__} on '{projection.name}'")


def _of_mechanism(mechanism: Mechanism) -> Iterator[str]:
    for state in mechanism.states.values():
        yield from _of_state(mechanism, state)

def _of_state(mechanism: Mechanism, state: State) -> Iterator[str]:
    if state.scope is PerBranch:
        yield "branch"
    if isinstance(state.origin, Reduction):
        if state.origin.how == "quantile" and (state.origin.over == "neuron" or state.scope is PerNeuron):
            yield "over"
        if state.scope not in (PerPost, PerNeuron) or not _is_kept(mechanism, state.origin.of):
            yield "reduced"

def _is_kept(mechanism: Mechanism, name: str) -> bool:
    """Whether what a reduction is of lies in an array of synapses."""
    state = mechanism.states.get(name)
    return name == "w" or (state is not None and state.scope is PerSynapse and state.is_plain and not state.moves)
