"""Random numbers keyed by what they are for, not by when or where they are drawn.

A draw is a pure function of (seed, stream, step, element): the same for any number of threads, any order of work and
any place in memory. The stream is a text such as 'inputs -> exc/release/transmit/uniform'; the element is a neuron's
index or, for a synapse, `pre * 2**32 + post`; several synapses of one pair are told apart by `copy`. The mixing
function is the finaliser of SplitMix64 (Steele, Lea & Flood 2014, doi:10.1145/2714064.2660195), applied once for the
step and once for the element.

This file states the definition in plain Python. The engine has the same in compiled form; tests hold them equal.
"""

from __future__ import annotations

import hashlib
import math

import numpy as np

MASK = (1 << 64) - 1
STEP_STRIDE = 0x9E3779B97F4A7C15
ELEMENT_STRIDE = 0xD1B54A32D192ED03
NEXT_STRIDE = 0x8CB92BA72F3D8DD7
COPY_STRIDE = 0xDB4F0B9175AE2165


def mix(z: int) -> int:
    """The SplitMix64 finaliser: a bijection of 64-bit integers that scatters its input."""
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


def stream_key(seed: int, stream: str) -> int:
    """The 64-bit key of a named stream."""
    digest = hashlib.blake2b(f"{seed}/{stream}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little")


def draw(key: int, step: int, element: int, copy: int = 0) -> int:
    """64 random bits for `element` (the `copy`-th of its pair) at `step` of the stream with this key."""
    place = element * ELEMENT_STRIDE + copy * COPY_STRIDE
    return mix((mix((key + step * STEP_STRIDE) & MASK) + place) & MASK)


def uniform(bits: int) -> float:
    """A number in [0, 1) from 64 random bits."""
    return (bits >> 11) * 2.0**-53


def normal(bits: int) -> float:
    """A standard normal number from 64 random bits (Box & Muller 1958, doi:10.1214/aoms/1177706645)."""
    angle = uniform(mix((bits + NEXT_STRIDE) & MASK))
    return math.sqrt(-2.0 * math.log(1.0 - uniform(bits))) * math.cos(2.0 * math.pi * angle)


def binomial(bits: int, call: int, n: float, p: float) -> float:
    """How many of `n` trials succeed with probability `p`; `call` numbers the draws of one hook."""
    successes = 0
    state = mix((bits + (call + 1) * NEXT_STRIDE) & MASK)
    for trial in range(int(n)):
        successes += uniform(mix((state + trial * STEP_STRIDE) & MASK)) < p
    return float(successes)


def generator(seed: int, stream: str) -> np.random.Generator:
    """A numpy generator for bulk draws made once, such as wiring and parameters."""
    return np.random.Generator(np.random.PCG64(stream_key(seed, stream)))
