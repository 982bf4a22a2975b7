"""An inert description of populations, projections and rules, and its instantiation in numbers."""

from hebbstat.network.instantiate import NetworkInstance, Synapses, Table, instantiate
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
    "Projection", "FixedProbability", "NetworkInstance", "Synapses", "Table", "Connector", "instantiate",
]  # fmt: skip
