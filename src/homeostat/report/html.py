"""A page in one file: no scripts, no fonts, no images from elsewhere; readable on a phone and in print."""

from __future__ import annotations

import base64
from html import escape
from typing import Any

from matplotlib.figure import Figure

from homeostat.report.figures import svg

CSS = """
:root { --ink:#22211f; --soft:#66635c; --line:#dedbd2; --paper:#fdfcf9; --tint:#f4f2ea; --accent:#0072B2; }
* { box-sizing:border-box; }
html { -webkit-text-size-adjust:100%; }
body { margin:0; background:var(--paper); color:var(--ink); font:16px/1.58 "Iowan Old Style","Palatino Linotype",Palatino,"Book Antiqua",Georgia,serif; }
main { max-width:62rem; margin:0 auto; padding:2.6rem 1.4rem 4rem; }
h1 { font-size:2rem; line-height:1.18; margin:.3rem 0 1rem; font-weight:600; max-width:48rem; text-wrap:balance; }
h2 { font-size:1.3rem; margin:3rem 0 .5rem; font-weight:600; border-top:1px solid var(--line); padding-top:1.3rem; }
p, ul, dl { max-width:44rem; margin:.6rem 0; }
.over, figcaption, small, table, .facts, dl, summary, footer { font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif; }
.over { color:var(--soft); font-size:.85rem; letter-spacing:.01em; margin:0; }
.warn { background:#fff3d6; border-left:4px solid #E69F00; padding:.6rem .9rem; max-width:none; }
.facts { display:grid; grid-template-columns:repeat(auto-fit,minmax(11.5rem,1fr)); gap:.8rem; margin:1.6rem 0 1rem; }
.fact { background:var(--tint); border-radius:6px; padding:.8rem 1rem; }
.fact b { display:block; font-size:1.75rem; line-height:1.15; font-weight:600; letter-spacing:-.01em; }
.fact b i { font-style:normal; font-size:.95rem; font-weight:400; color:var(--soft); letter-spacing:0; white-space:nowrap; }
.fact span { display:block; font-size:.86rem; line-height:1.35; color:var(--soft); }
.fact span + span { font-size:.78rem; margin-top:.15rem; }
.figures { display:grid; grid-template-columns:repeat(auto-fit,minmax(min(27rem,100%),1fr)); gap:1.6rem 2rem; align-items:start; margin:1rem 0; }
figure { margin:0; break-inside:avoid; }
figure img { width:100%; max-width:32rem; height:auto; display:block; }
figcaption { font-size:.84rem; line-height:1.45; color:var(--soft); max-width:32rem; margin-top:.35rem; }
.scroll { overflow-x:auto; margin:1rem 0; }
table { border-collapse:collapse; font-size:.86rem; line-height:1.35; font-variant-numeric:tabular-nums; }
.results { width:100%; }
.results td, .results thead th { text-align:right; padding:.42rem .6rem; vertical-align:top; }
.results td { white-space:nowrap; }
.results thead th { font-weight:500; color:var(--soft); border-bottom:1.5px solid var(--ink); vertical-align:bottom; min-width:5.2rem; }
.results tbody th { text-align:left; font-weight:600; padding:.42rem .6rem; min-width:11.5rem; }
.results tbody th small { display:block; font-weight:400; color:var(--soft); font-size:.78rem; }
.results tbody tr + tr > * { border-top:1px solid var(--line); }
.results tbody tr.rule > * { border-top:1.5px solid var(--ink); }
.results tbody tr:first-child > * { background:#eaf2f8; }
.plain td, .plain th { text-align:left; padding:.25rem 1.2rem .25rem 0; vertical-align:top; border-top:1px solid var(--line); font-weight:400; }
.plain thead th { color:var(--soft); border-top:0; }
.plain td:first-child { white-space:nowrap; }
code, pre { font:.86em/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace; }
pre { background:var(--tint); padding:.7rem .9rem; border-radius:6px; white-space:pre-wrap; overflow-wrap:anywhere; }
details { margin:.7rem 0; } summary { cursor:pointer; color:var(--accent); font-size:.92rem; }
dl { display:grid; grid-template-columns:max-content 1fr; gap:.2rem 1.2rem; font-size:.88rem; }
dt { color:var(--soft); } dd { margin:0; overflow-wrap:anywhere; }
footer { margin-top:3rem; padding-top:1rem; border-top:1px solid var(--line); color:var(--soft); font-size:.82rem; }
@media (max-width:40rem) {
  main { padding:1.4rem 1rem 3rem; } h1 { font-size:1.5rem; } h2 { margin-top:2.2rem; }
  .facts { grid-template-columns:1fr 1fr; } .fact { padding:.6rem .7rem; } .fact b { font-size:1.35rem; }
  dl { grid-template-columns:1fr; } dt { margin-top:.4rem; }
}
@media print {
  @page { margin:1.6cm; } body { background:#fff; font-size:10.5pt; } main { max-width:none; padding:0; }
  .figures { grid-template-columns:1fr 1fr; } h2 { break-after:avoid; margin-top:1.6rem; } .scroll { overflow:visible; }
  .results { font-size:7.6pt; } .results td { white-space:normal; } .fact, .results tbody tr:first-child > *, pre { -webkit-print-color-adjust:exact; print-color-adjust:exact; }
}
"""


def page(title: str, body: str) -> str:
    """The whole page."""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{CSS}</style>\n</head>\n<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def section(title: str, *parts: str) -> str:
    """A heading and what stands below it."""
    return f"<h2>{escape(title)}</h2>\n" + "\n".join(part for part in parts if part)


def paragraphs(text: str) -> str:
    """Plain text with blank lines between its paragraphs."""
    return "\n".join(f"<p>{escape(' '.join(part.split()))}</p>" for part in text.split("\n\n") if part.strip())


def fact(value: str, unit: str, text: str, more: str = "") -> str:
    """A number that one should see first: '95.3 ± 0.8', of which the spread is shown smaller."""
    mean, _, spread = value.partition(" ± ")
    extra = f"<span>{escape(more)}</span>" if more else ""
    smaller = f"± {spread} {unit}" if spread else unit
    return f'<div class="fact"><b>{escape(mean)} <i>{escape(smaller)}</i></b><span>{escape(text)}</span>{extra}</div>'


def figure(drawn: Figure, caption: str, alt: str) -> str:
    """A figure within the page, with its caption; `alt` says what it shows to those who can't see it."""
    data = base64.b64encode(svg(drawn).encode()).decode()
    return f'<figure><img alt="{escape(alt)}" src="data:image/svg+xml;base64,{data}"><figcaption>{escape(caption)}</figcaption></figure>'


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
    return "<dl>" + "".join(f"<dt>{escape(term)}</dt><dd>{escape(text)}</dd>" for term, text in entries.items()) + "</dl>"


def details(summary: str, *parts: str) -> str:
    """What is shown when asked for."""
    return f"<details><summary>{escape(summary)}</summary>{''.join(parts)}</details>"
