"""One simulation and several threads or processes of the user's: it works, or is refused in words; nothing hangs."""

from __future__ import annotations

import copy
import gc
import multiprocessing
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from helpers.running_tiny import after, fingerprint, simulation

import hebbstat as hs
from hebbstat.engine.observer import Running

posix = pytest.mark.skipif(os.name != "posix", reason="forks, or sends signals")
LONG = 20_000_000  # steps


class Calls(hs.States):
    """Calls something at each sample."""

    def __init__(self, call: Callable[[hs.Simulation], Any]) -> None:
        super().__init__("exc", "v", every=50.0)
        self._call = call

    def observe(self, run: Running) -> None:
        before, _ = self._taken, super().observe(run)
        if self._taken > before:
            self._call(run.sim)


class Enough(Exception):
    """Ends the run of another thread."""


@contextmanager
def running(sim: hs.Simulation) -> Iterator[None]:
    """Another thread runs the simulation meanwhile."""
    enough, began = threading.Event(), sim.step_count

    def look(sim: hs.Simulation) -> None:
        if enough.is_set():
            raise Enough

    def run() -> None:
        with suppress(Enough):
            sim.run(ms=1e6, record=[Calls(look)], watch=None, progress=False)

    thread = threading.Thread(target=run, name="other")
    thread.start()
    while sim.step_count == began:
        time.sleep(0.001)
    try:
        yield
    finally:
        enough.set()
        thread.join()


@posix
@pytest.mark.parametrize("threads", [1, 2])
def test_b4_another_thread_is_refused_while_one_runs(threads: int, tmp_path: Path) -> None:
    sim = simulation(threads)
    sim.run(steps=1)
    uses: list[Callable[[], Any]] = [
        lambda: sim.run(steps=1), lambda: sim.core.advance(1), lambda: sim.save(tmp_path / "x.ckpt"), sim.flush,
        lambda: sim.state("exc", "v"), lambda: sim.weights("inputs -> exc"), lambda: sim.set("exc", "v", -60.0),
        lambda: sim.frozen().__enter__(),
    ]  # fmt: skip
    with running(sim):
        for use in uses:
            with pytest.raises(
                hs.NotSupportedError, match=r"the thread 'other' is in run\(\).*a simulation of its own"
            ):
                use()
        assert sim.time > 0 and sim.health == []
    assert not (tmp_path / "x.ckpt").exists()
    sim.run(steps=7, watch=None)
    assert fingerprint(sim) == after(sim.step_count)


def test_b4_frozen_belongs_to_its_thread_and_short_looks_wait_for_each_other() -> None:
    sim, said = simulation(2), list[Any]()
    sim.run(steps=100)

    def run() -> None:
        try:
            said.append(sim.run(steps=1))
        except hs.NotSupportedError as error:
            said.append(str(error))

    with sim.frozen(), sim.frozen():
        sim.run(steps=3)
        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
    assert "in with frozen()" in said[0]
    looks = [threading.Thread(target=lambda: [said.append(sim.weights("inputs -> exc").sum()) for _ in range(20)])
             for _ in range(4)]  # fmt: skip
    for look in looks:
        look.start()
    for look in looks:
        look.join()
    assert len(said) == 81 and len(set(said[1:])) == 1
    sim.run(steps=1)
    assert fingerprint(sim) == after(101)


@posix
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_b4_a_forked_process_goes_on_by_itself() -> None:
    sim = simulation(2)
    sim.run(steps=100)
    fork = multiprocessing.get_context("fork")
    told = fork.Queue()
    children = [fork.Process(target=lambda: (sim.run(steps=50), told.put(fingerprint(sim)))) for _ in range(2)]
    for child in children:
        child.start()
    assert [told.get(timeout=60), told.get(timeout=60)] == [after(150)] * 2
    for child in children:
        child.join(60)
        assert child.exitcode == 0
    sim.run(steps=50)
    assert fingerprint(sim) == after(150)


@posix
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_b4_a_process_forked_while_another_thread_ran_is_told_so() -> None:
    sim = simulation(2)
    sim.run(steps=1)
    read, write = os.pipe()
    with running(sim):
        child = os.fork()
        if not child:
            try:
                sim.run(steps=1)
            except hs.NotSupportedError as error:
                os.write(write, str(error).encode())
            os._exit(0)
        os.waitpid(child, 0)
    os.close(write)
    assert "was forked while another thread" in os.read(read, 10_000).decode()


@pytest.mark.parametrize("threads", [1, 2])
def test_b4_within_a_recorder(threads: int, tmp_path: Path) -> None:
    sim = simulation(threads)
    with pytest.raises(hs.NotSupportedError, match=r"run\(\) was called within run\(\) of the same simulation"):
        sim.run(ms=100, record=[Calls(lambda view: sim.run(steps=1))])
    with pytest.raises(ZeroDivisionError):
        sim.run(ms=100, record=[hs.Spikes("exc"), Calls(lambda sim: 1 / 0)])
    sim.run(ms=100, record=[Calls(lambda view: (sim.save(tmp_path / "x.ckpt"), view.weights("inputs -> exc")))])
    assert fingerprint(sim) == after(sim.step_count)
    assert fingerprint(hs.Simulation.load(tmp_path / "x.ckpt", quiet=True)) == fingerprint(sim)


@posix
@pytest.mark.parametrize("threads", [1, 2])
def test_b4_a_handler_that_raises_leaves_whole_steps(threads: int) -> None:
    sim, looks = simulation(threads), list[str]()
    sim.run(steps=1)

    def handler(number: int, frame: Any) -> None:
        try:
            sim.state("exc", "v")
        except hs.NotSupportedError as error:
            looks.append(str(error))
        raise SystemExit(3)

    before = signal.signal(signal.SIGTERM, handler)
    try:
        for _ in range(3):
            threading.Timer(0.05, lambda: os.kill(os.getpid(), signal.SIGTERM)).start()
            with pytest.raises(SystemExit):
                sim.run(steps=LONG, record=[hs.Spikes("exc", expected=1.0)], watch=None, progress=False)
    finally:
        signal.signal(signal.SIGTERM, before)
    assert 1 < sim.step_count < LONG
    sim.run(steps=100, watch=None)  # nobody empties the logs of the run that was left
    assert fingerprint(sim) == after(sim.step_count)
    assert all("the handler of a signal" in look for look in looks)


@posix
@pytest.mark.parametrize("threads", [1, 2])
def test_b4_ctrl_c_pressed_many_times(threads: int) -> None:
    sim = simulation(threads)
    sim.run(steps=1)

    def press() -> None:
        for _ in range(8):
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.0003)
        pressed.set()

    for _ in range(3):
        pressed = threading.Event()
        try:
            threading.Timer(0.03, press).start()
            sim.run(steps=LONG, watch=None, progress=False)
        except (KeyboardInterrupt, hs.RunInterruptedError):
            pass
        while not pressed.is_set():
            with suppress(KeyboardInterrupt):
                pressed.wait()
    sim.run(steps=100, watch=None)
    assert fingerprint(sim) == after(sim.step_count)


@posix
def test_b4_who_ignores_ctrl_c_goes_on_ignoring_it() -> None:
    sim, before = simulation(), signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        sim.run(ms=100, record=[Calls(lambda sim: os.kill(os.getpid(), signal.SIGINT))])
    finally:
        signal.signal(signal.SIGINT, before)
    assert sim.step_count == 200


def test_b4_a_simulation_is_collected_with_its_threads() -> None:
    before, sim = set(threading.enumerate()), simulation(2)
    sim.run(steps=10)
    own = set(threading.enumerate()) - before
    assert len(own) == 2
    kept = weakref.ref(sim)
    del sim
    gc.collect()
    for thread in own:
        thread.join(10.0)
    assert kept() is None and not any(thread.is_alive() for thread in own)


@pytest.mark.parametrize("send", [pickle.dumps, copy.copy, copy.deepcopy])
def test_b4_a_simulation_is_not_copied_by_accident(send: Callable[[Any], Any]) -> None:
    with pytest.raises(hs.NotSupportedError, match=r"save\(\) it and Simulation.load\(\) it there"):
        send(simulation())


LAST = """
import sys, threading
sys.path.insert(0, {tests!r})
from hebbstat.engine import simulation as module
module.most_threads = lambda: 2
from helpers.running_tiny import simulation
import hebbstat as hs
from hebbstat.engine.observer import Running
sim = simulation(2)
def run():
    sim.run(ms=20_000, record=[hs.States("exc", "v", every=100.0)], watch=None, progress=False)
    print("ended", sim.time)
threading.Thread(target=run).start()
"""


def test_b4_a_thread_may_outlive_the_main_thread() -> None:
    script = LAST.format(tests=str(Path(__file__).parents[1]))
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120)
    assert done.stdout == "ended 20000.0\n", done.stderr
