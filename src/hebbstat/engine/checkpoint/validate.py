"""What a checkpoint holds is checked before it is used: a file comes from anywhere, and checksums are easily made.

After this a state is one that a run could have left: every array has the name, type and shape that this network needs,
spikes under way are of cells that there are, in order, and no stamp lies in the future. States may be any numbers. A
parameter may be what `sim.set()` would take, with the derived values that follow from it, and nothing else.
All functions raise `ValueError` with the rest of a sentence.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from hebbstat.contract.errors import HebbstatError
from hebbstat.engine.core import Core
from hebbstat.engine.memory.rewiring import STATE as WIRING
from hebbstat.engine.plan.arrays import Role, Shape, Variable
from hebbstat.engine.plan.groups import Group, Member, PopulationGroup, ProjectionGroup
from hebbstat.engine.state import setting
from hebbstat.engine.state.access import Found
from hebbstat.engine.state.global_state import State, gather, groups, saved
from hebbstat.engine.state.present import of_each
from hebbstat.engine.state.trains import vet_to_come
from hebbstat.network.serialise import named_by_content

LAST_STEP = 2**31 - 2
ROUNDING = 1e-6  # by which derived values may differ, relative: from machine to machine exp and float32 round otherwise
RUN = {"first": int, "steps": int, "began_from": str, "recorders": list}
HEADER = {"made_by": dict, "step": int, "time_ms": float, "dtype": str, "network": dict, "wiring": dict, "rules": dict,
          "kernel": str}  # fmt: skip
NETWORK = {"dt": float, "seed": int, "populations": list, "projections": list, "rules": dict}
WORDS = {int: "a whole number", float: "a number", str: "a text", dict: "names and values", list: "a list"}


def vet_header(header: Mapping[str, Any]) -> None:
    """All that is asked of a header is there, and of the right kind."""
    _vet_kinds(header, HEADER, "")
    _vet_kinds(header["network"], NETWORK, "network, ")
    for key in ("made_by", "wiring", "rules"):
        _vet_kinds(header[key], dict.fromkeys([*header[key]], str), f"{key}, ")
    _vet_kinds(header["made_by"], dict.fromkeys(("hebbstat", "numba", "numpy"), str), "made_by, ")
    step, time, dt = header["step"], header["time_ms"], header["network"]["dt"]
    if not 0 <= step <= LAST_STEP:
        raise ValueError(f"its header says step={step}; it must be from 0 to {LAST_STEP}")
    if not abs(time - step * dt) <= 1e-6 * max(dt, time):
        raise ValueError(f"its header says step={step} of dt={dt:g} ms, and time_ms={time:g}")
    if header["dtype"] not in ("float32", "float64"):
        raise ValueError(f"its header says dtype={header['dtype']!r:.40}; it must be 'float32' or 'float64'")
    if (run := header.get("run")) is None:
        return
    _vet_kinds({"run": run}, {"run": dict}, "")
    _vet_kinds(run, RUN, "run, ")
    _vet_kinds(dict(enumerate(run["recorders"])), dict.fromkeys(range(len(run["recorders"])), str), "run, recorders, ")
    if not 0 <= run["first"] <= step <= run["first"] + run["steps"]:
        raise ValueError(
            f"its header says step={step} of a run of {run['steps']} steps that began at step {run['first']}"
        )


def _vet_kinds(found: Mapping[Any, Any], wanted: Mapping[Any, type], where: str) -> None:
    for key, kind in wanted.items():
        if key not in found:
            raise ValueError(f"its header does not say '{where}{key}'")
        value = found[key]
        if not isinstance(value, (int, float) if kind is float else kind) or isinstance(value, bool):
            raise ValueError(f"'{where}{key}' in its header is {value!r:.60}; it must be {WORDS[kind]}")


def vet_given(arrays: Mapping[str, np.ndarray], network: Mapping[str, Any]) -> None:
    """The arrays of a description: all that it names or none, and named by what they hold."""
    named = set(_arrays_named(network))
    if arrays and (missing := named - set(arrays)):
        raise ValueError(f"of the arrays that describe its network, '{min(missing):.20}' is missing")
    for name, array in arrays.items():
        if name not in named or name != named_by_content(array):
            raise ValueError(f"the array '{name:.20}' is not one that its description of the network names")


def _arrays_named(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping) and isinstance(value.get("array"), str):
        yield value["array"]
    for one in value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ():
        yield from _arrays_named(one)


def vet_state(core: Core, ours: State, state: State, step: int) -> None:
    """A state that a run of this network could have left at the beginning of `step`, parameters aside."""
    if missing := sorted(set(ours) - set(state)):
        raise ValueError(f"{missing[0]} is missing")
    if others := sorted(set(state) - set(ours) - set(vet_to_come(core, state, step))):
        raise ValueError(f"{others[0]:.60} is not known")
    for links in core.model.rewiring:
        _vet_wiring(links, {key: state[f"{links.name}/{key}"] for key in WIRING})
    for group in groups(core):
        for key, variable in saved(group).items():
            name = f"{group.name}/{key}"
            like = ours[name]
            if isinstance(group, ProjectionGroup) and group.rewires and variable.shape is Shape.SYNAPSE:
                like = np.empty((*like.shape[:-1], len(state[f"{group.name}/{WIRING[0]}"])), like.dtype)
            _vet_form(name, state[name], like, variable, min(step, core.layout.slots))
            if state[name].dtype.kind in "iu" and variable.role is not Role.RING:
                _vet_stamps(name, state[name], variable, step)
        if isinstance(group, PopulationGroup) and group.spiking:
            _vet_spikes(group.name, state[f"{group.name}/counts"], state[f"{group.name}/ids"], group.population.n)


def _vet_wiring(links: ProjectionGroup, wiring: State) -> None:
    """Synapses of neurons that there are, in canonical order; and pairs that have had more than they have."""
    pre, post, copy, graves = wiring.values()
    for key, values in wiring.items():
        kind, ndim = ("int64", 2) if values is graves else ("int32", 1)
        fits = values.dtype.name == kind and values.ndim == ndim
        if not fits or (values is not graves and len(values) != len(pre)):
            raise ValueError(f"{links.name}/{key} is {values.dtype}{list(values.shape)}, which is no wiring")
    sizes = links.source.population.n, links.target.population.n
    for key, values, n in zip(wiring, (pre, post), sizes, strict=False):
        if values.size and not (values.min() >= 0 and values.max() < n):
            raise ValueError(f"{links.name}/{key} holds a neuron that is not there; there are {n}")
    order, pairs = np.lexsort((copy, post, pre)), pre.astype(np.int64) << 32 | post
    twice = (np.diff(pairs) == 0) & (np.diff(copy) == 0)
    if copy.min(initial=0) < 0 or twice.any() or not np.array_equal(order, np.arange(len(pre))):
        raise ValueError(f"the synapses of {links.name} are not in canonical order, each once")
    of, had = (graves[:, 0], graves[:, 1]) if graves.shape[1:] == (2,) else (np.array([-1]), np.array([0]))
    there = (of >= 0).all() and (of >> 32 < sizes[0]).all() and ((of & 0xFFFFFFFF) < sizes[1]).all()
    if not (there and (had > 0).all() and (np.diff(of) > 0).all()):
        raise ValueError(f"{links.name}/{WIRING[3]} does not say of pairs how many synapses they have had")


def _vet_form(name: str, values: np.ndarray, ours: np.ndarray, variable: Variable, steps: int) -> None:
    """Of the right type, and as long as ours; a ring is of so many steps, and spikes are as many as there were."""
    shape = (steps, *ours.shape[1:]) if variable.role is Role.RING else ours.shape
    fits = values.ndim == 1 if variable.shape is Shape.SPIKES else values.shape == shape
    if values.dtype != ours.dtype or not fits:
        raise ValueError(f"{name} is {values.dtype}{list(values.shape)}, not {ours.dtype}{list(shape)}")


def _vet_stamps(name: str, values: np.ndarray, variable: Variable, step: int) -> None:
    """Whole numbers are steps in which something happened last: before now, and not before all that they begin with."""
    first = -1 if variable.value is None else int(np.min(variable.value))
    if values.size and not (first <= values.min() and values.max() < step):
        wrong = values.min() if values.min() < first else values.max()
        raise ValueError(f"{name} holds the step {wrong}; it must be from {first} to {step - 1}")


def _vet_spikes(name: str, counts: np.ndarray, ids: np.ndarray, n: int) -> None:
    """Spikes under way: `counts` of each step, and their cells, ascending within a step."""
    if counts.size and not (counts.min() >= 0 and counts.max() <= n):
        raise ValueError(f"{name}/counts must be from 0 to {n}, the number of cells")
    if counts.sum() != len(ids):
        raise ValueError(f"{name}/counts says {counts.sum()} spikes, and {name}/ids has {len(ids)}")
    if ids.size and not (ids.min() >= 0 and ids.max() < n):
        raise ValueError(f"{name}/ids holds {ids.min() if ids.min() < 0 else ids.max()}; there are {n} cells")
    steps = np.repeat(np.arange(len(counts)), counts)
    if (np.diff(ids.astype(np.int64) + steps * n) <= 0).any():
        raise ValueError(f"{name}/ids must ascend within each step")


def accept_parameters(core: Core, ours: State, state: State, rules_changed: bool) -> None:
    """Give a simulation the parameters of a state, as a user would; then all that follows from them must be as here.

    Where the rules' code may have changed, what follows is put into the state as it is now.
    """
    fields = {name: found for group in groups(core) for name, found in _fields(group)}
    moved = [name for name in fields if not _equal(state[name], ours[name])]
    for name in moved:
        _set(core, name, *fields[name], state[name])
    now = gather(core) if moved else ours
    for group in groups(core):
        for key, variable in group.variables.items():
            name = f"{group.name}/{key}"
            if variable.role is not Role.PARAMETER or _close(state[name], now[name]):
                continue
            if not rules_changed:
                raise ValueError(f"{name} is not what follows from the network's description and parameters")
            state[name] = now[name]


def _fields(group: Group) -> Iterator[tuple[str, tuple[Group, Member, str]]]:
    """The parameters of a group's mechanisms that no rule changes, by the names of their arrays."""
    for member in group.members:
        for name in member.mechanism.fields:
            variable = group.variables.get(f"{member.prefix}{name}")
            if variable is not None and variable.role is Role.PARAMETER:
                yield f"{group.name}/{member.prefix}{name}", (group, member, name)


def _set(core: Core, name: str, group: Group, member: Member, field: str, values: np.ndarray) -> None:
    found = Found(group, member, field)
    try:
        value = of_each(core, group, found.key, values) if found.shape is Shape.ROW else values
        setting.put(core, found, float(value) if value.ndim == 0 else value)
    except (HebbstatError, ValueError) as error:
        raise ValueError(f"{name} is not what the description gives, and cannot be set ({error})") from error


def _equal(one: np.ndarray, other: np.ndarray) -> bool:
    return bool(np.array_equal(one, other, equal_nan=one.dtype.kind == "f"))


def _close(one: np.ndarray, other: np.ndarray) -> bool:
    return bool(np.allclose(one, other, rtol=ROUNDING, atol=0.0, equal_nan=True))
