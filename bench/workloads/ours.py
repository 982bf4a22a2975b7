"""What W1 and W2 share in Hebbstat: cells, receptors, wiring."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from typing import Any

import parameters as p
from row import options, write
from timed import measure

import hebbstat as hs

MEMBRANE: dict[str, float] = {
    "tau_m": p.TAU, "g_leak": p.LEAK, "v_rest": p.V_REST, "v_threshold": p.V_THRESHOLD, "v_reset": p.V_RESET,
    "refractory": p.REFRACTORY,
}  # fmt: skip
AMPA, GABA = hs.AMPA(tau=p.TAU_AMPA, reversal=p.E_AMPA), hs.GABAA(tau=p.TAU_GABA, reversal=p.E_GABA)


def cells_of(net: hs.Network, kind: str) -> list[str]:
    """The populations of the cells called `kind`: one, or its parts."""
    return [name for name in net.populations if name.split()[0] == kind]


def connect_all(
    net: hs.Network,
    workload: p.Workload,
    plastic: tuple[str, str],
    rules: Sequence[hs.Plasticity],
    **there: Any,
) -> None:
    """All pairs of populations; the plastic ones have rules and whatever else is said of them."""
    for source, weight, receptor in (("exc", workload.w_exc, AMPA), ("inh", workload.w_inh, GABA)):
        for target in ("exc", "inh"):
            said = {"weight": weight, "delay": workload.delay}
            if (source, target) == plastic:
                said |= {"rules": rules, **there}
            for pre in cells_of(net, source):
                for post in cells_of(net, target):
                    net.connect(pre, post, hs.FixedProbability(workload.p), receptor=receptor, **said)


def main(
    workload: p.Workload,
    doc: str,
    describe: Callable[[p.Workload, argparse.Namespace], hs.Network],
    more: Callable[[argparse.ArgumentParser], None] = lambda parser: None,
) -> None:
    """Measure as the command line says, write the row."""

    def add(parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--dtype", choices=("float32", "float64"), default="float32")
        more(parser)

    workload, given = options(workload, doc, add)
    write(measure(workload.name, lambda: describe(workload, given), given), given.out)
