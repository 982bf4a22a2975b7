"""Ctrl-C stops a run, hands over what was recorded, and leaves a simulation that can go on, as if nothing had been."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator

import numpy as np
import pytest
import xarray as xr

import hebbstat as hs

STEPS = 1_500_000


def network() -> hs.Network:
    net = hs.Network(dt=0.1, seed=1)
    inputs = net.add(hs.PoissonSource(rate=50.0), 8, "inputs")
    exc = net.add(hs.LIF(), 6, "exc")
    rules = [hs.PairSTDP(A_plus=0.1, A_minus=0.1), hs.HardBounds(0.0, 10.0)]
    net.connect(inputs, exc, hs.AllToAll(), weight=5.0, receptor=hs.AMPA(), rules=rules)
    return net


def interrupt_at(sim: hs.Simulation, step: int) -> threading.Thread:
    """Send Ctrl-C to this process once the simulation has come so far."""

    def wait() -> None:
        while sim.step_count < step:
            time.sleep(0.0005)
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=wait, daemon=True)
    thread.start()
    return thread


@pytest.fixture
def heard() -> Iterator[None]:
    """Ctrl-C reaches Python, also where a shell began the tests in the background, which makes them ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("heard")
@pytest.mark.skipif(os.name != "posix", reason="sends SIGINT")
@pytest.mark.parametrize("threads", [1, 2])
def test_ctrl_c(threads: int) -> None:
    if threading.current_thread() is not threading.main_thread():
        pytest.skip("signals reach the main thread only")
    whole = hs.Simulation(network(), threads=1, quiet=True)
    expected = whole.run(steps=STEPS, record=[hs.Spikes("exc")])["exc.spikes"]
    sim = hs.Simulation(network(), threads=threads, quiet=True)
    sim.run(steps=1, record=[hs.Spikes("exc")])  # compiled
    handler = signal.getsignal(signal.SIGINT)
    interrupt_at(sim, 100)
    with pytest.raises(hs.RunInterruptedError, match="can go on") as caught:
        sim.run(steps=STEPS - 1, record=[hs.Spikes("exc")])
    assert signal.getsignal(signal.SIGINT) is handler
    assert 100 <= sim.step_count < STEPS
    first = caught.value.recording["exc.spikes"]  # type: ignore[attr-defined]
    assert first.time.size == 0 or first.time.max() <= sim.time + 1e-9
    rest = sim.run(steps=STEPS - sim.step_count, record=[hs.Spikes("exc")])["exc.spikes"]
    together = xr.concat([first, rest], "spike")
    np.testing.assert_array_equal(together.time.values, expected.time.values)
    np.testing.assert_array_equal(together.neuron.values, expected.neuron.values)
    np.testing.assert_array_equal(sim.weights("inputs -> exc"), whole.weights("inputs -> exc"))
    np.testing.assert_array_equal(sim.state("exc", "v"), whole.state("exc", "v"))
