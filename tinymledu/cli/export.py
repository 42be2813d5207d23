"""export."""

import argparse

from tinymledu.boards.exports.export import export as export_model
from tinymledu.cli.output import console, emit_json
from tinymledu.graph.tflite import load_model


def export(options: argparse.Namespace) -> int:
    result = export_model(
        load_model(options.model),
        to=options.to,
        out=options.out,
        name=options.name,
        overwrite=options.overwrite,
    )
    if options.json:
        emit_json(
            {
                "kind": result.kind,
                "name": result.c_name,
                "out": str(result.out),
                "files": [str(path) for path in result.files],
            }
        )
        return 0
    for path in result.files:
        console.print(str(path))
    console.print(f"How to use them is in {result.out / 'README.md'}.")
    return 0
