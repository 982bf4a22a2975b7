"""IDX files, the format of MNIST: a magic number, the shape, then the bytes; as they are or compressed with gzip.

    magic: 0, 0, type of the elements (8: unsigned byte), number of dimensions; then each dimension in 4 bytes

LeCun, Cortes & Burges, http://yann.lecun.com/exdb/mnist.
"""

from __future__ import annotations

import gzip
import math
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hebbstat.contract.errors import DataError

UNSIGNED_BYTE = 8
GZIP = b"\x1f\x8b"


def looks_like_idx(path: Path) -> bool:
    """Whether the first bytes, uncompressed, are those of an IDX file; True for anything compressed with gzip."""
    with path.open("rb") as file:
        start = file.read(4)
    return start[:2] == GZIP or (len(start) == 4 and start[:2] == b"\0\0" and start[3] in range(1, 5))


def read_idx(path: Path) -> NDArray[Any]:
    """The array in an IDX file of unsigned bytes. `DataError` names what is wrong with a damaged one."""
    content = _bytes_of(path)
    if len(content) < 4 or content[:2] != b"\0\0" or content[3] == 0:
        raise DataError(
            f"'{path}' does not begin like an IDX file: its magic number is {content[:4].hex(' ') or 'missing'}, "
            "expected 00 00 08 01 or 00 00 08 03"
        )
    if content[2] != UNSIGNED_BYTE:
        raise DataError(
            f"'{path}' holds elements of IDX type {content[2]:#04x}; only unsigned bytes (0x08) are read, as in MNIST"
        )
    dimensions, start = content[3], 4 + 4 * content[3]
    if len(content) < start:
        raise DataError(f"'{path}' is cut off within its header of {start} bytes: it has {len(content)}")
    shape = struct.unpack(f">{dimensions}I", content[4:start])
    expected = math.prod(shape)
    if len(content) - start != expected:
        raise DataError(
            f"'{path}' promises {expected:,} bytes for shape {shape} but holds {len(content) - start:,}; "
            "download it again"
        )
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape)


def labels_beside(images: Path) -> Path:
    """The labels file that belongs to a file of images named as MNIST's are: 'images' -> 'labels', 'idx3' -> 'idx1'."""
    name = images.name.replace("images", "labels").replace("idx3", "idx1")
    if name != images.name:
        plain = name.removesuffix(".gz")
        for candidate in (name, plain, f"{plain}.gz"):
            if (images.parent / candidate).is_file():
                return images.parent / candidate
        raise DataError(f"'{images}' has no labels file '{name}' beside it; name both: --data {images.name},LABELS")
    raise DataError(f"the labels of '{images}' are needed too; name both files: --data {images.name},LABELS")


def _bytes_of(path: Path) -> bytes:
    raw = path.read_bytes()
    if raw[:2] != GZIP:
        return raw
    try:
        return gzip.decompress(raw)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataError(f"'{path}' is a damaged gzip file ({error}); download it again") from error
