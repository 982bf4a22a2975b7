"""The report of a folder of results: `report.html`, one file that needs nothing else.

Every experiment gets the table, the arms with their intervals, its curves, settings and provenance. An experiment with
a module of its own here (`digits_page`) gets what that draws in place of the plain curves.
"""

from __future__ import annotations

import importlib
import importlib.util
from html import escape
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from hebbstat.experiments.lab.contract import Measure
from hebbstat.experiments.lab.store import REPORT, Result
from hebbstat.network.files import replacing
from hebbstat.report import figures, html
from hebbstat.report.arms import drawn_arms, spots
from hebbstat.report.counts import gaps, label, not_drawn, over_seeds
from hebbstat.report.tables import cell, heading, html_table, measures, note

LONGEST_CURVE = 20_000  # points
MOST_CURVES = 12


def write_page(result: Result) -> Path:
    """Write `report.html` into the folder of results; returns its path."""
    path = result.folder / REPORT
    with replacing(path) as file:
        file.write(html.page(result.json["title"], body(result)).encode())
    return path


def body(result: Result) -> str:
    """Everything between the head and the foot of the page."""
    own = _own_page(result)
    middle = own.sections(result) if own else [_arms(result), _curves(result)]
    return "\n".join(
        [
            _head(result),
            own.facts(result) if own else "",
            _method(result),
            html.section("Results", html_table(result), _note(result), _gaps(result)),
            *middle,
            _all_numbers(result),
            _provenance(result),
        ]
    )


def _own_page(result: Result) -> ModuleType | None:
    """The module that knows this experiment's data; a user's file of the same name is not meant."""
    name = f"hebbstat.report.{result.json['locator']}_page"
    if not result.json["locator"].isidentifier() or importlib.util.find_spec(name) is None or not result.json["runs"]:
        return None
    return importlib.import_module(name)


def _head(result: Result) -> str:
    found = result.json
    seeds = f"{len(found['seeds'])} seed{'s' * (len(found['seeds']) != 1)}"
    version, date = found["provenance"]["hebbstat"], found["provenance"]["date"][:10]
    over = f"Hebbstat {version} · experiment {found['experiment']} · {seeds} · {date}"
    done, wanted, failed = len(found["runs"]), found["expected_runs"], len(found["failures"])
    what = f"{failed} run{'s' * (failed != 1)} failed" if failed else "Stopped early"
    warning = f'<p class="warn">{what}: {done} of {wanted} runs are in this report.</p>' if done < wanted else ""
    return f'<p class="over">{escape(over)}</p>\n<h1>{escape(found["title"])}</h1>\n{warning}'


def _note(result: Result) -> str:
    return f"<p><small>{escape(note(result, measures(result)))}.</small></p>"


def _gaps(result: Result) -> str:
    """What is missing, one below the other."""
    found = gaps(result, measures(result, main=False))
    lines = "".join(f"<li>{escape(text)}</li>" for text in found)
    return f"<p>Missing, and not averaged; n counts what is there:</p><ul>{lines}</ul>" if found else ""


def _method(result: Result) -> str:
    return html.section("Method", html.paragraphs(result.json["text"])) if result.json["text"] else ""


def _arms(result: Result) -> str:
    """Each main measure: every arm with its seeds and interval."""
    drawn = [_arm(result, key, measure) for key, measure in measures(result).items()]
    return html.section("Arms", html.figures(*drawn)) if any(drawn) else ""


@html.guarded
def _arm(result: Result, key: str, measure: Measure) -> str:
    figure, caption = drawn_arms(result, {name: key for name in _names(result)}, measure.text, measure)
    return "" if figure is None else html.figure(figure, f"{spots(result)}{caption}", f"{heading(measure)} of each arm")


def _names(result: Result) -> list[str]:
    return [*result.json["arms"], *result.json["baselines"]]


def _curves(result: Result) -> str:
    """Arrays of one dimension as curves, a mean over seeds for each arm; `time` of the same length is the x axis."""
    import zarr

    names: dict[str, None] = {}
    for run in result.json["runs"]:
        folder = result.folder / "data.zarr" / run["arm"] / f"seed{run['seed']}"
        if folder.is_dir():
            names |= dict.fromkeys(
                name for name, array in sorted(zarr.open_group(folder, mode="r").arrays()) if array.ndim == 1
            )
    drawn = [_curve(result, name) for name in list(names)[:MOST_CURVES] if name != "time"]
    return html.section("Curves", html.figures(*drawn)) if any(drawn) else ""


@html.guarded
def _curve(result: Result, name: str) -> str:
    lines, counts, left_out, broken = {}, {}, {}, []
    timed = False
    for arm in result.json["arms"]:
        found = result.arrays(arm, name)
        times = {seed: t for seed, t in result.arrays(arm, "time").items() if seed in found}
        if why := _undrawable(found, times):
            left_out[arm] = why
            continue
        stack = np.array(list(found.values()), float)
        broken += [f"{arm}, seed {seed}" for seed, row in found.items() if not np.isfinite(row).all()]
        x, timed = (next(iter(times.values())), True) if _fit(found, times) else (np.arange(stack.shape[1]), timed)
        counts[arm] = len(stack)
        lines[label(result, arm, len(stack))] = figures.band(x, stack)
    if not lines:
        return ""
    text = name.replace("_", " ")
    caption = f"Mean {over_seeds(result, counts)}."
    caption += " Bands: from the lowest to the highest seed." if max(counts.values()) > 1 else ""
    caption += f" Broken where a seed is not a number: {'; '.join(broken)}." if broken else ""
    drawn = figures.curves(text, lines, xlabel="time" if timed else "index")
    return html.figure(drawn, caption + not_drawn(left_out), text)


def _undrawable(found: dict[int, Any], times: dict[int, Any]) -> str:
    """Why the arrays of an arm make no mean curve; nothing if they do."""
    if not found:
        return "no seed gave it"
    shapes = {f.shape for f in found.values()}
    if len(shapes) > 1:
        return "its seeds have different lengths"
    if any(len(shape) != 1 or not 2 <= shape[0] <= LONGEST_CURVE for shape in shapes):
        return f"no curve of 2 to {LONGEST_CURVE} points"
    if _fit(found, times) and any(not np.array_equal(t, next(iter(times.values()))) for t in times.values()):
        return "its seeds have different times"
    return ""


def _fit(found: dict[int, Any], times: dict[int, Any]) -> bool:
    """Whether all seeds have times, one for each point."""
    return times.keys() == found.keys() and all(t.shape == found[seed].shape for seed, t in times.items())


def _all_numbers(result: Result) -> str:
    """What the main table leaves out."""
    every = measures(result, main=False)
    arms = [name for name in (*result.json["arms"], *result.json["baselines"]) if name in result.json["summary"]]
    lines = []
    for key, measure in every.items():
        cells = []
        for arm in arms:
            found = result.json["summary"][arm].get(key)
            cells.append(cell(measure, found and found | {"low": None}, len(result.json["seeds"])))
        lines.append([heading(measure), *cells])
    own = result.json["arm_settings"]
    settings = [
        [name, _shown(value), *(_shown(own[arm][name]) if name in own[arm] else "" for arm in own)]
        for name, value in result.json["settings"].items()
    ]
    seconds: dict[str, list[float]] = {}
    for run in result.json["runs"]:
        seconds.setdefault(run["arm"], []).append(run["seconds"])
    times = [[arm, f"{np.mean(taken):.1f}", len(taken)] for arm, taken in seconds.items()]
    return html.section(
        "Numbers and settings",
        html.details("All numbers, means over seeds; n where it is not all of them", html.table(["", *arms], lines)),
        html.details("Settings, and where an arm has its own", html.table(["", "all", *own], settings)),
        html.details("Time taken", html.table(["arm", "seconds a run", "runs"], times)),
    )


def _shown(value: Any) -> str:
    """A setting as text."""
    return "–" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


INTERVALS = "95 %, over seeds: Student's t below 30 seeds, else bootstrap (BCa); differences paired"


def _provenance(result: Result) -> str:
    found, from_ = result.json, result.json["provenance"]
    machine = from_["machine"]
    memory = f", {machine['memory_GiB']} GiB" if machine["memory_GiB"] else ""
    return html.section(
        "Where this comes from",
        "<p>The command that reruns it:</p>",
        f"<pre>{escape(from_['command'])}</pre>",
        html.definitions(
            {
                "date": from_["date"].replace("T", " ").replace("+00:00", " UTC"),
                "duration": f"{found['seconds']:.0f} s",
                "seeds": ", ".join(map(str, found["seeds"])),
                "intervals": INTERVALS if len(found["seeds"]) > 1 else "none: one seed",
                "hebbstat": f"{from_['hebbstat']}, commit {from_['commit'] or 'unknown'}",
                "python": from_["python"],
                "packages": ", ".join(f"{name} {version}" for name, version in from_["packages"].items()),
                "machine": f"{machine['processor']}, {machine['cores']} cores{memory}, {machine['system']}",
                "configuration": f"sha256 {found['configuration_sha256']}",
                "data": "result.json (all numbers) and data.zarr (arrays) beside this page",
            }
        ),
    )
