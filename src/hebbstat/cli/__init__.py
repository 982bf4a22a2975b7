"""The command line: `hebbstat list`, `run`, `report`, `bench`, `doctor`."""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Sequence
from typing import Any

OK, FAILED, USAGE, INTERRUPTED = 0, 1, 2, 130
"""Exit codes: fine; an error that is told in one line; a command line that makes no sense; Ctrl-C."""


def main() -> None:
    """The program `hebbstat`."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a batch system's `kill` loses no more than Ctrl-C does
    code = call(sys.argv[1:])
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # all is told; another Ctrl-C would only add a traceback
    sys.exit(code)


def call(arguments: Sequence[str]) -> int:
    """Run a command line; returns the exit code. Errors that are the user's come as one line, without a traceback."""
    import typer

    from hebbstat.cli.app import app
    from hebbstat.contract.errors import HebbstatError, RunInterruptedError

    # Typer has its own copy of click, older versions the real one: the class is taken from where it is.
    usage_error: Any = next(kind for kind in typer.BadParameter.__mro__ if kind.__name__ == "UsageError")
    try:
        return int(app(args=list(arguments), prog_name="hebbstat", standalone_mode=False) or OK)
    except usage_error as error:
        print(f"error: {error.format_message()}", file=sys.stderr)
        if error.ctx is not None:
            print(f"{error.ctx.get_usage()}\nhelp:  {error.ctx.command_path} --help", file=sys.stderr)
        return USAGE
    except (KeyboardInterrupt, typer.Abort, RunInterruptedError):
        print("stopped", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # `hebbstat list | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except Exception as error:
        _show(error, ours=isinstance(error, HebbstatError | OSError | MemoryError))
        return FAILED


def _show(error: Exception, *, ours: bool) -> None:
    """One line for the user; a traceback when it is asked for. `ours`: raised on purpose, not a fault of Hebbstat."""
    trace = getattr(error, "trace", "")
    if wants_traceback():
        print(trace or "".join(traceback.format_exception(error)), file=sys.stderr)
    told = str(error) or type(error).__name__
    print(
        f"error: {told if ours else f'inside hebbstat: {type(error).__name__}: {told}; please report it'}",
        file=sys.stderr,
    )
    if (trace or not ours) and not wants_traceback():
        print("       the whole traceback: hebbstat --verbose ..., or HEBBSTAT_DEBUG=1", file=sys.stderr)


def wants_traceback() -> bool:
    """Whether tracebacks are shown: --verbose or HEBBSTAT_DEBUG=1."""
    return os.environ.get("HEBBSTAT_DEBUG", "") not in ("", "0")
