"""The documents: their code runs, public names have a page, the gallery's numbers hold."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import matplotlib.pyplot as plt
import pytest

import hebbstat as hs

DOCS = Path(__file__).parents[1] / "docs"
WITH_CODE = ["start.md", "extending.md", *sorted(f"guide/{path.name}" for path in (DOCS / "guide").glob("*.md"))]


@pytest.fixture(scope="module")
def pages() -> object:
    sys.path.insert(0, str(DOCS))
    try:
        import pages
    finally:
        sys.path.remove(str(DOCS))
    return pages


@pytest.mark.parametrize("name", WITH_CODE)
def test_the_code_of_a_page_runs(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, plain: None) -> None:
    blocks = re.findall(r"^```python\n(.*?)^```", (DOCS / name).read_text("utf-8"), re.M | re.S)
    assert blocks, f"{name} has no code"
    script = tmp_path / "page.py"
    script.write_text("\n".join(blocks), "utf-8")
    monkeypatch.chdir(tmp_path)
    exec(compile(script.read_text("utf-8"), str(script), "exec", dont_inherit=True), {"__name__": "page"})
    plt.close("all")


def test_every_public_name_has_a_page(pages: object) -> None:
    """Names of the package, and of the parts that are reached through it."""
    text = "\n".join(text for _, text in [*pages.api(), pages.mechanisms()])  # type: ignore[attr-defined]
    headings = set(re.findall(r"^#+ ([\w.]+)$", text, re.M)) | set(
        re.findall(r"^\| `(?:hs\.units\.)?(\w+)`", text, re.M)
    )
    parts = (hs.information, hs.stimuli, hs.plot, hs.experiments, hs.report, hs.network)
    wanted = {name for name in hs.__all__ if not name.startswith("_")}
    wanted |= {name for part in parts for name in part.__all__ if callable(getattr(part, name))}
    assert not sorted(wanted - headings)


def test_no_import_points_up(pages: object, tmp_path: Path) -> None:
    name, text = pages.rooms(tmp_path)  # type: ignore[attr-defined]
    assert name == "rooms" and "contract" in text and (tmp_path / "rooms.svg").read_text().count("<rect") > 10


def test_docstrings_become_markdown(pages: object) -> None:
    shown = pages.markdown("A rule `a_b`.\n\n    dw = x * y\n\nBy A_b 2000, doi:10.1/x.y.")  # type: ignore[attr-defined]
    assert shown == (
        "A rule `a_b`.\n\n```text\ndw = x * y\n```\n\nBy A\\_b 2000, [doi:10.1/x.y](https://doi.org/10.1/x.y)."
    )


def test_the_table_of_the_engines_rooms_is_that_of_the_contract(pages: object) -> None:
    text = (pages.ROOT / "docs" / "architecture.md").read_text("utf-8")  # type: ignore[attr-defined]
    table = text.partition("## The engine's rooms")[2].partition("\n## ")[0]
    rows = [row.split("|")[1] for row in table.splitlines() if row.startswith("| `")]
    assert [re.findall(r"`(\w+)`", row) for row in rows] == pages.layers("hebbstat.engine")  # type: ignore[attr-defined]
