"""What one inference costs on a board: instructions counted, cycles, time and energy modelled."""

import functools
from dataclasses import dataclass

from tinymledu.boards.build import Build
from tinymledu.boards.catalog import Board
from tinymledu.boards.cycles import Mix, instruction_mix
from tinymledu.boards.traffic import Traffic
from tinymledu.codegen.records import LayerInfo
from tinymledu.errors import BoardError
from tinymledu.quantities import Band, Method

NOT_MODELLED = (
    "sensors, radio, USB and every other peripheral",
    "interrupts and the operating system of the Arduino core",
    "the flash that the Arduino core itself takes",
    "which pipeline overlaps took place, how long flash made the processor wait: cycles are a band",
    "a second processor core, where the board has one",
    "current of anything but the processor: power LED, regulator, sensors",
)


@dataclass(frozen=True, slots=True)
class LayerFigures:
    """One operator. An operator without code (RESHAPE) has 0 instructions.

    traffic: data read from flash, read from RAM and written, in bytes, counted.
    time_share: of the whole inference, 0 to 1, taken at the middle of the bands.
    """

    index: int
    op: str
    kernel: str | None
    macs: int
    instructions: int
    cycles: Band
    latency_ms: Band
    traffic: Traffic
    time_share: float


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
    branches_taken: int
    traffic: Traffic
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
    timing = build.board.cycle_timing
    mixes = {
        layer.index: instruction_mix(build.image, segment, timing)
        for layer, segment in zip(with_code, segments, strict=True)
    }
    total = functools.reduce(Mix.plus, mixes.values())
    latency_ms = total.cycles.scaled(1000 / build.board.clock_hz)
    return Profile(
        instructions=total.instructions,
        cycles=total.cycles,
        latency_ms=latency_ms,
        energy_mj=energy_mj(build.board, latency_ms),
        layers=tuple(_figures(layer, mixes.get(layer.index), total, build) for layer in layers),
        loads=total.loads,
        stores=total.stores,
        multiplies=total.multiplies,
        branches=total.branches,
        branches_taken=total.branches_taken,
        traffic=total.traffic,
    )


def energy_mj(board: Board, busy_ms: Band) -> Band | None:
    """Energy of the processor while busy: voltage * current * time; None without a source."""
    if board.active_current_ma is None or board.supply_voltage_v is None:
        return None
    power_mw = board.supply_voltage_v * board.active_current_ma
    return busy_ms.scaled(power_mw / 1000)


def _figures(layer: LayerInfo, mix: Mix | None, total: Mix, build: Build) -> LayerFigures:
    cycles = mix.cycles if mix else Band(0, 0)
    return LayerFigures(
        index=layer.index,
        op=layer.op,
        kernel=layer.kernel,
        macs=layer.macs,
        instructions=mix.instructions if mix else 0,
        cycles=cycles,
        latency_ms=cycles.scaled(1000 / build.board.clock_hz),
        traffic=mix.traffic if mix else Traffic(),
        time_share=(cycles.low + cycles.high) / (total.cycles.low + total.cycles.high),
    )
