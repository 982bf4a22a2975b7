"""Every script of the gallery runs in its quick form, draws its figure, and its number is what it should be."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from writers import gallery

SCRIPTS = gallery.scripts()


@pytest.mark.parametrize("script", SCRIPTS, ids=[script.stem for script in SCRIPTS])
def test_a_script_draws_its_figure_and_its_number_holds(script: Path, tmp_path: Path) -> None:
    gallery.draw(script, tmp_path / "figure.png", quick=True)  # an error if the number is not as expected
    assert (tmp_path / "figure.png").stat().st_size > 5000
    number = json.loads((tmp_path / "figure.json").read_text("utf-8"))
    assert abs(number["found"] - number["expected"]) <= number["within"]
    assert re.fullmatch(r"\*\*.+: .+\*\*; expected .+ within .+ \(.+\)\.", gallery.caption(number))


def test_a_number_that_is_not_as_expected_fails(tmp_path: Path) -> None:
    script = SCRIPTS[0].with_name("shown.py").read_text("utf-8")
    (tmp_path / "shown.py").write_text(script, "utf-8")
    (tmp_path / "wrong.py").write_text(
        "import matplotlib.pyplot as plt\nfrom shown import Number, main\n"
        "raise SystemExit(main(lambda quick: (plt.figure(), Number('one', 1.0, 2.0, 0.5, 'here')), 'Wrong.'))\n",
        "utf-8",
    )
    with pytest.raises(RuntimeError, match="NOT as expected"):
        gallery.draw(tmp_path / "wrong.py", tmp_path / "figure.png", quick=True)


def test_titles_and_texts_are_those_of_the_scripts() -> None:
    title, text = gallery.said(gallery.SCRIPTS / "triplet_frequency.py")
    assert title == "Why pairs are not enough"
    assert text.startswith("60 pairs at different frequencies")
