"""One-sided STDP: the weight changes at postsynaptic spikes only."""

from hebbstat.contract.fields import field
from hebbstat.contract.mechanism import Plasticity
from hebbstat.contract.state import PerPre
from hebbstat.contract.units import Ms, Number, Weight


class OneSidedSTDP(Plasticity):
    """One-sided STDP: at a postsynaptic spike, synapses that were just active strengthen, silent ones weaken.

        dw = eta (x - offset)  on a postsynaptic spike

    with a trace x of presynaptic spikes. Something else must bound the sum: WeightNormalization, SynapticScaling.

    Querlioz, Bichler, Dollfus & Gamrat 2013, doi:10.1109/TNANO.2013.2250995; Diehl & Cook 2015,
    doi:10.3389/fncom.2015.00099.
    """

    tau_plus: Ms = field(20.0, "decay of the presynaptic trace x")
    eta: Weight = field(0.01, "learning rate: the change for a trace that is 1 above the offset")
    offset: Number = field(0.4, "the trace at which nothing changes")

    x = PerPre.trace(decay="tau_plus")

    @staticmethod
    def on_post(x, eta, offset):
        return eta * (x - offset)
