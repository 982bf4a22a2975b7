"""A folder of results: `result.json` (numbers, settings, provenance) and `data.zarr` (arrays by arm and seed).

Both are up to date after every run, so whatever ends an experiment early loses none that finished. `result.json` is
written to a file beside it and then moved, so that it is never half a file.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import shutil
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from homeostat.errors import BadValue, DataError
from homeostat.experiments.lab.contract import Experiment
from homeostat.experiments.lab.settings import Settings
from homeostat.information import mean_interval, paired_difference_interval

FORMAT = 1
RESULT, DATA, REPORT, CHECKPOINTS = "result.json", "data.zarr", "report.html", "checkpoints"


@dataclass(frozen=True)
class Finished:
    """One run: an arm with a seed."""

    arm: str
    seed: int
    numbers: dict[str, float]
    arrays: dict[str, Any] = field(default_factory=dict)
    seconds: float = 0.0


class Store:
    """Writes a folder of results, run by run; `former` is what an earlier part of the same experiment left in it."""

    def __init__(
        self,
        folder: Path,
        experiment: Experiment,
        settings: Settings,
        *,
        arms: list[str],
        seeds: list[int],
        provenance: dict[str, Any],
        former: dict[str, Any] | None = None,
    ) -> None:
        self.folder = folder
        self.experiment = experiment
        self.began = time.perf_counter()
        self.result: dict[str, Any] = {
            "format": FORMAT, "status": "running", "experiment": experiment.name, "locator": experiment.locator,
            "title": experiment.title, "text": experiment.text,
            "arms": {name: experiment.arms[name] for name in arms if name in experiment.arms},
            "baselines": {name: experiment.baselines[name] for name in arms if name in experiment.baselines},
            "settings": settings.model_dump(mode="json"), "settings_chosen": sorted(settings.chosen),
            "arm_settings": _own_settings(experiment, settings, arms), "configuration_sha256": "",
            "seeds": seeds, "expected_runs": len(arms) * len(seeds), "measures": {}, "runs": [], "summary": {},
            "effects": {}, "seconds": 0.0, "provenance": provenance,
        }  # fmt: skip
        self.result["configuration_sha256"] = _fingerprint(self.result)
        if former is None:
            self._prepare()
        else:
            self._go_on(former)

    def _prepare(self) -> None:
        """An empty folder; a former result in it goes, anything else is left alone and is an error."""
        if self.folder.exists() and not self.folder.is_dir():
            raise BadValue(f"--out {self.folder} is a file; name a folder")
        strangers = (
            [p.name for p in self.folder.iterdir() if p.name not in (RESULT, DATA, REPORT, CHECKPOINTS, "__pycache__")]
            if self.folder.is_dir()
            else []
        )
        if strangers and not (self.folder / RESULT).exists():
            raise BadValue(
                f"--out {self.folder} holds other files ({', '.join(sorted(strangers)[:3])}); name an empty folder"
            )
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            (self.folder / RESULT).unlink(missing_ok=True)
            (self.folder / REPORT).unlink(missing_ok=True)
            for former in (DATA, CHECKPOINTS):
                if (self.folder / former).exists():
                    shutil.rmtree(self.folder / former)
            self.write()
        except OSError as error:
            raise DataError(
                f"the results cannot be written to '{self.folder}': {error.strerror or error}; choose another --out"
            ) from error

    def _go_on(self, former: dict[str, Any]) -> None:
        """Take over the runs that had finished."""
        if former["configuration_sha256"] != self.result["configuration_sha256"]:
            raise BadValue(
                f"the experiment's defaults or arms have changed since '{self.folder}' was begun, so its runs would "
                "not belong together; run it anew"
            )
        self.began -= former["seconds"]
        self.result |= {name: former[name] for name in ("runs", "measures", "summary", "effects")}
        self.write()

    def has(self, arm: str, seed: int) -> bool:
        """Whether that run has finished."""
        return any((run["arm"], run["seed"]) == (arm, seed) for run in self.result["runs"])

    def place(self, arm: str, seed: int) -> Path:
        """Where that run keeps its checkpoints."""
        return self.folder / CHECKPOINTS / arm / f"seed{seed}"

    def add(self, run: Finished) -> None:
        """Keep a run: its arrays, its numbers, and the summary over all runs so far."""
        _write_arrays(self.folder / DATA, run)
        self.result["runs"].append(
            {"arm": run.arm, "seed": run.seed, "seconds": round(run.seconds, 3), "numbers": run.numbers}
        )
        order = [*self.result["arms"], *self.result["baselines"]]
        self.result["runs"].sort(key=lambda r: (order.index(r["arm"]), r["seed"]))
        for name in run.numbers:
            self.result["measures"].setdefault(name, asdict(self.experiment.measure(name)))
        self.result["summary"] = summary(self.result["runs"])
        self.result["effects"] = effects(self.result["runs"], list(self.result["arms"]))
        self.write()

    def close(self, status: str) -> Result:
        """Note how it ended: 'complete' or 'stopped'."""
        self.result["status"] = status
        if status == "complete":
            shutil.rmtree(self.folder / CHECKPOINTS, ignore_errors=True)
        self.write()
        return Result(self.folder, self.result)

    def write(self) -> None:
        """Write `result.json` in one go."""
        self.result["seconds"] = round(time.perf_counter() - self.began, 1)
        draft = self.folder / f".{RESULT}.{os.getpid()}"
        draft.write_text(json.dumps(_jsonable(self.result), indent=1, allow_nan=False) + "\n", encoding="utf-8")
        os.replace(draft, self.folder / RESULT)


@dataclass(frozen=True)
class Result:
    """A folder of results, read back. `json` is what `result.json` holds."""

    folder: Path
    json: dict[str, Any]

    @classmethod
    def open(cls, folder: str | Path) -> Result:
        """The result in this folder; `DataError` if there is none or it is damaged."""
        folder = Path(folder)
        path = folder / RESULT if folder.is_dir() else folder
        if not path.is_file():
            raise DataError(f"no {RESULT} in '{folder}'; name the folder that `homeostat run ... --out FOLDER` wrote")
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
            if found["format"] != FORMAT:
                raise DataError(f"'{path}' has format {found['format']}; this version of homeostat reads {FORMAT}")
        except (json.JSONDecodeError, UnicodeDecodeError, KeyError, TypeError) as error:
            raise DataError(f"'{path}' is damaged: {error!r}") from error
        return cls(path.parent, found)

    def numbers(self, arm: str, measure: str) -> list[float]:
        """That number of every seed of an arm, in the order of seeds; without those that are not numbers."""
        found = [run["numbers"].get(measure) for run in self.json["runs"] if run["arm"] == arm]
        return [value for value in found if value is not None]

    def arrays(self, arm: str, name: str) -> dict[int, np.ndarray]:
        """That array for every seed of an arm that has it."""
        return {seed: found for seed, found in self._arrays(arm, name)}

    def array(self, arm: str, name: str) -> np.ndarray | None:
        """That array for the first seed of an arm; None if it is not there."""
        return next((found for _, found in self._arrays(arm, name)), None)

    def _arrays(self, arm: str, name: str) -> Iterator[tuple[int, np.ndarray]]:
        import zarr

        for run in self.json["runs"]:
            path = self.folder / DATA / arm / f"seed{run['seed']}" / name
            if run["arm"] == arm and path.is_dir():
                try:
                    yield run["seed"], np.asarray(zarr.open_array(path, mode="r")[...])
                except (OSError, ValueError, KeyError) as error:
                    raise DataError(f"'{path}' is damaged: {error}") from error


def _own_settings(experiment: Experiment, settings: Settings, arms: list[str]) -> dict[str, dict[str, Any]]:
    """What each arm's settings are where they differ from those of the experiment."""
    if experiment.settings_of is None:
        return {}
    base, found = settings.model_dump(mode="json"), {}
    for arm in arms:
        own = experiment.settings_of(settings, arm).model_dump(mode="json") if arm in experiment.arms else {}
        found[arm] = {name: value for name, value in own.items() if value != base[name]}
    return {arm: different for arm, different in found.items() if different}


def _fingerprint(result: dict[str, Any]) -> str:
    """A sha256 of all that was asked for: settings, arms and seeds."""
    asked = {name: result[name] for name in ("settings", "arm_settings", "arms", "baselines", "seeds")}
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()


def summary(runs: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """For every arm and number: the mean over seeds and its 95 % interval, where there are two seeds or more."""
    return {
        arm: {name: _interval(list(by_seed.values())) for name, by_seed in found.items()}
        for arm, found in _by_arm(runs).items()
    }


def effects(runs: list[dict[str, Any]], arms: list[str]) -> dict[str, dict[str, Any]]:
    """For every arm but the first: the mean difference from it over the seeds that both have, with its interval."""
    found = _by_arm(runs)
    first = found.get(arms[0], {}) if arms else {}
    differences: dict[str, dict[str, Any]] = {}
    for arm in arms[1:]:
        for name, by_seed in found.get(arm, {}).items():
            seeds = sorted(set(by_seed) & set(first.get(name, {})))
            if seeds:
                pair = [by_seed[s] for s in seeds], [first[name][s] for s in seeds]
                differences.setdefault(arm, {})[name] = _interval([a - b for a, b in zip(*pair, strict=True)], pair)
    return differences


def _by_arm(runs: list[dict[str, Any]]) -> dict[str, dict[str, dict[int, float]]]:
    found: dict[str, dict[str, dict[int, float]]] = {}
    for run in runs:
        for name, value in run["numbers"].items():
            if value is not None and math.isfinite(value):
                found.setdefault(run["arm"], {}).setdefault(name, {})[run["seed"]] = value
    return found


def _interval(values: list[float], pair: tuple[list[float], list[float]] | None = None) -> dict[str, Any]:
    if len(values) < 2:
        return {"mean": values[0], "low": None, "high": None, "level": None, "method": "one seed", "number": 1}
    return asdict(mean_interval(values) if pair is None else paired_difference_interval(*pair))


def _write_arrays(path: Path, run: Finished) -> None:
    import zarr

    group = zarr.open_group(path, mode="a").require_group(f"{run.arm}/seed{run.seed}")
    for name, value in run.arrays.items():
        dims = getattr(value, "dims", None)
        group.create_array(name, data=np.ascontiguousarray(value), dimension_names=dims, overwrite=True)


def _jsonable(value: Any) -> Any:
    """Plain JSON: numpy numbers become Python's, what is not finite becomes null."""
    if isinstance(value, Mapping):
        return {str(key): _jsonable(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_jsonable(entry) for entry in value]
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, float | np.floating):
        return float(value) if math.isfinite(value) else None
    return int(value) if isinstance(value, int | np.integer) else value
