"""Keyed random draws, the same numbers as `hebbstat.contract.random`; and rounding at random."""

from __future__ import annotations

import math

import numpy as np

from hebbstat.engine.jit.pipeline import inline
from hebbstat.engine.runtime.intrinsics import bits_as_float64, float64_as_bits, fma

U64 = np.uint64
STEP_STRIDE, ELEMENT_STRIDE = U64(0x9E3779B97F4A7C15), U64(0xD1B54A32D192ED03)
NEXT_STRIDE, MIX_A, MIX_B = U64(0x8CB92BA72F3D8DD7), U64(0xBF58476D1CE4E5B9), U64(0x94D049BB133111EB)
COPY_STRIDE = U64(0xDB4F0B9175AE2165)
LOW_31, TINY, ALMOST_ONE = U64((1 << 31) - 1), np.float32(2.0**-55), np.float32(1.0 - 2.0**-24)
LOST_BITS = U64((1 << 29) - 1)  # the bits of a float64's mantissa that a float32 has not


@inline
def mix(z):
    """The SplitMix64 finaliser."""
    z = (z ^ (z >> U64(30))) * MIX_A
    z = (z ^ (z >> U64(27))) * MIX_B
    return z ^ (z >> U64(31))


@inline
def step_key(key, step):
    """The part of a draw that all elements of a step share."""
    return mix(key + U64(step) * STEP_STRIDE)


@inline
def place_of(element):
    """Where the draws of an element lie; those of the next one lie at the next place."""
    return U64(element) * ELEMENT_STRIDE


@inline
def next_place(place):
    """The place of the element that comes after."""
    return place + ELEMENT_STRIDE


@inline
def bits_at(key_of_step, place):
    """64 random bits for the element at a place."""
    return mix(key_of_step + place)


@inline
def bits_of(key_of_step, element):
    """64 random bits for an element."""
    return bits_at(key_of_step, place_of(element))


@inline
def bits_of_copy(key_of_step, element, copy):
    """64 random bits for one of several synapses of a pair."""
    return bits_at(key_of_step, place_of(element) + U64(copy) * COPY_STRIDE)


@inline
def uniform64(bits):
    """A number in [0, 1) from random bits."""
    return np.float64(np.int64(bits >> U64(11))) * 1.1102230246251565e-16


@inline
def uniform32(bits):
    """The same in float32, as fine near 0 as float32 is, so that what is rare comes as rarely as it should; below 1.

    Of 55 bits the first 24 are a whole number of 2**-24; where they are few, the next 31 make up for it.
    """
    coarse, fine = np.float32(np.int32(bits >> U64(40))), np.float32(np.int32((bits >> U64(9)) & LOW_31))
    return min(fma(fine, TINY, coarse * np.float32(5.9604644775390625e-8)), ALMOST_ONE)


@inline
def normal(bits):
    """A standard normal number from random bits (Box and Muller)."""
    angle = uniform64(mix(bits + NEXT_STRIDE))
    return math.sqrt(-2.0 * math.log(1.0 - uniform64(bits))) * math.cos(2.0 * math.pi * angle)


@inline
def binomial(bits, call, n, p):
    """How many of `n` trials succeed with probability `p`."""
    successes = 0.0
    state = mix(bits + U64(call + 1) * NEXT_STRIDE)
    for trial in range(np.int64(n)):
        successes += 1.0 if uniform64(mix(state + U64(trial) * STEP_STRIDE)) < p else 0.0
    return successes


@inline
def rounded32(value, bits):
    """A float64 rounded to float32 up or down at random, so that its expectation is exact."""
    return np.float32(bits_as_float64((float64_as_bits(value) + (bits & LOST_BITS)) & ~LOST_BITS))


@inline
def rounded64(value, bits):
    """The twin of `rounded32` for float64 weights, which need no rounding."""
    return value
