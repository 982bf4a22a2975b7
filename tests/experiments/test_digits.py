"""The digits experiment in miniature: that every part does what it says, not how well the network learns."""

import json
from pathlib import Path

import numpy as np
import pytest

from hebbstat.contract.errors import BadValueError, DataError
from hebbstat.experiments.digits import Settings, arms, baselines, measures, prepare, quick, run, variants
from hebbstat.experiments.digits.data import code_of, read
from hebbstat.experiments.digits.network import digits_network, mean_weight
from hebbstat.experiments.digits.robustness import KINDS, LEVELS, damaged
from hebbstat.experiments.digits.search import search
from hebbstat.experiments.digits.training import State, Subject, train
from hebbstat.experiments.digits.variants import ARMS, settings_of

TINY = Settings(neurons=20, images=80, passes=1, show=100.0, pause=50.0, test_show=100.0)


@pytest.fixture(scope="module")
def everything() -> dict[str, object]:
    return dict(run(TINY, 3, "everything"))


def test_a_run_gives_every_declared_number_and_what_the_page_draws(everything: dict[str, object]) -> None:
    numbers = {name for name, value in everything.items() if np.ndim(value) == 0}
    assert numbers == set(measures)
    assert {f"{kind}_{what}" for kind in KINDS for what in ("voting", "information")} <= set(everything)
    assert np.shape(everything["weights"]) == (128, 20)
    assert np.shape(everything["confusion"])[1] == np.shape(everything["confusion"])[0] + 1
    assert np.shape(everything["deletion_voting"]) == np.shape(LEVELS)


def test_a_run_is_repeatable(everything: dict[str, object]) -> None:
    again = run(TINY, 3, "everything")
    assert np.array_equal(again["weights"], everything["weights"])
    assert again["voting"] == everything["voting"]


@pytest.mark.parametrize("name", baselines)
def test_baselines_run_on_the_same_images(name: str) -> None:
    found = run(TINY, 0, name)
    assert all(np.ndim(value) == 0 for value in found.values())
    assert 0.3 < max(found.get("voting", 0.0), found.get("linear", 0.0)) <= 1.0


def test_what_an_arm_lacks_is_not_in_its_network() -> None:
    train_images, _ = read(TINY)
    code = code_of(TINY, train_images)

    def rules(arm: str) -> tuple[str, ...]:
        net = digits_network(TINY, ARMS[arm], 0, code.signal(train_images[:2]), 64)
        return tuple(type(rule).__name__ for projection in net.projections.values() for rule in projection.rules)

    whole = ("OneSidedSTDP", "WeightNormalization", "HardBounds", "InhibitorySTDP", "HardBounds")
    assert rules("everything") == rules("untrained") == rules("homogeneous") == rules("no intrinsic") == whole
    assert rules("plasticity off") == ("WeightNormalization", "HardBounds", "InhibitorySTDP", "HardBounds")
    assert rules("no normalisation") == ("OneSidedSTDP", "HardBounds", "InhibitorySTDP", "HardBounds")
    assert rules("no inhibitory") == ("OneSidedSTDP", "WeightNormalization", "HardBounds")
    assert rules("no homeostasis") == ("OneSidedSTDP", "HardBounds")
    neuron = digits_network(TINY, ARMS["no intrinsic"], 0, code.signal(train_images[:2]), 64).population("exc").neuron
    assert neuron.values["theta_plus"] == 0.0


def test_homogeneous_synapses_have_the_same_mean() -> None:
    train_images, _ = read(TINY)
    code = code_of(TINY, train_images)
    states = {arm: Subject(TINY, ARMS[arm], 0, code, 64).newborn(train_images) for arm in ("everything", "homogeneous")}
    mean = mean_weight(TINY, 128)
    assert np.ptp(states["homogeneous"].feed) == 0
    assert states["homogeneous"].feed.mean() == pytest.approx(mean, rel=1e-6)
    assert states["everything"].feed.mean() == pytest.approx(mean, rel=0.1)


def test_asking_leaves_no_trace_and_training_does() -> None:
    learn, test = read(TINY)
    subject = Subject(TINY, ARMS["everything"], 1, code_of(TINY, learn), len(learn))
    newborn = subject.newborn(learn)
    first = subject.ask(newborn, test)
    trained = train(subject, learn)
    assert not np.array_equal(trained.state.feed, newborn.feed)
    assert np.array_equal(subject.ask(newborn, test), first)
    assert (trained.rate >= 0).all() and trained.images_seen[-1] <= len(learn)


def test_damage_is_exactly_what_it_says() -> None:
    state = State(np.ones(1000, np.float32), np.ones(500, np.float32), np.zeros(3))
    half, most = (damaged(state, "deletion", level, 0) for level in (0.4, 0.8))
    assert (half.feed == 0).sum() == 400 and (most.inhibition == 0).sum() == 400
    assert (most.feed[half.feed == 0] == 0).all()
    assert np.allclose(damaged(state, "down-regulation", 0.25, 0).feed, 0.75)
    assert damaged(state, "noise", 0.5, 0) is state


def test_the_split_is_the_same_for_all_seeds_and_disjoint() -> None:
    learn, test = read(Settings())
    assert len(learn) == 1437 and len(test) == 360
    assert not {p.tobytes() for p in learn.pixels} & {p.tobytes() for p in test.pixels}
    assert read(Settings(neurons=50))[1].digest == test.digest


def test_chosen_settings_yield_to_those_set_by_hand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = {arm: {"settings": {"drive": 2.5, "learning_rate": 0.125}} for arm in arms}
    (tmp_path / "chosen.json").write_text(json.dumps({"arms": chosen}), encoding="utf-8")
    monkeypatch.setattr(variants, "CHOSEN", tmp_path / "chosen.json")
    variants._chosen.cache_clear()
    try:
        for arm in arms:
            assert settings_of(Settings(), arm).learning_rate == 0.125
        assert settings_of(Settings(drive=1.25), "everything").drive == 1.25
    finally:
        variants._chosen.cache_clear()
    assert Settings(**quick)


def test_without_chosen_settings_all_arms_share_the_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(variants, "CHOSEN", tmp_path / "none.json")
    variants._chosen.cache_clear()
    try:
        assert all(settings_of(Settings(), arm) == Settings() for arm in arms)
    finally:
        variants._chosen.cache_clear()


def test_bad_images_are_told_before_anything_runs(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no file"):
        prepare(Settings(data=str(tmp_path / "none.npz")))
    np.savez(tmp_path / "few.npz", images=np.random.default_rng(0).random((12, 4, 4)), labels=np.arange(12))
    with pytest.raises(BadValueError, match=r"few.npz: class 0 has a single image.*use more images"):
        prepare(Settings(data=str(tmp_path / "few.npz")))


def test_images_of_another_size_are_learned_too(tmp_path: Path) -> None:
    draw = np.random.default_rng(0)
    labels = np.arange(60) % 3
    np.savez(
        tmp_path / "bars.npz",
        images=draw.random((60, 3, 5)) + 3.0 * (np.arange(3)[None, :, None] == labels[:, None, None]),
        labels=labels,
    )
    found = run(TINY.but(data=str(tmp_path / "bars.npz"), robustness=False), 0, "everything")
    assert np.shape(found["weights"]) == (30, 20)


class Counting:
    done = 0

    def started(self, jobs: int, workers: int) -> None:
        self.jobs = jobs

    def finished(self, run: object) -> None:
        self.done += 1

    def failed(self, arm: str, seed: int, failure: object) -> None:
        raise AssertionError(failure)


def test_the_search_gives_every_arm_the_same_candidates_and_can_go_on(tmp_path: Path) -> None:
    watch, again = Counting(), Counting()
    small = TINY.but(images=60)
    search(small, 3, ["untrained", "homogeneous"], 0, tmp_path, 1, watch)
    assert watch.done == watch.jobs == 2 * (3 + 3 * 2)
    rows = [json.loads(line) for line in (tmp_path / "candidates.jsonl").read_text().splitlines()]
    wide = {
        arm: [r["settings"] for r in rows if r["arm"] == arm and r["candidate"] < 2]
        for arm in ("untrained", "homogeneous")
    }
    assert all(settings in wide["untrained"] for settings in wide["homogeneous"])
    chosen = json.loads((tmp_path / "chosen.json").read_text())
    assert len(chosen["arms"]["untrained"]["validation"]) == 3
    assert "images" not in chosen["arms"]["untrained"]["settings"]
    search(small, 3, ["untrained", "homogeneous"], 0, tmp_path, 1, again)
    assert again.done == again.jobs == 0
    assert json.loads((tmp_path / "chosen.json").read_text()) == chosen
