"""Plasticity of the release probability."""

from hebbstat.contract.mechanism import Plasticity, Release
from hebbstat.contract.state import PerPost, PerPre, PerSynapse
from hebbstat.contract.units import Fraction, Ms, Number


class Depressing(Release):
    """Releases the part U of the resource R, which recovers by the part `back` between two spikes."""

    U: Fraction = 0.5
    back: Fraction = 0.0

    R = PerSynapse.state(1.0)

    @staticmethod
    def transmit(w, R, U, back):
        rest = R - U * R
        return w * U * R, rest + back * (1.0 - rest)


class ReleaseSTDP(Plasticity):
    """Pairings move the release probability instead of the weight, within [0, 1].

    Costa, Froemke, Sjostrom & van Rossum 2015, doi:10.7554/eLife.09457.
    """

    acts_on = "release.U"
    tau: Ms = 20.0
    gain: Number = 0.1

    x = PerPre.trace(decay="tau")
    y = PerPost.trace(decay="tau")

    @staticmethod
    def on_pre(y, gain):
        return -gain * y

    @staticmethod
    def on_post(x, gain):
        return gain * x

    @staticmethod
    def clip(value):
        return min(max(value, 0.0), 1.0)
