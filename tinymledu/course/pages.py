"""HTML pages that a person opens: one file each, every text escaped, nothing that runs or loads.

A Content-Security-Policy forbids scripts, frames, forms and every request, so that a mistake in
escaping would still do no harm.
"""

from pathlib import Path
from typing import Any

_TEMPLATES = Path(__file__).parent / "templates"


def render(template: str, **values: Any) -> str:
    """Fill one of the templates. Every value is escaped; none is marked as safe."""
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(template).render(**values)
