"""W2 in ANNarchy 5, without scaling: between steps it could be done only by carrying all weights to Python and back."""

import argparse

import annarchy_network as n
from shared import parameters as p
from shared import row


def describe(workload: p.Workload, given: argparse.Namespace) -> n.Network:
    net, rule = n.Network(workload, given), p.PAIR
    net.connect("exc", "inh", workload.w_exc)
    net.connect("inh", "exc", workload.w_inh)
    net.connect("inh", "inh", workload.w_inh)
    learn = n.ann.Synapse(
        parameters={"tau": rule.tau, "up": rule.A_plus, "down": rule.A_minus, "w_max": rule.w_max},
        equations=[
            n.ann.Variable("tau * dx/dt = -x", method="event-driven"),
            n.ann.Variable("tau * dy/dt = -y", method="event-driven"),
        ],
        pre_spike="""g_target += w
                     x += 1.0
                     w = clip(w - down * y, 0.0, w_max)""",
        post_spike="""y += 1.0
                      w = clip(w + up * x, 0.0, w_max)""",
    )
    net.connect("exc", "exc", workload.w_exc, learn)
    return net


if __name__ == "__main__":
    n.measure(*row.options(p.W2, __doc__, n.more), describe, "no scaling")
