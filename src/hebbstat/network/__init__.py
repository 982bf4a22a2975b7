"""An inert description of populations, projections and rules, and its instantiation in numbers."""

from hebbstat.network import connectors
from hebbstat.network.connectors import *  # noqa: F403
from hebbstat.network.instantiate import NetworkInstance, Synapses, Table, instantiate
from hebbstat.network.network import Network, Projection
from hebbstat.network.population import Population, PopulationView
from hebbstat.network.wiring import Connector

__all__ = [
    *connectors.__all__, "Connector", "Network", "NetworkInstance", "Population", "PopulationView", "Projection",
    "Synapses", "Table", "instantiate",
]  # fmt: skip
