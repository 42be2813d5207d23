"""Write a bundle: a folder or a zip, the same bytes from the same content."""

import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path

from numpy.typing import ArrayLike

from tinymledu.boards.deploy import Deployment
from tinymledu.boards.transcript import check_virtual
from tinymledu.bundles import answers, checksums, manifest
from tinymledu.bundles.card import NAME as CARD
from tinymledu.bundles.card import ModelCard
from tinymledu.bundles.contents import check_names
from tinymledu.bundles.opening import BOARDS, LABELS, MODEL, PREPROCESSING, bundle_of
from tinymledu.errors import BundleError
from tinymledu.files import write_atomic
from tinymledu.graph.ir import TFLiteModel
from tinymledu.graph.tflite import check_loaded

_FIXED_DATE = (1980, 1, 1, 0, 0, 0)  # so that the same content gives the same zip


@dataclass(frozen=True, slots=True)
class BoardResult:
    """What a virtual board needed. How each figure was obtained stands beside it."""

    board: str
    flash_bytes: int
    ram_bytes: int
    instructions: int
    latency_ms: tuple[float, float]
    obtained: str


def board_result(deployment: Deployment) -> BoardResult:
    """The figures of a deployment for a bundle.

    Raises:
        InputError: the deployment is of a board at a port.
        BoardError: the board is not executed here.
    """
    check_virtual(deployment)
    figures, memory = deployment.profile, deployment.memory
    return BoardResult(
        board=deployment.board.name,
        flash_bytes=memory.flash_bytes,
        ram_bytes=memory.ram_bytes,
        instructions=figures.instructions,
        latency_ms=(figures.latency_ms.low, figures.latency_ms.high),
        obtained=(
            f"virtual board, {deployment.build_name}: flash read from the program, stack in RAM "
            f"measured, instructions {figures.instructions_method}, latency "
            f"{figures.cycles_method}"
        ),
    )


def write_bundle(
    path: str | Path,
    model: TFLiteModel,
    card: ModelCard,
    *,
    known_inputs: ArrayLike,
    preprocessing: Mapping[str, object],
    boards: Sequence[BoardResult] = (),
    data: Sequence[manifest.DataFile] = (),
) -> str:
    """Write model, card, known answers, preprocessing, board results, data and checksums.

    It is read back by the rules of `open_bundle` before anything is written.

    Args:
        path: a zip where its name ends so; otherwise a folder that is empty or not there yet.
        known_inputs: (k, *input shape), 1 to 64; our interpreter gives the outputs.
        preprocessing: how a sensor's values become inputs, as names with numbers, text or lists.
        data: recordings that may be shared, by the card's licence and consent.

    Returns:
        The digest: 64 hexadecimal digits that stand for every byte. Tell it by another way.

    Raises:
        BundleError: the content would be refused on arrival, or the folder is not empty.
        InputError: the inputs have another shape than the model takes.
    """
    check_loaded(model)
    target = Path(path)
    _check_place(target)
    files = bundle_files(model, card, known_inputs=known_inputs, preprocessing=preprocessing,
                         boards=boards, data=data)  # fmt: skip
    digest = bundle_of(files).digest
    if _is_zip(target):
        write_atomic(target, zipped(files))
        return digest
    for name, content in files.items():
        write_atomic(target / name, content)
    return digest


def _is_zip(target: Path) -> bool:
    return target.suffix.lower() == ".zip"


def _check_place(target: Path) -> None:
    if _is_zip(target):
        if target.is_dir():
            raise BundleError(f"{target} is a folder. Name a file, or a folder without '.zip'.")
    elif target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise BundleError(f"{target} is not an empty folder. Name a new one.")


def bundle_files(
    model: TFLiteModel,
    card: ModelCard,
    *,
    known_inputs: ArrayLike,
    preprocessing: Mapping[str, object],
    boards: Sequence[BoardResult] = (),
    data: Sequence[manifest.DataFile] = (),
) -> dict[str, bytes]:
    """All files of a bundle by name, as `write_bundle` writes them.

    Raises:
        BundleError: as for `write_bundle`, where it can be seen before the bundle is read back.
    """
    if not isinstance(preprocessing, Mapping):
        raise BundleError(
            f"preprocessing is a {type(preprocessing).__name__}; give a dictionary of names with "
            "numbers, text or lists."
        )
    files = {
        CARD: card.to_text().encode(),
        MODEL: model.content,
        LABELS: _json(list(model.labels)),
        PREPROCESSING: _json(dict(preprocessing)),
        answers.NAME: answers.answers_text(model, known_inputs).encode(),
        BOARDS: _json([asdict(one) for one in boards]),
    }
    if data:
        files[manifest.NAME] = manifest.manifest_text(data).encode()
        for one in data:
            files[f"data/{one.path}"] = one.content
    check_names(files)
    files[checksums.NAME] = checksums.checksums_text(files).encode()
    return dict(sorted(files.items()))


def zipped(files: Mapping[str, bytes]) -> bytes:
    """A zip of these files, the same on every system and at every time."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in sorted(files.items()):
            info = zipfile.ZipInfo(name, _FIXED_DATE)
            info.create_system = 3  # Unix, also where this runs on Windows
            info.external_attr = 0o100644 << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return out.getvalue()


def _json(value: object) -> bytes:
    try:
        text = json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False)
        return f"{text}\n".encode()
    except (TypeError, ValueError) as error:
        raise BundleError(
            f"{repr(value)[:200]} cannot be written as JSON ({error}). Use numbers, text and lists."
        ) from error
