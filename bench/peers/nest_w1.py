"""W1 in NEST: conductance neurons, `vogels_sprekeler_synapse`."""

import nest_network as n
from shared import parameters as p
from shared import row


def describe(workload: p.Workload) -> n.Network:
    net, rule = n.Network(workload, "iaf_cond_exp", n.CONDUCTANCE), p.INHIBITORY
    net.connect("exc", "exc", weight=workload.w_exc)
    net.connect("exc", "inh", weight=workload.w_exc)
    net.connect("inh", "inh", weight=-workload.w_inh)
    net.connect(
        "inh", "exc", synapse_model="vogels_sprekeler_synapse", weight=-workload.w_inh, Wmax=-rule.w_max, tau=rule.tau,
        eta=rule.gain, alpha=2.0 * rule.target * rule.tau / 1000.0,
    )  # fmt: skip
    return net


if __name__ == "__main__":
    n.measure(*row.options(p.W1, __doc__), describe, "NEST", "its conductance neuron has an adaptive solver")
