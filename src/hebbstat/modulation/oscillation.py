"""An oscillation that gates and parameters follow."""

import math

from hebbstat.contract.fields import field
from hebbstat.contract.hooks import derived
from hebbstat.contract.mechanism import NetworkRule
from hebbstat.contract.state import Global, together
from hebbstat.contract.units import Number, Positive


class Oscillation(NetworkRule):
    """An oscillation of the whole network, such as theta.

        wave = sin(2 pi frequency t + phase)

    `net.add_rule(Oscillation(8.0), "theta")`; `gated(rule, by=lambda theta: 0.5 + 0.5 * theta)` then learns at its
    peak. It goes on in frozen time.

    Gating by the phase of theta: Hasselmo, Bodelon & Wyble 2002, doi:10.1162/089976602317318965.
    """

    frequency: Positive = field(8.0, "frequency in Hz")
    phase: Number = field(0.0, "phase at the start, in radians")

    wave = Global.state("first")
    n = Global.state()  # steps so far

    @derived
    def first(phase):
        return math.sin(phase)

    @derived
    def turn(frequency, dt):  # radians of a step
        return 2.0 * math.pi * frequency * dt / 1000.0

    @together(wave, n).step
    def turn_on(n, turn, phase):
        return math.sin((n + 1.0) * turn + phase), n + 1.0
