"""The network of one arm, described."""

from __future__ import annotations

import numpy as np

import hebbstat as hs
from hebbstat.contract.signals import TimedArray
from hebbstat.experiments.digits import Settings
from hebbstat.experiments.digits.variants import Arm

REST, LEAST_THRESHOLD, LEAK = -65.0, 1.0, 10.0  # mV, mV above rest, nS
INPUTS, EXC, INH = "inputs", "exc", "inh"
FEED, RECRUIT, INHIBIT = "inputs -> exc", "exc -> inh", "inh -> exc"
FOREVER = 1e15  # ms


def digits_network(settings: Settings, arm: Arm, seed: int, rates: TimedArray, shown: int) -> hs.Network:
    """Inputs that follow `rates` [time, channel], excitatory cells, and an inhibitory cell for each of them.

    `shown` is the number of images in the whole training, to which the pace of intrinsic homeostasis is fitted.
    """
    net = hs.Network(dt=settings.dt, seed=seed)
    inputs = net.add(hs.PoissonSource(rate=rates), n=rates.values.shape[1], name=INPUTS)
    exc = net.add(_excitatory(settings, arm, shown), n=settings.neurons, name=EXC)
    inh = net.add(_inhibitory(), n=settings.neurons, name=INH)
    mean = mean_weight(settings, inputs.n)
    net.connect(
        inputs, exc, hs.AllToAll(), name=FEED, delay=settings.dt, rules=_feed_rules(settings, arm, inputs.n),
        weight=hs.LogNormal(mean, cv=settings.weight_cv) if arm.heterogeneous and settings.weight_cv > 0 else mean,
    )  # fmt: skip
    late = (
        np.random.default_rng(seed).integers(1, 4, settings.neurons)
        if arm.heterogeneous
        else np.full(settings.neurons, 2)
    )
    net.connect(exc, inh, hs.OneToOne(), name=RECRUIT, weight=20.0, delay=late * settings.dt)
    net.connect(
        inh, exc, all_but_own(settings.neurons), name=INHIBIT, weight=settings.inhibition, delay=settings.dt,
        receptor=hs.GABAA(tau=settings.tau_inhibition, reversal=REST + settings.reversal),
        rules=_inhibitory_rules(settings, arm),
    )  # fmt: skip
    return net


def mean_weight(settings: Settings, channels: int) -> float:
    """The weight (mV) with which an image that excites all inputs alike lifts v by `drive` = w total_rate tau."""
    return settings.drive / (settings.total_rate * settings.tau_membrane / 1000.0)


def all_but_own(cells: int) -> hs.FromPairs:
    """Every inhibitory cell inhibits all excitatory cells but the one that drives it."""
    pre, post = np.divmod(np.arange(cells * cells), cells)
    return hs.FromPairs(pre[pre != post], post[pre != post])


def _excitatory(settings: Settings, arm: Arm, shown: int) -> hs.AdaptiveLIF:
    tau, training = settings.tau_membrane, shown * (settings.show + settings.pause)
    return hs.AdaptiveLIF(
        tau_m=hs.Normal(tau, cv=settings.tau_membrane_cv, low=0.3 * tau), g_leak=LEAK, v_rest=REST, v_reset=REST,
        refractory=2.0, v_threshold=REST + LEAST_THRESHOLD, theta_start=settings.threshold_start,
        theta_plus=settings.threshold_rise * settings.neurons / shown if arm.intrinsic else 0.0,
        tau_theta=settings.threshold_decay * training if arm.intrinsic else FOREVER,
    )  # fmt: skip


def _inhibitory() -> hs.CurrentLIF:
    """Cells that follow each spike of their excitatory cell with one of their own."""
    return hs.CurrentLIF(tau_m=10.0, v_rest=REST, v_reset=REST, v_threshold=REST + 10.0, refractory=2.0)


def _feed_rules(settings: Settings, arm: Arm, channels: int) -> list[hs.Plasticity]:
    mean = mean_weight(settings, channels)
    trace = settings.total_rate / channels * settings.tau_trace / 1000.0  # the mean trace while an image is shown
    rules: list[hs.Plasticity] = []
    if arm.hebbian:
        gain = settings.learning_rate * mean / trace
        rules.append(hs.OneSidedSTDP(tau_plus=settings.tau_trace, eta=gain, offset=settings.offset * trace))
    if arm.normalisation:
        rules.append(hs.WeightNormalization(total=mean * channels, period=settings.show + settings.pause))
    return [*rules, hs.HardBounds(0.0, settings.largest_weight * mean)]


def _inhibitory_rules(settings: Settings, arm: Arm) -> list[hs.Plasticity]:
    if not arm.inhibitory:
        return []
    weight = settings.inhibition
    return [
        hs.InhibitorySTDP(target=settings.inhibitory_target, tau=20.0, eta=settings.inhibitory_rate * weight),
        hs.HardBounds(0.0, 3.0 * weight),
    ]
