"""Build each notebook from its text source (jupytext percent format), without outputs.

Run it after editing notebooks/src/*.py or assignments/source/*/*.py; a test holds the committed
.ipynb files equal to what this makes. `--check` changes nothing and exits 1 when one is stale.
"""

import argparse
import hashlib
import sys
from pathlib import Path

import jupytext
import nbformat

ROOT = Path(__file__).resolve().parents[1]
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def sources() -> dict[Path, Path]:
    """Each text source, with the notebook that is built from it."""
    lessons = sorted((ROOT / "notebooks" / "src").glob("*.py"))
    assignments = sorted((ROOT / "assignments" / "source").glob("*/*.py"))
    pairs = {path: ROOT / "notebooks" / f"{path.stem}.ipynb" for path in lessons}
    pairs |= {p: p.with_suffix(".ipynb") for p in assignments if p.stem == p.parent.name}
    return pairs


def build(source: Path) -> str:
    """The notebook's JSON. Cell ids come from position and text: a rebuild changes nothing."""
    notebook = jupytext.reads(source.read_text(encoding="utf-8"), fmt="py:percent")
    for position, cell in enumerate(notebook.cells):
        digest = hashlib.sha256(f"{position}\n{cell.source}".encode()).hexdigest()
        cell["id"] = digest[:12]
    notebook.metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    nbformat.validate(notebook)
    return nbformat.writes(notebook) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description="Build the notebooks from their text sources.")
    parser.add_argument("--check", action="store_true", help="write nothing, fail if one is stale")
    options = parser.parse_args()
    stale = []
    for source, target in sources().items():
        text = build(source)
        if not target.exists() or target.read_text(encoding="utf-8") != text:
            stale.append(target.relative_to(ROOT))
            if not options.check:
                target.write_text(text, encoding="utf-8")
    for path in stale:
        sys.stdout.write(f"{path}\n")
    return 1 if stale and options.check else 0


if __name__ == "__main__":
    sys.exit(main())
