"""C6: what a newcomer types first, and types wrong, gets one sentence with the thing, the value and a way out."""

import datetime
import decimal
import fractions
import importlib
import inspect
import warnings
from pathlib import Path

import numpy as np
import pytest

import hebbstat as hs

PACKAGE = Path(hs.__file__).parent


def net():
    made = hs.Network(dt=0.1)
    made.add(hs.PoissonSource(), 5, "a")
    made.add(hs.LIF(), 5, "b")
    return made


# Declaring a mechanism


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: hs.PerPre.trace(decay=20.0), r'decay=20.0\): decay names a field .* write "tau: Ms = 20.0"'),
        (lambda: hs.PerPost.trace(20), "decay names a field"),
        (lambda: hs.PerPre.trace(decay="tau", add=None), "add=None of a state must be a number, or the name"),
        (lambda: hs.PerPre.trace(decay="tau", set=[1.0]), "set=.* must be a number"),
        (lambda: hs.PerNeuron.state([1.0, 2.0]), "init=.* of a state must be a number, or the name"),
        (lambda: hs.PerNeuron.state(True), "init=True of a state must be a number"),
        (lambda: hs.PerNeuron.lagged(hs.PerNeuron.state(), 5.0), "by names a field"),
        (lambda: hs.PerNeuron.lagged("v", "late"), "its source is a state"),
        (lambda: hs.PerNeuron.inflow(hs.PerNeuron.state(), 1.0), "reach names a field"),
        (lambda: hs.Global.spikes_of(net().populations["a"]), "population names a field"),
        (lambda: hs.PerPost.reduce(sum, "w"), "names what is reduced, as a text"),
        (lambda: hs.PerPost.state().on_pre(after=5.0), "after names a field"),
        (lambda: hs.PerPre.trace(), "Scope.trace() needs decay="),
        (lambda: hs.PerPre.trace(tau="tau"), "Scope.trace() has no argument 'tau'"),
    ],
)
def test_c6_declarations(make, says):
    with pytest.raises((hs.ContractError, hs.HebbstatError), match=says.replace("()", r"\(\)")):
        make()


# Names of the package


@pytest.mark.parametrize("name", hs._PARTS)
def test_c6_parts_of_the_package_are_its_attributes(name):
    assert getattr(hs, name) is importlib.import_module(hs._PARTS[name]) and name in dir(hs)


def test_c6_all_parts_for_users_are_listed():
    folders = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert folders <= {*hs._PARTS}
    assert not {*hs._PARTS} & {*hs._HOME_OF}


def test_c6_a_name_that_is_elsewhere_is_told():
    with pytest.raises(AttributeError, match=r"it is in hebbstat.stimuli: hs.stimuli.PoissonCode"):
        hs.PoissonCode  # noqa: B018
    with pytest.raises(AttributeError, match=r"hs.information.binned_counts"):
        hs.binned_counts  # noqa: B018
    with pytest.raises(AttributeError, match="did you mean 'Simulation'"):
        hs.Simulaton  # noqa: B018
    assert not hasattr(hs, "_ipython_display_")


# Values that are no numbers

NO_NUMBERS = {
    "'3'": ("3", "tau_m='3' of LIF is a text; it must be above 0 ms: a number, .*did you mean 3, without quotes"),
    "'20 ms'": ("20 ms", "is a text; .*did you mean 20, without quotes"),
    "bytes": (b"3", "is a text"),
    "bool": (True, "tau_m=True of LIF is a truth value"),
    "numpy bool": (np.True_, "is a truth value"),
    "None": (None, "tau_m=None of LIF is no value"),
    "complex": (1j, "is complex"),
    "complex array": (np.array([1j, 2.0]), "is complex"),
    "texts": (np.array(["1", "2"]), "is texts"),
    "list with a text": ([1.0, "2"], "is texts"),
    "list with None": ([1.0, None], "a list with None in it, no value"),
    "ragged": ([[1.0], [1.0, 2.0]], "lists that are not equally long"),
    "timedelta64": (np.timedelta64(20, "ms"), "a duration"),
    "timedelta": (datetime.timedelta(seconds=1), "must be a number, an array"),
    "datetime64": (np.datetime64("2020"), "is dates"),
    "huge": (10**400, "too large for a float"),
    "dict": ({"tau": 1}, "must be a number, an array"),
    "lambda": (lambda: 1.0, "must be a number, an array"),
    "class": (hs.Normal, "must be a number, an array"),
    "masked": (np.ma.array([1.0, 2.0], mask=[False, True]), "masked values"),
    "generator": ((x for x in [1.0]), "must be a number, an array"),
}


@pytest.mark.parametrize(("value", "says"), NO_NUMBERS.values(), ids=NO_NUMBERS)
def test_c6_what_is_no_number_is_refused(value, says):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(hs.BadValueError, match=says) as told:
            hs.LIF(tau_m=value)
    assert "\n" not in str(told.value) and len(str(told.value)) < 250


@pytest.mark.parametrize(
    "value", [3, 3.0, np.float32(3), np.array(3.0), np.array(3), decimal.Decimal(3), fractions.Fraction(3), np.int8(3)]
)
def test_c6_numbers_of_all_kinds_are_numbers(value):
    assert hs.LIF(tau_m=value).tau_m == 3.0 and isinstance(hs.LIF(tau_m=value).tau_m, float)


def test_c6_labelled_arrays_are_arrays():
    pandas, xarray = pytest.importorskip("pandas"), importlib.import_module("xarray")
    for given in (pandas.Series([3.0, 4.0]), xarray.DataArray([3.0, 4.0]), (3, decimal.Decimal(4)), range(3, 5)):
        assert hs.LIF(tau_m=given).tau_m.tolist() == [3.0, 4.0]
    assert hs.LIF(tau_m=xarray.DataArray(3.0)).tau_m == 3.0
    with pytest.raises(hs.BadValueError, match="NaN"):
        hs.LIF(tau_m=pandas.Series([1, None], dtype="Int64"))
    with pytest.raises(hs.BadValueError, match="a text"):
        hs.LIF(tau_m=pandas.Series(["a"]))


class Astropy(np.ndarray):
    """An array with a unit, which numpy would take off in silence."""

    unit = "s"

    def to_value(self, unit):
        if unit != "ms":
            raise ValueError("not convertible")
        return np.asarray(self) * 1000.0


class Brian(float):
    dim = "second"
    has_same_dimensions = None


def test_c6_quantities_of_other_packages_are_converted_or_refused():
    seconds = np.array([0.02, 0.03]).view(Astropy)
    assert hs.LIF(tau_m=seconds).tau_m.tolist() == [20.0, 30.0]
    with pytest.raises(hs.BadValueError, match="has the wrong dimension: it must be in mV"):
        hs.LIF(v_rest=seconds)
    with pytest.raises(hs.BadValueError, match="has a unit of Brian2: give the plain number in ms"):
        hs.LIF(tau_m=Brian(0.02))


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: net().connect("a", "b", hs.AllToAll(), weight="2"), "weight='2' of 'a -> b' is a text"),
        (lambda: net().connect("a", "b", hs.AllToAll(), delay=None), "delay=None of 'a -> b' is no value"),
        (lambda: net().connect("a", "b", hs.AllToAll(), weight=True), "is a truth value"),
        (lambda: net().connect("a", "b", hs.AllToAll(), dendritic_delay="1"), "is a text"),
        (lambda: hs.Network(dt="0.1"), "must be a number above 0"),
        (lambda: hs.Network(dt=True), "dt=True ms of Network must be a number"),
        (lambda: hs.Network(seed=True), "seed=True of Network must be a whole number"),
        (lambda: hs.Network(dt=1j), "must be a number"),
        (lambda: net().add(hs.LIF(), True), "n=True of a population must be a whole number"),
        (lambda: hs.FixedProbability(True), "p=True of FixedProbability must be a probability"),
        (lambda: hs.FixedProbability(0.1, 0.2), "autapses=0.2 of FixedProbability must be True or False"),
        (lambda: hs.AllToAll(1), "autapses=1 of AllToAll must be True or False"),
        (lambda: hs.FixedInDegree(True), "k=True of FixedInDegree must be a whole number"),
        (lambda: hs.Simulation(net(), threads=True), "threads=True must be a whole number"),
        (lambda: hs.Simulation(net(), quiet=True).run(seconds=True), "the duration must be a number"),
        (lambda: hs.TimedArray([1.0], every="1"), r"every \(ms\) of TimedArray must be one number, but '1' is a text"),
        (lambda: hs.TimedArray([1.0], every=None), "None is no value"),
        (lambda: hs.TimedArray(["1", "2"], every=1.0), "values must be numbers, .* here is texts"),
        (lambda: hs.Sine("1", 2.0, 3.0), "mean of Sine must be one number"),
        (lambda: hs.Sine(1.0, np.nan, 3.0), "must be finite"),
        (lambda: hs.FollowState(3), "as a text"),
        (lambda: hs.jointly(correlation=None, a=hs.Uniform(0, 1)), "correlation must be a number or"),
    ],
)
def test_c6_values_of_networks_wirings_and_plans(make, says):
    with pytest.raises(hs.BadValueError, match=says):
        make()


# Calls that do not fit

CALLS = [
    (lambda: net().connect("a", "b"), "Network.connect() needs wiring=: it takes source, target, wiring, weight"),
    (lambda: net().connect(), "needs source= and target= and wiring="),
    (lambda: net().connect("a", "b", hs.AllToAll(), 2.0), "at most 3 values by place (source, target, wiring), not 4"),
    (lambda: net().connect("a", "b", hs.AllToAll(), weigth=2.0), "has no argument 'weigth'; did you mean 'weight'?"),
    (lambda: net().connect("a", "b", hs.AllToAll(), source="a"), "source is given twice"),
    (lambda: net().add(hs.LIF()), "Network.add() needs n="),
    (lambda: net().add(hs.LIF(), size=5), "has no argument 'size'"),
    (lambda: hs.Network(step=0.1), "Network() has no argument 'step'; Known: dt, seed"),
    (lambda: hs.Network(0.1, 2, 3), "Network() takes at most 2 values by place (dt, seed), not 3"),
    (lambda: hs.Simulation(), "Simulation() needs net="),
    (lambda: hs.Simulation(net(), thread=2), "did you mean 'threads'?"),
    (lambda: hs.Simulation(net(), 2), "name the others, of threads="),
    (lambda: hs.Simulation(net(), quiet=True).run(second=1.0), "Simulation.run() has no argument 'second'; did you"),
    (lambda: net().add_rule(), "needs rule= and name="),
    (lambda: hs.FixedProbability(), "FixedProbability() needs p="),
    (lambda: hs.FixedProbability(prob=0.1), "FixedProbability() has no argument 'prob'"),
    (lambda: hs.Normal(1.0, std=0.1), "Normal() has no argument 'std'; did you mean 'sd'?"),
    (lambda: hs.Uniform(1.0), "Uniform() needs high="),
    (lambda: hs.LogNormal(mu=1.0, sigma=2.0), "LogNormal() has no argument 'mu'"),
    (lambda: hs.TimedArray([1.0]), "TimedArray() needs every="),
    (lambda: hs.gated(hs.PairSTDP(), lambda w: w), "gated() takes at most 1 values by place (rule), not 2; name"),
    (lambda: hs.Rates("a"), "Rates() needs every="),
    (lambda: hs.States("a", every=1.0), "States() needs state="),
    (lambda: hs.jointly(a=hs.Uniform(0.0, 1.0)), "jointly() needs correlation="),
]


@pytest.mark.parametrize(("call", "says"), CALLS)
def test_c6_calls_that_do_not_fit(call, says):
    with pytest.raises(hs.HebbstatError) as told:
        call()
    assert isinstance(told.value, TypeError) and says in str(told.value) and "\n" not in str(told.value)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: net().connect(hs.AllToAll(), "a", "b"), "the wiring third: net.connect(source, target, wiring)"),
        (lambda: net().connect("a", hs.AllToAll(), "b"), "the wiring third"),
        (lambda: net().connect("a", "b", hs.AllToAll(), receptor="AMPA"), "give an object such as AMPA()"),
        (lambda: hs.Eligibility(), "wraps a plasticity rule, not None; give it first, such as PairSTDP()"),
        (lambda: hs.gated(hs.PairSTDP, by=lambda w: w), "not the class PairSTDP; write PairSTDP()"),
    ],
)
def test_c6_arguments_in_the_wrong_order(call, says):
    with pytest.raises(hs.BadValueError) as told:
        call()
    assert says in str(told.value)


def test_c6_signatures_are_still_what_help_shows():
    assert list(inspect.signature(hs.Network.connect).parameters)[1:4] == ["source", "target", "wiring"]
    assert list(inspect.signature(hs.Normal).parameters) == ["mean", "sd", "cv", "low", "high"]
    assert list(inspect.signature(hs.FixedProbability).parameters) == ["p", "autapses"]
