"""What a run recorded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hebbstat.engine.record.zarr_store import ALONG, write
from hebbstat.network.recorded import Recorded

if TYPE_CHECKING:
    from xarray import DataArray

    from hebbstat.engine.record.recorder import Recorder


class Joined(Mapping[str, Any]):
    """Data of which the first part is on disk and the rest in memory, put together where it is asked for."""

    def __init__(self, first: Mapping[str, Any], rest: Mapping[str, Any]) -> None:
        self._first, self._rest = first, rest

    def __getitem__(self, name: str) -> Any:
        import xarray as xr

        rest = self._rest[name]
        if name not in self._first:
            return rest
        along = next(dim for dim in rest.sizes if dim in ALONG)
        how: Any = {"data_vars": "minimal"} if isinstance(rest, xr.Dataset) else {}
        how |= {"coords": "minimal", "compat": "override", "join": "override", "combine_attrs": "override"}
        return xr.concat([self._first[name], rest], along, **how)

    def __iter__(self) -> Iterator[str]:
        return iter(self._rest)

    def __len__(self) -> int:
        return len(self._rest)


class Recording(Recorded):
    """What a run recorded: labelled xarray data by name, such as 'exc.spikes', 'exc.v' or 'inputs -> exc.weights'.

    spikes = Spikes("exc")
    recording = sim.run(seconds=10, record=[spikes])
    recording[spikes]                                    # or by its name: recording["exc.spikes"]
    recording.save("short.zarr")
    Recording.open("short.zarr")["exc.spikes"]
    """

    def __init__(self, data: Mapping[str, Any], attrs: dict[str, Any]) -> None:
        super().__init__(data)
        self.attrs = attrs

    @classmethod
    def open(cls, path: str | Path) -> Recording:
        """Read a zarr folder that `save` or `run(..., out=...)` wrote, also one that a killed run left.

        Values are read from disk when they are used. `DataError` says what is missing or damaged: here, or when a value
        is read that is.
        """
        from hebbstat.engine.record.zarr_read import read  # with xarray, which takes half a second to load

        return cls(*read(Path(path)))

    @property
    def health(self) -> list[dict[str, Any]]:
        """What the health monitor noticed during the run: `problem`, `where`, `since` and `noticed` (ms), `text`."""
        return list(self.attrs.get("health", []))

    if TYPE_CHECKING:  # several arrays are a Dataset, which is indexed by their names

        def __getitem__(self, name: str | Recorder) -> DataArray: ...

    def save(self, path: str | Path, *, replace: bool = False) -> Path:
        """Write everything to a zarr folder, one group per name, with the network's description; returns its path.

        What is at `path` already is not touched: `DataError`. With `replace` a recording that is there is replaced when
        the new one is whole; a folder that holds anything else never is.
        """
        path = Path(path)
        write(path, self.attrs, self._data, replace)
        return path
