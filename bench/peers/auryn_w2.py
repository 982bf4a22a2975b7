"""W2 in Auryn; scaling is a loop over the weights in its program, each period."""

import auryn_network as n
from shared import parameters as p
from shared import row

RULE = {
    "tau": p.PAIR.tau / 1000.0, "up": p.PAIR.A_plus / p.LEAK, "down": p.PAIR.A_minus / p.LEAK,
    "w_max": p.PAIR.w_max / p.LEAK, "target": p.SCALING.target, "tau_rate": p.SCALING.tau_rate / 1000.0,
    "period": p.SCALING.period / 1000.0, "strength": p.SCALING.strength, "largest": p.SCALING.largest,
}  # fmt: skip

if __name__ == "__main__":
    n.measure(*row.options(p.W2, __doc__, n.more), RULE)
