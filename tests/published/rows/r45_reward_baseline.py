"""R45: learning by reward times eligibility is free of bias only if a critic knows each stimulus's mean reward.

On average dw = R e is Cov(R, e) + <R> <e>. Two stimuli, each a Poisson input of its own, come in turn; the cell fires
whatever comes, and is paid R = mean_s + k (n - <n>) for n spikes in the trial. As its spikes are Poisson and e is a sum
over them, Cov(n, e) = <e>, so that in units of <e> the synapses of stimulus s gain k + mean_s - b_s, where b_s is what
a critic expects: nothing, the mean over both stimuli, or the mean reward of each. <e> at the end of a trial of length L
is A r_pre r_post tau_plus times the integral of (1 - exp(-t / tau_plus)) exp(-(L - t) / tau_e) over the trial. (Steps
take some from k: there is at most one spike in each, and the last two before the payment are not counted.)
"""

import numpy as np
from published.expected import near
from published.row import Row

import hebbstat as hs

MEANS, SLOPE = {"a": 3.0, "b": 1.0}, 0.5
TRIAL, PERIOD, TRIALS, IGNORED = 60.0, 140.0, 900, 100  # ms, ms; trials of each stimulus
RATE_IN, RATE_OUT, INPUTS = 50.0, 100.0, 20
TAU_E, TAU_PLUS, A = 15.0, 10.0, 1e-3
GATES = {
    "none": lambda bare: bare,
    "one for all": lambda common: common,
    "one for each stimulus": lambda of_a, of_b: of_a + of_b,
}


class Deaf(hs.PoissonSource):
    """A cell that fires at random, whatever arrives."""

    @staticmethod
    def fires(uniform, rate, dt, input):
        return uniform < 0.001 * rate * dt + 0.0 * input


class Payment(hs.NetworkRule):
    """The mean of the stimulus, and so much for each spike of its trial beyond the mean number."""

    cell: str = "out"
    mean: hs.units.Number = 0.0
    begins: hs.units.Fraction = 0.0
    slope: hs.units.Number = SLOPE
    usual: hs.units.Number = RATE_OUT * TRIAL / 1000.0

    reward = hs.Global.state()
    n = hs.Global.state()
    spikes = hs.Global.spikes_of("cell")

    @hs.together(reward, n).step
    def count(n, spikes, mean, begins, slope, usual):
        counted = spikes if begins > 0.0 else n + spikes
        return mean + slope * (counted - usual), counted


def measure(dt, seed, critic=hs.RewardPrediction, slope=SLOPE):
    """What synapses gain in a trial of their stimulus, in units of the mean eligibility."""
    sim = hs.Simulation(network(dt, seed, critic, slope), dtype="float64", quiet=True)
    sim.run(ms=2.0 * PERIOD * IGNORED, watch=None)
    began = gains(sim)
    sim.run(ms=2.0 * PERIOD * TRIALS, watch=None)
    return {name: (w - began[name]) / (eligibility(dt) * TRIALS) for name, w in gains(sim).items()}


def network(dt, seed, critic, slope):
    """Two inputs onto one cell, each over three projections that differ in their critic."""
    net = hs.Network(dt=dt, seed=seed)
    net.add(Deaf(rate=RATE_OUT), 1, "out")
    begins, ends, mean = at(dt, 0.0), at(dt, TRIAL), hs.TimedArray([*MEANS.values()], every=PERIOD, repeat=True)
    net.add_rule(Payment(mean=mean, begins=plan(dt, begins["a"] + begins["b"]), slope=slope), "paid")
    whens = {"bare": ends["a"] + ends["b"], "common": ends["a"] + ends["b"], "of_a": ends["a"], "of_b": ends["b"]}
    for name, when in whens.items():
        eta = 0.0 if name == "bare" else 0.02
        net.add_rule(critic(reward=hs.FollowState("paid"), when=plan(dt, when), eta=eta), name)
    tagged = hs.Eligibility(hs.PairSTDP(tau_plus=TAU_PLUS, A_plus=A, A_minus=0.0), TAU_E, period=dt, eta=1000.0 / dt)
    for k, stimulus in enumerate(MEANS):
        on = (np.arange(2 * PERIOD / 10.0) * 10.0 - k * PERIOD) % (2 * PERIOD) < TRIAL
        rate = hs.TimedArray(np.where(on, RATE_IN, 0.0), every=10.0, repeat=True)
        net.add(hs.PoissonSource(rate=rate), INPUTS, stimulus)
        for name, gate in GATES.items():
            rules = [hs.gated(tagged, by=gate)]
            net.connect(stimulus, "out", hs.AllToAll(), weight=0.0, delay=dt, rules=rules, name=f"{name}, {stimulus}")
    return net


def at(dt, moment):
    """For each stimulus 1 in the one step that begins at this moment of its trials, else 0."""
    return {s: np.arange(2 * PERIOD / dt) == (k * PERIOD + moment) / dt for k, s in enumerate(MEANS)}


def plan(dt, steps):
    return hs.TimedArray(np.where(steps, 1.0, 0.0), every=dt, repeat=True)


def gains(sim):
    return {told(name, s): sim.weights(f"{name}, {s}").mean() for name in GATES for s in MEANS}


def told(name, stimulus):
    return f"gain, critic: {name}, stimulus {stimulus}"


def eligibility(dt):
    """Its mean when the payment is made, a step after the last presynaptic spikes have arrived."""
    t = np.arange(0.0, TRIAL + dt, 0.01)
    trace = (1.0 - np.exp(-np.minimum(t, TRIAL) / TAU_PLUS)) * np.exp(-np.maximum(t - TRIAL, 0.0) / TAU_PLUS)
    course = trace * np.exp(-(TRIAL + dt - t) / TAU_E)
    return A * RATE_IN * RATE_OUT * 1e-6 * TAU_PLUS * 0.01 * course.sum()


class NoValue(hs.RewardPrediction):
    """The value is learned and not used. A wrong version of Fremaux, Sprekeler & Gerstner 2010."""

    @hs.together(hs.RewardPrediction.error, hs.RewardPrediction.value).step
    def learn(value, reward, when, eta):
        return when * reward, value + eta * when * (reward - value)


class AlwaysLearns(hs.RewardPrediction):
    """Moments without reward count as no reward. A wrong version of Fremaux, Sprekeler & Gerstner 2010."""

    @hs.together(hs.RewardPrediction.error, hs.RewardPrediction.value).step
    def learn(value, reward, when, eta):
        return when * (reward - value), value + eta * (when * reward - value)


USUAL = {"none": {"a": 0.0, "b": 0.0}, "one for all": {"a": 2.0, "b": 2.0}, "one for each stimulus": MEANS}

ROW = Row(
    "R45",
    "Reward and eligibility: the bias goes with a critic of each stimulus",
    of=["RewardPrediction", "Eligibility", "gated"],
    source="Fremaux, Sprekeler & Gerstner 2010, doi:10.1523/JNEUROSCI.6249-09.2010",
    measure=measure,
    expected={
        # R has the standard deviation 0.5 sqrt(6) = 1.2, e some 0.6 of its mean: a standard error of about
        # sqrt(1.2^2 + (0.6 * 3.5)^2) / sqrt(2700) = 0.05 in 3 x 900 trials
        told(name, s): near(SLOPE + MEANS[s] - USUAL[name][s], within=0.2)
        for name in GATES
        for s in MEANS
    },
    mutations={
        "the value is not used": {"critic": NoValue},
        "every moment counts": {"critic": AlwaysLearns},
        "reward does not depend on the spikes": {"slope": 0.0},
    },
    dt=0.5,
    seeds=(1, 2, 3),
)
