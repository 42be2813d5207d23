"""Open a bundle of a stranger: every byte is checked before anything of it is used."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tinymledu.bundles import answers, checksums, manifest
from tinymledu.bundles.card import NAME as CARD
from tinymledu.bundles.card import ModelCard, card_from_text
from tinymledu.bundles.contents import check_names, contents, json_of
from tinymledu.errors import BundleError, InputError
from tinymledu.graph.ir import Graph, TFLiteModel
from tinymledu.graph.macs import macs_of
from tinymledu.graph.operators import check_runnable
from tinymledu.graph.tflite import load_model
from tinymledu.units import count

MODEL = "model/model.tflite"
LABELS = "model/labels.json"
PREPROCESSING = "model/preprocessing.json"
BOARDS = "model/board_results.json"
# Above what any board here can do: a file of a few bytes may ask for days and all memory.
MAX_TENSOR_ELEMENTS = 16_000_000
MAX_MACS = 500_000_000
_NEEDED = (CARD, MODEL, LABELS, PREPROCESSING, answers.NAME, BOARDS)


@dataclass(frozen=True, slots=True, eq=False)
class Bundle:
    """A bundle that passed every check.

    known_inputs: (k, *input shape), known_outputs: (k, *output shape), codes; computed here and
    found equal. board_results: what the sender says of boards, not executed here. digest: of
    checksums.txt; it proves who sent it only if it came by another way.
    """

    card: ModelCard
    model: TFLiteModel
    labels: tuple[str, ...]
    preprocessing: Mapping[str, Any]
    known_inputs: answers.Codes
    known_outputs: answers.Codes
    board_results: tuple[Mapping[str, Any], ...]
    data: tuple[manifest.DataFile, ...]
    digest: str

    def __repr__(self) -> str:
        """The licence first: it says whether one may go on."""
        return (
            f"Bundle {self.card.title!r}\n"
            f"  licence       {self.card.licence}\n"
            f"  made by       {self.card.made_by}, {self.card.region}\n"
            f"  not for       {self.card.not_for}\n"
            f"  worst site    {self.card.worst_site}\n"
            f"  known answers {len(self.known_inputs)}, computed here: all equal\n"
            f"  data files    {len(self.data)}\n"
            f"  digest        {self.digest}"
        )


def open_bundle(path: str | Path, *, digest: str | None = None) -> Bundle:
    """Check a bundle and read it. Nothing is unpacked to the disk, and nothing of it is executed.

    Checked, in this order: names, links and sizes; every checksum; the digest; card; model; known
    answers, computed by our interpreter; manifest.

    Args:
        path: a folder or a zip.
        digest: what the sender told you by another way. Without it, you know that the bundle is
            whole, but not that it is the sender's.

    Raises:
        BundleError: it is refused; the sentence names the file and what differs.
    """
    return bundle_of(contents(Path(path)), digest=digest)


def bundle_of(files: Mapping[str, bytes], *, digest: str | None = None) -> Bundle:
    """As `open_bundle`, for files that are in memory: each content by its name.

    Raises:
        BundleError: as for `open_bundle`.
    """
    check_names(list(files))
    checksums.check_checksums(files)
    found = checksums.digest_of(files)
    if digest is not None and digest.strip().lower() != found:
        raise BundleError(
            f"{checksums.NAME} is another one: its SHA-256 is {found}, the sender said {digest}. "
            "The files agree with each other, but somebody changed them together. Ask the sender."
        )
    if missing := [name for name in _NEEDED if name not in files]:
        raise BundleError(f"The bundle has no {', '.join(missing)}.")
    model = _model(files)
    inputs, outputs = answers.check_answers(model, files[answers.NAME])
    return Bundle(
        card=card_from_text(_text(files, CARD)),
        model=model,
        labels=_labels(files, model),
        preprocessing=json_of(files[PREPROCESSING], PREPROCESSING, dict),
        known_inputs=inputs,
        known_outputs=outputs,
        board_results=_boards(files),
        data=manifest.check_manifest(files),
        digest=found,
    )


def _model(files: Mapping[str, bytes]) -> TFLiteModel:
    try:
        model = load_model(files[MODEL], name="from_bundle")
        check_runnable(model.graph)
    except InputError as error:  # of which each that a model can cause is one
        raise BundleError(f"{MODEL} cannot be used: {error}") from error
    _check_work(model.graph)
    return model


def _check_work(graph: Graph) -> None:
    largest = max(tensor.n_elements for tensor in graph.tensors)
    if largest > MAX_TENSOR_ELEMENTS:
        raise BundleError(
            f"{MODEL} has a tensor of {count(largest)} values; at most "
            f"{count(MAX_TENSOR_ELEMENTS)} are computed here."
        )
    macs = sum(macs_of(graph, op) for op in graph.ops)
    if macs > MAX_MACS:
        raise BundleError(
            f"{MODEL} needs {count(macs)} multiplications; at most {count(MAX_MACS)} are computed "
            "here."
        )


def _text(files: Mapping[str, bytes], name: str) -> str:
    try:
        return files[name].decode("utf-8")
    except UnicodeDecodeError:
        raise BundleError(f"{name} is no text in UTF-8.") from None


def _labels(files: Mapping[str, bytes], model: TFLiteModel) -> tuple[str, ...]:
    labels = json_of(files[LABELS], LABELS, list)
    if not all(isinstance(one, str) and one for one in labels):
        raise BundleError(f"{LABELS} is no list of names.")
    n_outputs = model.graph.output.shape[-1]
    if labels and len(labels) != n_outputs:
        raise BundleError(f"{LABELS} has {len(labels)} names, and the model {n_outputs} outputs.")
    return tuple(labels)


def _boards(files: Mapping[str, bytes]) -> tuple[Mapping[str, Any], ...]:
    results = json_of(files[BOARDS], BOARDS, list)
    for one in results:
        if not isinstance(one, dict) or not isinstance(one.get("obtained"), str):
            raise BundleError(f"{BOARDS}: a result does not say how it was obtained.")
    return tuple(results)
