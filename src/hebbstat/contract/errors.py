"""Every exception of Hebbstat. All derive from `HebbstatError`, so one `except` catches what is ours."""

from __future__ import annotations

import difflib
import sys
import warnings
from collections.abc import Iterable


class HebbstatError(Exception):
    """The base of all errors that Hebbstat raises on purpose; its text is meant for the user."""


class BadValueError(HebbstatError, ValueError):
    """A value is outside its range, not a number, or of the wrong kind or shape."""


class BadCallError(HebbstatError, TypeError):
    """A function was called with an argument that it does not have, or without one that it needs."""


class UnknownNameError(HebbstatError, NameError):
    """A name was asked for that nothing offers."""


class ContractError(HebbstatError, TypeError):
    """A mechanism breaks the contract of `hebbstat.contract.mechanism`."""


class NotSupportedError(HebbstatError, NotImplementedError):
    """What is asked for is well defined but cannot be done here; the text says what would work."""


class TooLargeError(HebbstatError, MemoryError):
    """A network or a recording would not fit in memory or on disk; the text says how large it would be.

    `recording` holds what was recorded, where a run had to end because its spikes outgrew the memory.
    """

    def __init__(self, message: str, recording: object = None) -> None:
        super().__init__(message)
        self.recording = recording


class DataError(HebbstatError, OSError):
    """A data file is missing, damaged, in an unknown format or cannot be written.

    `recording` holds what a run had recorded, where it had to end because the disk took no more.
    """

    recording: object = None


class CheckpointError(HebbstatError, OSError):
    """A checkpoint cannot be written, is missing, damaged or foreign, or belongs to another network or run."""


class RunInterruptedError(HebbstatError):
    """A run was stopped by Ctrl-C; `recording` holds what was recorded until then."""

    def __init__(self, message: str, recording: object = None) -> None:
        super().__init__(message)
        self.recording = recording


class UnhealthyError(HebbstatError):
    """A run was stopped because the network is ill: `findings` says how, `recording` holds what was recorded."""

    def __init__(self, message: str, recording: object = None, findings: object = ()) -> None:
        super().__init__(message)
        self.recording, self.findings = recording, findings


class NetworkWarning(UserWarning):
    """A network will run, but something in it is hardly meant so; the text says what, and what to do instead."""


class HealthWarning(UserWarning):
    """A network is dead, runs away, holds NaN, is stuck or oscillates; the text says since when and why, as known."""


def tell(text: str, category: type[Warning] = UserWarning) -> None:
    """Warn, and name as the place the line outside Hebbstat that led here, however deep this is."""
    level, frame = 1, sys._getframe(0)
    while frame.f_back is not None and str(frame.f_globals.get("__name__")).partition(".")[0] == "hebbstat":
        level, frame = level + 1, frame.f_back
    warnings.warn(text, category, stacklevel=level)


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The name that was most likely meant, whatever its case; None if none is near."""
    by_lower = {candidate.lower(): candidate for candidate in known}
    near = difflib.get_close_matches(name.lower(), by_lower, n=1)
    return by_lower[near[0]] if near else None


def suggestion(name: str, known: Iterable[str]) -> str:
    """A sentence that lists what may be asked for, the nearest name first.

    >>> suggestion("taau", ["tau", "target"])
    "did you mean 'tau'? Known: target, tau"
    """
    names = sorted(set(known))
    near = nearest(name, names)
    hint = f"did you mean '{near}'? " if near else ""
    return f"{hint}Known: {', '.join(names) if names else 'nothing'}"
