"""What the page of the digits experiment shows beyond the table: fields, rasters, rates, weights, damage."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hebbstat.experiments.digits.robustness import KINDS
from hebbstat.experiments.lab.contract import Measure
from hebbstat.experiments.lab.store import Result
from hebbstat.information import mean_interval
from hebbstat.report import figures, html
from hebbstat.report.arms import drawn_arms, spots
from hebbstat.report.counts import label, not_drawn, over_seeds, seeds_in_words
from hebbstat.report.digits_settings import noun, plural, provenance_of
from hebbstat.report.figures import COLOURS, Line
from hebbstat.report.tables import interval_text

FULL, UNTRAINED, EQUAL = "everything", "untrained", "homogeneous"
COLOUR = {
    FULL: COLOURS[0], UNTRAINED: COLOURS[1], "no homeostasis": COLOURS[7], "no normalisation": COLOURS[2],
    "no intrinsic": COLOURS[5], "no inhibitory": COLOURS[4], EQUAL: COLOURS[3],
}  # fmt: skip
RIVAL = "#6b6257"
MOST_FIELDS = 400
UPPER_END = 80.0  # %
LEAST_RATE = 1e-3  # Hz; lower ones are drawn there, for the axis is logarithmic
PERCENT, BITS = Measure("", "%", percent=True, digits=1), Measure("", "bits")
COUNT, HERTZ = Measure("", digits=1), Measure("", "Hz")


def facts(result: Result) -> str:
    """The numbers to see first."""
    found, before = (result.json["summary"].get(arm, {}) for arm in (FULL, UNTRAINED))
    top, cells, shown = np.log2(_classes(result)), result.json["settings"]["neurons"], []
    if "voting" in found:
        shown.append(_fact(result, PERCENT, found["voting"], "of test images read right by a vote of the cells"))
    if "voting" in before:
        shown.append(_fact(result, PERCENT, before["voting"], "the same network before learning"))
    if "information" in found:
        text = f"between class and answer, of {top:.2f} possible, Panzeri–Treves corrected"
        shown.append(_fact(result, BITS, found["information"], text))
    if "rate" in found and "active" in found:
        active = interval_text(COUNT, found["active"] | {"low": None})
        text = f"mean rate of the cells; {active} of {cells} fire for an image"
        shown.append(_fact(result, HERTZ, found["rate"] | {"low": None}, text))
    return html.facts(*shown)


def _fact(result: Result, measure: Measure, entry: dict[str, Any], text: str) -> str:
    number = seeds_in_words(entry["number"], len(result.json["seeds"]))
    spread = f"mean of {number}" if entry["low"] is None else f"mean ± half the 95 % interval, {number}"
    return html.fact(interval_text(measure, entry), measure.unit, text, spread)


def sections(result: Result) -> list[str]:
    """The sections after the table of results."""
    learned = html.figures(_fields(result, "before"), _fields(result, "after"), _confusion(result), _shares(result))
    active = html.figures(_raster(result, "before"), _raster(result, "after"), _rates(result), _weights(result))
    return [
        html.section("What each mechanism is worth", _worth(result), html.paragraphs(provenance_of(result))),
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
    read, told = ("voting", "linear"), ("information", "information_linear")
    bits = Measure("", "bits between true class and answer")
    panzeri = f"Of the vote, as in the first figure; Panzeri–Treves corrected; {top:.2f} bits at most."
    return html.figures(
        _arms(result, read, "Test accuracy by vote", PERCENT, (0, 103), f"{spots(result)} {text}"),
        _arms(result, read, "The same, its upper end", PERCENT, (UPPER_END, 100.3), "Those whose mean lies there."),
        _arms(result, told, "Mutual information", bits, (-0.1, 1.05 * top), panzeri),
        _arms(
            result, ("linear",), "Test accuracy by linear decoder", PERCENT, (0, 103),
            "A linear decoder can also read what nobody learned.",
        ),
    )  # fmt: skip


@html.guarded
def _arms(
    result: Result, keys: tuple[str, ...], title: str, measure: Measure, limits: tuple[float, float], caption: str
) -> str:
    """One number of every arm and baseline that has it, from the first of `keys` that there is."""
    summary = result.json["summary"]
    order = [*result.json["arms"], *result.json["baselines"]]
    used = {arm: next((key for key in keys if key in summary.get(arm, {})), keys[0]) for arm in order}
    colours = {arm: COLOUR.get(arm, RIVAL) for arm in order}
    figure, more = drawn_arms(result, used, title, measure, least=1, colours=colours, limits=limits, ruled=True)
    return "" if figure is None else html.figure(figure, caption + more, f"{title} of every arm and baseline")


def _order(labels: NDArray[Any]) -> NDArray[Any]:
    """Cells by the class they stand for, those that stand for none last."""
    return np.lexsort((np.arange(len(labels)), np.where(labels < 0, np.iinfo(np.int32).max, labels)))


def _seed(result: Result, arm: str, name: str) -> str:
    """Which seed is shown of what is shown of one."""
    return f"Seed {result.first_seed(arm, name)}."


@html.guarded
def _fields(result: Result, when: str) -> str:
    """Receptive fields: ON weights minus OFF weights, sorted by the class that the cell stands for."""
    name = "weights_before" if when == "before" else "weights"
    weights, labels = result.array(FULL, name), result.array(FULL, "cell_labels")
    if weights is None or labels is None:
        return ""
    pixels, shape = len(weights) // 2, result.array(FULL, "image_shape")
    if shape is None:  # of results that did not keep it
        side = int(np.sqrt(pixels))
        shape = np.array((side, side) if side * side == pixels else (1, pixels))
    fields = (weights[:pixels] - weights[pixels:]).T
    shown = fields[_order(labels)[:MOST_FIELDS]].reshape(-1, *shape)
    caption = {
        "before": "A tile a cell: the weights of its ON inputs minus those of its OFF inputs, here as they were drawn.",
        "after": "The same cells after learning; red where ON inputs are stronger, blue where OFF inputs are. Sorted "
        f"by the class the cell stands for, which was found afterwards. {_seed(result, FULL, name)}",
    }
    return html.figure(
        figures.receptive_fields(f"Receptive fields {when} learning", shown), caption[when], "receptive fields"
    )


@html.guarded
def _confusion(result: Result) -> str:
    found = list(result.arrays(FULL, "confusion").values())
    if not found or len({f.shape for f in found}) > 1:
        return ""
    kind = noun(result)
    drawn = figures.confusion(f"Which {plural(kind)} are taken for which", np.sum(found, axis=0), range(len(found[0])))
    asked = len(result.json["seeds"])
    many = f", summed over {seeds_in_words(len(found), asked)}" if asked > 1 else ""
    return html.figure(
        drawn, f"Test images by true class and answer of the vote of “everything”{many}.", "confusion matrix"
    )


@html.guarded
def _shares(result: Result) -> str:
    """How many cells stand for each class."""
    found, n = list(result.arrays(FULL, "cell_labels").values()), _classes(result)
    if not found:
        return ""
    counts = np.array([[np.count_nonzero(labels == c) for c in range(n)] for labels in found])
    drawn = figures.bars(
        f"Cells that stand for each {noun(result)}", range(n), counts.mean(axis=0), counts, xlabel="class",
        ylabel="cells",
    )  # fmt: skip
    none = np.mean([np.count_nonzero(labels < 0) for labels in found])
    caption = f"Mean {over_seeds(result, {FULL: len(found)})} (bars) and each seed (dots). {none:.1f} cells on average "
    return html.figure(drawn, f"{caption}were silent and stand for none.", "cells per class")


@html.guarded
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
    more = " Cells are sorted by the class that they stand for after learning, class 0 at the bottom. "
    more += _seed(result, FULL, f"raster_{when}_times")
    return html.figure(drawn, caption + (more if when == "after" else ""), f"spikes {when} learning")


@html.guarded
def _rates(result: Result) -> str:
    lines, counts, left_out, colours = {}, {}, {}, dict[str, str]()
    for arm in (name for name in result.json["arms"] if name != UNTRAINED):
        found = [np.asarray(f, float) for f in result.arrays(arm, "training_rate").values()]
        seen = result.array(arm, "training_images")
        if not result.finished(arm) or len({len(f) for f in found}) > 1:
            left_out[arm] = "its seeds have different lengths" if found else "no seed gave it"
        elif found and found[0].size > 1 and seen is not None:
            name, counts[arm] = label(result, arm, len(found)), len(found)
            lines[name] = figures.band(seen, np.maximum(np.array(found), LEAST_RATE))
            colours |= {name: COLOUR[arm]} if arm in COLOUR else {}
    if not lines:
        return ""
    drawn = figures.curves(
        "Mean rate during training", lines, xlabel="images shown", ylabel="Hz per cell", colours=colours, log=True,
        height=2.9,
    )  # fmt: skip
    bands = "; bands: from the lowest to the highest seed" if max(counts.values()) > 1 else ""
    caption = f"Excitatory cells. Lines: mean {over_seeds(result, counts)}{bands}."
    return html.figure(drawn, caption + not_drawn(left_out), "rates over training")


@html.guarded
def _weights(result: Result) -> str:
    samples, seeds, before = {}, set(), ("before learning", FULL, "weights_before")
    for name, arm, array in (before, *((arm, arm, "weights") for arm in (FULL, "no normalisation", EQUAL))):
        found = result.array(arm, array)
        if found is not None and (finite := found[np.isfinite(found)]).size and finite.mean() > 0:
            share = "" if finite.size == found.size else f", {1 - finite.size / found.size:.1%} not finite"
            samples[f"{name}{share}"] = finite / finite.mean()
            seeds.add(_seed(result, arm, array))
    if not samples:
        return ""
    colours = {**COLOUR, "before learning": COLOURS[1]}
    drawn = figures.distributions(
        "Weights of the inputs", samples, xlabel="weight / mean weight", colours=colours, height=2.9
    )
    which = seeds.pop() if len(seeds) == 1 else "The first seed that each arm has."
    caption = f"{which} The first bin holds weights at 0, the last one all that are larger."
    return html.figure(drawn, caption, "weights")


BANDS = "Bands: 95 % interval over seeds. "


def _robustness(result: Result) -> str:
    """Accuracy and information against damage, for the arms that were damaged."""
    names = {"voting": "Accuracy", "information": "Information"}
    drawn = [_damaged(result, kind, key, name) for kind in KINDS for key, name in names.items()]
    if not any(drawn):
        return ""
    text = (
        "A trained network is damaged and shown the test images. Nothing is learned again, thresholds stay, and the "
        "cells keep the classes they had before. Deletion and down-regulation act on all synapses onto the excitatory "
        "cells; an image for which no cell fires counts as wrong. "
        f"{BANDS if len(result.json['seeds']) > 1 else ''}Where a seed has no value, lines are broken."
    )
    return html.section("Robustness after learning", html.paragraphs(text), html.figures(*drawn))


@html.guarded
def _damaged(result: Result, kind: str, key: str, name: str) -> str:
    lines, colours, counts = _damage(result, kind, key)
    if not lines:
        return ""
    percent, n, text = key == "voting", _classes(result), KINDS[kind]
    figure = figures.curves(
        f"{name}: {kind}", lines, xlabel=f"{text}, %", ylabel="%" if percent else "bits", colours=colours, markers=True,
        chance=100 / n if percent else None, ylim=(0, 102) if percent else (0, 1.03 * np.log2(n)),
    )  # fmt: skip
    return html.figure(figure, f"Mean {over_seeds(result, counts)}.", f"{name} against {text}")


def _damage(result: Result, kind: str, key: str) -> tuple[dict[str, Line], dict[str, str], dict[str, int]]:
    """Curves over the levels of damage, the undamaged network first; their colours, and how many seeds by arm."""
    lines, colours, counts = {}, {}, {}
    for arm in (FULL, EQUAL, UNTRAINED):
        found, levels = result.arrays(arm, f"{kind}_{key}"), result.array(arm, "levels")
        whole = {run["seed"]: run["numbers"].get(key) for run in result.json["runs"] if run["arm"] == arm}
        if not found or levels is None:
            continue
        rows = [[np.nan if whole.get(seed) is None else whole[seed], *values] for seed, values in found.items()]
        stack = (100 if key == "voting" else 1) * np.array(rows, float)
        low, high = (None, None) if len(stack) < 2 else np.transpose([_ends(column) for column in stack.T])
        name, counts[arm] = label(result, arm, len(stack)), len(stack)
        lines[name] = Line(100 * np.concatenate([[0.0], levels]), stack.mean(axis=0), low, high)
        colours[name] = COLOUR[arm]
    return lines, colours, counts


def _ends(values: NDArray[Any]) -> tuple[float, float]:
    """The interval's ends; undefined where a value is."""
    if not np.isfinite(values).all():
        return float("nan"), float("nan")
    found = mean_interval(values)
    return found.low, found.high
