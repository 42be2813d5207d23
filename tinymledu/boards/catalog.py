"""Board cards: what each board has, and where every figure comes from.

A board is a folder firmware/ports/<name>/ with a board.toml; adding one changes no Python.
A figure without a source is absent (None), never guessed.
"""

import functools
import html
import tomllib
from dataclasses import dataclass, replace
from typing import Any

from tinymledu import files
from tinymledu.errors import InputError, unknown_name
from tinymledu.units import count, size


@dataclass(frozen=True, slots=True)
class Price:
    """What one board cost where and when; prices move, so the date belongs to it."""

    amount: float
    currency: str
    date: str
    source: str


@dataclass(frozen=True, slots=True)
class Target:
    """How code for the board's processor is compiled and placed."""

    cpu: str  # cortex-m4, cortex-m7, cortex-m0plus
    zig_target: str
    zig_cpu: str
    gcc_flags: tuple[str, ...]
    fpu: bool
    flash_origin: int
    ram_origin: int


@dataclass(frozen=True, slots=True)
class Timing:
    """What the cycle model needs; see boards/cycles.py for how it is used.

    flash_wait_cycles: worst case of one access to flash, which brings flash_line_bytes.
    flash_lines: how many such lines of data stay at hand, 1 where there is no data cache.
    code_cache_bytes: code that stays at hand; None where every fetch is taken to hit.
    """

    model: str
    flash_wait_cycles: int
    flash_line_bytes: int
    flash_lines: int
    code_cache_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Arduino:
    """How Arduino's tools know the board.

    fqbn: its full name there, package:architecture:board. usb_ids: "vendor:product" in hexadecimal,
    running a sketch or waiting in its bootloader. index_url: where its core comes from, if not
    from Arduino.
    """

    fqbn: str
    usb_ids: tuple[str, ...]
    index_url: str | None = None

    @property
    def core(self) -> str:
        """What `arduino-cli core install` takes."""
        return ":".join(self.fqbn.split(":")[:2])


@dataclass(frozen=True, slots=True, repr=False)
class Board:
    """A microcontroller board. Limits in bytes; None where no source gives the figure."""

    name: str
    title: str
    processor: str
    clock_hz: int
    flash_bytes: int
    ram_bytes: int
    core_reserved_ram_bytes: int | None
    sensors: tuple[str, ...]
    price: Price | None
    sources: tuple[tuple[str, str], ...]
    executable: bool
    target: Target | None
    timing: Timing | None
    supply_voltage_v: float | None
    active_current_ma: float | None
    arduino: Arduino | None = None
    port: str | None = None

    @property
    def usable_ram_bytes(self) -> int:
        """RAM that the Arduino core leaves to a sketch."""
        return self.ram_bytes - (self.core_reserved_ram_bytes or 0)

    @property
    def usable_ram_text(self) -> str:
        """The same in words, with where the difference to the data sheet goes."""
        if not self.core_reserved_ram_bytes:
            return f"{count(self.ram_bytes)} B"
        return (
            f"{count(self.usable_ram_bytes)} B ({count(self.ram_bytes)} B less "
            f"{count(self.core_reserved_ram_bytes)} B that the Arduino core keeps)"
        )

    @property
    def compile_target(self) -> Target:
        """The target of a board that the virtual board can execute."""
        if self.target is None:
            raise InputError(
                f"{self.title} is not executed here: the virtual board runs Arm Cortex-M code, and "
                f"its processor is {self.processor}. deploy() still writes its C code."
            )
        return self.target

    @property
    def cycle_timing(self) -> Timing:
        """The timing of a board that the virtual board can execute."""
        if self.timing is None:
            raise InputError(f"The card of {self.title} has no [timing], so it has no cycle model.")
        return self.timing

    def __repr__(self) -> str:
        where = f"at {self.port}" if self.port else "virtual" if self.executable else "C code only"
        return (
            f"Board({self.name!r}: {self.title}, {self.processor}, {self.clock_hz / 1e6:g} MHz, "
            f"flash {size(self.flash_bytes)}, RAM {size(self.ram_bytes)}, {where})"
        )

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><th style='text-align:left'>{html.escape(label)}</th>"
            f"<td style='text-align:left'>{html.escape(text)}</td></tr>"
            for label, text in self._facts()
        )
        sources = "".join(
            f"<li>{html.escape(what)}: {html.escape(source)}</li>" for what, source in self.sources
        )
        return (
            f"<table><caption>{html.escape(self.title)}</caption>{rows}</table>"
            f"<details><summary>Sources of these figures</summary><ul>{sources}</ul></details>"
        )

    def _facts(self) -> list[tuple[str, str]]:
        kept = self.core_reserved_ram_bytes
        price = self.price
        return [
            ("processor", f"{self.processor}, {self.clock_hz / 1e6:g} MHz"),
            ("flash", f"{count(self.flash_bytes)} B"),
            ("RAM", f"{count(self.ram_bytes)} B"),
            ("RAM kept by the core", "no source" if kept is None else f"{count(kept)} B"),
            ("sensors", "; ".join(self.sensors)),
            (
                "price",
                f"{price.amount:g} {price.currency} ({price.date})" if price else "no source",
            ),
            (
                "current, processor busy",
                "no source" if self.active_current_ma is None else f"{self.active_current_ma:g} mA",
            ),
            ("runs here", "yes, on the virtual board" if self.executable else "no: C code only"),
        ]


def board_names() -> tuple[str, ...]:
    """Names that `board` knows, sorted."""
    return tuple(
        sorted(card.parent.name for card in files.shipped("firmware", "ports").glob("*/board.toml"))
    )


def board(name: str, *, port: str | None = None) -> Board:
    """The card of a board; the board is virtual unless `port` names a real one.

    Raises:
        UnknownNameError: no such board; the nearest names come first in the message.
        InputError: `port` is an empty text, which names no port and is not meant as virtual.

    >>> board("nano33ble").ram_bytes
    262144
    """
    if name not in board_names():
        raise unknown_name("board", name, board_names())
    if port == "":
        raise InputError(
            "port is an empty text. Leave it out for the virtual board; tinymledu boards lists the "
            "ports of what is plugged in."
        )
    return replace(_read_card(name), port=port)


@functools.cache
def _read_card(name: str) -> Board:
    with files.shipped("firmware", "ports", name, "board.toml").open("rb") as file:
        card = tomllib.load(file)
    memory = card["memory"]
    return Board(
        name=name,
        title=card["title"],
        processor=card["processor"],
        clock_hz=card["clock_hz"],
        flash_bytes=memory["flash_bytes"],
        ram_bytes=memory["ram_bytes"],
        core_reserved_ram_bytes=memory.get("core_reserved_ram_bytes"),
        sensors=tuple(card["sensors"]),
        price=Price(**card["price"]) if "price" in card else None,
        sources=tuple(card["sources"].items()),
        executable=card["executable"],
        target=_target(card["target"], memory) if "target" in card else None,
        timing=Timing(**card["timing"]) if "timing" in card else None,
        supply_voltage_v=card.get("supply_voltage_v"),
        active_current_ma=card.get("active_current_ma"),
        arduino=_arduino(card["arduino"]) if "arduino" in card else None,
    )


def _arduino(record: dict[str, Any]) -> Arduino:
    return Arduino(record["fqbn"], tuple(record["usb_ids"]), record.get("index_url"))


def _target(target: dict[str, Any], memory: dict[str, int]) -> Target:
    return Target(
        cpu=target["cpu"],
        zig_target=target["zig_target"],
        zig_cpu=target["zig_cpu"],
        gcc_flags=tuple(target["gcc_flags"]),
        fpu=target["fpu"],
        flash_origin=memory["flash_origin"],
        ram_origin=memory["ram_origin"],
    )
