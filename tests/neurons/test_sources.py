"""Rate neurons, Poisson sources and given trains."""

import math

import numpy as np
import pytest
from helpers.driving import Cell, names_of

from hebbstat.contract import random
from hebbstat.neurons import PoissonSource, RateNeuron, SpikeSource


@pytest.mark.parametrize("dt", [0.1, 5.0])
def test_rate_follows_its_input_exactly(dt: float) -> None:
    """r(t) = gain [I - threshold]+ (1 - exp(-t/tau)), then decays when the input is below threshold."""
    cell = Cell(RateNeuron(tau=8.0, gain=2.0, threshold=1.0, i_ext=0.5), dt)
    for n in range(1, 30):
        cell.step(input=4.0)
        assert cell.r == pytest.approx(7.0 * (1 - math.exp(-n * dt / 8.0)), rel=1e-12)
    top = cell.r
    for n in range(1, 10):
        cell.step(input=-4.0)
        assert cell.r == pytest.approx(top * math.exp(-n * dt / 8.0), rel=1e-12)
    assert RateNeuron.hooks[-1].event == "output"


def test_rate_neuron_with_itself_amplifies() -> None:
    """A self-connection w < 1 gives the steady rate gain I / (1 - gain w)."""
    cell = Cell(RateNeuron(), 0.1)
    for _ in range(20_000):
        cell.step(input=3.0 + 0.8 * cell.r)
    assert cell.r == pytest.approx(15.0, rel=1e-6)


@pytest.mark.parametrize(("rate", "dt"), [(0.0, 0.1), (8.0, 0.1), (200.0, 1.0), (1000.0, 1.0), (1000.0, 0.1)])
def test_poisson_probability(rate: float, dt: float) -> None:
    """P = 1 - exp(-rate dt), not rate dt: 0.6321 at 1 kHz and 1 ms. Keyed draws give that many spikes."""
    source = PoissonSource(rate=rate)
    known = names_of(source, dt)
    assert known["chance"] == pytest.approx(1 - math.exp(-rate * dt / 1000.0), abs=1e-15)
    draws = [random.uniform(random.draw(random.stream_key(3, "p"), n, 0)) for n in range(20_000)]
    count = sum(PoissonSource.fires(u, known["chance"]) for u in draws)
    p = known["chance"]
    assert abs(count - 20_000 * p) <= 4 * np.sqrt(20_000 * p * (1 - p))


def test_spike_source_fires_when_told() -> None:
    assert SpikeSource.fires(True)
    assert not SpikeSource.fires(False)
    assert not SpikeSource.fields
