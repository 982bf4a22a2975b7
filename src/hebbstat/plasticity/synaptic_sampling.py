"""Synaptic sampling."""

import math

from hebbstat.contract.combinators import Wrapper
from hebbstat.contract.fields import field
from hebbstat.contract.hooks import derived
from hebbstat.contract.state import PerSynapse
from hebbstat.contract.units import Ms, NonNegative, Number, Positive


class SynapticSampling(Wrapper):
    """Synapses that wander: a parameter theta diffuses under a prior and what another rule makes of it.

        dtheta = b (mu - theta) / sigma^2 dt + sqrt(2 T b) dW + changes of the rule
        w = exp(theta - theta_0) if theta > 0,  else 0: the synapse is retracted

    `SynapticSampling(PairSTDP())`. The wandering is applied each period, and exact for any. If the changes of the rule
    are b times the gradient of a log-likelihood, theta is a sample of the posterior to the power 1 / T; without any it
    is normal, with mean mu and variance T sigma^2, whatever b.

    Kappel, Habenschuss, Legenstein & Maass 2015, doi:10.1371/journal.pcbi.1004485.
    """

    mu: Number = field(0.5, "mean of the prior")
    sigma: Positive = field(1.0, "standard deviation of the prior")
    b: NonNegative = field(0.01, "learning rate, per second")
    T: NonNegative = field(1.0, "temperature")
    theta_0: Number = field(3.0, "parameter at which the weight is 1")
    period: Ms = field(100.0, "period of the slow clock")

    redirect = "theta"
    theta = PerSynapse.state("mu", slow=True)

    @derived
    def keep(b, sigma, period):
        return math.exp(-b * period / 1000.0 / sigma**2)

    @derived
    def noise(T, sigma, keep):
        return sigma * math.sqrt(T * (1.0 - keep**2))

    @theta.on_tick
    def wander(theta, mu, keep, noise, normal):
        return mu + (theta - mu) * keep + noise * normal

    @staticmethod
    def weight(theta, theta_0):
        return math.exp(theta - theta_0) if theta > 0.0 else 0.0
