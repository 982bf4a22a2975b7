"""A2: any legal identifier names a state, a field or a helper; any text a population, projection or network rule."""

import keyword
import re

import numpy as np
import pytest

import hebbstat as hs
from hebbstat.engine import runtime
from hebbstat.engine.memory.layout import Layout

STATES = (
    "size first ids counts rates fired cursor logged scheduled n i k slot F lambda_ v_new x_decay x_rate x_at arrived"
)
FIELDS = "drive_ last since row e j s w_ h_step spiked_at key_0 rule0_x neuron_v U64 np math exp network learning τ"

PLACES = re.compile(r"(neuron|release|receptor\d+|rule\d+)_")
"""What the names of a user's variables begin with, and no other."""


def _neuron() -> str:
    lines = ["class Awkward(hs.Neuron):", "    tau: hs.units.Ms = 5.0"]
    lines += [f"    {name}: hs.units.Number = {k / 100 + 0.01}" for k, name in enumerate(FIELDS.split())]
    lines += ["    v = hs.PerNeuron.state()", '    x = hs.PerNeuron.trace(decay="tau")']
    lines += [f"    {name} = hs.PerNeuron.state()" for name in STATES.split()]
    for name, field in zip(STATES.split(), FIELDS.split(), strict=False):
        lines += [f"    @{name}.step", f"    def _({name}, {field}, v): return 0.5 * {name} + {field} + 0.1 * v"]
    given = [*STATES.split(), *FIELDS.split()]
    lines += ["    @v.step", f"    def _(v, x, input, {', '.join(given)}):"]
    lines += [f"        return 0.5 * v + 0.1 * x + input + 0.01 * ({' + '.join(given)})"]
    lines += ["    @staticmethod", "    def fires(v): return v > 1.5", "    @v.on_spike", "    def _(v): return 0.0"]
    return "\n".join(lines)


RULE = """
class Odd(hs.Plasticity):
    last: hs.units.Ms = 20.0
    since: hs.units.Number = 0.01
    begin = hs.PerPre.trace(decay="last")
    here_begin = hs.PerPre.state()
    before_begin = hs.PerPost.trace(decay="last")
    stamp = hs.PerSynapse.trace(decay="last")
    @here_begin.on_pre
    def _(here_begin): return here_begin + 1.0
    @stamp.on_post
    def _(stamp, begin): return stamp + begin
    @staticmethod
    def on_post(begin, since, stamp, here_begin): return since * (begin + stamp + 0.01 * here_begin)
    @staticmethod
    def on_pre(before_begin, since): return -since * before_begin

class Level(hs.NetworkRule):
    new0: hs.units.Number = 0.5
    left = hs.Global.state()
    @left.step
    def _(left, new0, uniform): return 0.9 * left + new0 * uniform
"""


@pytest.mark.usefixtures("kernels")
def test_a2_awkward_names_everywhere(tmp_path, monkeypatch):
    (tmp_path / "awkward_names.py").write_text("import hebbstat as hs\n" + _neuron() + RULE, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    import awkward_names as mine

    net = hs.Network(dt=1.0, seed=2)
    net.add_rule(mine.Level(), "x-y")
    net.add_rule(mine.Level(new0=0.25), "x_y")
    a = net.add(hs.PoissonSource(rate=120.0), 5, "network")
    b = net.add(mine.Awkward(), 4, "window")
    c = net.add(hs.LIF(tau_m=10.0), 3, "a b")
    d = net.add(hs.LIF(), 3, "a_b")
    rules = [mine.Odd(), hs.gated(mine.Odd(), by=lambda x_y: x_y)]
    net.connect(a, b, hs.AllToAll(), weight=0.5, rules=rules, name="run")
    net.connect(b, c, hs.AllToAll(), weight=3.0, receptor=hs.AMPA(), name="b->c")
    net.connect(b, d, hs.AllToAll(), weight=3.0, receptor=hs.AMPA(), name="b c")
    sim, reference = hs.Simulation(net, dtype="float64", quiet=True), hs.ReferenceSimulation(net)
    sim.run(steps=150, record=[hs.Spikes(p) for p in (b, c, d)])
    reference.run(steps=150)
    assert reference.spikes
    for name in ("v", "x", *STATES.split()):
        expected = reference.peek("window", "neuron", name)
        np.testing.assert_allclose(sim.state(b, name), expected, rtol=1e-9, err_msg=name)
    for name in "begin here_begin before_begin stamp".split():
        found = sim.state("run", f"Odd_1.{name}")
        np.testing.assert_allclose(found, reference.peek("run", "rule0.0", name), rtol=1e-9, err_msg=name)
    np.testing.assert_allclose(sim.weights("run"), reference.weights("run"), rtol=1e-9)
    for name in ("x-y", "x_y"):
        assert sim.modulator(name) == reference.peek(name, "rule", "left")[0]
    assert sim.modulator("x-y") != sim.modulator("x_y")


def test_a2_no_name_of_the_engine_begins_as_a_users_does():
    net = hs.Network(dt=1.0)
    a, b = net.add(hs.PoissonSource(), 3, "a"), net.add(hs.LIF(), 3, "b", rules=[hs.IntrinsicThreshold()])
    net.connect(
        a, b, hs.FixedProbability(0.5), delay=hs.Uniform(1.0, 4.0), receptor=hs.AMPA(), release=hs.TsodyksMarkram(),
        rules=[hs.PairSTDP(), hs.Eligibility(hs.TripletSTDP()), hs.SynapticScaling(), hs.HardBounds()],
    )  # fmt: skip
    sim = hs.Simulation(net, quiet=True)
    assert isinstance(sim.core.layout, Layout)
    for group in (*sim.core.model.cells.values(), *sim.core.model.links.values(), sim.core.model.rules):
        mechanisms = [(m.prefix, m.mechanism) for m in group.members]
        users = {f"{prefix}{name}" for prefix, of in mechanisms for name in (*of.fields, *of.states, *of.derived)}
        for name in sim.core.layout.shards[group.name][0]:
            assert bool(PLACES.match(name)) == (name in users), name
    for name in (*runtime.__all__, *dir(Layout)):
        assert (not re.match("pop_|proj_|hook_", name) and not name.endswith("_")) or name.startswith("__")
    model = sim.core.model
    assert all(not keyword.iskeyword(group.ident) for group in (*model.cells.values(), *model.links.values()))


class Post(hs.Plasticity):
    """Reads states of the neuron whose names begin as the engine's once did."""

    @staticmethod
    def on_pre(post_rule_of_thumb, post_key_figure):
        return post_rule_of_thumb + post_key_figure


class Named(hs.Neuron):
    rule_of_thumb: hs.units.Number = 2.0
    key_figure = hs.PerNeuron.state(3.0)

    @staticmethod
    def fires(input):
        return input > 1e9


@pytest.mark.usefixtures("kernels")
def test_a2_post_x_is_there_for_every_x():
    net = hs.Network(dt=1.0)
    a, b = net.add(hs.SpikeSource(), 1, "a", spikes=([1.0], [0])), net.add(Named(), 1, "b")
    net.connect(a, b, hs.AllToAll(), weight=1.0, rules=[Post()], name="p")
    sim = hs.Simulation(net, quiet=True)
    sim.run(steps=5)
    assert sim.weights("p") == [6.0]
