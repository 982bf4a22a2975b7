"""Receptors against closed forms: exact currents, mean conductances, peaks, filters, the magnesium block."""

import math

import numpy as np
import pytest
from helpers.driving import Cell

from hebbstat.contract.mechanism import Receptor
from hebbstat.neurons import LIF, CurrentLIF
from hebbstat.synapses import AMPA, GABAA, GABAB, NMDA, DualExponential, Exponential, ExponentialCurrent


def potential(t: np.ndarray, tau: float, tau_m: float, w: float, capacitance: float) -> np.ndarray:
    """The response of a leaky membrane to w exp(-t/tau) at rest."""
    if tau == tau_m:
        return w / capacitance * t * np.exp(-t / tau)
    return w / capacitance * tau * tau_m / (tau - tau_m) * (np.exp(-t / tau) - np.exp(-t / tau_m))


@pytest.mark.parametrize("kind", [CurrentLIF, LIF])
@pytest.mark.parametrize("tau", [0.2, 2.0, 19.999999, 20.0, 100.0])
@pytest.mark.parametrize("dt", [0.1, 1.0])
def test_exponential_current_is_exact(kind: type, tau: float, dt: float) -> None:
    """Two arrivals: v is their closed form at every step, also where tau equals the membrane's."""
    cell = Cell(kind(tau_m=20.0, g_leak=10.0, v_threshold=0.0), dt)
    receptor = Cell(ExponentialCurrent(tau=tau), dt, post_tau_m=20.0)
    late = 7 * dt
    for n in range(1, 60):
        receptor.receive(50.0 if n == 1 else -20.0 if n == 8 else 0.0)
        cell.step(current=receptor.given())
        t = np.array(n * dt)
        expected = potential(t, tau, 20.0, 50.0, 200.0) + (potential(t - late, tau, 20.0, -20.0, 200.0) if n > 7 else 0)
        assert cell.v == pytest.approx(-60.0 + expected, abs=1e-9 * (1 if tau != 19.999999 else 100))


def test_current_without_a_membrane_time_constant_is_the_mean() -> None:
    """Then the charge w tau arrives exactly."""
    receptor = Cell(ExponentialCurrent(tau=3.0), 0.5)
    receptor.receive(2.0)
    assert 0.5 * sum(receptor.given() for _ in range(400)) == pytest.approx(6.0, rel=1e-12)


@pytest.mark.parametrize(
    "receptor",
    [Exponential(tau=3.0), DualExponential(1.0, 3.0), DualExponential(3.0, 3.0), DualExponential(5.0, 3.0), GABAB()],
)
def test_conductance_is_the_mean_over_the_step(receptor: Receptor) -> None:
    """Steps of 4 and of 0.001 ms agree on the integral over each 4 ms: it is exact, not an endpoint."""
    coarse, fine = Cell(receptor, 4.0), Cell(receptor, 0.004)
    for cell in (coarse, fine):
        cell.receive(1.0)
    for _ in range(5):
        assert coarse.given() == pytest.approx(np.mean([fine.given() for _ in range(1000)]), rel=1e-10)


@pytest.mark.parametrize(
    ("rise", "decay"), [(2.0, 100.0), (0.5, 5.0), (45.0, 110.0), (5.0, 5.0), (5.0, 5.0000001), (8.0, 3.0)]
)
def test_peak_is_the_weight(rise: float, decay: float) -> None:
    """The largest conductance is w, at t = tau_r tau_d/(tau_d - tau_r) ln(tau_d/tau_r), and its integral is known."""
    time = rise if abs(rise - decay) < 1e-6 else rise * decay / (decay - rise) * math.log(decay / rise)
    dt = time / 500
    receptor = Cell(DualExponential(rise, decay), dt)
    receptor.receive(0.7)
    values, charge = [receptor.g], 0.0
    for _ in range(20_000):
        charge += dt * receptor.given()
        values.append(receptor.g)
    assert np.argmax(values) == 500
    assert max(values) == pytest.approx(0.7, rel=1e-9)
    if dt * 20_000 > 30 * max(rise, decay):
        equal = abs(rise - decay) < 1e-6
        shape = math.exp(-time / decay) - math.exp(-time / rise)
        assert charge == pytest.approx(0.7 * (math.e * rise if equal else (decay - rise) / shape), rel=1e-6)


def test_magnesium_block() -> None:
    """Jahr & Stevens, 1 mM: half the conductance at -20.53 mV, 7.96 % at -60 mV; less with more magnesium."""

    def share(v: float, magnesium: float) -> float:
        open_, blocked = Cell(NMDA(magnesium=0.0)), Cell(NMDA(magnesium=magnesium))
        for cell in (open_, blocked):
            cell.receive(1.0)
            cell.given(post_v=v)
        return blocked.given(post_v=v) / open_.given(post_v=v)

    assert share(-math.log(3.57) / 0.062, 1.0) == pytest.approx(0.5, rel=1e-12)
    assert share(-60.0, 1.0) == pytest.approx(0.07962, abs=2e-5)
    assert share(0.0, 1.0) == pytest.approx(3.57 / 4.57, rel=1e-12)
    assert share(-60.0, 2.0) < share(-60.0, 1.0) < share(-40.0, 1.0)


def test_presets() -> None:
    assert (AMPA().tau, AMPA().reversal) == (5.0, 0.0)
    assert (GABAA().tau, GABAA().reversal) == (10.0, -80.0)
    assert (GABAB().tau_decay, GABAB().reversal) == (110.0, -95.0)
    assert (NMDA().tau_rise, NMDA().tau_decay) == (2.0, 100.0)
