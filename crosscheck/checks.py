"""The comparisons: each job runs ours and theirs and gives rows. Tolerances stand here, with where they come from."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import balanced
import cells
import cells_brian
import cells_nest
import firing
import numpy as np
import stdp_brian
import stdp_nest
import stdp_ours
from table import Question, Row, equivalent, within

import hebbstat as hs

VOLTAGES, FIRING, PLASTICITY, NETWORK = "Subthreshold voltages", "Firing", "Plasticity", "Balanced network"

EXACT = 1e-6  # mV, ms, Hz or weights: both sides are exact, or were taken to the limit of small steps
STEP = 0.01  # mV: what a step of 0.1 ms may cost a solver of order 2, a thousandth of the way from rest to threshold
FIRST_ORDER = 0.05  # mV: the same for the magnesium block, taken at the start of a step
LIMIT = 0.005  # ms: how well spike times found to a step can be taken to the limit, 2 (0.0005 + 0.002) ms
MARGINS = {"rate": 0.05, "CV": 0.03, "correlation": 0.005}  # of the rate, relative; the others absolute
SEEDS = 10


def timed(function: Callable[..., Any], *arguments: Any) -> tuple[Any, float]:
    began = time.perf_counter()
    return function(*arguments), time.perf_counter() - began


# name: title, order of our solver (0: exact), tolerance at 0.1 ms, peers
CELLS: dict[str, tuple[str, int, float, dict[str, Callable[[], np.ndarray]]]] = {
    "current": ("CurrentLIF, exponential currents", 0, EXACT, {
        "NEST iaf_psc_exp": cells_nest.current, "Brian2 exact": cells_brian.current}),
    "jump": ("CurrentLIF, voltage jumps", 0, EXACT, {
        "NEST iaf_psc_delta": cells_nest.jump, "Brian2 exact": cells_brian.jump}),
    "conductance": ("LIF, exponential conductances", 2, STEP, {
        "NEST iaf_cond_exp": cells_nest.conductance, "Brian2 rk4": cells_brian.conductance}),
    "dual_exponential": ("LIF, dual-exponential conductances", 2, STEP, {
        "NEST iaf_cond_beta": cells_nest.dual_exponential, "Brian2 rk4": cells_brian.dual_exponential}),
    "nmda": ("LIF, NMDA with magnesium block", 1, FIRST_ORDER, {"Brian2 rk4": cells_brian.nmda}),
    "adex": ("AdEx, exponential conductances", 2, STEP, {
        "NEST aeif_cond_exp": cells_nest.adex, "Brian2 rk4": cells_brian.adex}),
    "izhikevich": ("Izhikevich, voltage jumps", 2, STEP, {
        "NEST izhikevich, consistent": cells_nest.izhikevich,
        "NEST izhikevich, published": cells_nest.izhikevich_published, "Brian2 rk4": cells_brian.izhikevich}),
}  # fmt: skip


def voltages(name: str) -> list[Row]:
    """A row at our usual step of 0.1 ms and, unless that is exact, one for our limit of small steps."""
    title, order, tolerance, peers_of = CELLS[name]
    usual, seconds = timed(cells.voltage, getattr(cells, name), 0.1)
    versions = [(f"{title}, step 0.1 ms", usual, tolerance, seconds)]
    if order:
        levels, seconds = timed(lambda: [cells.voltage(getattr(cells, name), 0.1 / n) for n in (32, 64)])
        versions.append((f"{title}, step to 0", cells_nest.extrapolated(levels, order), EXACT, seconds))
    kept = ~cells.jumps_at_samples() if name in ("jump", "izhikevich") else np.ones(len(usual), bool)
    rows = []
    for peer, function in peers_of.items():
        theirs, took = timed(function)
        for what, ours, allowed, seconds in versions:
            rows.append(within(Question(VOLTAGES, what, peer, allowed, "mV", seconds, took), ours[kept], theirs[kept]))
    return rows


def constant_current() -> list[Row]:
    """Nine cells: three currents, three refractory times."""
    rows = []
    for model, there in ((hs.CurrentLIF, "iaf_psc_exp"), (hs.LIF, "iaf_cond_exp")):
        ours, seconds = timed(firing.constant_current, model)
        what = f"{model.__name__}, constant currents and refractory times: spike times"
        for peer, function in (
            (f"NEST {there}", lambda m=there: firing.constant_current_nest(m)),
            ("Brian2 exact", firing.constant_current_brian),
        ):
            theirs, took = timed(function)
            rows.append(within(Question(FIRING, what, peer, EXACT, "ms", seconds, took), ours, theirs))
    return rows


def driven() -> list[Row]:
    """Synaptic input and a bias, with spikes, resets and refractory times in between."""
    rows = []
    for kind, model, there, tolerance in (
        ("current", "CurrentLIF", "iaf_psc_exp", EXACT),
        ("conductance", "LIF", "iaf_cond_exp", STEP),
    ):
        (times, v), seconds = timed(firing.driven, kind)
        (their_times, their_v), took = timed(firing.driven_nest, kind)
        for what, unit, allowed, mine, other in (
            ("spike times", "ms", EXACT, times, their_times),
            ("voltage, step 0.1 ms", "mV", tolerance, v, their_v),
        ):
            title = f"{model} that fires on synaptic input: {what}"
            rows.append(within(Question(FIRING, title, f"NEST {there}", allowed, unit, seconds, took), mine, other))
    return rows


def single(what: str, peer: str, ours: str, theirs: str, tolerance: float, unit: str) -> list[Row]:
    """One of ours in `firing` against one of theirs."""
    (mine, seconds), (other, took) = timed(getattr(firing, ours)), timed(getattr(firing, theirs))
    return [within(Question(FIRING, what, peer, tolerance, unit, seconds, took), mine, other)]


def plasticity_nest(rule: str, title: str, delay: float, together: bool = False) -> list[Row]:
    """The weights after each presynaptic spike."""
    theirs, took = timed(stdp_nest.weights, rule, delay, together)
    at = np.round([time + delay for time, _, _ in theirs], 1)
    times = np.unique(at)
    ours, seconds = timed(stdp_ours.weights, rule, stdp_ours.Delays(delay, 2 * delay), times, together)
    mine = ours[np.searchsorted(times, at), [neuron for _, neuron, _ in theirs]]
    what = f"{title}, delay {delay:g} ms" + (", events in one step" if together else "")
    model = stdp_nest.synapse(rule)[0]["synapse_model"]
    question = Question(PLASTICITY, what, f"NEST {model}", EXACT, "", seconds, took)
    return [within(question, mine, np.array([w for _, _, w in theirs]))]


def plasticity_brian(rule: str, title: str) -> list[Row]:
    """The weights every 10 ms, with the shortest delay and with axonal delays that differ and a dendritic one."""
    rows, times = [], np.arange(1, round(stdp_ours.MS / 10.0) + 1) * 10.0
    for said, delays in (
        ("delay 0.1 ms", stdp_ours.SHORT),
        ("delays 0.3 to 6.1 ms, dendritic 2.5 ms", stdp_ours.SPREAD),
    ):
        theirs, took = timed(stdp_brian.weights, rule, delays, times)
        ours, seconds = timed(stdp_ours.weights, rule, delays, times)
        question = Question(PLASTICITY, f"{title}, {said}", "Brian2 event-driven", EXACT, "", seconds, took)
        rows.append(within(question, ours, theirs))
    return rows


def short_term(title: str, U: float, tau_rec: float, tau_facil: float) -> list[Row]:
    """What each spike releases."""
    rows, given = [], (U, tau_rec, tau_facil, 2.0, 2.3)
    ours, seconds = timed(stdp_ours.released, *given)
    for peer, module in (("NEST tsodyks2_synapse", stdp_nest), ("Brian2 event-driven", stdp_brian)):
        theirs, took = timed(module.released, *given)
        question = Question(PLASTICITY, f"TsodyksMarkram, {title}: amounts", peer, EXACT, "", seconds, took)
        rows.append(within(question, np.concatenate(ours), np.concatenate(theirs)))
    return rows


def one_network(simulator: str, kind: str, seed: int) -> tuple[str, str, dict[str, float], float]:
    """A run of the balanced network; `network` makes rows of them."""
    return simulator, kind, *timed(balanced.measures, simulator, kind, seed)


def network(runs: list[tuple[str, str, dict[str, float], float]]) -> list[Row]:
    """Equivalence of the means over seeds; each simulator has seeds and wiring of its own."""
    rows = []
    for kind in balanced.KINDS:
        found = {s: [m for t, k, m, _ in runs if (t, k) == (s, kind)] for s in balanced.SIMULATORS}
        took = {s: [x for t, k, _, x in runs if (t, k) == (s, kind)] for s in balanced.SIMULATORS}
        for peer in ("NEST", "Brian2"):
            if min(len(found[peer]), len(found["Hebbstat"])) < 2:
                continue  # those runs failed, and stand in the table as such
            seconds = float(np.mean(took["Hebbstat"])), float(np.mean(took[peer]))
            for what in found["Hebbstat"][0]:
                ours, theirs = ([m[what] for m in found[s]] for s in ("Hebbstat", peer))
                measure, _ = what.split()
                scale, unit = (float(np.mean(theirs)), "Hz") if measure == "rate" else (1.0, "")
                question = Question(NETWORK, f"{kind}s: {what}", peer, MARGINS[measure] * scale, unit, *seconds)
                rows.append(equivalent(question, ours, theirs))
    return rows


TITLES = {
    "pair": "PairSTDP", "pair, bounded": "PairSTDP in HardBounds", "mu = 1": "WeightDependentSTDP, mu = 1",
    "mu = 0.4": "WeightDependentSTDP, mu = 0.4", "triplet": "TripletSTDP", "nearest triplet": "NearestTripletSTDP",
    "inhibitory": "InhibitorySTDP", "one-sided": "OneSidedSTDP",
}  # fmt: skip
IN_NEST = ("pair", "pair, bounded", "mu = 1", "mu = 0.4", "triplet", "inhibitory")
SETS = {"depressing": (0.5, 800.0, 0.0), "facilitating": (0.03, 130.0, 530.0), "both": (0.2, 50.0, 20.0)}
SINGLES = [  # what, peer, ours, theirs, tolerance, unit
    ("AdaptiveLIF, constant current: spike times", "Brian2 exact", "adaptive", "adaptive_brian", EXACT, "ms"),
    ("AdEx, constant current, step to 0: spike times", "NEST aeif_cond_exp", "adex", "adex_nest", LIMIT, "ms"),
    ("Izhikevich, constant current, step to 0: spike times", "NEST izhikevich", "izhikevich", "izhikevich_nest",
     LIMIT, "ms"),
    ("RateNeuron, a loop of two: rates", "NEST threshold_lin_rate_ipn", "rates", "rates_nest", EXACT, "Hz"),
]  # fmt: skip
Job = tuple[str, str, Callable[..., Any], tuple[Any, ...]]  # topic, what it is called, function, arguments


def jobs() -> list[Job]:
    """All jobs, in the order of the table; those of the network give runs, not rows."""
    found: list[Job] = [(VOLTAGES, CELLS[name][0], voltages, (name,)) for name in CELLS]
    found += [(FIRING, "constant currents", constant_current, ()), (FIRING, "synaptic input", driven, ())]
    found += [(FIRING, given[0].split(":")[0], single, given) for given in SINGLES]
    for rule, title in TITLES.items():
        if rule in IN_NEST:
            found += [(PLASTICITY, f"{title}, NEST", plasticity_nest, (rule, title, delay)) for delay in (0.2, 3.6)]
        if rule in ("pair", "triplet", "inhibitory"):
            given = (rule, title, stdp_ours.TOGETHER, True)
            found.append((PLASTICITY, f"{title}, events in one step", plasticity_nest, given))
        found.append((PLASTICITY, f"{title}, Brian2", plasticity_brian, (rule, title)))
    found += [(PLASTICITY, f"TsodyksMarkram, {title}", short_term, (title, *given)) for title, given in SETS.items()]
    for kind in balanced.KINDS:
        for simulator in balanced.SIMULATORS:
            for seed in range(1, SEEDS + 1):
                found.append((NETWORK, f"{kind}s, {simulator}, seed {seed}", one_network, (simulator, kind, seed)))
    return found
