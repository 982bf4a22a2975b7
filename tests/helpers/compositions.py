"""Random networks from all mechanisms: what engine and reference must agree on.

`compose(seed)` draws a small network with random models, receptors, release, rules, delays, parameters and wiring.
Rates are high, so that in a few hundred steps there are many spikes, same-step pairs and weights at their bounds.
"""

from __future__ import annotations

import numpy as np

import hebbstat as hs


class RateHebb(hs.Plasticity):
    """Oja's rule on rates: dw/dt = gain y (x - y w). Oja 1982, doi:10.1007/BF00275687."""

    gain: hs.units.Number = 0.001

    @staticmethod
    def step(pre_rate, post_rate, w, gain, dt):
        return gain * post_rate * (pre_rate - post_rate * w) * dt


def compose(seed: int) -> hs.Network:
    """A random network, the same for the same seed: inputs drive cells, and there are one to three parts more."""
    rng = np.random.default_rng(seed)
    net = hs.Network(dt=float(rng.choice([0.1, 0.5, 1.0])), seed=seed)
    inputs = net.add(_source(rng), 12, "inputs") if rng.random() < 0.8 else _trains(net, rng)
    model = _neuron(rng)
    exc = net.add(model, 9, "exc", rules=_cell_rules(rng, model))
    _connect(net, rng, inputs, exc, 25.0)
    for part in rng.permutation(4)[: rng.integers(1, 4)]:
        if part == 0:
            _connect(net, rng, exc, exc, 5.0)
        elif part == 1:
            _rate_part(net, rng)
        elif part == 2:
            _connect(net, rng, exc, net.add(_neuron(rng), 4, "other"), 20.0)
        else:
            inh = net.add(hs.LIF(tau_m=_maybe(rng, 10.0)), 4, "inh")
            net.connect(exc, inh, hs.AllToAll(), weight=5.0, delay=net.dt, receptor=hs.AMPA())
            _connect(net, rng, inh, exc, -6.0)
    return net


def _maybe(rng: np.random.Generator, value: float, cv: float = 0.3) -> object:
    """A number, or a distribution around it."""
    return hs.LogNormal(value, cv=cv) if rng.random() < 0.35 else value


def _source(rng: np.random.Generator) -> hs.Neuron:
    if rng.random() < 0.3:
        return hs.PoissonSource(rate=hs.TimedArray(rng.uniform(0, 300, (5, 12)), every=10.0, repeat=True))
    return hs.PoissonSource(rate=_maybe(rng, 120.0))


def _trains(net: hs.Network, rng: np.random.Generator) -> hs.Population:
    n = int(rng.integers(50, 400))
    times = np.rint(rng.uniform(1, 100, n)) * net.dt * 3
    return net.add(hs.SpikeSource(), 12, "inputs", spikes=(times, rng.integers(0, 12, n)))


def _neuron(rng: np.random.Generator) -> hs.Neuron:
    kind = rng.integers(0, 5)
    refractory = float(rng.choice([0.0, 2.0]))
    if kind == 0:
        return hs.LIF(tau_m=_maybe(rng, 15.0), refractory=refractory)
    if kind == 1:
        return hs.AdaptiveLIF(
            tau_m=_maybe(rng, 15.0), theta_plus=0.5, tau_theta=_maybe(rng, 50.0), refractory=refractory
        )
    if kind == 2:
        return hs.AdEx(i_ext=_maybe(rng, 300.0))
    if kind == 3:
        return hs.Izhikevich(i_ext=_maybe(rng, 5.0))
    return hs.CurrentLIF(tau_m=_maybe(rng, 15.0), i_ext=_maybe(rng, 60.0), refractory=refractory)


def _cell_rules(rng: np.random.Generator, model: hs.Neuron) -> list[hs.PopulationRule]:
    if "v_threshold" not in model.fields or rng.random() < 0.5:
        return []
    return [hs.IntrinsicThreshold(target=_maybe(rng, 20.0), tau_rate=50.0, period=5.0, eta=5.0, low=-80.0)]


def _receptor(rng: np.random.Generator, target: hs.Neuron, weight: float) -> tuple[hs.Receptor | None, float]:
    """A receptor that the target reads, and the size of weights that does something."""
    if isinstance(target, hs.Izhikevich | hs.CurrentLIF) or rng.random() < 0.2:
        if rng.random() < 0.5:
            return None, np.sign(weight) * 2.0
        return hs.ExponentialCurrent(tau=_maybe(rng, 4.0)), weight * (0.2 if isinstance(target, hs.Izhikevich) else 4.0)
    if weight < 0:
        return (hs.GABAA(tau=_maybe(rng, 8.0)) if rng.random() < 0.7 else hs.GABAB()), abs(weight)
    kinds = [
        hs.AMPA,
        lambda: hs.NMDA(),
        lambda: hs.DualExponential(tau_rise=1.0, tau_decay=_maybe(rng, 6.0)),
        lambda: hs.AMPA(tau=3.0),
    ]
    return kinds[rng.integers(0, len(kinds))](), weight


def _delay(rng: np.random.Generator, dt: float) -> object:
    kind = rng.integers(0, 4)
    if kind == 0:
        return dt
    if kind == 1:
        return dt * float(rng.integers(1, 20))
    if kind == 2:
        return hs.Uniform(dt, 12 * dt)
    return dt * 60


def _wiring(rng: np.random.Generator) -> object:
    kinds = [hs.FixedProbability(0.5), hs.AllToAll(), hs.FixedInDegree(3), hs.AllToAll(autapses=True)]
    return kinds[rng.integers(0, 4)]


def _connect(
    net: hs.Network, rng: np.random.Generator, source: hs.Population, target: hs.Population, weight: float
) -> None:
    receptor, size = _receptor(rng, target.neuron, weight)
    release = None
    if rng.random() < 0.35:
        release = hs.TsodyksMarkram(
            U=hs.Beta(0.5, sd=0.2) if rng.random() < 0.5 else 0.4,
            tau_rec=_maybe(rng, 60.0),
            tau_facil=float(rng.choice([0.0, 40.0])),
        )
    rules = _rules(rng, size) if rng.random() < 0.8 else []
    late = net.dt * int(rng.choice([0, 0, 1, 7]))
    net.connect(
        source, target, _wiring(rng), weight=hs.Normal(size, cv=0.3), delay=_delay(rng, net.dt), dendritic_delay=late,
        receptor=receptor, release=release, rules=rules,
    )  # fmt: skip


def _rules(rng: np.random.Generator, size: float) -> list[hs.Plasticity]:
    """One to three rules and, mostly, bounds that are often hit."""
    bounded = rng.random() < 0.85
    step = (0.2 if bounded else 0.002) * size  # without bounds, small steps: conductances must not turn negative
    hebb = [
        lambda: hs.PairSTDP(
            tau_plus=_maybe(rng, 15.0),
            tau_minus=_maybe(rng, 15.0),
            A_plus=step,
            A_minus=_maybe(rng, abs(step)) if size > 0 else step,
        ),
        lambda: hs.TripletSTDP(
            A2_plus=step, A3_plus=step, A2_minus=step, A3_minus=step, tau_x=_maybe(rng, 30.0)
        ),
        lambda: hs.NearestTripletSTDP(A2_plus=step, A3_plus=step, A2_minus=step, A3_minus=step),
        lambda: hs.OneSidedSTDP(eta=step, tau_plus=_maybe(rng, 20.0)),
        lambda: hs.InhibitorySTDP(target=_maybe(rng, 20.0), eta=step),
        lambda: hs.WeightDependentSTDP(eta=abs(step), mu=float(rng.choice([0.0, 0.4, 1.0])), w_max=2 * abs(size)),
        lambda: hs.Eligibility(hs.PairSTDP(A_plus=step, A_minus=step), tau=_maybe(rng, 50.0), period=5.0, eta=20.0),
        lambda: hs.SoftBounds(hs.PairSTDP(A_plus=step, A_minus=step), *sorted([0.2 * size, 1.8 * size])),
        lambda: hs.gated(hs.PairSTDP(A_plus=step, A_minus=step), by=lambda w: 0.5 if w > 1.0 else 1.0),
    ]
    slow = [
        lambda: hs.SynapticScaling(target=_maybe(rng, 20.0), tau_rate=50.0, period=10.0, strength=5.0),
        lambda: hs.WeightNormalization(total=3 * size, period=20.0),
    ]
    rules = [hebb[rng.integers(0, len(hebb))]() for _ in range(rng.integers(1, 3))]
    rules += [slow[rng.integers(0, len(slow))]() for _ in range(rng.integers(0, 2))]
    if bounded:
        low, high = sorted([0.2 * size, 1.8 * size])
        rules.append(hs.HardBounds(low, high))
    return rules


def _rate_part(net: hs.Network, rng: np.random.Generator) -> None:
    """Two populations of rate neurons, with a Hebbian rule of the test's own that acts at every step."""
    x = net.add(hs.RateNeuron(i_ext=_maybe(rng, 2.0)), 5, "x")
    y = net.add(hs.RateNeuron(tau=_maybe(rng, 8.0)), 3, "y")
    net.connect(
        x,
        y,
        hs.AllToAll(),
        weight=hs.Normal(0.5, sd=0.1),
        delay=_delay(rng, net.dt),
        rules=[RateHebb()] if rng.random() < 0.7 else [],
    )
    net.connect(y, x, hs.AllToAll(), weight=-0.1, delay=net.dt)
