"""An inert description of populations, projections and rules, and its realisation in numbers."""

from hebbstat.network.instantiate import Realised, Synapses, Table, realise
from hebbstat.network.network import Network, Population, Projection
from hebbstat.network.wiring import AllToAll, DistanceDependent, Explicit, FixedInDegree, OneToOne, Random, Wiring

__all__ = [
    "AllToAll", "DistanceDependent", "Explicit", "FixedInDegree", "Network", "OneToOne", "Population",
    "Projection", "Random", "Realised", "Synapses", "Table", "Wiring", "realise",
]  # fmt: skip
