"""A running network: compiled kernels, their threads, and what a user may look at and change between runs."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from hebbstat.contract.calls import explained
from hebbstat.contract.errors import BadValueError, NotSupportedError, tell
from hebbstat.contract.units import is_whole
from hebbstat.engine.checkpoint import checkpoint as checkpoints
from hebbstat.engine.checkpoint.autosave import Checkpoint
from hebbstat.engine.codegen.module import write_module
from hebbstat.engine.codegen.network_rules import sensed_cells
from hebbstat.engine.health.monitor import Finding, Health, HealthMonitor
from hebbstat.engine.inspect.explain import explain
from hebbstat.engine.inspect.profile import Profile
from hebbstat.engine.jit.cache import load
from hebbstat.engine.memory.layout import Layout
from hebbstat.engine.plan import precision
from hebbstat.engine.plan.model import NETWORK, build, modulator
from hebbstat.engine.record.recorder import BaseRecorder
from hebbstat.engine.record.recording import Recording
from hebbstat.engine.run import session
from hebbstat.engine.run.turns import Turns, in_turn, while_it_lasts
from hebbstat.engine.run.workers import Crew
from hebbstat.engine.runtime.sync import HALT, LINE, NEVER, STOP
from hebbstat.engine.state import access, setting
from hebbstat.engine.state.present import present
from hebbstat.engine.state.snapshot import Probe, pass_over
from hebbstat.network import lookup
from hebbstat.network.cautions import caution
from hebbstat.network.duration import steps_of_run
from hebbstat.network.instantiate import NetworkInstance, instantiate
from hebbstat.network.network import Network, Population, Projection
from hebbstat.network.parallel import cores

WATCH = Health()
"""What `run()` watches for, unless told otherwise."""

CELLS_OF_A_THREAD = 1024
"""Cells of the largest population below which another thread costs more than it brings, unless asked for."""


class Simulation:
    """A network made ready to run.

    `threads` changes nothing but the time it takes (default: all cores; fewer for small networks, which lose more by
    waiting than they gain; never more than there are cores). `dtype` is "float32" or "float64". With `profile=True` it
    counts where the time goes; `print(sim.profile())` tells.

        sim = Simulation(net, threads=4)
        recording = sim.run(seconds=10, record=[Spikes("exc")])
    """

    @explained
    def __init__(
        self, net: Network | NetworkInstance, *, threads: int | None = None, dtype: str = "float32",
        quiet: bool = False, profile: bool = False,
    ) -> None:  # fmt: skip
        if dtype not in ("float32", "float64"):
            raise BadValueError(f"dtype={dtype!r} of Simulation must be 'float32' or 'float64'")
        if not isinstance(net, Network | NetworkInstance):
            raise BadValueError(f"Simulation() takes a Network, not {net!r}")
        # The user's network until it is instantiated; from then on a copy of our own.
        self.net = net.network if isinstance(net, NetworkInstance) else net
        self.step_count, self.quiet, self.turns = 0, quiet, Turns()
        self.wall = self.worked = 0.0  # seconds that runs took, and that all threads worked in them
        self.walked = 0  # steps of all runs
        self.threads = self._thread_count(threads)
        made = net if isinstance(net, NetworkInstance) else instantiate(net, self.threads)
        caution(made)
        if dtype == "float32":
            precision.caution(made)
        self.net = made.network
        self.monitor: HealthMonitor | None = None
        self.model = build(made)
        self._text, self.plans = write_module(self.model, dtype, profile)
        self.module, self.was_compiled = load(self._text)
        self._is_loaded = False
        self._frozen: list[Probe] = []  # one for each `with frozen()` that the user is in
        delays = [int(s.delay.min()) for s in made.synapses.values() if s.delay.size]
        longest = max([int(s.delay.max(initial=1)) + s.dendritic_delay for s in made.synapses.values()], default=1)
        self.window = 1 if sensed_cells(self.model) else max(1, min(delays, default=16))
        real = np.float32 if dtype == "float32" else np.float64
        self._crew: Crew | None = None
        self.use(Layout(self.model, self.module, real, self.threads, longest + self.window + 1))

    def use(self, layout: Layout) -> None:
        """Run with these arrays, and as many threads as they are for."""
        if self._crew is not None:
            self._crew.dismiss()
        self.layout, self.threads = layout, layout.threads
        self.model.forget_synapses()
        self._crew = Crew(self.threads) if self.threads > 1 else None

    # --- running ------------------------------------------------------------------------------------------------

    @in_turn("run()")
    @explained
    def run(
        self, seconds: float | None = None, *, ms: float | None = None, steps: int | None = None,
        record: Sequence[BaseRecorder] = (), progress: bool | None = None, watch: Health | None = WATCH,
        out: str | Path | None = None, checkpoint: Checkpoint | None = None,
    ) -> Recording:  # fmt: skip
        """Run on for some time, given as one of `seconds`, `ms` or `steps`; returns what the recorders recorded.

        A progress line is shown for what takes over two seconds, unless `progress=False`. Ctrl-C stops at the end of
        a step and raises `RunInterruptedError`, which carries what was recorded; the simulation can go on from there.

        `watch` warns of a network that is dead, runs away, holds NaN, is stuck at bounds or oscillates;
        `Health(stop=True)` stops it, None looks away. `out` names a zarr folder to which is written while it runs:
        memory stays flat, and what a killed run leaves can be read with `Recording.open(out)`.

            sim.run(seconds=3600, record=[Spikes("exc")], out="long.zarr", watch=Health(stop=True))

        If the disk takes no more, the `DataError` carries what was recorded. One thread at a time can use a simulation;
        others are told so, by `NotSupportedError`.

        With `checkpoint=Checkpoint("run.ckpt", every_s=60)` the run is kept in that file as it goes on, and taken up
        from there if the file holds the first part of this very run: a script that was killed is simply run again. With
        `out` too, the folder goes on from where the file stands.
        """
        total = self._steps(seconds, ms, steps)
        return session.begin(self, record, total, progress, watch, out, checkpoint).run()

    @property
    def health(self) -> list[Finding]:
        """All that the watch has noticed since the simulation was made."""
        return [] if self.monitor is None else list(self.monitor.found)

    def _steps(self, seconds: float | None, ms: float | None, steps: int | None) -> int:
        count = steps_of_run(self.net.dt, seconds, ms, steps)
        if self.step_count + count >= 2**31 - 1:
            hours = 2**31 * self.net.dt / 3.6e6
            raise BadValueError(f"a simulation can have at most 2**31 steps ({hours:.0f} h of dt={self.net.dt:g} ms)")
        return count

    @in_turn("advance()")
    def advance(self, steps: int) -> int:
        """Run so many steps, or fewer if the spike logs fill or a stop is asked for; returns how many."""
        layout, first, began = self.layout, self.step_count, time.perf_counter()
        layout.flags[HALT], layout.progress[:] = NEVER, first
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
        """The kernel of one thread; returns for how many seconds it worked."""
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
        nothing = (self.step_count, self.step_count, 1, 1, 0, *self.layout.arguments(0))
        self.module.run(*nothing)
        self._is_loaded = True
        return time.perf_counter() - began

    @property
    def time(self) -> float:
        """The time that was simulated, in ms."""
        return self.step_count * self.net.dt

    # --- saving -------------------------------------------------------------------------------------------------

    @in_turn("save()")
    def save(self, path: str | Path) -> Path:
        """Write the simulation to a file, from which `Simulation.load` goes on bit for bit; returns its path.

            sim.save("cut.ckpt")

        Changes nothing in the simulation. What is at `path` is replaced when the new file is whole, not before.
        `CheckpointError` if it cannot be written (a full disk), or within `frozen()`.
        """
        return checkpoints.save(self, path)

    @classmethod
    def load(
        cls,
        path: str | Path,
        net: Network | NetworkInstance | None = None,
        *,
        threads: int | None = None,
        quiet: bool = False,
        rules_changed: bool = False,
    ) -> Simulation:
        """The simulation that was saved in a file, with any number of threads.

            sim = Simulation.load("cut.ckpt")
            sim = Simulation.load("cut.ckpt", net=net)

        Without `net` the network is built from its description in the file; mechanisms of your own must have been
        imported, for a file holds no code. Networks with functions in them (`gated(by=...)`, `DistanceDependent`) must
        be given, and are held against the file. `rules_changed` lets a simulation go on though the code of a mechanism
        is not what it was. `CheckpointError` says what is wrong with a file.
        """
        return checkpoints.load(cls, path, net, rules_changed, {"threads": threads, "quiet": quiet})

    # --- looking ------------------------------------------------------------------------------------------------

    @in_turn("settle()")
    def settle(self) -> None:
        """Bring all synapses up to date. Changes no result: replay does not depend on when it happens."""
        waits = self.step_count and any(plan.replays for plan in self.plans.values())
        if waits or (not self.step_count and any(plan.weights for plan in self.plans.values())):
            self._bring_up_to_date()

    def _bring_up_to_date(self) -> None:
        """No event waits for a replay; weights that are derived from states of their synapses are."""
        for thread in range(self.threads):
            self.module.run(self.step_count, self.step_count, 1, 1, thread, *self.layout.arguments(thread))

    def weights(self, projection: Projection | str) -> np.ndarray:
        """The weights of a projection in canonical order (by presynaptic, then postsynaptic index), up to date."""
        return self.state(projection, "w")

    def pairs(self, projection: Projection | str) -> tuple[np.ndarray, np.ndarray]:
        """Presynaptic and postsynaptic indices of a projection's synapses, in canonical order."""
        return self.layout.pairs(self.net.projection(projection).name)

    @in_turn("state()")
    def state(self, of: Population | Projection | str, name: str) -> np.ndarray:
        """A copy of the present value of a state or parameter: `sim.state("exc", "v")`, `("a -> b", "rule0.x")` ...

        It is the value at the end of the last step, also where the engine keeps it as of an earlier event. Per neuron
        for cells, receptors and what a rule keeps per postsynaptic neuron; per synapse in canonical order; per
        presynaptic neuron, for states one for each of its delays (by neuron, then delay). A parameter of a projection
        that is one number gives one. Names: `v` of a neuron, `SynapticScaling.rate` of a rule, `release.u`,
        `receptor.g`, `w`; see `Network.connect` for names of rules.
        """
        return present(self, access.find(self.model, of, name))

    @in_turn("modulator()")
    def modulator(self, name: str) -> float:
        """The present value of a network rule's state, 'name' (its first) or 'name.state'."""
        rule, state = lookup.followed(self.net, name, "sim.modulator()")
        return float(self.layout.shards[NETWORK][0][modulator(self.model, rule, state)][0])

    @in_turn("set()")
    def set(self, of: Population | Projection | str, name: str, value: ArrayLike) -> None:
        """Change a state or parameter between runs: `sim.set("inputs", "rate", rates)`.

        It counts as set at the end of the last step; what is derived from a parameter, the clock of a `period` and
        the decay of traces follow at once. A parameter keeps its kind: what was one number stays one, what was an array
        stays an array (a number is spread). Within `frozen()` it is put back with the rest.
        """
        found = access.find(self.model, of, name)
        self.settle()
        for probe in self._frozen:
            probe.remember_all(self)
        setting.put(self, found, value)
        if self.plans and any(plan.weights for plan in self.plans.values()):
            self._bring_up_to_date()

    # --- freezing -----------------------------------------------------------------------------------------------

    @contextmanager
    @while_it_lasts("with frozen()")
    def frozen(self, restore_state: bool = True) -> Iterator[Simulation]:
        """Stop every slow state: weights, slow states of neurons, whatever rules change.

        With `restore_state` (the default) the fast state, spikes in flight and the clock are put back on exit, and what
        was set inside: the probe leaves no mark. One within another only says what is put back at its own end.
        """
        self.settle()
        probe = Probe(self, restore_state)
        self._frozen.append(probe)
        self.layout.learning[0], self.layout.frozen_from[0] = 0, self._frozen[0].began
        try:
            yield self
        finally:
            self._frozen.pop()
            if restore_state:
                probe.put_back(self)
            if not self._frozen:
                self.layout.learning[0], self.layout.frozen_from[0] = 1, NEVER
                pass_over(self, self.step_count - probe.began)

    @property
    def frozen_since(self) -> int | None:
        """The step at which frozen time began; None if time is not frozen."""
        return self._frozen[0].began if self._frozen else None

    def explain(self) -> str:
        """What the engine chose for each projection, what it costs and why."""
        return explain(self)

    def profile(self) -> Profile:
        """Where the time went so far, if the simulation was made with `profile=True`."""
        return Profile(self)

    def source(self) -> str:
        """The text of the generated kernel."""
        return self._text

    def _thread_count(self, threads: int | None) -> int:
        largest = max((p.n for p in self.net.populations.values()), default=1)
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

    def __reduce__(self) -> Any:
        raise NotSupportedError(
            "a Simulation cannot be copied or sent to another process as it is: save() it and Simulation.load() it "
            "there, or make it there from the network, which can be sent"
        )

    def __repr__(self) -> str:
        return f"<Simulation of {self.net!r} at {self.time:g} ms, {self.threads} threads>"


def most_threads() -> int:
    """How many threads make sense, whoever asks for more."""
    return cores()
