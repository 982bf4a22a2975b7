"""Short-term plasticity within a network: what arrives, and when."""

import numpy as np
import pytest
from helpers.relay import pair_of_relays

from hebbstat.synapses import TsodyksMarkram


@pytest.mark.parametrize("parameters", [(0.5, 800.0, 0.0), (0.03, 130.0, 530.0)])
@pytest.mark.parametrize("delay", [0.1, 2.3])
def test_what_arrives_is_the_exact_sequence(parameters: tuple[float, float, float], delay: float) -> None:
    """Irregular spikes: amounts of the event-driven recursion, at t + delay, entering in the step that follows."""
    times = np.array([0.3, 0.4, 10.0, 31.4, 31.9, 90.0])
    sim = pair_of_relays(times, [], weight=2.0, delay=delay, release=TsodyksMarkram(*parameters))
    arrived = {}
    for n in range(1000):
        sim.run(steps=1)
        if (got := sim.peek("b", "neuron", "got")[0]) != 0.0:
            arrived[round(n * 0.1, 1)] = got
    u, r, last, expected = 0.0, 1.0, -np.inf, []
    for t in times:
        u *= np.exp(-(t - last) / parameters[2]) if parameters[2] else 0.0
        r = 1 - (1 - r) * np.exp(-(t - last) / parameters[1])
        u, last = u + parameters[0] * (1 - u), t
        expected.append(2.0 * u * r)
        r -= u * r
    assert list(arrived) == pytest.approx(times + delay, abs=1e-9)
    assert list(arrived.values()) == pytest.approx(expected, rel=1e-11)
