"""The file of a checkpoint: a zip of numpy arrays and one header, whole or not there at all.

    homeostat-checkpoint   the format's number; stands first, so that it is known whatever the rest is like
    arrays/<name>.npy      uncompressed; `numpy.load` opens them as it does any .npz file
    header.json            what the arrays are (type, shape, sha256) and whatever the writer tells of them
    header.sha256          the checksum of the header

A file is written beside its place, brought to the disk and then moved there: whatever happens meanwhile, a full disk or
`kill -9`, the file of before is still whole. What is read is compared with its checksum, byte for byte.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import re
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from homeostat.errors import CheckpointError

FORMAT = 1
MARK, HEADER, CHECKSUM = "homeostat-checkpoint", "header.json", "header.sha256"
EPOCH = (1980, 1, 1, 0, 0, 0)  # files of equal content are equal
ADVICE = "Go back to an earlier copy, or delete it and start anew"


def write(path: Path, header: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> None:
    """Write arrays and header to `path` in one go; `CheckpointError` if that fails, and what was there stays.

    Nothing but a checkpoint is ever replaced.
    """
    _refuse_other(path)
    draft = path.with_name(f".{path.name}.{os.getpid()}.draft")
    try:
        with open(draft, "wb") as file:
            _write(file, header, arrays)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, path)
        _sync_folder(path.parent)
    except OSError as error:
        former = "; the checkpoint that was there before is unharmed" if path.exists() else ""
        raise CheckpointError(f"'{path}' could not be written: {error.strerror or error}{former}") from error
    finally:
        draft.unlink(missing_ok=True)


def remove_drafts(path: Path) -> None:
    """Remove what writers that were killed have left beside `path`."""
    name = re.compile(rf"\.{re.escape(path.name)}\.\d+\.draft")
    with suppress(OSError):
        for draft in path.parent.iterdir():
            if name.fullmatch(draft.name):
                draft.unlink()


def _refuse_other(path: Path) -> None:
    """Refuse to write over a file that is no checkpoint; an empty one is nothing."""
    try:
        with open(path, "rb") as file:
            start = file.read(30 + len(MARK) + 16)
    except OSError:  # nothing is there; or it is a folder, which cannot be written over
        return
    if start and MARK.encode() not in start:
        raise CheckpointError(f"'{path}' is there already and no checkpoint; it is not replaced, choose another name")


def _write(file: Any, header: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
        archive.writestr(zipfile.ZipInfo(MARK, EPOCH), f"{FORMAT}\n")
        index = {name: _write_array(archive, name, array) for name, array in arrays.items()}
        text = json.dumps({"format": FORMAT, **header, "arrays": index}, indent=1).encode()
        archive.writestr(zipfile.ZipInfo(HEADER, EPOCH), text)
        archive.writestr(zipfile.ZipInfo(CHECKSUM, EPOCH), hashlib.sha256(text).hexdigest())


def _write_array(archive: zipfile.ZipFile, name: str, array: np.ndarray) -> dict[str, Any]:
    array = np.require(array, requirements="C")
    info = zipfile.ZipInfo(_member(name), EPOCH)
    with archive.open(info, "w", force_zip64=array.nbytes > 2**31 - 2**16) as member:
        np.lib.format.write_array_header_1_0(member, np.lib.format.header_data_from_array_1_0(array))
        member.write(_bytes(array))
    return {"dtype": array.dtype.str, "shape": list(array.shape), "sha256": checksum(array)}


def checksum(array: np.ndarray) -> str:
    """The sha256 of an array's values."""
    return hashlib.sha256(_bytes(np.require(array, requirements="C"))).hexdigest()


def _bytes(array: np.ndarray) -> memoryview:
    return array.reshape(-1).view(np.uint8).data


def _member(name: str) -> str:
    return f"arrays/{name}.npy"


def _sync_folder(folder: Path) -> None:
    """Bring the new name to the disk, where folders can be synced (POSIX)."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def read(path: Path) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Header and arrays of a file, all checked; whatever is wrong with it is a `CheckpointError` that says what."""
    if not path.is_file():
        raise CheckpointError(f"no checkpoint '{path}' (in {Path.cwd()})")
    try:
        _check_mark(path)
        with zipfile.ZipFile(path) as archive:
            text = archive.read(HEADER)
            if archive.read(CHECKSUM) != hashlib.sha256(text).hexdigest().encode():
                raise ValueError("the header does not match its checksum")
            header = json.loads(text)
            arrays = {name: _read_array(archive, name, told) for name, told in header.pop("arrays").items()}
        return header, arrays
    except CheckpointError:
        raise
    except Exception as error:  # damage shows in as many ways as there are bytes
        raise CheckpointError(f"'{path}' is damaged or incomplete: {error}. {ADVICE}") from error


def _read_array(archive: zipfile.ZipFile, name: str, told: Mapping[str, Any]) -> np.ndarray:
    dtype, shape = np.dtype(told["dtype"]), tuple(told["shape"])
    content, size = archive.read(_member(name)), dtype.itemsize * math.prod(shape)
    if len(content) < size:
        raise ValueError(f"the array '{name}' is too short")
    array = np.frombuffer(content, dtype, offset=len(content) - size) if size else np.empty(0, dtype)
    if checksum(array) != told["sha256"]:
        raise ValueError(f"the array '{name}' does not match its checksum")
    return array.reshape(shape)


def _check_mark(path: Path) -> None:
    """Refuse another kind of file, and formats of later versions."""
    length = 30 + len(MARK)  # of a zip's local header with this name
    with open(path, "rb") as file:
        start = file.read(length + 16)
    if MARK.encode() not in start and start:
        raise CheckpointError(f"'{path}' is not a checkpoint of Homeostat")
    number = start[length:].partition(b"\n")[0]
    if not number.isdigit() or int(number) < 1:
        raise ValueError("it does not say its format")
    if int(number) > FORMAT:
        raise CheckpointError(
            f"'{path}' has format {int(number)}, from a later version of Homeostat than this one, which reads formats "
            f"up to {FORMAT}; update Homeostat to read it"
        )
