"""The file of a checkpoint: a zip of numpy arrays and one header, whole or not there at all.

    hebbstat-checkpoint   the format's number; stands first, so that it is known whatever the rest is like
    arrays/<name>.npy      uncompressed; `numpy.load` opens them as it does any .npz file
    header.json            what the arrays are (type, shape, sha256) and whatever the writer tells of them
    header.sha256          the checksum of the header

A file is written beside its place, brought to the disk and then moved there: whatever happens meanwhile, a full disk or
`kill -9`, the file of before is still whole. What is read is compared with its checksum, byte for byte.

Who reads a file need not trust it: nothing in it is compressed, so reading takes no more memory than the file is long,
and what its index says of an array is held against the array before that is read.
"""

from __future__ import annotations

import hashlib
import json
import math
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from hebbstat.contract.errors import CheckpointError
from hebbstat.network.files import replacing

FORMAT = 1
MARK, HEADER, CHECKSUM = "hebbstat-checkpoint", "header.json", "header.sha256"
EPOCH = (1980, 1, 1, 0, 0, 0)  # files of equal content are equal
ADVICE = "Go back to an earlier copy, or delete it and start anew"
LONGEST_HEADER = 1 << 26  # bytes
DEEPEST_HEADER = 100  # brackets within brackets; a network has about ten, and one for each rule around a rule
LONGEST_ARRAY_HEADER = 1 << 12  # bytes of what stands before an array's values
KINDS = "biufcSUmM"  # of arrays: numbers and texts; what numpy calls objects would be pickled


def write(path: Path, header: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> None:
    """Write arrays and header to `path` in one go; `CheckpointError` if that fails, and what was there stays.

    Nothing but a checkpoint is ever replaced.
    """
    _refuse_other(path)
    try:
        with replacing(path) as file:
            _write(file, header, arrays)
    except OSError as error:
        former = "; the checkpoint that was there before is unharmed" if path.exists() else ""
        raise CheckpointError(f"'{path}' could not be written: {error.strerror or error}{former}") from error


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


def read(path: Path) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Header and arrays of a file, all checked; whatever is wrong with it is a `CheckpointError` that says what."""
    if not path.is_file():
        raise CheckpointError(f"no checkpoint '{path}' (in {Path.cwd()})")
    try:
        _check_mark(path)
        with zipfile.ZipFile(path) as archive:
            sizes = _sizes(archive, path.stat().st_size)
            header = _read_header(archive, sizes)
            index = _index(header.pop("arrays", None), sizes)
            arrays = {name: _read_array(archive, name, *told) for name, told in index.items()}
        return header, arrays
    except CheckpointError:
        raise
    except Exception as error:  # damage shows in as many ways as there are bytes
        raise CheckpointError(f"'{path}' is damaged or incomplete: {error}. {ADVICE}") from error


def _sizes(archive: zipfile.ZipFile, length: int) -> dict[str, int]:
    """The bytes of each member of a file of this length: all uncompressed, each once, none within another."""
    sizes: dict[str, int] = {}
    for info in archive.infolist():
        if info.compress_type != zipfile.ZIP_STORED or info.compress_size != info.file_size or info.flag_bits & 1:
            raise ValueError(f"'{info.filename:.60}' in it is compressed or encrypted, which no checkpoint is")
        if info.filename in sizes:
            raise ValueError(f"it holds '{info.filename:.60}' twice")
        sizes[info.filename] = info.file_size
    if sum(sizes.values()) > length:
        raise ValueError(f"it says that it holds {sum(sizes.values())} bytes, and has {length}")
    return sizes


def _read_header(archive: zipfile.ZipFile, sizes: Mapping[str, int]) -> dict[str, Any]:
    if sizes.get(HEADER, 0) > LONGEST_HEADER:
        raise ValueError(f"its header has {sizes[HEADER]} bytes, at most {LONGEST_HEADER}")
    text = archive.read(HEADER)
    if archive.read(CHECKSUM) != hashlib.sha256(text).hexdigest().encode():
        raise ValueError("the header does not match its checksum")
    header = json.loads(text)
    if not isinstance(header, dict):
        raise ValueError("its header is no list of names and values")
    if header.get("format") != FORMAT:
        raise ValueError(f"its header says format={header.get('format')!r:.40}, its beginning {FORMAT}")
    inside, depth = [header], 0
    while inside:
        inside = [one for outer in inside for one in _inside(outer)]
        depth += 1
        if depth > DEEPEST_HEADER:
            raise ValueError(f"its header has brackets within brackets, more than {DEEPEST_HEADER} deep")
    return header


def _inside(value: Any) -> list[Any]:
    """What a value of a header holds that can hold others."""
    values = value.values() if isinstance(value, dict) else value
    return [one for one in values if isinstance(one, dict | list)]


def _index(told: Any, sizes: Mapping[str, int]) -> dict[str, tuple[np.dtype, tuple[int, ...], str]]:
    """Type, shape and checksum of each array, once they are known to be possible."""
    if not isinstance(told, dict):
        raise ValueError("its header does not say what arrays it holds")
    found = {}
    for name, one in told.items():
        kind, shape, sha256 = (one.get(key) if isinstance(one, dict) else None for key in ("dtype", "shape", "sha256"))
        if not (isinstance(kind, str) and len(kind) < 16 and isinstance(shape, list) and isinstance(sha256, str)):
            raise ValueError(f"it does not say what the array '{name:.60}' is")
        if not all(type(n) is int and n >= 0 for n in shape) or len(shape) > 4:
            raise ValueError(f"the array '{name:.60}' cannot have the shape {shape!r:.60}")
        dtype, around = np.dtype(kind), sizes.get(_member(name), -1)
        if dtype.kind not in KINDS or not dtype.itemsize:
            raise ValueError(f"the array '{name:.60}' is of type {dtype}")
        if not 0 <= around - dtype.itemsize * math.prod(shape) <= LONGEST_ARRAY_HEADER:
            raise ValueError(f"the array '{name:.60}' is not as long as the header says")
        found[name] = dtype, tuple(shape), sha256
    if others := set(sizes) - {MARK, HEADER, CHECKSUM, *map(_member, found)}:
        raise ValueError(f"it holds '{min(others):.60}', of which its header says nothing")
    return found


def _read_array(
    archive: zipfile.ZipFile, name: str, dtype: np.dtype, shape: tuple[int, ...], sha256: str
) -> np.ndarray:
    content, size = archive.read(_member(name)), dtype.itemsize * math.prod(shape)
    array = np.frombuffer(content, dtype, offset=len(content) - size) if size else np.empty(0, dtype)
    if checksum(array) != sha256:
        raise ValueError(f"the array '{name}' does not match its checksum")
    if dtype == np.bool_ and array.view(np.uint8).max(initial=0) > 1:
        raise ValueError(f"the array '{name}' must be yes or no, and is neither")
    return array.reshape(shape)


def _check_mark(path: Path) -> None:
    """Refuse another kind of file, and formats of later versions."""
    length = 30 + len(MARK)  # of a zip's local header with this name
    with open(path, "rb") as file:
        start = file.read(length + 16)
    if MARK.encode() not in start and start:
        raise CheckpointError(f"'{path}' is not a checkpoint of Hebbstat")
    number = start[length:].partition(b"\n")[0]
    if not number.isdigit() or int(number) < 1:
        raise ValueError("it does not say its format")
    if int(number) > FORMAT:
        raise CheckpointError(
            f"'{path}' has format {int(number)}, from a later version of Hebbstat than this one, which reads formats "
            f"up to {FORMAT}; update Hebbstat to read it"
        )
