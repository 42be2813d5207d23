"""export."""

import argparse
from pathlib import Path

from tinymledu import units
from tinymledu.boards.exports.export import export as export_folder
from tinymledu.boards.exports.kinds import EIM
from tinymledu.cli.output import console, emit_json
from tinymledu.errors import InputError
from tinymledu.graph.ir import TFLiteModel
from tinymledu.graph.tflite import load_model

_EIM_OPTIONS = ("sensor", "frequency_hz", "machine", "language")


def export(options: argparse.Namespace) -> int:
    model = load_model(options.model)
    if options.to == EIM:
        return _program(model, options)
    given = [f"--{name.replace('_', '-')}" for name in _EIM_OPTIONS if getattr(options, name)]
    if given:
        raise InputError(f"{', '.join(given)}: only --to eim has a use for that.")
    return _folder(model, options)


def _folder(model: TFLiteModel, options: argparse.Namespace) -> int:
    result = export_folder(
        model,
        to=options.to,
        out=options.out,
        name=options.name,
        overwrite=options.overwrite,
        optimise=options.optimise,
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


def _program(model: TFLiteModel, options: argparse.Namespace) -> int:
    from tinymledu.edge_impulse import write

    path: Path = options.out
    if options.optimise != "speed":
        raise InputError(
            "--optimise size is for boards; a .eim runs on a computer, which has room."
        )
    if path.is_dir():
        raise InputError(f"{path} is a folder; name a file, such as {path / (model.name + '.eim')}")
    if path.exists() and not options.overwrite:
        raise InputError(f"{path} is there already; --overwrite replaces it.")
    result = write(
        model,
        path,
        sensor=options.sensor,
        frequency_hz=options.frequency_hz,
        machine=options.machine,
        language=options.language,
    )
    told = result.impulse
    if options.json:
        record = {"kind": EIM, "out": str(path), "language": result.language}
        sizes = {"file_bytes": result.n_bytes, "features": told.n_features}
        emit_json({**record, **sizes, "sensor": told.sensor, "labels": list(told.labels)})
        return 0
    console.print(
        f"{path}: {units.count(result.n_bytes)} B, {result.made_with}\n"
        f"  sensor {told.sensor}, {units.count(told.n_features)} features, "
        f"{len(told.labels)} labels: {', '.join(told.labels[:10])}"
        f"{', ...' if len(told.labels) > 10 else ''}\n"
        f"Try it: edge-impulse-linux-runner --model-file {path}"
    )
    return 0
