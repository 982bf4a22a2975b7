"""Recordings read from zarr folders, lazily. Whatever is wrong with a folder is a `DataError` that says where.

When a folder is opened it is checked for all that can be seen without reading values: names, lengths, and the files of
all chunks. A chunk that is damaged is found when it is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from pathlib import Path
from typing import Any

import xarray as xr
from xarray.backends import BackendArray
from xarray.core import indexing

from hebbstat.contract.errors import DataError, HebbstatError
from hebbstat.engine.record import folders
from hebbstat.engine.record.zarr_store import OWN, WHOLE, places_of


def read(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The data of a folder by name, not loaded yet, and the attributes of its root."""
    path = folders.found(path)
    try:
        return _read(path)
    except HebbstatError:
        raise
    except Exception as error:  # damage shows in as many ways as there are bytes
        raise DataError(f"'{path}' cannot be read as a recording: {type(error).__name__}, {error}") from error


def _read(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    import zarr

    root = zarr.open_group(path, mode="r")
    attrs: dict[str, Any] = dict(root.attrs)
    if "lengths" not in attrs:
        raise DataError(f"'{path}' is a zarr folder, but holds no recording of Hebbstat")
    lengths, found = attrs.pop("lengths"), {}
    if not isinstance(lengths, dict) or not all(type(n) is int and n >= 0 for n in lengths.values()):
        raise DataError(f"'{path}' is damaged: it says that its lengths are {lengths!r:.60}")
    places = places_of(attrs, lengths)
    attrs.pop("groups", None)
    for name, length in lengths.items():
        place = places.get(name)
        if not isinstance(place, str) or not isinstance(group := root.get(place), zarr.Group):
            raise DataError(f"'{path}' is damaged: there is no folder for {name}")
        found[name] = _opened(path, name, group, length)
    return found, attrs


def _opened(path: Path, name: str, group: Any, length: int) -> Any:
    """One recorded name; of a piece half written, some of its arrays are longer than others."""
    own, arrays = dict(group.attrs), dict(group.arrays())
    wanted = own.get("arrays", list(arrays))  # recordings of earlier versions do not say
    if not (isinstance(own.get("along"), str) and isinstance(own.get("coordinates"), str) and isinstance(wanted, list)):
        raise DataError(f"'{path}' is damaged: it does not say what {name} consists of")
    coordinates = own["coordinates"].split()
    if missing := {*wanted, *coordinates} - set(arrays):
        raise DataError(f"'{path}' is damaged: of {name}, {min(missing)} is missing")
    variables = {key: _variable(path, f"{key} of {name}", arrays[key], own, length) for key in wanted}
    coords = {key: variables.pop(key) for key in coordinates}
    if "array" in own:
        return xr.DataArray(variables["value"], coords, name=own["array"])
    return xr.Dataset(variables, coords, {key: value for key, value in own.items() if key not in OWN})


def _variable(path: Path, what: str, array: Any, own: Mapping[str, Any], length: int) -> xr.Variable:
    dims = array.metadata.dimension_names or ()
    shape, grows = array.shape, dims[:1] == (own["along"],)
    if len(dims) != len(shape) or (grows and shape[0] < length):
        raise DataError(f"'{path}' is damaged: {what} has the shape {list(shape)}, where {length} were recorded")
    shape = (length, *shape[1:]) if grows else shape
    if own.get(WHOLE):
        _check_chunks(path, what, array, shape)
    values = indexing.LazilyIndexedArray(Kept(path, what, array, shape))
    return xr.Variable(dims, indexing.MemoryCachedArray(values), dict(array.attrs))


def _check_chunks(path: Path, what: str, array: Any, shape: tuple[int, ...]) -> None:
    """Every chunk of what was recorded has its file; zarr would take one that is missing for zeros."""
    folder = path / array.path
    for place in product(*(range(-(-n // chunk)) for n, chunk in zip(shape, array.chunks, strict=True))):
        file = folder / array.metadata.encode_chunk_key(place)
        if not file.is_file():
            raise DataError(f"'{path}' is damaged: of {what}, the file '{file.relative_to(path)}' is missing")


class Kept(BackendArray):
    """An array on disk, as far as it was recorded."""

    def __init__(self, path: Path, what: str, array: Any, shape: tuple[int, ...]) -> None:
        self.path, self.what, self.array, self.shape, self.dtype = path, what, array, shape, array.dtype

    def __getitem__(self, key: Any) -> Any:
        return indexing.explicit_indexing_adapter(key, self.shape, indexing.IndexingSupport.BASIC, self._values)

    def _values(self, key: Any) -> Any:
        """Zarr knows no steps below 0: what lies between the ends is read, then picked from."""
        ends, steps = [], []
        for one, n in zip(key, self.shape, strict=True):
            places = range(*one.indices(n)) if isinstance(one, slice) else range(int(one), int(one) + 1)
            ends.append(slice(min(places[0], places[-1]), max(places[0], places[-1]) + 1) if places else slice(0, 0))
            steps.append(slice(None, None, places.step) if isinstance(one, slice) else 0)
        try:
            return self.array[tuple(ends)][tuple(steps)]
        except Exception as error:
            raise DataError(f"'{self.path}' is damaged: {self.what} cannot be read ({error})") from error
