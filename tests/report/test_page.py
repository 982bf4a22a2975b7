"""The page: self-contained, complete, and made of whatever there is."""

import io
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from helpers.toys import PLAIN, SMALLEST, written
from rich.console import Console

from hebbstat.cli import call
from hebbstat.experiments import Measure
from hebbstat.experiments.lab.store import Result
from hebbstat.report import write_page
from hebbstat.report.tables import interval_text, printed


class Reader(HTMLParser):
    """Collects what a page asks for and whether its tags close."""

    VOID = {"meta", "img", "br"}

    def __init__(self, text: str) -> None:
        super().__init__()
        self.asked: list[str] = []
        self.open: list[str] = []
        self.images: list[dict[str, str | None]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.asked += [str(found[name]) for name in ("src", "href", "data", "srcset") if name in found]
        if tag == "img":
            self.images.append(found)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def check_page(text: str) -> Reader:
    """A well-formed page that fetches nothing."""
    reader = Reader(text)
    assert not reader.open
    assert all(asked.startswith("data:image/svg+xml;base64,") for asked in reader.asked)
    assert "<script" not in text and "@import" not in text
    assert not re.search(r"url\((?!data:)", text)
    assert all(image["alt"] for image in reader.images)
    return reader


@pytest.fixture
def toy(tmp_path: Path) -> Result:
    assert call(["run", str(written(tmp_path, PLAIN)), "--threads", "1", "--out", str(tmp_path / "out")]) == 0
    return Result.open(tmp_path / "out")


def test_the_page_is_self_contained_and_says_it_all(toy: Result) -> None:
    text = (toy.folder / "report.html").read_text(encoding="utf-8")
    reader = check_page(text)
    assert len(reader.images) == 2  # the arms, and the curve
    for words in (
        "Is the treated arm larger?",
        "It is, by one",
        "treated",
        "plus one",
        "coin",
        "size of it, m",
        toy.json["configuration_sha256"],
        "numpy",
    ):
        assert words in text


def test_the_page_is_the_same_when_made_again(toy: Result) -> None:
    before = (toy.folder / "report.html").read_text(encoding="utf-8")
    assert write_page(Result.open(toy.folder)).read_text(encoding="utf-8") == before


def test_the_smallest_experiment_has_a_page(tmp_path: Path) -> None:
    assert (
        call(
            ["run", str(written(tmp_path, SMALLEST)), "--threads", "1", "--seeds", "1", "--out", str(tmp_path / "out")]
        )
        == 0
    )
    check_page((tmp_path / "out" / "report.html").read_text(encoding="utf-8"))


def test_text_is_escaped(tmp_path: Path) -> None:
    path = written(tmp_path, '"""Is 1 < 2 & "so" on?\n\n<b>bold</b>"""\n' + SMALLEST)
    assert call(["run", str(path), "--threads", "1", "--seeds", "1", "--out", str(tmp_path / "out")]) == 0
    text = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    check_page(text)
    assert "&lt;b&gt;bold" in text


def test_a_partial_result_says_so(toy: Result) -> None:
    toy.json["runs"] = toy.json["runs"][:1]
    assert "Stopped early: 1 of 6 runs" in write_page(toy).read_text(encoding="utf-8")


def test_one_seed_has_no_intervals_and_the_page_says_none(tmp_path: Path) -> None:
    call(["run", str(written(tmp_path, PLAIN)), "--threads", "1", "--seeds", "1", "--out", str(tmp_path / "out")])
    text = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "95 %" not in text and "Dots: the one seed; so there is no interval." in text and "none: one seed" in text


def test_words_of_the_printed_table_are_whole_in_a_small_terminal(toy: Result) -> None:
    entry = {"unit": "bits", "percent": False, "digits": 2, "main": True}
    names = ("information in vote", "by linear decoder", "by profile vote", "mean rate of all")
    toy.json["measures"] = {f"{k}": entry | {"text": name} for k, name in enumerate(names)}
    for found in toy.json["summary"].values():
        found |= {f"{k}": found["size"] for k in range(4)}
    console = Console(width=70, file=io.StringIO())
    console.print(printed(toy))
    shown = console.file.getvalue()  # type: ignore[attr-defined]
    assert "information" in shown and "decoder," in shown and "…" not in shown


def test_intervals_as_text() -> None:
    measure = Measure("x", percent=True, digits=1)
    found = {"mean": 0.953, "low": 0.945, "high": 0.961}
    assert interval_text(measure, found) == "95.3 ± 0.8"
    assert interval_text(measure, found, signed=True) == "+95.3 ± 0.8"
    assert interval_text(measure, {"mean": 0.5, "low": None, "high": None}) == "50.0"
    assert interval_text(measure, None) == "–"
