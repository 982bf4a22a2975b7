"""Where arrays lie: a shard for each thread, a block of neurons and all their incoming synapses."""
