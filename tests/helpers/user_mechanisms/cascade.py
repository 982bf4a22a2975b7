"""The cascade synapse: two strengths, each with several depths of increasing rigidity."""

from hebbstat.contract.mechanism import Plasticity
from hebbstat.contract.state import PerSynapse, together
from hebbstat.contract.units import Fraction, Number, Positive


class Cascade(Plasticity):
    """Each presynaptic event asks for strengthening or weakening, at random in equal parts.

    A synapse at depth i (from 1) of the opposite strength switches to depth 1 of the wanted one with probability
    x^(i - 1), at the last depth n with x^(n - 1) / (1 - x). One that has the wanted strength goes a step deeper with
    probability x^i / (1 - x).

    Fusi, Drew & Abbott 2005, doi:10.1016/j.neuron.2005.02.001.
    """

    depths: Positive = 5.0
    x: Fraction = 0.5
    low: Number = 0.0
    high: Number = 1.0
    start: Number = -1.0

    strong = PerSynapse.state("start")  # 1 or -1
    depth = PerSynapse.state(1.0)

    @together(strong, depth).on_pre
    def move(strong, depth, uniform, depths, x):
        wanted = 1.0 if uniform < 0.5 else -1.0
        chance = 2.0 * uniform if uniform < 0.5 else 2.0 * uniform - 1.0
        deeper = x**depth / (1.0 - x) if depth < depths else 0.0
        switch = x ** (depth - 1.0) if depth < depths else x ** (depth - 1.0) / (1.0 - x)
        if wanted == strong:
            return strong, depth + (1.0 if chance < deeper else 0.0)
        if chance < switch:
            return wanted, 1.0
        return strong, depth

    @staticmethod
    def weight(strong, low, high):
        return high if strong > 0.0 else low
