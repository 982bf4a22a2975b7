"""What a newcomer stumbled over: each did something wrong, or said nothing, or said what does not help."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import hebbstat as hs
from hebbstat import plot


def network(rules: object = (), receptor: object = None) -> hs.Network:
    net = hs.Network(dt=0.5, seed=3)
    a, b = net.add(hs.PoissonSource(rate=50.0), 8, "a"), net.add(hs.LIF(), 3, "b")
    net.connect(a, b, hs.AllToAll(), weight=3.0, receptor=receptor, name="p", rules=rules)
    return net


class Meddler(hs.Recorder):
    """Wants to change what it looks at."""

    name, every = "meddler", 1.0

    def take(self, sim):
        sim.set("a", "rate", 200.0)
        return 0.0


class Counter(hs.Recorder):
    """Counts how often it was asked."""

    name, every = "counter", 1.0

    def __init__(self) -> None:
        self.asked = 0

    def take(self, sim):
        self.asked += 1
        return self.asked


@pytest.mark.parametrize("kind", [hs.Simulation, hs.ReferenceSimulation])
def test_who_records_can_change_nothing(kind: type, plain: None) -> None:
    with pytest.raises(AttributeError, match="no attribute 'set'"):
        kind(network()).run(ms=2.0, record=[Meddler()])


@pytest.mark.parametrize("kind", [hs.Simulation, hs.ReferenceSimulation])
def test_a_recorder_is_asked_once_before_the_run(kind: type, plain: None) -> None:
    counter, sim = Counter(), kind(network())
    assert sim.run(ms=3.0, record=[counter])[counter].values.tolist() == [2, 3, 4]
    assert sim.run(ms=2.0, record=[counter])[counter].values.tolist() == [6, 7]


@pytest.mark.parametrize("rule", [hs.Oja(), hs.BCM(), hs.RateHebb()])
@pytest.mark.parametrize("receptor", [None, hs.AMPA()])
def test_a_rule_for_rates_on_spiking_cells_says_so(rule: hs.Plasticity, receptor: object) -> None:
    with pytest.raises(hs.UnknownNameError, match=r"are spiking cells, which have no rate .* rule for rate neurons"):
        hs.Simulation(network([rule], receptor), quiet=True)


def test_voltages_in_volts_are_noticed() -> None:
    net = hs.Network()
    net.add(hs.LIF(v_rest=-0.07, v_threshold=-0.05, v_reset=-0.06), 1, "b")
    with pytest.warns(hs.NetworkWarning, match=r"v_rest=-0.07 mV .* did you mean -70 mV\?"):
        hs.ReferenceSimulation(net)


@pytest.mark.parametrize("reset", [-60.0, 0.0])
def test_a_threshold_below_the_reset_is_noticed(reset: float) -> None:
    net = hs.Network()
    net.add(hs.LIF(v_threshold=-80.0, v_reset=reset), 1, "b")
    with pytest.warns(hs.NetworkWarning, match=r"v_threshold=-80 mV of LIF of 'b' is not above v_reset=.* at once"):
        hs.ReferenceSimulation(net)


@pytest.mark.parametrize("model", [hs.LIF, hs.AdEx, hs.Izhikevich, hs.CurrentLIF, hs.AdaptiveLIF])
def test_usual_voltages_are_fine(model: type) -> None:
    net = hs.Network()
    net.add(model(), 1, "b")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        hs.ReferenceSimulation(net)


def test_a_misspelt_hook_is_one_that_the_kind_has() -> None:
    with pytest.raises(hs.ContractError, match=r"this is not a hook; did you mean 'on_pre'\? Known: attempts, clip"):

        class Wrong(hs.Plasticity):
            @staticmethod
            def on_prespike(w):
                return w


def test_the_reference_says_what_it_cannot_take() -> None:
    with pytest.raises(hs.BadCallError, match=r"run\(\) has no argument 'out'"):
        hs.ReferenceSimulation(network()).run(ms=1.0, out="x.zarr")  # type: ignore[call-arg]


def test_what_the_reference_kept_can_be_printed() -> None:
    run = hs.ReferenceSimulation(network()).run(ms=2.0, record=[hs.States("b", "v", every=1.0)])
    assert repr(run) == "<Recorded\n  b.v: {'time': 2, 'element': 3}\n>"


@pytest.mark.parametrize(
    "draw",
    [
        lambda: plot.rates("x"), lambda: plot.raster(3), lambda: plot.traces(object()),
        lambda: plot.weight_histogram(object()), lambda: plot.weight_matrix(object()), lambda: plot.traces("v"),
        lambda: plot.raster(("a", "b")), lambda: plot.traces(3.0),
    ],
)  # fmt: skip
def test_pictures_of_what_cannot_be_drawn_are_refused(draw) -> None:
    with pytest.raises(hs.BadValueError, match=r"spikes are|takes numbers|values over time"):
        draw()


def test_pictures_of_no_spikes_say_so() -> None:
    nothing = (np.array([]), np.array([], int))
    assert plot.rates(nothing, n=3).get_title() == plot.raster(nothing).get_title() == "no spikes"
