"""What one inference costs on a board: instructions counted, cycles, time and energy modelled."""

from dataclasses import dataclass

from tinymledu.boards.build import Build
from tinymledu.boards.catalog import Board
from tinymledu.boards.cycles import Mix, instruction_mix
from tinymledu.codegen.records import LayerInfo
from tinymledu.errors import BoardError
from tinymledu.quantities import Band, Method

NOT_MODELLED = (
    "sensors, radio, USB and every other peripheral",
    "interrupts and the operating system of the Arduino core",
    "the flash that the Arduino core itself takes",
    "caches, waiting for flash, pipeline stalls: cycles are a band for this reason",
    "a second processor core, where the board has one",
    "current of anything but the processor: power LED, regulator, sensors",
)


@dataclass(frozen=True, slots=True)
class LayerFigures:
    """One operator. An operator without code (RESHAPE) has 0 instructions."""

    index: int
    op: str
    kernel: str | None
    macs: int
    instructions: int
    cycles: Band
    latency_ms: Band


@dataclass(frozen=True, slots=True)
class Profile:
    """One inference on all-zero input. Control flow barely depends on data, so others are close.

    energy_mj: processor only; None where the board card has no sourced current.
    """

    instructions: int
    cycles: Band
    latency_ms: Band
    energy_mj: Band | None
    layers: tuple[LayerFigures, ...]
    loads: int
    stores: int
    multiplies: int
    branches: int
    instructions_method: Method = Method.COUNTED
    cycles_method: Method = Method.MODELLED

    @property
    def macs(self) -> int:
        return sum(layer.macs for layer in self.layers)

    @property
    def not_modelled(self) -> tuple[str, ...]:
        """What a real board has and the virtual one leaves out."""
        return NOT_MODELLED


def profile(build: Build) -> Profile:
    """Turn the counted first inference of a build into figures, in total and for each layer."""
    segments = build.first_run.segments
    layers = build.source.layers
    # A model of reshapes only has no kernel call: its few instructions go to the first layer.
    with_code = [layer for layer in layers if layer.kernel is not None] or list(layers[:1])
    if len(segments) != len(with_code):
        raise BoardError(
            f"{build.source.c_name}_run makes {len(segments)} kernel calls for {len(with_code)} "
            "layers, so instructions cannot be told apart by layer."
        )
    timing = build.board.timing
    assert timing is not None  # only boards with a compile target are built for
    mixes = {
        layer.index: instruction_mix(build.image, blocks, timing, macs=layer.macs)
        for layer, blocks in zip(with_code, segments, strict=True)
    }
    cycles = Band(0, 0)
    for mix in mixes.values():
        cycles = cycles.plus(mix.cycles)
    latency_ms = cycles.scaled(1000 / build.board.clock_hz)
    return Profile(
        instructions=sum(mix.instructions for mix in mixes.values()),
        cycles=cycles,
        latency_ms=latency_ms,
        energy_mj=energy_mj(build.board, latency_ms),
        layers=tuple(_figures(layer, mixes, build.board) for layer in layers),
        loads=sum(mix.loads for mix in mixes.values()),
        stores=sum(mix.stores for mix in mixes.values()),
        multiplies=sum(mix.multiplies for mix in mixes.values()),
        branches=sum(mix.branches for mix in mixes.values()),
    )


def energy_mj(board: Board, busy_ms: Band) -> Band | None:
    """Energy of the processor while busy: voltage * current * time; None without a source."""
    if board.active_current_ma is None or board.supply_voltage_v is None:
        return None
    power_mw = board.supply_voltage_v * board.active_current_ma
    return busy_ms.scaled(power_mw / 1000)


def _figures(layer: LayerInfo, mixes: dict[int, Mix], board: Board) -> LayerFigures:
    mix = mixes.get(layer.index)
    cycles = mix.cycles if mix else Band(0, 0)
    return LayerFigures(
        index=layer.index,
        op=layer.op,
        kernel=layer.kernel,
        macs=layer.macs,
        instructions=mix.instructions if mix else 0,
        cycles=cycles,
        latency_ms=cycles.scaled(1000 / board.clock_hz),
    )
