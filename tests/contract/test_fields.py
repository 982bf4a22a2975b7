"""Parameters of mechanisms: they say what they are, never change, and are seen by tools."""

import copy
import inspect
import pickle
import pydoc

import pytest

import hebbstat as hs
from hebbstat.cli.listing import mechanisms
from hebbstat.contract.mechanism import Mechanism

SHIPPED: list[type[Mechanism]] = [getattr(hs, name) for _, name, _ in mechanisms()]


class Decays(hs.Plasticity):
    """A trace."""

    gain: hs.units.Number = hs.required("how much")
    tau: hs.units.Ms = hs.field(20.0, "decay of the trace")
    bound: hs.units.Number = hs.field(1.0, "a name that rules have themselves")
    plain: hs.units.Number = 0.5
    of: str = hs.field("exc", "a population")

    x = hs.PerPre.trace(decay="tau")

    @staticmethod
    def on_post(x, gain):
        return gain * x


class Slow(Decays):
    """The same, slower."""

    tau: hs.units.Ms = 200.0


def test_fields_are_data() -> None:
    assert {name: (spec.default, spec.text) for name, spec in Decays.fields.items()} == {
        "gain": (None, "how much"), "tau": (20.0, "decay of the trace"), "of": ("exc", "a population"),
        "bound": (1.0, "a name that rules have themselves"), "plain": (0.5, ""),
    }  # fmt: skip
    assert Slow.fields["tau"].default == 200.0 and Slow.fields["tau"].text == "decay of the trace"
    assert Decays.tau == 20.0 and not hasattr(Decays, "gain"), "the class has the defaults under their names"
    assert Decays(0.1, 5.0).values == {"gain": 0.1, "tau": 5.0, "bound": 1.0, "plain": 0.5, "of": "exc"}
    with pytest.raises(hs.BadValueError, match=r"Decays needs gain= \(any number\)"):
        Decays()


@pytest.mark.parametrize("kind", SHIPPED, ids=lambda kind: kind.__name__)
def test_every_parameter_that_comes_along_says_what_it_is(kind: type[Mechanism]) -> None:
    for name, spec in kind.fields.items():
        assert spec.text and spec.text == spec.text.strip(), name
        assert f"    {name}: {spec.text}" in (kind.__doc__ or "")


def test_a_class_is_called_as_its_signature_says() -> None:
    parameters = inspect.signature(hs.PairSTDP).parameters
    assert list(parameters) == ["tau_plus", "tau_minus", "A_plus", "A_minus", "on"]
    assert parameters["tau_plus"].default == 20.0 and parameters["on"].default == "w"
    assert parameters["tau_plus"].annotation == hs.units.Ms
    assert parameters["on"].kind is inspect.Parameter.KEYWORD_ONLY
    assert list(inspect.signature(hs.Eligibility).parameters) == ["inner", "tau", "period", "eta", "on"]
    assert inspect.signature(Decays).parameters["gain"].default is inspect.Parameter.empty
    assert "on" not in inspect.signature(hs.LIF).parameters


def test_help_shows_the_parameters() -> None:
    shown = pydoc.plain(pydoc.render_doc(hs.PairSTDP))
    assert "tau_plus: decay of the presynaptic trace x; above 0 ms, default 20" in shown
    assert "PairSTDP(tau_plus: Annotated[float, 'above 0 ms'] = 20.0" in shown.replace("typing.", "")
    assert "A_plus: strengthening by a pair at no distance; any number in the weight's unit, default 0.01" in shown


@pytest.mark.parametrize(
    "made",
    [hs.PairSTDP(17.0), hs.Eligibility(hs.PairSTDP()), hs.LIF(), hs.AMPA(), hs.gated(hs.PairSTDP(), by=lambda DA: DA)],
)
def test_nothing_can_be_assigned(made: Mechanism) -> None:
    before = copy.copy(vars(made))
    for name in (*made.fields, "inner", "acts_on", "values", "anything", "states"):
        with pytest.raises(hs.BadValueError, match=r"hs\.replace\("):
            setattr(made, name, 3.0)
        with pytest.raises(hs.BadValueError):
            delattr(made, name)
    assert vars(made) == before


def test_the_way_out_is_named() -> None:
    with pytest.raises(hs.BadValueError, match=r"tau_plus of a PairSTDP cannot be .*: make another, hs\.replace\("):
        hs.PairSTDP().tau_plus = 50.0  # type: ignore[misc]
    with pytest.raises(hs.BadValueError, match=r"takes no attribute 'tau_pls'.*did you mean 'tau_plus'"):
        hs.PairSTDP().tau_pls = 50.0  # type: ignore[attr-defined]


def test_another_is_made_of_one_and_checked() -> None:
    rule = hs.PairSTDP(17.0, on="release.U")
    other = hs.replace(rule, A_plus=hs.Uniform(0.0, 0.1))
    assert other.values["tau_plus"] == 17.0 and other.acts_on == "release.U" and rule.values["A_plus"] == 0.01
    assert hs.replace(rule, on="w").acts_on == "w"
    soft = hs.replace(hs.SoftBounds(rule, 0.0, 2.0), high=3.0)
    assert repr(soft) == "SoftBounds(PairSTDP(tau_plus=17), high=3)" and soft.acts_on == "release.U"
    assert soft.gate is not None and soft.gate.owner is soft, "a gate belongs to the rule that it came with"
    assert hs.replace(soft, inner=hs.PairSTDP()).acts_on == "w"
    gated = hs.gated(rule, by=lambda DA: DA)
    assert hs.replace(gated, inner=hs.PairSTDP()).inner.acts_on == "w"
    with pytest.raises(hs.BadValueError, match=r"tau_plus=-1 ms of PairSTDP must be above 0 ms"):
        hs.replace(rule, tau_plus=-1.0)
    with pytest.raises(hs.UnknownNameError, match="PairSTDP has no parameter 'tau'"):
        hs.replace(rule, tau=1.0)
    with pytest.raises(hs.BadValueError, match="SoftBounds needs low < high, both finite"):
        hs.replace(soft, high=0.0)


@pytest.mark.parametrize("how", [copy.copy, copy.deepcopy, lambda rule: pickle.loads(pickle.dumps(rule))])
def test_copies_are_closed_too(how) -> None:
    rule = how(hs.SoftBounds(hs.PairSTDP(17.0), 0.0, 2.0))
    assert repr(rule) == "SoftBounds(PairSTDP(tau_plus=17), high=2)"
    with pytest.raises(hs.BadValueError):
        rule.high = 3.0


def test_a_class_may_compute_what_it_wants_before_it_is_closed() -> None:
    class Halves(hs.Plasticity):
        high: hs.units.Number = 1.0

        def __post_init__(self) -> None:
            if self.high < 0:
                raise hs.BadValueError("high must not be negative")
            self.half = self.high / 2

    assert Halves(high=3.0).half == 1.5
    with pytest.raises(hs.BadValueError, match="must not be negative"):
        Halves(-1.0)
