"""An inert description of populations, projections and rules, and its realisation in numbers."""

from hebbstat.network.instantiate import Realised, Synapses, Table, realise
from hebbstat.network.network import Network, Population, Projection
from hebbstat.network.wiring import (
    AllToAll,
    Connector,
    DistanceDependent,
    FixedInDegree,
    FixedProbability,
    FromPairs,
    OneToOne,
)

__all__ = [
    "AllToAll", "DistanceDependent", "FromPairs", "FixedInDegree", "Network", "OneToOne", "Population",
    "Projection", "FixedProbability", "Realised", "Synapses", "Table", "Connector", "realise",
]  # fmt: skip
