"""Refusing firmware that a board cannot hold, with the numbers and where to save."""

from tinymledu.boards.catalog import Board
from tinymledu.boards.elf import Image
from tinymledu.codegen.records import CSource
from tinymledu.errors import DoesNotFitError
from tinymledu.units import size


def check_before_compiling(source: CSource, board: Board) -> None:
    """Raise DoesNotFitError where the constants alone exceed the flash, or the arena the RAM.

    Code and stack come on top, and are known only later: see check_flash and check_ram.
    """
    if source.weights_bytes > board.flash_bytes:
        raise DoesNotFitError(
            f"{source.model_name} needs {size(source.weights_bytes)} of flash for its weights "
            f"alone; {board.title} has {size(board.flash_bytes)}. Fewer filters or units will help "
            "most, in the layers with the largest weights."
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
        f"{source.model_name} needs {size(image.flash_bytes)} of flash; {board.title} has "
        f"{size(board.flash_bytes)}. {size(image.size_of('.weights'))} of it are weights, "
        f"{size(largest.size)} of them in {largest.name}. "
        "Fewer filters or units there will help most."
    )


def check_ram(source: CSource, board: Board, image: Image, *, stack_bytes: int) -> None:
    """Raise DoesNotFitError when variables and stack exceed what the core leaves of the RAM."""
    variables = image.size_of(".data") + image.size_of(".bss")
    need = variables + stack_bytes
    if need > board.usable_ram_bytes:
        raise _too_much_ram(source, board, need)


def _too_much_ram(source: CSource, board: Board, need_bytes: int) -> DoesNotFitError:
    fullest = max(source.layers, key=lambda layer: layer.arena_bytes_live)
    kept = board.core_reserved_ram_bytes
    left = f" and keeps {size(kept)} of it for the Arduino core" if kept else ""
    return DoesNotFitError(
        f"{source.model_name} needs {size(need_bytes)} of RAM; {board.title} has "
        f"{size(board.ram_bytes)}{left}. {size(fullest.arena_bytes_live)} of it is {fullest.op} "
        f"#{fullest.index}, where the arena is fullest. "
        "Fewer filters there, or a smaller input, will help most."
    )
