"""A neuromodulator that the spikes of a population release."""

import math

from hebbstat.contract.fields import field, required
from hebbstat.contract.hooks import derived
from hebbstat.contract.mechanism import NetworkRule
from hebbstat.contract.state import Global
from hebbstat.contract.units import Ms, Number


class SpikeNeuromodulator(NetworkRule):
    """The concentration of a neuromodulator that is released by the spikes of a population, and decays to its baseline.

        dc/dt = (baseline - c) / tau;  c += per_spike at each spike of `population`

    At N cells of rate r it settles at baseline + per_spike N r tau.

    Volume transmission from dopamine neurons: Gonon 1997, doi:10.1523/JNEUROSCI.17-15-05972.1997.
    """

    population: str = required("the name of the population that releases it")
    tau: Ms = field(200.0, "decay of the concentration")
    baseline: Number = field(0.0, "concentration without spikes")
    per_spike: Number = field(0.01, "what one spike releases")

    c = Global.state("baseline")
    spikes = Global.spikes_of("population")

    @derived
    def keep(dt, tau):
        return math.exp(-dt / tau)

    @c.step
    def follow(c, spikes, keep, baseline, per_spike):
        return baseline + (c - baseline) * keep + per_spike * spikes
