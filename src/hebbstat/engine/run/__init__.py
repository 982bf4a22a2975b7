"""One call of `run`: chunks, threads, and whose turn it is."""
