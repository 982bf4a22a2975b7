"""What the page of the digits experiment shows beyond the table: fields, rasters, rates, weights, confusion, robustness."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from homeostat.experiments.digits.robustness import KINDS
from homeostat.experiments.digits.variants import CHOSEN
from homeostat.experiments.lab.store import Result
from homeostat.information import mean_interval
from homeostat.report import figures, html
from homeostat.report.figures import COLOURS
from homeostat.report.tables import Measure, interval_text

FULL, UNTRAINED, EQUAL = "everything", "untrained", "homogeneous"
COLOUR = {
    FULL: COLOURS[0], UNTRAINED: COLOURS[1], "no homeostasis": COLOURS[7], "no normalisation": COLOURS[2],
    "no intrinsic": COLOURS[5], "no inhibitory": COLOURS[4], EQUAL: COLOURS[3],
}  # fmt: skip
BASELINE = "#6b6257"
MOST_FIELDS = 400


def facts(result: Result) -> str:
    """The numbers to see first."""
    summary, seeds = result.json["summary"], len(result.json["seeds"])
    if FULL not in summary:
        return ""
    found = summary[FULL]
    percent, bits = Measure("", percent=True, digits=1), Measure("")
    spread = f"mean ± half the 95 % interval, {seeds} seeds" if seeds > 1 else "one seed"
    untrained = summary.get(UNTRAINED, {}).get("voting")
    shown = [html.fact(interval_text(percent, found["voting"]), "%", "of test images read right by a vote of the cells", spread)]
    if untrained:
        shown.append(html.fact(interval_text(percent, untrained), "%", "the same network before learning"))
    top = np.log2(_classes(result))
    if found.get("information"):
        shown.append(html.fact(interval_text(bits, found["information"]), "bits", f"between class and answer, of {top:.2f} possible", "Panzeri–Treves corrected"))
    shown.append(html.fact(f"{found['rate']['mean']:.2f}", "Hz", f"mean rate of the cells; {found['active']['mean']:.1f} of {result.json['settings']['neurons']} fire for an image"))
    return html.facts(*shown)


def sections(result: Result) -> list[str]:
    """The sections after the table of results."""
    return [
        html.section("What each mechanism is worth", html.figures(_accuracies(result, "voting"), _accuracies(result, "information")), _budget(result)),
        html.section("What was learned", html.figures(_fields(result, "weights_before"), _fields(result, "weights"), _confusion(result), _shares(result))),
        html.section("Activity", html.figures(_raster(result, "before"), _raster(result, "after"), _rates(result), _weights(result))),
        _robustness(result),
    ]


def _classes(result: Result) -> int:
    table = result.array(FULL, "confusion")
    return 10 if table is None else len(table)


def _accuracies(result: Result, key: str) -> str:
    """Arms and baselines, seeds and intervals."""
    arms = [name for name in result.json["arms"] if key in result.json["summary"].get(name, {})]
    rivals = [name for name in result.json["baselines"] if {key, "linear", "information_linear"} & set(result.json["summary"].get(name, {}))]
    names, values, intervals = [*arms, *rivals], [], []
    scale = 100 if key == "voting" else 1
    other = "linear" if key == "voting" else "information_linear"
    for name in names:
        used = key if key in result.json["summary"][name] else other
        values.append([scale * v for v in result.numbers(name, used)])
        found = result.json["summary"][name][used]
        intervals.append(tuple(np.nan if found[k] is None else scale * found[k] for k in ("mean", "low", "high")))
    if not names:
        return ""
    drawn = figures.arms_with_intervals(
        "Test accuracy" if key == "voting" else "Mutual information", names, values, intervals,  # type: ignore[arg-type]
        unit="%" if key == "voting" else "bits between true class and answer",
        colours=[COLOUR.get(name, BASELINE) for name in names], rule_after=len(arms) - 1 if rivals else None,
        xlim=(0, 103) if key == "voting" else (-0.1, 1.05 * np.log2(_classes(result))),
    )  # fmt: skip
    what = "Accuracy" if key == "voting" else "Information (Panzeri–Treves)"
    caption = f"{what} by the vote of the cells; below the line, methods without spikes. Small dots: seeds. Large dot and bar: mean and its 95 % interval. Logistic regression and random projection are read by the linear decoder."
    return html.figure(drawn, caption, f"{what} of every arm and baseline")


def _budget(result: Result) -> str:
    """How the settings of each arm were found."""
    import json

    if not CHOSEN.exists():
        return ""
    search = json.loads(CHOSEN.read_text(encoding="utf-8"))["search"]
    given = [name for name in result.json["settings_chosen"] if name not in ("data", "neurons", "images", "passes", "robustness")]
    text = (
        f"Settings: every arm got the same budget, {search['candidates']} candidates drawn at random around the same starting point, compared by the vote "
        f"on {search['folds']} held-out part(s) of the training images. Test images took no part."
    )
    if given:
        text += f" In this run {', '.join(given)} were set by hand, in all arms."
    return html.paragraphs(text)


def _fields(result: Result, name: str) -> str:
    """Receptive fields: ON weights minus OFF weights, sorted by the class that the cell stands for."""
    weights, labels = result.array(FULL, name), result.array(FULL, "cell_labels")
    if weights is None or labels is None:
        return ""
    fields = weights.T
    pixels = fields.shape[1] // 2
    fields = fields[:, :pixels] - fields[:, pixels:]
    side = int(np.sqrt(pixels))
    high, wide = (side, side) if side * side == pixels else (1, pixels)
    order = np.lexsort((np.arange(len(labels)), np.where(labels < 0, 10**6, labels)))[:MOST_FIELDS]
    before = name == "weights_before"
    drawn = figures.receptive_fields("Receptive fields before learning" if before else "Receptive fields after learning", fields[order].reshape(-1, high, wide))
    caption = (
        "The same cells, in the same places, with their initial random weights."
        if before
        else "One tile a cell: weights from its ON inputs (red) minus OFF inputs (blue). Sorted by the class the cell stands for, which was found afterwards. First seed."
    )
    return html.figure(drawn, caption, f"grid of {len(order)} receptive fields")


def _confusion(result: Result) -> str:
    found = list(result.arrays(FULL, "confusion").values())
    if not found or len({f.shape for f in found}) > 1:
        return ""
    drawn = figures.confusion("Which digits are taken for which", np.sum(found, axis=0), range(len(found[0])))
    return html.figure(drawn, f"Test images by true class and answer of the vote, summed over {len(found)} seed(s); “everything”.", "confusion matrix")


def _shares(result: Result) -> str:
    """How many cells stand for each class."""
    found, n = list(result.arrays(FULL, "cell_labels").values()), _classes(result)
    if not found:
        return ""
    counts = np.array([[np.count_nonzero(labels == c) for c in range(n)] for labels in found])
    drawn = figures.bars("Cells that stand for each digit", range(n), counts.mean(axis=0), counts, xlabel="class", ylabel="cells")
    none = np.mean([np.count_nonzero(labels < 0) for labels in found])
    return html.figure(drawn, f"Mean over seeds (bars) and each seed (dots). {none:.1f} cells on average stayed silent and stand for none.", "cells per class")


def _raster(result: Result, when: str) -> str:
    times, cells = result.array(FULL, f"raster_{when}_times"), result.array(FULL, f"raster_{when}_cells")
    shown, order = result.array(FULL, "raster_labels"), result.array(FULL, "cell_labels")
    if times is None or cells is None or shown is None or order is None:
        return ""
    settings = result.json["settings"]
    show, pause = settings["test_show"], settings["pause"]
    period, n = show + pause, len(order)
    place = np.empty(n, int)
    place[np.lexsort((np.arange(n), np.where(order < 0, 10**6, order)))] = np.arange(n)
    spans = [(k * period, k * period + show, str(label)) for k, label in enumerate(shown)]
    title = "Spikes before learning" if when == "before" else "Spikes after learning"
    drawn = figures.raster(title, times, place[cells], n, spans, duration=len(shown) * period)
    caption = (
        f"{len(times)} spikes while {len(shown)} test images are shown (shaded; their class on top)."
        + (" Cells are sorted by the class that they stand for after learning, 0 at the bottom." if when == "after" else "")
    )  # fmt: skip
    return html.figure(drawn, caption, title)


def _rates(result: Result) -> str:
    lines = {}
    for arm in result.json["arms"]:
        found = [np.asarray(f, float) for f in result.arrays(arm, "training_rate").values() if f.size > 1]
        seen = result.array(arm, "training_images")
        if found and seen is not None and len({len(f) for f in found}) == 1:
            stack = np.maximum(np.array(found), 1e-3)
            lines[arm] = figures.Line(seen, stack.mean(axis=0), stack.min(axis=0), stack.max(axis=0))
    if not lines:
        return ""
    drawn = figures.curves("Mean rate during training", lines, xlabel="images shown", ylabel="Hz per cell", colours=COLOUR, log=True, height=2.9)
    return html.figure(drawn, "Excitatory cells. Lines: mean over seeds; bands: from the lowest to the highest seed. Rates below 0.001 Hz are drawn there.", "rates over training")


def _weights(result: Result) -> str:
    samples: dict[str, NDArray[Any]] = {}
    before = result.array(FULL, "weights_before")
    if before is not None:
        samples["before learning"] = before / before.mean()
    for arm in (FULL, "no normalisation", EQUAL):
        found = result.array(arm, "weights")
        if found is not None and found.mean() > 0 and before is not None:
            samples[arm] = found / found.mean()
    if not samples:
        return ""
    drawn = figures.distributions("Weights of the inputs", samples, xlabel="weight / mean weight", colours={**COLOUR, "before learning": COLOURS[1]})
    return html.figure(drawn, "First seed; the last bin holds all that is larger.", "distributions of weights")


def _robustness(result: Result) -> str:
    """Accuracy and information against damage, for the arms that were damaged."""
    drawn = []
    for kind, text in KINDS.items():
        for key, name, unit, scale in (("voting", "Accuracy", "%", 100), ("information", "Information", "bits", 1)):
            lines = _damage(result, kind, key, scale)
            if lines:
                top = (0, 102) if key == "voting" else (0, 1.03 * np.log2(_classes(result)))
                chance = 100 / _classes(result) if key == "voting" else None
                figure = figures.curves(
                    f"{name}: {kind}", lines, xlabel=f"{text}, %", ylabel=unit, colours=COLOUR, chance=chance, ylim=top, markers=True
                )
                drawn.append(html.figure(figure, "", f"{name} against {text}"))
    if not drawn:
        return ""
    caption = (
        "A trained network is damaged and shown the test images; nothing is learned again, thresholds stay, and the cells keep the classes they had before. "
        "Deletion and down-regulation act on all synapses onto the excitatory cells. Bands: 95 % interval over seeds."
    )
    return html.section("Robustness after learning", html.paragraphs(caption), html.figures(*drawn))


def _damage(result: Result, kind: str, key: str, scale: float) -> dict[str, figures.Line]:
    lines = {}
    for arm in (FULL, EQUAL, UNTRAINED):
        found, levels = result.arrays(arm, f"{kind}_{key}"), result.array(arm, "levels")
        if not found or levels is None:
            continue
        whole = {run["seed"]: run["numbers"].get(key) for run in result.json["runs"] if run["arm"] == arm}
        rows = [np.concatenate([[whole[seed]], values]) for seed, values in found.items() if whole.get(seed) is not None]
        stack = scale * np.array(rows, float)
        if not len(stack):
            continue
        low, high = (None, None) if len(stack) < 2 else zip(*(_ends(column) for column in stack.T), strict=True)
        lines[arm] = figures.Line(100 * np.concatenate([[0.0], levels]), stack.mean(axis=0), low, high)
    return lines


def _ends(values: NDArray[Any]) -> tuple[float, float]:
    """The interval's ends; undefined where a value is."""
    if not np.isfinite(values).all():
        return float("nan"), float("nan")
    found = mean_interval(values)
    return found.low, found.high
