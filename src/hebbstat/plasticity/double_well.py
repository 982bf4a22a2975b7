"""Two values between which a weight decides."""

from hebbstat.contract.fields import field
from hebbstat.contract.mechanism import Plasticity
from hebbstat.contract.units import Fraction, Ms, Weight


class DoubleWell(Plasticity):
    """Bistability: in the long run a weight is either low or high, and stays so unless another rule moves it.

        tau drho/dt = -rho (1 - rho) (rho_star - rho),   rho = (w - w_down) / (w_up - w_down)

    A rule of its own, for the company of others: it holds what they have changed. The step is Euler's.

    Graupner & Brunel 2012, doi:10.1073/pnas.1109359109.
    """

    rho_star: Fraction = field(0.5, "where it decides")
    tau: Ms = field(150_000.0, "time constant of the decision")
    w_down: Weight = field(0.0, "the low weight")
    w_up: Weight = field(1.0, "the high weight")

    @staticmethod
    def step(w, rho_star, tau, w_down, w_up, dt):
        rho = (w - w_down) / (w_up - w_down)
        return (w_down - w_up) * rho * (1.0 - rho) * (rho_star - rho) * dt / tau
