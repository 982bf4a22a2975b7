"""Writes the pages of the site that come from the code: API, mechanisms, gallery, rooms, published results.

python docs/writers             # into docs/, as `make docs` does
"""

from __future__ import annotations

from pathlib import Path

from writers import api, gallery, mechanisms, published, rooms

WRITTEN = ("api", "mechanisms", "gallery", "rooms", "published")
"""Folders of written pages; nothing in them is kept in git but the records of published results."""


def write(source: Path) -> None:
    """All pages. What is as it was is left alone, so that Sphinx reads only what is new; what is no page goes."""
    pages: dict[Path, str | bytes] = {}
    for name, writer in zip(WRITTEN, (api, mechanisms, gallery, rooms, published), strict=True):
        pages |= {source / name / path: text for path, text in writer.pages(source / name).items()}
    for path, content in pages.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        data = content.encode() if isinstance(content, str) else content
        if not path.exists() or path.read_bytes() != data:
            path.write_bytes(data)
    for path in (path for name in WRITTEN for path in (source / name).rglob("*.md")):
        if path not in pages:
            path.unlink()
