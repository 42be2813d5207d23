"""The integer features as firmware: C with tables, executed on the virtual board."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tinymledu.boards.build import Build, build
from tinymledu.boards.catalog import Board
from tinymledu.boards.catalog import board as board_card
from tinymledu.boards.emulator import VirtualBoard
from tinymledu.boards.firmware import fill
from tinymledu.boards.toolchain import found
from tinymledu.codegen.records import CSource, LayerInfo
from tinymledu.errors import InputError
from tinymledu.features import q15
from tinymledu.features.real import Settings, frames
from tinymledu.files import sha256_of, shipped
from tinymledu.graph.arena import aligned

DEFAULT_BOARD = "nano33ble"
NUMBERS_PER_LINE = 16
ALIGNMENT_BYTES = 16


def firmware(
    settings: Settings, board: Board | None = None, *, window: ArrayLike | None = None
) -> Build:
    """The features as machine code for a board, run once there: memory and instructions are known.

    Args:
        board: the Nano 33 BLE Sense unless you say otherwise.
        window: (frame_samples,) in Q15, the Hann window unless another is given.

    Raises:
        DoesNotFitError: tables or frame are too large for the board.
        MissingToolError: no compiler is installed.
    """
    target = board_card(DEFAULT_BOARD) if board is None else board
    return build(c_source(settings, window=window), target, toolchain_name=found())


def on_board(
    samples: ArrayLike,
    settings: Settings,
    board: Board | None = None,
    *,
    window: ArrayLike | None = None,
) -> NDArray[np.int16]:
    """Log-mel features of a recording, each frame computed by the machine code of a board.

    Args:
        samples: (n,) int16, or integers that fit.
        window: (frame_samples,) in Q15, the Hann window unless another is given.

    Returns:
        (n_frames, n_mels) int16, in units of 1 / 1024: what q15.log_mel gives, bit for bit.

    Raises:
        InputError: samples that int16 cannot hold exactly.
        BoardError: the firmware failed.
    """
    given = np.asarray(samples)
    recording = given.astype(np.int16)
    if not np.array_equal(recording, given):
        raise InputError("The board takes int16 samples; these would change. Round them first.")
    built = firmware(settings, board, window=window)
    virtual = VirtualBoard(built.image, built.board, macs=built.source.macs)
    rows = [
        np.frombuffer(virtual.run(frame.astype("<i2").tobytes()), "<i2")
        for frame in frames(recording, settings)
    ]
    return np.array(rows, np.int16).reshape(-1, settings.n_mels)


def c_source(settings: Settings, *, window: ArrayLike | None = None) -> CSource:
    """The three stages as C99 with their tables, in the shape of a model's code."""
    n, n_mels = settings.frame_samples, settings.n_mels
    frame_bytes, output_bytes = 2 * n, 2 * n_mels
    arena_bytes = aligned(2 * frame_bytes + output_bytes, to=ALIGNMENT_BYTES)
    tables = _table_holes(settings, window)
    holes = {
        "settings": settings, "rate_hz": settings.rate_hz, "n": n, "n_mels": n_mels,
        "arena_bytes": arena_bytes, "input_bytes": frame_bytes,
        "output_offset": 2 * frame_bytes, "output_bytes": output_bytes, **tables,
    }  # fmt: skip
    names = ("tk_features.h", "tk_features.c")
    files = {name: shipped("firmware", "features", name).read_text("utf-8") for name in names}
    files |= {name: fill(name, holes) for name in ("log_mel.h", "log_mel.c")}
    n_weights = int(tables["n_weights"])
    macs = (n, 2 * n * (n.bit_length() - 1), n_weights)  # four products for each butterfly
    stages = (
        ("WINDOW", "tk_window_q15", n), ("FFT", "tk_fft_q15", n),
        ("LOG_MEL", "tk_log_mel_q15", n_mels),
    )  # fmt: skip
    return CSource(
        c_name="log_mel",
        model_name="log_mel features",
        model_sha256=sha256_of(files["log_mel.c"].encode()),
        files=files,
        layers=tuple(
            LayerInfo(i, op, kernel, macs[i], (1, size), arena_bytes)
            for i, (op, kernel, size) in enumerate(stages)
        ),
        model_macs=sum(macs),
        arena_bytes=arena_bytes,
        input_bytes=frame_bytes,
        output_bytes=output_bytes,
        weights_bytes=2 * (2 * n + n_weights) + 12 * n_mels,
    )


def _table_holes(settings: Settings, window: ArrayLike | None) -> dict[str, str]:
    table = q15.tables(settings)
    shape = (settings.frame_samples,)
    given = table.window if window is None else np.asarray(window)
    if given.shape != shape or not np.array_equal(given.astype(np.int16), given):
        raise InputError(f"The window has shape {given.shape}; give {shape[0]} int16 numbers.")
    spans, weights = _sparse(table.mel)
    return {
        "window": _lines(given.tolist()),
        "cosine": _lines(table.cosine.tolist()),
        "sine": _lines(table.sine.tolist()),
        "filters": "\n".join(f"    {{{a}, {b}, {c}}}," for a, b, c in spans),
        "mel_weights": _lines(weights),
        "n_weights": str(len(weights)),
    }


def _sparse(mel: NDArray[np.int16]) -> tuple[list[tuple[int, int, int]], list[int]]:
    """Of each filter (first bin, number of bins, place of its weights); all weights in a row."""
    spans: list[tuple[int, int, int]] = []
    weights: list[int] = []
    for row in mel:
        bins = np.flatnonzero(row)
        first, last = int(bins[0]), int(bins[-1])
        spans.append((first, last + 1 - first, len(weights)))
        weights += row[first : last + 1].tolist()
    return spans, weights


def _lines(numbers: Sequence[int]) -> str:
    rows = (numbers[i : i + NUMBERS_PER_LINE] for i in range(0, len(numbers), NUMBERS_PER_LINE))
    return "\n".join(f"    {', '.join(map(str, row))}," for row in rows)
