"""Simulations in a file, from which they go on bit for bit; what a file holds is checked first."""
