"""One call of `run`: from observer to observer, Ctrl-C, progress, and how many threads there are."""
