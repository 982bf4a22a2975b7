"""What is each stabilising mechanism worth to a spiking network that learns images without labels?

Each pixel drives two groups of Poisson inputs, one where it is brighter than the mean training image (ON) and one where
it is darker (OFF); every image excites the network equally much. Excitatory cells with adaptive thresholds compete
through as many inhibitory cells. A synapse that was active just before its cell spikes grows, others shrink
(one-sided STDP). Four regulators hold this in bounds: incoming weights are normalised on a slow clock, thresholds rise
with each spike and decay over many minutes (intrinsic homeostasis), inhibitory synapses adapt to the rate of their
target, and weights have hard bounds. Synapses differ in initial weight and delay, cells in time constant.

Labels are never used in learning. Then all plasticity is frozen. Each cell is given the class it answered to most on
the training images; the test images are read by a vote of the cells, by a vote with each cell's whole class profile,
and by a linear decoder on spike counts. The arms take one mechanism away each. Where the settings of each arm come from
stands below the results.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from hebbstat.experiments.digits.variants import ARMS
from hebbstat.experiments.digits.variants import settings_of as settings_of  # read by the contract
from hebbstat.experiments.lab.contract import Measure
from hebbstat.experiments.lab.place import NOWHERE, Place
from hebbstat.experiments.lab.settings import Settings as Base


class Settings(Base):
    """Settings of the digits experiment. Potentials in mV, times in ms unless said otherwise, rates in Hz."""

    data: str | None = Field(
        None, description="file of images: .npz, MNIST IDX, or IMAGES,LABELS; none: scikit-learn's digits"
    )
    images: int | None = Field(None, ge=50, description="use at most so many images, drawn at random; none: all")
    test_share: float = Field(0.2, gt=0, lt=1, description="share of the images that are for the test")
    split_seed: int = Field(
        1000, ge=0, lt=1_000_000, description="which images are for the test: the same for all arms and seeds"
    )
    neurons: int = Field(400, ge=2, description="excitatory cells, and as many inhibitory ones")
    passes: int = Field(
        5, ge=1, le=1000, description="how often the training images are shown, each time in another order"
    )
    dt: float = Field(0.5, ge=0.01, le=1, description="time step, ms")

    total_rate: float = Field(
        25_000.0, gt=0, le=1e7, description="spikes per second of all inputs together while an image is shown, Hz"
    )
    exponent: float = Field(1.1, gt=0, le=4, description="of the amplitudes of an image; above 1 favours the strongest")
    show: float = Field(250.0, gt=0, le=100_000, description="how long an image is shown in training, ms")
    pause: float = Field(100.0, ge=0, le=100_000, description="silence after each image, ms")
    test_show: float = Field(
        250.0, gt=0, le=100_000, description="how long an image is shown for labelling and test, ms"
    )

    tau_membrane: float = Field(95.0, gt=0, description="mean membrane time constant of excitatory cells, ms")
    tau_membrane_cv: float = Field(0.1, ge=0, lt=0.5, description="its coefficient of variation over cells")
    drive: float = Field(5.0, gt=0, description="mean depolarisation by an image that excites all synapses alike, mV")
    threshold_start: float = Field(
        1.4, ge=0, description="threshold at the beginning, mV above the least one, which is 1 mV above rest"
    )
    threshold_rise: float = Field(
        2.6,
        ge=0,
        description="rise of the mean threshold over the training, mV, if each image gave a spike and nothing decayed",
    )
    threshold_decay: float = Field(
        1.3, gt=0, description="time constant with which thresholds sink, in durations of the training"
    )

    weight_cv: float = Field(1.0, ge=0, le=3, description="coefficient of variation of the initial weights")
    largest_weight: float = Field(45.0, gt=1, description="upper bound of weights, in mean weights")
    learning_rate: float = Field(
        0.23,
        ge=0,
        description="change at a postsynaptic spike, in mean weights, for each mean trace above the offset",
    )
    offset: float = Field(0.5, ge=0, description="trace at which nothing changes, in mean traces during an image")
    tau_trace: float = Field(60.0, gt=0, description="decay of the presynaptic trace, ms")

    inhibition: float = Field(125.0, ge=0, description="conductance of an inhibitory spike, nS; the leak is 10 nS")
    tau_inhibition: float = Field(7.0, gt=0, description="decay of inhibition, ms")
    reversal: float = Field(-1.5, lt=0, description="reversal potential of inhibition, mV above rest")
    inhibitory_rate: float = Field(
        0.0016, ge=0, description="change of an inhibitory weight at a spike pair, relative to its start"
    )
    inhibitory_target: float = Field(
        0.05, ge=0, description="rate of excitatory cells that inhibitory plasticity aims at, Hz"
    )

    robustness: bool = Field(True, description="whether to perturb the trained network")


arms = {name: arm.text for name, arm in ARMS.items()}

baselines = {
    "k-means": "as many prototypes as cells, on pixels, read by the same vote",
    "nearest neighbour": "the label of the nearest of as many random training images as cells",
    "logistic regression": "on pixels",
    "random projection": "Poisson spikes of pixels, as many random rectified features as cells, same linear decoder",
}

measures = {
    "voting": Measure("read by vote", "%", percent=True, digits=1, main=True),
    "profile_voting": Measure("by profile vote", "%", percent=True, digits=1, main=True),
    "linear": Measure("by linear decoder", "%", percent=True, digits=1, main=True),
    "information": Measure("information in vote", "bits", digits=2, main=True),
    "information_linear": Measure("information in linear decoder", "bits", digits=2),
    "rate": Measure("mean rate", "Hz", digits=2, main=True),
    "active": Measure("cells active per image", "", digits=1),
    "used": Measure("cells in use", "%", percent=True, digits=0),
    "sparseness": Measure("population sparseness", "", digits=3),
    "lifetime_sparseness": Measure("lifetime sparseness", "", digits=3),
    "weight_gini": Measure("Gini coefficient of weights", "", digits=2),
    "weight_cv": Measure("CV of weights", "", digits=2),
    "weight_zero": Measure("weights at 0", "%", percent=True, digits=0),
    "weight_order": Measure("rank correlation with initial weights", "", digits=2),
    "weight_sum_cv": Measure("CV of cells' weight sums", "", digits=2),
    "threshold": Measure("threshold above rest", "mV", digits=1),
    "threshold_sd": Measure("spread of thresholds", "mV", digits=2),
    "inhibition": Measure("inhibitory weights, relative to start", "", digits=3),
}

quick: Mapping[str, Any] = {"neurons": 100, "images": 600, "passes": 2}

seeds = 3


def prepare(settings: Settings) -> str:
    """Read and split the images once, so that a bad file is told before anything starts; see that the network fits.

    Returns a sha256 of the images.
    """
    from hebbstat.experiments.digits.data import read
    from hebbstat.network.memory import require_memory

    train, test = read(settings)
    synapses = settings.neurons * (settings.neurons + 2 * train.pixels.shape[1])  # lateral, and ON and OFF channels
    require_memory(80.0 * synapses, f"a network of neurons={settings.neurons}", "use fewer neurons")
    return f"{train.digest} {test.digest}"


def run(settings: Settings, seed: int, arm: str, place: Place = NOWHERE) -> Mapping[str, Any]:
    """Train and test one arm, or evaluate one baseline, with one seed; training is kept in `place`."""
    from hebbstat.experiments.digits.trial import run_baseline, run_network

    return run_baseline(settings, seed, arm) if arm in baselines else run_network(settings, seed, arm, place)
