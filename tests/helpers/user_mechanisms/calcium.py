"""Calcium-based plasticity with noise and a weight derived from a hidden state."""

import math

from hebbstat.contract.hooks import derived
from hebbstat.contract.mechanism import Plasticity
from hebbstat.contract.state import PerSynapse
from hebbstat.contract.units import Delay, Ms, NonNegative, Number


class CalciumRule(Plasticity):
    """Calcium above a high threshold potentiates, above a low one it depresses; the efficacy rho has two wells.

        tau drho/dt = -well rho (1 - rho)(rho_star - rho) + gamma_p (1 - rho) up - gamma_d rho down
                      + sigma sqrt(tau) sqrt(up + down) noise,    w = low + (high - low) rho

    with up = H(c - theta_p) and down = H(c - theta_d).

    c decays with tau_ca and jumps by c_pre, `late` after a presynaptic spike, and by c_post.

    Graupner & Brunel 2012, doi:10.1073/pnas.1109359109.
    """

    tau: Ms = 150_000.0
    tau_ca: Ms = 20.0
    c_pre: NonNegative = 1.0
    c_post: NonNegative = 2.0
    theta_d: Number = 1.0
    theta_p: Number = 1.3
    gamma_d: NonNegative = 200.0
    gamma_p: NonNegative = 321.808
    sigma: NonNegative = 2.8284
    rho_star: Number = 0.5
    well: NonNegative = 1.0
    first: Number = 0.0
    late: Delay = 13.7  # D
    low: Number = 1.0
    high: Number = 5.0

    c = PerSynapse.trace(decay="tau_ca")
    rho = PerSynapse.state("first")

    @derived
    def share(dt, tau):
        return dt / tau

    @c.on_pre(after="late")
    def enters_before(c, c_pre):
        return c + c_pre

    @c.on_post
    def enters_after(c, c_post):
        return c + c_post

    @rho.step
    def drift(rho, c, normal, share, theta_d, theta_p, gamma_d, gamma_p, sigma, rho_star, well):
        up, down = float(c > theta_p), float(c > theta_d)
        force = -well * rho * (1.0 - rho) * (rho_star - rho) + gamma_p * (1.0 - rho) * up - gamma_d * rho * down
        return rho + share * force + sigma * math.sqrt(share * (up + down)) * normal

    @staticmethod
    def weight(rho, low, high):
        return low + (high - low) * rho
