"""The language of hooks: what the reference and compiled kernels both run, with the same numbers."""
