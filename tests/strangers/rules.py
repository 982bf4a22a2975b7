"""Rules as a stranger would write them, as text: on synapses, around other rules, on cells, of the network."""

from __future__ import annotations

from collections.abc import Sequence

from strangers.bodies import num
from strangers.mechanisms import Class, Writer


class RuleWriter(Writer):
    """Writes the rules of one case."""

    def plasticity(
        self, source: Class, target: Class, spiking: bool = True, ear: Class | None = None, ears: Sequence[Class] = ()
    ) -> Class:
        """A rule on synapses: traces, states of its own, one to three changes of the weight, perhaps a limit.

        `ear` is the receptor of its projection, `ears` are others of the target.
        """
        pres = [f"pre_{one}" for one in [*self.some(self.seen(source), 0.4), *self.sums(source, 0.1)]]
        posts = [f"post_{one}" for one in [*self.some(target.shown, 0.35), *self.sums(target, 0.25)]]
        if ear and "received" in self.flags:
            posts += [f"receptor_{one}" for one in self.some(self.given(ear, target), 0.4)]
        draws = self.some(["uniform", "normal"], 0.3) if "draws" in self.flags else []
        c = self.new("Plasticity", "Rule", ("w", "value", "dt", "elapsed", "period", *draws, *pres, *posts))
        tau, late, gain, level = self.field(c, "Ms"), self.field(c, "Ms"), self.field(c), self.field(c)
        more = [self.field(c)] if self.maybe(0.4) else []
        derived = [self.derived(c, gain, *more)] if self.maybe(0.5) else []
        derived += [self.derived(c, derived[0])] if derived and self.maybe(0.4) else []
        c.fixed = {tau, late}
        if ears and "received" in self.flags and self.maybe(0.6):
            named = ears[int(self.rng.integers(len(ears)))]
            there = self.given(named, target)
            heard = self.hear(c, "PerPost", named, there[int(self.rng.integers(len(there)))])
            posts += [heard, *([self.lagged(c, "PerPost", heard)] if self.maybe(0.3) else [])]
        events = ["on_pre", "on_post"] if spiking else []
        known = [*derived, level, *more]
        row = self._row_states(c, tau, gain, pres, draws) if spiking and self.maybe(0.8) else []
        cell = self._cell_states(c, late, level, posts, draws) if spiking and self.maybe(0.7) else []
        shared = self.common(c, late, "PerPost", cell)
        row += [self.lagged(c, "PerPre", one) for one in (self.some(row, 0.3) if shared else [])]
        cell += shared
        if "branches" in self.flags and self.maybe(0.7):
            rates = [] if spiking else ["post_rate"]
            cell += self._branch_states(c, late, [*cell, level, *posts, *rates], draws, events)
        before, after = self._synapse_states(c, [*row, *cell, *known, *pres, *posts], late) if spiking else ([], [])
        rates = [] if spiking else ["pre_rate", "post_rate"]
        every = "period" in c.fields or self.maybe(0.35)
        if every and "period" not in c.fields:
            self._clock(c)
        total = self.state(c, "PerPost", f'reduce("w", "{self._how()}")') if every and self.maybe(0.4) else ""
        acts = self.some(events, 0.7) + (["on_tick"] if every else []) + self.some(["step"], 0.1 if spiking else 1.0)
        reads = [*row, *cell, *known, *pres, *posts, *draws, *rates]
        reduced = self._of_branches(c, cell, pres) if c.branches and every else []
        for event in acts or events[:1]:
            own = {"on_post": after, "on_pre": [*before, *after, "elapsed"]}.get(event, [*before, *after])
            if event == "on_post" and before and "seen" not in self.flags:
                own = [one for one in own if one not in before]
            args = ["w", *self.some([*reads, *own], 0.6), *([total] if event == "on_tick" and total else [])]
            args += reduced if event == "on_tick" else []
            if event == "on_tick" and "w" not in args:
                args.append("w")
            self.hook(c, event, args, -0.25, 0.25)
        for event in ("step", "on_pre"):
            self.witness(c, "PerSynapse", event if spiking else "step")
        return c

    def _clock(self, c: Class) -> None:
        c.fields["period"] = "Period"
        c.taken.add("period")
        c.lines.append(f"period: hs.units.Ms = {self.dt * int(self.rng.integers(2, 8))!r}")

    def _how(self) -> str:
        return ["sum", "mean", "max", "min", "count"][int(self.rng.integers(5))]

    def _row_states(self, c: Class, tau: str, gain: str, pres: list[str], draws: list[str]) -> list[str]:
        """States and traces of presynaptic rows."""
        found = [self.state(c, "PerPre", f'trace(decay="{tau}"{self.jump(c, [gain])}{self.slow()})')]
        if self.maybe(0.3):
            one = self.state(c, "PerPre", self.plain())
            self.hook(c, f"@{one}.on_pre", [one, gain, *self.some([*pres, *draws, "elapsed", found[0]])], -1, 1)
            found.append(one)
        self.witness(c, "PerPre", "on_pre")
        return found

    def _cell_states(self, c: Class, tau: str, level: str, posts: list[str], draws: list[str]) -> list[str]:
        """States and traces of postsynaptic cells."""
        found = [self.state(c, "PerPost", f'trace(decay="{tau}"{self.jump(c, [level])}{self.slow()})')]
        if self.maybe(0.3):
            one = self.state(c, "PerPost", self.plain())
            event = "step" if self.maybe(0.3) else "on_post"
            self.hook(c, f"@{one}.{event}", [one, level, *self.some([*posts, *draws, found[0]])], -1, 1)
            found.append(one)
        self.witness(c, "PerPost", "on_post")
        return found

    def _branch_states(self, c: Class, tau: str, reads: list[str], draws: list[str], events: list[str]) -> list[str]:
        """States of dendritic branches, moved by some events each, read at synapses by all."""
        if (not events or self.maybe(0.3)) and "period" not in c.fields:
            self._clock(c)
        events = [*events, *(["on_tick"] if "period" in c.fields else [])]
        advances = self.maybe(0.3)
        events += [] if advances else ["step"]
        many = int(self.rng.integers(1, 4))
        plain = [self._branch_state(c, tau, advances and k == 0) for k in range(many)]
        found = [*plain, *(self.lagged(c, "PerBranch", one) for one in self.some(plain, 0.25))]
        if many > 1 and self.maybe(0.4):
            args = [*dict.fromkeys([*plain[:2], *self.some([*found, *reads, *draws])])]
            event = events[int(self.rng.integers(len(events)))]
            c.lines += [f"@hs.together({', '.join(plain[:2])}).{event}", f"def _({', '.join(args)}):"]
            c.lines += [f"    return math.tanh({self.bodies.expr(args)}), math.cos({self.bodies.expr(args)})"]
        for one in plain:
            for event in self.some(events, 0.5) or events[:1]:
                self.hook(c, f"@{one}.{event}", [one, *self.some([*found, *reads, *draws])], -1, 1)
        self.witness(c, "PerBranch", events[int(self.rng.integers(len(events)))])
        c.branches = plain
        return found

    def _branch_state(self, c: Class, tau: str, advances: bool) -> str:
        """A plain one, one that decays, or one that advances."""
        decays = not advances and self.maybe(0.35)
        one = self.state(c, "PerBranch", f'trace(decay="{tau}"{self.slow()})' if decays else self.plain())
        if advances:
            args = [one, "elapsed", tau]
            self.hook(c, f"@{one}.advance", args, -1, 1, f"{one} * math.exp(-elapsed / {tau})")
        return one

    def _of_branches(self, c: Class, reads: list[str], pres: list[str]) -> list[str]:
        """Reductions over the synapses of a branch, and what else is reduced of branches."""
        found = []
        for of in ["w", *self.some([*reads, *pres], 0.25)]:
            how = "hs.quantile(0.3)" if self.maybe(0.2) else f'"{self._how()}"'
            found.append(self.state(c, "PerBranch", f'reduce("{of}", {how})'))
        if self.maybe(0.4):
            scope = ["PerPost", "PerPre", "Global"][int(self.rng.integers(3))]
            found.append(self.state(c, scope, f'reduce("{c.branches[0]}", "{self._how()}")'))
        return found

    def _synapse_states(self, c: Class, reads: list[str], tau: str) -> tuple[list[str], list[str]]:
        """States of synapses: those that presynaptic events write, and those that others do."""
        before, after = [], []
        if self.maybe(0.5):
            field = [*c.fields][int(self.rng.integers(len(c.fields)))]
            init = f'state("{field}")' if self.maybe(0.4) else self.plain()
            one = self.state(c, "PerSynapse", init)
            before.append(one)
            if self.maybe(0.3):
                args = [one, "elapsed", tau]
                self.hook(c, f"@{one}.advance", args, -1, 1, f"{one} * math.exp(-elapsed / {tau})")
            self.hook(c, f"@{one}.on_pre", [one, *self.some(reads, 0.3)], -1, 1)
        if self.maybe(0.4):
            one = self.state(c, "PerSynapse", self.plain())
            after.append(one)
            self.hook(c, f"@{one}.on_post", [one, *self.some([r for r in reads if r not in before], 0.3)], -1, 1)
        return before, after

    def limit(self) -> Class:
        """Bounds of a stranger's own."""
        c = self.new("Plasticity", "Bound", ("value",))
        low, room = self.field(c), self.field(c)
        ends = f"min(max(value, 0.2 * {low}), {low} + 2.0 * {room})"
        self.hook(c, "clip", ["value", low, room], 0, 1, ends)
        return c

    def wrapper(self) -> Class:
        """A rule around another: it keeps what that one does, and does it at ticks, or it scales it."""
        c = self.new("Wrapper", "Around", ("w", "value", "dt", "elapsed", "period", "change"))
        tau, gain = self.field(c, "Ms"), self.field(c)
        if self.maybe(0.6):
            self._clock(c)
            kept = self.state(c, "PerSynapse", "state()")
            c.lines.insert(0, f'redirect = "{kept}"')
            if self.maybe(0.7):
                args = [kept, "elapsed", tau]
                self.hook(c, f"@{kept}.advance", args, -1, 1, f"{kept} * math.exp(-elapsed / {tau})")
            self.hook(c, "on_tick", [kept, gain], -0.25, 0.25)
        else:
            self.gate(c, tau, gain)
        c.fixed = {tau}
        return c

    def gate(self, c: Class, tau: str, gain: str) -> None:
        """A wrapper that brings its own gate along."""
        scale = self.names.word(self.module, "scale")
        body = f"    return {gain} / (1.0 + {tau} * abs(change))\n"
        self.bodies.texts.append(f"def {scale}(change, {gain}, {tau}):\n{body}")
        c.lines += ["def __init__(self, inner, *positional, **values):"]
        c.lines += ["    super().__init__(inner, *positional, **values)"]
        c.lines += [f'    self.gate = Gate({scale}, ("change", "{gain}", "{tau}"), self)']

    def cell_rule(self, target: Class) -> Class:
        """A rule on cells: it draws a parameter of theirs to where it likes it."""
        reads = [f"neuron_{one}" for one in [*self.some(target.shown, 0.5), *self.sums(target, 0.3)]]
        draws = self.some(["uniform", "normal"], 0.4) if "draws" in self.flags else []
        c = self.new("PopulationRule", "Cells", ("value", "dt", "period", *reads, *draws))
        tau, gain = self.field(c, "Ms"), self.field(c)
        trace = [self.state(c, "PerNeuron", f'trace(decay="{tau}"{self.jump(c, [gain])}{self.slow()})')]
        trace += self.common(c, tau, "PerNeuron", trace)
        known = [*trace, gain, *reads, *draws]
        event = ["step", "on_tick", "on_spike"][int(self.rng.integers(3))]
        if event == "on_tick":
            self._clock(c)
        if self.maybe(0.5):
            one = self.state(c, "PerNeuron", self.plain())
            at = ["step", "on_spike", event][int(self.rng.integers(3))]
            self.hook(c, f"@{one}.{at}", [one, *self.some(known)], -1, 1)
            known.append(one)
        body = self.bodies.expr(known)
        args = [*dict.fromkeys([*known, "value"])]
        self.hook(c, event, args, 0, 1, f"0.2 * (0.8 + 0.5 * math.tanh({body}) - value)")
        self.witness(c, "PerNeuron", "step" if self.maybe(0.5) else "on_spike")
        c.fixed = {tau}
        return c

    def network_rule(self, follows: bool, sensor: bool) -> Class:
        """A modulator: a walk, noisy or not, that may follow another (its field) and may hear a population."""
        draws = self.some(["uniform", "normal"], 0.6) if "draws" in self.flags else []
        c = self.new("NetworkRule", "Tone", ("dt", "period", *draws))
        tau, level = self.field(c, "Ms"), self.field(c)
        if sensor:
            watched = self.names.word(c.taken, "who")
            c.lines.append(f'{watched}: str = ""')
            c.texts.append(watched)
        first = sensor and self.maybe(0.6) and follows
        heard = [self.state(c, "Global", f'spikes_of("{watched}")')] if first else []
        a = self.state(c, "Global")
        heard += [self.state(c, "Global", f'spikes_of("{watched}")')] if sensor and not heard else []
        more = [self.state(c, "Global", self.plain())] if self.maybe(0.5) else []
        known = [a, *more, level, *heard, *draws]
        self.hook(c, f"@{a}.step", [*known, tau], -1, 1)
        for one in more:
            if self.maybe(0.5):
                self._clock(c)
                self.hook(c, f"@{one}.on_tick", [one, *self.some(known)], -1, 1)
            else:
                self.hook(c, f"@{one}.step", [one, *self.some(known)], -1, 1)
        self.witness(c, "Global", "step")
        c.shown = [*heard, a, *more] if follows else [a, *more]
        return c


def gates(rng, names, asked: list[str]) -> str:
    """A gate's function of some of these names."""
    args = asked or ["w"]
    inside = " + ".join(f"{num(rng, 0.2, 1.0)} * {one}" for one in args)
    return f"lambda {', '.join(args)}: 0.7 + 0.3 * math.tanh({inside})"
