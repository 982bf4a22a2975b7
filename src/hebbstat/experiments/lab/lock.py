"""One writer to a folder: a lock that the system takes back when its process ends, however that ends."""

from __future__ import annotations

import os
import platform
import sys
import warnings
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from hebbstat.contract.errors import BadValueError

LOCK = ".lock"
FAR = 2**30  # Windows locks bytes, and keeps others from reading them: one that nobody reads


class Lock:
    """Held from its making to `release()`, or to the end of the process. `BadValueError` if another process holds it.

    The file says who holds it; that it lies there means nothing, so what a killed process left is in nobody's way.
    """

    def __init__(self, folder: Path) -> None:
        self.path, self.owner = folder / LOCK, os.getpid()
        self.number: int | None = None
        self.number = self._taken(folder)
        os.ftruncate(self.number, 0)
        os.write(self.number, f"process {os.getpid()} on {platform.node()} since {datetime.now():%H:%M:%S}".encode())

    def _taken(self, folder: Path) -> int:
        """The number of the open file once it is ours and still the one that the path names."""
        while True:
            number = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o666)
            try:
                _take(number)
            except (BlockingIOError, PermissionError):
                holder = os.read(number, 200).decode(errors="replace")
                os.close(number)
                raise BadValueError(
                    f"'{folder}' is being written to by another run ({holder or 'just begun'}); wait until it has "
                    "ended, or name another --out"
                ) from None
            except OSError as error:  # a file system that cannot lock: not our user's fault
                warnings.warn(f"'{folder}' cannot be locked ({error}): let no second run write to it", stacklevel=4)
            if _same(number, self.path):
                return number
            os.close(number)  # its holder took it away meanwhile

    def release(self) -> None:
        """Let go, and take the file away."""
        if self.number is None or self.owner != os.getpid():  # a fork of the holder holds nothing
            return
        number, self.number = self.number, None
        if os.name == "posix":  # in this order, so that nobody's new file is taken away
            with suppress(OSError):
                self.path.unlink()
            os.close(number)
        else:  # where an open file cannot be taken away
            os.close(number)
            with suppress(OSError):
                self.path.unlink()

    def __del__(self) -> None:
        self.release()


def _same(number: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(number), os.stat(path))
    except FileNotFoundError:
        return False


if sys.platform == "win32":
    import msvcrt

    def _take(number: int) -> None:
        os.lseek(number, FAR, os.SEEK_SET)
        try:
            msvcrt.locking(number, msvcrt.LK_NBLCK, 1)
        finally:
            os.lseek(number, 0, os.SEEK_SET)
else:
    import fcntl

    def _take(number: int) -> None:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
