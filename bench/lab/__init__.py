"""The speed laboratory: what is run, how it is timed fairly, and the tables and figures of it."""
