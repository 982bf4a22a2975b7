"""What runs: a network's model, its arrays and kernel, the threads and the clock. What the engine's rooms know as one.

Nothing here is checked for who may call it when: that is the facade's matter (`simulation.py`), and the run loop's.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np

from hebbstat.contract.errors import BadValueError, tell
from hebbstat.contract.units import is_whole
from hebbstat.engine.codegen.module import write_module
from hebbstat.engine.jit.apart import compile_apart
from hebbstat.engine.jit.cache import load
from hebbstat.engine.memory.layout import Layout
from hebbstat.engine.memory.rewiring import Turned, acting, forget_births, period, rewire
from hebbstat.engine.plan import precision
from hebbstat.engine.plan.arrays import NEVER
from hebbstat.engine.plan.bundles import bundle
from hebbstat.engine.plan.groups import ProjectionGroup
from hebbstat.engine.plan.model import build, keep_step, sensed_cells
from hebbstat.engine.plan.projection import plans_of
from hebbstat.engine.runtime.sync import HALT, LINE, STOP
from hebbstat.engine.threads.turns import Turns, in_turn
from hebbstat.engine.threads.workers import Crew
from hebbstat.network.cautions import caution
from hebbstat.network.instantiate import NetworkInstance, instantiate
from hebbstat.network.network import Network
from hebbstat.network.parallel import cores

CELLS_OF_A_THREAD = 1024
"""Cells of the largest population below which another thread costs more than it brings, unless asked for."""


class Core:
    """A compiled network with its present state.

    `net` is the described network, a copy of our own; `model` lists its variables, `plans` says how each projection is
    visited, `text` is the kernel's text, `parts` the parts of a step that it times, `module` the kernel; `layout` holds
    all arrays. `step_count` is the step that comes next. `window` is by how many steps threads may be ahead of each
    other, `wall` the seconds that runs took, `worked` the seconds that threads worked in them where there are several,
    `walked` the steps of all runs.
    """

    def __init__(
        self, net: Network | NetworkInstance, threads: int | None = None, dtype: str = "float32", quiet: bool = False,
        profile: bool = False,
    ) -> None:  # fmt: skip
        if dtype not in ("float32", "float64"):
            raise BadValueError(f"dtype={dtype!r} of Simulation must be 'float32' or 'float64'")
        if not isinstance(net, Network | NetworkInstance):
            raise BadValueError(f"Simulation() takes a Network, not {net!r}")
        self.step_count, self.quiet, self.turns = 0, quiet, Turns()
        self.wall = self.worked = 0.0
        self.walked = 0
        self.hears_of_turnover: list[Callable[[str, Turned], None]] = []  # who is told of deaths and births
        described = net.network if isinstance(net, NetworkInstance) else net
        self.threads = _thread_count(threads, max((p.n for p in described.populations.values()), default=1))
        made = net if isinstance(net, NetworkInstance) else instantiate(net, self.threads)
        caution(made)
        if dtype == "float32":
            precision.caution(made)
        self.net = made.network
        self.model = build(made)
        self.model.owned = made is not net
        self.plans = plans_of(self.model)
        bundle(self.model, self.plans)
        written = write_module(self.model, self.plans, dtype, profile)
        self.text, self.parts = written.text, written.parts
        self.model.add(written.added, written.records)
        self.module, self.was_compiled = load(self.text)
        self._is_loaded = False
        delays = [int(s.delay.min()) for s in made.synapses.values() if s.delay.size]
        latest = {name: links.latest for name, links in self.model.links.items()}
        ages = [int(s.delay.max(initial=1)) + s.dendritic_delay + latest[name] for name, s in made.synapses.items()]
        longest = max(ages, default=1)
        meet = sensed_cells(self.model, self.model.groups) or keep_step(self.model)
        self.window = 1 if meet else max(1, min(delays, default=16))
        self._crew: Crew | None = None
        self._logged: frozenset[str] = frozenset()
        real = np.float32 if dtype == "float32" else np.float64
        self.use(Layout(self.model, self.module, real, self.threads, longest + self.window + 1))

    def use(self, layout: Layout) -> None:
        """Run with these arrays, and as many threads as they are for."""
        if self._crew is not None:
            self._crew.dismiss()
        self.layout, self.threads = layout, layout.threads
        self.model.forget_synapses()
        self._crew = Crew(self.threads) if self.threads > 1 else None
        self.log_spikes(self._logged)

    # --- running ------------------------------------------------------------------------------------------------

    @in_turn("advance()")
    def advance(self, steps: int) -> int:
        """Run so many steps, or fewer if the spike logs fill or a stop is asked for; returns how many."""
        done = 0
        while done < steps:
            piece = min(steps - done, *(left for _, left in self._until_rewired()), steps)
            ran = self._advance(piece)
            done += ran
            if ran < piece:
                break
            self._rewire()
        return done

    def _until_rewired(self) -> list[tuple[ProjectionGroup, int]]:
        """The steps until synapses of a projection may die or be born."""
        links = self.model.rewiring
        return [(q, p - self.step_count % p) for q in links for p in {period(q, member) for member in acting(q)}]

    def _rewire(self) -> None:
        """Synapses die and are born by the rules that tick at the end of the last step."""
        if self.frozen_since is not None:
            return
        for links in self.model.rewiring:
            ticking = [m for m in acting(links) if self.step_count % period(links, m) == 0]
            found = rewire(self.layout, links, self.step_count - 1, ticking) if ticking else None
            if found is not None:
                self.bring_up_to_date()
                forget_births(self.layout, links)
                for hear in self.hears_of_turnover:
                    hear(links.name, found)

    def _advance(self, steps: int) -> int:
        layout, first, began = self.layout, self.step_count, time.perf_counter()
        layout.flags[HALT] = NEVER
        layout.begin(first)
        fixed = (first, first + steps, self.window, self.threads)
        given = [(*fixed, thread, *layout.arguments(thread)) for thread in range(self.threads)]
        try:
            worked = [self._work(*given[0])] if self._crew is None else self._crew.work(
                self._work, given, self.ask_to_stop
            )  # fmt: skip
        except BaseException:
            self.ask_to_stop(False)
            raise
        finally:
            self.step_count = int(layout.progress[::LINE].min())  # where the arrays are, whatever happened
        self.wall += time.perf_counter() - began
        self.worked += sum(worked)
        self.walked += self.step_count - first
        return self.step_count - first

    def _work(self, *given: Any) -> float:
        """The kernel of one thread; returns for how many seconds it worked, if others had to wait for it."""
        if self._crew is None:
            self.module.run(*given)
            return 0.0
        began = time.thread_time()
        self.module.run(*given)
        return time.thread_time() - began

    def ask_to_stop(self, stop: bool = True) -> None:
        """Ask the running threads to stop soon."""
        self.layout.flags[STOP] = int(stop)

    def compile(self) -> float:
        """Load the kernels now, or compile them if they are not in the cache; returns the seconds it took."""
        if self._is_loaded:
            return 0.0
        began = time.perf_counter()
        if not self.was_compiled:
            compile_apart(self.text, self.module, self._no_step(0))
        self._run_no_step(0)
        self._is_loaded = self.was_compiled = True
        return time.perf_counter() - began

    def flush(self) -> None:
        """Bring all synapses up to date. Changes no result: replay does not depend on when it happens."""
        waits = self.step_count and not self.is_frozen and any(plan.replays for plan in self.plans.values())
        if waits or (not self.step_count and self.derives_weights):
            self.bring_up_to_date()

    def bring_up_to_date(self, was_set: bool = False) -> None:
        """No event waits for a replay; weights that are derived from states of their synapses are.

        Those that are derived from what changes by itself are as of the last step, unless something `was_set`.
        """
        for thread in range(self.threads):
            self._run_no_step(thread, was_set)

    def _run_no_step(self, thread: int, was_set: bool = False) -> None:
        """Run one thread's kernel for no step: it replays what waits."""
        self.module.run(*self._no_step(thread, was_set))

    def _no_step(self, thread: int, was_set: bool = False) -> tuple[Any, ...]:
        """What a kernel is given to do so."""
        window = 0 if was_set else 1
        return (self.step_count, self.step_count, window, 1, thread, *self.layout.arguments(thread))

    @property
    def derives_weights(self) -> bool:
        """Whether weights of some projection are derived from states of their synapses."""
        return any(plan.weights for plan in self.plans.values())

    @cached_property
    def described(self) -> str:
        """The network, in words."""
        return str(self.net)

    @property
    def time(self) -> float:
        """The time that was simulated, in ms."""
        return self.step_count * self.net.dt

    # --- frozen time --------------------------------------------------------------------------------------------

    @property
    def frozen_since(self) -> int | None:
        """The step at which frozen time began; None if time is not frozen."""
        return int(self.layout.frozen_from[0]) if self.is_frozen else None

    @property
    def is_frozen(self) -> bool:
        """Whether time is frozen."""
        return not self.layout.learning[0]

    def freeze(self, since: int) -> None:
        """Let slow state stand still, from step `since` on."""
        self.layout.learning[0], self.layout.frozen_from[0] = 0, since

    def unfreeze(self) -> None:
        """Let slow state move again."""
        self.layout.learning[0], self.layout.frozen_from[0] = 1, NEVER

    # --- looking ------------------------------------------------------------------------------------------------

    def pairs(self, projection: str) -> tuple[np.ndarray, np.ndarray]:
        """Presynaptic and postsynaptic indices (int32) of a projection's synapses, in canonical order."""
        return self.layout.pairs(projection)

    def log_spikes(self, populations: frozenset[str]) -> None:
        """Let the spikes of these be logged, and no others: a log that nobody empties halts the run."""
        self._logged = populations
        for name in self.model.cells:
            for shard in self.layout.shards[name]:
                shard["logging"][0], shard["logged"][0] = int(name in populations), 0

    def take_spikes(self, population: str) -> tuple[np.ndarray, np.ndarray]:
        """Steps and cells of what was logged since the last time, thread by thread; the logs are empty then."""
        shards = self.layout.shards[population]
        counts = [int(shard["logged"][0]) for shard in shards]
        steps, ids = (
            np.concatenate([shard[key][:n] for shard, n in zip(shards, counts, strict=True)])
            for key in ("log_step", "log_id")
        )
        for shard in shards:
            shard["logged"][0] = 0
        return steps, ids


def _thread_count(threads: int | None, largest: int) -> int:
    """How many threads a network runs with whose largest population has so many cells."""
    if threads is None:
        return max(1, min(cores(), largest // CELLS_OF_A_THREAD))
    if not (is_whole(threads) and threads >= 1):
        raise BadValueError(f"threads={threads!r} must be a whole number, at least 1")
    if threads > (most := most_threads()):
        tell(
            f"threads={threads}, but this process may use {most} core{'s' * (most > 1)}: the simulation runs with "
            f"{most}; more would wait for each other on one core. The results are the same bits"
        )
    return int(min(threads, most, largest))  # more would have nothing to do


def most_threads() -> int:
    """How many threads make sense, whoever asks for more."""
    return cores()
