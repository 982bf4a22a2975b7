"""Triplet STDP with a sliding threshold."""

from hebbstat.contract.fields import field
from hebbstat.contract.hooks import derived
from hebbstat.contract.mechanism import Plasticity
from hebbstat.contract.state import PerPost, PerPre
from hebbstat.contract.units import Ms, Positive, Weight


class MetaplasticTripletSTDP(Plasticity):
    """Triplet STDP, all-to-all, whose weakening grows with the square of the neuron's averaged rate.

        dw = -A2_minus o1     on a presynaptic spike,   A2_minus = A3_plus tau_plus tau_y mean^2 / (tau_minus target)
        dw = +A3_plus r1 o2   on a postsynaptic spike

    with traces r1 of presynaptic, o1 and o2 of postsynaptic spikes. For independent Poisson spikes of rates u and v

        dw/dt = A3_plus tau_plus tau_y u v (v - mean^2 / target),   tau_mean dmean/dt = v - mean

    so the target is the only rate at rest. It is stable only while the average is fast: for tau_mean <
    1 / (A3_plus tau_plus tau_y u target dv/dw), which is seconds to minutes.

    Zenke, Hennequin & Gerstner 2013, doi:10.1371/journal.pcbi.1003330; Pfister & Gerstner 2006,
    doi:10.1523/JNEUROSCI.1425-06.2006.
    """

    target: Positive = field(3.0, "the postsynaptic rate at rest, in Hz")
    tau_mean: Ms = field(5000.0, "averaging of the postsynaptic rate")
    tau_plus: Ms = field(16.8, "decay of the presynaptic trace r1")
    tau_minus: Ms = field(33.7, "decay of the postsynaptic trace o1")
    tau_y: Ms = field(114.0, "decay of the slow postsynaptic trace o2")
    A3_plus: Weight = field(6.5e-3, "strengthening by a triplet at no distance")

    r1 = PerPre.trace(decay="tau_plus")
    o1, o2 = PerPost.trace(decay="tau_minus"), PerPost.trace(decay="tau_y")

    @derived
    def per_spike(tau_mean):
        return 1000.0 / tau_mean

    mean = PerPost.trace(decay="tau_mean", add="per_spike", init="target", slow=True)

    @derived
    def per_square(A3_plus, tau_plus, tau_y, tau_minus, target):  # A2_minus for a mean of 1 Hz
        return A3_plus * tau_plus * tau_y / tau_minus / target / 1000.0

    @staticmethod
    def on_pre(o1, mean, per_square):
        return -per_square * mean * mean * o1

    @staticmethod
    def on_post(r1, o2, A3_plus):
        return A3_plus * r1 * o2
