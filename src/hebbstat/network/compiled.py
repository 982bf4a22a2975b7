"""Machine code that is kept on disk, so that a process need not compile what another one has compiled.

Numba keeps what it compiled in two files, an index and the code, and believes what it finds there. Here each file
begins with a checksum of its name and content; what does not match is compiled anew. Code is loaded only from a folder,
and a file, that nobody else may write to: else whoever may could run whatever they like in our name.
"""

from __future__ import annotations

import functools
import hashlib
import os
import pickle
import stat
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import llvmlite
import numba
from numba.core.caching import CompileResultCacheImpl, FunctionCache, IndexDataCacheFile

from hebbstat.contract.errors import tell

SEAL = hashlib.sha256().digest_size  # bytes before a file's content
FOLDER, CODE = "HEBBSTAT_CACHE", "__pycache__"


def cache_folder() -> Path:
    """Where kernels are kept: $HEBBSTAT_CACHE, or the user's cache folder.

    As freedesktop.org has it, an empty XDG_CACHE_HOME is none, and one that is not absolute is not looked at.
    """
    if chosen := os.environ.get(FOLDER):
        return Path(os.path.abspath(os.path.expanduser(chosen)))
    variable, else_ = ("LOCALAPPDATA", "~") if sys.platform == "win32" else ("XDG_CACHE_HOME", "~/.cache")
    folder = os.path.expanduser(os.environ.get(variable, ""))
    return Path(folder if os.path.isabs(folder) else os.path.expanduser(else_)) / "hebbstat" / "kernels"


def usable_folder() -> Path | None:
    """The folder of kernels, there and safe; None, with a warning, if code can be neither kept in it nor loaded."""
    try:
        folder = cache_folder()
        if not folder.is_absolute():
            raise OSError("there is no home folder")
        for one in (folder, folder / CODE):
            one.mkdir(mode=0o700, parents=True, exist_ok=True)
            if why := unsafe(one.stat()):
                tell_once(
                    f"'{one}' {why}, so compiled kernels are not loaded from it, and every process compiles its own; "
                    f"delete it, or see what is in it and run chmod go-w '{one}', or name another: {FOLDER}=FOLDER"
                )
                return None
    except OSError as error:
        cannot_be_kept(error)
        return None
    return folder


def cannot_be_kept(error: OSError) -> None:
    """Say that kernels cannot be kept. That costs time only."""
    place = os.environ.get(FOLDER) or error.filename or "the cache folder"
    with suppress(OSError):
        place = cache_folder()
    tell_once(
        f"compiled kernels cannot be kept in '{place}' ({error.strerror or error}), so every process compiles its own; "
        f"make room there or make it writable, or name another folder: {FOLDER}=FOLDER"
    )


@functools.cache
def tell_once(text: str) -> None:
    """Warn once in a process."""
    tell(text)


def unsafe(found: os.stat_result) -> str:
    """What others could do to a file or folder; empty if nothing."""
    if os.name != "posix":
        return ""
    if found.st_uid not in (os.geteuid(), 0):
        return f"belongs to another user (number {found.st_uid})"
    return "may be written to by others" if found.st_mode & (stat.S_IWGRP | stat.S_IWOTH) else ""


class Damaged(Exception):
    """A file that is not what was written."""


class SealedFiles(IndexDataCacheFile):
    """Numba's index and code of one function, each behind a checksum."""

    def _load_index(self) -> dict[Any, str]:
        try:
            stamp, overloads = self._opened(self._index_name)
        except FileNotFoundError:
            return {}
        return overloads if stamp == self._source_stamp else {}

    def _save_index(self, overloads: dict[Any, str]) -> None:
        self._seal(self._index_name, (self._source_stamp, overloads))

    def _load_data(self, name: str) -> Any:
        return self._opened(name)

    def _save_data(self, name: str, data: Any) -> None:
        self._seal(name, data)

    def remove(self) -> None:
        """Remove what can be removed, that it may be written anew."""
        base = Path(self._index_path)
        for path in (base, *base.parent.glob(f"{base.stem}.*.nbc")):
            with suppress(OSError):
                path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()

    def _opened(self, name: str) -> Any:
        try:
            with open(self._data_path(name), "rb") as file:
                why, content = unsafe(os.fstat(file.fileno())), file.read()
        except FileNotFoundError:
            raise
        except OSError as error:
            raise Damaged(f"{name}: {error.strerror or error}") from error
        if why:
            raise Damaged(f"{name} {why}")
        if content[:SEAL] != _checksum(name, content[SEAL:]):
            raise Damaged(f"{name} is not what was written")
        return pickle.loads(content[SEAL:])

    def _seal(self, name: str, data: Any) -> None:
        content = self._dump(data)
        with self._open_for_write(self._data_path(name)) as file:
            if os.name == "posix":
                os.fchmod(file.fileno(), 0o600)
            file.write(_checksum(name, content) + content)


def _checksum(name: str, content: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\0" + content).digest()


class _Reduced(CompileResultCacheImpl):
    """How what was compiled becomes data and back, as Numba does it; where it lies is not asked here."""

    def __init__(self, function: Any) -> None:
        self._lineno, self._locator = function.__code__.co_firstlineno, self
        self._py_file = function.__code__.co_filename

    def ensure_cache_path(self) -> None:
        """Numba asks for the folder; it is there."""


class SealedCache(FunctionCache):
    """What is kept of one function. Where that fails it is compiled, and that it failed is told."""

    def __init__(self, function: Any, name: str) -> None:
        self._name, self._py_func, self._impl = name, function, _Reduced(function)
        self._cache_path = ""
        self.enable()

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """What was kept for these types, or None."""
        target_context.refresh()
        if not self._find():
            return None
        try:
            return self._load_overload(sig, target_context)
        except Exception as error:  # damage shows in as many ways as there are bytes
            place = Path(self._cache_path, self._name)
            tell_once(f"the kernel kept as '{place}' is damaged ({error}) and is compiled anew")
            self._cache_file.remove()
            return None

    def save_overload(self, sig: Any, data: Any) -> None:
        """Keep what was compiled for these types."""
        if not self._find():
            return
        try:
            self._save_overload(sig, data)
        except Damaged:  # by somebody else, since it was looked for
            self._cache_file.remove()
        except OSError as error:
            cannot_be_kept(error)

    def _find(self) -> bool:
        folder = usable_folder()
        if folder is not None and self._cache_path != str(folder / CODE):
            self._cache_path = str(folder / CODE)
            abi = f"py{sys.version_info[0]}{sys.version_info[1]}{getattr(sys, 'abiflags', '')}"
            self._cache_file = SealedFiles(self._cache_path, f"{self._name}.{abi}", self._name)
        return folder is not None


def fingerprint(*parts: str) -> str:
    """What tells code from other code: its text, what is linked into it, and what compiles it."""
    text = "\0".join([*parts, numba.__version__, llvmlite.__version__])
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def keep(dispatcher: Any) -> Any:
    """Keep on disk what is compiled of a function: of a file of this package, or of a module named by its content."""
    if (function := getattr(dispatcher, "py_func", None)) is None:  # Numba was told not to compile
        return dispatcher
    name, place = function.__module__, f"{function.__qualname__}-{function.__code__.co_firstlineno}"
    if name.startswith("hebbstat."):
        name = f"{name.rpartition('.')[2]}_{fingerprint(_text(function.__code__.co_filename))}"
    dispatcher._cache = SealedCache(function, f"{name}.{place}")
    return dispatcher


@functools.cache
def _text(path: str) -> str:
    return Path(path).read_text("utf-8")
