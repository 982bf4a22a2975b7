"""The cells of `cells.py` as equations in Brian2. Each function gives the voltage at SAMPLE, 2 SAMPLE ... MS.

Brian2 names a step by its beginning, so a spike at t here is one of the step that ends at t, as in Hebbstat.
"""

from __future__ import annotations

import math
from typing import Any

import cells
import numpy as np
import peers
from cells import (
    ADEX_WEIGHTS,
    BETAS,
    CONDUCTANCES,
    CURRENTS,
    DELAY,
    IZHIKEVICH_JUMPS,
    JUMPS,
    LIF,
    MAGNESIUM,
    MS,
    NMDA_WEIGHT,
    SAMPLE,
)

FINE = 0.0125  # ms: step of the Runge-Kutta runs, whose error it makes vanish
LEAK = {"tau": LIF["tau_m"], "gL": LIF["g_leak"], "EL": LIF["v_rest"]}


def _voltage(
    equations: str, values: dict[str, float], arrivals: dict[str, str], method: str, dt: float, **start: float
) -> np.ndarray:
    """Numbers are in ms, mV, nS and pA; time in the equations is `ms`."""
    b = peers.brian()
    cell = b.NeuronGroup(1, equations, method=method, dt=dt * b.ms, namespace=values, name="cell")
    for name, value in start.items():
        setattr(cell, name, value)
    parts = [cell]
    for name, times in cells.trains().items():
        source = b.SpikeGeneratorGroup(1, np.zeros(len(times), int), (times - dt) * b.ms, dt=dt * b.ms)
        synapses = b.Synapses(source, cell, on_pre=arrivals[name], delay=DELAY * b.ms, namespace=values, dt=dt * b.ms)
        synapses.connect()
        parts += [source, synapses]
    # A monitor looks at the beginning of a step: the value at its time.
    monitor = b.StateMonitor(cell, "v", record=[0], dt=SAMPLE * b.ms)
    b.Network(*parts, monitor).run((MS + SAMPLE) * b.ms)
    return np.asarray(monitor.v[0])[1 : round(MS / SAMPLE) + 1]


def current() -> np.ndarray:
    equations = """dv/dt = (EL - v + (i_exc + i_inh) / gL) / (tau * ms) : 1
                   di_exc/dt = -i_exc / (tau_exc * ms) : 1
                   di_inh/dt = -i_inh / (tau_inh * ms) : 1"""
    values = {**LEAK, **{f"tau_{name}": tau for name, (tau, _) in CURRENTS.items()}}
    arrivals = {name: f"i_{name}_post += {weight}" for name, (_, weight) in CURRENTS.items()}
    return _voltage(equations, values, arrivals, "exact", 0.1, v=LIF["v_rest"])


def jump() -> np.ndarray:
    arrivals = {name: f"v_post += {weight}" for name, weight in JUMPS.items()}
    return _voltage("dv/dt = (EL - v) / (tau * ms) : 1", LEAK, arrivals, "exact", 0.1, v=LIF["v_rest"])


GATES = """dg_exc/dt = -g_exc / (tau_exc * ms) : 1
           dg_inh/dt = -g_inh / (tau_inh * ms) : 1
"""


def _gates() -> dict[str, float]:
    return {
        f"{what}_{name}": value
        for name, entry in CONDUCTANCES.items()
        for what, value in zip(("tau", "E"), entry, strict=False)
    }


def conductance() -> np.ndarray:
    equations = GATES + "dv/dt = (gL * (EL - v) + g_exc * (E_exc - v) + g_inh * (E_inh - v)) / (gL * tau * ms) : 1"
    arrivals = {name: f"g_{name}_post += {entry[2]}" for name, entry in CONDUCTANCES.items()}
    return _voltage(equations, {**LEAK, **_gates()}, arrivals, "rk4", FINE, v=LIF["v_rest"])


def peak(rise: float, decay: float) -> float:
    """The largest value of exp(-t / decay) - exp(-t / rise)."""
    at = math.log(decay / rise) * rise * decay / (decay - rise)
    return math.exp(-at / decay) - math.exp(-at / rise)


def dual_exponential() -> np.ndarray:
    equations, values, arrivals, drive = "", dict(LEAK), {}, []
    for name, (rise, decay, reversal, weight) in BETAS.items():
        equations += f"da_{name}/dt = -a_{name} / ({decay} * ms) : 1\ndb_{name}/dt = -b_{name} / ({rise} * ms) : 1\n"
        drive.append(f"(a_{name} - b_{name}) * ({reversal} - v)")
        arrivals[name] = (
            f"a_{name}_post += {weight / peak(rise, decay)!r}; b_{name}_post += {weight / peak(rise, decay)!r}"
        )
    equations += f"dv/dt = (gL * (EL - v) + {' + '.join(drive)}) / (gL * tau * ms) : 1"
    return _voltage(equations, values, arrivals, "rk4", FINE, v=LIF["v_rest"])


def nmda() -> np.ndarray:
    (tau, reversal, weight), mg = CONDUCTANCES["inh"], MAGNESIUM
    scaled = NMDA_WEIGHT / peak(mg["tau_rise"], mg["tau_decay"])
    equations = f"""da/dt = -a / ({mg["tau_decay"]} * ms) : 1
                    db/dt = -b / ({mg["tau_rise"]} * ms) : 1
                    dg/dt = -g / ({tau} * ms) : 1
                    I = -(a - b) * v / (1 + {mg["magnesium"]} * exp(-0.062 * v) / 3.57) : 1
                    dv/dt = (gL * (EL - v) + I + g * ({reversal} - v)) / (gL * tau * ms) : 1"""
    arrivals = {"exc": f"a_post += {scaled!r}; b_post += {scaled!r}", "inh": f"g_post += {weight}"}
    return _voltage(equations, LEAK, arrivals, "rk4", FINE, v=LIF["v_rest"])


def adex() -> np.ndarray:
    values = {"C": 281.0, "gL": 30.0, "EL": -70.6, "VT": -50.4, "DT": 2.0, "tauw": 144.0, "a": 4.0, **_gates()}
    equations = (
        GATES
        + """I = g_exc * (E_exc - v) + g_inh * (E_inh - v) : 1
        dv/dt = (gL * (EL - v) + gL * DT * exp((v - VT) / DT) - w + I) / (C * ms) : 1
        dw/dt = (a * (v - EL) - w) / (tauw * ms) : 1"""
    )
    arrivals = {name: f"g_{name}_post += {weight}" for name, weight in ADEX_WEIGHTS.items()}
    return _voltage(equations, values, arrivals, "rk4", FINE, v=-70.6)


def izhikevich() -> np.ndarray:
    equations = """dv/dt = (0.04 * v**2 + 5 * v + 140 - u) / ms : 1
                   du/dt = 0.02 * (0.2 * v - u) / ms : 1"""
    arrivals: dict[str, Any] = {name: f"v_post += {jump}" for name, jump in IZHIKEVICH_JUMPS.items()}
    return _voltage(equations, {}, arrivals, "rk4", FINE, v=-65.0, u=-13.0)
