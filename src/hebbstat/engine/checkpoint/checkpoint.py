"""Checkpoints: a simulation in a file, from which it goes on bit for bit, in another process, with other threads.

    sim.save("cut.ckpt")
    sim = Simulation.load("cut.ckpt")               # builds the network from its description in the file
    sim = Simulation.load("cut.ckpt", net=net)      # or from code; it must be the same network

A file holds everything that a run can change (`global_state.gather`), the network's description, and hashes of the
wiring, of the rules' code and of the kernel. It holds no code, and reading it imports none.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import numba
import numpy as np

from hebbstat.contract.errors import CheckpointError, HebbstatError, tell
from hebbstat.contract.language.source import code_text
from hebbstat.contract.mechanism import Mechanism
from hebbstat.engine.checkpoint import archive
from hebbstat.engine.checkpoint.validate import accept_parameters, vet_given, vet_header, vet_state
from hebbstat.engine.core import Core
from hebbstat.engine.jit.cache import fingerprint
from hebbstat.engine.state.global_state import gather, gather_delays, put
from hebbstat.network.instantiate import NetworkInstance, wiring_digest
from hebbstat.network.lookup import places
from hebbstat.network.network import Network
from hebbstat.network.serialise import describe, first_difference, rebuild

Made = TypeVar("Made")
STATE, GIVEN, KEPT = "state/", "network/", "recorded/"  # where a file has its arrays


@dataclass(frozen=True)
class Stored:
    """What a file holds."""

    path: Path
    header: dict[str, Any]
    arrays: dict[str, np.ndarray]

    def part(self, prefix: str) -> dict[str, np.ndarray]:
        """The arrays whose names begin so, under the rest of their names."""
        return {name.removeprefix(prefix): a for name, a in self.arrays.items() if name.startswith(prefix)}


class Identity:
    """What tells a simulation's network from others; computed once, for a network is never changed."""

    def __init__(self, core: Core) -> None:
        self.description, self.arrays = describe(core.net)
        self.header: dict[str, Any] = {
            "dtype": np.dtype(core.layout.real).name,
            "network": self.description,
            "wiring": {name: _wiring(core, name) for name in core.net.projections},
            "rules": dict(_code(core.net)),
            "kernel": fingerprint(_untimed(core.text)),
        }


_KNOWN: WeakKeyDictionary[Core, Identity] = WeakKeyDictionary()


def identity(core: Core) -> Identity:
    """The identity of a simulation's network, computed the first time it is asked for."""
    if core not in _KNOWN:
        _KNOWN[core] = Identity(core)
    return _KNOWN[core]


def save(
    core: Core,
    path: str | Path,
    *,
    alone: bool = True,
    run: Mapping[str, Any] | None = None,
    recorded: Mapping[str, np.ndarray] | None = None,
) -> Path:
    """Write a simulation to a file; see `Simulation.save`. `run` and `recorded` belong to a run under way."""
    if core.frozen_since is not None:
        raise CheckpointError("a frozen simulation cannot be saved; save it before `with sim.frozen()`, or after")
    own = identity(core)
    arrays = {f"{STATE}{name}": values for name, values in gather(core).items()}
    arrays |= {f"{GIVEN}{name}": values for name, values in (own.arrays if alone else {}).items()}
    arrays |= {f"{KEPT}{name}": values for name, values in (recorded or {}).items()}
    made_by = {"hebbstat": sys.modules["hebbstat"].__version__, "numba": numba.__version__, "numpy": np.__version__}
    header = {"made_by": made_by, "step": core.step_count, "time_ms": core.time, **own.header, "run": run}
    path = Path(path)
    archive.write(path, header, arrays)
    return path


def read(path: str | Path) -> Stored:
    """What a file holds, checked against its checksums; its header can be relied on, its arrays not yet."""
    stored = Stored(Path(path), *archive.read(Path(path)))
    try:
        vet_header(stored.header)
        vet_given(stored.part(GIVEN), stored.header["network"])
        parts = (STATE, GIVEN) if stored.header.get("run") is None else (STATE, GIVEN, KEPT)
        if others := [name for name in stored.arrays if not name.startswith(parts)]:
            raise ValueError(f"it holds the array '{others[0]:.60}', which belongs to nothing")
    except Exception as error:  # numbers may be too large to be compared
        raise CheckpointError(f"'{path}' is no checkpoint as Hebbstat writes it: {error}. {archive.ADVICE}") from error
    return stored


def load(stored: Stored, net: Network | NetworkInstance | None, make: Callable[[Any, str], Made]) -> Made:
    """What `make(net, dtype)` makes of the network that is given, or else of the one that a file describes."""
    return make(net, stored.header["dtype"]) if net is not None else _made(stored, make)


def restore(core: Core, stored: Stored, *, rules_changed: bool = False) -> None:
    """Put the state of a file into a simulation of the same network; `CheckpointError` if it is another one."""
    _verify(core, stored, rules_changed)
    state, step = stored.part(STATE), stored.header["step"]
    before, began = gather(core), core.step_count
    try:
        vet_state(core, before, state, step)
        accept_parameters(core, before, state, rules_changed)
    except ValueError as error:
        put(core, before, began)
        raise CheckpointError(
            f"'{stored.path}' was altered, or does not fit this version of Hebbstat or of the network's rules: {error}"
        ) from error
    put(core, state, step)
    _know_parameters(core, before, state)


def _know_parameters(core: Core, before: Mapping[str, np.ndarray], state: Mapping[str, np.ndarray]) -> None:
    """Parameters that were set between runs are what derived values will be computed from at the next change."""
    for group in (*core.model.cells.values(), *core.model.links.values()):
        for member in group.members:
            values = core.model.made.values[member.owner, member.place]
            for name in set(member.mechanism.fields) & set(values):
                key = f"{group.name}/{member.prefix}{name}"
                if key in state and not np.array_equal(before[key], state[key]):
                    values[name] = float(state[key]) if state[key].ndim == 0 else state[key].copy()


def _made(stored: Stored, make: Callable[[Any, str], Made]) -> Made:
    """A simulation of the network that a file describes; whatever is wrong with that is a `CheckpointError`."""
    net = None
    try:
        net = rebuild(stored.header["network"], stored.part(GIVEN))
        return make(net, stored.header["dtype"])
    except HebbstatError as error:
        if net is not None:
            raise CheckpointError(f"no simulation can be made of the network in '{stored.path}': {error}") from error
        raise CheckpointError(
            f"the network cannot be built from '{stored.path}' alone: {error}. Build it as before, and give it: "
            "Simulation.load(path, net=net)"
        ) from error
    except Exception as error:  # a description may be wrong in as many ways as there are classes
        raise CheckpointError(
            f"'{stored.path}' does not describe a network ({type(error).__name__}: {error}). {archive.ADVICE}"
        ) from error


def _verify(core: Core, stored: Stored, rules_changed: bool) -> None:
    """The same network, wired alike, of the same rules, in the same precision?"""
    told, ours = stored.header, identity(core).header
    if told["dtype"] != ours["dtype"]:
        raise CheckpointError(f"'{stored.path}' is in {told['dtype']}, the simulation in {ours['dtype']}")
    if words := first_difference(told["network"], ours["network"]):
        raise CheckpointError(f"'{stored.path}' is of another network: {words}")
    if others := _differing(told["wiring"], ours["wiring"]):
        raise CheckpointError(
            f"'{stored.path}': the description is the same, but '{others[0]}' is wired otherwise here; numpy was "
            f"{told['made_by']['numpy']} then and is {np.__version__}"
        )
    if changed := _differing(told["rules"], ours["rules"]):
        words = f"since '{stored.path}' was written, the code of {', '.join(changed)} has changed"
        if not rules_changed:
            raise CheckpointError(f"{words}; Simulation.load(path, rules_changed=True) goes on with what it is now")
        tell(f"{words}; the simulation goes on with the code as it is now")
    elif told["kernel"] != ours["kernel"]:
        tell(
            f"'{stored.path}' was written with another version of the engine (Hebbstat {told['made_by']['hebbstat']},"
            f" Numba {told['made_by']['numba']}): the simulation goes on, but not to the same last bit"
        )


def _differing(told: Mapping[str, str], ours: Mapping[str, str]) -> list[str]:
    return [name for name in dict.fromkeys([*ours, *told]) if told.get(name) != ours.get(name)]


def _wiring(core: Core, name: str) -> str:
    """A sha256 of who connects to whom, and how late; at the beginning, where that changes."""
    return core.model.links[name].wired or wiring_digest(*core.pairs(name), gather_delays(core, name))


def _untimed(text: str) -> str:
    """A kernel's text without what counts the time that it takes."""
    return "\n".join(line for line in text.splitlines() if "cycles()" not in line)


def _code(net: Network) -> Iterator[tuple[str, str]]:
    """The mechanisms of a network, and a sha256 of the code of each; a gate's function counts as one."""
    for _, _, mechanism, _ in places(net):
        yield type(mechanism).__qualname__, _hashed(_texts(mechanism))
    for projection in net.projections.values():
        for k, rule in enumerate(projection.rules):
            gates = [gate.function for bound in rule.bound() for gate in bound.gates]
            if gates:
                yield f"the gates of rule {k} of '{projection.name}'", _hashed(map(code_text, gates))


def _texts(mechanism: Mechanism) -> list[str]:
    """All of a mechanism that is code: hooks with what they call, states, derived values."""
    hooks = sorted(mechanism.hooks, key=lambda hook: (hook.event, hook.function.__code__.co_firstlineno))
    texts = [f"{hook.event} {[state.name for state in hook.writes]} {hook.after}" for hook in hooks]
    texts += [code_text(f) for hook in hooks for f in (hook.function, hook.when) if f is not None]
    for state in mechanism.states.values():
        texts.append(f"{state!r} {state.init} {state.slow} {state.origin}")
        texts += [code_text(state.advancer.function)] if state.advancer else []
    return texts + [code_text(value.function) for value in mechanism.derived.values()]


def _hashed(texts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()
