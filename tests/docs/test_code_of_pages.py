"""The code of the documents runs, page by page, and leaves no warning."""

from __future__ import annotations

import re
import warnings
from pathlib import Path

import matplotlib.pyplot as plt
import pytest

DOCS = Path(__file__).parents[2] / "docs"
PAGES = sorted([DOCS / "start.md", *DOCS.glob("guide/*.md"), *DOCS.glob("extending/*.md")])


def code_of(page: Path) -> str:
    """All blocks of a page as one script: each goes on where the one before ended."""
    return "\n".join(re.findall(r"^```python\n(.*?)^```", page.read_text("utf-8"), re.M | re.S))


@pytest.mark.parametrize("page", PAGES, ids=[f"{page.parent.name}/{page.stem}" for page in PAGES])
def test_the_code_of_a_page_runs(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, plain: None) -> None:
    script = tmp_path / "page.py"  # hooks are read from their file
    script.write_text(code_of(page), "utf-8")
    monkeypatch.chdir(tmp_path)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        exec(compile(script.read_text("utf-8"), str(script), "exec", dont_inherit=True), {"__name__": "page"})
    plt.close("all")


def test_code_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("Text.\n\n```python\na = 1\n```\n\n```bash\nls\n```\n\n```python\nb = a + 1\n```\n")
    assert code_of(page) == "a = 1\n\nb = a + 1\n"
    assert sum(bool(code_of(page)) for page in PAGES) > 0.8 * len(PAGES)
