"""A16: places of synapses are listed in 32 bits; more synapses than that in one thread's share are refused."""

import pytest

import hebbstat as hs
from hebbstat.engine.memory import layout


def test_a16_a_share_with_too_many_synapses_is_refused(monkeypatch):
    assert layout.MOST_SYNAPSES == 2**32
    monkeypatch.setattr(layout, "MOST_SYNAPSES", 13)
    net = hs.Network(dt=1.0)
    a, b = net.add(hs.PoissonSource(), 4, "a"), net.add(hs.LIF(), 6, "b")
    net.connect(a, b, hs.AllToAll(), receptor=hs.AMPA(), rules=[hs.PairSTDP()], name="p")
    with pytest.raises(hs.TooLargeError, match="'p' has 24 synapses in one thread's shard; the engine counts to 13"):
        hs.Simulation(net, threads=1, quiet=True)
    assert hs.Simulation(net, threads=2, quiet=True).weights("p").size == 24
