"""Plasticity by the calcium in the spine."""

import math

from hebbstat.contract.fields import field
from hebbstat.contract.hooks import derived, step_when
from hebbstat.contract.mechanism import Plasticity
from hebbstat.contract.state import PerPost, PerPre
from hebbstat.contract.units import Delay, Ms, NonNegative, Weight


class CalciumPlasticity(Plasticity):
    """Calcium-based plasticity: much calcium strengthens, less weakens, and what calcium moves it also scatters.

        tau drho/dt = gamma_p (1 - rho) [c > theta_p] - gamma_d rho [c > theta_d]
                      + sigma sqrt(tau) sqrt([c > theta_p] + [c > theta_d]) xi(t)

    rho = (w - w_down) / (w_up - w_down) is 0 for a weak and 1 for a strong synapse. Calcium c rises by C_pre at a time
    `D` after a presynaptic and by C_post at a postsynaptic spike, and decays with tau_Ca. The step is Euler's. Below
    theta_d nothing changes: `DoubleWell` beside it makes the synapse bistable, as published.

    Graupner & Brunel 2012, doi:10.1073/pnas.1109359109, correction doi:10.1073/pnas.1220044110. Default: their set DP,
    with D in whole ms.
    """

    tau_Ca: Ms = field(20.0, "decay of calcium")
    C_pre: NonNegative = field(1.0, "rise of calcium at a presynaptic spike")
    C_post: NonNegative = field(2.0, "rise of calcium at a postsynaptic spike")
    D: Delay = field(14.0, "delay of the presynaptic rise; 13.7 in DP, 0 in others of their sets")
    theta_d: NonNegative = field(1.0, "calcium above which the synapse weakens")
    theta_p: NonNegative = field(1.3, "calcium above which it strengthens")
    gamma_d: NonNegative = field(200.0, "rate of weakening, per tau")
    gamma_p: NonNegative = field(321.808, "rate of strengthening, per tau")
    sigma: NonNegative = field(2.8284, "scatter")
    tau: Ms = field(150_000.0, "time constant of the efficacy")
    w_down: Weight = field(0.0, "weight of a weak synapse")
    w_up: Weight = field(1.0, "weight of a strong synapse")

    by_pre = PerPre.state()
    by_post = PerPost.trace(decay="tau_Ca", add="C_post")

    @by_pre.on_pre(after="D")
    def enter(by_pre, C_pre):
        return by_pre + C_pre

    @by_pre.advance
    def leave(by_pre, elapsed, tau_Ca):
        return by_pre * math.exp(-elapsed / tau_Ca)

    @derived
    def share(dt, tau):
        return dt / tau

    @derived
    def spread(sigma, share):  # of a step, for one threshold
        return sigma * math.sqrt(share)

    @step_when(lambda by_pre, by_post, theta_p, theta_d: by_pre + by_post > min(theta_p, theta_d))
    def follow(w, by_pre, by_post, normal, theta_d, theta_p, gamma_d, gamma_p, share, spread, w_down, w_up):
        c, rho = by_pre + by_post, (w - w_down) / (w_up - w_down)
        up, down = 1.0 if c > theta_p else 0.0, 1.0 if c > theta_d else 0.0
        drift = gamma_p * (1.0 - rho) * up - gamma_d * rho * down
        return (w_up - w_down) * (share * drift + spread * math.sqrt(up + down) * normal)
