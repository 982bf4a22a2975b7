"""What random networks found that read receptors, and was wrong without them, too."""

from __future__ import annotations

from helpers.comparing import compare
from helpers.tiny import Cell

import hebbstat as hs
from hebbstat.network import instantiate


class Beside(hs.Plasticity):
    """At a postsynaptic event a state of the neuron reads one that moves with the steps, and its past."""

    late: hs.units.Ms = 3.0

    moved = hs.PerPost.state(0.5)
    past = hs.PerPost.lagged(moved, by="late")
    read = hs.PerPost.state()

    @moved.step
    def _(moved):
        return 0.9 * moved + 0.1

    @read.on_post
    def _(read, moved, past):
        return 0.5 * read + moved + past

    @staticmethod
    def on_post(read):
        return 0.01 * read


def test_an_event_of_a_neuron_reads_states_that_it_does_not_move(plain: None) -> None:
    net = hs.Network(dt=1.0)
    net.add(Cell(), 2, "a", spikes=([2.0, 5.0, 9.0], [0, 1, 1]))
    net.add(Cell(), 2, "b", spikes=([3.0, 4.0, 9.0], [0, 1, 1]))
    net.connect("a", "b", hs.AllToAll(), weight=1.0, rules=[Beside()])
    compare(instantiate(net), 20)
