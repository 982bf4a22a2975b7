"""Ctrl-C within a run."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def listening(interrupt: Callable[[], None]) -> Iterator[None]:
    """Within, Ctrl-C calls `interrupt`; a second one is Python's own. Who ignores it goes on ignoring it."""
    main = threading.current_thread() is threading.main_thread()
    if not main or signal.getsignal(signal.SIGINT) in (signal.SIG_IGN, None):
        yield
        return

    def on_interrupt(number: int, frame: Any) -> None:
        interrupt()
        signal.signal(signal.SIGINT, before)

    before = signal.signal(signal.SIGINT, on_interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
