"""Answers of a board: one Run for one input, Runs for many."""

import functools
import html
import queue
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tinymledu.boards.build import Build
from tinymledu.boards.emulator import VirtualBoard
from tinymledu.graph.ir import TFLiteModel
from tinymledu.quantities import Band, Method
from tinymledu.units import band, count

ROWS_SHOWN = 10

# Below this many instructions a second thread costs more than it saves.
_INSTRUCTIONS_WORTH_A_THREAD = 500_000_000


@dataclass(frozen=True, slots=True, repr=False)
class Run:
    """What the board answered for one input.

    scores: real values of the output, one for each class; codes: the same as the model stores them.
    instructions: counted once for the build; latency and energy follow from them and are modelled.
    On a real board, latency is measured, and there is neither a count nor a figure for energy.
    """

    label: str
    classes: tuple[str, ...]
    scores: tuple[float, ...]
    codes: NDArray[Any]
    instructions: int | None
    latency_ms: Band
    energy_mj: Band | None
    instructions_method: Method = Method.COUNTED
    latency_method: Method = Method.MODELLED

    def __repr__(self) -> str:
        return f"Run({self.label}: {self._scores_text()}; {self._cost_text()})"

    def _repr_html_(self) -> str:
        return (
            f"<b>{html.escape(self.label)}</b> &ensp; {html.escape(self._scores_text())}<br>"
            f"<small>{html.escape(self._cost_text())}</small>"
        )

    def _scores_text(self) -> str:
        best = sorted(zip(self.scores, self.classes, strict=True), reverse=True)[:5]
        return ", ".join(f"{name} {score:.3f}" for score, name in best)

    def _cost_text(self) -> str:
        latency = band(self.latency_ms.low, self.latency_ms.high, "ms")
        if self.instructions is None:
            return f"{latency} ({self.latency_method})"
        text = (
            f"{count(self.instructions)} instructions ({self.instructions_method}), "
            f"{latency} ({self.latency_method})"
        )
        if self.energy_mj is None:
            return text + ", no sourced current for this board"
        energy = band(self.energy_mj.low, self.energy_mj.high, "mJ")
        return f"{text}, {energy} for the processor ({self.latency_method})"


@dataclass(frozen=True, slots=True, repr=False)
class Runs:
    """Answers for many inputs, in their order.

    codes, scores: (n, n_outputs). emulation_s: how long this computer took, not the board; with a
    board on a port, how long it took to send all inputs and wait for the answers.
    answer_ms: the latency of each answer, where a board told it; latency_ms then holds them all.
    """

    classes: tuple[str, ...]
    codes: NDArray[Any]
    scores: NDArray[np.float64]
    instructions: int | None  # of one inference
    latency_ms: Band
    energy_mj: Band | None
    emulation_s: float
    latency_method: Method = Method.MODELLED
    answer_ms: tuple[float, ...] | None = None

    @property
    def labels(self) -> tuple[str, ...]:
        """The winning class of each input."""
        return tuple(self.classes[best] for best in np.argmax(self.scores, axis=1))

    def __len__(self) -> int:
        return len(self.codes)

    def __getitem__(self, index: int) -> Run:
        scores = self.scores[index]
        return Run(
            label=self.classes[int(np.argmax(scores))],
            classes=self.classes,
            scores=tuple(float(score) for score in scores),
            codes=self.codes[index],
            instructions=self.instructions,
            latency_ms=self._latency_ms(index),
            energy_mj=self.energy_mj,
            latency_method=self.latency_method,
        )

    def _latency_ms(self, index: int) -> Band:
        if self.answer_ms is None:
            return self.latency_ms
        return Band(self.answer_ms[index], self.answer_ms[index])

    def __iter__(self) -> Iterator[Run]:
        return (self[index] for index in range(len(self)))

    def __repr__(self) -> str:
        names, counts = np.unique(self.labels, return_counts=True)
        shares = ", ".join(f"{n:,} {name}" for name, n in zip(names, counts, strict=True))
        how = "emulated" if self.answer_ms is None else "sent and answered"
        return f"Runs({len(self):,} inputs: {shares}; {how} in {self.emulation_s:.1f} s)"

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{html.escape(name)}</th>" for name in self.classes)
        rows = "".join(
            f"<tr><td>{index}</td><td>{html.escape(self[index].label)}</td>"
            + "".join(f"<td>{score:.3f}</td>" for score in self.scores[index])
            + "</tr>"
            for index in range(min(len(self), ROWS_SHOWN))
        )
        return (
            f"<p>{html.escape(repr(self)[5:-1])}</p>"
            f"<table><tr><th>input</th><th>answer</th>{head}</tr>{rows}</table>"
        )


class IdleBoards:
    """Powered boards of one build, waiting; the code they translated serves the next input."""

    def __init__(self) -> None:
        self._boards: queue.SimpleQueue[VirtualBoard] = queue.SimpleQueue()

    def run(self, build: Build, codes: NDArray[Any]) -> bytes:
        """One inference on an idle board, or on a new one. A board that failed is dropped."""
        try:
            board = self._boards.get_nowait()
        except queue.Empty:
            board = VirtualBoard(build.image, build.board, macs=build.source.macs)
        output = board.run(codes.tobytes())
        self._boards.put(board)
        return output


def execute(
    build: Build,
    inputs: NDArray[Any],
    *,
    idle: IdleBoards,
    instructions: int,
    n_threads: int,
    progress: Callable[[int, int], None] | None,
) -> tuple[list[bytes], float]:
    """Run inputs (n, ...) on virtual boards, one in each thread; returns outputs and seconds.

    Threads work side by side because the emulator runs outside Python's lock.
    """
    worth = len(inputs) * instructions // _INSTRUCTIONS_WORTH_A_THREAD
    n_boards = max(1, min(n_threads, worth, len(inputs)))
    began = time.perf_counter()
    answer = functools.partial(idle.run, build)
    outputs = []
    with ThreadPoolExecutor(n_boards) as pool:
        for output in pool.map(answer, inputs) if n_boards > 1 else map(answer, inputs):
            outputs.append(output)
            if progress is not None:
                progress(len(outputs), len(inputs))
    return outputs, time.perf_counter() - began


def decode_outputs(model: TFLiteModel, outputs: list[bytes]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Bytes of output tensors as codes (n, n_outputs) and as the real values they stand for."""
    tensor = model.graph.output
    codes = np.frombuffer(b"".join(outputs), dtype=tensor.dtype).reshape(len(outputs), -1)
    if tensor.quantization is None or tensor.dtype == "float32":
        return codes, codes.astype(np.float64)
    quantization = tensor.quantization
    return codes, quantization.scale * (codes.astype(np.float64) - quantization.zero_point)
