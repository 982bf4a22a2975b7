"""Receptors that rise and decay exponentially."""

from hebbstat.contract.fields import field
from hebbstat.contract.units import MilliVolt, Ms
from hebbstat.synapses._rise_and_decay import _RiseAndDecay


class DualExponential(_RiseAndDecay):
    """A conductance that rises and decays exponentially; the weight (nS) is its peak.

        g(t) = peak-normalised exp(-t/tau_decay) - exp(-t/tau_rise)

    Exact; equal time constants give the alpha function. The neuron gets the mean of g over the step.

    Roth & van Rossum 2009, Modeling Synapses, in Computational Modeling Methods for Neuroscientists.
    """

    reversal: MilliVolt = field(0.0, "reversal potential")

    @staticmethod
    def conductance(g, x, mean_of_g, mean_of_x):
        return g * mean_of_g + x * mean_of_x


class GABAB(DualExponential):
    """Slow inhibition through potassium channels.

    Time constants: Otis, De Koninck & Mody 1993, J Physiol 463:391 (the onset to the first power instead of the fourth,
    the faster decay, which is 84 %); reversal: Destexhe, Mainen & Sejnowski 1998, Methods in Neuronal Modeling.
    """

    tau_rise: Ms = 45.0
    tau_decay: Ms = 110.0
    reversal: MilliVolt = -95.0
