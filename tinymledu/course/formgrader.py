"""What formgrader, and nbgrader's own feedback, show of notebooks: nothing that runs or loads.

nbgrader 0.9 puts Markdown, outputs and names into its pages as they are, and takes MathJax from a
CDN. The course's nbgrader_config.py calls `configure`, so that this holds for notebooks that plain
nbgrader graded as well. Drop what nbgrader does itself one day.
"""

import functools
import html
import re
from pathlib import Path
from typing import Any

import bleach
from jinja2 import pass_context
from nbconvert.exporters.html import HTMLExporter
from nbconvert.exporters.notebook import NotebookExporter
from nbconvert.preprocessors import Preprocessor

from tinymledu.errors import CourseError

_TEMPLATES = Path(__file__).parent / "templates" / "formgrader"
_MODULE = "tinymledu.course.formgrader"


def configure(config: Any) -> None:
    """Add what is needed to a traitlets configuration."""
    import nbgrader

    theirs = Path(nbgrader.__file__).parent / "server_extensions" / "formgrader" / "templates"
    exporter = config.HTMLExporter
    exporter.extra_template_basedirs = [str(_TEMPLATES), str(theirs)]
    exporter.sanitize_html = True
    exporter.filters = {"markdown2html": f"{_MODULE}.clean_markdown"}
    exporter.preprocessors = [f"{_MODULE}.Quiet"]


class NoAutograde(NotebookExporter):
    """Stands where `nbgrader autograde` takes its exporter: before anything is deleted or run."""

    def __init__(self, **_options: Any) -> None:
        raise CourseError(
            "nbgrader's autograde, and its button in formgrader, would run submissions unprotected "
            "on this machine, so nothing was run or changed. Grade in a terminal, in this folder: "
            "tinymledu course grade ASSIGNMENT --course . (with --again to grade anew); the "
            "grades then show here."
        )


# ------------------------------------------------------------------------------------- Markdown

_TAGS = {
    "a", "abbr", "b", "blockquote", "br", "caption", "code", "dd", "del", "div", "dl", "dt", "em",
    "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "kbd", "li", "ol", "p", "pre", "s", "samp",
    "small", "span", "strong", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr", "u", "ul",
}  # fmt: skip
_ATTRIBUTES = {"*": ["class", "id"], "a": ["href", "title"], "th": ["align"], "td": ["align"]}


@pass_context
def clean_markdown(context: Any, source: str) -> str:
    """Markdown as HTML without anything that could run; addresses of the web and of the page only.

    Pictures go as well: the address of one is a request.
    """
    rendered = _exporter().markdown2html(context, source)
    return str(bleach.clean(rendered, _TAGS, _ATTRIBUTES, {"http", "https", "mailto"}))


@functools.cache
def _exporter() -> Any:
    return HTMLExporter()  # type: ignore[no-untyped-call]  # nbconvert's


# ------------------------------------------------------------------------------ outputs and names

_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")
_PICTURES = ("image/png", "image/jpeg")


class Quiet(Preprocessor):
    """Keeps text and pictures of outputs, and escapes what the templates print as it is."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Change the notebook in memory; its file stays."""
        nb.metadata = type(nb.metadata)(
            {name: nb.metadata[name] for name in ("kernelspec",) if name in nb.metadata}
        )
        for cell in nb.cells:
            grading = cell.metadata.get("nbgrader", {})
            cell.metadata = type(cell.metadata)(
                {"nbgrader": _escaped(grading)} if isinstance(grading, dict) and grading else {}
            )
            cell.pop("attachments", None)
            if cell.cell_type == "code":
                count = cell.get("execution_count")
                cell.execution_count = count if type(count) is int else None
                cell.outputs = [_quiet(one) for one in cell.get("outputs", [])]
        return nb, _escaped(resources, only=_NAMES)


_NAMES = ("student", "first_name", "last_name", "assignment_id", "notebook_id", "notebook_path")


def _escaped(values: Any, *, only: tuple[str, ...] | None = None) -> Any:
    """The same record, its texts escaped for HTML and attributes."""
    for name, value in values.items():
        if isinstance(value, str) and (only is None or name in only):
            values[name] = html.escape(value)
    return values


def _quiet(output: Any) -> Any:
    """One output as text, or as a picture."""
    kind = output.get("output_type")
    if kind == "stream":
        output.name = "stderr" if output.get("name") == "stderr" else "stdout"
    elif kind in ("display_data", "execute_result"):
        data = output.get("data", {})
        output.data = type(data)(
            {
                name: value
                for name, value in data.items()
                if name == "text/plain" or (name in _PICTURES and _is_base64(value))
            }
        )
        output.metadata = type(data)()
        if "execution_count" in output and type(output.execution_count) is not int:
            output.execution_count = None
    elif kind != "error":
        output.update(output_type="stream", name="stdout", text="(an output of another kind)\n")
    return output


def _is_base64(value: Any) -> bool:
    return isinstance(value, str) and _BASE64.fullmatch(value) is not None
