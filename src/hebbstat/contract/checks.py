"""What a mechanism is held against when its class is defined: its events, its names, the language of its hooks."""

from __future__ import annotations

from typing import Any

from hebbstat.contract.errors import ContractError, UnknownNameError, suggestion
from hebbstat.contract.language.reading import check_hook
from hebbstat.contract.state import Inflow, Lagged, Origin, PerNeuron, PerPost, Received, Sensor, State, Trace


def check_class(cls: Any) -> None:
    """Raise ContractError or UnknownNameError where the class of a mechanism breaks the contract."""
    _check_names(cls)
    _check_events(cls)
    _check_language(cls)


def _check_events(cls: Any) -> None:
    events = cls.kind.events
    for hook in cls.hooks:
        allowed = [name for name, event in events.items() if (event.states if hook.writes else event.returns)]
        if hook.event not in allowed:
            what = f"the hook @{hook.writes[0].name}.{hook.event}" if hook.writes else f"'{hook.event}'"
            raise ContractError(
                f"{cls.__name__} defines {what}; a {cls.__mro__[1].__name__} may define {', '.join(allowed) or 'none'}"
            )
        needs = events[hook.event].needs
        if needs and needs.partition(":")[0] not in {*cls.fields, *cls.derived}:
            raise ContractError(f"{cls.__name__} has a hook `{hook.event}`, so it needs a field `{needs}`")
    for state in cls.states.values():
        if state.scope not in cls.kind.scopes:
            scopes = ", ".join(scope.name for scope in cls.kind.scopes)
            raise ContractError(f"{cls.__name__}.{state.name} is {state.scope.name}; here a state may be {scopes}")
        if state.advancer and any(hook.event == "step" and state in hook.writes for hook in cls.hooks):
            raise ContractError(
                f"{cls.__name__}.{state.name} has both `advance` and `step`; they say the same, so keep one"
            )


def _check_received(cls: Any, state: State, origin: Received) -> None:
    """What is a receptor's belongs to a cell, and a text says which receptor."""
    what, home = f"{cls.__name__}.{state.name}", PerPost if "post" in cls.kind.sides else PerNeuron
    if state.scope is not home or home not in cls.kind.scopes or cls.kind.name in ("receptor", "release"):
        told = f"make it {home.name}" if home in cls.kind.scopes else "a rule of the network has no cells"
        if cls.kind.name in ("receptor", "release"):
            told = "neurons, rules on synapses and rules on cells read it"
        raise ContractError(f"{what} is {state.scope.name}, and {origin.what} of a receptor belongs to a cell; {told}")
    if cls.fields[origin.projection].unit is not None:
        raise ContractError(
            f"{what} is received through '{origin.projection}', a field of numbers; it names a projection, so write "
            f"{origin.projection}: str"
        )


def _check_language(cls: Any) -> None:
    """Hooks are of the language that the engine compiles, and return what their event is about."""
    own = {*cls.fields, *cls.states, *cls.derived}
    plain = [state.name for state in cls.states.values() if state.is_plain]
    advances = [state.advancer for state in cls.states.values() if state.advancer]
    for hook in (*cls.hooks, *advances):
        names, name = [state.name for state in hook.writes], getattr(hook.function, "__name__", "_")
        event = f"@{', '.join(names)}.{hook.event}" if names else hook.event
        place = f"{cls.__name__}.{name}" if name.isidentifier() and name != "_" else f"{cls.__name__}, {event}"
        returned = names or (["the amount", *plain] if hook.event == "transmit" else ["its value"])
        check_hook(hook.function, place, tuple(returned), own)
        if hook.when is not None:
            check_hook(hook.when, f"the condition of {place}", plain=own)


def _fields_named_by(origin: Origin) -> list[str]:
    match origin:
        case Trace(tau=name) | Lagged(by=name) | Inflow(reach=name) | Sensor(population=name):
            return [name]
        case Received(projection=name):
            return [name]
    return []


def _check_names(cls: Any) -> None:
    """Whatever a class names must be there; what belongs to the network is looked up when that is bound."""
    own, kind = {*cls.fields, *cls.states, *cls.derived}, cls.kind
    functions = [(hook.event, hook.reads) for hook in cls.hooks]
    functions += [(name, value.reads) for name, value in cls.derived.items()]
    functions += [(f"{s.name}.advance", s.advancer.reads) for s in cls.states.values() if s.advancer]
    for hook in cls.hooks:
        for name in hook.all_reads:
            if name in cls.fields and cls.fields[name].unit is None:
                raise ContractError(f"{cls.__name__}.{hook.event} asks for '{name}', a text; hooks take numbers")
    for event, reads in functions:
        for name in reads:
            if name not in own and name not in kind.offers and not name.startswith(kind.prefixes or ("\0",)):
                extra = [f"{prefix}<name>" for prefix in kind.prefixes]
                raise UnknownNameError(
                    f"{cls.__name__}.{event} asks for '{name}'; {suggestion(name, [*own, *kind.offers, *extra])}"
                )
    for state in cls.states.values():
        named = _fields_named_by(state.origin)
        named += [hook.after for hook in cls.hooks if hook.after]
        for name in named:
            if name not in cls.fields:
                raise UnknownNameError(
                    f"{cls.__name__}.{state.name} names the field '{name}'; {suggestion(name, cls.fields)}"
                )
        if isinstance(state.origin, Received):
            _check_received(cls, state, state.origin)
        values = [state.init, *([state.origin.add, state.origin.set] if isinstance(state.origin, Trace) else [])]
        offered = [*cls.fields, *cls.derived, *(["amount"] if "amount" in kind.offers else [])]
        for name in (value for value in values if isinstance(value, str)):
            if name not in offered:
                raise UnknownNameError(
                    f"{cls.__name__}.{state.name} starts from or adds '{name}'; {suggestion(name, offered)}"
                )
    before = {name: function for name, function in functions if name.endswith(".advance") or name in cls.derived}
    for event, reads in before.items():
        for name in reads:
            if name not in own and name.startswith(tuple(f"{part}_" for part in kind.parts)):
                raise ContractError(
                    f"{cls.__name__}.{event} asks for '{name}': what a receptor is, only hooks may read"
                )
    for value in cls.derived.values():
        for name in value.all_reads:
            if name in cls.states or (name in kind.offers and name != "dt" and name not in own):
                raise ContractError(
                    f"{cls.__name__}.{value.name} is derived before the run, from fields and dt; "
                    f"it cannot read '{name}'"
                )
