"""W2 in Hebbstat: pair STDP with synaptic scaling, and what may be added to it piece by piece.

python bench/workloads/w2.py --seconds 10 --threads 4 --seed 1 --out row.json
python bench/workloads/w2.py --piece weights --piece delays
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any

import ours
from parameters import DT, PAIR, SCALING, W2, Workload

import hebbstat as hs

PIECES = {
    "weights": "log-normal initial weights, cv 0.5",
    "delays": "uniform delays, 0.5 to 2.5 ms",
    "taus": "log-normal membrane time constants, cv 0.2",
    "short-term": "short-term plasticity with U per synapse, E to E",
    "two rules": "triplet STDP and normalisation besides",
}

RELEASED = 2.4
"""A spike releases about 1 / RELEASED of the weight with short-term plasticity, so that rates stay as they are."""


def network(
    workload: Workload = W2, seed: int = 1, pieces: tuple[str, ...] = (), rules: int | None = None, parts: int = 1
) -> hs.Network:
    """The network, described; `rules` limits how many rules E to E has. E and I may be cut in `parts` populations."""
    net = hs.Network(dt=DT, seed=seed)
    tau = hs.LogNormal(ours.MEMBRANE["tau_m"], cv=0.2) if "taus" in pieces else ours.MEMBRANE["tau_m"]
    for name, n in _populations(workload, parts):
        net.add(hs.LIF(**{**ours.MEMBRANE, "tau_m": tau}), n, name)
        net.add(hs.PoissonSource(rate=workload.drive_rate), n, f"drive of {name}")
        net.connect(
            f"drive of {name}", name, hs.OneToOne(), weight=workload.drive_weight, delay=workload.delay,
            receptor=ours.AMPA,
        )  # fmt: skip
    mean = workload.w_exc * (RELEASED if "short-term" in pieces else 1.0)
    there: dict[str, Any] = {"weight": hs.LogNormal(mean, cv=0.5) if "weights" in pieces else mean}
    if "delays" in pieces:
        there["delay"] = hs.Uniform(0.5, 2.5)
    if "short-term" in pieces:
        there["release"] = hs.TsodyksMarkram(U=hs.Uniform(0.3, 0.7), tau_rec=100.0)
    ours.connect_all(net, workload, plastic=("exc", "exc"), rules=_rules(workload, pieces, mean)[:rules], **there)
    return net


def _populations(workload: Workload, parts: int) -> Iterator[tuple[str, int]]:
    for kind, n in (("exc", workload.exc), ("inh", workload.inh)):
        for part in range(parts):
            yield (kind if parts == 1 else f"{kind} {part}"), n * (part + 1) // parts - n * part // parts


def _rules(workload: Workload, pieces: tuple[str, ...], mean: float) -> list[hs.Plasticity]:
    """The rules of E to E; `mean` is the mean weight that it begins with."""
    up, down = workload.strength * PAIR.A_plus, workload.strength * PAIR.A_minus
    rules: list[hs.Plasticity] = [
        hs.PairSTDP(PAIR.tau, PAIR.tau, up, down),
        hs.HardBounds(0.0, workload.strength * PAIR.w_max),
        hs.SynapticScaling(SCALING.target, SCALING.tau_rate, SCALING.period, SCALING.strength, SCALING.largest),
    ]
    if "two rules" in pieces:
        rules += [
            hs.TripletSTDP(A3_plus=up, A2_minus=up, A3_minus=0.0),
            hs.WeightNormalization(total=workload.p * workload.exc * mean, period=SCALING.period),
        ]
    return rules


def _described(workload: Workload, given: argparse.Namespace) -> hs.Network:
    if given.synapses:
        workload = W2.of_synapses(given.synapses)
    return network(workload, given.seed, tuple(given.piece), given.rules, given.parts)


def _more(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--piece", action="append", default=[], choices=list(PIECES), help="switch on; repeatable")
    parser.add_argument("--synapses", type=int, help="so many at the same p, instead of --cells")
    parser.add_argument("--parts", type=int, default=1, help="populations that E and I each are cut in")
    parser.add_argument("--rules", type=int, help="only so many of the rules of E to E")


if __name__ == "__main__":
    ours.main(W2, __doc__, _described, _more)
