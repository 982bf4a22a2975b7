"""The cascade synapse."""

from hebbstat.contract.combinators import Wrapper
from hebbstat.contract.fields import field
from hebbstat.contract.state import PerSynapse, together
from hebbstat.contract.units import Count, Fraction, Ms, Number, Weight


class CascadeSynapse(Wrapper):
    """A weight of two values, each with states of growing rigidity, through which another rule drives the synapse.

        asked to change to the other value at depth i:  goes to its depth 1 with q_i = x^(i-1),  q_n = x^(n-1) / (1-x)
        asked to stay:                                  goes a depth further with p_i = x^i / (1-x)

    `CascadeSynapse(PairSTDP())`: the changes of the rule in a period add up to c, with which the synapse is asked to
    strengthen (c > 0) or weaken, with probability |c|. Asked both ways equally often, synapses are spread evenly over
    all 2 n states. x is at most 1/2.

    Fusi, Drew & Abbott 2005, doi:10.1016/j.neuron.2005.02.001.
    """

    depths: Count = field(5.0, "number n of states of each value")
    x: Fraction = field(0.5, "how much more rigid each depth is than the one before")
    low: Weight = field(0.0, "the weak weight")
    high: Weight = field(1.0, "the strong weight")
    start: Number = field(-1.0, "state at the beginning: 1 to n is strong at this depth, -1 to -n weak")
    period: Ms = field(10.0, "period of the slow clock")

    redirect = "asked"
    asked = PerSynapse.state()
    state = PerSynapse.state("start", slow=True)

    @together(state, asked).on_tick
    def move(state, asked, uniform, depths, x):
        side, depth = (1.0, state) if state > 0.0 else (-1.0, -state)
        if side * asked > 0.0:
            deeper = x**depth / (1.0 - x) if depth < depths else 0.0
            return (state + side if uniform < side * asked * deeper else state), 0.0
        switch = x ** (depth - 1.0) / (1.0 if depth < depths else 1.0 - x)
        return (-side if uniform < -side * asked * switch else state), 0.0

    @staticmethod
    def weight(state, low, high):
        return high if state > 0.0 else low
