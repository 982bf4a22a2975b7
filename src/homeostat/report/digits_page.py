"""What the page of the digits experiment shows beyond the table: fields, rasters, rates, weights, damage."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from numpy.typing import NDArray

from homeostat.experiments.digits.robustness import KINDS
from homeostat.experiments.digits.variants import CHOSEN
from homeostat.experiments.lab.contract import Measure
from homeostat.experiments.lab.store import Result
from homeostat.information import mean_interval
from homeostat.report import figures, html
from homeostat.report.figures import COLOURS, Line
from homeostat.report.tables import interval_text

FULL, UNTRAINED, EQUAL = "everything", "untrained", "homogeneous"
COLOUR = {
    FULL: COLOURS[0], UNTRAINED: COLOURS[1], "no homeostasis": COLOURS[7], "no normalisation": COLOURS[2],
    "no intrinsic": COLOURS[5], "no inhibitory": COLOURS[4], EQUAL: COLOURS[3],
}  # fmt: skip
RIVAL = "#6b6257"
MOST_FIELDS = 400
UPPER_END = 80.0  # %
LEAST_RATE = 1e-3  # Hz; lower ones are drawn there, for the axis is logarithmic
PERCENT, BITS = Measure("", percent=True, digits=1), Measure("")


def facts(result: Result) -> str:
    """The numbers to see first."""
    summary, seeds = result.json["summary"], len(result.json["seeds"])
    if FULL not in summary:
        return ""
    found = summary[FULL]
    spread = f"mean ± half the 95 % interval, {seeds} seeds" if seeds > 1 else "one seed"
    top, cells = np.log2(_classes(result)), result.json["settings"]["neurons"]
    shown = [
        html.fact(
            interval_text(PERCENT, found["voting"]), "%", "of test images read right by a vote of the cells", spread
        )
    ]
    if UNTRAINED in summary:
        shown.append(
            html.fact(interval_text(PERCENT, summary[UNTRAINED]["voting"]), "%", "the same network before learning")
        )
    if "information" in found:
        text = f"between class and answer, of {top:.2f} possible"
        shown.append(html.fact(interval_text(BITS, found["information"]), "bits", text, "Panzeri–Treves corrected"))
    active = f"mean rate of the cells; {found['active']['mean']:.1f} of {cells} fire for an image"
    return html.facts(*shown, html.fact(f"{found['rate']['mean']:.2f}", "Hz", active))


def sections(result: Result) -> list[str]:
    """The sections after the table of results."""
    learned = html.figures(_fields(result, "before"), _fields(result, "after"), _confusion(result), _shares(result))
    active = html.figures(_raster(result, "before"), _raster(result, "after"), _rates(result), _weights(result))
    return [
        html.section("What each mechanism is worth", _worth(result), _budget(result)),
        html.section("What was learned", learned),
        html.section("Activity and weights", active),
        _robustness(result),
    ]


def _classes(result: Result) -> int:
    table = result.array(FULL, "confusion")
    return 10 if table is None else len(table)


def _worth(result: Result) -> str:
    """Accuracy, whole and its upper end, and information of all arms and baselines."""
    top = np.log2(_classes(result))
    text = "Below the line, methods without spikes; the last two are read by the linear decoder."
    spots = "Small dots: seeds. Large dot and bar: mean and its 95 % interval."
    vote = _arms(result, ("voting", "linear"), "Test accuracy by vote", "%", (0, 103), f"{spots} {text}")
    upper = _arms(
        result, ("voting", "linear"), "The same, its upper end", "%", (UPPER_END, 100.3), "Those whose mean lies there."
    )
    linear = _arms(
        result,
        ("linear",),
        "Test accuracy by linear decoder",
        "%",
        (0, 103),
        "A linear decoder can also read what nobody learned.",
    )
    unit = "bits between true class and answer"
    bits = _arms(
        result,
        ("information", "information_linear"),
        "Mutual information",
        unit,
        (-0.1, 1.05 * top),
        f"Of the vote, as in the first figure; Panzeri–Treves corrected; {top:.2f} bits at most.",
    )
    return html.figures(vote, upper, bits, linear)


def _arms(
    result: Result, keys: tuple[str, ...], title: str, unit: str, limits: tuple[float, float], caption: str
) -> str:
    """One number of every arm and baseline that has it, from the first of `keys` that there is."""
    summary, scale = result.json["summary"], 100 if unit == "%" else 1
    order = [*result.json["arms"], *result.json["baselines"]]
    used = {name: key for name in order for key in reversed(keys) if key in summary.get(name, {})}
    names = [name for name in order if name in used and scale * summary[name][used[name]]["mean"] >= limits[0]]
    if not names:
        return ""
    entries = [summary[name][used[name]] for name in names]
    arms = sum(name in result.json["arms"] for name in names)
    drawn = figures.arms_with_intervals(
        title, names, [[scale * v for v in result.numbers(name, used[name])] for name in names],
        [tuple(np.nan if e[k] is None else scale * e[k] for k in ("mean", "low", "high")) for e in entries],
        unit=unit, colours=[COLOUR.get(name, RIVAL) for name in names], xlim=limits,
        rule_after=arms - 1 if 0 < arms < len(names) else None,
    )  # fmt: skip
    return html.figure(drawn, caption, f"{title} of every arm and baseline")


def _budget(result: Result) -> str:
    """How the settings of each arm were found."""
    if not CHOSEN.exists():
        return html.paragraphs(
            "Settings: all arms share those that were found for the whole network, on training images only. An arm "
            "that does badly here might do better with its own: `homeostat run digits --search N` finds them."
        )
    search = json.loads(CHOSEN.read_text(encoding="utf-8"))["search"]
    text = (
        f"Settings: every arm got the same budget. {search['candidates']} candidates, drawn at random around the same "
        f"starting point and then around the arm's best, were compared by the vote on a held-out part of the training "
        f"images, the best {search['finalists']} of them on {search['folds']} such parts. Test images took no part. "
        "The starting point itself was found for the full network, on training images only."
    )
    plain = ("data", "neurons", "images", "passes", "robustness")
    given = [name for name in result.json["settings_chosen"] if name not in plain]
    return html.paragraphs(text + (f" In this run {', '.join(given)} were set by hand, in all arms." if given else ""))


def _order(labels: NDArray[Any]) -> NDArray[Any]:
    """Cells by the class they stand for, those that stand for none last."""
    return np.lexsort((np.arange(len(labels)), np.where(labels < 0, np.iinfo(np.int32).max, labels)))


def _fields(result: Result, when: str) -> str:
    """Receptive fields: ON weights minus OFF weights, sorted by the class that the cell stands for."""
    weights = result.array(FULL, "weights_before" if when == "before" else "weights")
    labels = result.array(FULL, "cell_labels")
    if weights is None or labels is None:
        return ""
    pixels = len(weights) // 2
    fields = (weights[:pixels] - weights[pixels:]).T
    side = int(np.sqrt(pixels))
    shape = (side, side) if side * side == pixels else (1, pixels)
    shown = fields[_order(labels)[:MOST_FIELDS]].reshape(-1, *shape)
    caption = {
        "before": "A tile a cell: the weights of its ON inputs minus those of its OFF inputs, here as they were drawn.",
        "after": "The same cells after learning; red where ON inputs are stronger, blue where OFF inputs are. Sorted "
        "by the class the cell stands for, which was found afterwards. First seed.",
    }
    return html.figure(
        figures.receptive_fields(f"Receptive fields {when} learning", shown), caption[when], "receptive fields"
    )


def _confusion(result: Result) -> str:
    found = list(result.arrays(FULL, "confusion").values())
    if not found or len({f.shape for f in found}) > 1:
        return ""
    drawn = figures.confusion("Which digits are taken for which", np.sum(found, axis=0), range(len(found[0])))
    many = f", summed over {len(found)} seeds" if len(found) > 1 else ""
    return html.figure(
        drawn, f"Test images by true class and answer of the vote of “everything”{many}.", "confusion matrix"
    )


def _shares(result: Result) -> str:
    """How many cells stand for each class."""
    found, n = list(result.arrays(FULL, "cell_labels").values()), _classes(result)
    if not found:
        return ""
    counts = np.array([[np.count_nonzero(labels == c) for c in range(n)] for labels in found])
    drawn = figures.bars(
        "Cells that stand for each digit", range(n), counts.mean(axis=0), counts, xlabel="class", ylabel="cells"
    )
    none = np.mean([np.count_nonzero(labels < 0) for labels in found])
    caption = (
        f"Mean over seeds (bars) and each seed (dots). {none:.1f} cells on average were silent and stand for none."
    )
    return html.figure(drawn, caption, "cells per class")


def _raster(result: Result, when: str) -> str:
    times, cells = result.array(FULL, f"raster_{when}_times"), result.array(FULL, f"raster_{when}_cells")
    shown, labels = result.array(FULL, "raster_labels"), result.array(FULL, "cell_labels")
    if times is None or cells is None or shown is None or labels is None:
        return ""
    show, pause = result.json["settings"]["test_show"], result.json["settings"]["pause"]
    period, n = show + pause, len(labels)
    place = np.empty(n, int)
    place[_order(labels)] = np.arange(n)
    spans = [(k * period, k * period + show, str(label)) for k, label in enumerate(shown)]
    drawn = figures.raster(f"Spikes {when} learning", times, place[cells], n, spans, duration=len(shown) * period)
    caption = f"{len(times)} spikes while {len(shown)} test images are shown (shaded, with their class)."
    more = " Cells are sorted by the class that they stand for after learning, class 0 at the bottom. First seed."
    return html.figure(drawn, caption + (more if when == "after" else ""), f"spikes {when} learning")


def _rates(result: Result) -> str:
    lines = {}
    for arm in result.json["arms"]:
        found = [np.asarray(f, float) for f in result.arrays(arm, "training_rate").values() if f.size > 1]
        seen = result.array(arm, "training_images")
        if found and seen is not None and len({len(f) for f in found}) == 1:
            stack = np.maximum(np.array(found), LEAST_RATE)
            lines[arm] = Line(seen, stack.mean(axis=0), stack.min(axis=0), stack.max(axis=0))
    if not lines:
        return ""
    drawn = figures.curves(
        "Mean rate during training",
        lines,
        xlabel="images shown",
        ylabel="Hz per cell",
        colours=COLOUR,
        log=True,
        height=2.9,
    )
    caption = "Excitatory cells. Lines: mean over seeds; bands: from the lowest to the highest seed."
    return html.figure(drawn, caption, "rates over training")


def _weights(result: Result) -> str:
    before = result.array(FULL, "weights_before")
    if before is None:
        return ""
    samples: dict[str, NDArray[Any]] = {"before learning": before / before.mean()}
    for arm in (FULL, "no normalisation", EQUAL):
        found = result.array(arm, "weights")
        if found is not None and found.mean() > 0:
            samples[arm] = found / found.mean()
    colours = {**COLOUR, "before learning": COLOURS[1]}
    drawn = figures.distributions(
        "Weights of the inputs", samples, xlabel="weight / mean weight", colours=colours, height=2.9
    )
    return html.figure(
        drawn, "First seed. The first bin holds weights at 0, the last one all that are larger.", "weights"
    )


def _robustness(result: Result) -> str:
    """Accuracy and information against damage, for the arms that were damaged."""
    drawn = []
    for kind, text in KINDS.items():
        for key, name in (("voting", "Accuracy"), ("information", "Information")):
            lines = _damage(result, kind, key)
            if not lines:
                continue
            percent, n = key == "voting", _classes(result)
            figure = figures.curves(
                f"{name}: {kind}", lines, xlabel=f"{text}, %", ylabel="%" if percent else "bits", colours=COLOUR,
                markers=True,
                chance=100 / n if percent else None, ylim=(0, 102) if percent else (0, 1.03 * np.log2(n)),
            )  # fmt: skip
            drawn.append(html.figure(figure, "", f"{name} against {text}"))
    if not drawn:
        return ""
    text = (
        "A trained network is damaged and shown the test images. Nothing is learned again, thresholds stay, and the "
        "cells keep the classes they had before. Deletion and down-regulation act on all synapses onto the excitatory "
        "cells; an image for which no cell fires counts as wrong. Bands: 95 % interval over seeds."
    )
    return html.section("Robustness after learning", html.paragraphs(text), html.figures(*drawn))


def _damage(result: Result, kind: str, key: str) -> dict[str, Line]:
    """Curves over the levels of damage, the undamaged network first."""
    lines = {}
    for arm in (FULL, EQUAL, UNTRAINED):
        found, levels = result.arrays(arm, f"{kind}_{key}"), result.array(arm, "levels")
        whole = {run["seed"]: run["numbers"].get(key) for run in result.json["runs"] if run["arm"] == arm}
        rows = [
            np.concatenate([[whole[seed]], values]) for seed, values in found.items() if whole.get(seed) is not None
        ]
        if not rows or levels is None:
            continue
        stack = (100 if key == "voting" else 1) * np.array(rows, float)
        low, high = (None, None) if len(stack) < 2 else np.transpose([_ends(column) for column in stack.T])
        lines[arm] = Line(100 * np.concatenate([[0.0], levels]), stack.mean(axis=0), low, high)
    return lines


def _ends(values: NDArray[Any]) -> tuple[float, float]:
    """The interval's ends; undefined where a value is."""
    if not np.isfinite(values).all():
        return float("nan"), float("nan")
    found = mean_interval(values)
    return found.low, found.high
