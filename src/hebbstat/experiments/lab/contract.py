"""What an experiment is: a module that says what it asks, and a function that runs one arm with one seed.

    '''Does intrinsic homeostasis hold the rate of a driven network?      <- the title, then the method in words

    A network is driven ever more strongly, with and without ...'''

    from hebbstat.experiments import Measure, Settings

    class Settings(Settings):                       # optional: typed parameters, for --set key=value
        drive: float = Field(8.0, gt=0, description="rate of each input, Hz")

    arms = {"homeostasis": "as described", "none": "fixed thresholds"}      # optional; compared with the first

    def run(settings, seed, arm):
        return {"rate": 5.1, "thresholds": array}   # numbers go to the table, arrays to the data

Also read, if there: `baselines` (like `arms`, but not compared with the first arm), `measures` (name -> Measure: how
numbers are shown), `quick` (settings of `--quick`), `seeds` (how many by default), `prepare(settings)`, called once
before anything runs, to refuse early, and `settings_of(settings, arm)`, if arms have settings of their own. A text that
`prepare` returns, such as a sha256, stands for the data worked on: `--resume` refuses if it is another one.

A run that fails ends no other. A number that is NaN, or that a seed does not return, is missing: it is counted and
named in the report, and not averaged.

A run that takes long may be `run(settings, seed, arm, place)`: with `sim.run(..., checkpoint=place.checkpoint("name"))`
it goes on where it was when a stopped experiment is resumed.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from hebbstat.contract.errors import ContractError, UnknownNameError, suggestion
from hebbstat.experiments.lab.place import Place
from hebbstat.experiments.lab.settings import Settings, build

OPTIONAL = ("Settings", "arms", "baselines", "measures", "quick", "seeds", "prepare", "settings_of")


@dataclass(frozen=True)
class Measure:
    """How a number is shown: what it is, its unit, and the format; `percent` shows 0.95 as 95."""

    text: str
    unit: str = ""
    percent: bool = False
    digits: int = 2
    main: bool = False  # in the printed table

    def show(self, value: float) -> str:
        """The value as text, without the unit."""
        return f"{100 * value if self.percent else value:.{self.digits}f}"


@dataclass(frozen=True)
class Experiment:
    """An experiment as the runner, the report and the command line see it. Made by `experiment_of`."""

    name: str
    locator: str  # the built-in's name or the file's path, by which another process finds it again
    title: str
    text: str
    run: Callable[..., Mapping[str, Any]]  # (settings, seed, arm) or (settings, seed, arm, place)
    settings: type[Settings] = Settings
    arms: Mapping[str, str] = field(default_factory=lambda: {"all": ""})
    baselines: Mapping[str, str] = field(default_factory=dict)
    measures: Mapping[str, Measure] = field(default_factory=dict)
    quick: Mapping[str, Any] = field(default_factory=dict)
    seeds: int = 3
    prepare: Callable[[Any], Any] | None = None
    settings_of: Callable[[Any, str], Settings] | None = None

    @property
    def keeps(self) -> bool:
        """Whether its runs can be kept while they go on."""
        return len(inspect.signature(self.run).parameters) == 4

    def outcome(self, settings: Settings, seed: int, arm: str, place: Place) -> Mapping[str, Any]:
        """What one run returns."""
        return self.run(settings, seed, arm, place) if self.keeps else self.run(settings, seed, arm)

    def prepared(self, settings: Settings) -> str | None:
        """See that it can run; returns what tells its data from others, if it says."""
        found = self.prepare(settings) if self.prepare else None
        return found if isinstance(found, str) else None

    @property
    def reference(self) -> str:
        """The arm that the others are compared with: the first."""
        return next(iter(self.arms))

    def measure(self, name: str) -> Measure:
        """How that number is shown; its name stands for itself where nothing was declared."""
        return self.measures.get(name) or Measure(name.replace("_", " "), digits=3, main=not self.measures)

    def chosen(self, names: list[str] | None) -> list[str]:
        """Arms and baselines by name, all if none are named."""
        known = [*self.arms, *self.baselines]
        for name in names or []:
            if name not in known:
                raise UnknownNameError(f"'{self.name}' has no arm '{name}'; {suggestion(name, known)}")
        return [name for name in known if not names or name in names]


def experiment_of(module: ModuleType, name: str, locator: str) -> Experiment:
    """The experiment that a module defines. `ContractError` says what is missing."""
    where = f"experiment '{locator}'"
    run = getattr(module, "run", None)
    if not callable(run):
        raise ContractError(f"{where} defines no function run(settings, seed, arm)")
    if len(inspect.signature(run).parameters) not in (3, 4):
        raise ContractError(
            f"{where}: run must take (settings, seed, arm), not {inspect.signature(run)}; a fourth would be `place`"
        )
    given = {key: getattr(module, key) for key in OPTIONAL if hasattr(module, key)}
    settings = given.pop("Settings", Settings)
    if not (isinstance(settings, type) and issubclass(settings, Settings)):
        raise ContractError(f"{where}: Settings must be a class derived from hebbstat.experiments.Settings")
    for key in ("arms", "baselines"):
        if key in given and not (isinstance(given[key], Mapping) and all(isinstance(n, str) for n in given[key])):
            raise ContractError(f"{where}: {key} must be a dictionary, name -> what is different in it")
    if "arms" in given and not given["arms"]:
        raise ContractError(f"{where}: arms is empty; leave it out if there is nothing to compare")
    if not all(isinstance(shown, Measure) for shown in given.get("measures", {}).values()):
        raise ContractError(f"{where}: measures must be a dictionary, name -> hebbstat.experiments.Measure(...)")
    number = given.get("seeds", 1)
    if not (isinstance(number, int) and number >= 1):
        raise ContractError(f"{where}: seeds={number!r} must be how many seeds to run, a whole number, at least 1")
    build(settings, given.get("quick", {}), f" in quick of {where}")
    title, _, text = (inspect.getdoc(module) or name).partition("\n")
    return Experiment(name, locator, title.strip(), text.strip(), run, settings, **given)
