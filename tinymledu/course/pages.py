"""HTML pages that a person opens: one file each, every text escaped, nothing that runs or loads.

A Content-Security-Policy forbids scripts, frames, forms and every request, so that a mistake in
escaping would still do no harm.
"""

import functools
from pathlib import Path
from typing import Any

_TEMPLATES = Path(__file__).parent / "templates"


def render(template: str, **values: Any) -> str:
    """Fill one of the templates. Every value is escaped; none is marked as safe."""
    return str(_environment().get_template(template).render(**values))


@functools.cache
def _environment() -> Any:
    """One for all pages of a class: it keeps the templates that it has compiled."""
    import jinja2

    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
