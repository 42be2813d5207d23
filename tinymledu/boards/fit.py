"""Refusing firmware that a board cannot hold, with the numbers and where to save."""

from tinymledu.boards.catalog import Board
from tinymledu.boards.elf import Image
from tinymledu.codegen.records import CSource
from tinymledu.errors import DoesNotFitError
from tinymledu.translation import translated
from tinymledu.units import size


def check_before_compiling(source: CSource, board: Board) -> None:
    """Raise DoesNotFitError where the constants alone exceed the flash, or the arena the RAM.

    Code and stack come on top, and are known only later: see check_flash and check_ram.
    """
    if source.weights_bytes > board.flash_bytes:
        raise DoesNotFitError(
            translated(
                "{model} needs {need} of flash for its weights alone; {board} has {has}. Fewer "
                "filters or units will help most, in the layers with the largest weights.",
                model=source.model_name,
                need=size(source.weights_bytes),
                board=board.title,
                has=size(board.flash_bytes),
            )
        )
    if source.arena_bytes > board.usable_ram_bytes:
        raise _too_much_ram(source, board, source.arena_bytes)


def check_flash(source: CSource, board: Board, image: Image) -> None:
    """Raise DoesNotFitError when code and weights exceed the board's flash."""
    if image.flash_bytes <= board.flash_bytes:
        return
    tables = [s for s in image.symbols.values() if not s.is_function and s.name != "tml_arena"]
    largest = max(tables, key=lambda symbol: symbol.size)
    raise DoesNotFitError(
        translated(
            "{model} needs {need} of flash; {board} has {has}. {weights} of it are weights, "
            "{most} of them in {name}. Fewer filters or units there will help most.",
            model=source.model_name,
            need=size(image.flash_bytes),
            board=board.title,
            has=size(board.flash_bytes),
            weights=size(image.size_of(".weights")),
            most=size(largest.size),
            name=largest.name,
        )
    )


def check_ram(source: CSource, board: Board, image: Image, *, stack_bytes: int) -> None:
    """Raise DoesNotFitError when variables and stack exceed what the core leaves of the RAM."""
    need = image.variables_bytes + stack_bytes
    if need > board.usable_ram_bytes:
        raise _too_much_ram(source, board, need)


def _too_much_ram(source: CSource, board: Board, need_bytes: int) -> DoesNotFitError:
    fullest = max(source.layers, key=lambda layer: layer.arena_bytes_live)
    kept = board.core_reserved_ram_bytes
    has = size(board.ram_bytes)
    if kept:
        has = translated(
            "{has} and keeps {kept} of it for the Arduino core", has=has, kept=size(kept)
        )
    return DoesNotFitError(
        translated(
            "{model} needs {need} of RAM; {board} has {has}. {most} of it is {layer}, where the "
            "arena is fullest. Fewer filters there, or a smaller input, will help most.",
            model=source.model_name,
            need=size(need_bytes),
            board=board.title,
            has=has,
            most=size(fullest.arena_bytes_live),
            layer=f"{fullest.op} #{fullest.index}",
        )
    )
