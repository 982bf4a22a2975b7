"""Subtractive normalization of incoming weights."""

from hebbstat.contract.fields import field
from hebbstat.contract.mechanism import Plasticity
from hebbstat.contract.state import PerPost
from hebbstat.contract.units import Ms, Weight


class SubtractiveNormalization(Plasticity):
    """Subtractive normalization: the same is taken from all weights that a neuron receives, so that they keep a sum.

        w += (total - sum of w) / number of the neuron's incoming synapses,  each period

    Synapses compete harder than under `WeightNormalization`: with bounds, Hebbian growth drives all but one weight of a
    neuron to a bound, where a multiplicative constraint leaves them graded. Add `HardBounds(0, w_max)`.

    Miller & MacKay 1994, doi:10.1162/neco.1994.6.1.100.
    """

    total: Weight = field(1.0, "the sum of the weights that a neuron receives")
    period: Ms = field(1000.0, "period of the slow clock")

    incoming = PerPost.reduce("w", "sum")
    number = PerPost.reduce("w", "count")

    @staticmethod
    def on_tick(incoming, number, total):
        return (total - incoming) / number
