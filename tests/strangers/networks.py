"""Cases: scripts of user-written classes, a network of them, and a story of what is done with it.

`compose(seed, flags)` gives the same text for the same seed and flags. A flag adds one thing that strangers do.
"""

from __future__ import annotations

import numpy as np
from strangers.bodies import num
from strangers.mechanisms import DEFAULTS, Class
from strangers.names import RULE_TITLES, Names
from strangers.rules import RuleWriter, gates
from strangers.scripts import imported
from strangers.stories import Settable, story

from hebbstat.contract.errors import HebbstatError
from hebbstat.network.scopes import field_scope

FLAGS = {
    "names": "names that generated code uses itself", "dealt": "pairs and what is beside them in any order",
    "copies": "a pair more than once", "draws": "random hooks", "arrays": "arrays and distributions as parameters",
    "delays": "differing delays", "plans": "planned and followed parameters of cells and receptors",
    "planned": "the same of rules, wrappers and releases", "lambdas": "two lambdas on one line",
    "looks": "traces looked at between their events", "frozen": "frozen stretches, one in the other",
    "set": "values set before and between runs", "shared": "receptors with equal values given twice",
    "modulators": "rules of the network that follow each other, two of one class, sensors first",
    "loops": "range, int(), float(condition), fmod, helpers with defaults", "empty": "a projection without synapses",
    "rates": "neurons with rates", "common": "states that a population or projection shares, and lagged ones",
    "seen": "states of the presynaptic neuron, and what the other event of a step does to a synapse",
    "branches": "states of dendritic branches",
    "received": "what receptors of a cell are and give, one by one and together",
}  # fmt: skip

HEAD = '''"""Case {seed} of tests/strangers: {flags}."""

import math

import numpy as np

import hebbstat as hs
from hebbstat.network.wiring import Connector
from hebbstat.contract.mechanism import Gate

DEALT = FORWARD = True


def told(values, order):
    """Values beside pairs that are told in some order."""
    return [values[k] for k in order] if DEALT else values


class Own(Connector):
    """A wiring of one's own."""

    def __init__(self, pre, post):
        object.__setattr__(self, "both", (np.array(pre, int), np.array(post, int)))

    def pairs(self, pre, post, rng):
        return self.both

    def expected(self, pre, post):
        return float(len(self.both[0]))


'''


def compose(seed: int, flags: frozenset[str]) -> str:
    """The script of a case."""
    return _Composer(seed, frozenset(flags)).text()


class _Composer:
    def __init__(self, seed: int, flags: frozenset[str]) -> None:
        self.seed, self.flags = seed, flags
        self.rng = np.random.default_rng([seed, 1])
        self.names = Names(np.random.default_rng([seed, 2]), "names" in flags)
        self.dt = float(self.rng.choice([0.1, 0.5, 1.0]))
        self.write = RuleWriter(np.random.default_rng([seed, 3]), self.names, flags, self.dt)
        self.titles: set[str] = set()
        self.settable: list[Settable] = []
        self.lines: list[str] = []
        self.gates: list[str] = []
        self.modulators: list[tuple[str, Class]] = []
        self.ears: dict[str, list[tuple[Class, str]]] = {}
        self.cells: list[tuple[str, Class, int, bool]] = []  # title, class, n, spiking
        self.witnesses: list[tuple[str, str, str]] = []
        self.wants_gate = False

    def maybe(self, p: float) -> bool:
        return bool(self.rng.random() < p)

    # --- the text

    def text(self) -> str:
        classes = self._classes()
        head = HEAD.format(seed=self.seed, flags=", ".join(sorted(self.flags)) or "no flags")
        written = "\n\n".join([*self.write.bodies.texts, *(c.text() for c in classes)])
        try:
            with imported(head + written) as module:
                self.objects = {c.name: self._object(module, c) for c in classes}
        except HebbstatError:  # it says why when the case is run
            return head + written
        self._network_rules()
        self._populations()
        self._projections()
        body = "\n".join(f"    {line}" for line in [*self.lines, "return net"])
        told = "\n".join(f"{line}" for line in self.gates)
        acts = story(np.random.default_rng([self.seed, 4]), self.flags, self.settable)
        return "\n".join([
            head + written, "", told, "", f"WITNESSES = {self.witnesses!r}", "", "", "def network():",
            f"    net = hs.Network(dt={self.dt}, seed={int(self.rng.integers(1000))})", body, "", "", "def story(sim):",
            *(f"    {line}" for line in acts), "",
        ])  # fmt: skip

    def _object(self, module, c: Class):
        kind = getattr(module, c.name)
        if c.base == "Wrapper":
            return kind(module.hs.HardBounds())
        return kind()

    def _classes(self) -> list[Class]:
        """All classes; projections are planned here, for rules name what cells have."""
        write, rng = self.write, self.rng
        count = int(rng.integers(2, 4))
        neurons = [write.neuron() for _ in range(min(2, count))]
        found = [*neurons]
        self.plan_cells = [(neurons[k % len(neurons)], int(rng.integers(2, 5)), True) for k in range(count)]
        if "rates" in self.flags:
            rate = write.rate_neuron()
            found.append(rate)
            self.plan_cells += [(rate, 3, False), (rate, 2, False)]
        self.cell_rules: dict[int, list[tuple[Class, str]]] = {}
        for k, (neuron, _, spiking) in enumerate(self.plan_cells):
            if spiking and self.maybe(0.35):
                rule = write.cell_rule(neuron)
                found.append(rule)
                self.cell_rules[k] = [(rule, neuron.aims[0])]
        self.plan_links = []
        pairs = [(int(rng.integers(count)), int(rng.integers(count))) for _ in range(int(rng.integers(1, 4)))]
        pairs = [*pairs, (0, 1)] if "shared" in self.flags else pairs
        pairs += [(count, count + 1)] if "rates" in self.flags else []
        for a, b in pairs:
            link, new = self._plan_link(a, b)
            self.plan_links.append(link)
            found += new
        if "received" in self.flags:
            self._listen(neurons)
        many = int(rng.integers(2, 4)) if "modulators" in self.flags else int(self.maybe(0.4))
        self.tones = [write.network_rule("modulators" in self.flags, self.maybe(0.5)) for _ in range(many)]
        if "modulators" in self.flags and self.maybe(0.6):
            self.tones.append(self.tones[0])
        return _unique([*found, *self.tones])

    def _listen(self, neurons: list[Class]) -> None:
        """Cells and rules on them hear what a receptor gives that each population of theirs has."""
        ears = [(b, ear) for _, b, ear, *_ in self.plan_links if ear]
        gives = [{kind for b, ear in ears if b == k for kind in ear.asks} for k in range(len(self.plan_cells))]
        heard = {id(c): [gives[k] for k, (one, *_) in enumerate(self.plan_cells) if one is c] for c in neurons}
        listeners = [(c, heard[id(c)]) for c in neurons]
        listeners += [(rule, [gives[k]]) for k, rules in self.cell_rules.items() for rule, _ in rules]
        for c, there in listeners:
            kinds = sorted(set.intersection(*there) & {"current", "conductance"}) if there else []
            if kinds and self.maybe(0.6):
                self.write.listen(c, kinds[int(self.rng.integers(len(kinds)))])

    def _named(self, c: Class, b: int) -> list[str]:
        """The texts with which a mechanism at a population, or on a projection onto it, names receptors."""
        found = []
        for through, ear in c.hears:
            there = [(k, one) for k, (_, to, one, *_) in enumerate(self.plan_links) if one and to == b]
            fits = [k for k, one in there if (ear in one.asks if isinstance(ear, str) else one is ear)]
            found.append(f"{through}={self.link_titles[fits[int(self.rng.integers(len(fits)))]]!r}")
        return found

    def _plan_link(self, a: int, b: int):
        write = self.write
        source, target = self.plan_cells[a][0], self.plan_cells[b][0]
        spiking = self.plan_cells[a][2] and self.plan_cells[b][2]
        new = []
        old = self.ears.setdefault(target.name, []) if spiking else []
        ear = old[0][0] if old and self.maybe(0.9 if "shared" in self.flags else 0.3) else None
        if ear is None and spiking and self.maybe(0.8):
            ear = write.receptor(target)
            if ear:
                old.append((ear, ""))
                new.append(ear)
        release = write.release(source) if spiking and self.maybe(0.35) else None
        ears = [one for _, to, one, *_ in self.plan_links if one and to == b]
        heard = (ear, [*ears, ear] if ear else ears)
        rules = [write.plasticity(source, target, spiking, *heard) for _ in range(int(self.rng.integers(0, 3)))]
        if "lambdas" in self.flags:
            rules += [write.plasticity(source, target, spiking, *heard) for _ in range(2 - len(rules))]
        around = [write.wrapper() if rules and self.maybe(0.3) else None for _ in rules]
        bound = write.limit() if rules and self.maybe(0.4) else None
        new += [c for c in [release, *rules, *around, bound] if c]
        return (a, b, ear, release, rules, around, bound), new

    # --- values of parameters

    def _values(self, c: Class, at: tuple[str, str], sizes: dict[str, tuple[int, str]], plans: str, skip=()) -> str:
        """The arguments with which an object is made; `sizes` says how many owners of a scope there are."""
        given = []
        for name, kind in c.fields.items():
            text = self._value(c, name, kind, sizes, plans, name in skip)
            if text:
                given.append(f"{name}={text}")
            moves = text.startswith(("hs.TimedArray", "hs.Sine", "hs.FollowState"))
            if kind not in ("Period", "Lag") and not moves and at[0]:
                self.settable.append(Settable(at, name, DEFAULTS[kind], "field"))
            elif kind == "Lag":
                self.settable.append(Settable(at, name, (self.dt, self.dt), "lag"))
            elif kind == "Period":
                self.settable.append(Settable(at, name, (self.dt, 9 * self.dt), "period"))
        return ", ".join(given)

    def _value(self, c: Class, name: str, kind: str, sizes, plans: str, fixed: bool) -> str:
        if kind in ("Period", "Lag"):
            return ""
        low, high = DEFAULTS[kind]
        choice = self.rng.random(3)
        number = num(self.rng, low, high)
        scope = field_scope(self.objects[c.name], name).name
        n, order = sizes.get(scope, (0, ""))
        movable = name not in c.fixed and name not in c.shown and not fixed
        if plans in self.flags and movable and choice[0] < 0.35:
            return self._plan(low, high, n if scope not in ("Global", "PerSynapse") else 0)
        if "arrays" in self.flags and scope in sizes and choice[1] < 0.5:
            if choice[2] < 0.4 or n == 0:
                return f"hs.Uniform({low}, {high})"
            if order != "drawn":
                values = "[" + ", ".join(num(self.rng, low, high) for _ in range(n)) + "]"
                return f"np.array(told({values}, {order}))" if order else f"np.array({values})"
            return f"hs.Uniform({low}, {high})"
        return number if choice[1] < 0.7 else ""

    def _plan(self, low: float, high: float, n: int) -> str:
        rng, choice = self.rng, self.rng.random()
        if self.modulators and choice < 0.35:
            return self._follow(low, high)
        if choice < 0.55:
            middle, half = 0.5 * (low + high), 0.4 * (high - low)
            return f"hs.Sine({middle}, {half:.3f}, {1000.0 / (self.dt * int(rng.integers(5, 15))):.4f}, 0.37)"
        rows = int(rng.integers(2, 5))
        one = lambda: num(rng, low, high)  # noqa: E731
        many = n if n and choice > 0.8 else 0
        row = lambda: "[" + ", ".join(one() for _ in range(many)) + "]" if many else one()  # noqa: E731
        values = ", ".join(row() for _ in range(rows))
        every = round(self.dt * int(rng.integers(2, 7)), 3)
        return f"hs.TimedArray([{values}], every={every}, repeat={self.maybe(0.5)})"

    def _follow(self, low: float, high: float) -> str:
        title, c = self.modulators[int(self.rng.integers(len(self.modulators)))]
        state = c.shown[int(self.rng.integers(len(c.shown)))]
        return f'hs.FollowState("{title}")' if self.maybe(0.5) else f'hs.FollowState("{title}.{state}")'

    # --- parts

    def _network_rules(self) -> None:
        if not self.tones:
            return
        titles = [self.names.title(self.titles, "tone", RULE_TITLES) for _ in self.tones]
        self.modulators = [*zip(titles, self.tones, strict=True)]
        self.watched = self.names.title(self.titles, "pop")
        lines = []
        for title, c in self.modulators:
            others, kept = [one for one in self.modulators if one[0] != title], self.modulators
            follow = "modulators" in self.flags and others and self.maybe(0.7)
            plans = "modulators" if follow else ""
            self.modulators = others or kept
            values = self._values(c, (title, "rule"), {}, plans)
            self.modulators = kept
            told = [f"{who}={self.watched!r}" for who in c.texts]
            values = ", ".join([one for one in [values, *told] if one])
            lines.append(f"({title!r}, {c.name}({values})),")
            self.witnesses += [(title, "rule", state) for state in c.witnesses]
        self.lines += ["rules = [", *(f"    {line}" for line in lines), "]"]
        self.lines += ["for name, rule in rules if FORWARD else rules[::-1]:", "    net.add_rule(rule, name)"]

    def _populations(self) -> None:
        named = "received" in self.flags
        self.link_titles = [self.names.title(self.titles, "link") for _ in self.plan_links] if named else []
        for k, (c, n, spiking) in enumerate(self.plan_cells):
            title = self.names.title(self.titles, "pop") if k or not self.tones else self.watched
            sizes = {"PerNeuron": (n, "")}
            rules = []
            for at, (rule, aim) in enumerate(self.cell_rules.get(k, [])):
                values = self._values(rule, (title, f"rule{at}.0"), sizes, "planned")
                given = [values, *self._named(rule, k), f"on={aim!r}"]
                rules.append(f"{rule.name}({', '.join(one for one in given if one)})")
                self.witnesses += [(title, f"rule{at}.0", state) for state in rule.witnesses]
            aims = [aim for _, aim in self.cell_rules.get(k, [])]
            values = self._values(c, (title, "neuron"), sizes, "plans", aims)
            values = ", ".join(one for one in [values, *self._named(c, k)] if one)
            self.witnesses += [(title, "neuron", state) for state in c.witnesses]
            more = f", rules=[{', '.join(rules)}]" if rules else ""
            if spiking:
                many = int(self.rng.integers(4, 10)) * n
                steps = sorted(self.rng.integers(0, 70, many).tolist())
                times = ", ".join(f"{round((step + 1) * self.dt, 3)}" for step in steps)
                more += f", spikes=([{times}], {self.rng.integers(0, n, many).tolist()})"
            self.lines.append(f"c{k} = net.add({c.name}({values}), {n}, {title!r}{more})")
            self.cells.append((title, c, n, spiking))
            states = [s for s in c.shown if s not in c.fields]
            self.settable += [Settable((title, "neuron"), s, (-0.4, 0.4), "state") for s in states]

    def _projections(self) -> None:
        for k, (a, b, ear, release, rules, around, bound) in enumerate(self.plan_links):
            title = self.link_titles[k] if self.link_titles else self.names.title(self.titles, "link")
            (_, _, n_pre, _), (_, _, n_post, _) = self.cells[a], self.cells[b]
            wiring, n = self._wiring(k, n_pre, n_post)
            order = "drawn" if n is None else f"order{k}"
            sizes = {"PerPre": (n_pre, ""), "PerPost": (n_post, ""), "PerSynapse": (1 if n is None else n, order)}
            given = [wiring, f"weight={self._weight(n, k)}", f"delay={self._delay(n, k)}"]
            given.append(f"dendritic_delay={round(self.dt * int(self.rng.choice([0, 0, 1, 3])), 3)}")
            if ear:
                given.append(f"receptor={self._receptor(ear, b, n_post, title)}")
            aim = None
            if release:
                aim = release.aims[0] if release.aims and rules and self.maybe(0.4) else None
                values = self._values(release, (title, "release"), sizes, "planned", [aim])
                given.append(f"release={release.name}({values})")
                self.witnesses += [(title, "release", state) for state in release.witnesses]
            if "branches" in self.flags and self.maybe(0.8):
                given.append(f"branches={self._branches(n, k)}")
            if rules:
                self.ear, self.onto = ear, b
                given.append(f"rules=[{', '.join(self._rules(title, sizes, rules, around, bound, aim))}]")
            given.append(f"name={title!r}")
            self.lines.append(f"net.connect(c{a}, c{b}, {', '.join(given)})")

    def _rules(self, title: str, sizes, rules, around, bound, aim) -> list[str]:
        """The rules of a projection: wrapped, gated, bounded; one may aim at the release."""
        texts, wanted = [], "lambdas" in self.flags
        for k, (rule, outer) in enumerate(zip(rules, around, strict=True)):
            values = self._values(rule, (title, f"rule{k}.0"), sizes, "planned")
            self.witnesses += [(title, f"rule{k}.0", state) for state in rule.witnesses]
            self.settable += [Settable((title, f"rule{k}.0"), s, (-0.4, 0.4), "state") for s in rule.branches]
            target = f"on='release.{aim}'" if aim and k == 1 else ""
            text = f"{rule.name}({', '.join(one for one in [values, *self._named(rule, self.onto), target] if one)})"
            if outer:
                values = self._values(outer, (title, f"rule{k}.1"), sizes, "planned")
                text = f"{outer.name}({', '.join(one for one in [text, values] if one)})"
            asked = [one for one in self._gate_names() if self.maybe(0.5)]
            if wanted or (self.maybe(0.25) and not wanted):
                function = gates(self.rng, self.names, ["w"] if wanted else asked)
                if not wanted:
                    name = f"gate{len(self.gates)}"
                    self.gates.append(f"{name} = {function}")
                    function = name
                text = f"hs.gated({text}, by={function})"
            texts.append(text)
        if bound:
            texts.append(f"{bound.name}({self._values(bound, (title, f'rule{len(rules)}.0'), sizes, 'planned')})")
        return texts

    def _gate_names(self) -> list[str]:
        names = ["w"]
        if "received" in self.flags and self.ear:
            names += [f"receptor_{one}" for one in self.ear.read]
        for title, c in self.modulators:
            if title.isidentifier():
                names += [title, *(f"{title}_{state}" for state in c.shown)]
        return names

    def _wiring(self, k: int, n_pre: int, n_post: int) -> tuple[str, int | None]:
        choice = self.rng.random()
        if "empty" in self.flags and self.maybe(0.4):
            self.lines.append(f"order{k} = []")
            return "hs.FromPairs(np.array([], int), np.array([], int))", 0
        if choice < 0.3:
            return "hs.AllToAll(autapses=True)", None
        every = [(i, j) for i in range(n_pre) for j in range(n_post)]
        pairs = [every[int(p)] for p in self.rng.permutation(len(every))[: int(self.rng.integers(2, 9))]]
        if "copies" in self.flags:
            pairs += [pairs[int(self.rng.integers(len(pairs)))] for _ in range(int(self.rng.integers(1, 4)))]
        pairs.sort()
        order = self._order(pairs)
        self.lines.append(f"order{k} = {order if 'dealt' in self.flags else list(range(len(pairs)))}")
        told = [f"told({[pair[side] for pair in pairs]}, order{k})" for side in (0, 1)]
        return f"{'Own' if self.maybe(0.4) else 'hs.FromPairs'}({', '.join(told)})", len(pairs)

    def _order(self, pairs) -> list[int]:
        """A random order in which copies of a pair keep theirs."""
        keys = self.rng.random(len(pairs))
        for pair in set(pairs):
            at = [k for k, one in enumerate(pairs) if one == pair]
            keys[at] = np.sort(keys[at])
        return np.argsort(keys).tolist()

    def _weight(self, n: int | None, k: int) -> str:
        if ("arrays" not in self.flags and "dealt" not in self.flags) or self.maybe(0.25):
            return num(self.rng, 0.3, 1.5) if self.maybe(0.6) or n == 0 else "hs.Uniform(0.3, 1.5)"
        if not n:
            return num(self.rng, 0.3, 1.5) if n == 0 else "hs.Normal(0.9, sd=0.2, low=0.1)"
        return "told([" + ", ".join(num(self.rng, 0.3, 1.5) for _ in range(n)) + f"], order{k})"

    def _delay(self, n: int | None, k: int) -> str:
        steps = self.rng.integers(1, 5, n or 1)
        if "delays" not in self.flags or n == 0:
            return f"{round(float(steps[0]) * self.dt, 3)}"
        if n is None:
            return f"hs.Uniform({self.dt}, {round(5 * self.dt, 3)})"
        return f"told({[round(float(step) * self.dt, 3) for step in steps]}, order{k})"

    def _branches(self, n: int | None, k: int) -> str:
        if not n or self.maybe(0.5):
            return str(int(self.rng.integers(1, 5)))
        return f"told({self.rng.integers(0, 4, n).tolist()}, order{k})"

    def _receptor(self, ear: Class, b: int, n_post: int, title: str) -> str:
        """A receptor of the class; with flag `shared`, mostly with the values that another projection gave."""
        known = self.__dict__.setdefault("told_ears", {})
        if (ear.name, b) in known and self.maybe(0.8 if "shared" in self.flags else 0.3):
            return known[ear.name, b]
        plans = "plans" if "plans" in self.flags or "shared" not in self.flags else "shared"
        values = self._values(ear, ("", ""), {"PerPost": (n_post, "")}, plans)
        known[ear.name, b] = f"{ear.name}({values})"
        return known[ear.name, b]


def _unique(classes: list[Class]) -> list[Class]:
    found: list[Class] = []
    for c in classes:
        if not any(c is one for one in found):
            found.append(c)
    return found
