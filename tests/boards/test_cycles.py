import pytest

from tinymledu.boards.block_counter import BlockCount
from tinymledu.boards.catalog import Timing
from tinymledu.boards.cycles import instruction_mix
from tinymledu.boards.elf import Image
from tinymledu.quantities import Band

# The loop of a dot product, assembled by hand; each instruction with the cycles that the Arm
# technical reference manuals state for it.
#                          M4 low  M4 high   M0+ low  M0+ high
# 1278    ldrb r2, [r2]        1        2         2         2
# 0b78    ldrb r3, [r1]        1        2         2         2
# 5a43    muls r2, r3          1        1         1         1
# 1260    str r2, [r2]         1        2         2         2
# 0138    subs r0, #1          1        1         1         1
# f9d1    bne                  1        4         1         3
LOOP = bytes.fromhex("1278 0b78 5a43 1260 0138 f9d1")
# 30b5    push {r4,r5,lr}      4        4         4         4
# 30bd    pop {r4,r5,pc}       4        4 + 3     4         4 + 2
ENDS = bytes.fromhex("30b5 30bd")


def mix(code, model, *, times=1, macs=0, wait_cycles=2):
    image = Image(((0x1000, code),), {}, {})
    blocks = [BlockCount(0x1000, len(code), times, 0)]
    return instruction_mix(image, blocks, Timing(model, wait_cycles), macs=macs)


@pytest.mark.parametrize(
    ("code", "model", "band"),
    [
        (LOOP, "cortex-m4", Band(6, 12)),
        (LOOP, "cortex-m0plus", Band(9, 11)),
        (LOOP, "cortex-m7", Band(3, 12)),
        (ENDS, "cortex-m4", Band(8, 11)),
        (ENDS, "cortex-m0plus", Band(8, 10)),
    ],
)
def test_cycles_follow_the_reference_manuals(code, model, band):
    assert mix(code, model).cycles == band


def test_counts_and_cycles_grow_with_the_times_a_block_ran():
    once, often = mix(LOOP, "cortex-m4"), mix(LOOP, "cortex-m4", times=1000)

    assert (once.instructions, once.loads, once.stores) == (6, 2, 1)
    assert (once.multiplies, once.branches) == (1, 1)
    assert (often.instructions, often.loads) == (6000, 2000)
    assert often.cycles == Band(6000, 12000)


def test_weights_wait_for_flash_at_the_high_end_only():
    waiting = mix(LOOP, "cortex-m4", times=1000, macs=1000, wait_cycles=2)

    assert waiting.cycles == Band(6000, 12000 + 2 * 1000)


def test_there_are_no_more_waits_than_loads():
    # 2,000 loads ran; the first kernel may fetch several weights with one of them.
    assert mix(LOOP, "cortex-m4", times=1000, macs=9000).cycles == Band(6000, 12000 + 2 * 2000)


def test_conditional_instructions_are_priced_like_their_plain_form():
    # cmp r0, #0; it ne; ldrbne r2, [r2]
    conditional = mix(bytes.fromhex("0028 18bf 1278"), "cortex-m4")

    assert (conditional.instructions, conditional.loads) == (3, 1)
