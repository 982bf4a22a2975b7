"""Inhibitory plasticity under a factor that the whole network shares."""

from hebbstat.contract.fields import field, required
from hebbstat.contract.mechanism import Plasticity
from hebbstat.contract.state import Global, PerPost, PerPre
from hebbstat.contract.units import Ms, Positive, Weight


class GlobalInhibitorySTDP(Plasticity):
    """Inhibitory plasticity with a global factor: symmetric STDP, whose sign the mean rate of a population decides.

        dw = eta G (z_post + 1)  on a presynaptic spike,    tau_rate dH/dt = mean rate of the population - H
        dw = eta G z_pre         on a postsynaptic spike,   G = (H - target) / target

    with traces z of both sides' spikes. While the population fires too much, inhibition grows, most of all onto neurons
    that fire together with it; while too little, it shrinks. Nothing changes at the target, and only there, where
    `InhibitorySTDP`, which sees single neurons, rests above it.

    Zenke, Agnes & Gerstner 2015, doi:10.1038/ncomms7922.
    """

    population: str = required("the name of the population whose rate is held")
    size: Positive = required("how many cells it has")
    target: Positive = field(5.0, "its mean rate at which nothing changes, in Hz")
    tau_rate: Ms = field(10_000.0, "averaging of its rate")
    tau: Ms = field(20.0, "decay of both traces")
    eta: Weight = field(0.01, "learning rate: the change at a lone presynaptic spike for twice the target")

    z_pre, z_post = PerPre.trace(decay="tau"), PerPost.trace(decay="tau")
    spikes = Global.spikes_of("population")
    H = Global.state("target", slow=True)

    @H.step
    def average(H, spikes, size, tau_rate, dt):
        return H + (1000.0 * spikes / size - H * dt) / tau_rate

    @staticmethod
    def on_pre(z_post, H, target, eta):
        return eta * (H / target - 1.0) * (z_post + 1.0)

    @staticmethod
    def on_post(z_pre, H, target, eta):
        return eta * (H / target - 1.0) * z_pre
