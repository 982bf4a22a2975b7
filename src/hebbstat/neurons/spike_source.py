"""A source of given spike trains."""

from hebbstat.contract.mechanism import Neuron


class SpikeSource(Neuron):
    """A source that fires when it is told to: `net.add(SpikeSource(), n, spikes=(times in ms, cells))`.

    A time is rounded to the nearest end of a step; two spikes of a cell in one step are one.

    Named after the spike sources of PyNN, Davison et al. 2009, doi:10.3389/neuro.11.011.2008.
    """

    @staticmethod
    def fires(scheduled):
        return scheduled
