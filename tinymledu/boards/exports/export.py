"""From a model to a folder that another tool builds: `export(model, to="arduino", out=folder)`."""

from dataclasses import dataclass
from pathlib import Path

from tinymledu import __version__
from tinymledu.boards.exports.amalgamate import STANDARD, amalgamate, without_includes
from tinymledu.boards.exports.kinds import EIM, KIND_NAMES, KINDS, Kind
from tinymledu.boards.exports.known_answers import known_answers
from tinymledu.boards.exports.names import export_name, plain_text
from tinymledu.boards.exports.stream import input_window, stream_files
from tinymledu.boards.exports.templates import fill, template_names
from tinymledu.boards.exports.tflm import resolver_methods, tflm_arena
from tinymledu.boards.writing import write_texts
from tinymledu.codegen.choice import Optimise
from tinymledu.codegen.emit import generate_c
from tinymledu.codegen.records import CSource
from tinymledu.errors import InputError, unknown_name
from tinymledu.graph.ir import Tensor, TFLiteModel
from tinymledu.graph.tflite import check_loaded
from tinymledu.units import count

TFLM_HEADER = "Chirale_TensorFlowLite.h"  # of the Arduino library that the sketch names

Holes = dict[str, object]


@dataclass(frozen=True, slots=True)
class Export:
    """What was written: the place that was asked for, and its files by their names."""

    kind: str
    c_name: str
    out: Path
    files: tuple[Path, ...]

    def __repr__(self) -> str:
        return f"Export({self.kind} {self.c_name!r}: {len(self.files)} files in {self.out})"


def export(
    model: TFLiteModel,
    *,
    to: str,
    out: str | Path,
    name: str | None = None,
    overwrite: bool = False,
    optimise: Optimise = "speed",
) -> Export:
    """Write an int8 model as a project for another tool, with known answers and a README.md.

    Args:
        to: c-library, arduino, platformio, zephyr, esp-idf, tflm-sketch or array.
        out: a folder, made if it is not there.
        name: C identifier that files and functions begin with; otherwise made from the model's
            name.
        overwrite: write into a folder that has files, and replace those of the same name.
        optimise: kernels for "speed" or "size", as for `deploy`; of no matter to tflm-sketch and
            array, which hold the file.

    Raises:
        UnknownNameError: there is no kind `to`.
        InputError: the name cannot be used, or the folder has files or cannot be written.
        UnsupportedModelError: an operator, type or shape that has no kernel.
    """
    check_loaded(model)
    if to == EIM:
        raise InputError("A .eim is a file, not a folder: tml.edge_impulse.write(model, path).")
    if to not in KINDS:
        raise unknown_name("kind of export", to, KIND_NAMES)
    c_name = export_name(model, name)
    folder = Path(out)
    _check_place(folder, overwrite=overwrite)
    texts = _texts(model, KINDS[to], c_name, optimise)
    return Export(to, c_name, folder, write_texts(texts, folder))


def _texts(model: TFLiteModel, kind: Kind, c_name: str, optimise: Optimise) -> dict[str, str]:
    """Paths in the folder to texts."""
    source = generate_c(model, c_name=c_name, optimise=optimise)
    window = input_window(model, kind)
    holes = _holes(model, source) | {"window": window}
    if kind.content == "c":
        sources = _library(source, holes) | (stream_files(c_name) if window else {})
    else:
        holes["content"] = model.content
        sources = _bytes_and_answers(holes, c_name)
    if kind.name == "tflm-sketch":
        holes |= _tflm_holes(model)
    place = "" if kind.place == "." else f"{kind.place}/"
    texts = {f"{place}{file}": text for file, text in sources.items()}
    for template in template_names(f"exports/{kind.name}"):
        texts[template] = fill(f"exports/{kind.name}/{template}", holes)
    return {path.replace("NAME", c_name): text for path, text in texts.items()}


def _holes(model: TFLiteModel, source: CSource) -> Holes:
    graph = model.graph
    n_outputs = graph.output.n_elements
    labels_known = len(model.labels) == n_outputs
    return {
        "model_name": plain_text(model.name),
        "model_sha256": model.sha256,
        "version": __version__,
        "c_name": source.c_name,
        "macro": source.c_name.upper(),
        "standard": STANDARD,
        "public_header": f"{source.c_name}.h",
        "source": source,
        "input_text": _tensor_text(graph.input),
        "output_text": _tensor_text(graph.output),
        "labels": model.labels if labels_known else [f"output {i}" for i in range(n_outputs)],
        "labels_known": labels_known,
        "has_floats": "float32" in (graph.input.dtype, graph.output.dtype),
        "answers": known_answers(model),
    }


def _tflm_holes(model: TFLiteModel) -> Holes:
    return {
        "resolver_methods": resolver_methods(model.content),
        "tflm_header": TFLM_HEADER,
        "arena": tflm_arena(model),
    }


def _tensor_text(tensor: Tensor) -> str:
    shape = " x ".join(map(str, tensor.shape))
    text = f"{shape} {tensor.dtype}, {count(tensor.n_bytes)} B"
    if tensor.quantization is None:
        return text
    scale, zero_point = tensor.quantization.scale, tensor.quantization.zero_point
    return f"{text}; real value = {scale:.9g} * (code - ({zero_point}))"


def _library(source: CSource, holes: Holes) -> dict[str, str]:
    """NAME.h and NAME.c: kernels, model, known answers and self-test."""
    name = source.c_name
    header = fill(
        "exports/parts/library.h",
        {
            **holes,
            "model_header": without_includes(source.files[f"{name}.h"]),
            "known_answers_header": fill("exports/parts/known_answers.h", holes).strip(),
        },
    )
    members = {file: text for file, text in source.files.items() if file != f"{name}.h"}
    for part in ("known_answers", "self_test"):
        members[f"{name}_{part}.c"] = fill(f"exports/parts/{part}.c", holes)
    return {f"{name}.h": header, f"{name}.c": amalgamate(members, name, heading=holes)}


def _bytes_and_answers(holes: Holes, name: str) -> dict[str, str]:
    """NAME_tflite.h, and the known answers as a header and a source."""
    declared = {"known_answers_header": fill("exports/parts/known_answers.h", holes).strip()}
    return {
        f"{name}_tflite.h": fill("exports/parts/tflite_bytes.h", holes),
        f"{name}_known_answers.h": fill("exports/parts/known_answers_alone.h", holes | declared),
        f"{name}_known_answers.c": fill("exports/parts/known_answers.c", holes),
    }


def _check_place(folder: Path, *, overwrite: bool) -> None:
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder} is a file; name a folder to write the export to.")
    if not overwrite and folder.is_dir() and any(folder.iterdir()):
        raise InputError(
            f"{folder} has files already, and nothing was written. Name an empty or new folder, or "
            "ask for --overwrite (in Python: overwrite=True), which replaces files of the same "
            "name."
        )
