"""W1 in Brian2: C++ standalone with OpenMP."""

import brian2_network as n
from shared import parameters as p
from shared import row


def describe(workload: p.Workload) -> n.Network:
    net, rule = n.Network(workload), p.INHIBITORY
    net.connect("exc", "exc", workload.w_exc, "g_ampa")
    net.connect("exc", "inh", workload.w_exc, "g_ampa")
    net.connect("inh", "inh", workload.w_inh, "g_gaba")
    said = {"gain": rule.gain, "alpha": 2.0 * rule.target * rule.tau / 1000.0, "w_max": rule.w_max, "tau": rule.tau}
    net.connect(
        "inh", "exc", workload.w_inh, "g_gaba", namespace=said,
        model="""w : 1
                 dx/dt = -x / (tau * ms) : 1 (event-driven)
                 dy/dt = -y / (tau * ms) : 1 (event-driven)""",
        on_pre="""g_gaba_post += w
                  w = clip(w + gain * (y - alpha), 0, w_max)
                  x += 1""",
        on_post="""w = clip(w + gain * x, 0, w_max)
                   y += 1""",
    )  # fmt: skip
    return net


if __name__ == "__main__":
    n.measure(*row.options(p.W1, __doc__, n.more), describe)
