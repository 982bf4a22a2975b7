"""R46: acetylcholine makes pairs depress, whatever their order; dopamine that comes later makes them potentiate.

Brzosko, Zannone, Schultz, Clopath & Paulsen 2017: sequentially neuromodulated plasticity. Five pairs of spikes 10 ms
apart, while acetylcholine is there: w falls by 5 a exp(-10 / 20). They also leave an eligibility of c exp(-10 / 20)
each, which dopamine turns into weight: over an interval from s to e this is the sum over pairs k of
c exp(-10 / 20) tau (exp(-(s - t_k) / tau) - exp(-(e - t_k) / tau)), with tau and the unit of the learning rate in
seconds. The paper gives signs; the numbers are of this composition of gates, which has no free choice beyond a and c.
That agents with such synapses follow a reward that moves is not measured here.
"""

import math

import numpy as np
from published.expected import above, below, near
from published.row import Row

import hebbstat as hs

PAIRS = 100.0 + 300.0 * np.arange(5)  # ms
LAG, TAU, TAU_E, A, C = 10.0, 20.0, 500.0, 0.02, 2.0
SOON, LATE, LASTING = 1600.0, 4600.0, 100.0  # ms, when dopamine comes
DOPAMINE = {"no": None, "soon": SOON, "late": LATE}


class Level(hs.NetworkRule):
    """A modulator that is there as planned."""

    plan: hs.units.NonNegative = 0.0
    level = hs.Global.state()

    @level.step
    def follow(plan):
        return plan


def by_acetylcholine(ACh):
    return ACh


def by_dopamine(DA):
    return DA


def rules():
    """Depression by either order while ACh is there, and what DA makes of the eligibility of either order."""
    ltd = hs.PairSTDP(TAU, TAU, A_plus=-A, A_minus=A)
    ltp = hs.Eligibility(hs.PairSTDP(TAU, TAU, A_plus=C, A_minus=-C), tau=TAU_E, period=1.0)
    return [hs.gated(ltd, by=by_acetylcholine), hs.gated(ltp, by=by_dopamine)]


def measure(dt, seed, composed=rules):
    found = {}
    for order, lag in (("pre-post", LAG), ("post-pre", -LAG)):
        changes = {name: change(dt, lag, 1.0, moment, composed) for name, moment in DOPAMINE.items()}
        found |= {f"{order}, ACh, {name} dopamine": value for name, value in changes.items()}
        found[f"{order}, what dopamine adds soon"] = changes["soon"] - changes["no"]
        found[f"{order}, neither"] = change(dt, lag, 0.0, None, composed)
    return found


def change(dt, lag, ach, dopamine, composed):
    """Of the weight, by five pairs."""
    net = hs.Network(dt=dt)
    nobody = np.zeros(len(PAIRS), int)
    net.add(hs.SpikeSource(), 1, "a", spikes=(PAIRS - dt, nobody))  # it arrives after a delay of dt
    net.add(hs.SpikeSource(), 1, "b", spikes=(PAIRS + lag, nobody))
    net.add_rule(Level(plan=hs.TimedArray([ach, 0.0], every=SOON - 50.0)), "ACh")
    times = np.arange(0.0, LATE + 2.0 * LASTING, LASTING)
    net.add_rule(Level(plan=hs.TimedArray(np.where(times == dopamine, 1.0, 0.0), every=LASTING)), "DA")
    net.connect("a", "b", hs.AllToAll(), weight=0.0, delay=dt, rules=composed(), name="p")
    sim = hs.Simulation(net, dtype="float64", quiet=True)
    sim.run(ms=LATE + 2.0 * LASTING)
    return sim.weights("p")[0]


def without_eligibility():
    ltd, ltp = rules()
    return [ltd, hs.gated(ltp.inner.inner, by=by_dopamine)]


def gated_inside():
    ltd, ltp = rules()
    inside = hs.gated(ltp.inner.inner, by=by_dopamine)
    return [ltd, hs.replace(ltp.inner, inner=inside)]


def acetylcholine_keeps_order():
    ltp = rules()[1]
    return [hs.gated(hs.PairSTDP(TAU, TAU, A_plus=A, A_minus=A), by=by_acetylcholine), ltp]


PAIR = math.exp(-LAG / TAU)
LTD = -len(PAIRS) * A * PAIR


def converted(begin: float, lag: float) -> float:
    """What dopamine makes of the eligibility, which begins at the later spike of each pair."""
    after = begin - (PAIRS + max(lag, 0.0))
    return C * PAIR * TAU_E / 1000.0 * float(np.sum(np.exp(-after / TAU_E) - np.exp(-(after + LASTING) / TAU_E)))


ROW = Row(
    "R46",
    "Acetylcholine depresses; dopamine, later, potentiates what was paired",
    of=["gated", "Eligibility", "PairSTDP"],
    source="Brzosko, Zannone, Schultz, Clopath & Paulsen 2017, doi:10.7554/eLife.27756",
    measure=measure,
    expected={
        name: one
        for order, lag in (("pre-post", LAG), ("post-pre", -LAG))
        for name, one in {
            f"{order}, ACh, no dopamine": near(LTD, rel=1e-6),
            f"{order}, ACh, soon dopamine": above(0.0),
            f"{order}, what dopamine adds soon": near(converted(SOON, lag), rel=0.01),
            f"{order}, ACh, late dopamine": below(0.99 * LTD),
            f"{order}, neither": near(0.0, within=1e-12),
        }.items()
    },
    mutations={
        "nothing is remembered until dopamine comes": {"composed": without_eligibility},
        "dopamine gates the tag, not what it does": {"composed": gated_inside},
        "acetylcholine leaves the order of spikes its sign": {"composed": acetylcholine_keeps_order},
    },
    dt=1.0,
)
