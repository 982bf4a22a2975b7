"""Classes as a stranger would write them, as text: neurons, receptors, releases. Rules are in rules.py.

What a hook may read is docs/semantics.md, section 3.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from strangers.bodies import Bodies, num
from strangers.names import Names


@dataclass
class Class:
    """A class under construction, and what others must know of it."""

    name: str
    base: str
    taken: set[str] = field(default_factory=set)
    fields: dict[str, str] = field(default_factory=dict)  # name: "Ms", "Number" ...
    lines: list[str] = field(default_factory=list)
    asks: set[str] = field(default_factory=set)  # what is offered and asked for
    shown: list[str] = field(default_factory=list)  # fields, states and derived values that others may read
    fixed: set[str] = field(default_factory=set)  # fields that may not be planned
    witnesses: list[str] = field(default_factory=list)  # states that hold a draw and nothing else
    texts: list[str] = field(default_factory=list)  # fields that are texts
    aims: list[str] = field(default_factory=list)  # fields that rules may change
    branches: list[str] = field(default_factory=list)  # states of branches that hooks write
    read: list[str] = field(default_factory=list)  # of a receptor: what rules of its projections may read
    hears: list[tuple[str, Class | str]] = field(default_factory=list)  # texts that name a receptor: of which class, or
    # what it gives

    def text(self) -> str:
        """The class as Python."""
        return "\n".join([f"class {self.name}(hs.{self.base}):", *(f"    {line}" for line in self.lines), ""])


DEFAULTS = {"Ms": (2.0, 12.0), "Number": (0.2, 1.5), "Fraction": (0.1, 0.9)}


class Writer:
    """Writes the classes of one case."""

    def __init__(self, rng: np.random.Generator, names: Names, flags: frozenset[str], dt: float) -> None:
        self.rng, self.names, self.flags, self.dt = rng, names, flags, dt
        self.bodies = Bodies(rng, names, "loops" in flags)
        self.module: set[str] = {"math", "np", "hs", "Gate", "Connector", "Own", "told", "network", "story"}
        self.bodies.add_helpers(self.module)

    def new(self, base: str, wanted: str, asks: tuple[str, ...] = ()) -> Class:
        made = Class(self.names.word(self.module, wanted, pool=["Cell", "Rule", "F", "lanes", "exp", wanted]), base)
        made.asks = set(asks)
        hooks = {"Neuron": "fires output", "Receptor": "current conductance", "Release": "transmit"}
        made.taken |= {name for name, _, _ in self.bodies.helpers}  # else a hook might call a number
        made.taken |= {*asks, made.name, *hooks.get(base, "on_pre on_post on_spike step on_tick clip").split()}
        return made

    def maybe(self, p: float) -> bool:
        return bool(self.rng.random() < p)

    def field(self, c: Class, kind: str = "Number") -> str:
        """A new field of a class."""
        name = self.names.word(c.taken, "tau" if kind == "Ms" else "p", tuple(c.asks))
        low, high = DEFAULTS[kind]
        c.fields[name] = kind
        c.lines.append(f"{name}: hs.units.{kind} = {num(self.rng, low, high)}")
        return name

    def state(self, c: Class, scope: str, how: str = "") -> str:
        name = self.names.word(c.taken, "s", tuple(c.asks))
        how = how or f"state({num(self.rng, -0.5, 0.5)})"
        c.lines.append(f"{name} = hs.{scope}.{how}")
        return name

    def derived(self, c: Class, *reads: str) -> str:
        """A value derived from fields; with two or more, chains of them."""
        name = self.names.word(c.taken, "d", tuple(c.asks))
        args = [*reads, "dt"] if self.maybe(0.5) else [*reads]
        c.lines += ["@hs.derived", f"def {name}({', '.join(args)}):"]
        c.lines += [f"    return 0.5 + 0.4 * math.tanh({self.bodies.expr(args, 2)})"]
        return name

    def hook(self, c: Class, head: str, args: list[str], low: float, high: float, result: str = "") -> None:
        """A hook that returns what its body gives, or `result` as it stands."""
        args = [*dict.fromkeys(args)]
        args = [args[k] for k in self.rng.permutation(len(args))]
        c.lines += [head if head.startswith("@") else "@staticmethod"]
        name = "_" if head.startswith("@") else head
        body = [f"    return {result}"] if result else self.bodies.body(args, low, high, {name}, "    ")
        c.lines += [f"def {name}({', '.join(args)}):", *body]

    def some(self, options: list[str], p: float = 0.5) -> list[str]:
        return [one for one in options if self.maybe(p)]

    def common(self, c: Class, tau: str, scope: str, of: list[str]) -> list[str]:
        """What all share, of its own accord, and what one of these and of some others were a while ago."""
        if "common" not in self.flags:
            return []
        level, whole = self.field(c), "Global" if self.maybe(0.5) else "PerPopulation"
        one = self.state(c, whole, f'trace(decay="{tau}"{self.slow()})' if self.maybe(0.3) else self.plain())
        past = [self.lagged(c, whole, one)] if self.maybe(0.4) else []
        draws = self.some(["uniform", "normal"], 0.5) if "draws" in self.flags else []
        for event in ["step", *(["on_tick"] if "period" in c.fields and self.maybe(0.5) else [])]:
            self.hook(c, f"@{one}.{event}", [one, level, *past, *self.some(draws)], -1, 1)
        self.witness(c, whole, "step")
        return [one, *past, *(self.lagged(c, scope, source) for source in self.some(of))]

    def lagged(self, c: Class, scope: str, source: str) -> str:
        """A state as it was some steps ago."""
        by = self.names.word(c.taken, "late", tuple(c.asks))
        c.fields[by] = "Lag"
        c.lines.append(f"{by}: hs.units.Ms = {self.dt * int(self.rng.integers(1, 6))!r}")
        return self.state(c, scope, f'lagged({source}, by="{by}")')

    def seen(self, source: Class) -> list[str]:
        """What is read of a presynaptic neuron: parameters, or also its states."""
        return [one for one in source.shown if one in source.fields or "seen" in self.flags]

    def sums(self, cells: Class, p: float) -> list[str]:
        """Some of what the receptors of a cell give together."""
        if "received" not in self.flags:
            return []
        signs = ["excitation", "inhibition"] if cells.shown[:1] == ["v"] else []
        return self.some(["current", "conductance", "drive", *signs], p)

    def given(self, ear: Class, cells: Class) -> list[str]:
        """What may be read of a receptor."""
        makes = {"conductance": ["conductance", "current"] if cells.shown[:1] == ["v"] else ["conductance"]}
        kinds = [kind for kind in ("current", "conductance") if kind in ear.asks]
        return [*ear.read, *(one for kind in kinds for one in makes.get(kind, [kind]))]

    def hear(self, c: Class, scope: str, ear: Class | str, what: str) -> str:
        """A state that is a receptor's, which a text field names."""
        through = self.names.word(c.taken, "through", tuple(c.asks))
        c.lines.append(f'{through}: str = ""')
        c.hears.append((through, ear))
        return self.state(c, scope, f'received("{what}", through="{through}")')

    def listen(self, c: Class, what: str) -> None:
        """A cell, or a rule on cells, that remembers what a receptor gives."""
        heard, kept = self.hear(c, "PerNeuron", what, what), self.state(c, "PerNeuron")
        late = [self.lagged(c, "PerNeuron", heard)] if self.maybe(0.3) else []
        event = "step" if self.maybe(0.6) else "on_spike"
        self.hook(c, f"@{kept}.{event}", [kept, heard, *late], -1, 1)

    def witness(self, c: Class, scope: str, event: str) -> None:
        """A state that is the last draw: no two of independent things may ever be equal."""
        if "draws" in self.flags and self.maybe(0.5):
            name = self.state(c, scope, "state()")
            kind = "uniform" if self.maybe(0.6) else "normal"
            self.hook(c, f"@{name}.{event}", [kind], 0, 1, kind)
            c.witnesses.append(name)

    # --- cells

    def neuron(self) -> Class:
        """Spikes when told to, and by itself above a threshold. Hears some of input, current, conductance, drive."""
        heard = [*dict.fromkeys(["input", *self.some(["current", "conductance", "drive"], 0.6)])]
        if "conductance" in heard and "drive" not in heard:
            heard.append("drive")
        signs = self.some(["excitation", "inhibition"], 0.5) if "received" in self.flags else []
        heard += signs
        since = self.some(["steps_since_spike"], 0.2)
        draws = self.some(["uniform", "normal"], 0.4) if "draws" in self.flags else []
        c = self.new("Neuron", "Cell", (*heard, *since, *draws, "scheduled", "dt"))
        named = ("received" in self.flags and self.maybe(0.7)) or bool(signs)  # so that conductances make currents
        c.taken |= {"v"} if named else set()
        tau, gain, level = self.field(c, "Ms"), self.field(c), self.field(c)
        own = self.field(c)  # nobody else reads it: it may be planned
        derived = [self.derived(c, gain, tau)]
        derived += [self.derived(c, derived[0], own)] if self.maybe(0.4) else []
        if named:
            c.lines.append("v = hs.PerNeuron.state(0.2137)")
            v = "v"
        else:
            v = self.state(c, "PerNeuron", f'state("{level}")' if self.maybe(0.3) else "")
        traces = []
        if self.maybe(0.5):
            add = self.jump(c, [gain])
            traces = [self.state(c, "PerNeuron", f'trace(decay="{tau}"{add}{self.slow()})')]
        others = [self.state(c, "PerNeuron", self.plain()) for _ in range(int(self.rng.integers(0, 3)))]
        traces += self.common(c, tau, "PerNeuron", [v, *others, *traces])
        c.lines.append("")
        scaled = [f"0.05 * {one}" if one in ("conductance", "drive", "current", *signs) else one for one in heard]
        known = [v, *others, *traces, gain, own, *derived]
        args = [*dict.fromkeys([v, *others, *traces, own, *derived, *draws, *heard, *since, tau, "dt"])]
        body = self.bodies.body([v, *others, *traces, own, *derived, *draws], -0.6, 0.6, {"_", *args}, "    ")
        back = body.pop().strip().removeprefix("return ")
        spare = f" + 0.1 * math.exp(-{since[0]})" if since else ""
        c.lines += [f"@{v}.step", f"def _({', '.join(args)}):", *[b.replace("return ", "return 0.1 + ") for b in body]]
        c.lines += [f"    return {v} * math.exp(-dt / {tau}) + 0.3 * math.tanh({' + '.join(scaled)}){spare} + {back}"]
        if len(others) == 2 and self.maybe(0.4):
            c.lines += [f"@hs.together({', '.join(others)}).step", f"def _({', '.join(known)}):"]
            c.lines += [f"    return math.tanh({self.bodies.expr(known)}), math.cos({self.bodies.expr(known)})"]
        else:
            for one in others:
                self.hook(c, f"@{one}.{'step' if self.maybe(0.6) else 'on_spike'}", [one, *self.some(known)], -1, 1)
        if self.maybe(0.7):
            self.hook(c, f"@{v}.on_spike", [v, *self.some(known)], -0.8, 0.2)
        self.witness(c, "PerNeuron", "step" if self.maybe(0.5) else "on_spike")
        self.hook(c, "fires", [v, "scheduled", level], 0, 1, f"scheduled or {v} > {level} + 0.2137")
        c.shown, c.fixed, c.aims = [v, *others, gain, *derived[:1]], {tau, gain, level}, [own]
        return c

    def rate_neuron(self) -> Class:
        """A neuron with an output instead of spikes."""
        c = self.new("Neuron", "Rate", ("input", "dt"))
        tau, own = self.field(c, "Ms"), self.field(c)
        r, s = self.state(c, "PerNeuron"), self.state(c, "PerNeuron")
        self.hook(c, f"@{s}.step", [r, s, own], -1, 1)
        args, drive = [r, s, tau, "input", "dt"], f"math.tanh(0.3 * input + {s})"
        self.hook(c, f"@{r}.step", args, 0, 1, f"{r} + (0.4 + {drive} - {r}) * (1.0 - math.exp(-dt / {tau}))")
        self.hook(c, "output", [r, own], 0.0, 1.0)
        c.shown, c.fixed = [r, s], {tau}
        return c

    def plain(self, scope: str = "") -> str:
        return f"state({num(self.rng, -0.5, 0.5)}{', slow=True' if self.maybe(0.25) else ''})"

    def slow(self) -> str:
        return ", slow=True" if self.maybe(0.25) else ""

    def jump(self, c: Class, given: list[str]) -> str:
        """What an event does to a trace: adds 1, a number or a field, or sets."""
        kind = self.rng.random()
        by = f'"{given[0]}"' if given and kind < 0.7 else num(self.rng, 0.3, 1.2)
        return "" if kind < 0.3 else f", add={by}" if self.maybe(0.7) else f", set={by}"

    # --- receptors and release

    def receptor(self, target: Class) -> Class | None:
        """Kinetics for which the target has an ear; None where it has none."""
        kinds = [kind for kind in ("current", "conductance") if kind in target.asks]
        if not kinds:
            return None
        kind = kinds[int(self.rng.integers(len(kinds)))]
        posts = [f"post_{one}" for one in self.some(target.shown, 0.3)]
        c = self.new("Receptor", "Ear", ("amount", "dt", *posts))
        tau, gain = self.field(c, "Ms"), self.field(c)
        if kind == "conductance":
            c.taken.add("reversal")
            c.fields["reversal"] = "Number"
            c.lines.append(f"reversal: hs.units.Number = {num(self.rng, -3.0, 3.0)}")
        d = [self.derived(c, gain)] if self.maybe(0.4) else []
        if self.maybe(0.6):
            g = self.state(c, "PerPost", f'trace(decay="{tau}", add="amount")')
        else:
            g = self.state(c, "PerPost", "state()")
            self.hook(c, f"@{g}.on_arrival", [g, "amount", gain], -2, 2, f"{g} + math.tanh({gain} * amount)")
            self.hook(c, f"@{g}.step", [g, tau, "dt"], -2, 2, f"{g} * math.exp(-dt / {tau})")
        more = [self.state(c, "PerPost")] if self.maybe(0.4) else []
        for one in more:
            self.hook(c, f"@{one}.step", [one, *self.some([g, gain, *posts])], -1, 1)
        low = 0.0 if kind == "conductance" else -2.0
        self.hook(c, kind, [g, *more, *d, gain, *posts], low, 2.0)
        c.fixed, c.read = {tau}, [g, *more, *d, gain]
        c.asks.add(kind)
        return c

    def release(self, source: Class) -> Class:
        """What a spike releases: states per synapse or per row."""
        scope = "PerSynapse" if self.maybe(0.6) else "PerPre"
        pres = [f"pre_{one}" for one in [*self.some(self.seen(source), 0.4), *self.sums(source, 0.2)]]
        draws = self.some(["uniform", "normal"], 0.5) if "draws" in self.flags else []
        c = self.new("Release", "Release", ("w", "dt", "elapsed", *draws, *pres))
        tau, use = self.field(c, "Ms"), self.field(c, "Fraction")
        inits = [num(self.rng, 0.1, 0.9) for _ in range(int(self.rng.integers(0, 3)))]
        witness = bool(draws and inits and self.maybe(0.6))
        states = [self.state(c, scope, f"state({0.0 if witness else init})") for init in inits]
        args = [*dict.fromkeys(["w", "elapsed", tau, use, *states, *draws, *pres])]
        known = [*states, use, *draws, *pres]
        news = [f"0.5 + 0.4 * math.tanh({self.bodies.expr(known)} * math.exp(-elapsed / {tau}))" for _ in states]
        if witness:
            news[0] = draws[0]
            c.witnesses.append(states[0])
        amount = f"w * (0.6 + 0.4 * math.tanh({self.bodies.expr(known)}))"
        if draws and self.maybe(0.5):
            amount = f"(w if {draws[0]} < {use} else 0.0)"
        self.hook(c, "transmit", args, 0, 1, ", ".join([amount, *news]))
        c.aims = [use] if scope == "PerSynapse" else []
        c.fixed = {tau}
        return c
