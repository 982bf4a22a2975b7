"""Normalization of incoming weights."""

from hebbstat.contract.fields import field
from hebbstat.contract.mechanism import Plasticity
from hebbstat.contract.state import PerPost
from hebbstat.contract.units import Ms, Weight


class WeightNormalization(Plasticity):
    """Normalization: the weights that a neuron receives through a projection are scaled to a given sum.

        w *= total / sum of w over the neuron's incoming synapses,  each period

    Synapses compete, relative weights stay as they are. A neuron whose weights sum to 0 or less is left alone.

    von der Malsburg 1973, doi:10.1007/BF00288907.
    """

    total: Weight = field(1.0, "the sum of the weights that a neuron receives")
    period: Ms = field(1000.0, "period of the slow clock")

    incoming = PerPost.reduce("w", "sum")
    growth = PerPost.state(slow=True)

    @growth.on_tick
    def found_once(incoming, total):
        return (total - incoming) / incoming if incoming > 0.0 else 0.0

    @staticmethod
    def on_tick(w, growth):
        return w * growth
