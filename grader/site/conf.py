"""Sphinx's configuration: what it is asked for stands in `grader.site.build`."""

import importlib
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1]))

project = "Attention, Transformers and self-supervised vision"
html_title = "Learnt by building"
copyright = "its authors: code MIT, texts and figures CC BY 4.0"
extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.mathjax"]
source_suffix = {".md": "myst-nb", ".ipynb": "myst-nb", ".rst": "restructuredtext"}
exclude_patterns = ["**/README.md", "**/micropython"]  # that comes inside engine.js
language = "en"

# -- text
myst_enable_extensions = ["dollarmath", "amsmath"]
myst_dmath_double_inline = True
myst_heading_anchors = 4
myst_links_external_new_tab = True
nb_execution_mode = "off"  # it was done before, once
nb_merge_streams = True

# -- the library
autodoc_member_order = "bysource"
autodoc_default_options = {"members": True, "show-inheritance": True}
autodoc_inherit_docstrings = False
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
autodoc_preserve_defaults = True
python_use_unqualified_type_names = True
highlight_language = "text"  # of an indented part of a docstring
python_maximum_signature_line_length = 90
add_module_names = False
toc_object_entries_show_parents = "hide"

# -- the page
html_theme = "furo"
html_theme_options = {"sidebar_hide_name": False, "navigation_with_keys": False}
html_static_path = [str(HERE / "static"), str(HERE / "vendored")]
html_css_files = ["site.css"]
html_js_files = ["site.js", "answers.js"]
html_copy_source = html_show_sourcelink = False
html_show_sphinx = html_use_index = html_domain_indices = False
html_permalinks = html_show_search_summary = False  # a summary would be fetched, which file:// forbids
mathjax_path = "mathjax/tex-svg.js"
mathjax_config_path = "static/mathjax_config.js"
pygments_style, pygments_dark_style = "a11y-high-contrast-light", "a11y-high-contrast-dark"


def setup(app):
    """What Sphinx calls: docstrings of ours are plain text, which autodoc would take for reStructuredText."""
    docstrings = importlib.import_module("grader.site.docstrings")
    app.connect("autodoc-process-docstring", docstrings.rewrite)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
