"""W2 in NEST, without scaling, with conductance neurons or (--current) `iaf_psc_exp`; synapses: `stdp_synapse_hom`."""

import argparse

import nest_network as n
from shared import parameters as p
from shared import row


def describe(workload: p.Workload, current: bool) -> n.Network:
    """With currents, the weights carry what the conductances carry at one voltage."""
    exc, inh, drive = workload.w_exc, -workload.w_inh, workload.drive_weight
    model, parameters = ("iaf_psc_exp", {"tau_m": p.TAU}) if current else ("iaf_cond_exp", n.CONDUCTANCE)
    net = n.Network(workload, model, parameters)
    unit = p.as_current(1.0, p.E_AMPA) if current else 1.0
    if current:
        exc, drive, inh = unit * exc, unit * drive, p.as_current(workload.w_inh, p.E_GABA)
    rule, largest = p.PAIR, unit * p.PAIR.w_max
    plastic = {
        "Wmax": largest, "lambda": rule.A_plus / rule.w_max, "alpha": rule.A_minus / rule.A_plus, "mu_plus": 0.0,
        "mu_minus": 0.0, "tau_plus": rule.tau,
    }  # fmt: skip
    n.nest.SetDefaults("stdp_synapse_hom", plastic)
    net.drive(p.CURRENT_DRIVE_RATE if current else workload.drive_rate, drive)
    net.connect("exc", "exc", weight=exc, synapse_model="stdp_synapse_hom")
    net.connect("exc", "inh", weight=exc)
    net.connect("inh", "exc", weight=inh)
    net.connect("inh", "inh", weight=inh)
    return net


def _more(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--current", action="store_true", help="exponential currents instead of conductances")


if __name__ == "__main__":
    workload, given = row.options(p.W2, __doc__, _more)
    what = "another neuron: currents, no scaling" if given.current else "no scaling; adaptive solver"
    n.measure(workload, given, lambda w: describe(w, given.current), f"NEST{' iaf_psc_exp' * given.current}", what)
