"""Plastic synapses in NEST: the weight after each presynaptic spike, the only moments at which NEST updates it.

There the delay of a synapse is dendritic: its presynaptic event is at the spike, a postsynaptic spike is seen `delay`
later. In Hebbstat this is `delay=d, dendritic_delay=2 d`: both events are d later. NEST then transmits the weight
after this update, Hebbstat the one before it; only the weights are compared.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import peers
from stdp_ours import (
    BOUNDED_GAIN,
    DT,
    GAIN_DOWN,
    GAIN_UP,
    INHIBITORY,
    MS,
    MU,
    POST,
    PRE,
    TAU_POST,
    TAU_PRE,
    TRIPLET,
    TRIPLET_GAINS,
    W_MAX,
    start,
    trains,
)  # fmt: skip

LEAD = 1.0  # ms from a generator to its relay


def synapse(name: str) -> tuple[dict[str, Any], dict[str, float]]:
    """The synapse's model and parameters, and those that NEST keeps in the postsynaptic neuron."""
    pair = {
        "synapse_model": "stdp_synapse",
        "tau_plus": TAU_PRE,
        "lambda": GAIN_UP / W_MAX,
        "alpha": GAIN_DOWN / GAIN_UP,
    }
    mu = {"pair": 0.0, "pair, bounded": 0.0, "mu = 1": 1.0, "mu = 0.4": MU}
    if name in mu:
        factor = BOUNDED_GAIN if name == "pair, bounded" else 1.0
        bound = W_MAX if name != "pair" else 1000.0  # additive: so high that it is not hit, lambda scales with it
        lam = factor * GAIN_UP / bound
        return {**pair, "mu_plus": mu[name], "mu_minus": mu[name], "Wmax": bound, "lambda": lam}, {
            "tau_minus": TAU_POST
        }
    if name == "triplet":
        gains = dict(zip(("Aplus", "Aplus_triplet", "Aminus", "Aminus_triplet"), TRIPLET_GAINS.values(), strict=True))
        plastic = {"tau_plus": TRIPLET["tau_plus"], "tau_plus_triplet": TRIPLET["tau_x"], "Wmax": 1000.0, **gains}
        cell = {"tau_minus": TRIPLET["tau_minus"], "tau_minus_triplet": TRIPLET["tau_y"]}
        return {"synapse_model": "stdp_triplet_synapse", **plastic}, cell
    assert name == "inhibitory"
    alpha = 2.0 * INHIBITORY["target"] * INHIBITORY["tau"] / 1000.0
    plastic = {"eta": INHIBITORY["eta"], "alpha": alpha, "tau": INHIBITORY["tau"], "Wmax": 1000.0}
    return {"synapse_model": "vogels_sprekeler_synapse", **plastic}, {"tau_minus": INHIBITORY["tau"]}


def _relays(nest: Any, times: list[np.ndarray], **parameters: float) -> Any:
    relays = nest.Create("parrot_neuron", len(times), params=parameters)
    generators = nest.Create(
        "spike_generator", len(times), params=[{"spike_times": np.round(t - LEAD, 1)} for t in times]
    )
    nest.Connect(generators, relays, "one_to_one", syn_spec={"delay": LEAD})
    return relays


def weights(name: str, delay: float, together: bool = False) -> list[tuple[float, int, np.ndarray]]:
    """For each presynaptic spike, in order: its time, its neuron, that neuron's weights after it."""
    nest = peers.nest(DT)
    given, of_cell = synapse(name)
    pre_times, post_times = trains(together)
    pre, post = _relays(nest, pre_times), _relays(nest, post_times, **of_cell)
    recorder = nest.Create("weight_recorder")
    nest.CopyModel(given.pop("synapse_model"), "plastic", {"weight_recorder": recorder})
    for i in range(PRE):
        for j in range(POST):  # receptor 1 of a relay sees spikes without passing them on
            one = {**given, "synapse_model": "plastic", "delay": delay, "weight": start()[i, j], "receptor_type": 1}
            nest.Connect(pre[i], post[j], syn_spec=one)
    nest.Simulate(MS + 10.0)
    events = recorder.get("events")
    sender, target = events["senders"] - pre[0].global_id, events["targets"] - post[0].global_id
    order = np.lexsort((target, sender, np.round(events["times"] / DT)))
    row = [np.asarray(events[key])[order].reshape(-1, POST) for key in ("times", "weights")]
    return [(t[0], s, w) for t, s, w in zip(row[0], sender[order][::POST], row[1], strict=True)]


def released(U: float, tau_rec: float, tau_facil: float, weight: float, delay: float) -> list[np.ndarray]:
    """What each spike releases. NEST's u of a new synapse is the one that its first spike finds."""
    nest = peers.nest(DT)
    pre_times, _ = trains()
    pre, post = _relays(nest, pre_times), nest.Create("parrot_neuron", PRE)
    recorder = nest.Create("weight_recorder")
    nest.CopyModel("tsodyks2_synapse", "release", {"weight_recorder": recorder})
    given = {"synapse_model": "release", "U": U, "u": U, "x": 1.0, "tau_rec": tau_rec, "tau_fac": tau_facil}
    nest.Connect(pre, post, "one_to_one", syn_spec={**given, "weight": weight, "delay": delay})
    nest.Simulate(MS + 10.0)
    events = recorder.get("events")
    sender = events["senders"] - pre[0].global_id
    return [np.asarray(events["weights"])[sender == i][np.argsort(events["times"][sender == i])] for i in range(PRE)]
