"""What a run recorded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from homeostat.engine.store import Store, read
from homeostat.errors import UnknownName, suggestion


class Recording(Mapping[str, Any]):
    """What a run recorded: labelled xarray data by name, such as 'exc.spikes', 'exc.v' or 'inputs -> exc.weights'.

    recording = sim.run(seconds=10, record=[Spikes("exc")])
    recording.save("short.zarr")
    Recording.open("short.zarr")["exc.spikes"]
    """

    def __init__(self, data: dict[str, Any], attrs: dict[str, Any]) -> None:
        self._data, self.attrs = data, attrs

    @classmethod
    def open(cls, path: str | Path) -> Recording:
        """Read a zarr folder that `save` or `run(..., out=...)` wrote, also one that a killed run left.

        Values are read from disk when they are used.
        """
        return cls(*read(Path(path)))

    @property
    def health(self) -> list[dict[str, Any]]:
        """What the watch noticed during the run: `problem`, `where`, `since` and `noticed` (ms), `text`."""
        return list(self.attrs.get("health", []))

    def __getitem__(self, name: str) -> Any:
        if name not in self._data:
            raise UnknownName(f"nothing recorded as '{name}'; {suggestion(name, self._data)}")
        return self._data[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._data)

    def __len__(self) -> int:
        return len(self._data)

    def save(self, path: str | Path) -> Path:
        """Write everything to a zarr folder, one group per name, with the network's description."""
        path = Path(path)
        Store(path, self.attrs, overwrite=True).append(self._data)
        return path

    def __repr__(self) -> str:
        lines = [f"  {name}: {dict(value.sizes)}" for name, value in self._data.items()]
        return "\n".join(["<Recording", *lines, ">"]) if lines else "<Recording of nothing; pass record=[...] to run()>"
