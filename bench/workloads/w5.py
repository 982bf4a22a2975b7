"""W5 in Hebbstat: synapses that die and are born, 1 % of 10^6 each second, among 10^4 cells.

python bench/workloads/w5.py --seconds 10 --threads 2 --out row.json
python bench/workloads/w5.py --still

With --still the same network keeps its synapses: what rewiring costs is the difference.
"""

from __future__ import annotations

from row import write
from timed import measure, options

import hebbstat as hs
from hebbstat.contract.units import Fraction, Ms, NonNegative, Weight

CELLS, SYNAPSES, TURNOVER, PERIOD = 10_000, 1_000_000, 0.01, 1000.0
WEIGHT, DRIVE_RATE, DRIVE_WEIGHT = 0.05, 145.0, 1.7


class Turnover(hs.Plasticity):
    """Each tick a part of the synapses dies, and as many births are tried as had to be replaced."""

    lost: Fraction = TURNOVER * PERIOD / 1000.0
    tries: NonNegative = 0.0
    first: Weight = WEIGHT
    period: Ms = PERIOD

    @staticmethod
    def prune(uniform, lost):
        return uniform < lost

    @staticmethod
    def attempts(tries):
        return tries

    @staticmethod
    def initial_weight(first):
        return first


def network(seed: int = 1, still: bool = False, cells: int = CELLS) -> hs.Network:
    """The network, described; with fewer cells each has as many synapses."""
    net, synapses = hs.Network(dt=0.1, seed=seed), SYNAPSES * cells // CELLS
    turnover = Turnover(tries=TURNOVER * PERIOD / 1000.0 * synapses)
    net.add(hs.LIF(), cells, "exc")
    net.add(hs.PoissonSource(rate=DRIVE_RATE), cells, "drive")
    net.connect("drive", "exc", hs.OneToOne(), weight=DRIVE_WEIGHT, delay=1.5, receptor=hs.AMPA())
    net.connect(
        "exc", "exc", hs.FixedTotalNumber(synapses, multapses=False), weight=WEIGHT, delay=1.5, receptor=hs.AMPA(),
        rules=[] if still else [turnover],
    )  # fmt: skip
    return net


if __name__ == "__main__":
    parser = options(__doc__, seconds=10.0, warm=2.0)
    parser.add_argument("--still", action="store_true", help="without deaths and births")
    given = parser.parse_args()
    row = measure("W5", lambda: network(given.seed, given.still), given)
    row.more["still"] = given.still
    write(row, given.out)
