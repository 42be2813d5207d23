"""How Sphinx builds the book; scripts/build_book.py puts together what it reads."""

import json
import re
from pathlib import Path

from book_pages import restructured

project = "tinymledu"
author = "the tinymledu authors"
language = "en"
extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx.ext.mathjax",
]

# Lessons are executed before; formulas are written with dollars.
nb_execution_mode = "off"
nb_merge_streams = True
nb_ipywidgets_js = {}  # widgets need a kernel, and their script would come from a CDN
myst_enable_extensions = ["attrs_block", "dollarmath"]
myst_heading_anchors = 3
myst_links_external_new_tab = False
# Cells of a notebook begin with any level.
suppress_warnings = ["myst.header"]

autodoc_typehints_format = "short"
autodoc_member_order = "bysource"
python_use_unqualified_type_names = True
default_role = "code"  # `name` in a docstring

html_theme = "basic"
html_title = "tinymledu"
html_static_path = ["_static"]
html_css_files = ["code-dark.css", "book.css"]
html_js_files = ["troubleshooting.js"]
html_sidebars = {"**": ["searchfield.html", "globaltoc.html"]}
html_show_search_summary = False  # would fetch pages, which file:// does not allow
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False
html_show_copyright = False
html_use_index = True
html_domain_indices = False
pygments_style = "default"

# MathJax 2.7 from a package on this machine, its own fonts, and nothing from elsewhere.
mathjax_path = "mathjax/MathJax.js?config=TeX-AMS-MML_HTMLorMML-full"
mathjax2_config = json.loads(Path(__file__).with_name("mathjax.json").read_text("utf-8"))


# Types that NumPy spells out, by the names that a reader knows.
ARRAY = r"~?[\w.]*ndarray\[tuple\[~?[\w.]*Any, \.\.\.\], ~?[\w.]*dtype\[~?[\w.]*?"
LONG_TYPES = {
    r"~?[\w.]*_Buffer \| .*?_NestedSequence\[complex \| bytes \| str\]": "ArrayLike",
    ARRAY + r"Any\]\]": "ndarray",
    ARRAY + r"(\w+)\]\]": r"ndarray[\1]",
}


def short_types(_app, _what, _name, _obj, _options, signature, returned):  # noqa: ANN001, ANN201
    """The signature with short names of types."""
    for long, short in LONG_TYPES.items():
        signature = re.sub(long, short, signature) if signature else signature
        returned = re.sub(long, short, returned) if returned else returned
    return signature, returned


def plain_text(_app, _what, _name, _obj, _options, lines):  # noqa: ANN001, ANN201
    """Docstrings are plain text, not reStructuredText."""
    lines[:] = restructured("\n".join(lines)).split("\n")


def setup(app):  # noqa: ANN001, ANN201
    app.connect("autodoc-process-signature", short_types)
    app.connect("autodoc-process-docstring", plain_text, priority=400)  # before napoleon
