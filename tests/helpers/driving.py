"""Drives a mechanism's hooks by hand, event by event: its own small oracle, apart from reference and engine.

Times are real numbers in ms, traces are exact exponentials, and hooks read what was there before the event.
"""

import math
from typing import Any

from hebbstat.contract.mechanism import Mechanism
from hebbstat.contract.state import Trace


def names_of(mechanism: Mechanism, dt: float = 0.1, **more: float) -> dict[str, Any]:
    """What hooks may read: fields, `more` and derived values."""
    known = {**mechanism.values, "dt": dt, **more}
    waiting = dict(mechanism.derived)
    while waiting:
        for name, value in list(waiting.items()):
            if all(read in known for read in value.reads):
                known[name] = waiting.pop(name)(**{r: known[r] for r in value.all_reads if r in known})
    return known


def ask(hook: Any, known: dict[str, Any]) -> Any:
    """A hook's answer, its arguments taken by name."""
    code = hook.function.__code__
    return hook(**{name: known[name] for name in code.co_varnames[: code.co_argcount] if name in known})


def hooks(mechanism: Mechanism, event: str) -> list[Any]:
    return [hook for hook in mechanism.hooks if hook.event == event]


class Cell:
    """One neuron, or one neuron's receptor: its states as attributes, moved step by step."""

    def __init__(self, mechanism: Mechanism, dt: float = 0.1, **more: float) -> None:
        self.mechanism, self.dt, self.more = mechanism, dt, more
        self.steps_since_spike = math.inf
        self.known = names_of(mechanism, dt, **more)
        for state in mechanism.states.values():
            self.known[state.name] = self.known[state.init] if isinstance(state.init, str) else state.init

    def __getattr__(self, name: str) -> float:
        return self.known[name]

    def put(self, **values: float) -> "Cell":
        self.known.update(values)
        return self

    def _write(self, event: str, **offered: Any) -> None:
        new: dict[str, float] = {}
        for hook in hooks(self.mechanism, event):
            if hook.writes:
                answer = ask(hook, {**self.known, **offered})
                answer = answer if isinstance(answer, tuple) else (answer,)
                new.update({state.name: value for state, value in zip(hook.writes, answer, strict=True)})
        self.known.update(new)

    def _traces(self) -> list[Any]:
        return [state for state in self.mechanism.states.values() if isinstance(state.origin, Trace)]

    def _value(self, of: Any) -> float:
        return self.known[of] if isinstance(of, str) else of

    def step(self, **offered: Any) -> bool:
        """One step of a neuron; whether it spiked at its end."""
        self.steps_since_spike += 1
        offered = {"current": 0.0, "conductance": 0.0, "drive": 0.0, "input": 0.0, **offered}
        offered["steps_since_spike"] = self.steps_since_spike
        self._write("step", **offered)
        for state in self._traces():
            self.known[state.name] *= math.exp(-self.dt / self.known[state.origin.tau])
        fired = any(ask(hook, {**self.known, **offered}) for hook in hooks(self.mechanism, "fires"))
        if fired:
            self._write("on_spike", **offered)
            self.steps_since_spike = 0
            for state in self._traces():
                self.known[state.name] += self._value(state.origin.add)
        return fired

    def receive(self, amount: float) -> None:
        """Transmitter arrives at a receptor."""
        for state in self._traces():
            self.known[state.name] += amount
        self._write("on_arrival", amount=amount)

    def given(self, **offered: Any) -> float:
        """A receptor's current or conductance of this step, after which the step passes."""
        (hook,) = hooks(self.mechanism, "current") + hooks(self.mechanism, "conductance")
        value = ask(hook, {**self.known, **offered})
        self._write("step", **offered)
        for state in self._traces():
            self.known[state.name] *= math.exp(-self.dt / self.known[state.origin.tau])
        return value


def _pre_first(event: tuple[float, str]) -> tuple[float, bool]:
    return event[0], event[1] != "on_pre"


def weight_after(
    rule: Mechanism,
    pre: Any,
    post: Any,
    w: float = 0.0,
    *,
    low: float = -math.inf,
    high: float = math.inf,
    history: Any = None,
) -> float:
    """The weight of one synapse after these spikes, put back to [low, high] after each event, listed in `history`.

    Spikes at one time do not see each other's traces; the presynaptic one is handled first.
    """
    known = names_of(rule)
    traces = {state: [0.0, 0.0] for state in rule.states.values()}  # value, time
    events = sorted([(float(t), "on_pre") for t in pre] + [(float(t), "on_post") for t in post], key=_pre_first)
    for k, (t, event) in enumerate(events):
        if k == 0 or events[k - 1][0] != t:
            seen = {s.name: x * math.exp(-(t - since) / known[s.origin.tau]) for s, (x, since) in traces.items()}
        for hook in hooks(rule, event):
            w += ask(hook, {**known, **seen, "w": w})
        w = min(max(w, low), high)
        for state in traces:
            if state.scope.name == {"on_pre": "PerPre", "on_post": "PerPost"}[event]:
                trace = state.origin
                traces[state] = [seen[state.name] + trace.add if trace.set is None else trace.set, t]
        if history is not None:
            history.append(w)
    return w
