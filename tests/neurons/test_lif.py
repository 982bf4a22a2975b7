"""LIF, CurrentLIF and AdaptiveLIF against closed forms."""

import math

import numpy as np
import pytest
from helpers.driving import Cell
from scipy.integrate import solve_ivp

from hebbstat.contract.mechanism import Neuron
from hebbstat.neurons import LIF, AdaptiveLIF, CurrentLIF
from hebbstat.synapses import Exponential

KINDS = [LIF, CurrentLIF, AdaptiveLIF]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("dt", [0.1, 1.0, 7.0])
def test_voltage_is_exact_for_constant_current(kind: type[Neuron], dt: float) -> None:
    """v(t) = v_rest + I/leak (1 - exp(-t/tau)), whatever the step; current and bias add up."""
    cell = Cell(kind(tau_m=18.0, g_leak=12.0, i_ext=30.0), dt)
    for n in range(1, 20):
        assert not cell.step(current=60.0)
        assert cell.v == pytest.approx(-60.0 + 90.0 / 12.0 * (1 - math.exp(-n * dt / 18.0)), rel=1e-12)


@pytest.mark.parametrize("kind", [LIF, AdaptiveLIF])
def test_voltage_is_exact_for_constant_conductance(kind: type[Neuron]) -> None:
    """With g: v_inf = (leak v_rest + g E)/(leak + g), tau_eff = tau leak/(leak + g)."""
    cell, g, reversal = Cell(kind(tau_m=20.0, g_leak=10.0), 2.5), 35.0, -80.0
    v_inf, tau_eff = (10.0 * -60.0 + g * reversal) / 45.0, 20.0 * 10.0 / 45.0
    for n in range(1, 20):
        cell.step(conductance=g, drive=g * reversal)
        assert cell.v == pytest.approx(v_inf + (-60.0 - v_inf) * math.exp(-n * 2.5 / tau_eff), rel=1e-12)


@pytest.mark.parametrize("kind", KINDS)
def test_input_lifts_the_membrane_at_the_start_of_the_step(kind: type[Neuron]) -> None:
    cell = Cell(kind(tau_m=20.0), 0.5)
    cell.step(input=3.0)
    assert cell.v == pytest.approx(-60.0 + 3.0 * math.exp(-0.5 / 20.0), rel=1e-13)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("refractory", "held"), [(0.0, 0), (0.1, 1), (0.14, 1), (0.16, 2), (2.0, 20), (5.0, 50)])
def test_refractory_time_is_held_to_the_step(kind: type[Neuron], refractory: float, held: int) -> None:
    """After a spike v is at v_reset for `held` steps; the step after those integrates again."""
    cell = Cell(kind(refractory=refractory, v_reset=-65.0), 0.1)
    assert cell.step(input=20.0)
    for _ in range(held):
        assert cell.v == -65.0
        assert not cell.step(input=100.0, current=1e4)  # lost
    assert cell.v == -65.0
    cell.step(current=100.0)
    assert cell.v == pytest.approx(-50.0 - 15.0 * math.exp(-0.1 / 20.0), rel=1e-12)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("bias", [100.5, 110.0, 150.0, 300.0, 1000.0])
def test_interspike_interval_is_the_analytic_one(kind: type[Neuron], bias: float) -> None:
    """T = refractory + tau ln((v_inf - v_reset)/(v_inf - v_threshold)), rounded up to the end of a step."""
    cell = Cell(kind(i_ext=bias, **({"theta_plus": 0.0} if kind is AdaptiveLIF else {})), 0.1)
    spikes = [n for n in range(6000) if cell.step()]
    above = bias / 10.0
    rise = 20.0 * math.log(above / (above - 10.0))
    assert set(np.diff(spikes)) == {math.ceil(rise / 0.1) + 50}


def test_silent_just_below_rheobase() -> None:
    cell = Cell(CurrentLIF(i_ext=99.99), 0.1)
    assert not any(cell.step() for _ in range(20_000))


def test_threshold_adapts_and_decays() -> None:
    """Spikes at t_k leave theta = sum theta_plus exp(-(t - t_k)/tau_theta); the next waits for v_threshold + theta."""
    cell = Cell(AdaptiveLIF(i_ext=300.0, theta_plus=1.5, tau_theta=400.0, refractory=0.0, theta_start=0.5), 0.1)
    times: list[float] = []
    for n in range(1, 2000):
        expected = 0.5 * math.exp(-n * 0.1 / 400.0) + sum(1.5 * math.exp(-(n * 0.1 - t) / 400.0) for t in times)
        start = cell.v
        end = -30.0 + (start + 30.0) * math.exp(-0.1 / 20.0)
        assert cell.step() == (end >= -50.0 + expected)
        if cell.v == -60.0:
            times.append(n * 0.1)
            expected += 1.5
        assert cell.theta == pytest.approx(expected, rel=1e-12)
    assert len(times) > 8
    assert np.all(np.diff(times, 2) > -0.11), "intervals grow"
    assert AdaptiveLIF.states["theta"].slow


def test_decaying_conductance_converges_with_order_two() -> None:
    """LIF with an exponential conductance, whose mean over the step it sees: measured against an accurate solution."""

    def truth(t, v):
        g = 40.0 * math.exp(-t / 5.0)
        return (10.0 * (-60.0 - v) + g * (0.0 - v)) / 200.0

    exact = solve_ivp(truth, (0.0, 6.4), [-60.0], rtol=1e-12, atol=1e-12).y[0, -1]
    errors = []
    for dt in (0.8, 0.4, 0.2, 0.1):
        cell, receptor = Cell(LIF(v_threshold=0.0), dt), Cell(Exponential(tau=5.0), dt)
        receptor.receive(40.0)
        for _ in range(round(6.4 / dt)):
            g = receptor.given()
            cell.step(conductance=g, drive=g * 0.0)
        errors.append(abs(cell.v - exact))
    orders = np.log2(np.array(errors[:-1]) / errors[1:])
    assert np.all(np.abs(orders - 2.0) < 0.1), orders
