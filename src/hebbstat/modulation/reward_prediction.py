"""A critic that learns the mean reward, and the error of its prediction."""

from hebbstat.contract.fields import field
from hebbstat.contract.mechanism import NetworkRule
from hebbstat.contract.state import Global, together
from hebbstat.contract.units import Fraction, Number


class RewardPrediction(NetworkRule):
    """A critic: the error is the reward beyond what has been usual, at the moments when a reward may come.

        error = when (reward - value),    value += eta error

    `when` is 1 in a step in which reward is given or withheld, else 0; both may be scheduled or set. Rules gated by the
    error, as `gated(Eligibility(PairSTDP()), by=lambda critic: critic)`, learn what covaries with reward. What they
    would learn without any covariance, mean reward times mean eligibility, vanishes if there is a critic for each
    stimulus: `by=lambda critic_a, critic_b: critic_a + critic_b`.

    Fremaux, Sprekeler & Gerstner 2010, doi:10.1523/JNEUROSCI.6249-09.2010.
    """

    reward: Number = field(0.0, "what is given")
    when: Fraction = field(0.0, "1 when it counts, else 0")
    eta: Fraction = field(0.1, "part of an error by which the value is corrected")
    start: Number = field(0.0, "the value at the beginning")

    error = Global.state()
    value = Global.state("start")

    @together(error, value).step
    def learn(value, reward, when, eta):
        error = when * (reward - value)
        return error, value + eta * error
