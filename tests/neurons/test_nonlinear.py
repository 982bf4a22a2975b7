"""AdEx and Izhikevich: bifurcations known in closed form, spike times and orders against accurate solutions."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from helpers.driving import Cell
from scipy.integrate import solve_ivp

from hebbstat.neurons import AdEx, Izhikevich

C, LEAK, REST, ONSET, SLOPE, TAU_W, A = 281.0, 30.0, -70.6, -50.4, 2.0, 144.0, 4.0


def adex_steady_current(v: float, a: float = A) -> float:
    return (LEAK + a) * (v - REST) - LEAK * SLOPE * math.exp((v - ONSET) / SLOPE)


def adex_flow(current: float) -> Callable[[float, np.ndarray], list[float]]:
    def flow(t: float, y: np.ndarray) -> list[float]:
        v, w = min(y[0], 25.0), y[1]
        upswing = LEAK * SLOPE * math.exp((v - ONSET) / SLOPE)
        return [(LEAK * (REST - v) + upswing - w + current) / C, (A * (v - REST) - w) / TAU_W]

    return flow


def izhikevich_flow(current: float) -> Callable[[float, np.ndarray], list[float]]:
    def flow(t: float, y: np.ndarray) -> list[float]:
        v, u = y
        return [0.04 * v * v + 5 * v + 140 - u + current, 0.02 * (0.2 * v - u)]

    return flow


def spike_times(flow: Callable, start: list[float], peak: float, reset: Callable, until: float) -> list[float]:
    """Spike times of a neuron by an adaptive high-order method with exact events."""

    def event(t: float, y: np.ndarray) -> float:
        return y[0] - peak

    event.terminal, event.direction = True, 1.0  # type: ignore[attr-defined]
    t, y, found = 0.0, start, []
    while True:
        run = solve_ivp(flow, (t, until), y, method="RK45", rtol=1e-10, atol=1e-10, events=event)
        if not run.t_events[0].size:
            return found
        t = run.t_events[0][0]
        found.append(t)
        y = reset(run.y_events[0][0])


def counted(cell: Cell, until: float) -> np.ndarray:
    return np.array([(n + 1) * cell.dt for n in range(round(until / cell.dt)) if cell.step()])


@pytest.mark.parametrize(("share", "fires"), [(0.995, False), (1.005, True)])
def test_adex_rheobase_without_adaptation(share: float, fires: bool) -> None:
    """With a = 0, saddle-node at leak (v_threshold - v_rest - slope) = 546 pA (Touboul & Brette 2008)."""
    cell = Cell(AdEx(a=0.0, b=0.0, i_ext=share * LEAK * (ONSET - REST - SLOPE)), 0.1)
    assert (counted(cell, 2000.0).size > 0) == fires


@pytest.mark.parametrize(("share", "stable"), [(0.98, True), (1.02, False)])
def test_adex_loses_stability_where_the_trace_of_its_jacobian_vanishes(share: float, stable: bool) -> None:
    """Hopf: exp((v - v_threshold)/slope) = 1 + tau_m/tau_w. Catches a wrong sign or time constant of w."""
    v_hopf = ONSET + SLOPE * math.log(1 + C / LEAK / TAU_W)
    current = share * adex_steady_current(v_hopf)
    low, high = REST, ONSET + SLOPE * math.log(1 + A / LEAK)  # the lower branch of fixed points rises up to here
    for _ in range(80):
        mid = (low + high) / 2
        low, high = (mid, high) if adex_steady_current(mid) < current else (low, mid)
    cell = Cell(AdEx(i_ext=current), 0.05).put(v=low + 0.01, w=A * (low - REST))
    fired = counted(cell, 4000.0).size > 0
    assert fired != stable
    if stable:
        assert cell.v == pytest.approx(low, abs=1e-3)


@pytest.mark.parametrize("dt", [0.1, 0.02])
def test_adex_spike_times(dt: float) -> None:
    """Adapting spikes at 800 pA: each within a few steps of an accurate solution (peak at -20 mV for its sake)."""
    exact = spike_times(adex_flow(800.0), [REST, 0.0], -20.0, lambda y: [REST, y[1] + 80.5], 500.0)
    found = counted(Cell(AdEx(i_ext=800.0, v_peak=-20.0), dt), 500.0)
    assert len(found) == len(exact) > 5
    assert np.diff(exact)[-1] > 1.3 * np.diff(exact)[0], "adapts"
    assert np.max(np.abs(found - exact)) < 2.0 * dt * len(exact)


@pytest.mark.parametrize(
    ("make", "flow", "start", "span"),
    [
        (lambda: AdEx(i_ext=800.0), adex_flow(800.0), [REST, 0.0], 12.8),
        (lambda: Izhikevich(i_ext=10.0), izhikevich_flow(10.0), [-65.0, -13.0], 2.0),
    ],
    ids=["AdEx", "Izhikevich"],
)
def test_order_two_between_spikes(make: Callable, flow: Callable, start: list[float], span: float) -> None:
    exact = solve_ivp(flow, (0.0, span), start, method="DOP853", rtol=1e-13, atol=1e-13).y[:, -1]
    errors = []
    for dt in (0.2, 0.1, 0.05, 0.025):
        cell = Cell(make(), dt)
        assert counted(cell, span).size == 0
        errors.append([abs(cell.v - exact[0]), abs(cell.known["w" if "w" in cell.known else "u"] - exact[1])])
    orders = np.log2(np.array(errors)[:-1] / np.array(errors)[1:])
    assert np.all(np.abs(orders[-1] - 2.0) < 0.15), orders


def test_adex_survives_violent_input() -> None:
    """Huge conductances, currents and jumps at dt 0.1: finite, below v_peak, w moved by no more than its own jumps."""
    rng = np.random.default_rng(1)
    cell = Cell(AdEx(delta_T=0.5), 0.1)
    for _ in range(3000):
        g = rng.choice([0.0, 0.0, 500.0])
        spiked = cell.step(current=rng.normal(0, 5e4), conductance=g, drive=g * -80.0, input=rng.normal(0, 50.0))
        assert math.isfinite(cell.v) and cell.v <= 20.0
        assert abs(cell.w) < 1e5
        assert not spiked or cell.v == REST


def test_izhikevich_rests_where_published() -> None:
    """Without input, regular spiking cells rest at v = -70 mV, u = -14 (roots of 0.04 v^2 + 4.8 v + 140)."""
    cell = Cell(Izhikevich(), 0.1)
    assert counted(cell, 1500.0).size == 0
    assert cell.v == pytest.approx(-70.0, abs=1e-6)
    assert cell.u == pytest.approx(-14.0, abs=1e-6)


@pytest.mark.parametrize(("bias", "stable"), [(3.75, True), (3.85, False)])
def test_izhikevich_loses_stability_at_the_known_current(bias: float, stable: bool) -> None:
    """Hopf where 0.08 v + 5 = a: v = -62.25, so I = -(0.04 v^2 + 4.8 v + 140) = 3.7975. Catches a wrong a or b."""
    v = (-4.8 - math.sqrt(4.8**2 - 0.16 * (140.0 + bias))) / 0.08
    cell = Cell(Izhikevich(i_ext=bias), 0.1).put(v=v + 0.01, u=0.2 * v)
    assert (counted(cell, 6000.0).size > 0) != stable


@pytest.mark.parametrize(
    ("parameters", "current"),
    [((0.02, 0.2, -65.0, 8.0), 10.0), ((0.1, 0.2, -65.0, 2.0), 10.0), ((0.02, 0.2, -50.0, 2.0), 10.0)],
    ids=["regular spiking", "fast spiking", "chattering"],
)
def test_izhikevich_patterns(parameters: tuple[float, ...], current: float) -> None:
    """The published kinds of cells: as many spikes as an accurate solution, and the first at its time."""
    a, b, c, d = parameters

    def flow(t: float, y: np.ndarray) -> list[float]:
        return [0.04 * y[0] ** 2 + 5 * y[0] + 140 - y[1] + current, a * (b * y[0] - y[1])]

    exact = spike_times(flow, [c, b * c], 30.0, lambda y: [c, y[1] + d], 300.0)
    found = counted(Cell(Izhikevich(a=a, b=b, c=c, d=d, i_ext=current), 0.01), 300.0)
    assert abs(len(found) - len(exact)) <= 1
    assert found[:3] == pytest.approx(exact[:3], abs=0.05)


def test_izhikevich_input_is_a_jump() -> None:
    """An input of 5 equals a start 5 mV higher."""
    lifted, started = Cell(Izhikevich(), 0.1), Cell(Izhikevich(), 0.1).put(v=-60.0)
    lifted.step(input=5.0)
    started.step()
    assert lifted.v == started.v
    assert lifted.u == started.u
