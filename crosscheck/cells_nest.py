"""The cells of `cells.py` in NEST. Each function gives the voltage at SAMPLE, 2 SAMPLE ... MS."""

from __future__ import annotations

import itertools
from typing import Any

import cells
import numpy as np
import peers
from cells import ADEX_WEIGHTS, BETAS, CONDUCTANCES, CURRENTS, DELAY, IZHIKEVICH_JUMPS, JUMPS, LIF, MS, SAMPLE

MEMBRANE = {
    "C_m": LIF["tau_m"] * LIF["g_leak"], "E_L": LIF["v_rest"], "V_m": LIF["v_rest"], "V_th": LIF["v_threshold"],
    "V_reset": LIF["v_reset"], "t_ref": LIF["refractory"],
}  # fmt: skip


def _voltage(nest: Any, model: str, parameters: dict[str, float], weights: dict[str, float]) -> np.ndarray:
    cell = nest.Create(model, params=parameters)
    for name, times in cells.trains().items():
        source = nest.Create("spike_generator", params={"spike_times": times})
        nest.Connect(source, cell, syn_spec={"weight": weights[name], "delay": DELAY})
    meter = nest.Create("multimeter", params={"record_from": ["V_m"], "interval": SAMPLE})
    nest.Connect(meter, cell, syn_spec={"delay": nest.resolution})
    nest.Simulate(MS + 1.0)
    return np.array(meter.get("events", "V_m"))[: round(MS / SAMPLE)]


def current() -> np.ndarray:
    (tau_exc, exc), (tau_inh, inh) = CURRENTS["exc"], CURRENTS["inh"]
    parameters = {**MEMBRANE, "tau_m": LIF["tau_m"], "tau_syn_ex": tau_exc, "tau_syn_in": tau_inh}
    return _voltage(peers.nest(), "iaf_psc_exp", parameters, {"exc": exc, "inh": inh})


def jump() -> np.ndarray:
    return _voltage(peers.nest(), "iaf_psc_delta", {**MEMBRANE, "tau_m": LIF["tau_m"]}, JUMPS)


def conductances() -> dict[str, float]:
    (tau_exc, e_exc, _), (tau_inh, e_inh, _) = CONDUCTANCES["exc"], CONDUCTANCES["inh"]
    return {"tau_syn_ex": tau_exc, "tau_syn_in": tau_inh, "E_ex": e_exc, "E_in": e_inh}


def conductance() -> np.ndarray:
    """NEST's solver adapts its steps within each step of the simulation; the sign of a weight picks the receptor."""
    weights = {"exc": CONDUCTANCES["exc"][2], "inh": -CONDUCTANCES["inh"][2]}
    return _voltage(peers.nest(), "iaf_cond_exp", {**MEMBRANE, "g_L": LIF["g_leak"], **conductances()}, weights)


def dual_exponential() -> np.ndarray:
    parameters, weights = {**MEMBRANE, "g_L": LIF["g_leak"]}, {}
    for name, (rise, decay, reversal, weight) in BETAS.items():
        short = name[:2]
        parameters |= {f"tau_rise_{short}": rise, f"tau_decay_{short}": decay, f"E_{short}": reversal}
        weights[name] = weight if name == "exc" else -weight
    return _voltage(peers.nest(), "iaf_cond_beta", parameters, weights)


def adex() -> np.ndarray:
    parameters = {**conductances(), "V_peak": 20.0, "V_reset": -70.6, "gsl_error_tol": 1e-10}
    return _voltage(
        peers.nest(), "aeif_cond_exp", parameters, {"exc": ADEX_WEIGHTS["exc"], "inh": -ADEX_WEIGHTS["inh"]}
    )


def izhikevich(consistent: bool = True) -> np.ndarray:
    """NEST steps with Euler's method: extrapolated to step 0 from steps of 4, 2 and 1 us.

    With the published numerics an arrival is a current that lasts one step.
    """
    levels = []
    for dt in (0.004, 0.002, 0.001):
        scale = 1.0 if consistent else 1.0 / dt
        weights = {name: jump * scale for name, jump in IZHIKEVICH_JUMPS.items()}
        levels.append(_voltage(peers.nest(dt), "izhikevich", {"consistent_integration": consistent}, weights))
    return extrapolated(levels, order=1)


def izhikevich_published() -> np.ndarray:
    """With the numerics of Izhikevich 2003: two half steps of v, then u."""
    return izhikevich(consistent=False)


def extrapolated(levels: list[np.ndarray], order: int) -> np.ndarray:
    """Richardson's limit of values at steps h, h/2, h/4 ..., whose error is a series in h^order, h^(order + 1) ..."""
    while len(levels) > 1:
        levels = [(2**order * fine - coarse) / (2**order - 1) for coarse, fine in itertools.pairwise(levels)]
        order += 1
    return levels[0]
