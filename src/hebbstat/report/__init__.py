"""Reports: the printed table, figures, and a self-contained page, made of a folder of results."""

from __future__ import annotations

from hebbstat.report.page import write_page
from hebbstat.report.tables import printed

__all__ = ["printed", "write_page"]
