"""A self-organising recurrent network (SORN) of binary units.

A spike acts two steps later (delay 1 and the step itself), so an iteration of the published network is two steps: the
network holds two copies of the activity, of even and of odd steps, that share their weights.

Lazar, Pipa & Triesch 2009, doi:10.3389/neuro.10.023.2009.
"""

from hebbstat.contract.mechanism import Neuron, Plasticity, PopulationRule
from hebbstat.contract.state import PerPost, PerPre
from hebbstat.contract.units import Fraction, Ms, NonNegative, Number, Weight

LONG_AGO = 1e9


class BinaryUnit(Neuron):
    """Active if its input exceeds its threshold, with noise."""

    threshold: Number = 0.5
    noise: NonNegative = 0.05

    @staticmethod
    def fires(input, threshold, noise, normal):
        return input - threshold + noise * normal > 0.0


class IntrinsicRate(PopulationRule):
    """The threshold rises with each spike and sinks otherwise, so that the mean activity is `rate`."""

    acts_on = "threshold"
    eta: NonNegative = 0.01
    rate: Fraction = 0.1

    @staticmethod
    def on_spike(eta):
        return eta

    @staticmethod
    def step(eta, rate):
        return -eta * rate


class BinarySTDP(Plasticity):
    """dw_ij = eta (x_i(t) x_j(t - 1) - x_i(t - 1) x_j(t)), in iterations of two steps."""

    eta: NonNegative = 0.004

    arrived = PerPre.state(LONG_AGO)  # steps since the last arrival; 1 in the step after it
    spiked = PerPost.state(LONG_AGO)

    @arrived.on_pre
    def _(arrived):
        return 0.0

    @arrived.step
    def _(arrived):
        return arrived + 1.0

    @spiked.on_post
    def _(spiked):
        return 0.0

    @spiked.step
    def _(spiked):
        return spiked + 1.0

    @staticmethod
    def on_post(arrived, eta):
        return eta if arrived == 1.0 else 0.0

    @staticmethod
    def on_pre(spiked, eta):  # this spike is a step old: the other neuron's came an iteration before it
        return -eta if spiked == 3.0 else 0.0

    @staticmethod
    def clip(w):
        return max(w, 0.0)


class SumToOne(Plasticity):
    """The incoming weights of a neuron sum to 1 after each step."""

    period: Ms = 1.0
    total = PerPost.reduce("w", "sum")

    @staticmethod
    def on_tick(w, total):
        return w / total - w if total > 0.0 else 0.0


class Turnover(Plasticity):
    """Synapses without weight are removed; now and then a weak one is born."""

    period: Ms = 1.0
    birth: Fraction = 0.1
    first: Weight = 0.001

    @staticmethod
    def prune(w):
        return w < 1e-10

    @staticmethod
    def attempts(uniform, birth):
        return 1.0 if uniform < birth else 0.0

    @staticmethod
    def initial_weight(first):
        return first
