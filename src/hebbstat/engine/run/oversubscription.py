"""Making room on a busy machine: a simulation goes on with one thread fewer when another program needs a core.

Threads wait for the slowest, so one that shares its core makes all of them slow. That shows in how long the threads
work: who waits long sleeps. A simulation is then cut anew, for one thread fewer; its results stay the same bits.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from hebbstat.engine.core import Core
from hebbstat.engine.memory.layout import Layout
from hebbstat.engine.observer import Observer, Running
from hebbstat.engine.state.global_state import gather, gather_delays, put
from hebbstat.network.instantiate import Synapses

BUSY = 0.8  # share of the time that threads work, below which one is taken away
WATCHED = 1.0  # seconds over which that is measured
PATIENCE = 20.0  # seconds after which all threads are tried again; each time twice as many
WORTH = 4.0  # how many times longer than cutting anew the rest of the run must take
CUTTING = 2e-7  # seconds a synapse that cutting anew takes, about


class ThreadAdapter(Observer):
    """Watches how much the threads of a simulation work, and chooses how many there are."""

    def __init__(self, core: Core) -> None:
        self.core, self.asked, self.patience = core, core.threads, PATIENCE
        self.wall, self.worked, self.since = core.wall, core.worked, core.wall

    def observe(self, run: Running) -> None:
        self.adapt(run.end - run.step)

    def adapt(self, steps_left: int) -> bool:
        """Change the number of threads if it is time to; returns whether it did."""
        core = self.core
        wall = core.wall - self.wall
        if self.asked == 1 or wall < WATCHED or not self._is_worth_it(steps_left):
            return False
        works = (core.worked - self.worked) / (wall * core.threads)
        self.wall, self.worked = core.wall, core.worked
        if works < BUSY and core.threads > max(1, self.asked - 1):
            return self._cut(core.threads - 1)
        if core.threads < self.asked and core.wall - self.since > self.patience:
            self.patience *= 2.0
            return self._cut(self.asked)
        return False

    def _is_worth_it(self, steps_left: int) -> bool:
        synapses = sum(self.core.layout.synapses(name) for name in self.core.model.links)
        left = steps_left * self.core.wall / max(1, self.core.walked)
        return left > WORTH * CUTTING * synapses

    def _cut(self, threads: int) -> bool:
        repartition(self.core, threads)
        self.since = self.core.wall
        return True


def repartition(core: Core, threads: int) -> None:
    """Cut a simulation anew for so many threads, between two runs; its results stay the same bits."""
    state, model = gather(core), core.model
    model.made = replace(model.made, synapses={name: _synapses(core, name) for name in model.links})
    model.owned = True
    for links in model.links.values():
        for variable in links.variables.values():
            variable.value = 0.0 if variable.of_synapses else variable.value  # `put` gives it its values
    former = core.layout
    try:
        core.use(Layout(model, core.module, core.layout.real, threads, core.layout.slots))
        put(core, state, core.step_count)
    except BaseException:  # no memory, or Ctrl-C: the arrays of before are whole
        core.use(former)
        raise


def _synapses(core: Core, name: str) -> Synapses:
    """The synapses of a projection as they were instantiated, but for their weights."""
    (_, post), shard = core.layout.pairs(name), core.layout.shards[name][0]
    start = np.append(core.layout.links[name][0].begin, len(post))  # the first shard's pieces begin where rows do
    one = np.asarray(shard["delays"], np.int32)
    delay = one if one.size == 1 else gather_delays(core, name)
    return Synapses(start, post, 0.0, delay, shard["dendritic_delay"])
