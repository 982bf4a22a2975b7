"""How the site is built: `make docs`. Pages of the API and the mechanisms are written from the code by pages.py."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import pages

import hebbstat

project, author, copyright = "Hebbstat", "The Hebbstat developers", "2026, the Hebbstat developers"
release = version = hebbstat.__version__
extensions = ["myst_parser"]
myst_enable_extensions = ["colon_fence", "dollarmath"]
myst_heading_anchors = 3
exclude_patterns = ["_build", "verification.md"]
suppress_warnings = ["myst.strikethrough"]
html_theme, html_title, html_show_sourcelink = "furo", "Hebbstat", False
html_theme_options = {
    "light_css_variables": {"color-brand-primary": "#0072B2", "color-brand-content": "#0072B2"},
    "dark_css_variables": {"color-brand-primary": "#56B4E9", "color-brand-content": "#56B4E9"},
}
nitpicky = True


def setup(app):
    """Write the pages that come from the code before any is read."""
    app.connect("builder-inited", lambda app: pages.write(Path(app.srcdir)))
