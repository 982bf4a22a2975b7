"""Three factors with two modulators: a synapse remembers a pairing until acetylcholine and dopamine come together."""

from hebbstat.contract.combinators import Wrapper
from hebbstat.contract.mechanism import NetworkRule, Plasticity
from hebbstat.contract.state import Global, PerPost, PerPre, PerSynapse
from hebbstat.contract.units import Ms, NonNegative, Number


class Modulator(NetworkRule):
    """A concentration that is planned."""

    plan: NonNegative = 0.0
    level = Global.state()

    @level.step
    def follow(plan):
        return plan


class Pairing(Plasticity):
    """Pair STDP."""

    tau: Ms = 20.0
    gain: Number = 1.0

    x = PerPre.trace(decay="tau")
    y = PerPost.trace(decay="tau")

    @staticmethod
    def on_pre(y, gain):
        return -gain * y

    @staticmethod
    def on_post(x, gain):
        return gain * x


class Tag(Wrapper):
    """The changes of the inner rule go to a decaying tag e, and dw/dt = speed e."""

    tau_e: Ms = 500.0
    speed: NonNegative = 0.01  # per ms

    redirect = "e"
    e = PerSynapse.trace(decay="tau_e")

    @staticmethod
    def step(e, speed, dt):
        return speed * e * dt
