"""From a model to firmware on a board: the student's `deploy(model, board)`."""

import html
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from numpy.typing import ArrayLike, NDArray

from tinymledu.boards.build import Build, MemoryUse, build
from tinymledu.boards.catalog import Board
from tinymledu.boards.fit import check_before_compiling
from tinymledu.boards.layer_table import COLUMNS, layer_rows
from tinymledu.boards.profile import Profile, profile
from tinymledu.boards.real import ask_board, check_board
from tinymledu.boards.runs import IdleBoards, Run, Runs, decode_outputs, execute
from tinymledu.boards.toolchain import Name, found
from tinymledu.boards.writing import write_texts
from tinymledu.codegen.choice import Optimise
from tinymledu.codegen.emit import generate_c
from tinymledu.codegen.records import CSource
from tinymledu.errors import BoardError, InputError, UnsupportedModelError
from tinymledu.graph.ir import TFLiteModel
from tinymledu.graph.operators import check_runnable
from tinymledu.graph.quantized_input import input_codes
from tinymledu.graph.tflite import check_loaded
from tinymledu.quantities import Band
from tinymledu.units import band, count, size

LEVELS: Mapping[Optimise, str] = {"speed": "-O2", "size": "-Os"}
_FLOAT_SCHEMES = ("float32", "float16", "dynamic")


@dataclass(frozen=True, slots=True, repr=False)
class Deployment:
    """A model as firmware for one board.

    source: the generated C. memory, profile, elf and run need a board that is executed here.
    """

    model: TFLiteModel
    board: Board
    source: CSource
    build: Build | None
    figures: Profile | None
    idle: IdleBoards = field(default_factory=IdleBoards, compare=False)

    @property
    def memory(self) -> MemoryUse:
        """Flash and RAM, read from the linked ELF; the stack is measured."""
        return self._executed.memory

    @property
    def elf(self) -> bytes:
        """The linked firmware."""
        return self._executed.elf

    @property
    def build_name(self) -> str:
        """What compiled it, such as "zig 0.15.2"."""
        return self._executed.toolchain_version

    @property
    def profile(self) -> Profile:
        """Instructions, cycles, latency and energy of one inference, also for each layer."""
        if self.figures is None:
            raise BoardError(self._not_executed())
        return self.figures

    def run(self, picture: ArrayLike) -> Run:
        """Execute one inference.

        Args:
            picture: one input: uint8 pixels, float real values or int8 codes.
        """
        runs = self.run_many(picture)
        if len(runs) != 1:
            raise InputError(f"run takes one input, not {len(runs)}; run_many takes many.")
        return runs[0]

    def run_many(
        self, pictures: ArrayLike, *, progress: Callable[[int, int], None] | None = None
    ) -> Runs:
        """Execute one inference for each picture, in order; on the real board, if a port names it.

        Args:
            pictures: (n, height, width, channels) or what the model takes, as for `run`.
            progress: called with (done, total) after each.

        Raises:
            InputError: no picture, or another shape than the model takes.
            BoardError: the real board was unplugged, fell silent, or answered nonsense.
        """
        codes = input_codes(self.model.graph.input, pictures)
        if len(codes) == 0:
            raise InputError("There is no picture to classify.")
        if self.board.port is not None:
            return self._run_on_port(self.board.port, codes, progress)
        figures = self.profile
        outputs, seconds = execute(
            self._executed,
            codes,
            idle=self.idle,
            instructions=figures.instructions,
            n_threads=min(os.cpu_count() or 1, 4),
            progress=progress,
        )
        output_codes, scores = decode_outputs(self.model, outputs)
        return Runs(
            classes=_classes(self.model, output_codes.shape[1]),
            codes=output_codes,
            scores=scores,
            instructions=figures.instructions,
            latency_ms=figures.latency_ms,
            energy_mj=figures.energy_mj,
            emulation_s=seconds,
        )

    def _run_on_port(
        self, port: str, codes: NDArray[Any], progress: Callable[[int, int], None] | None
    ) -> Runs:
        answers = ask_board(self.model, port, codes, progress=progress)
        output_codes, scores = decode_outputs(self.model, answers.outputs)
        return Runs(
            classes=_classes(self.model, output_codes.shape[1]),
            codes=output_codes,
            scores=scores,
            instructions=None,
            latency_ms=Band(min(answers.latencies_ms), max(answers.latencies_ms)),
            energy_mj=None,
            emulation_s=answers.elapsed_s,
            latency_method=answers.method,
            answer_ms=answers.latencies_ms,
        )

    def write(self, folder: str | Path) -> tuple[Path, ...]:
        """Write the C sources and a README.md into a folder, made if it is not there.

        Raises:
            InputError: the folder cannot be written, or the disk is full.
        """
        texts = {**self.source.files, "README.md": self._readme()}
        return write_texts(texts, Path(folder))

    def __repr__(self) -> str:
        if self.build is None:
            return (
                f"Deployment({self.model.name!r} on {self.board.title}: C only, not executed here)"
            )
        return f"Deployment({self.model.name!r} on {self.board.title}: {'; '.join(self._lines())})"

    def _repr_html_(self) -> str:
        title = f"<b>{html.escape(self.model.name)}</b> on {html.escape(self.board.title)}"
        if self.build is None:
            return f"<p>{title}: {html.escape(self._not_executed())}</p>"
        lines = "".join(f"<li>{html.escape(line)}</li>" for line in self._lines())
        head = "".join(f"<th>{name}</th>" for name in COLUMNS)
        rows = "".join(
            "<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>"
            for row in layer_rows(self.profile)
        )
        absent = "".join(f"<li>{what}</li>" for what in self.profile.not_modelled)
        return (
            f"<p>{title}</p><ul>{lines}</ul>"
            f"<table><tr>{head}</tr>{rows}</table>"
            f"<details><summary>What the virtual board leaves out</summary><ul>{absent}</ul>"
            "</details>"
        )

    @property
    def _executed(self) -> Build:
        if self.build is None:
            raise BoardError(self._not_executed())
        return self.build

    def _not_executed(self) -> str:
        return (
            f"{self.board.title} is not executed here: the virtual board runs Arm Cortex-M code "
            f"only. deployment.write(folder) gives its C sources."
        )

    def _lines(self) -> list[str]:
        memory, figures, board = self.memory, self.profile, self.board
        lines = [
            f"flash {size(memory.flash_bytes)} of {size(board.flash_bytes)}",
            f"RAM {size(memory.ram_bytes)} of {size(board.usable_ram_bytes)} left to a sketch",
            f"{count(figures.instructions)} instructions ({figures.instructions_method})",
            f"latency {band(figures.latency_ms.low, figures.latency_ms.high, 'ms')} "
            f"({figures.cycles_method})",
        ]
        if self.source.folded_note:
            lines.append(f"{self.source.folded_note} (keep_dead_channels=True runs all)")
        if figures.energy_mj is not None:
            energy = band(figures.energy_mj.low, figures.energy_mj.high, "mJ")
            lines.append(f"energy of the processor {energy} ({figures.cycles_method})")
        return lines

    def _readme(self) -> str:
        return (
            f"# {self.model.name} as C99 for {self.board.title}\n\n"
            f"Compile every .c file here; call `{self.source.c_name}_run(arena)` with an arena of "
            f"`{self.source.c_name.upper()}_ARENA_BYTES` bytes, aligned to 16. "
            f"{self.source.c_name}.h says where input and output lie.\n\n"
            f"Model SHA-256: {self.model.sha256}\n"
        )


def deploy(
    model: TFLiteModel,
    board: Board,
    *,
    toolchain: Name | None = None,
    optimise: Optimise = "speed",
    keep_dead_channels: bool = False,
    plan: Mapping[int, int] | None = None,
) -> Deployment:
    """Write a model as C, compile and link it for a board, and run it once on the virtual board.

    With a port, `run` asks the real board there, which must have this model on it already, and
    the figures of `memory` and `profile` are the virtual board's forecast for it.

    Args:
        toolchain: "zig" (comes with pip) or "gcc" (arm-none-eabi-gcc); otherwise the one found.
        optimise: "speed" for the fewest cycles, "size" for the least flash.
        keep_dead_channels: compute also channels that are constant for every input, as the model
            has them; otherwise they are folded away, which changes no output byte.
        plan: where each activation lies in the arena, instead of our own plan: byte offset by
            tensor index, such as {0: 18432, 12: 0}. Nothing is then fused or folded away. Scratch
            memory of the fast kernels comes on top; optimise="size" needs little or none.

    Raises:
        UnsupportedModelError: a float model, or an operator that has no kernel.
        DoesNotFitError: more flash or RAM than the board has; says which layer to shrink.
        MissingToolError: no C compiler for boards; the message has the command.
        BoardError: the compiler or the firmware failed; or, with a port, no board answers there or
            it runs another model.
        InputError: `board` is no board card; or a plan that is incomplete, misaligned, or lets two
            tensors overlap that are in use at the same time; or a plan together with a port.
    """
    check_loaded(model)
    if not isinstance(board, Board):
        raise InputError(f"{board!r} is no board card; board(name) gives one: board('nano33ble').")
    _check_int8(model)
    if board.port is not None:
        if plan is not None:
            raise InputError(
                f"A plan is executed by the virtual board only; the firmware at {board.port} was "
                f"made with the library's plan. Leave out port=, or plan=."
            )
        check_board(model, board.port)
    source = generate_c(model, optimise=optimise, keep_dead_channels=keep_dead_channels, plan=plan)
    if not board.executable:
        check_before_compiling(source, board)
        return Deployment(model, board, source, None, None)
    built = build(source, board, toolchain_name=toolchain or found(), level=LEVELS[optimise])
    return Deployment(model, board, source, built, profile(built))


def _check_int8(model: TFLiteModel) -> None:
    """Say `quantize` first of a float model; one that only starts and ends in floats may pass."""
    try:
        check_runnable(model.graph)
    except UnsupportedModelError:
        if model.scheme not in _FLOAT_SCHEMES:
            raise
        raise UnsupportedModelError(
            f"{model.name} is a {model.scheme} model; boards here run int8 models only. "
            "quantize(model, calibration=...) makes one."
        ) from None


def _classes(model: TFLiteModel, n_outputs: int) -> tuple[str, ...]:
    if len(model.labels) == n_outputs:
        return model.labels
    return tuple(f"output {index}" for index in range(n_outputs))
