"""Runs a case: the engine against the reference, against itself in other ways, and against a third voice (oracle.py).

python -m strangers.run SEED [FLAG ...]     (from tests/) prints the case's script and what was found
"""

from __future__ import annotations

import functools
import sys
import traceback
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from strangers import oracle
from strangers.faces import Engine, Face, Look, Reference
from strangers.interpreted import plain_kernels
from strangers.scripts import imported, written_once

from hebbstat.contract.errors import HebbstatError, NotSupportedError
from hebbstat.contract.state import Trace


@dataclass(frozen=True)
class Outcome:
    """What came of a case. `kind`: same, refused, differs, unclear; `where` says which oracle or which error."""

    kind: str
    where: str = ""
    text: str = ""

    @property
    def good(self) -> bool:
        return self.kind in ("same", "refused")


class Difference(Exception):
    """Two voices differ."""

    def __init__(self, where: str, text: str) -> None:
        super().__init__(where, text)
        self.where, self.text = where, text


def run(
    text: str, seed: int = 0, compiled: bool = False, looks: bool = True, only: str = "", few: bool = False
) -> Outcome:
    """The outcome of a script.

    `compiled`: with kernels compiled by Numba, once, without the further voices. `few`: of those that make more
    simulations, one, by the seed. `only` names one voice.
    """
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            if compiled:
                with imported(text) as module:
                    _against_reference(module, looks)
            else:
                with plain_kernels(), imported(text) as module, written_once(module):
                    _all(module, seed, looks, only, few)
        except Difference as difference:
            return Outcome("differs", difference.where, difference.text)
        except HebbstatError as error:
            kind = "refused" if isinstance(error, NotSupportedError) else "asked"
            return Outcome(kind, type(error).__name__, str(error))
        except Exception as error:
            last = traceback.extract_tb(error.__traceback__)[-1]
            where = f"{type(error).__name__} in {last.filename.rpartition('/')[2]}"
            return Outcome("unclear", where, "".join(traceback.format_exception(error)[-6:]))
    return Outcome("same")


def _all(module: Any, seed: int, looks: bool, only: str, few: bool) -> None:
    net = module.network()
    if only in ("", "reference"):
        engine, skip = _against_reference(module, looks)
    else:
        engine = _told(module, Engine(module.network()))
        skip = frozenset(engine.unset)
    rng = np.random.default_rng([seed, 9])
    again = functools.partial(_again, module, engine, skip, looks)
    voices = {
        "threads": lambda: again("threads", threads=int(rng.integers(2, 4))),
        "pieces": lambda: again("pieces", cut=1 + seed, threads=int(rng.integers(1, 3))),
        "probes": lambda: _without_probes(module, engine, skip),
        "told in order": lambda: _in_order(module, engine, skip),
        "modulators": lambda: _reversed(module, engine, skip),
        "described": lambda: oracle.described(module, net, Engine, _compare),
        "draws": lambda: oracle.distinct(module, engine, Difference),
        "traces": lambda: oracle.traces(net, engine, Difference) if looks else None,
    }
    free = ("draws", "traces")
    costly = [name for name in voices if name not in free]
    asked = {*free, costly[seed % len(costly)]} if few else set(voices)
    for name, voice in voices.items():
        if name == only or (only == "" and name in asked):
            voice()


def _told(module: Any, face: Face) -> Face:
    module.story(face)
    return face


def _against_reference(module: Any, looks: bool) -> tuple[Engine, frozenset[int]]:
    """The engine's story, compared with the reference's; and which settings one of them refused."""
    engine = _told(module, Engine(module.network()))
    reference = _told(module, Reference(module.network(), skip=frozenset(engine.unset)))
    skip = frozenset(engine.unset | reference.unset)
    if skip != engine.unset:
        engine = _told(module, Engine(module.network(), skip=skip))
    _compare("reference", engine, reference, 1e-9, looks)
    return engine, skip


def _again(module: Any, engine: Engine, skip: frozenset[int], looks: bool, where: str, **how: Any) -> None:
    """The same bits with other threads, in pieces, recorded, saved and loaded."""
    _compare(where, engine, _told(module, Engine(module.network(), skip=skip, **how)), 0.0, looks)


def _without_probes(module: Any, engine: Engine, skip: frozenset[int]) -> None:
    """A frozen stretch that is put back leaves no mark."""
    if not any(look["frozen"] for look in engine.looks) and "frozen(restore=True)" not in _text(module):
        return
    if engine.sets:
        return  # settings are counted; those within probes would be missing
    other = _told(module, Engine(module.network(), skip=skip, probes=False))
    kept = [look for look in engine.looks if not look["frozen"]]
    theirs = [look for look in other.looks if not look["frozen"]]
    if other.removed:
        _compare_looks("probes", kept, theirs, 0.0)


def _text(module: Any) -> str:
    with open(module.__file__, encoding="utf-8") as file:
        return file.read()


def _in_order(module: Any, engine: Engine, skip: frozenset[int]) -> None:
    """Pairs told in canonical order give the same network."""
    if "order" not in _text(module).partition("def network")[2]:
        return
    module.DEALT = False
    try:
        other = _told(module, Engine(module.network(), skip=skip))
    finally:
        module.DEALT = True
    _compare("told in order", engine, other, 0.0)


def _reversed(module: Any, engine: Engine, skip: frozenset[int]) -> None:
    """The order in which rules of the network are added changes nothing."""
    if len(module.network().rules) < 2:
        return
    module.FORWARD = False
    try:
        other = _told(module, Engine(module.network(), skip=skip))
    finally:
        module.FORWARD = True
    _compare("modulators", engine, other, 0.0)


# --- comparing


def _compare(where: str, one: Face, other: Face, tolerance: float, looks: bool = True) -> None:
    if one.spikes != other.spikes:
        first = next((a, b) for a, b in zip([*one.spikes, None], [*other.spikes, None], strict=False) if a != b)
        seen = _first(one.looks, other.looks, tolerance, looks, one)
        raise Difference(where, f"spikes: {first[0]} and {first[1]}; {seen}")
    _compare_looks(where, one.looks, other.looks, tolerance, looks, one)


def _compare_looks(
    where: str, ours: list[Look], theirs: list[Look], tolerance: float, looks: bool = True, face: Face | None = None
) -> None:
    found = _first(ours, theirs, tolerance, looks, face)
    if found:
        raise Difference(where, found)


def _first(ours: list[Look], theirs: list[Look], tolerance: float, looks: bool, face: Face | None) -> str:
    """The first difference of looks, in words."""
    for ours_now, theirs_now in zip(ours, theirs, strict=True):
        step = ours_now.get("step")
        for key, a in ours_now.items():
            b = theirs_now[key]
            if key in ("step", "frozen"):
                if a != b:
                    return f"{key}: {a} and {b}"
                continue
            if a is None or b is None or (not looks and face is not None and _moves(face, key)):
                continue
            if len(a) == 1 and len(b) > 1:
                a = np.broadcast_to(a, b.shape)
            elif len(b) == 1 and len(a) > 1:
                b = np.broadcast_to(b, a.shape)
            if a.shape != b.shape:
                return f"{key}: shapes {a.shape} and {b.shape} at step {step}"
            if not np.allclose(a, b, rtol=tolerance, atol=tolerance and 1e-12, equal_nan=True):
                return f"{key} at step {step}: {np.round(a, 8).tolist()} and {np.round(b, 8).tolist()}"
    return ""


def _moves(face: Face, key: tuple[str, str, str]) -> bool:
    """Whether a state changes between its events, or is kept per row: how it is looked at is a matter of its own."""
    from strangers.faces import parts

    for name, place, mechanism in parts(face.net):
        if (name, place) == key[:2] and key[2] in mechanism.states:
            state = mechanism.states[key[2]]
            return isinstance(state.origin, Trace) or state.advancer is not None or state.scope.name == "PerPre"
    return False


if __name__ == "__main__":
    from strangers.networks import FLAGS, compose

    chosen = sys.argv[2:] or [*FLAGS]
    script = compose(int(sys.argv[1]), frozenset(chosen))
    print(script)
    print(run(script, int(sys.argv[1]), compiled="compiled" in chosen))
