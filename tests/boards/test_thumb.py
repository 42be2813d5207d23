import pytest

from tinymledu.boards.thumb import decode, instruction_lengths, n_instructions

# Encodings assembled by hand from the Armv7-M Architecture Reference Manual, chapter A7.
NOP = "00bf"
MOVW_R0_1 = "40f20100"
BL_NEXT = "00f000f8"
ITTT_NE = "1ebf"


@pytest.mark.parametrize(
    ("code", "lengths"),
    [
        (NOP + NOP, [2, 2]),
        (NOP + MOVW_R0_1 + NOP, [2, 4, 2]),
        (BL_NEXT + NOP, [4, 2]),
        (ITTT_NE + NOP * 3, [2, 2, 2, 2]),
        ("ffe7", [2]),  # B, 0b11100: the narrow neighbour of the wide encodings
    ],
)
def test_instruction_lengths_follow_the_first_halfword(code, lengths):
    assert list(instruction_lengths(bytes.fromhex(code))) == lengths
    assert n_instructions(bytes.fromhex(code)) == len(lengths)


def test_decode_goes_on_behind_what_it_cannot_read():
    undefined = "ffde"  # UDF #255 reads; a lone halfword of zeros is MOVS r0, r0
    code = bytes.fromhex(undefined + NOP + MOVW_R0_1)

    assert [i.mnemonic for i in decode(code, 0x100)][-2:] == ["nop", "movw"]
