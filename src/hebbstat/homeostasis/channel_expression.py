"""Homeostasis of ion channels."""

from hebbstat.contract.fields import field
from hebbstat.contract.mechanism import PopulationRule
from hebbstat.contract.state import PerNeuron
from hebbstat.contract.units import Ms, NonNegative, Number


class ChannelExpression(PopulationRule):
    """Expression of an ion channel: its mRNA integrates how much calcium is lacking, its conductance follows the mRNA.

        tau dm/dt = target - calcium,   tau_g dg/dt = m - g

    Calcium rises by 1 at each spike and decays with tau_calcium. Each channel is a rule of its own, such as
    `ChannelExpression(tau=3000.0, on="g_leak")`. Those that grow from nothing toward one target stay in the ratio of
    their 1 / tau, and while one is deleted the others compensate for it.

    O'Leary, Williams, Franci & Marder 2014, doi:10.1016/j.neuron.2014.04.002.
    """

    target: NonNegative = field(1.0, "calcium at which nothing changes")
    tau: Ms = field(10_000.0, "time constant of expression, ms for a lack of 1")
    tau_g: Ms = field(1000.0, "with which the conductance follows the mRNA")
    tau_calcium: Ms = field(100.0, "decay of calcium")
    m_start: Number = field(0.0, "mRNA at the beginning, in units of the conductance")

    calcium = PerNeuron.trace(decay="tau_calcium")
    m = PerNeuron.state("m_start", slow=True)

    @m.step
    def express(m, calcium, target, tau, dt):
        grown = m + (target - calcium) * dt / tau
        return grown if grown > 0.0 else 0.0

    @staticmethod
    def step(value, m, tau_g, dt):
        return (m - value) * dt / tau_g
