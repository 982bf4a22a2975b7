"""W2 in Brian2: C++ standalone with OpenMP; the drive is a PoissonInput, scaling a regular operation on synapses."""

import brian2_network as n
from brian2 import Hz, PoissonInput, ms
from shared import parameters as p
from shared import row


def describe(workload: p.Workload) -> n.Network:
    rule, scaling = p.PAIR, p.SCALING
    net = n.Network(
        workload, f"drate/dt = -rate / ({scaling.tau_rate} * ms) : 1\n", f"; rate += {1000.0 / scaling.tau_rate}"
    )
    net.cells.rate = scaling.target
    net.parts.append(PoissonInput(net.cells, "g_ampa", 1, workload.drive_rate * Hz, workload.drive_weight))
    net.connect("exc", "inh", workload.w_exc, "g_ampa")
    net.connect("inh", "exc", workload.w_inh, "g_gaba")
    net.connect("inh", "inh", workload.w_inh, "g_gaba")
    said = {
        "up": rule.A_plus, "down": rule.A_minus, "w_max": rule.w_max, "tau": rule.tau, "target": scaling.target,
        "growth": scaling.strength * scaling.period / 1000.0, "largest": scaling.largest,
    }  # fmt: skip
    learn = net.connect(
        "exc", "exc", workload.w_exc, "g_ampa", namespace=said,
        model="""w : 1
                 dx/dt = -x / (tau * ms) : 1 (event-driven)
                 dy/dt = -y / (tau * ms) : 1 (event-driven)""",
        on_pre="""g_ampa_post += w
                  w = clip(w - down * y, 0, w_max)
                  x += 1""",
        on_post="""w = clip(w + up * x, 0, w_max)
                   y += 1""",
    )  # fmt: skip
    learn.run_regularly(
        "w = clip(w * (1 + clip(growth * (1 - rate_post / target), -largest, largest)), 0, w_max)",
        dt=scaling.period * ms,
    )
    return net


if __name__ == "__main__":
    n.measure(*row.options(p.W2, __doc__, n.more), describe)
