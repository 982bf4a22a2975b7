"""What an attack found: each gave wrong numbers without a word, or lost what there was."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import hebbstat as hs
from hebbstat import plot


def network() -> hs.Network:
    net = hs.Network(dt=1.0, seed=3)
    a, b = net.add(hs.PoissonSource(rate=50.0), 8, "a"), net.add(hs.LIF(), 3, "b")
    net.connect(a, b, hs.AllToAll(), weight=3.0, name="p", rules=[hs.PairSTDP()])
    net.connect(b, b, hs.FromPairs([], []), weight=1.0, name="none", rules=[hs.PairSTDP()])
    return net


class Quarter(hs.Recorder):
    """Whole at first, then not."""

    name, every = "quarter", 1.0

    def take(self, sim):
        return 0 if sim.step_count < 2 else sim.step_count / 4


@pytest.mark.parametrize("kind", [hs.Simulation, hs.ReferenceSimulation])
def test_samples_are_not_rounded_to_the_kind_of_the_first(kind: type, plain: None, tmp_path: Path) -> None:
    recorder = Quarter()
    assert kind(network()).run(ms=4.0, record=[recorder])[recorder].values.tolist() == [0.0, 0.5, 0.75, 1.0]
    if kind is hs.Simulation:
        with pytest.raises(hs.BadValueError, match=r"gave float64 after int64: give one kind"):
            kind(network(), quiet=True).run(ms=4.0, record=[recorder], out=tmp_path / "out.zarr")


def heights(ax) -> list[float]:
    return ax.patches[0].get_data().values.tolist()


def edges(ax) -> list[float]:
    return ax.patches[0].get_data().edges.tolist()


def test_rates_are_drawn_as_they_are_counted() -> None:
    spikes = ([10.0, 20.0, 30.0], [0, 0, 0])
    assert heights(plot.rates(spikes, n=1, bin=10.0)) == [100.0, 100.0, 100.0]
    late = ([10.0, 34.0], [0, 0])
    assert heights(plot.rates(late, n=1, bin=10.0, until=34.0)) == [100.0, 0.0, 0.0, 250.0]
    assert edges(plot.rates(late, n=1, bin=10.0, until=36.0)) == [0.0, 10.0, 20.0, 30.0, 36.0]


def test_a_last_bin_that_is_shorter_leaves_the_first_as_it_is(plain: None) -> None:
    rates = hs.Rates("a", every=10.0)
    drawn = plot.rates(hs.Simulation(network(), quiet=True).run(ms=26.0, record=[rates])[rates])
    assert edges(drawn) == [0.0, 10.0, 20.0, 26.0]


def test_positions_of_other_dimensions_are_refused() -> None:
    net = hs.Network()
    a = net.add(hs.PoissonSource(), 3, "a", positions=np.zeros((3, 2)))
    b = net.add(hs.LIF(), 3, "b", positions=np.zeros((3, 3)))
    net.connect(a, b, hs.DistanceDependent(hs.GaussianKernel(0.5, 1.0)))
    with pytest.raises(hs.BadValueError, match="positions in one space, not of 2 and 3 dimensions"):
        hs.ReferenceSimulation(net)


def sonata(path: Path, **edges: object) -> Path:
    h5py = pytest.importorskip("h5py")
    with h5py.File(path, "w") as file:
        group = file.create_group("edges/e")
        for name, value in edges.items():
            group[name.replace("__", "/")] = value
    return path


def test_weights_of_a_sonata_file_are_those_of_their_edges(tmp_path: Path) -> None:
    pairs = {"source_node_id": [0, 1, 2], "target_node_id": [0, 0, 0]}
    one = sonata(
        tmp_path / "one.h5",
        **pairs,
        edge_group_id=[0, 0, 0],
        edge_group_index=[2, 0, 1],
        **{"0__syn_weight": [1.0, 2, 3]},
    )
    assert hs.from_sonata(one).weight.tolist() == [3.0, 1.0, 2.0]
    groups = {"0__syn_weight": [5.0], "1__syn_weight": [6.0, 7.0]}
    two = sonata(tmp_path / "two.h5", **pairs, edge_group_id=[1, 0, 1], edge_group_index=[1, 0, 0], **groups)
    assert hs.from_sonata(two).weight.tolist() == [7.0, 5.0, 6.0]
    with pytest.raises(hs.DataError, match="no weights called 'syn_wieght'; did you mean 'syn_weight'"):
        hs.from_sonata(two, weight="syn_wieght")


def test_a_misspelt_weight_of_a_graph_is_noticed() -> None:
    networkx = pytest.importorskip("networkx")
    graph = networkx.DiGraph()
    graph.add_edge(0, 1, weight=2.0)
    with pytest.raises(hs.BadValueError, match="no edge of the graph has 'wieght'; did you mean 'weight'"):
        hs.from_networkx(graph, weight="wieght")
    with pytest.raises(hs.BadValueError, match="takes a NetworkX graph"):
        hs.from_networkx([(0, 1)])


def test_a_matrix_has_the_shape_of_what_it_connects() -> None:
    net = hs.Network()
    a, b = net.add(hs.PoissonSource(), 2, "a"), net.add(hs.LIF(), 3, "b")
    net.connect(a, b, hs.from_matrix([[1.0, 2.0], [3.0, 4.0], [0.0, 0.0]]), name="p")
    with pytest.raises(hs.BadValueError, match=r"of shape \(3, 2\) cannot connect 2 with 3 cells; is it transposed"):
        hs.ReferenceSimulation(net)


def test_pulses_end_and_fit() -> None:
    assert hs.stimuli.pulses([(2.0, 5.0, 50.0)], ms=5.0).values.tolist() == [0.0, 0.0, 50.0, 50.0, 50.0, 0.0]
    with pytest.raises(hs.BadValueError, match="does not fit into steps of every=1 ms"):
        hs.stimuli.pulses([(2.2, 2.8, 50.0)], ms=5.0)
    with pytest.raises(hs.BadValueError, match="by ms=5"):
        hs.stimuli.pulses([(2.0, 7.0, 50.0)], ms=5.0)


def test_traces_are_called_as_their_elements(plain: None) -> None:
    kept = hs.Simulation(network(), quiet=True).run(ms=3.0, record=[hs.States("b", "v", every=1.0, of=[0, 2])])["b.v"]
    assert [line.get_label() for line in plot.traces(kept).lines] == ["0", "2"]
    assert len(plot.traces(kept, of=[2]).lines) == 1
    with pytest.raises(hs.BadValueError, match="1 was not recorded"):
        plot.traces(kept, of=[1])


def test_a_recording_with_nothing_in_a_sample_can_be_opened(tmp_path: Path, plain: None) -> None:
    record = [hs.Weights("none", every=1.0), hs.Spikes("a")]
    run = hs.Simulation(network(), quiet=True).run(ms=5.0, record=record, out=tmp_path / "out.zarr")
    for path in (run.save(tmp_path / "saved.zarr"), tmp_path / "out.zarr"):
        opened = hs.Recording.open(path)
        assert opened["none.w"].shape == (5, 0)
        assert opened["a.spikes"].neuron.values.tolist() == run["a.spikes"].neuron.values.tolist()


def test_a_recorder_of_several_says_which(plain: None) -> None:
    summary, net = hs.WeightSummary(every=1.0), network()
    for sim in (hs.Simulation(net, quiet=True), hs.ReferenceSimulation(net)):
        with pytest.raises(hs.UnknownNameError, match=r"recorded several: p\.weights, none\.weights; name one"):
            sim.run(ms=2.0, record=[summary])[summary]
    one = hs.WeightSummary("p", every=1.0)
    assert hs.Simulation(net, quiet=True).run(ms=2.0, record=[one])[one].sizes["time"] == 2


def test_a_loop_over_a_population_ends() -> None:
    cells = network().populations["b"]
    assert [part.indices.tolist() for part in cells] == [[0], [1], [2]]
    with pytest.raises(hs.BadValueError, match="step of a slice must not be 0"):
        cells[::0]
