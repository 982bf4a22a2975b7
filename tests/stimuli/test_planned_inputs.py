"""Places, patterns, currents and correlated inputs: their statistics are those that they state."""

from __future__ import annotations

import doctest
import importlib

import numpy as np
import pytest

import hebbstat as hs
from hebbstat import stimuli


@pytest.mark.parametrize("name", ["place_cells", "moving_patterns", "currents"])
def test_the_examples_in_the_docstrings_are_true(name: str) -> None:
    found = doctest.testmod(importlib.import_module(f"hebbstat.stimuli.{name}"))
    assert found.attempted and not found.failed


def test_place_fields_on_a_line_a_circle_and_a_plane() -> None:
    line = stimuli.PlaceCells([0.0, 1.0], width=0.5, peak=10.0, background=2.0)
    assert line.rates([0.5])[0] == pytest.approx([2.0 + 8.0 * np.exp(-0.5)] * 2)
    circle = stimuli.PlaceCells([0.1], width=0.1, length=1.0)
    assert circle.rates([0.95])[0, 0] == pytest.approx(20.0 * np.exp(-0.5 * 1.5**2))
    plane = stimuli.PlaceCells([[0.0, 0.0], [3.0, 4.0]], width=5.0, peak=1.0)
    assert plane.rates([[0.0, 0.0]])[0] == pytest.approx([1.0, np.exp(-0.5)])
    signal = plane.signal([[0.0, 0.0], [3.0, 4.0]], every=100.0)
    assert signal.values.shape == (2, 2) and signal.every == 100.0


@pytest.mark.parametrize("orientation", [0.0, 30.0, 90.0])
def test_a_grating_drifts_along_its_orientation(orientation: float) -> None:
    grating = stimuli.Grating(orientation, frequency=0.05, speed=4.0, contrast=0.8)
    frames = grating.frames(41, ms=250.0, every=1.0).reshape(250, 41, 41)
    assert frames.min() >= 0.1 - 1e-12 and frames.max() <= 0.9 + 1e-12
    spectrum = np.abs(np.fft.rfft(frames[:, 20, 20] - 0.5))
    assert np.argmax(spectrum) * 1000.0 / 250.0 == 4.0  # cycles a second at one place
    angle = np.deg2rad(orientation)
    step = (np.sin(angle), np.cos(angle))  # 10 pixels along: half a cycle
    y, x = round(20 + 10 * step[0]), round(20 + 10 * step[1])
    along = 0.05 * ((x - 20) * np.cos(angle) + (y - 20) * np.sin(angle))
    assert frames[0, y, x] == pytest.approx(0.5 + 0.4 * np.cos(2 * np.pi * along))


def test_a_bar_moves_and_comes_again() -> None:
    bar = stimuli.Bar(orientation=90.0, width=1.0, speed=1000.0, start=-2.0, period=5.0)
    frames = bar.frames(5, ms=7.0).reshape(7, 5, 5)
    assert [int(np.flatnonzero(frame.any(axis=1))[0]) for frame in frames] == [0, 1, 2, 3, 4, 0, 1]
    assert (frames.sum(axis=(1, 2)) == 5).all()


def test_noise_has_the_moments_and_correlation_that_it_states() -> None:
    noise = stimuli.ornstein_uhlenbeck(200, ms=200.0, mean=3.0, sd=2.0, tau=10.0, every=0.5).values
    few = np.sqrt(200 * 200.0 / 20.0)  # independent values
    assert noise.mean() == pytest.approx(3.0, abs=4 * 2.0 / few)
    assert noise[0].std() == pytest.approx(2.0, rel=0.2) and noise.std() == pytest.approx(2.0, rel=4 / few)
    for lag in (10, 40):  # 5 and 20 ms
        both = ((noise[lag:] - 3.0) * (noise[:-lag] - 3.0)).mean() / 4.0
        assert both == pytest.approx(np.exp(-lag * 0.5 / 10.0), abs=4 / few)
    white = stimuli.white_noise(100, ms=100.0, mean=1.0, sd=0.5).values
    assert white.std() == pytest.approx(0.5, rel=0.02)
    assert abs(np.corrcoef(white[1:].ravel(), white[:-1].ravel())[0, 1]) < 4 / np.sqrt(white.size)


def test_an_exact_step_does_not_depend_on_its_length() -> None:
    """The variance of the integral over T is 2 sd^2 tau (T - tau (1 - exp(-T/tau))), whatever `every`, if small."""
    tau, T = 5.0, 50.0
    wanted = 2.0 * tau * (T - tau * (1.0 - np.exp(-T / tau)))
    for every in (0.1, 1.0):
        sums = stimuli.ornstein_uhlenbeck(4000, T, tau=tau, every=every, seed=3).values.sum(axis=0) * every
        assert sums.var() == pytest.approx(wanted, rel=0.1)


@pytest.mark.parametrize("correlation", [0.0, 0.1, 0.5, 1.0])
def test_trains_share_the_stated_part_of_their_spikes(correlation: float) -> None:
    times, neurons = stimuli.shared_spikes(20, 30.0, correlation, ms=100_000.0, seed=2)
    assert (np.diff(times) >= 0).all()
    counts = np.bincount(neurons, minlength=20)
    assert counts.mean() == pytest.approx(3000.0, abs=4 * np.sqrt(3000.0))
    binned = np.stack([np.histogram(times[neurons == i], 20_000, (0.0, 100_000.0))[0] for i in range(20)])
    found = np.corrcoef(binned)[np.triu_indices(20, 1)].mean()
    assert found == pytest.approx(correlation, abs=0.02)


def test_jitter_spreads_what_is_shared() -> None:
    times, neurons = stimuli.shared_spikes(2, 20.0, 1.0, ms=50_000.0, jitter=3.0, seed=4)
    assert len(np.unique(times)) == len(times)
    a, b = times[neurons == 0], times[neurons == 1]
    binned = [np.histogram(x, 500, (0.0, 50_000.0))[0] for x in (a, b)]  # bins far longer than the jitter
    assert np.corrcoef(*binned)[0, 1] > 0.9


def test_rates_go_together() -> None:
    rates = stimuli.gaussian_rates(40, 50.0, 5.0, 0.3, ms=60_000.0, tau=20.0, every=5.0, seed=1).values
    assert rates.min() > 0.0 and rates.mean() == pytest.approx(50.0, abs=0.5)
    assert rates.std() == pytest.approx(5.0, rel=0.05)
    assert np.corrcoef(rates.T)[np.triu_indices(40, 1)].mean() == pytest.approx(0.3, abs=0.05)
    lagged = np.mean((rates[8:] - 50.0) * (rates[:-8] - 50.0)) / 25.0  # 40 ms
    assert lagged == pytest.approx(np.exp(-(40.0**2) / (4 * 20.0**2)), abs=0.06)


def test_they_drive_a_network(plain: None) -> None:
    net = hs.Network(dt=1.0, seed=1)
    cells = net.add(hs.CurrentLIF(i_ext=stimuli.pulses([(10.0, 60.0, 250.0)], ms=100.0)), 1, "cell")
    seen = net.add(hs.PoissonSource(rate=stimuli.Grating().signal(3, ms=100.0, rate=200.0)), 9, "seen")
    told = net.add(hs.SpikeSource(), 5, "told", spikes=stimuli.shared_spikes(5, 50.0, 0.5, ms=100.0))
    run = hs.Simulation(net, quiet=True).run(ms=100, record=[hs.Spikes(p) for p in (cells, seen, told)])
    fired = run["cell.spikes"].time.values
    assert fired.size and fired.min() > 10.0 and fired.max() < 62.0
    assert run["seen.spikes"].time.size and run["told.spikes"].time.size


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: stimuli.PlaceCells([0.0], width=0.0), "width of PlaceCells is 0; it must be above 0"),
        (lambda: stimuli.PlaceCells([0.0], 1.0, peak=1.0, background=2.0), "peak .Hz. of PlaceCells is 1; it must be"),
        (lambda: stimuli.PlaceCells([0.0], 1.0).rates([[1.0, 2.0]]), "positions have 2 dimensions"),
        (lambda: stimuli.Grating(contrast=1.5), "contrast of Grating is 1.5; it must be from 0 to 1"),
        (lambda: stimuli.Bar(width=3.0, period=2.0), "period .pixels. of Bar is 2; it must be at least 3"),
        (lambda: stimuli.pulses([(5.0, 5.0, 1.0)], ms=10.0), "a pulse from 5 to 5 ms"),
        (lambda: stimuli.ramp(0.0, 1.0, ms=0.5), "is not a multiple"),
        (lambda: stimuli.ornstein_uhlenbeck(2, 10.0, tau=-1.0), "tau .ms. of ornstein_uhlenbeck.. is -1"),
        (lambda: stimuli.shared_spikes(2, 10.0, 1.5, 100.0), "correlation of shared_spikes.. is 1.5"),
        (lambda: stimuli.gaussian_rates(0, 10.0, 1.0, 0.5, 100.0), "n of gaussian_rates.. is 0"),
        (lambda: stimuli.white_noise(2.5, 10.0), "n of white_noise.. is 2.5; it must be a whole number"),
    ],
)
def test_what_cannot_be(make: object, says: str) -> None:
    with pytest.raises(hs.BadValueError, match=says):
        make()  # type: ignore[operator]
