"""Reductions over a neuron's incoming synapses, in the order of their rows.

    start      int64 [rows + 1]              where each row begins
    post       uint16 or int32 [synapses]    the cell of each synapse, counted from the shard's first
    in_degree  int64 [cells]                 how many synapses a cell receives
    values     float32 or float64 [synapses] what is reduced
    out        float64 [cells]               takes the result; sums are of float64, in the order of the rows
"""

from __future__ import annotations

import numpy as np

from hebbstat.engine.jit.pipeline import inline


@inline
def reduce_sum(start, post, in_degree, values, out):
    """out[i] = the sum of the values of neuron i's synapses."""
    out[:] = 0.0
    for k in range(start[0], start[start.size - 1]):
        out[post[k]] += np.float64(values[k])


@inline
def reduce_count(start, post, in_degree, values, out):
    """out[i] = the number of neuron i's synapses."""
    out[:] = 0.0
    for k in range(start[0], start[start.size - 1]):
        out[post[k]] += 1.0


@inline
def reduce_mean(start, post, in_degree, values, out):
    """out[i] = the mean over neuron i's synapses, 0 where there are none."""
    reduce_sum(start, post, in_degree, values, out)
    for i in range(out.size):
        out[i] /= max(1.0, np.float64(in_degree[i]))


@inline
def reduce_max(start, post, in_degree, values, out):
    """out[i] = the largest value of neuron i's synapses, 0 where there are none."""
    for i in range(out.size):
        out[i] = -1e308 if in_degree[i] > 0 else 0.0
    for k in range(start[0], start[start.size - 1]):
        out[post[k]] = max(out[post[k]], np.float64(values[k]))


@inline
def reduce_min(start, post, in_degree, values, out):
    """out[i] = the smallest value of neuron i's synapses, 0 where there are none."""
    for i in range(out.size):
        out[i] = 1e308 if in_degree[i] > 0 else 0.0
    for k in range(start[0], start[start.size - 1]):
        out[post[k]] = min(out[post[k]], np.float64(values[k]))
