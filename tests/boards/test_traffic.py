"""What the emulator cannot count is refused, and the compilers do not write it."""

import pytest

from tinymledu.boards.elf import Image, Symbol
from tinymledu.boards.traffic import check_countable
from tinymledu.errors import BoardError

ORIGIN = 0x1000

# Thumb code by hand, Armv7-M Architecture Reference Manual A7.7: cmp r0, #0; it lt; ...
COMPARE_AND_IT = bytes.fromhex("0028 b8bf")
LOAD = bytes.fromhex("0868")  # ldr r0, [r1]
ADD_ONE = bytes.fromhex("0130")  # adds r0, #1
RETURN = bytes.fromhex("7047")


def image_of(code: bytes) -> Image:
    symbol = Symbol("reader", ORIGIN, len(code), is_function=True)
    return Image(((ORIGIN, code),), {"reader": symbol}, {})


def test_load_under_a_condition_is_refused_with_function_and_address():
    with pytest.raises(BoardError, match=r"reader reads or writes under a condition \(at 0x1004\)"):
        check_countable(image_of(COMPARE_AND_IT + LOAD + RETURN))


def test_load_after_the_condition_has_ended_is_fine():
    check_countable(image_of(COMPARE_AND_IT + ADD_ONE + LOAD + RETURN))
