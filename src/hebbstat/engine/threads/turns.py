"""Who uses a simulation now. Its arrays know no locks, so it is one thread at a time.

A short look waits for another one. What lasts, a run or `with frozen()`, makes the calls of other threads fail at once.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from hebbstat.contract.errors import NotSupportedError

Given = ParamSpec("Given")
Result = TypeVar("Result")

_LOCK = threading.RLock()  # may be taken again by the handler of a signal that came while it was held
if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_LOCK.acquire, after_in_parent=_LOCK.release, after_in_child=_LOCK.release)

LASTING = ("run()", "advance()", "with frozen()")
WAY_OUT = "give each thread a simulation of its own (Simulation(net), or save() and Simulation.load())"


class Turns:
    """The turns of one simulation."""

    def __init__(self) -> None:
        self._doing: list[str] = []
        self._holder = self._process = 0
        self._name = ""

    @contextmanager
    def take(self, doing: str) -> Iterator[None]:
        """Use the simulation for this, as soon as may be; `NotSupportedError` if another use lasts."""
        while not self._begin(doing):
            time.sleep(0.001)
        try:
            yield
        finally:
            with _LOCK:
                self._doing.remove(doing)

    def _begin(self, doing: str) -> bool:
        with _LOCK:
            me, process = threading.get_ident(), os.getpid()
            mine = not self._doing or self._holder == me
            if not mine and self._process != process:
                raise NotSupportedError(
                    f"{doing}: this process was forked while another thread of its parent was in {self._doing[0]} of "
                    "this simulation, and has its arrays in the middle of that; fork between runs, or load() one that "
                    "was saved"
                )
            if not mine and any(use in LASTING for use in self._doing):
                raise NotSupportedError(
                    f"{doing}: the thread '{self._name}' is in {self._doing[0]} of this simulation, which one thread "
                    f"at a time can use; wait for it, or {WAY_OUT}"
                )
            if mine and ("advance()" in self._doing or (doing == "run()" and "run()" in self._doing)):
                raise NotSupportedError(
                    f"{doing} was called within {self._doing[-1]} of the same simulation, by a recorder or the handler "
                    f"of a signal; call it after the run"
                )
            if mine:
                self._holder, self._process, self._name = me, process, threading.current_thread().name
                self._doing.append(doing)
            return mine


def in_turn(doing: str) -> Callable[[Callable[Given, Result]], Callable[Given, Result]]:
    """Decorates a method of a simulation that may be called by one thread at a time."""

    def decorated(function: Callable[Given, Result]) -> Callable[Given, Result]:
        @wraps(function)
        def call(*given: Given.args, **named: Given.kwargs) -> Result:
            sim: Any = given[0]
            with sim.turns.take(doing):
                return function(*given, **named)

        return call

    return decorated


def while_it_lasts(
    doing: str,
) -> Callable[[Callable[Given, Iterator[Result]]], Callable[Given, Generator[Result, None, None]]]:
    """The same for one that is a context (below `contextmanager`): the turn ends when the context is left."""

    def decorated(function: Callable[Given, Iterator[Result]]) -> Callable[Given, Generator[Result, None, None]]:
        @wraps(function)
        def call(*given: Given.args, **named: Given.kwargs) -> Generator[Result, None, None]:
            sim: Any = given[0]
            with sim.turns.take(doing):
                yield from function(*given, **named)

        return call

    return decorated
