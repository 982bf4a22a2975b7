"""W1 in Auryn."""

import auryn_network as n
from shared import parameters as p
from shared import row

RULE = {
    "target": p.INHIBITORY.target, "tau": p.INHIBITORY.tau / 1000.0, "gain": p.INHIBITORY.gain / p.LEAK,
    "w_max": p.INHIBITORY.w_max / p.LEAK,
}  # fmt: skip

if __name__ == "__main__":
    n.measure(*row.options(p.W1, __doc__, n.more), RULE)
