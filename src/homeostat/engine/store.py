"""Recordings as zarr folders: a group for each recorded name, written whole or piece by piece, read lazily.

A piece is there once the root's attributes say so: `lengths` of all groups, and `time` (ms) until which the run is
recorded. Zarr puts each file into place when it is complete. So a run that is killed, at whatever moment, leaves a
folder that can be read up to its last whole piece.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from homeostat.errors import DataError

if TYPE_CHECKING:
    import xarray as xr

ALONG = ("time", "spike")  # dimensions that grow
CHUNK = 4 * 2**20  # bytes of a chunk, about


class Store:
    """A zarr folder that is written: `append` as often as you like, each time with data of the same names.

    With `lengths`, what was written goes on from there; what lies beyond is written again.
    """

    def __init__(
        self, path: Path, attrs: Mapping[str, Any], *, overwrite: bool = False, lengths: dict[str, int] | None = None
    ) -> None:
        import zarr  # takes a second to load

        if lengths is None and path.exists() and not overwrite:
            raise DataError(f"'{path}' is there already; choose another name for out=, or delete it")
        if lengths and not path.exists():
            raise DataError(f"'{path}', to which this run was recorded so far, is not there; put it back")
        self.root = zarr.open_group(path, mode="a" if lengths else "w")
        self.root.attrs.update(dict(attrs))
        self.lengths = dict(lengths or {})
        self._groups: dict[str, Any] = {name: self.root[_group(name)] for name in self.lengths}

    def append(self, data: Mapping[str, Any], **attrs: Any) -> None:
        """Add what was recorded since the last time, then say so."""
        for name, value in data.items():
            if name not in self._groups:
                self._groups[name] = self._create(name, value)
            group, dataset, length = self._groups[name], _as_dataset(value), self.lengths.get(name, 0)
            along = _along(dataset)
            for key, variable in dataset.variables.items():
                if variable.dims[:1] == (along,) and variable.size:
                    _extend(group[key], length, variable.values)
            self.lengths[name] = length + dataset.sizes[along]
        self.root.attrs.update({**attrs, "lengths": self.lengths})

    def _create(self, name: str, value: Any) -> Any:
        """A group with the arrays of one recorded name; those that grow are empty."""
        dataset, single = _as_dataset(value), hasattr(value, "to_dataset")
        along = _along(dataset)
        group = self.root.create_group(_group(name))
        for key, variable in dataset.variables.items():
            grows = variable.dims[:1] == (along,)
            values = variable.values[:0] if grows else variable.values
            row = max(1, int(np.prod(values.shape[1:], dtype=np.int64)) * values.dtype.itemsize)
            chunks: Any = (max(1, CHUNK // row), *(max(1, n) for n in values.shape[1:])) if grows else "auto"
            array = group.create_array(
                str(key), shape=values.shape, dtype=values.dtype, chunks=chunks,
                dimension_names=[str(dim) for dim in variable.dims],
                attributes={k: _plain(v) for k, v in variable.attrs.items()},
            )  # fmt: skip
            if not grows:
                array[...] = values
        group.attrs.update({k: _plain(v) for k, v in dataset.attrs.items()})
        own: dict[str, Any] = {"recorded": name, "along": along}
        own |= {"array": str(value.name)} if single else {}
        own["coordinates"] = " ".join(str(coord) for coord in dataset.coords)  # the name by which xarray knows them
        group.attrs.update(own)
        return group


OWN = ("recorded", "along", "array", "coordinates")
"""Attributes of a group that are the store's, not the data's."""


def read(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The data of a folder by name, not loaded yet, and the attributes of its root."""
    import zarr

    try:
        root = zarr.open_group(path, mode="r")
    except (OSError, ValueError) as error:
        raise DataError(f"'{path}' cannot be read as a recording: {error}") from error
    attrs: dict[str, Any] = dict(root.attrs)
    if "lengths" not in attrs:
        raise DataError(f"'{path}' is a zarr folder, but holds no recording of Homeostat")
    lengths = attrs.pop("lengths")
    return {name: _open(path, _group(name), root[_group(name)], length) for name, length in lengths.items()}, attrs


def _open(path: Path, key: str, group: Any, length: int) -> Any:
    """One recorded name. Arrays are opened one by one: of a piece half written, some are longer than others."""
    import xarray as xr

    own = dict(group.attrs)
    names, variables = list(group.array_keys()), {}
    for name in names:
        one = xr.open_dataset(
            path, engine="zarr", group=key, consolidated=False, decode_times=False, chunks=None,
            drop_variables=[other for other in names if other != name],
        )  # fmt: skip
        if own["along"] in one.dims:
            one = one.isel({own["along"]: slice(0, length)})
        variables[name] = one.variables[name]
    coords = own["coordinates"].split()
    attrs = {name: value for name, value in own.items() if name not in OWN}
    if "array" in own:
        value = variables.pop("value")
        return xr.DataArray(value, {name: variables[name] for name in coords}, name=own["array"])
    values = {name: value for name, value in variables.items() if name not in coords}
    return xr.Dataset(values, {name: variables[name] for name in coords}, attrs)


def _as_dataset(value: Any) -> xr.Dataset:
    return value.to_dataset(name="value") if hasattr(value, "to_dataset") else value


def _along(dataset: xr.Dataset) -> str:
    return next(str(dim) for dim in dataset.sizes if dim in ALONG)


def _extend(array: Any, length: int, values: np.ndarray) -> None:
    array.resize((length + len(values), *array.shape[1:]))
    array[length:] = values


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


def _group(name: str) -> str:
    return name.replace(" -> ", "_to_").replace("/", "_").replace(" ", "_")
