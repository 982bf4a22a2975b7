"""What is run: a case is one simulator, or one variant of ours, on one workload. An axis is a list of cases."""

from __future__ import annotations

import argparse
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

BENCH = Path(__file__).resolve().parents[1]
PEERS = {
    "nest": ("NEST 3.10", "nest_{w}.py", ()),
    "nest-current": ("NEST 3.10 iaf_psc_exp", "nest_{w}.py", ("--current",)),
    "brian2": ("Brian2 2.9 standalone", "brian2_{w}.py", ()),
    "annarchy": ("ANNarchy 5", "annarchy_{w}.py", ()),
    "auryn": ("Auryn", "auryn_{w}.py", ()),
}
"""Name -> label, script, its options. `nest-current` shares NEST's environment and has W2 only."""

SIZES = {10_000: "10^4", 100_000: "10^5", 1_000_000: "10^6", 10_000_000: "10^7", 100_000_000: "10^8"}
HUGE = {1_000_000_000: "10^9"}
CELLS = {1000: "10^6", 3200: "3 10^6", 10_000: "10^7", 32_000: "3 10^7", 100_000: "10^8"}
"""Cells of W2 with 1000 synapses onto each -> synapses."""


@dataclass(frozen=True)
class Case:
    """A command that writes a row. The first case of a workload is what the others are compared with."""

    label: str
    workload: str
    command: tuple[str, ...]
    same_rates: bool = True  # whether its rates must agree with those of the first case


@dataclass(frozen=True)
class Axis:
    """A list of cases, what of them is drawn, and a sentence on how to read it."""

    name: str
    title: str
    measure: str  # "wall" or "ns_per_event" of a row
    cases: list[Case]
    skipped: dict[str, str]  # what could not be run -> why


def ours(workload: str, label: str, *more: str, same_rates: bool = True) -> Case:
    """A case of Hebbstat, in the environment that runs this."""
    script = BENCH / "workloads" / f"{workload.lower()}.py"
    return Case(label, workload, (sys.executable, str(script), *more), same_rates)


def axis(name: str, given: argparse.Namespace) -> Axis:
    """The axis of that name."""
    return {"peers": peers, "threads": threads, "synapses": synapses, "cells": cells, "pieces": pieces, "rules": rules,
            "populations": populations, "microcircuit": microcircuit, "workloads": workloads,
            "startup": startup}[name](given)  # fmt: skip


def peers(given: argparse.Namespace) -> Axis:
    cases, skipped = [], {}
    wanted = list(PEERS) if given.peers is None else [name for name in given.peers.split(",") if name]
    if unknown := set(wanted) - set(PEERS):
        raise SystemExit(f"no peer '{unknown.pop()}'; there are {', '.join(PEERS)}")
    for workload in given.workload:
        cases.append(ours(workload, "Hebbstat"))
        cases.append(ours(workload, "Hebbstat, float64", "--dtype", "float64"))
        for name in wanted:
            label, script, options = PEERS[name]
            if name == "nest-current" and workload == "W1":
                continue
            python, reason = _python(name, given)
            if reason:
                skipped[label] = reason
                continue
            path = BENCH / "peers" / script.format(w=workload.lower())
            if name == "auryn":
                options = ("--auryn", str(given.auryn.resolve()), f"--flags={given.auryn_flags}")
            cases.append(Case(label, workload, (python, str(path), *options)))
    return Axis("peers", "Wall seconds per simulated second", "wall", cases, skipped)


def _python(name: str, given: argparse.Namespace) -> tuple[str, str]:
    """The interpreter of a peer's environment, or why there is none."""
    if name == "auryn":
        return sys.executable, "" if given.auryn else "no --auryn FOLDER with a built Auryn"
    environment = given.environments / f".venv-bench-{name.split('-')[0]}"
    python = environment / "bin" / "python"
    if not python.exists():
        return "", f"not installed: make bench-peers makes {environment.name}"
    if name in ("brian2", "annarchy") and shutil.which("g++") is None:
        return "", "it needs a compiler, g++"
    return str(python), ""


def threads(given: argparse.Namespace) -> Axis:
    cases = [
        ours(workload, _threads(n), "--threads", str(n))
        for workload in given.workload
        for n in (1, 2, 4)
    ]
    return Axis("threads", "Threads: wall seconds per simulated second", "wall", cases, {})


def _threads(n: int) -> str:
    return f"{n} thread{'s' * (n > 1)}"


def synapses(given: argparse.Namespace) -> Axis:
    sizes = {**SIZES, **(HUGE if given.huge else {})}
    most = 1_000_000 if given.quick else max(sizes)
    cases = [
        ours("W2", f"{text} synapses", "--synapses", str(n), same_rates=False) for n, text in sizes.items() if n <= most
    ]
    skipped = {} if given.huge else {f"{text} synapses": "asked for with --huge" for text in HUGE.values()}
    return Axis("synapses", "W2 by its number of synapses: ns per synaptic event", "ns_per_event", cases, skipped)


def cells(given: argparse.Namespace) -> Axis:
    most = 3200 if given.quick else max(CELLS)
    cases = [
        ours("W2", f"{text} synapses, {_threads(k)}", "--cells", str(n), "--threads", str(k), same_rates=False)
        for k in dict.fromkeys((1, given.threads))
        for n, text in CELLS.items()
        if n <= most
    ]
    title = "W2 by its number of cells, 1000 synapses onto each: ns per synaptic event"
    return Axis("cells", title, "ns_per_event", cases, {})


def pieces(given: argparse.Namespace) -> Axis:
    names = ("weights", "delays", "taus", "short-term", "two rules")
    cases = [ours("W2", "W2 as it is")]
    cases += [ours("W2", f"+ {name}", "--piece", name, same_rates=False) for name in names]
    every = [word for name in names for word in ("--piece", name)]
    cases.append(ours("W2", "all of them", *every, same_rates=False))
    return Axis("pieces", "Heterogeneity, piece by piece: ns per synaptic event", "ns_per_event", cases, {})


def rules(given: argparse.Namespace) -> Axis:
    counts = {0: "no rule", 1: "STDP", 2: "STDP, bounds", 3: "STDP, bounds, scaling"}
    cases = [ours("W2", text, "--rules", str(n), same_rates=False) for n, text in counts.items()]
    for n, text in ((4, "and a second STDP"), (5, "and normalisation")):
        cases.append(ours("W2", text, "--piece", "two rules", "--rules", str(n), same_rates=False))
    return Axis("rules", "Rules of one projection: ns per synaptic event", "ns_per_event", cases, {})


def populations(given: argparse.Namespace) -> Axis:
    cases = [ours("W2", f"{4 * n**2} projections", "--parts", str(n), same_rates=False) for n in (1, 2, 4)]
    title = "W2 in more populations: wall seconds per simulated second"
    return Axis("populations", title, "wall", cases, {})


def microcircuit(given: argparse.Namespace) -> Axis:
    """Slow, and 2.5 GB: the full-size network, each cell with its thousands of synapses."""
    cases = [
        ours("W4", f"{text}, {_threads(k)}", "--drive", drive, "--threads", str(k), same_rates=False)
        for text, drive in (("direct current", "current"), ("Poisson drive", "poisson"))
        for k in dict.fromkeys((given.threads, 1))
    ]
    title = "W4, the cortical microcircuit: wall seconds per simulated second"
    return Axis("microcircuit", title, "wall", cases, {})


def workloads(given: argparse.Namespace) -> Axis:
    """What people build: all projections plastic, reward that comes late, a plastic rate network."""
    names = {"W3": "all projections plastic", "W6": "distal reward", "W7": "plastic rate network"}
    by_threads = {
        name: [
            ours(name, f"{text}, {_threads(k)}", "--threads", str(k), same_rates=False)
            for k in dict.fromkeys((given.threads, 1))
        ]
        for name, text in names.items()
    }
    rewiring = [
        ours("W5", text, *more, same_rates=False)
        for text, more in (("synapses die and are born", ()), ("the same, none does", ("--still",)))
    ]
    cases = [*by_threads["W3"], *rewiring, *by_threads["W6"], *by_threads["W7"]]
    return Axis("workloads", "W3, W5, W6 and W7: wall seconds per simulated second", "wall", cases, {})


def startup(given: argparse.Namespace) -> Axis:
    script = str(BENCH / "workloads" / "startup.py")
    cases = [Case("start-up", "W2", (sys.executable, script))]
    return Axis("startup", "W2 from nothing to its first step: seconds", "stages", cases, {})
