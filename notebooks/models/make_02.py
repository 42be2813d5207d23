"""Make what lesson 02 ships: the record of its six trainings.

The cells of the lesson itself are executed, up to the table of the six networks, so the record is
what a student with TensorFlow gets. Takes about a minute on 2 cores:

    python notebooks/models/make_02.py
"""

import json
from pathlib import Path
from typing import Any

import jupytext
import matplotlib

HERE = Path(__file__).parent
LESSON = HERE.parent / "src" / "02_inside_phase_1.py"
RECORD = HERE / "02_record.json"
LAST_RESULT = "seconds"  # the last variable of the lesson that is recorded


def run_lesson() -> dict[str, Any]:
    """Execute the lesson's code cells until all that is shipped is there."""
    names: dict[str, Any] = {}
    for cell in jupytext.read(LESSON).cells:
        if cell.cell_type == "code":
            exec(compile(cell.source, LESSON.name, "exec"), names)
        if LAST_RESULT in names:
            return names
    raise SystemExit(f"{LESSON.name} makes no {LAST_RESULT}: TensorFlow is missing, or it changed.")


def main() -> None:
    matplotlib.use("Agg")
    names = run_lesson()
    networks = [
        network | {"epochs": [[round(value, 5) for value in epoch] for epoch in network["epochs"]]}
        for network in names["networks"]
    ]
    record = {"networks": networks, "seconds": round(names["seconds"], 1)}
    RECORD.write_text(json.dumps(record) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
