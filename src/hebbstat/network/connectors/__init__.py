"""Connectors: which neuron connects to which."""

from hebbstat.network.connectors.degree import FixedInDegree, FixedOutDegree, FixedTotalNumber
from hebbstat.network.connectors.distance import DistanceDependent, ExponentialKernel, GaussianKernel
from hebbstat.network.connectors.given import FromPairs, from_matrix, from_networkx, from_sonata
from hebbstat.network.connectors.structure import Clustered, SmallWorld
from hebbstat.network.connectors.uniform import AllToAll, FixedProbability, OneToOne

__all__ = [
    "AllToAll", "Clustered", "DistanceDependent", "ExponentialKernel", "FixedInDegree", "FixedOutDegree",
    "FixedProbability", "FixedTotalNumber", "FromPairs", "GaussianKernel", "OneToOne", "SmallWorld", "from_matrix",
    "from_networkx", "from_sonata",
]  # fmt: skip
