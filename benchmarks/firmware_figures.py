"""What is measured, counted and modelled of one model as firmware, in one variant."""

import os
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass

import tinymledu as tml
from benchmarks import mlperf_tiny
from tinymledu.boards.build import link_firmware
from tinymledu.boards.deploy import LEVELS
from tinymledu.boards.firmware import firmware_files
from tinymledu.boards.toolchain import available, toolchain
from tinymledu.codegen.emit import generate_c
from tinymledu.quantities import Band

BOARDS = ("nano33ble", mlperf_tiny.BOARD)


@dataclass(frozen=True, slots=True)
class Variant:
    """How a model is written as C; the name is for tables."""

    name: str
    optimise: str = "speed"
    keep_dead_channels: bool = False

    @property
    def options(self):
        return {"optimise": self.optimise, "keep_dead_channels": self.keep_dead_channels}


SPEED = Variant("speed")
SIZE = Variant("size", "size")
KEPT = Variant("speed, dead kept", keep_dead_channels=True)


@dataclass(frozen=True, slots=True)
class Figures:
    """One row of the tables. Bytes, instructions and macs are of one inference's firmware by zig.

    gcc_instructions: None where that compiler is not installed. build_s: generation, compilation
    and linking. cycles: by board. mismatches: output values that differ from the oracle at all.
    """

    model: str
    variant: str
    macs: int
    instructions: int
    gcc_instructions: int | None
    code_bytes: int
    tables_bytes: int
    arena_bytes: int
    stack_bytes: int
    build_s: float
    cycles: dict[str, Band]
    inputs: int
    values: int
    mismatches: int

    @property
    def flash_bytes(self) -> int:
        return self.code_bytes + self.tables_bytes


def variants(model):
    """Dead channels are kept as a third variant where the model has some."""
    dead = sum(layer.macs for layer in generate_c(model.load()).layers) < model.macs
    return (KEPT, SPEED, SIZE) if dead else (SPEED, SIZE)


def measure(model, variant, *, n_inputs, build_s, progress=None) -> Figures:
    loaded = model.load()
    deployments = {
        name: tml.deploy(loaded, tml.board(name), toolchain="zig", **variant.options)
        for name in BOARDS
    }
    own = deployments[mlperf_tiny.BOARD]
    checked = tml.verify(
        loaded, own.board, n_inputs=n_inputs, seed=1, progress=progress, **variant.options
    )
    return Figures(
        model=model.name,
        variant=variant.name,
        macs=own.profile.macs,
        instructions=own.profile.instructions,
        gcc_instructions=gcc_instructions(loaded, own.board, variant),
        code_bytes=own.memory.code_bytes,
        tables_bytes=own.memory.weights_bytes,
        arena_bytes=own.memory.arena_bytes,
        stack_bytes=own.memory.stack_bytes,
        build_s=build_s,
        cycles={name: each.profile.cycles for name, each in deployments.items()},
        inputs=checked.inputs,
        values=checked.values,
        mismatches=checked.mismatches,
    )


def gcc_instructions(loaded, board, variant):
    if "gcc" not in available():
        return None
    built = tml.deploy(loaded, board, toolchain="gcc", **variant.options)
    return built.profile.instructions


def build_seconds(pairs):
    """Seconds from a model in memory to linked firmware, for each (model, variant), in order.

    The compiler's cache is empty at first, and a model of another's is built before the first.
    """
    board = tml.board(mlperf_tiny.BOARD)
    with empty_cache():
        timed_build(mlperf_tiny.first_model(), board, SPEED)
        return {
            (model, variant): timed_build(model.load(), board, variant) for model, variant in pairs
        }


def timed_build(loaded, board, variant):
    began = time.perf_counter()
    source = generate_c(loaded, **variant.options)
    tools = toolchain(board, name="zig", level=LEVELS[variant.optimise])
    link_firmware(firmware_files(source, board), tools)
    return time.perf_counter() - began


@contextmanager
def empty_cache():
    """A cache folder that lasts as long as the block."""
    before = os.environ.get("TINYMLEDU_CACHE")
    with tempfile.TemporaryDirectory(prefix="tinymledu-bench-") as folder:
        os.environ["TINYMLEDU_CACHE"] = folder
        try:
            yield
        finally:
            if before is None:
                del os.environ["TINYMLEDU_CACHE"]
            else:
                os.environ["TINYMLEDU_CACHE"] = before
