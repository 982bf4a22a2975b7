"""Ctrl-C during an experiment: the first one stops it, those after it do not disturb what is kept and told."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Any

ONE_PRESS = 1.0  # seconds; what comes within them is the same wish to stop


class Stops:
    """Listens to Ctrl-C, and to a `kill` that is treated like it, while used in `with`.

    A press raises `KeyboardInterrupt`. Within `held()` it does so only afterwards, so that nothing is half kept; after
    `close()` not at all, so that what is done can be told; after `open()` it does again.
    """

    def __init__(self) -> None:
        self.before: dict[int, Any] = {}
        self.holding = self.closed = self.pending = False
        self.last = float("-inf")

    def __enter__(self) -> Stops:
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                if signal.getsignal(number) is signal.default_int_handler:
                    self.before[number] = signal.signal(number, self._pressed)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self.before.items():
            signal.signal(number, handler)

    def _pressed(self, number: int, frame: FrameType | None) -> None:
        if self.holding:
            self.pending = True
        elif not self.closed and time.monotonic() - self.last > ONE_PRESS:
            self.last = time.monotonic()
            raise KeyboardInterrupt

    @contextmanager
    def held(self) -> Iterator[None]:
        """What is done here is done to its end."""
        self.holding = True
        try:
            yield
        finally:
            self.holding = False
        if self.pending:
            self.pending = False
            self.last = time.monotonic()
            raise KeyboardInterrupt

    def close(self) -> None:
        """No press matters any more."""
        self.closed = True

    def open(self) -> None:
        """A press matters again, if it is a new one."""
        self.closed, self.last = False, time.monotonic()
