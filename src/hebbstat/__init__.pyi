"""The names of `hebbstat`, for type checkers and editors. Written by tests/helpers/stub.py; do not edit."""

from __future__ import annotations

from hebbstat import cli as cli
from hebbstat import contract as contract
from hebbstat import engine as engine
from hebbstat import experiments as experiments
from hebbstat import homeostasis as homeostasis
from hebbstat import information as information
from hebbstat import modulation as modulation
from hebbstat import network as network
from hebbstat import neurons as neurons
from hebbstat import plasticity as plasticity
from hebbstat import plot as plot
from hebbstat import reference as reference
from hebbstat import report as report
from hebbstat import stimuli as stimuli
from hebbstat import synapses as synapses
from hebbstat.contract import calls as calls
from hebbstat.contract import combinators as combinators
from hebbstat.contract import distributions as distributions
from hebbstat.contract import errors as errors
from hebbstat.contract import events as events
from hebbstat.contract import fields as fields
from hebbstat.contract import hooks as hooks
from hebbstat.contract import mechanism as mechanism
from hebbstat.contract import random as random
from hebbstat.contract import signals as signals
from hebbstat.contract import state as state
from hebbstat.contract import units as units
from hebbstat.contract.combinators import Wrapper as Wrapper
from hebbstat.contract.combinators import gated as gated
from hebbstat.contract.distributions import Beta as Beta
from hebbstat.contract.distributions import Distribution as Distribution
from hebbstat.contract.distributions import Gamma as Gamma
from hebbstat.contract.distributions import LogNormal as LogNormal
from hebbstat.contract.distributions import Normal as Normal
from hebbstat.contract.distributions import Rounded as Rounded
from hebbstat.contract.distributions import Uniform as Uniform
from hebbstat.contract.distributions import jointly as jointly
from hebbstat.contract.errors import BadCallError as BadCallError
from hebbstat.contract.errors import BadValueError as BadValueError
from hebbstat.contract.errors import CheckpointError as CheckpointError
from hebbstat.contract.errors import ContractError as ContractError
from hebbstat.contract.errors import DataError as DataError
from hebbstat.contract.errors import HealthWarning as HealthWarning
from hebbstat.contract.errors import HebbstatError as HebbstatError
from hebbstat.contract.errors import NetworkWarning as NetworkWarning
from hebbstat.contract.errors import NotSupportedError as NotSupportedError
from hebbstat.contract.errors import RunInterruptedError as RunInterruptedError
from hebbstat.contract.errors import TooLargeError as TooLargeError
from hebbstat.contract.errors import UnhealthyError as UnhealthyError
from hebbstat.contract.errors import UnknownNameError as UnknownNameError
from hebbstat.contract.fields import Field as Field
from hebbstat.contract.fields import field as field
from hebbstat.contract.fields import required as required
from hebbstat.contract.hooks import derived as derived
from hebbstat.contract.hooks import step_when as step_when
from hebbstat.contract.mechanism import NetworkRule as NetworkRule
from hebbstat.contract.mechanism import Neuron as Neuron
from hebbstat.contract.mechanism import Plasticity as Plasticity
from hebbstat.contract.mechanism import PopulationRule as PopulationRule
from hebbstat.contract.mechanism import Receptor as Receptor
from hebbstat.contract.mechanism import Release as Release
from hebbstat.contract.mechanism import replace as replace
from hebbstat.contract.signals import FollowState as FollowState
from hebbstat.contract.signals import Signal as Signal
from hebbstat.contract.signals import Sine as Sine
from hebbstat.contract.signals import TimedArray as TimedArray
from hebbstat.contract.state import Global as Global
from hebbstat.contract.state import PerBranch as PerBranch
from hebbstat.contract.state import PerNeuron as PerNeuron
from hebbstat.contract.state import PerPopulation as PerPopulation
from hebbstat.contract.state import PerPost as PerPost
from hebbstat.contract.state import PerPre as PerPre
from hebbstat.contract.state import PerSynapse as PerSynapse
from hebbstat.contract.state import quantile as quantile
from hebbstat.contract.state import together as together
from hebbstat.engine.checkpoint.autosave import Checkpoint as Checkpoint
from hebbstat.engine.health.monitor import Finding as Finding
from hebbstat.engine.health.monitor import Health as Health
from hebbstat.engine.record.recorder import Recorder as Recorder
from hebbstat.engine.record.recording import Recording as Recording
from hebbstat.engine.record.spikes import Rates as Rates
from hebbstat.engine.record.spikes import Spikes as Spikes
from hebbstat.engine.record.states import States as States
from hebbstat.engine.record.turnover import Turnover as Turnover
from hebbstat.engine.record.weights import WeightSummary as WeightSummary
from hebbstat.engine.record.weights import Weights as Weights
from hebbstat.engine.simulation import Simulation as Simulation
from hebbstat.engine.state.modulator import Modulator as Modulator
from hebbstat.engine.state.view import SimulationView as SimulationView
from hebbstat.homeostasis import ChannelExpression as ChannelExpression
from hebbstat.homeostasis import DiffusiveHomeostasis as DiffusiveHomeostasis
from hebbstat.homeostasis import GainHomeostasis as GainHomeostasis
from hebbstat.homeostasis import GlobalInhibitorySTDP as GlobalInhibitorySTDP
from hebbstat.homeostasis import HomeostaticFactor as HomeostaticFactor
from hebbstat.homeostasis import InhibitorySTDP as InhibitorySTDP
from hebbstat.homeostasis import IntrinsicThreshold as IntrinsicThreshold
from hebbstat.homeostasis import StructuralPlasticity as StructuralPlasticity
from hebbstat.homeostasis import SubtractiveNormalization as SubtractiveNormalization
from hebbstat.homeostasis import SynapticDownscaling as SynapticDownscaling
from hebbstat.homeostasis import SynapticScaling as SynapticScaling
from hebbstat.homeostasis import ThresholdHomeostasis as ThresholdHomeostasis
from hebbstat.homeostasis import WeightDependentScaling as WeightDependentScaling
from hebbstat.homeostasis import WeightNormalization as WeightNormalization
from hebbstat.modulation import HillResponse as HillResponse
from hebbstat.modulation import Neuromodulator as Neuromodulator
from hebbstat.modulation import Oscillation as Oscillation
from hebbstat.modulation import RewardPrediction as RewardPrediction
from hebbstat.modulation import SpikeNeuromodulator as SpikeNeuromodulator
from hebbstat.network import AllToAll as AllToAll
from hebbstat.network import Clustered as Clustered
from hebbstat.network import Connector as Connector
from hebbstat.network import DistanceDependent as DistanceDependent
from hebbstat.network import ExponentialKernel as ExponentialKernel
from hebbstat.network import FixedInDegree as FixedInDegree
from hebbstat.network import FixedOutDegree as FixedOutDegree
from hebbstat.network import FixedProbability as FixedProbability
from hebbstat.network import FixedTotalNumber as FixedTotalNumber
from hebbstat.network import FromPairs as FromPairs
from hebbstat.network import GaussianKernel as GaussianKernel
from hebbstat.network import Network as Network
from hebbstat.network import NetworkInstance as NetworkInstance
from hebbstat.network import OneToOne as OneToOne
from hebbstat.network import Population as Population
from hebbstat.network import PopulationView as PopulationView
from hebbstat.network import Projection as Projection
from hebbstat.network import SmallWorld as SmallWorld
from hebbstat.network import from_matrix as from_matrix
from hebbstat.network import from_networkx as from_networkx
from hebbstat.network import from_sonata as from_sonata
from hebbstat.network import instantiate as instantiate
from hebbstat.neurons import AdEx as AdEx
from hebbstat.neurons import AdaptiveLIF as AdaptiveLIF
from hebbstat.neurons import BranchingNeuron as BranchingNeuron
from hebbstat.neurons import ClopathAdEx as ClopathAdEx
from hebbstat.neurons import CurrentLIF as CurrentLIF
from hebbstat.neurons import IntrinsicSigmoid as IntrinsicSigmoid
from hebbstat.neurons import Izhikevich as Izhikevich
from hebbstat.neurons import LIF as LIF
from hebbstat.neurons import LinearRate as LinearRate
from hebbstat.neurons import PoissonInput as PoissonInput
from hebbstat.neurons import PoissonSource as PoissonSource
from hebbstat.neurons import RateNeuron as RateNeuron
from hebbstat.neurons import SpikeSource as SpikeSource
from hebbstat.plasticity import BCM as BCM
from hebbstat.plasticity import CalciumPlasticity as CalciumPlasticity
from hebbstat.plasticity import CascadeSynapse as CascadeSynapse
from hebbstat.plasticity import CodependentSTDP as CodependentSTDP
from hebbstat.plasticity import ConsolidationChain as ConsolidationChain
from hebbstat.plasticity import Covariance as Covariance
from hebbstat.plasticity import DoubleWell as DoubleWell
from hebbstat.plasticity import Eligibility as Eligibility
from hebbstat.plasticity import HardBounds as HardBounds
from hebbstat.plasticity import MetaplasticTripletSTDP as MetaplasticTripletSTDP
from hebbstat.plasticity import MultiplicativeSTDP as MultiplicativeSTDP
from hebbstat.plasticity import NearestPairSTDP as NearestPairSTDP
from hebbstat.plasticity import NearestTripletSTDP as NearestTripletSTDP
from hebbstat.plasticity import Oja as Oja
from hebbstat.plasticity import OneSidedSTDP as OneSidedSTDP
from hebbstat.plasticity import PairSTDP as PairSTDP
from hebbstat.plasticity import PostsynapticSTDP as PostsynapticSTDP
from hebbstat.plasticity import PowerLawSTDP as PowerLawSTDP
from hebbstat.plasticity import PresynapticSTDP as PresynapticSTDP
from hebbstat.plasticity import Pruning as Pruning
from hebbstat.plasticity import RateHebb as RateHebb
from hebbstat.plasticity import SoftBounds as SoftBounds
from hebbstat.plasticity import SpineFluctuations as SpineFluctuations
from hebbstat.plasticity import SynapticSampling as SynapticSampling
from hebbstat.plasticity import TripletSTDP as TripletSTDP
from hebbstat.plasticity import VoltageSTDP as VoltageSTDP
from hebbstat.plasticity import WeightDependentSTDP as WeightDependentSTDP
from hebbstat.reference import ReferenceSimulation as ReferenceSimulation
from hebbstat.synapses import AMPA as AMPA
from hebbstat.synapses import DualExponential as DualExponential
from hebbstat.synapses import Exponential as Exponential
from hebbstat.synapses import ExponentialCurrent as ExponentialCurrent
from hebbstat.synapses import GABAA as GABAA
from hebbstat.synapses import GABAB as GABAB
from hebbstat.synapses import NMDA as NMDA
from hebbstat.synapses import TsodyksMarkram as TsodyksMarkram
from hebbstat.synapses import VesicleRelease as VesicleRelease

__version__: str
__all__ = [
    "AMPA", "AdEx", "AdaptiveLIF", "AllToAll", "BCM", "BadCallError", "BadValueError", "Beta", "BranchingNeuron",
    "CalciumPlasticity", "CascadeSynapse", "ChannelExpression", "Checkpoint", "CheckpointError", "ClopathAdEx",
    "Clustered", "CodependentSTDP", "Connector", "ConsolidationChain", "ContractError", "Covariance", "CurrentLIF",
    "DataError", "DiffusiveHomeostasis", "DistanceDependent", "Distribution", "DoubleWell", "DualExponential",
    "Eligibility", "Exponential", "ExponentialCurrent", "ExponentialKernel", "Field", "Finding", "FixedInDegree",
    "FixedOutDegree", "FixedProbability", "FixedTotalNumber", "FollowState", "FromPairs", "GABAA", "GABAB",
    "GainHomeostasis", "Gamma", "GaussianKernel", "Global", "GlobalInhibitorySTDP", "HardBounds", "Health",
    "HealthWarning", "HebbstatError", "HillResponse", "HomeostaticFactor", "InhibitorySTDP", "IntrinsicSigmoid",
    "IntrinsicThreshold", "Izhikevich", "LIF", "LinearRate", "LogNormal", "MetaplasticTripletSTDP", "Modulator",
    "MultiplicativeSTDP", "NMDA", "NearestPairSTDP", "NearestTripletSTDP", "Network", "NetworkInstance", "NetworkRule",
    "NetworkWarning", "Neuromodulator", "Neuron", "Normal", "NotSupportedError", "Oja", "OneSidedSTDP", "OneToOne",
    "Oscillation", "PairSTDP", "PerBranch", "PerNeuron", "PerPopulation", "PerPost", "PerPre", "PerSynapse",
    "Plasticity", "PoissonInput", "PoissonSource", "Population", "PopulationRule", "PopulationView",
    "PostsynapticSTDP", "PowerLawSTDP", "PresynapticSTDP", "Projection", "Pruning", "RateHebb", "RateNeuron", "Rates",
    "Receptor", "Recorder", "Recording", "ReferenceSimulation", "Release", "RewardPrediction", "Rounded",
    "RunInterruptedError", "Signal", "Simulation", "SimulationView", "Sine", "SmallWorld", "SoftBounds",
    "SpikeNeuromodulator", "SpikeSource", "Spikes", "SpineFluctuations", "States", "StructuralPlasticity",
    "SubtractiveNormalization", "SynapticDownscaling", "SynapticSampling", "SynapticScaling", "ThresholdHomeostasis",
    "TimedArray", "TooLargeError", "TripletSTDP", "TsodyksMarkram", "Turnover", "UnhealthyError", "Uniform",
    "UnknownNameError", "VesicleRelease", "VoltageSTDP", "WeightDependentSTDP", "WeightDependentScaling",
    "WeightNormalization", "WeightSummary", "Weights", "Wrapper", "__version__", "derived", "field", "from_matrix",
    "from_networkx", "from_sonata", "gated", "instantiate", "jointly", "quantile", "replace", "required", "step_when",
    "together",
]
