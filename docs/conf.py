"""How the site is built: `make docs`. `writers` writes the pages that come from the code."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from sphinx.util import logging
from writers import links, write

import hebbstat

project, author, copyright = "Hebbstat", "The Hebbstat developers", "The Hebbstat developers"
release = version = hebbstat.__version__
extensions = ["myst_parser", "writers.names"]
myst_enable_extensions = ["colon_fence", "dollarmath"]
myst_heading_anchors = 3
exclude_patterns = ["verification.md"]
nitpicky = True

add_module_names = False
maximum_signature_line_length = 70
toc_object_entries_show_parents = "hide"
python_display_short_literal_types = True

html_theme, html_title, html_show_sourcelink = "furo", "Hebbstat", False
html_static_path, html_css_files = ["static"], ["site.css"]
html_theme_options = {
    "light_css_variables": {"color-brand-primary": "#0072B2", "color-brand-content": "#0072B2"},
    "dark_css_variables": {"color-brand-primary": "#56B4E9", "color-brand-content": "#56B4E9"},
}

# `make links`: a DOI is asked of the registry, because publishers turn programs away; what needs a login, is slow or
# limits requests is not broken.
linkcheck_allow_unauthorized = True
linkcheck_report_timeouts_as_broken = False
linkcheck_timeout, linkcheck_retries, linkcheck_workers = 20, 2, 4


def registered(app, uri):
    """Where to look whether a DOI exists."""
    return uri.replace("https://doi.org/", "https://doi.org/api/handles/")


def look_for_dead_links(app, exception):
    """Links within the site, those that the theme made included; a warning for each, and `make docs` fails."""
    if exception is None and app.builder.name == "html":
        for found in links.dead(Path(app.outdir)):
            logging.getLogger(__name__).warning(found)


def setup(app):
    """Write the pages that come from the code before any is read."""
    app.connect("builder-inited", lambda app: write(Path(app.srcdir)))
    app.connect("linkcheck-process-uri", registered)
    app.connect("build-finished", look_for_dead_links)
