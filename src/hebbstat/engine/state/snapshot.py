"""Taking and putting back what a frozen probe must not change: all but the slow states, which stand still anyway."""

from __future__ import annotations

from copy import copy
from typing import Any

import numpy as np

from hebbstat.engine.core import Core
from hebbstat.engine.plan.arrays import Shape, Variable
from hebbstat.engine.state.global_state import gathered, groups, put_variable
from hebbstat.engine.state.trains import NO_SPIKES, lay

Kept = dict[tuple[str, int | None, str], Any]  # group, thread (None: all), variable -> its values


class Probes:
    """The frozen probes that a user is in, one within another: from the first to the last, slow state stands still."""

    def __init__(self, core: Core) -> None:
        self._core, self._within = core, list[Probe]()

    def begin(self, restores: bool) -> None:
        """One more begins; with `restores` its end puts back what it found."""
        self._core.flush()
        self._within.append(Probe(self._core, restores))
        self._core.freeze(self._within[0].began)

    def end(self) -> None:
        """The innermost ends."""
        probe = self._within.pop()
        if probe.restores:
            probe.put_back(self._core)
        if not self._within:
            self._core.unfreeze()
            pass_over(self._core, self._core.step_count - probe.began)

    def remember_all(self) -> None:
        """The user is about to change what stands still."""
        for probe in self._within:
            probe.remember_all(self._core)


class Probe:
    """What a frozen probe found as it began, to be put back at its end.

    A run changes nothing that stands still; but the user may set it, so before that it is copied too.
    """

    def __init__(self, core: Core, restores: bool) -> None:
        self.began, self.restores = core.step_count, restores
        self._kept = _copies(core, False) if restores else {}
        self._still: Kept | None = None
        self._trains, self._given = core.model.made.trains, set(core.model.given_since)

    def remember_all(self, core: Core) -> None:
        """Copy what stands still, if it is to be put back and was not copied yet."""
        if self.restores and self._still is None:
            self._still = _copies(core, True)

    def put_back(self, core: Core) -> None:
        """Give the simulation what it had as the probe began."""
        known = {group.name: group for group in groups(core)}
        if core.model.made.trains is not self._trains:
            lay(core, {name: self._trains.get(name, NO_SPIKES) for name in core.model.given_since})
            core.model.given_since = self._given
        for (group, thread, key), value in {**self._kept, **(self._still or {})}.items():
            if thread is None:
                put_variable(core, known[group], key, value)
                continue
            shard = core.layout.shards[group][thread]
            if isinstance(value, np.ndarray):
                shard[key][...] = value
            else:  # a number: as kernels take it, and in full precision
                shard[key], known[group].array(key).value = value
        core.step_count = self.began


def _copies(core: Core, still: bool) -> Kept:
    """Copies of what a frozen run can change; or, if `still`, of what only the user can."""
    kept: Kept = {}
    for group in groups(core):
        for key, variable in group.arrays.items():
            if _stands(variable) != still or not (variable.role.changes or variable.role.settable):
                continue
            if still and variable.of_synapses:
                kept[group.name, None, key] = gathered(core, group, key)
            else:
                shards = core.layout.shards[group.name][: 1 if variable.shared else None]
                for thread, shard in enumerate(shards):
                    is_array = isinstance(shard[key], np.ndarray)
                    kept[group.name, thread, key] = copy(shard[key]) if is_array else (shard[key], variable.value)
    return kept


def _stands(variable: Variable) -> bool:
    """Whether in frozen time only the user changes it."""
    by_user = variable.role.changes and (variable.shape is Shape.NUMBER or (variable.slow and variable.of_synapses))
    return variable.role.settable or by_user


def pass_over(core: Core, steps: int) -> None:
    """For slow state frozen time has not passed: move the stamps of its last events forward by it."""
    for group in groups(core):
        stamps = {f"at_{name}" for name, variable in group.variables.items() if variable.slow} | {"stamp"}
        for stamp in stamps & group.variables.keys():
            for shard in core.layout.shards[group.name]:
                shard[stamp] += np.int32(steps)
