"""Recordings as zarr folders: a group for each recorded name, written whole or piece by piece, read lazily.

A piece is there once the root's attributes say so: `lengths` of all groups, and `time` (ms) until which the run is
recorded. Zarr puts each file into place when it is complete. So a run that is killed, at whatever moment, leaves a
folder that can be read up to its last whole piece. In which group a name lies is told by the root's `groups`.

What is compressed has a checksum, and every chunk has its file, so that damage is seen: `zarr_read.py`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from hebbstat.contract.errors import DataError
from hebbstat.engine.record import folders

if TYPE_CHECKING:
    import xarray as xr

ALONG = ("time", "spike", "event")  # dimensions that grow
CHUNK = 4 * 2**20  # bytes of a chunk, about
LONGEST = 100  # characters of a group's name
WHOLE = "every_chunk_has_a_file"  # an attribute of groups; zarr leaves out chunks of zeros, unless told otherwise
NO_FILE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)
"""What Windows takes for a device, whatever follows the dot."""


class ZarrStore:
    """A zarr folder that is written: `append` as often as you like, each time with data of the same names.

    With `lengths`, what was written goes on from there; what lies beyond is written again. Without, the folder is made:
    it is there with all that belongs to a recording of nothing, or not at all.
    """

    def __init__(self, path: Path, attrs: Mapping[str, Any], *, lengths: dict[str, int] | None = None) -> None:
        import zarr  # takes a second to load

        if lengths is None:
            with folders.made(path) as draft:
                zarr.open_group(draft, mode="w-", attributes={**attrs, "lengths": {}, "groups": {}})
        elif not path.exists():
            raise DataError(f"'{path}', to which this run was recorded so far, is not there; put it back")
        self.root = zarr.open_group(path, mode="r+")
        if lengths is not None:
            self.root.attrs.update(dict(attrs))
        self.lengths = dict(lengths or {})
        self.places: dict[str, str] = places_of(dict(self.root.attrs), self.lengths)
        self._groups: dict[str, Any] = {}
        for name, length in self.lengths.items():
            place = self.places.get(name, "")
            if not place or place not in self.root or _held(self.root[place]) < length:
                raise DataError(f"'{path}' holds less of {name} than this run had recorded; put back what was there")
            self._groups[name] = self.root[place]

    def append(self, data: Mapping[str, Any], **attrs: Any) -> None:
        """Add what was recorded since the last time, then say so."""
        import zarr

        with zarr.config.set({"array.write_empty_chunks": True}):
            self._append(data)
        self.root.attrs.update({**attrs, "lengths": self.lengths, "groups": self.places})

    def _append(self, data: Mapping[str, Any]) -> None:
        for name in data:
            value = data[name]
            if name not in self._groups:
                self._groups[name] = self._create(name, value)
            group, dataset, length = self._groups[name], _as_dataset(value), self.lengths.get(name, 0)
            along = _along(dataset)
            for key, variable in dataset.variables.items():
                if variable.dims[:1] == (along,) and len(variable):
                    _extend(group[key], length, variable.values)
            self.lengths[name] = length + dataset.sizes[along]

    def _create(self, name: str, value: Any) -> Any:
        """A group with the arrays of one recorded name; those that grow are empty."""
        from zarr.codecs import ZstdCodec

        dataset, single = _as_dataset(value), hasattr(value, "to_dataset")
        along = _along(dataset)
        self.places[name] = _place(name, self.places.values())
        own: dict[str, Any] = {"recorded": name, "along": along, "arrays": [str(key) for key in dataset.variables]}
        own |= {WHOLE: True} | ({"array": str(value.name)} if single else {})
        own["coordinates"] = " ".join(str(coord) for coord in dataset.coords)  # the name by which xarray knows them
        told = {k: _plain(v) for k, v in dataset.attrs.items()}
        group = self.root.create_group(self.places[name], attributes={**told, **own})
        for key, variable in dataset.variables.items():
            grows = variable.dims[:1] == (along,)
            values = variable.values[:0] if grows else variable.values
            row = max(1, int(np.prod(values.shape[1:], dtype=np.int64)) * values.dtype.itemsize)
            chunks: Any = (max(1, CHUNK // row), *(max(1, n) for n in values.shape[1:])) if grows else "auto"
            array = group.create_array(
                str(key), shape=values.shape, dtype=values.dtype, chunks=chunks, compressors=[ZstdCodec(checksum=True)],
                dimension_names=[str(dim) for dim in variable.dims],
                attributes={k: _plain(v) for k, v in variable.attrs.items()},
            )  # fmt: skip
            if not grows:
                array[...] = values
        return group


OWN = ("recorded", "along", "arrays", "array", "coordinates", WHOLE)
"""Attributes of a group that are the store's, not the data's."""


def write(path: Path, attrs: Mapping[str, Any], data: Mapping[str, Any], replace: bool) -> None:
    """A whole recording at `path`, where none is, or in the place of one: that stays until the new one is whole."""
    try:
        with folders.made(path, replace) as draft:
            ZarrStore(draft, attrs).append(data)
    except DataError:
        raise
    except OSError as error:
        former = "; the recording that is there is unharmed" if path.exists() else ""
        raise DataError(f"cannot write the recording to '{path}': {error.strerror or error}{former}") from error


def _as_dataset(value: Any) -> xr.Dataset:
    return value.to_dataset(name="value") if hasattr(value, "to_dataset") else value


def _along(dataset: xr.Dataset) -> str:
    return next(str(dim) for dim in dataset.sizes if dim in ALONG)


def _held(group: Any) -> int:
    """How much of a recorded name is there: as much as the shortest of what grows."""
    along = group.attrs.get("along")
    growing = [array.shape[0] for _, array in group.arrays() if (array.metadata.dimension_names or ("",))[0] == along]
    return min(growing, default=0)


def _extend(array: Any, length: int, values: np.ndarray) -> None:
    array.resize((length + len(values), *array.shape[1:]))
    array[length:] = values


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


def places_of(attrs: Mapping[str, Any], names: Mapping[str, Any]) -> dict[str, str]:
    """The group of each name. Recordings of before there was `groups` have them by a rule."""
    by_rule = {name: name.replace(" -> ", "_to_").replace("/", "_").replace(" ", "_") for name in names}
    return dict(attrs.get("groups", by_rule))


def _place(name: str, taken: Any) -> str:
    """A group for a name: like it, and a folder that every system can make and tells from those that are taken."""
    place = re.sub(r"[^A-Za-z0-9._-]", "_", name.replace(" -> ", "_to_"))[:LONGEST]
    place = re.sub(r"^[._]+", "_", place).rstrip(".") or "_"
    place = f"_{place}" if NO_FILE.match(place) else place
    known = {"zarr.json", *(one.lower() for one in taken)}  # capital or not is one to some systems
    return next(one for one in _numbered(place) if one.lower() not in known)


def _numbered(place: str) -> Any:
    yield place
    yield from (f"{place}-{k}" for k in range(2, 1 << 30))
