"""How the documentation is built: `make site` stages these sources with the notebooks and what is made from the code."""

import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, os.environ.get("DESERTION_SOURCES", str(HERE.parent)))

import desertion  # noqa: E402

project = "desertion"
author = "The desertion maintainers"
project_copyright = author
version = release = desertion.__version__

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx_design"]
exclude_patterns = ["README.md"]
default_role = "code"
nitpicky = False
# `name: desertion` and the like are no links to anywhere outside: nothing is fetched while building.
intersphinx_mapping: dict[str, object] = {}

autodoc_typehints = "none"
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
napoleon_numpy_docstring = False

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

nb_execution_mode = "cache"
nb_execution_cache_path = os.environ.get("DESERTION_SITE_CACHE", str(HERE / "_cache"))
nb_execution_excludepatterns = [name for name in os.environ.get("DESERTION_EXECUTED", "").split(":") if name]
nb_execution_timeout = 600
nb_execution_raise_on_error = True
nb_execution_in_temp = True
nb_merge_streams = True

# A notebook's cell may show a moving bar, which no page can; its text stands there all the same.
suppress_warnings = ["mystnb.unknown_mime_type"]

html_theme = "pydata_sphinx_theme"
html_title = "desertion"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_show_sourcelink = False
html_copy_source = False
html_theme_options = {
    "show_prev_next": True,
    "navbar_align": "left",
    "header_links_before_dropdown": 6,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
}
