"""The semantics (docs/semantics.md) in plain, slow, obvious Python: the oracle that the engine is held against."""

from hebbstat.reference.simulation import ReferenceSimulation

__all__ = ["ReferenceSimulation"]
