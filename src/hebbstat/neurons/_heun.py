"""A step of Heun's for membranes with an exponential upswing and an adaptation."""

import math


def heun(v, w, steady, total, threshold, dt, capacitance, g_leak, v_rest, delta_T, tau_w, a, v_peak):
    """v and w a step later, v clipped at its peak; without the upswing v would go to steady / total."""
    lifted = v_peak if v > v_peak else v
    upswing = g_leak * delta_T * math.exp((lifted - threshold) / delta_T)
    dv, dw = (steady - total * lifted + upswing - w) / capacitance, (a * (lifted - v_rest) - w) / tau_w
    ahead, w_ahead = v_peak if lifted + dt * dv > v_peak else lifted + dt * dv, w + dt * dw
    upswing_ahead = g_leak * delta_T * math.exp((ahead - threshold) / delta_T)
    dv_ahead = (steady - total * ahead + upswing_ahead - w_ahead) / capacitance
    moved = lifted + 0.5 * dt * (dv + dv_ahead)
    return v_peak if moved > v_peak else moved, w + 0.5 * dt * (dw + (a * (ahead - v_rest) - w_ahead) / tau_w)
