"""W1 in ANNarchy 5."""

import argparse

import annarchy_network as n
from shared import parameters as p
from shared import row


def describe(workload: p.Workload, given: argparse.Namespace) -> n.Network:
    net, rule = n.Network(workload, given), p.INHIBITORY
    net.connect("exc", "exc", workload.w_exc)
    net.connect("exc", "inh", workload.w_exc)
    net.connect("inh", "inh", workload.w_inh)
    learn = n.ann.Synapse(
        parameters={
            "gain": rule.gain, "alpha": 2.0 * rule.target * rule.tau / 1000.0, "w_max": rule.w_max, "tau": rule.tau,
        },
        equations=[
            n.ann.Variable("tau * dx/dt = -x", method="event-driven"),
            n.ann.Variable("tau * dy/dt = -y", method="event-driven"),
        ],
        pre_spike="""g_target += w
                     x += 1.0
                     w = clip(w + gain * (y - alpha), 0.0, w_max)""",
        post_spike="""y += 1.0
                      w = clip(w + gain * x, 0.0, w_max)""",
    )  # fmt: skip
    net.connect("inh", "exc", workload.w_inh, learn)
    return net


if __name__ == "__main__":
    n.measure(*row.options(p.W1, __doc__, n.more), describe)
