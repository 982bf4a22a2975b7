"""An inert description of populations, projections and rules, and its realisation in numbers."""

from homeostat.network.network import Network, Population, Projection
from homeostat.network.realise import Realised, Synapses, Table, realise
from homeostat.network.wiring import AllToAll, DistanceDependent, Explicit, FixedInDegree, OneToOne, Random, Wiring

__all__ = [
    "AllToAll", "DistanceDependent", "Explicit", "FixedInDegree", "Network", "OneToOne", "Population",
    "Projection", "Random", "Realised", "Synapses", "Table", "Wiring", "realise",
]  # fmt: skip
