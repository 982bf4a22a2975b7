"""Threads of the user, of which one at a time uses a simulation, and the threads that work for it."""
