"""A page in one file: no scripts, no fonts, no images from elsewhere; readable on a phone and in print."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from functools import wraps
from html import escape
from importlib.resources import files
from typing import Any, ParamSpec

from matplotlib.figure import Figure

from hebbstat.contract.errors import HebbstatError
from hebbstat.report.figures import svg

P = ParamSpec("P")
STYLE = files("hebbstat.report") / "page.css"
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
{style}</style>
</head>
<body>
<main>
{body}
</main>
</body>
</html>
"""


def page(title: str, body: str) -> str:
    """The whole page."""
    return PAGE.format(title=escape(title), style=STYLE.read_text(encoding="utf-8"), body=body)


def section(title: str, *parts: str) -> str:
    """A heading and what stands below it."""
    return f"<h2>{escape(title)}</h2>\n" + "\n".join(part for part in parts if part)


def paragraphs(text: str) -> str:
    """Plain text with blank lines between its paragraphs; what stands in `backticks` is code."""
    parts = [escape(" ".join(part.split())) for part in text.split("\n\n") if part.strip()]
    return "\n".join("<p>" + re.sub(r"`([^`]+)`", r"<code>\1</code>", part) + "</p>" for part in parts)


def fact(value: str, unit: str, text: str, more: str = "") -> str:
    """A number that one should see first: '95.3 ± 0.8', of which the spread is shown smaller."""
    mean, _, spread = value.partition(" ± ")
    extra = f"<span>{escape(more)}</span>" if more else ""
    smaller = f"± {spread} {unit}" if spread else unit
    return f'<div class="fact"><b>{escape(mean)} <i>{escape(smaller)}</i></b><span>{escape(text)}</span>{extra}</div>'


def figure(drawn: Figure, caption: str, alt: str) -> str:
    """A figure within the page, with its caption; `alt` says what it shows to those who can't see it."""
    data = base64.b64encode(svg(drawn).encode()).decode()
    image = f'<img alt="{escape(alt)}" src="data:image/svg+xml;base64,{data}">'
    return f"<figure>{image}<figcaption>{escape(caption)}</figcaption></figure>"


def guarded(draw: Callable[P, str]) -> Callable[P, str]:
    """A function that draws, of which an error, from data that nobody foresaw, costs one figure and not the page."""

    @wraps(draw)
    def careful(*given: P.args, **named: P.kwargs) -> str:
        try:
            return draw(*given, **named)
        except HebbstatError:
            raise
        except Exception as error:
            what = f"{draw.__name__.strip('_').replace('_', ' ')}: {type(error).__name__}: {error}"
            return f'<p class="warn">A figure cannot be drawn of these data ({escape(what)}).</p>'

    return careful


def figures(*drawn: str) -> str:
    """Figures side by side where there is room."""
    found = [one for one in drawn if one]
    return f'<div class="figures">{"".join(found)}</div>' if found else ""


def facts(*given: str) -> str:
    """Numbers side by side."""
    return f'<div class="facts">{"".join(given)}</div>'


def table(head: list[str], lines: list[list[Any]]) -> str:
    """A plain table."""
    top = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    rows = "".join("<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in line) + "</tr>" for line in lines)
    return f'<div class="scroll"><table class="plain"><thead><tr>{top}</tr></thead><tbody>{rows}</tbody></table></div>'


def definitions(entries: dict[str, str]) -> str:
    """Terms and what they are."""
    return (
        "<dl>" + "".join(f"<dt>{escape(term)}</dt><dd>{escape(text)}</dd>" for term, text in entries.items()) + "</dl>"
    )


def details(summary: str, *parts: str) -> str:
    """What is shown when asked for."""
    return f"<details><summary>{escape(summary)}</summary>{''.join(parts)}</details>"
