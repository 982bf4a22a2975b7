"""A running network, as a user holds it: run, save, load, look, set, freeze, explain."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from numpy.typing import ArrayLike

from hebbstat.contract.calls import explained
from hebbstat.contract.errors import BadValueError, NotSupportedError
from hebbstat.engine.checkpoint import checkpoint as checkpoints
from hebbstat.engine.checkpoint.autosave import Checkpoint
from hebbstat.engine.core import Core
from hebbstat.engine.health.monitor import Finding, Health, HealthMonitor
from hebbstat.engine.inspect.explain import explain
from hebbstat.engine.inspect.profile import Profile
from hebbstat.engine.record.recorder import Recorder
from hebbstat.engine.record.recording import Recording
from hebbstat.engine.run.session import begin
from hebbstat.engine.state import access, setting, trains
from hebbstat.engine.state.modulator import Modulator
from hebbstat.engine.state.snapshot import Probes
from hebbstat.engine.state.view import SimulationView
from hebbstat.engine.threads.turns import in_turn, while_it_lasts
from hebbstat.network import lookup
from hebbstat.network.duration import steps_of_run
from hebbstat.network.instantiate import NetworkInstance
from hebbstat.network.network import Network, Population, Projection

WATCH = Health()
"""What `run()` watches for, unless told otherwise."""


class Simulation(SimulationView):
    """A network made ready to run.

    `threads` changes nothing but the time it takes (default: all cores; fewer for small networks, which lose more by
    waiting than they gain; never more than there are cores). `dtype` is "float32" or "float64". With `profile=True` it
    counts where the time goes; `print(sim.profile())` tells.

        sim = Simulation(net, threads=4)
        recording = sim.run(seconds=10, record=[Spikes("exc")])

    What may be read of it is that of a `SimulationView`: `state`, `weights`, `pairs`, `modulator`, `time`.
    """

    @explained
    def __init__(
        self, net: Network | NetworkInstance, *, threads: int | None = None, dtype: str = "float32",
        quiet: bool = False, profile: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(Core(net, threads, dtype, quiet, profile))
        self._probes = Probes(self.core)
        self._monitor: HealthMonitor | None = None

    @property
    def threads(self) -> int:
        """How many threads it runs with."""
        return self.core.threads

    # --- running ------------------------------------------------------------------------------------------------

    @in_turn("run()")
    @explained
    def run(
        self, seconds: float | None = None, *, ms: float | None = None, steps: int | None = None,
        record: Sequence[Recorder] = (), progress: bool | None = None, watch: Health | None = WATCH,
        out: str | Path | None = None, checkpoint: Checkpoint | None = None,
    ) -> Recording:  # fmt: skip
        """Run on for some time, given as one of `seconds`, `ms` or `steps`; returns what the recorders recorded.

        A progress line is shown for what takes over two seconds, unless `progress=False`. Ctrl-C stops at the end of
        a step and raises `RunInterruptedError`, which carries what was recorded; the simulation can go on from there.

        `watch` warns of a network that is dead, runs away, holds NaN, is stuck at bounds or oscillates;
        `Health(stop=True)` stops it, None looks away. `out` names a zarr folder to which is written while it runs:
        memory stays flat, and what a killed run leaves can be read with `Recording.open(out)`.

            sim.run(seconds=3600, record=[Spikes("exc")], out="long.zarr")

        If the disk takes no more, the `DataError` carries what was recorded. One thread at a time can use a simulation;
        others are told so, by `NotSupportedError`.

        With `checkpoint=Checkpoint("run.ckpt", every_s=60)` the run is kept in that file as it goes on, and taken up
        from there if the file holds the first part of this very run: a script that was killed is simply run again. With
        `out` too, the folder goes on from where the file stands.
        """
        total = self._steps(seconds, ms, steps)
        view = SimulationView(self.core)  # so that who records can change nothing
        session = begin(
            view, record, total, progress=progress, watch=watch, former=self._monitor, out=out, checkpoint=checkpoint
        )
        self._monitor = session.monitor or self._monitor
        return session.run()

    @property
    def health(self) -> list[Finding]:
        """All that the health monitor has noticed since the simulation was made."""
        return [] if self._monitor is None else list(self._monitor.found)

    def _steps(self, seconds: float | None, ms: float | None, steps: int | None) -> int:
        count = steps_of_run(self.net.dt, seconds, ms, steps)
        if self.step_count + count >= 2**31 - 1:
            hours = 2**31 * self.net.dt / 3.6e6
            raise BadValueError(f"a simulation can have at most 2**31 steps ({hours:.0f} h of dt={self.net.dt:g} ms)")
        return count

    def compile(self) -> float:
        """Load the kernels now, or compile them if they are not in the cache; returns the seconds it took."""
        return self.core.compile()

    # --- saving -------------------------------------------------------------------------------------------------

    @in_turn("save()")
    def save(self, path: str | Path) -> Path:
        """Write the simulation to a file, from which `Simulation.load` goes on bit for bit; returns its path.

            sim.save("cut.ckpt")

        Changes nothing in the simulation. What is at `path` is replaced when the new file is whole, not before.
        `CheckpointError` if it cannot be written (a full disk), or within `frozen()`.
        """
        return checkpoints.save(self.core, path)

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
        stored = checkpoints.read(path)
        sim = checkpoints.load(
            stored, net, lambda net, dtype: cls(net, dtype=dtype, threads=threads, quiet=quiet)
        )
        checkpoints.restore(sim.core, stored, rules_changed=rules_changed)
        return sim

    # --- changing -----------------------------------------------------------------------------------------------

    @in_turn("flush()")
    def flush(self) -> None:
        """Bring all synapses up to date. Changes no result: replay does not depend on when it happens."""
        self.core.flush()

    @in_turn("set()")
    def set(self, of: Population | Projection | str, name: str, value: ArrayLike) -> None:
        """Change a state or parameter between runs: `sim.set("inputs", "rate", rates)`.

        It counts as set at the end of the last step; what is derived from a parameter, the clock of a `period` and
        the decay of traces follow at once. A parameter keeps its kind: what was one number stays one, what was an array
        stays an array (a number is spread). Within `frozen()` it is put back with the rest.
        """
        found = access.find(self.core.model, of, name)
        self.core.flush()
        self._probes.remember_all()
        setting.put(self.core, found, value)
        if self.core.derives_weights:
            self.core.bring_up_to_date(was_set=True)

    def modulator(self, name: str) -> Modulator:
        """The present value of a network rule's state, 'name' (its first) or 'name.state'; it can be moved.

            sim.modulator("DA").pulse(0.5)
        """
        rule, state = lookup.followed(self.net, name, "sim.modulator()")
        present = super().modulator
        return Modulator(lambda: present(name), lambda value: self.set(rule, state, value))

    @in_turn("give_spikes()")
    @explained
    def give_spikes(self, of: Population | str, times: ArrayLike, neurons: ArrayLike) -> None:
        """Give a `SpikeSource` new spikes: times in ms since the simulation began, and the neuron of each.

        They take the place of all that it had still to play; what it has played is under way. So a trial is

            sim.give_spikes("inputs", sim.time + times, neurons)
            sim.run(ms=500)

        A time at or before now is refused, as are neurons that are not there (`BadValueError`), and cells that do not
        fire when they are told to (`ContractError`). Checkpoints carry what is to come; `frozen()` puts it back.
        """
        self._probes.remember_all()
        trains.give(self.core, self.net.population(of).name, times, neurons)

    @contextmanager
    @while_it_lasts("with frozen()")
    def frozen(self, restore: bool = True) -> Iterator[Simulation]:
        """Stop every slow state: weights, slow states of neurons, whatever rules change.

        With `restore` (the default) the fast state, spikes in flight and the clock are put back on exit, and what
        was set inside: the probe leaves no mark. One within another only says what is put back at its own end.
        """
        self._probes.begin(restore)
        try:
            yield self
        finally:
            self._probes.end()

    # --- explaining ---------------------------------------------------------------------------------------------

    def explain(self) -> str:
        """What the engine chose for each projection, what it costs and why."""
        return explain(self.core)

    def profile(self) -> Profile:
        """Where the time went so far, if the simulation was made with `profile=True`."""
        return Profile(self.core)

    def source(self) -> str:
        """The text of the generated kernel."""
        return self.core.text

    def __reduce__(self) -> Any:
        raise NotSupportedError(
            "a Simulation cannot be copied or sent to another process as it is: save() it and Simulation.load() it "
            "there, or make it there from the network, which can be sent"
        )

    def __repr__(self) -> str:
        threads = f"{self.threads} thread{'s' * (self.threads != 1)}"
        return f"<Simulation of {self.net!r} at {self.time:g} ms, {threads}>"
