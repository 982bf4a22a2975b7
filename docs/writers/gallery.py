"""The gallery: each script of examples/gallery, run in its quick form, with its figure and its checked number."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from writers.floors import PACKAGE, ROOT
from writers.markdown import escaped

SCRIPTS = ROOT / "examples" / "gallery"
SHARED = "shown.py"


def pages(out: Path) -> dict[str, str | bytes]:
    """A page for each script, and the overview."""
    made: dict[str, str | bytes] = {}
    cards = []
    for script in scripts():
        title, text = said(script)
        figure, number = run(script, out)
        made[f"{script.stem}.png"] = figure
        made[f"{script.stem}.json"] = json.dumps(number, indent=1) + "\n"
        made[f"{script.stem}.md"] = PAGE.format(
            title=escaped(title), text=escaped(text), name=script.stem, alt=escaped(title), caption=caption(number)
        )
        cards.append(CARD.format(name=script.stem, title=escaped(title)))
    tree = ["```{toctree}", ":hidden:", "", *(script.stem for script in scripts()), "```", ""]
    made["index.md"] = "\n".join(["# Gallery", "", HEAD, "", *tree, "::::{container} gallery", *cards, "::::", ""])
    return made


HEAD = """Short scripts, each with one figure and one number that is checked against a published or analytic value: when
this site is built, and by the tests. They stand in `examples/gallery`; `make gallery` draws them in full, and
`python examples/gallery/stdp_windows.py --out figure.png` one of them."""

CARD = """:::{{container}} card
[![]({name}.png)]({name}.md)

[{title}]({name}.md)
:::"""

PAGE = """# {title}

{text}

:::{{figure}} {name}.png
:alt: {alt}

{caption}
:::

```{{literalinclude}} /../examples/gallery/{name}.py
:language: python
:class: wrapped
:caption: examples/gallery/{name}.py
```
"""


def scripts() -> list[Path]:
    """The scripts, by name."""
    return sorted(path for path in SCRIPTS.glob("*.py") if path.name != SHARED)


def said(script: Path) -> tuple[str, str]:
    """Title and text of a script's docstring."""
    text = ast.get_docstring(ast.parse(script.read_text("utf-8"))) or ""
    head, _, rest = text.partition(".\n" if ":" not in text.partition("\n")[0] else ": ")
    return head, rest.strip()[:1].upper() + rest.strip()[1:]


def caption(number: dict[str, str | float]) -> str:
    """The checked number below a figure."""
    text = "**{what}: {found:.4g}**; expected {expected:.4g} within {within:.2g} ({source})."
    words = {key: escaped(value) if isinstance(value, str) else value for key, value in number.items()}
    what = str(words["what"])
    return text.format(**{**words, "what": what[0].upper() + what[1:]})


def run(script: Path, out: Path) -> tuple[bytes, dict[str, str | float]]:
    """Figure and number of a script, those of before if no code has changed since."""
    figure, note = out / f"{script.stem}.png", out / f"{script.stem}.json"
    code = [script, script.with_name(SHARED), *PACKAGE.rglob("*.py")]
    if not (figure.exists() and note.exists() and min(figure.stat().st_mtime, note.stat().st_mtime)
            > max(path.stat().st_mtime for path in code)):  # fmt: skip
        with tempfile.TemporaryDirectory() as folder:
            figure, note = Path(folder) / "figure.png", Path(folder) / "figure.json"
            draw(script, figure, quick=True)
            return figure.read_bytes(), json.loads(note.read_text("utf-8"))
    return figure.read_bytes(), json.loads(note.read_text("utf-8"))


def draw(script: Path, figure: Path, quick: bool) -> None:
    """Run a script; an error if it fails, or if its number is not what it should be."""
    call = [sys.executable, "-W", "ignore", script.name, *(["--quick"] if quick else []), "--out", str(figure)]
    done = subprocess.run(call, cwd=script.parent, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{script.name} failed:\n{done.stdout}{done.stderr}")


if __name__ == "__main__":
    into = ROOT / "build" / "gallery"
    into.mkdir(parents=True, exist_ok=True)
    for script in scripts():
        draw(script, into / f"{script.stem}.png", quick="--quick" in sys.argv)
        number = json.loads((into / f"{script.stem}.json").read_text("utf-8"))
        print(f"{script.stem:24} {number['what']}: {number['found']:.4g} (expected {number['expected']:.4g})")
    print(f"figures are in {into.relative_to(ROOT)}")
