"""The contract of a mechanism: fields, declared state, hooks bound by name, units, distributions, signals, errors."""
