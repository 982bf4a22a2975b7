"""A folder of results: `result.json` (numbers, settings, provenance) and `data.zarr` (arrays by arm and seed).

Both are up to date after every run, so whatever ends an experiment early loses none that finished. `result.json` is
written to a file beside it and then moved, so that it is never half a file. What failed is listed there, with its
traceback in `failures`. One process at a time writes to a folder.
"""

from __future__ import annotations

import hashlib
import json
import math
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from hebbstat.contract.errors import BadValueError, DataError, HebbstatError
from hebbstat.experiments.lab.contract import Experiment
from hebbstat.experiments.lab.lock import LOCK, Lock
from hebbstat.experiments.lab.settings import Settings
from hebbstat.experiments.lab.sources import changes, code_of, files_in
from hebbstat.experiments.lab.summary import effects, summary
from hebbstat.network.files import replacing

FORMAT = 1
SUMMARY_REST = 20.0  # how long runs are added without new means, in the time that means took
RESULT, DATA, REPORT, CHECKPOINTS, FAILURES = "result.json", "data.zarr", "report.html", "checkpoints", "failures"
PARTS = {
    "experiment": str, "locator": str, "title": str, "arms": dict, "baselines": dict, "settings": dict,
    "settings_chosen": list, "seeds": list, "expected_runs": int, "measures": dict, "runs": list, "provenance": dict,
}  # fmt: skip
OURS = (RESULT, DATA, REPORT, CHECKPOINTS, FAILURES, LOCK, "__pycache__")


@dataclass(frozen=True)
class Finished:
    """One run: an arm with a seed."""

    arm: str
    seed: int
    numbers: dict[str, float]
    arrays: dict[str, Any] = field(default_factory=dict)
    seconds: float = 0.0


class Store:
    """Writes a folder of results, run by run; `former` is what an earlier part of the same experiment left in it.

    It holds the folder's lock from its making to `close()` or `release()`: `BadValueError` if another process does.
    `data` tells the data that the experiment works on from others.
    """

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
        data: str | None = None,
    ) -> None:
        self.folder = folder
        self.experiment = experiment
        self.began, self.summarise_at = time.perf_counter(), 0.0
        chosen = settings.model_dump(mode="json")
        sources = code_of(experiment.locator) | files_in(chosen) | ({} if data is None else {"the data": data})
        self.result: dict[str, Any] = {
            "format": FORMAT, "status": "running", "experiment": experiment.name, "locator": experiment.locator,
            "title": experiment.title, "text": experiment.text,
            "arms": {name: experiment.arms[name] for name in arms if name in experiment.arms},
            "baselines": {name: experiment.baselines[name] for name in arms if name in experiment.baselines},
            "settings": chosen, "settings_chosen": sorted(settings.chosen),
            "arm_settings": _own_settings(experiment, settings, arms), "configuration_sha256": "", "sources": sources,
            "seeds": seeds, "expected_runs": len(arms) * len(seeds), "measures": {}, "runs": [], "failures": [],
            "summary": {}, "effects": {}, "seconds": 0.0, "provenance": provenance,
        }  # fmt: skip
        self.result["configuration_sha256"] = _fingerprint(self.result)
        self.lock = self._locked()
        try:
            if former is None:
                self._prepare()
            else:
                self._go_on()
        except BaseException:
            self.release()
            raise

    def _locked(self) -> Lock:
        """The lock of the folder, which is made if it is not there; one with other things in it is left alone."""
        with self._writing():
            if self.folder.exists() and not self.folder.is_dir():
                raise BadValueError(f"--out {self.folder} is a file; name a folder")
            self.folder.mkdir(parents=True, exist_ok=True)
            others = sorted(p.name for p in self.folder.iterdir() if p.name not in OURS and not _is_draft(p))
            if others and not (self.folder / RESULT).exists():
                raise BadValueError(
                    f"--out {self.folder} holds other files ({', '.join(others[:3])}); name an empty folder"
                )
            return Lock(self.folder)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except HebbstatError:
            raise
        except OSError as error:
            raise DataError(
                f"the results cannot be written to '{self.folder}': {error.strerror or error}; choose another --out, "
                "or mend that and go on with --resume if runs had finished"
            ) from error

    def _prepare(self) -> None:
        """An empty folder; a former result in it goes."""
        with self._writing():
            for name in (RESULT, REPORT):
                (self.folder / name).unlink(missing_ok=True)
            for name in (DATA, CHECKPOINTS, FAILURES):
                if (self.folder / name).exists():
                    shutil.rmtree(self.folder / name)
        self.write()

    def _go_on(self) -> None:
        """Take over the runs that had finished, as they are now that the folder is locked."""
        former = Result.open(self.folder).json
        if changed := changes(former, self.result):
            raise changed_since(self.folder, self.result["locator"], changed)
        self.began -= former["seconds"]
        self.result |= {name: former[name] for name in ("runs", "failures", "measures", "summary", "effects")}
        self.write()

    def finished(self) -> set[tuple[str, int]]:
        """Arm and seed of all runs that have finished."""
        return {(run["arm"], run["seed"]) for run in self.result["runs"]}

    def place(self, arm: str, seed: int) -> Path:
        """Where that run keeps its checkpoints."""
        return self.folder / CHECKPOINTS / arm / f"seed{seed}"

    def add(self, run: Finished) -> None:
        """Keep a run: its arrays, its numbers, and the summary over all runs so far."""
        with self._writing():
            _write_arrays(self.folder / DATA, run)
        numbers = {name: value if math.isfinite(value) else None for name, value in run.numbers.items()}
        undefined = {name: str(value) for name, value in run.numbers.items() if not math.isfinite(value)}
        entry = {"arm": run.arm, "seed": run.seed, "seconds": round(run.seconds, 3), "numbers": numbers}
        self.result["runs"].append(entry | {"undefined": undefined})
        self._sort("runs")
        self._forget(run.arm, run.seed)
        for name in run.numbers:
            self.result["measures"].setdefault(name, asdict(self.experiment.measure(name)))
        if time.perf_counter() >= self.summarise_at:
            self._summarise()
        self.write()
        shutil.rmtree(self.place(run.arm, run.seed), ignore_errors=True)  # of no more use

    def _summarise(self) -> None:
        """Bring the means up to date; over thousands of seeds that takes a while, and is then done less often."""
        began = time.perf_counter()
        self.result["summary"] = summary(self.result["runs"], self.result["seeds"])
        self.result["effects"] = effects(self.result["runs"], list(self.result["arms"]), self.result["seeds"])
        now = time.perf_counter()
        self.summarise_at = now + SUMMARY_REST * (now - began)

    def fail(self, arm: str, seed: int, error: str, trace: str = "") -> None:
        """Keep why a run failed."""
        self._forget(arm, seed)
        path = self._trace(arm, seed)
        if trace:
            with self._writing():
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(trace, encoding="utf-8", errors="backslashreplace")
        told = path.relative_to(self.folder).as_posix() if trace else None
        self.result["failures"].append({"arm": arm, "seed": seed, "error": error, "trace": told})
        self._sort("failures")
        self.write()

    def _forget(self, arm: str, seed: int) -> None:
        """A run that failed has been tried again."""
        self.result["failures"] = [f for f in self.result["failures"] if (f["arm"], f["seed"]) != (arm, seed)]
        self._trace(arm, seed).unlink(missing_ok=True)

    def _trace(self, arm: str, seed: int) -> Path:
        return self.folder / FAILURES / arm / f"seed{seed}.txt"

    def _sort(self, name: str) -> None:
        order = [*self.result["arms"], *self.result["baselines"]]
        self.result[name].sort(key=lambda entry: (order.index(entry["arm"]), entry["seed"]))

    def close(self, *, stopped: bool) -> Result:
        """Note how it ended: 'complete', 'failed' where runs have, or 'stopped' before all were tried."""
        self._summarise()
        self.result["status"] = "stopped" if stopped else "failed" if self.result["failures"] else "complete"
        if self.result["status"] == "complete":
            for name in (CHECKPOINTS, FAILURES):
                shutil.rmtree(self.folder / name, ignore_errors=True)
        self.write()
        self.release()
        return Result(self.folder, self.result)

    def release(self) -> None:
        """Let others write to the folder."""
        self.lock.release()

    def write(self) -> None:
        """Write `result.json` in one go."""
        self.result["seconds"] = round(time.perf_counter() - self.began, 1)
        with self._writing():
            for old in filter(_is_draft, self.folder.iterdir()):
                old.unlink()
            with replacing(self.folder / RESULT) as file:
                file.write((json.dumps(_jsonable(self.result), indent=1, allow_nan=False) + "\n").encode())


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
            raise DataError(f"no {RESULT} in '{folder}'; name the folder that `hebbstat run ... --out FOLDER` wrote")
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
            if found["format"] != FORMAT:
                raise DataError(f"'{path}' has format {found['format']}; this version of hebbstat reads {FORMAT}")
            found = _completed(found)
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
            raise DataError(
                f"'{path}' is damaged: {error!r}. Put a whole copy back, or run the experiment anew"
            ) from error
        return cls(path.parent, found)

    def numbers(self, arm: str, measure: str) -> list[float]:
        """That number of every seed of an arm, in the order of seeds; without those that are not numbers."""
        found = [run["numbers"].get(measure) for run in self.json["runs"] if run["arm"] == arm]
        return [value for value in found if value is not None]

    def finished(self, arm: str) -> int:
        """How many seeds of an arm have finished."""
        return sum(run["arm"] == arm for run in self.json["runs"])

    def missing(self) -> dict[int, list[str]]:
        """The arms that have neither finished nor failed, by seed."""
        known = {(run["arm"], run["seed"]) for run in (*self.json["runs"], *self.json["failures"])}
        arms = [*self.json["arms"], *self.json["baselines"]]
        found = {seed: [arm for arm in arms if (arm, seed) not in known] for seed in self.json["seeds"]}
        return {seed: lacking for seed, lacking in found.items() if lacking}

    def arrays(self, arm: str, name: str) -> dict[int, np.ndarray]:
        """That array for every seed of an arm that has it."""
        return {seed: found for seed, found in self._arrays(arm, name)}

    def array(self, arm: str, name: str) -> np.ndarray | None:
        """That array for the first seed of an arm that has it; None if none has."""
        return next((found for _, found in self._arrays(arm, name)), None)

    def first_seed(self, arm: str, name: str) -> int | None:
        """The seed that `array` is of."""
        return next((seed for seed, _ in self._arrays(arm, name)), None)

    def _arrays(self, arm: str, name: str) -> Iterator[tuple[int, np.ndarray]]:
        import zarr

        for run in self.json["runs"]:
            path = self.folder / DATA / arm / f"seed{run['seed']}" / name
            if run["arm"] == arm and path.is_dir():
                try:
                    yield run["seed"], np.asarray(zarr.open_array(path, mode="r")[...])
                except Exception as error:  # of zarr, or of whatever unpacks its chunks
                    raise DataError(f"'{path}' is damaged: {error}") from error


def changed_since(folder: Path, locator: str, changed: list[str]) -> BadValueError:
    """The refusal to go on where what the runs rest on is not what it was."""
    what = f"{', '.join(changed)} {'has' if len(changed) == 1 else 'have'} changed since '{folder}' was begun"
    return BadValueError(
        f"{what}, so new runs would not belong with those in it. Put it back as it was and use --resume, or begin "
        f"anew: hebbstat run {locator} --out ANOTHER"
    )


def _completed(found: dict[str, Any]) -> dict[str, Any]:
    """What `result.json` holds, with all that rests on its runs computed anew: earlier versions wrote less of it."""
    lacking = [name for name, kind in PARTS.items() if not isinstance(found[name], kind)]
    if lacking:
        raise KeyError(*lacking)
    failures, sources = found.get("failures", []), found.get("sources", {})
    return found | {
        "failures": failures, "sources": sources, "summary": summary(found["runs"], found["seeds"]),
        "effects": effects(found["runs"], list(found["arms"]), found["seeds"]),
    }  # fmt: skip


def _is_draft(path: Path) -> bool:
    """Whether a process that was killed while it wrote `result.json` left this."""
    return path.name.startswith(f".{RESULT}.")


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


def _write_arrays(path: Path, run: Finished) -> None:
    import zarr

    # what a process left that was killed here is no part of the run
    group = zarr.open_group(path, mode="a").create_group(f"{run.arm}/seed{run.seed}", overwrite=True)
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
