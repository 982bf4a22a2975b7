"""The threads of a simulation: each works on a shard, and nobody goes on before all are done."""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Callable, Sequence
from contextlib import suppress
from queue import SimpleQueue
from typing import Any


class Task:
    """A call that one thread makes; `ended` is set when it has, however."""

    def __init__(self, function: Callable[..., Any], given: Sequence[Any]) -> None:
        self.function, self.given, self.ended = function, given, threading.Event()
        self.result: Any = None
        self.error: BaseException | None = None

    def run(self) -> None:
        """Make the call, once."""
        if self.ended.is_set():
            return
        try:
            self.result = self.function(*self.given)
        except BaseException as error:  # it belongs to the thread that waits
            self.error = error
        self.ended.set()


Inbox = SimpleQueue[Task | None]


class Crew:
    """So many threads, which live as long as the crew.

    A process that was forked has none of its parent's threads, so it gets new ones when there is something to do. An
    executor of Python's does not, and takes no work any more once the main thread has come to its end, though others
    still run.
    """

    def __init__(self, size: int) -> None:
        self.size, self._inboxes, self._process = size, list[Inbox](), 0

    def work(self, function: Callable[..., Any], given: Sequence[Sequence[Any]], stop: Callable[[], None]) -> list[Any]:
        """The results of one call for each thread, all at the same time.

        An exception that reaches the waiting thread (Ctrl-C, a signal's handler) is passed on when all threads have
        ended, of which they are told by `stop`.
        """
        self._muster()
        tasks = [Task(function, arguments) for arguments in given]
        try:
            self._hand_out(tasks)
            _wait(tasks)
        except BaseException:
            stop()
            while not all(task.ended.is_set() for task in tasks):
                with suppress(BaseException):  # however often Ctrl-C is pressed
                    self._hand_out(tasks)  # those that had not got theirs; to the others it is nothing new
                    _wait(tasks)
            raise
        for task in tasks:
            if task.error is not None:
                raise task.error
        return [task.result for task in tasks]

    def _hand_out(self, tasks: list[Task]) -> None:
        for inbox, task in zip(self._inboxes, tasks, strict=True):
            inbox.put(task)

    def _muster(self) -> None:
        if self._process == os.getpid():
            return
        inboxes: list[Inbox] = [SimpleQueue() for _ in range(self.size)]
        for k, inbox in enumerate(inboxes):
            threading.Thread(target=_serve, args=(inbox,), name=f"hebbstat_{k}", daemon=True).start()
        weakref.finalize(self, _dismiss, inboxes).atexit = False
        self._inboxes, self._process = inboxes, os.getpid()

    def dismiss(self) -> None:
        """Let the threads end."""
        _dismiss(self._inboxes)
        self._process = 0


def _wait(tasks: list[Task]) -> None:
    for task in tasks:
        task.ended.wait()


def _serve(inbox: Inbox) -> None:
    """The life of a thread."""
    while True:
        task = inbox.get()
        if task is None:
            return
        task.run()
        del task  # it holds the simulation, which shall not live until the next task


def _dismiss(inboxes: list[Inbox]) -> None:
    for inbox in inboxes:
        inbox.put(None)
