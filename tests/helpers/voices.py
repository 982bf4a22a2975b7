"""One network told in many ways, which must agree: engine and reference, threads, pieces, saved and loaded, frozen."""

from __future__ import annotations

from collections.abc import Callable

from strangers.faces import Engine, Face, Reference
from strangers.interpreted import plain_kernels
from strangers.run import _compare
from strangers.scripts import written_once

import hebbstat as hs

Story = Callable[[Face], None]


def told(sim: Face) -> None:
    """Runs, looks, and frozen stretches that are put back or not, one within another."""
    sim.run(23)
    sim.look()
    for _ in sim.frozen(restore=True):
        sim.run(11)
        sim.look()
    sim.run(9)
    for _ in sim.frozen(restore=False):
        sim.run(7)
        for _ in sim.frozen(restore=True):
            sim.run(5)
        sim.look()
    sim.look()
    sim.run(40)
    sim.look()


def agree(network: Callable[[], hs.Network], story: Story = told) -> Engine:
    """Engine and reference tell the same, as plain kernels; so do two threads and three, and pieces, bit for bit."""
    with plain_kernels(), written_once():
        engine = _heard(Engine(network()), story)
        _compare("reference", engine, _heard(Reference(network()), story), 1e-9)
        for threads in (2, 3):
            _compare(f"{threads} threads", engine, _heard(Engine(network(), threads), story), 0.0)
        for cut in (1, 2):
            _compare(f"pieces {cut}", engine, _heard(Engine(network(), cut=cut), story), 0.0)
    return engine


def agree_compiled(network: Callable[[], hs.Network], story: Story = told) -> None:
    """Compiled, with two threads, the engine tells what the reference does."""
    engine, reference = _heard(Engine(network(), 2), story), _heard(Reference(network()), story)
    _compare("reference", engine, reference, 1e-9)


def _heard(face: Face, story: Story) -> Face:
    story(face)
    return face
