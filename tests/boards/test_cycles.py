"""The cycle model against the timings that Arm's reference manuals state, worked out by hand."""

import pytest
import recorded

import tinymledu as tml
from tinymledu.boards.block_counter import BlockCount
from tinymledu.boards.catalog import Timing
from tinymledu.boards.cycles import fetch_misses, instruction_mix
from tinymledu.boards.elf import Image
from tinymledu.boards.emulator import Segment
from tinymledu.boards.traffic import Traffic
from tinymledu.quantities import Band

# The loop of a dot product, assembled by hand; each instruction with the cycles that the Arm
# technical reference manuals state for it.
#                          M4 low  M4 high   M0+
# 1278    ldrb r2, [r2]        2        2      2
# 0b78    ldrb r3, [r1]        1        1      2   pipelined behind the load before
# 5a43    muls r2, r3          1        1      1
# 1260    str r2, [r2]         1 + 1    1 + 1  2   address from the instruction before
# 0138    subs r0, #1          1        1      1
# f9d1    bne                  1        1      1   and a refill when taken
LOOP = bytes.fromhex("1278 0b78 5a43 1260 0138 f9d1")


def timing(model, *, wait=2, code_cache=None, line=1):
    return Timing(model, wait, line, 1, code_cache)


def mix(code, model, *, times=1, taken=0, traffic=None, **card):
    image = Image(((0x1000, bytes.fromhex(code) if isinstance(code, str) else code),), {}, {})
    block = BlockCount(0x1000, len(image.load[0][1]), times, taken)
    segment = Segment((block,), traffic or Traffic())
    return instruction_mix(image, segment, timing(model, **card))


@pytest.mark.parametrize(
    ("code", "band"),
    [
        ("0868 1a68 2c68", Band(4, 4)),  # ldr r0,[r1]; ldr r2,[r3]; ldr r4,[r5]: one each, and one
        ("0868 0068", Band(4, 4)),  # ldr r0,[r1]; ldr r0,[r0]: the second waits for the first
        ("0431 0868", Band(4, 4)),  # adds r1,#4; ldr r0,[r1]: address just computed
        ("0431 1868", Band(3, 3)),  # adds r1,#4; ldr r0,[r3]: another address
        ("8858 1851", Band(3, 4)),  # ldr r0,[r1,r2]; str r0,[r3,r4]
        ("0860 1a60", Band(2, 3)),  # str r0,[r1]; str r2,[r3]: the store buffer may be full
        ("0860 1a68", Band(2, 3)),  # str r0,[r1]; ldr r2,[r3]: nothing is promised behind a store
        ("d2e90001", Band(3, 3)),  # ldrd r0,r1,[r2]: 1 + 2
        ("0ec8", Band(4, 4)),  # ldm r0!,{r1,r2,r3}: 1 + 3
        ("30b5", Band(4, 4)),  # push {r4,r5,lr}: 1 + 3
        ("91fbf2f0", Band(2, 12)),  # sdiv
        ("21fb0200", Band(1, 1)),  # smlad
        ("0148", Band(2, 3)),  # ldr r0,[pc,#4]: may compete with a fetch
        ("dfe800f0", Band(2, 2)),  # tbb, and a refill
        ("0028 18bf 1278", Band(2, 4)),  # cmp; it ne; ldrbne: folded and skipped, or neither
        ("51f8040b 51f8042b", Band(4, 4)),  # two loads that move the same pointer on
        ("90ed000a e0ee000a", Band(5, 5)),  # vldr; vfma.f32: 2 + 3
        (LOOP, Band(8, 8)),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_cortex_m4_follows_its_reference_manual(code, band):
    assert mix(code, "cortex-m4").cycles == band


def test_cortex_m0plus_follows_its_reference_manual():
    assert mix(LOOP, "cortex-m0plus").cycles == Band(9, 9)
    assert mix("30b5", "cortex-m0plus").cycles == Band(4, 4)  # push {r4,r5,lr}: 1 + 3


def test_cortex_m7_issues_two_instructions_at_best_and_one_at_worst():
    assert mix(LOOP, "cortex-m7").cycles == Band(3, 8)


@pytest.mark.parametrize(
    ("model", "refill"),
    [("cortex-m4", Band(1, 3)), ("cortex-m0plus", Band(1, 2)), ("cortex-m7", Band(0, 3))],
)
def test_only_branches_that_were_taken_refill_the_pipeline(model, refill):
    falls_through = mix(LOOP, model, times=10)

    branches = mix(LOOP, model, times=10, taken=9)

    assert branches.branches_taken == 9
    assert branches.cycles == falls_through.cycles.plus(refill.scaled(9))


def test_counts_and_cycles_grow_with_the_times_a_block_ran():
    once, often = mix(LOOP, "cortex-m4"), mix(LOOP, "cortex-m4", times=1000)

    assert (once.instructions, once.loads, once.stores) == (6, 2, 1)
    assert (once.multiplies, once.branches) == (1, 1)
    assert (often.instructions, often.loads) == (6000, 2000)
    assert often.cycles == Band(8000, 8000)


def test_reads_that_miss_wait_for_flash_at_the_high_end_only():
    traffic = Traffic(flash_reads=50, flash_bytes_read=200, flash_misses=30)

    assert mix(LOOP, "cortex-m4", traffic=traffic, wait=5).cycles == Band(8, 8 + 30 * 5)


def test_an_unaligned_access_takes_a_cycle_more_at_both_ends():
    assert mix(LOOP, "cortex-m4", traffic=Traffic(unaligned=3)).cycles == Band(11, 11)


def test_code_that_fits_the_cache_is_fetched_once():
    # 12 bytes lie in at most three lines of 8.
    assert mix(LOOP, "cortex-m4", times=1000, code_cache=1024, line=8, wait=5).cycles == Band(
        8000, 8000 + 3 * 5
    )


def test_code_beyond_the_cache_is_fetched_each_time_and_pushes_other_code_out():
    hot, cold = BlockCount(0x1000, 16, 1000, 0), BlockCount(0x2000, 16, 10, 0)

    # Each lies in three lines of 8; the cache holds the three of the hot one.
    assert fetch_misses([cold, hot], timing("cortex-m4", code_cache=24, line=8)) == 3 + 2 * 3 * 10
    assert fetch_misses([cold, hot], timing("cortex-m4", code_cache=48, line=8)) == 3 + 3
    assert fetch_misses([cold, hot], timing("cortex-m4", code_cache=None, line=8)) == 0


# Published MLPerf Tiny cycles of CMSIS-NN builds for each instruction counted lie between 1.50 and
# 1.57 for convolutional models; benchmarks/cycle_model.py has the figures.
@pytest.mark.parametrize("name", ["tiny_cnn_int8", "tiny_residual_int8"])
@pytest.mark.parametrize("board_name", ["nucleo_l4r5zi", "nano33ble"])
def test_band_holds_what_is_published_for_cortex_m4(name, board_name):
    model = tml.load_model(recorded.model_bytes(name))

    figures = tml.deploy(model, tml.board(board_name)).profile

    assert figures.cycles.low / figures.instructions < 1.50
    assert figures.cycles.high / figures.instructions > 1.57
