"""Checkpoints rewritten with right checksums: what an attacker, or an editor, can make of them.

python -m helpers.rewriting FOLDER FIRST LAST

From tests/, it rewrites FIRST to LAST of the files that `originals` put into FOLDER, and loads each.

A rewritten file must be refused with a `CheckpointError`, or the simulation has the state that the file tells, bit for
bit, and runs on. Which of both is allowed is decided here by `must_refuse`, which knows of the network only what the
original file says: names, types and shapes are those of the original; whole numbers are steps before the present one,
or spikes of cells that there are, in order; any other number may be any number.
"""

from __future__ import annotations

import copy
import functools
import json
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from helpers.splitting import recorders, small_network

import hebbstat as hs
from hebbstat.engine.checkpoint import archive
from hebbstat.engine.checkpoint.autosave import AutoSaver
from hebbstat.engine.state import global_state

Header, Arrays = dict[str, Any], dict[str, np.ndarray]
NUMBERS = [float("nan"), float("inf"), float("-inf"), -1.0, 0.0, 1.0, 1e300, 2e9, 5000.0, -(2.0**31), 2.0**31 - 1, 0.5]
ODD = [None, True, -1, 0, 1, 2**31, 2**31 - 1, 2**63, 10**30, 1e308, float("nan"), float("inf"), "", "x", 'a"""; b',
       [], {}, [[]], {"array": "x"}, {"class": "os:system", "values": {}},
       {"class": "hebbstat.neurons:LIF", "values": {"tau_m": []}}]  # fmt: skip
CUT = 900


def plain() -> hs.Network:
    """Spikes with many delays, a release, plasticity at spikes and on clocks, plans, positions, given trains, rates."""
    net = hs.Network(dt=0.5, seed=5)
    rates = hs.TimedArray(np.arange(24.0).reshape(4, 6) * 10, every=20.0, repeat=True)
    inputs = net.add(hs.PoissonSource(rate=rates), 6, "inputs", positions=np.arange(12.0).reshape(6, 2))
    rule = hs.IntrinsicThreshold(target=20.0, tau_rate=50.0, period=5.0, eta=1.0, low=-80.0)
    exc = net.add(hs.AdaptiveLIF(tau_m=hs.LogNormal(20.0, cv=0.2)), 5, "exc", rules=[rule])
    given = net.add(hs.SpikeSource(), 3, "given", spikes=(np.arange(1.0, 40.0), np.arange(39) % 3))
    x = net.add(hs.RateNeuron(i_ext=2.0), 3, "x")
    stdp = [hs.Eligibility(hs.PairSTDP(A_plus=0.1), period=5.0), hs.HardBounds(0.0, 5.0)]
    net.connect(inputs, exc, hs.FixedProbability(0.8), weight=hs.Normal(3.0, sd=0.3), delay=hs.Uniform(0.5, 6.0),
                receptor=hs.AMPA(), release=hs.TsodyksMarkram(U=hs.Beta(0.5, sd=0.2), tau_rec=80.0),
                rules=stdp)  # fmt: skip
    net.connect(given, exc, hs.FromPairs([0, 1, 2], [0, 2, 4]), weight=[1.0, 2.0, 3.0], receptor=hs.AMPA())
    net.connect(x, x, hs.AllToAll(), weight=0.1, delay=2.0)
    return net


class PowerCut(Exception):
    """Ends a kept run after some saves."""


def originals(folder: Path) -> None:
    """A simulation and a run under way, in files."""
    sim = hs.Simulation(plain(), threads=1, quiet=True)
    sim.run(steps=CUT, progress=False)
    sim.save(folder / "plain.ckpt")
    saved, save = [], AutoSaver.save

    def breaking(keeper: AutoSaver, *given: Any) -> None:
        save(keeper, *given)
        saved.append(keeper.core.step_count)
        if len(saved) == 25:
            raise PowerCut

    AutoSaver.save = breaking  # type: ignore[method-assign]
    try:
        run_kept(folder / "kept.ckpt")
    except PowerCut:
        pass
    finally:
        AutoSaver.save = save  # type: ignore[method-assign]
    assert 0 < saved[-1] < 12_000


def run_kept(path: Path) -> hs.Recording:
    sim = hs.Simulation(small_network(), threads=1, quiet=True)
    return sim.run(steps=12_000, record=recorders(), checkpoint=hs.Checkpoint(path, every_s=0.0), progress=False)


# --- rewriting ------------------------------------------------------------------------------------------------------


def rewritten(rng: np.random.Generator, header: Header, arrays: Arrays) -> tuple[str, Header, Arrays]:
    """A file's content with one to three changes, and what they are."""
    header, arrays, told = copy.deepcopy(header), dict(arrays), []
    for _ in range(rng.choice([1, 1, 1, 2, 3])):
        kinds = [values] * 3 + [whole_numbers] * 2 + [order, form, names, swapped, of_header, described]
        change: Callable[..., str] = kinds[rng.integers(len(kinds))]
        told.append(f"{change.__name__}: {change(rng, header, arrays)}")
    return "; ".join(told), header, arrays


def some(rng: np.random.Generator, of: Any) -> Any:
    chosen = list(of)
    return chosen[rng.integers(len(chosen))] if chosen else None


def values(rng: np.random.Generator, header: Header, arrays: Arrays, among: Any = None) -> str:
    name = some(rng, among or arrays)
    changed = arrays[name].copy()
    if not changed.size:
        return f"nothing in {name}"
    place = slice(None) if rng.random() < 0.3 else int(rng.integers(changed.size))
    number = some(rng, NUMBERS) if rng.random() < 0.8 else rng.normal(0.0, 10.0 ** rng.integers(0, 9))
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        changed.reshape(-1)[place] = np.array(number).astype(changed.dtype)
    arrays[name] = changed
    return f"{name}[{place}] = {number}"


def whole_numbers(rng: np.random.Generator, header: Header, arrays: Arrays) -> str:
    return values(rng, header, arrays, [name for name, array in arrays.items() if array.dtype.kind in "iub"])


def order(rng: np.random.Generator, header: Header, arrays: Arrays) -> str:
    name = some(rng, arrays)
    arrays[name] = rng.permutation(arrays[name]) if arrays[name].ndim else arrays[name]
    return f"{name} in another order"


def form(rng: np.random.Generator, header: Header, arrays: Arrays) -> str:
    name = some(rng, arrays)
    array, kind = arrays[name], rng.integers(5)
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if kind == 0:
            array = array.astype(some(rng, "<f4 <f8 <i4 <i8 |b1 |u1 >f4 <U3 <c8".split()))
        elif kind == 1:
            array = array.reshape(-1)[: int(rng.integers(array.size + 1))]
        elif kind == 2:
            array = np.concatenate([array.reshape(-1), array.reshape(-1)[:1]])
        elif kind == 3:
            array = array[None]
        else:
            array = np.zeros(int(rng.choice([0, 1, 100_000])), array.dtype)
    arrays[name] = array
    return f"{name} as {array.dtype}{array.shape}"


def names(rng: np.random.Generator, header: Header, arrays: Arrays) -> str:
    others = ["state/x", "state/exc/new", "other", "recorded/0/more", "network/00", "../up"]
    name, other, kind = some(rng, arrays), some(rng, others), rng.integers(3)
    if kind < 2:
        moved = arrays.pop(name)
        if kind == 0:
            return f"{name} left out"
        arrays[other] = moved
        return f"{name} called {other}"
    arrays[other] = np.zeros(3)
    return f"{other} added"


def swapped(rng: np.random.Generator, header: Header, arrays: Arrays) -> str:
    one, two = some(rng, arrays), some(rng, arrays)
    form = arrays[one].dtype, arrays[one].shape
    alike = [name for name, array in arrays.items() if (array.dtype, array.shape) == form]
    two = some(rng, alike) if rng.random() < 0.7 else two
    arrays[one], arrays[two] = arrays[two], arrays[one]
    return f"{one} and {two}"


def of_header(rng: np.random.Generator, header: Header, arrays: Arrays) -> str:
    key = some(rng, header)
    if key == "step" and rng.random() < 0.5:
        step = int(some(rng, [0, 1, header["step"] + 1, header["step"] + 10**6, 2**31 - 2, header["step"] - 1]))
        header["step"], header["time_ms"] = step, step * header["network"]["dt"]
        return f"step = {step}, and the time"
    if rng.random() < 0.3:
        header.pop(key, None)
        return f"without {key}"
    nested: Any = []
    for _ in range(400):
        nested = [nested]
    header[key] = some(rng, [*ODD, nested, dict.fromkeys(header, 1)])
    return f"{key} = {header[key]!r:.40}"


def described(rng: np.random.Generator, header: Header, arrays: Arrays) -> str:
    """Something in the header that lies deeper: in the description of the network, the hashes, the run."""
    parts = [key for key in ("network", "network", "wiring", "rules", "made_by", "run") if header.get(key)]
    inside, way = header[some(rng, parts or ["step"])] if header.get("step") else 0, []
    while isinstance(inside, dict | list) and inside:
        keys = list(inside) if isinstance(inside, dict) else range(len(inside))
        key = some(rng, keys)
        way.append(str(key))
        if not isinstance(inside[key], dict | list) or not inside[key] or rng.random() < 0.15:
            if isinstance(inside, dict) and rng.random() < 0.2:
                del inside[key]
                return f"without {', '.join(way)}"
            number = type(inside[key]) in (int, float)
            inside[key] = float(rng.normal(0.0, 100.0)) if number and rng.random() < 0.4 else some(rng, ODD)
            return f"{', '.join(way)} = {inside[key]!r:.40}"
        inside = inside[key]
    return "nothing"


# --- what is allowed ------------------------------------------------------------------------------------------------


def must_refuse(header: Header, arrays: Arrays, old: Header, olds: Arrays) -> bool:
    """Whether no run of the original's network can have left this, as far as names, forms and whole numbers tell."""
    step = header.get("step")
    if type(step) is not int or not 0 <= step < 2**31 or arrays.keys() != olds.keys():
        return True
    if any(header.get(key) != old[key] for key in ("dtype", "wiring", "rules")):
        return True
    for name, was in olds.items() if step == old["step"] else ():
        free = name.endswith(("/ids", "steps", "/counts"))  # of any length
        if arrays[name].dtype != was.dtype or arrays[name].ndim != was.ndim:
            return True
        if arrays[name].shape != was.shape and not free:
            return True
    for name, was in olds.items():
        alone = all(_equal(arrays[other], olds[other]) for other in olds if "_tau" in other)
        if "/decay_of_" in name and alone and not np.allclose(arrays[name], was, rtol=2e-6, atol=0.0):
            return True  # follows from a time constant
        if name.endswith("_tau") and not (arrays[name] > 0.0).all():
            return True
    whole_numbers = [name for name, array in arrays.items() if array.dtype.kind == "i" and name.startswith("state/")]
    return not all(_possible(name, arrays, old, step) for name in whole_numbers if arrays[name].size)


def _equal(one: np.ndarray, other: np.ndarray) -> bool:
    return one.dtype == other.dtype and np.array_equal(one, other, equal_nan=True)


def _possible(name: str, arrays: Arrays, old: Header, step: int) -> bool:
    array = arrays[name]
    if name.endswith("/counts"):
        return bool(array.min() >= 0 and array.sum() == len(arrays[name.replace("/counts", "/ids")]))
    if name.endswith("/ids"):
        cells = {one["name"]: one["n"] for one in old["network"]["populations"]}[name.split("/")[1]]
        counts, ends = arrays[name.replace("/ids", "/counts")], 0
        for count in counts.tolist():
            one = array[ends : ends + max(0, count)]
            ends += max(0, count)
            if one.size and (one.min() < 0 or one.max() >= cells or (np.diff(one) <= 0).any()):
                return False
        return ends == len(array)
    return bool(array.max() < step and array.min() >= -(2**24))


# --- trying ---------------------------------------------------------------------------------------------------------


@functools.cache
def original(path: Path) -> tuple[Header, Arrays]:
    return archive.read(path)


def attempt(folder: Path, number: int) -> tuple[str, str]:
    """Rewrite a file and use it; what was done, and 'refused' or 'taken'. An `AssertionError` says what is wrong."""
    rng = np.random.default_rng(number)
    kept = rng.random() < 0.4
    header, arrays = original(folder / ("kept.ckpt" if kept else "plain.ckpt"))
    told, new, rewrote = rewritten(rng, header, arrays)
    path = folder / f"rewritten_{number}.ckpt"
    archive.write(path, new, rewrote)
    told = f"{'kept' if kept else 'plain'} {number}: {told}"
    given = bool(rng.random() < 0.5)
    try:
        (use_kept if kept else use_plain)(path, new, rewrote, given)
    except hs.CheckpointError as error:
        assert len(str(error)) > 40 and "\n" not in str(error), (told, str(error))
        assert _content(header, arrays) != _content(new, rewrote), (told, "an honest file was refused", str(error))
        return told, "refused"
    finally:
        path.unlink()
    if kept and given:  # it was loaded as a simulation, and its recording was not looked at
        rewrote, arrays = ({name: a for name, a in of.items() if "recorded/" not in name} for of in (rewrote, arrays))
    assert not must_refuse(new, rewrote, header, arrays), (told, "was not refused")
    return told, "taken"


def _content(header: Header, arrays: Arrays) -> Any:
    return json.dumps(header), {name: (a.dtype.str, a.shape, a.tobytes()) for name, a in arrays.items()}


def use_plain(path: Path, header: Header, arrays: Arrays, given: bool) -> None:
    sim = hs.Simulation.load(path, plain() if given else None, threads=1, quiet=True)
    is_as_told(sim, header, arrays)
    if left := min(40, 2**31 - 2 - sim.step_count):  # steps that a simulation can still have
        sim.run(steps=left, progress=False, record=[hs.Spikes("exc")])


def is_as_told(sim: hs.Simulation, header: Header, arrays: Arrays) -> None:
    assert sim.step_count == header["step"]
    for name, values in global_state.gather(sim.core).items():
        told = arrays[f"state/{name}"]
        assert values.dtype == told.dtype and values.shape == told.shape and values.tobytes() == told.tobytes(), name


def use_kept(path: Path, header: Header, arrays: Arrays, given: bool) -> None:
    if given:  # a file of a run under way is also a simulation
        sim = hs.Simulation.load(path, small_network(), threads=1, quiet=True)
        return is_as_told(sim, header, arrays)
    recording = run_kept(path)
    for k, recorder in enumerate(recorders()):
        if isinstance(recorder, hs.Spikes):
            ids = arrays[f"recorded/{k}/ids"]
            assert np.array_equal(recording[recorder.name].neuron.values[: len(ids)], ids)
        elif isinstance(recorder, hs.States | hs.Weights):
            told = arrays[f"recorded/{k}/values"]
            assert np.array_equal(recording[recorder.name].values[: len(told)], told, equal_nan=True)


def attempts(folder: Path, first: int, last: int) -> None:
    warnings.simplefilter("ignore")
    for number in range(first, last):
        print("trying", number, flush=True)
        told, outcome = attempt(folder, number)
        print(outcome, told, flush=True)


if __name__ == "__main__":
    attempts(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
