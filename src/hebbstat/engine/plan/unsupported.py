"""All that the semantics allow and this engine does not do yet: the one list. The reference runs every one of them."""

from __future__ import annotations

from collections.abc import Iterator

from hebbstat.contract.errors import NotSupportedError
from hebbstat.contract.mechanism import Mechanism
from hebbstat.contract.state import PerBranch
from hebbstat.network.lookup import places
from hebbstat.network.network import Network

REFUSALS = {
    "branch": "states per dendritic branch",
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


def _of_mechanism(mechanism: Mechanism) -> Iterator[str]:
    if any(state.scope is PerBranch for state in mechanism.states.values()):
        yield "branch"
