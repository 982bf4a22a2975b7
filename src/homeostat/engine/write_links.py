"""Writes the kernels of projections: delivery, replay of postsynaptic events, presynaptic and postsynaptic events, clocks.

A presynaptic row is visited when its spike arrives. First the postsynaptic events since the last visit are replayed, oldest
first, over the synapses that have any (`settle`); then the weights are delivered; then `on_pre` runs.
"""

from __future__ import annotations

import re

import numpy as np

from homeostat import keyed
from homeostat.engine.gather import cut
from homeostat.engine.links_plan import Plan
from homeostat.engine.model import HISTORY, Links, Member, Variable, anchored, target_variable
from homeostat.engine.names import Reader, View, presynaptic_parameter
from homeostat.engine.refusals import refuse
from homeostat.engine.write_cells import advanced, when_learning
from homeostat.rule import Bound
from homeostat.state import State


class LinksWriter:
    """Writes all functions of one projection."""

    def __init__(self, reader: Reader, plan: Plan) -> None:
        self.reader, self.plan, self.links = reader, plan, plan.links
        self.q, self.c = self.links.ident, self.links.target.ident
        self.snapshots: dict[str, str] = {}  # expression at the time of a postsynaptic event -> history variable
        self.arguments = f"n, {self.q}, {self.c}, network"

    def text(self) -> list[str]:
        """The functions, in the order in which they call each other."""
        plan = self.plan
        text = [*self.settle(), *self.flush()] if plan.replays else []
        text += self.transmit() if plan.rate else self.arrive()
        text += self.post_events()
        text += self.pass_over("step", plan.step) + self.pass_over("every", plan.every)
        return text

    # --- how states are read ------------------------------------------------------------------------------------

    def view_now(self, row_states: str = "now", value: str = "") -> View:
        """Reads at the present step. `row_states` 'local': the visit keeps the row's states in local variables."""
        q = self.q

        def state(member: Member, which: State) -> str:
            name, scope = f"{member.prefix}{which.name}", which.scope.name
            if which.reduction:
                return f"{q}.{name}[i]"
            if scope == "PerPre":
                if row_states == "local":
                    return name
                return advanced(self.reader, view, member, which, f"{q}.{name}[row]", f"(n - {q}.last[row])")
            if scope == "PerPost":
                return advanced(self.reader, view, member, which, f"{q}.{name}[i]")
            if scope == "PerSynapse":
                return name
            return f"{q}.{name}[0]"

        offered = {"w": "w", "elapsed": "elapsed"} if row_states == "local" else {"w": "w"}
        view = View(self.links, state, offered, element=self.element)
        view.cells = self._neurons
        return view

    def view_then(self) -> View:
        """Reads at the time of a past postsynaptic event: the row's states run forward to it, all else from its snapshot."""
        q = self.q

        def state(member: Member, which: State) -> str:
            name, scope = f"{member.prefix}{which.name}", which.scope.name
            if scope == "PerPre":
                before, after = f"{q}.{name}_before[row]", f"{q}.{name}[row]"
                moved = advanced(self.reader, view, member, which, after, "(at - last)")
                return f"({before} if at == last else {moved})"
            if scope == "PerSynapse":
                return name
            if which.reduction:
                return f"{q}.{name}[i]"
            return self.snapshot(
                advanced(self.reader, self._event_view(), member, which, f"{q}.{name}[i]"), member.prefix + which.name
            )

        view = View(self.links, state, {"w": "w"}, element=self.element, step="at")
        view.cells = self._neurons_then
        view.signal = lambda expression: self.snapshot(expression, expression)
        return view

    def _event_view(self) -> View:
        return self.view_now()

    @property
    def element(self) -> str:
        return f"synapse_element({self.q}.pre[row], {self.c}.first + i)"

    def snapshot(self, expression: str, hint: str) -> str:
        """A value that is stored with each postsynaptic event, read back at its place in the history."""
        if expression not in self.snapshots:
            name = "h_" + re.sub(r"\W+", "_", hint).strip("_")
            self.snapshots[expression] = name
            self.links.variables[name] = Variable("history", 0.0, "F")
        return f"{self.q}.{self.snapshots[expression]}[j]"

    def _neurons(self, side: str, name: str) -> str | None:
        if side == "post":
            return self.reader.neuron_value(self.links.target, name, "i")
        if name == "rate" and self.plan.rate:
            return "rate"
        name = presynaptic_parameter(self.links, name)
        variable = self.links.source.variables[name]
        self.links.variables[f"pre_{name}"] = Variable(
            "number" if variable.kind == "number" else "row", variable.value, fixed=True
        )
        return self.reader.variable(self.links, f"pre_{name}")

    def _neurons_then(self, side: str, name: str) -> str | None:
        found = self._neurons(side, name)
        if side == "pre" or found is None:
            return found
        return (
            found
            if self.links.target.variables.get(name, Variable("", 0)).fixed
            else self.snapshot(found, f"post_{name}")
        )

    # --- changes ------------------------------------------------------------------------------------------------

    def changes(self, view: View, bounds: list[Bound], clocks: bool = False) -> tuple[list[str], set[str]]:
        """Lines that sum the changes per target, and the targets that change."""
        lines, totals = [], {}
        for n, bound in enumerate(bounds):
            owner, aim = bound.adds  # type: ignore[misc]
            member = self.links.member(bound.owner)
            total = (
                f"change_{aim.replace('.', '_')}" if owner is None else f"change_{self.links.member(owner).prefix}{aim}"
            )
            at = self._with_value(view, bound)
            call = self.reader.call(at, member, bound.hook)
            gates = "".join(f" * {self.reader.gate(at, member, gate)}" for gate in bound.gates)
            conditions = [self.reader.condition(at, member, bound.hook)] if bound.hook.when else []
            conditions += [f"tick_{member.prefix[:-1]}"] if clocks else []
            if total not in totals:
                totals[total] = aim if owner is None else f"{self.links.member(owner).prefix}{aim}"
                lines.append(f"{total} = F(0.0)" if not clocks else f"{total} = 0.0")
            line = f"{total} += {call}{gates}"
            lines.append(f"if {' and '.join(conditions)}:\n    {line}" if conditions else line)
        return lines, set(totals.values())

    def _with_value(self, view: View, bound: Bound) -> View:
        owner, aim = bound.adds  # type: ignore[misc]
        if owner is not None or aim == "w":
            value = "w"
        else:
            value = self.target(aim)[0]
        return View(
            view.group, view.state, {**view.offered, "value": value}, view.cells, view.step, view.element, view.signal
        )

    def target(self, aim: str) -> tuple[str, str]:
        """The local name and the variable of a rule's target at a synapse."""
        group, variable, kind = target_variable(self.reader.model, self.links, aim)
        if group is not self.links or kind != "synapse":
            raise refuse("target", f"'{aim}' of a rule on '{self.links.name}'")
        return (variable if aim != "w" else "w"), variable

    def limited(self, view: View, aims: set[str]) -> list[str]:
        """`limit` hooks of the rules that aim at what has changed, in the order of the rules."""
        lines = []
        for bound in self.plan.limits:
            aim = getattr(bound.owner, "aim", "w")
            if aim in aims:
                local, _ = self.target(aim)
                at = View(
                    view.group,
                    view.state,
                    {**view.offered, "w": local, "value": local},
                    view.cells,
                    view.step,
                    view.element,
                    view.signal,
                )
                lines.append(f"{local} = {self.reader.call(at, self.links.member(bound.owner), bound.hook)}")
        return lines

    def synapse_event(
        self, view: View, event: str, bounds: list[Bound], at: str, clocks: bool = False
    ) -> tuple[list[str], list[str]]:
        """Lines that take one synapse through an event, and the variables (local = array name) that it changed."""
        plan, lines = self.plan, []
        aims = {b.adds[1] for b in bounds if b.adds and b.adds[0] is None}
        changed = ["w"] if "w" in aims or plan.weights else []
        lines += [f"w = {self.q}.w[k]"]
        for aim in sorted(aims - {"w"}):
            local, variable = self.target(aim)
            lines.append(f"{local} = {self.q}.{variable}[k]")
            changed.append(variable)
        for member, state in plan.states("PerSynapse"):
            if member.place == "release":
                continue
            name = f"{member.prefix}{state.name}"
            lines.append(f"{name} = {self.q}.{name}[k]")
            if state.trace or state.advancer:
                lines.append(
                    f"{name} = {advanced(self.reader, view, member, state, name, f'({at} - {self.q}.stamp[k])')}"
                )
                changed.append(name)
        total_lines, totals = self.changes(view, bounds, clocks)
        hooks = plan.synapse_hooks(event)
        lines += total_lines
        for n, (member, hook) in enumerate(hooks):
            lines.append(f"new{n} = {self.reader.call(view, member, hook)}")
        for n, (member, hook) in enumerate(hooks):
            for m, state in enumerate(hook.writes):
                name = f"{member.prefix}{state.name}"
                pick = f"new{n}" if len(hook.writes) == 1 else f"new{n}[{m}]"
                guard = f"tick_{member.prefix[:-1]}" if clocks else ""
                lines.append(f"{name} = {pick} if {guard} else {name}" if guard else f"{name} = {pick}")
                changed.append(name)
        for total in sorted(totals):
            local = "w" if total == "w" else self.target(total)[0] if "." in total else total
            lines.append(f"{local} = {local} + change_{total.replace('.', '_')}")
            changed.append(local)
        for bound in plan.weights:
            lines.append(f"w = {self.reader.call(view, self.links.member(bound.owner), bound.hook)}")
        lines += self.limited(view, aims | ({"w"} if plan.weights else set()))
        return lines, list(dict.fromkeys(changed))

    def store(self, changed: list[str], at: str) -> list[str]:
        """Lines that put one synapse's values back."""
        lines = [f"{self.q}.{name}[k] = {name}" for name in changed]
        return lines + ([f"{self.q}.stamp[k] = np.int32({at})"] if self.plan.stamped else [])

    # --- functions ----------------------------------------------------------------------------------------------

    def settle(self) -> list[str]:
        """Replay for one row."""
        q = self.q
        view = self.view_then()
        lines, changed = self.synapse_event(view, "on_post", self.plan.on_post, "at")
        stamped = ["stamp"] if self.plan.stamped else []
        lines = [f"at = {q}.h_step[j]", *lines]
        stores = {
            **{f"new_{name}": (name, self.links.variables[name].dtype) for name in changed},
            **({"new_stamp": ("np.int32(at)", "int32")} if self.plan.stamped else {}),
        }
        for name, (_, dtype) in stores.items():
            self.links.variables[name] = Variable("scratch", 0.0, dtype)
        lines += [f"{q}.{name}[e] = {value}" for name, (value, _) in stores.items()]
        needs_i = any(re.search(r"\bi\b(?!\])", line) for line in lines)
        loops = cut(self.links, _indented(lines), "ijk")
        back = [f"{q}.{name.removeprefix('new_')}[{q}.pick[e]] = {q}.{name}[e]" for name in stores]
        return [
            f"@inline\ndef settle_{q}(row, {self.arguments}):",
            f'    """Replay the postsynaptic events of {self.links.name!r} that row `row` has not seen, oldest first."""',
            f"    last = {q}.last[row]",
            f"    since = max(last, {q}.flushed[0])",
            f"    live = find_live({q}.start[row], {q}.start[row + 1], {q}.post, {q}.h_newest, since, {q}.live)",
            f"    deepest = find_depth(live, {q}.live, {q}.post, {q}.h_step, {q}.h_count, {q}.h_fill, since, {q}.depth)",
            *(f"    {line}" for line in loops.shared),
            "    for depth in range(deepest - 1, -1, -1):",
            f"        count = pick_depth(live, {q}.live, {q}.depth, depth, {q}.post, {q}.h_count, {HISTORY}, {q}.pick, {q}.place)",
            "        for e in range(count):",
            *(
                f"            {line}"
                for line in (f"k = {q}.pick[e]", f"j = {q}.place[e]", f"i = {q}.post[k]", *loops.gather)
            ),
            "        for e in range(count):",
            *([f"            i = {q}.post[{q}.pick[e]]"] if needs_i else []),
            *(f"            {line}" for line in loops.arithmetic),
            "        for e in range(count):",
            *(f"            {line}" for line in back),
            "",
        ]

    def row_bounds(self) -> list[str]:
        """Where a row begins and how long it is; unsigned, so that no index is checked for being negative."""
        return [f"begin = U64({self.q}.start[row])", f"count = {self.q}.start[row + 1] - {self.q}.start[row]"]

    def row_loop(self, body: list[str]) -> list[str]:
        """A loop over the synapses of a row, cut so that it vectorises."""
        q = self.q
        needs_i = any(re.search(r"\bi\b(?!\])", line) for line in body)
        loops = cut(self.links, _indented(body), "i")
        lines = [*loops.shared, *self.row_bounds()]
        if loops.gather:
            lines += [
                "for e in range(count):",
                f"    i = {q}.post[begin + U64(e)]",
                *(f"    {line}" for line in loops.gather),
            ]
        lines += ["for e in range(count):", "    k = begin + U64(e)", *([f"    i = {q}.post[k]"] if needs_i else [])]
        return lines + [f"    {line}" for line in loops.arithmetic]

    def flush(self) -> list[str]:
        """Replay for all rows, so that every synapse has seen all events before step `n`."""
        q = self.q
        return [
            f"@called\ndef flush_{q}({self.arguments}):",
            f'    """Bring all synapses of {self.links.name!r} up to date with the events before step `n`."""',
            f"    for row in range({q}.last.size):",
            f"        settle_{q}(row, {self.arguments})",
            f"    {q}.flushed[0] = n",
            f"    {q}.h_fill[:] = 0",
            "",
        ]

    def visit(self) -> list[str]:
        """What a presynaptic event does to its row: replay, deliver, `on_pre`, traces."""
        q, plan = self.q, self.plan
        view = self.view_now("local")
        body: list[str] = []
        if plan.replays:
            body.append(f"if network.learning[0] != 0:\n    settle_{q}(row, {self.arguments})")
        body.append(f"elapsed = F(np.int32(n - {q}.last[row])) * F({self.reader.model.net.dt!r})")
        row_states = plan.states("PerPre")
        for member, state in row_states:
            name = f"{member.prefix}{state.name}"
            body.append(
                f"{name} = {advanced(self.reader, view, member, state, f'{q}.{name}[row]', f'(n - {q}.last[row])')}"
            )
        body += self._deliver(view)
        if plan.on_pre or plan.synapse_hooks("on_pre") or plan.stamped:
            lines, changed = self.synapse_event(view, "on_pre", plan.on_pre, "n")
            body.append("if learning:")
            body += [f"    {line}" for line in self.row_loop([*lines, *self.store(changed, "n")])]
        body += self._row_increments(view, row_states)
        body.append(f"{q}.last[row] = n")
        return _indented(body)

    def _deliver(self, view: View) -> list[str]:
        q, release = self.q, self.plan.release
        arrived = f"{self.c}.{self.links.delivers_to}[{q}.post[k]]"
        loop = [*self.row_bounds(), "for e in range(count):", "    k = begin + U64(e)"]
        if release is None:
            return [*loop, f"    {arrived} += {q}.w[k]"]
        hook = next(h for h in release.mechanism.hooks if h.event == "transmit")
        states = [s for s in release.mechanism.states.values() if s.is_plain]
        names = [f"{release.prefix}{s.name}" for s in states]
        loads = [f"i = {q}.post[k]", f"w = {q}.w[k]"]
        loads += [f"{n} = {q}.{n}[k]" for n, s in zip(names, states, strict=True) if s.scope.name == "PerSynapse"]
        call = self.reader.call(view, release, hook)
        outputs = ", ".join(["amount", *(f"{n}_new" for n in names)])
        stores = [
            f"{q}.{n}[{'k' if s.scope.name == 'PerSynapse' else 'row'}] = {n}_new"
            for n, s in zip(names, states, strict=True)
        ]
        return [*loop, *(f"    {line}" for line in [*loads, f"{outputs} = {call}", *stores, f"{arrived} += amount"])]

    def _row_increments(self, view: View, row_states: list[tuple[Member, State]]) -> list[str]:
        q, lines = self.q, []
        rule_states = [(m, s) for m, s in row_states if m.place.startswith("rule")]
        for n, (member, hook) in enumerate(self.plan.state_hooks("PerPre", "on_pre")):
            lines.append(f"row_new{n} = {self.reader.call(view, member, hook)}")
        for member, state in rule_states:
            name = f"{member.prefix}{state.name}"
            lines.append(f"{q}.{name}_before[row] = {name}")
            self.links.variables[f"{name}_before"] = Variable("row", self.links.variables[name].value)
        for n, (member, hook) in enumerate(self.plan.state_hooks("PerPre", "on_pre")):
            for m, state in enumerate(hook.writes):
                lines.append(f"{member.prefix}{state.name} = row_new{n}" + (f"[{m}]" if len(hook.writes) > 1 else ""))
        for member, state in rule_states:
            name = f"{member.prefix}{state.name}"
            if state.trace:
                jump = state.trace.add if state.trace.set is None else state.trace.set
                value = self.reader.read(view, member, jump) if isinstance(jump, str) else f"F({float(jump)!r})"
                lines.append(f"{name} = {name} + {value}" if state.trace.set is None else f"{name} = {value}")
            lines.append(f"{q}.{name}[row] = {name}")
        return lines

    def arrive(self) -> list[str]:
        """All presynaptic events of a step, by delay, then by presynaptic id."""
        q, source = self.q, self.links.source.ident
        visit = self.visit()
        return [
            f"@inline\ndef arrive_{q}(n, {calls_of_links(self.links)}):",
            f'    """Spikes of {self.links.source.name!r} that reach {self.links.name!r} at step `n`: replay, deliver, then on_pre."""',
            f"    for d in range({q}.delays.size):",
            f"        sent = n - {q}.delays[d]",
            "        if sent < 0:",
            "            break",
            f"        slot = sent % {source}.ids.shape[0]",
            "        learning = network.learning[0] != 0 and not network.was_frozen[slot]",
            f"        for t in range({source}.firsts.size):",
            f"            for s in range({source}.firsts[t], {source}.firsts[t] + {source}.counts[slot, 8 * t]):",
            f"                row = {q}.row_of[d, {source}.ids[slot, s]]",
            "                if row >= 0:",
            *(f"                    {line}" for line in visit),
            "",
        ]

    def transmit(self) -> list[str]:
        """Rate neurons transmit at every step."""
        q, source = self.q, self.links.source.ident
        return [
            f"@inline\ndef arrive_{q}(n, {calls_of_links(self.links)}):",
            f'    """Rates of {self.links.source.name!r} as they reach {self.links.name!r} at step `n`."""',
            f"    for row in range({q}.last.size):",
            f"        rate = rate_of({source}.rates, n - {q}.row_delay[row], {q}.pre[row])",
            *(f"        {line}" for line in self.row_bounds()),
            "        for e in range(count):",
            "            k = begin + U64(e)",
            f"            {self.c}.{self.links.delivers_to}[{q}.post[k]] += {q}.w[k] * rate",
            "",
        ]

    def post_events(self) -> list[str]:
        """Postsynaptic events of a step: traces of the neuron, and the history that rows replay."""
        q, c, plan = self.q, self.c, self.plan
        view = self.view_now()
        lines: list[str] = []
        states = [(m, s) for m, s in plan.states("PerPost")]
        for member, state in states:
            if anchored(member, state) or any(
                state in h.writes for m, h in plan.state_hooks("PerPost", "on_post") if m is member
            ):
                lines.append(f"{member.prefix}{state.name} = {view.state(member, state)}")
        if plan.replays:
            event = [f"j = i * {HISTORY} + ({q}.h_count[i] & {HISTORY - 1})", f"{q}.h_step[j] = n"]
            event += [f"{q}.{name}[j] = {expression}" for expression, name in self.snapshots.items()]
            event += [f"{q}.h_newest[i] = n", f"{q}.h_count[i] += 1", f"{q}.h_fill[i] += 1"]
            lines += ["if learning:", *(f"    {line}" for line in event)]
        lines += self._post_increments(view, states)
        if not lines:
            return []
        full = [
            f"    if history_full({c}.ids[slot], {c}.first, {c}.counts[slot, {c}.column], {q}.h_fill, {HISTORY}):",
            f"        flush_{q}({self.arguments})",
        ]
        return [
            f"@inline\ndef post_{q}({self.arguments}):",
            f'    """Postsynaptic events of {self.links.name!r} at step `n`."""',
            f"    slot = (n - {q}.dendritic_delay) % {c}.ids.shape[0]",
            f"    if n < {q}.dendritic_delay:",
            "        return",
            "    learning = network.learning[0] != 0 and not network.was_frozen[slot]",
            *(full if plan.replays else []),
            f"    for e in range({c}.counts[slot, {c}.column]):",
            f"        i = {c}.ids[slot, {c}.first + e] - {c}.first",
            *(f"        {line}" for line in lines),
            "",
        ]

    def _post_increments(self, view: View, states: list[tuple[Member, State]]) -> list[str]:
        q, lines = self.q, []
        own = View(
            view.group,
            lambda m, s: f"{m.prefix}{s.name}" if s.scope.name == "PerPost" else view.state(m, s),
            view.offered,
            view.cells,
        )
        own.element = f"({self.c}.first + i)"
        for n, (member, hook) in enumerate(self.plan.state_hooks("PerPost", "on_post")):
            lines.append(f"new{n} = {self.reader.call(own, member, hook)}")
        for n, (member, hook) in enumerate(self.plan.state_hooks("PerPost", "on_post")):
            for m, state in enumerate(hook.writes):
                name = f"{member.prefix}{state.name}"
                jump = [f"{q}.{name}[i] = new{n}" + (f"[{m}]" if len(hook.writes) > 1 else "")]
                jump += [f"{q}.{name}_at[i] = n"] if anchored(member, state) else []
                lines += when_learning(state, jump)
        for member, state in states:
            if state.trace:
                name = f"{member.prefix}{state.name}"
                jump = state.trace.add if state.trace.set is None else state.trace.set
                value = self.reader.read(view, member, jump) if isinstance(jump, str) else f"F({float(jump)!r})"
                jumped = f"{name} + {value}" if state.trace.set is None else value
                lines += when_learning(state, [f"{q}.{name}[i] = {jumped}", f"{q}.{name}_at[i] = n"])
        return lines

    def pass_over(self, event: str, bounds: list[Bound]) -> list[str]:
        """A pass over all synapses: at each step (eager rules), or at the ticks of slow clocks."""
        q, plan = self.q, self.plan
        if not (
            bounds
            or plan.state_hooks("PerPost", event)
            or plan.state_hooks("PerPre", event)
            or plan.synapse_hooks(event)
        ):
            return []
        clocks = event == "every"
        view = self.view_now()
        lines: list[str] = [f"flush_{q}(n + 1, {q}, {self.c}, network)"] if plan.replays else []
        ticking = sorted(
            {self.links.member(b.owner).prefix for b in bounds}
            | {m.prefix for s in ("PerPost", "PerPre", "PerSynapse") for m, _ in plan.state_hooks(s, event)}
        )
        if clocks:
            lines += [f"tick_{prefix[:-1]} = (n + 1) % {q}.{prefix}ticks == 0" for prefix in ticking]
            lines += self._reductions()
        lines += self._owner_pass("PerPost", event, f"{self.c}.size", "i", clocks)
        lines += self._owner_pass("PerPre", event, f"{q}.last.size", "row", clocks)
        if bounds or plan.synapse_hooks(event):
            lines += [f"for row in range({q}.last.size):"]
            lines += (
                [f"    rate = rate_of({self.links.source.ident}.rates, n - {q}.row_delay[row], {q}.pre[row])"]
                if plan.rate
                else []
            )
            body, changed = self.synapse_event(view, event, bounds, "n", clocks)
            body += [*(self._rounded(changed) if clocks else []), *self.store(changed, "n")]
            lines += [f"    {line}" for line in self.row_loop(body)]
        source = self.links.source.ident
        arguments = (
            f"n, {q}, {self.c}, network"
            if source == self.c or not plan.rate
            else f"n, {q}, {source}, {self.c}, network"
        )
        return [
            f"@called\ndef {event}_{q}({arguments}):",
            f'    """{"Slow clocks" if clocks else "Continuous rules"} of {self.links.name!r}."""',
            *(f"    {line}" for line in _indented(lines)),
            "",
        ]

    def _rounded(self, changed: list[str]) -> list[str]:
        """What slow clocks change is rounded at random, so that small changes add up in single precision."""
        if "w" not in changed:
            return []
        key = "key_rounding"
        seed = self.reader.model.net.seed
        self.links.variables[key] = Variable(
            "key", np.uint64(keyed.stream_key(seed, f"{self.links.name}/rounding")), "uint64", fixed=True
        )
        return [f"w = rounded(w, bits_of(step_key({self.q}.{key}, n), {self.element}))"]

    def _reductions(self) -> list[str]:
        q, lines = self.q, []
        for member in self.plan.rules:
            for state in member.mechanism.states.values():
                if state.reduction:
                    name, how = f"{member.prefix}{state.name}", state.reduction
                    self.links.variables[name] = Variable("cell", 0.0, "float64")
                    values = f"{q}.w" if how.of == "w" else f"{q}.{member.prefix}{how.of}"
                    lines.append(
                        f"if tick_{member.prefix[:-1]}:\n    reduce_{how.how}({q}.start, {q}.post, {q}.in_degree, {values}, {q}.{name})"
                    )
        return lines

    def _owner_pass(self, scope: str, event: str, size: str, index: str, clocks: bool) -> list[str]:
        """Hooks `step` or `every` of states that belong to neurons."""
        q, hooks = self.q, self.plan.state_hooks(scope, event)
        if not hooks:
            return []
        view = self.view_now()
        view.element = f"({self.c}.first + i)" if scope == "PerPost" else f"{q}.pre[row]"
        body: list[str] = []
        for n, (member, hook) in enumerate(hooks):
            body.append(f"new{n} = {self.reader.call(view, member, hook)}")
        for n, (member, hook) in enumerate(hooks):
            stores = []
            for m, state in enumerate(hook.writes):
                name = f"{member.prefix}{state.name}"
                stores.append(f"{q}.{name}[{index}] = new{n}" + (f"[{m}]" if len(hook.writes) > 1 else ""))
                stores += [f"{q}.{name}_at[{index}] = n"] if anchored(member, state) else []
            body += [f"if tick_{member.prefix[:-1]}:", *(f"    {s}" for s in stores)] if clocks else stores
        return [f"for {index} in range({size}):", *(f"    {line}" for line in _indented(body))]


def _indented(lines: list[str]) -> list[str]:
    """Lines with embedded line breaks, one line each."""
    return [part for line in lines for part in line.split("\n")]


def calls_of_links(links: Links) -> str:
    """The source and target as arguments, each once."""
    source, target = links.source.ident, links.target.ident
    return f"{links.ident}, {target}, network" if source == target else f"{links.ident}, {source}, {target}, network"
