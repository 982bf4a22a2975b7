"""Pictures: what is drawn is what was given, axes are passed on, nothing global is changed."""

from __future__ import annotations

from types import SimpleNamespace

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
import xarray

import hebbstat as hs
from hebbstat import plot
from hebbstat.plot.rules import window_of


@pytest.fixture(autouse=True)
def closed():
    before = dict(mpl.rcParams)
    yield
    plt.close("all")
    assert dict(mpl.rcParams) == before, "a picture changed a global style"


@pytest.fixture(scope="module")
def run():
    from strangers.interpreted import plain_kernels

    net = hs.Network(dt=0.5, seed=1)
    a, b = net.add(hs.PoissonSource(rate=40.0), 12, "a"), net.add(hs.LIF(i_ext=180.0), 6, "b")
    net.connect(a, b, hs.FixedProbability(0.6), weight=hs.Normal(3.0, sd=1.0), receptor=hs.AMPA(),
                rules=[hs.PairSTDP(), hs.HardBounds(0.0, 6.0)], name="p")  # fmt: skip
    record = [hs.Spikes(b), hs.Rates(b, every=50.0), hs.States(b, "v", every=1.0), hs.Weights("p", every=50.0)]
    with plain_kernels():
        return hs.Simulation(net, quiet=True).run(ms=300, record=record, watch=None)


def test_raster_and_rates(run):
    ax = plot.raster(run["b.spikes"], start=50.0, until=200.0, rate_bin=25.0)
    spikes = run["b.spikes"]
    shown = (spikes.time.values >= 50.0) & (spikes.time.values <= 200.0)
    assert np.array_equal(ax.lines[0].get_xdata(), spikes.time.values[shown])
    assert ax.get_ylim() == (-0.5, 5.5) and "b" in ax.get_ylabel()
    (above,) = (other for other in ax.figure.axes if other is not ax)
    stairs = above.patches[0].get_data()
    assert stairs.values.sum() * 6 * 25.0 / 1000.0 == pytest.approx(shown.sum(), abs=1)
    recorded = plot.rates(run["b.rate"]).patches[0].get_data()
    counted = plot.rates(spikes, bin=50.0, until=300.0).patches[0].get_data()
    assert recorded.values == pytest.approx(counted.values, abs=1e-9) and np.allclose(recorded.edges, counted.edges)


def test_too_many_spikes_are_thinned_and_said(monkeypatch):
    monkeypatch.setattr("hebbstat.plot.spikes.MOST_DOTS", 100)
    ax = plot.raster((np.arange(250.0), np.zeros(250, int)))
    assert len(ax.lines[0].get_xdata()) == 84 and ax.get_title() == "every 3th spike of 250"


def test_traces_and_errors(run):
    ax = plot.traces(run["b.v"], of=[0, 3], offset=5.0)
    assert np.allclose(ax.lines[1].get_ydata(), run["b.v"].values[:, 3] + 5.0)
    plain = plot.traces(np.arange(6.0).reshape(3, 2), time=[1.0, 2.0, 4.0])
    assert plain.lines[0].get_xdata().tolist() == [1.0, 2.0, 4.0]
    gap = plot.set_point_error(run["b.v"], -55.0)
    assert gap.lines[1].get_ydata() == pytest.approx(run["b.v"].values.mean(axis=1) + 55.0, abs=1e-4)


def test_weights(run):
    w = run["p.w"]
    ax = plot.weight_histogram(w)
    before, _, now = (patch.get_data().values.sum() for patch in ax.patches)
    assert before == now == w.sizes["synapse"]
    assert plot.weight_histogram([1.0, 10.0, 100.0], log=True).get_xscale() == "log"
    assert plot.weight_histogram([2.0, 2.0]).patches[0].get_data().values.sum() == 2
    ways = plot.weight_trajectories(w, most=5)
    assert len(ways.lines) == 6 and ways.lines[-1].get_ydata() == pytest.approx(w.values.mean(axis=1))
    image = plot.weight_matrix(w).images[0].get_array()
    assert image[w.pre.values[3], w.post.values[3]] == pytest.approx(w.values[-1, 3])
    assert np.isnan(image.filled(np.nan)).sum() == 12 * 6 - w.sizes["synapse"]
    twice = plot.weight_matrix([1.0, 2.0, 4.0], [0, 0, 1], [1, 1, 0], shape=(2, 2)).images[0].get_array()
    assert twice[0, 1] == 3.0 and twice[1, 0] == 4.0
    bars = plot.turnover([100.0, 1500.0], [1600.0], every=1000.0)
    assert [patch.get_data().values.tolist() for patch in bars.patches] == [[1, 1], [0, -1]]


def test_receptive_fields(run):
    weights = np.arange(24.0).reshape(12, 2)
    ax = plot.receptive_fields(weights, (3, 4), columns=2)
    canvas = ax.images[0].get_array().filled(np.nan)
    assert canvas.shape == (3, 9) and np.isnan(canvas[:, 4]).all()
    assert canvas[0, 0] == 0.0 and canvas[2, 3] == 1.0
    two = plot.receptive_fields(np.vstack([weights, 0.0 * weights]), (3, 4), of=[1]).images[0].get_array()
    assert two.shape == (3, 4) and two[2, 3] == 1.0 and two[0, 0] == pytest.approx(1.0 / 23.0)
    assert plot.receptive_fields(run["p.w"], (3, 4)).images


@pytest.mark.parametrize(
    ("rule", "window"),
    [
        (hs.PairSTDP(), lambda d: np.where(d > 0, 0.01 * np.exp(-d / 20.0), -0.0105 * np.exp(d / 20.0))),
        (hs.WeightDependentSTDP(mu=1.0), lambda d: np.where(d > 0, 0.005 * 0.5 * np.exp(-d / 20.0),
                                                           -0.005 * 1.05 * 0.5 * np.exp(d / 20.0))),
        (hs.InhibitorySTDP(), lambda d: 0.01 * np.exp(-np.abs(d) / 20.0) - 0.01 * 0.2),
    ],
)  # fmt: skip
def test_the_window_is_that_of_the_equations(rule, window):
    lags = np.array([-40.0, -12.5, -1.0, 1.0, 3.5, 60.0])
    assert window_of(rule, lags) == pytest.approx(window(lags), rel=1e-9)


def test_triplets_make_a_window_depend_on_the_frequency():
    """Pfister & Gerstner: at 20 Hz pairs strengthen more, for each pair, than at 1 Hz; at 1 Hz hardly (A2+ is ~ 0)."""
    slow, fast = (window_of(hs.TripletSTDP(), [10.0], pairs=20, frequency=f)[0] / 20 for f in (1.0, 20.0))
    assert slow == pytest.approx(0.0, abs=2e-4) and fast > 10 * abs(slow) and fast > 1e-3


def test_windows_lie_over_each_other():
    ax = plot.stdp_window(hs.PairSTDP(), label="pair")
    assert plot.stdp_window(hs.OneSidedSTDP(), label="one-sided", ax=ax) is ax
    colors = {line.get_color() for line in ax.lines if line.get_label() in ("pair", "one-sided")}
    assert len(colors) == 2 and ax.get_xlabel() == "post - pre (ms)"


@pytest.mark.parametrize("lags", [None, [-2.0, 5.0, 0.0, -1.0], [-1.0, 1.0]])
def test_a_window_is_broken_where_spikes_do_not_see_each_other(lags):
    """Inhibitory pairs near coincidence strengthen, up to it; at lag 0 only the presynaptic spike would count."""
    line = plot.stdp_window(hs.InhibitorySTDP(), lags=lags).lines[-1]
    at, change = line.get_xdata(), line.get_ydata()
    assert (np.diff(at) > 0).all() and at[np.isnan(change)].tolist() == [0.0]
    assert change[at == 1.0] == pytest.approx(0.01 * np.exp(-0.05) - 0.002)
    assert np.nanmin(change[np.abs(at) <= 1.0]) > 0.007
    assert np.isfinite(plot.stdp_window(hs.PairSTDP(), lags=[1.0, 5.0]).lines[-1].get_ydata()).all()


def test_balance_health_and_phase_diagrams():
    t = np.linspace(0.0, 1.0, 50)
    ax = plot.balance(1.0 + np.sin(9 * t), -(1.0 + np.sin(9 * t)))
    assert ax.get_title() == "r = 1.00" and ax.lines[-1].get_ydata() == pytest.approx(np.zeros(50))
    finding = {"problem": "dead", "where": "exc", "since": 10.0, "noticed": 40.0, "text": "silent"}
    bars = plot.health(SimpleNamespace(health=[finding]), until=100.0)
    assert bars.patches[0].get_x() == 10.0 and bars.get_yticklabels()[0].get_text() == "exc: dead"
    assert plot.health([]).texts[0].get_text() == "nothing found"
    grid = xarray.DataArray(np.arange(6.0).reshape(2, 3), dims=("g", "rate"), coords={"g": [1, 2], "rate": [1, 5, 9]},
                            name="cv")  # fmt: skip
    ax = plot.phase_diagram(grid)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("rate", "g") and ax.collections[0].get_array().sum() == 15.0


EVERY = {
    "raster": lambda ax: plot.raster(([1.0], [0]), ax=ax),
    "rates": lambda ax: plot.rates(([1.0], [0]), ax=ax),
    "traces": lambda ax: plot.traces([1.0, 2.0], ax=ax),
    "set_point_error": lambda ax: plot.set_point_error([1.0, 2.0], 1.5, ax=ax),
    "weight_histogram": lambda ax: plot.weight_histogram([1.0, 2.0], ax=ax),
    "weight_trajectories": lambda ax: plot.weight_trajectories([[1.0], [2.0]], ax=ax),
    "weight_matrix": lambda ax: plot.weight_matrix(np.eye(2), ax=ax),
    "turnover": lambda ax: plot.turnover([1.0], [2.0], ax=ax),
    "receptive_fields": lambda ax: plot.receptive_fields(np.eye(4), (2, 2), ax=ax),
    "stdp_window": lambda ax: plot.stdp_window(hs.PairSTDP(), lags=[5.0], ax=ax),
    "balance": lambda ax: plot.balance([1.0, 2.0], [1.0, 1.5], ax=ax),
    "health": lambda ax: plot.health([], ax=ax),
    "phase_diagram": lambda ax: plot.phase_diagram(np.eye(2), ax=ax),
}


@pytest.mark.parametrize("name", plot.__all__)
def test_each_takes_axes_and_returns_them(name):
    ax = plt.figure().add_subplot()
    assert EVERY[name](ax) is ax


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: plot.raster(xarray.DataArray([1.0])), "a raster needs spikes"),
        (lambda: plot.raster(([1.0], [0, 1])), "two lists of one length"),
        (lambda: plot.raster(([1.0], [0]), start=5.0, until=2.0), "until=2 ms of raster.. must not be before"),
        (lambda: plot.rates(([1.0], [0]), bin=0.0), "bin=0.0 ms of rates.. must be above 0"),
        (lambda: plot.traces(xarray.DataArray([1.0], dims="x", name="v")), "v has no time, only x"),
        (lambda: plot.traces([1.0, 2.0], time=[1.0]), "must be .time. or .time, element."),
        (lambda: plot.weight_histogram([0.0, 1.0], log=True), "needs weights above 0"),
        (lambda: plot.weight_matrix([1.0, 2.0]), "needs a matrix"),
        (lambda: plot.receptive_fields(np.eye(4), (3, 3)), "4 inputs are neither one nor two channels of 3 x 3"),
        (lambda: plot.stdp_window("pair"), "takes a plasticity rule"),
        (lambda: plot.stdp_window(hs.PairSTDP(), pairs=5, frequency=20.0), "overlap at 20 Hz"),
        (lambda: plot.balance([1.0], [1.0, 2.0]), "at the same times"),
        (lambda: plot.phase_diagram(np.eye(2), x=[1.0]), "there are 2 y and 1 x"),
    ],
)
def test_what_cannot_be_drawn_is_said(make, says):
    with pytest.raises(hs.BadValueError, match=says):
        make()
