"""C of one's own on the virtual board: where the linker puts it, and what it computes."""

import zlib

import pytest

from tinymledu.boards.catalog import board
from tinymledu.boards.own_c import build_own_c
from tinymledu.errors import BoardError, DoesNotFitError, InputError

NANO = board("nano33ble")
NEIGHBOURS = "const char a_byte = 1;\nchar a_variable = 1;\n"
BYTES = bytes([7, 0, 255, 128, 10])
ARRAY = "unsigned char model[] = {7, 0, 255, 128, 10};\n"
CRC = """
#include <stdint.h>
void run(const uint8_t *input, uint8_t *output)
{
    uint32_t crc = 0xFFFFFFFFu;
    for (int i = 0; i < 9; i++) {
        crc ^= input[i];
        for (int bit = 0; bit < 8; bit++) {
            crc = (crc >> 1) ^ ((crc & 1u) ? 0xEDB88320u : 0u);
        }
    }
    crc = ~crc;
    for (int i = 0; i < 4; i++) {
        output[i] = (uint8_t)(crc >> (8 * i));
    }
}
"""


def linked(text, *, keep=("a_byte", "a_variable", "model"), **options):
    texts = {"a_neighbours.c": NEIGHBOURS, "b_array.c": text}
    return build_own_c(texts, NANO, keep=keep, **options)


def test_content_is_that_of_the_source():
    assert linked("const " + ARRAY).where("model").content == BYTES


def test_static_name_cannot_be_kept():
    with pytest.raises(BoardError, match=r"refused b_array\.c:"):  # unused, says the compiler
        linked("static const " + ARRAY)


def test_const_array_lies_in_flash_and_takes_no_ram(toolchain_name):
    big = "const unsigned char model[] = {" + "3," * 1000 + "};\n"
    with_it = linked(big, toolchain_name=toolchain_name)
    without = linked("", keep=("a_byte", "a_variable"), toolchain_name=toolchain_name)

    placed = with_it.where("model")
    assert (placed.memory, placed.n_bytes, placed.content) == ("flash", 1000, b"\3" * 1000)
    assert with_it.ram_bytes == without.ram_bytes
    assert abs(with_it.flash_bytes - without.flash_bytes - 1000) <= 16  # and what aligns it


def test_array_without_const_takes_flash_and_ram(toolchain_name):
    big = "unsigned char model[] = {" + "3," * 1000 + "};\n"

    constant = linked("const " + big, toolchain_name=toolchain_name)
    variable = linked(big, toolchain_name=toolchain_name)

    placed = variable.where("model")
    assert (placed.memory, placed.n_bytes, placed.content) == ("RAM", 1000, b"\3" * 1000)
    assert 1000 <= variable.ram_bytes - constant.ram_bytes <= 1000 + 15
    assert abs(variable.flash_bytes - constant.flash_bytes) <= 16  # its start value stays there


def test_array_without_a_start_value_is_zeros_in_ram_only():
    big = linked("unsigned char model[5000];\n")
    small = linked("unsigned char model[8];\n")

    assert big.where("model").memory == "RAM"
    assert big.where("model").content == bytes(5000)
    assert big.flash_bytes == small.flash_bytes


def test_alignment_is_seen_beside_an_odd_neighbour(toolchain_name):
    aligned = "__attribute__((aligned(16))) const " + ARRAY

    assert linked(aligned, toolchain_name=toolchain_name).where("model").address % 16 == 0
    assert linked("const " + ARRAY, toolchain_name=toolchain_name).where("model").address % 16


def test_program_computes_on_the_board(executable_board, toolchain_name):
    program = build_own_c(
        {"crc.c": CRC}, executable_board, input_bytes=9, output_bytes=4,
        toolchain_name=toolchain_name,
    )  # fmt: skip

    assert program.run(b"123456789") == 0xCBF43926.to_bytes(4, "little")  # the CRC's check value
    assert zlib.crc32(b"123456789") == 0xCBF43926


def test_variables_keep_their_values_from_call_to_call():
    text = "#include <stdint.h>\nstatic uint8_t n; void run(const uint8_t *i, uint8_t *o)"
    program = build_own_c(
        {"count.c": text + "{ n += *i; *o = n; }\n"}, NANO, input_bytes=1, output_bytes=1
    )

    assert [program.run(b"\x03")[0] for _ in range(3)] == [3, 6, 9]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("for (;;) { *(volatile uint8_t *)o = *i; }", "must come to an end"),
        ("*(volatile uint8_t *)0 = *i; *o = 0;", "run wrote outside the board's flash and RAM"),
    ],
)
def test_program_that_goes_wrong_is_stopped_with_a_sentence(body, said):
    text = f"#include <stdint.h>\nvoid run(const uint8_t *i, uint8_t *o) {{ {body} }}\n"
    program = build_own_c({"bad.c": text}, NANO, input_bytes=1, output_bytes=1)

    with pytest.raises(BoardError, match=said):
        program.run(b"a")


def test_compilers_words_are_passed_on():
    with pytest.raises(BoardError, match=r"refused b_array\.c:\n.*expected ';'"):
        linked("const int model = 3")


def test_missing_name_is_said():
    with pytest.raises(InputError, match="has no 'modle'"):
        linked("const " + ARRAY).where("modle")


@pytest.mark.parametrize("name", ["main.c", "own.h", "model.txt", "../up.c", "a\\b.c"])
def test_names_that_cannot_be_are_refused(name):
    with pytest.raises(InputError, match="cannot be the name of a C file here"):
        build_own_c({name: ""}, NANO)


def test_too_much_ram_is_refused_with_figures():
    with pytest.raises(DoesNotFitError, match=r"needs 29\d\.\d KiB of RAM; .* has 212\.5 KiB"):
        linked("unsigned char model[300000];\n")
