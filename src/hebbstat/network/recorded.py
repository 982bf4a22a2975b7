"""What a run recorded, by name or by recorder: what engine and reference share of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hebbstat.contract.errors import BadValueError, UnknownNameError, suggestion


class Recorded(Mapping[str, Any]):
    """Labelled xarray data by name, such as 'exc.spikes', or by the recorder that kept it."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._data = data

    def __getitem__(self, name: Any) -> Any:
        if not isinstance(name, str):
            name, *others = name.recorded
            if others:
                raise UnknownNameError(f"that recorder recorded several: {', '.join((name, *others))}; name one")
        if name not in self._data:
            raise UnknownNameError(f"nothing recorded as '{name}'; {suggestion(name, self._data)}")
        return self._data[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._data)

    def __len__(self) -> int:
        return len(self._data)

    def __repr__(self) -> str:
        what, lines = type(self).__name__, [f"  {name}: {dict(self._data[name].sizes)}" for name in self._data]
        return "\n".join([f"<{what}", *lines, ">"]) if lines else f"<{what} of nothing; pass record=[...] to run()>"


def check_names(names: Sequence[str]) -> None:
    """Refuse recorders of which one would take another's place in the recording."""
    for name in names:
        if names.count(name) > 1:
            raise BadValueError(f"two recorders would both be called '{name}'; keep one, or record in two runs")
