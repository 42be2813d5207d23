"""The virtual board against programs assembled and counted by hand, and against bad firmware."""

import sys
from dataclasses import replace

import numpy as np
import pytest
import recorded
from tiny_firmware import dot_kernel, tiny_source

from tinymledu.boards import block_counter, emulator
from tinymledu.boards.block_counter import BlockCount, NativeCounter, PythonCounter
from tinymledu.boards.build import build, link_firmware
from tinymledu.boards.elf import Image, Symbol, read_elf
from tinymledu.boards.emulator import FirstRun, Segment, VirtualBoard
from tinymledu.boards.firmware import firmware_files
from tinymledu.boards.thumb import n_instructions
from tinymledu.boards.toolchain import available, toolchain
from tinymledu.boards.traffic import NativeTraffic, PythonTraffic, Traffic
from tinymledu.codegen.emit import generate_c
from tinymledu.errors import BoardError, InputError, MissingToolError
from tinymledu.graph.tflite import load_model

FLASH, RAM = 0x10000, 0x20000000

# Assembled by hand (Armv7-M Architecture Reference Manual, chapter A7). BL holds half the distance
# from its own address + 4.
PROGRAM = """
00bf                     reset:  nop
7047                     wait:   bx lr
00b5 00f001f8 00bd       infer:  push {lr}; bl model; pop {pc}
00b5 00f003f8 00f005f8   model:  push {lr}; bl first; bl second
00bd                             pop {pc}
0520                     first:  movs r0, #5
0138 fdd1                        subs r0, #1; bne back to subs
7047                             bx lr
0028 1ebf                second: cmp r0, #0; ittt ne
0121 0221 0321                   three moves, skipped because r0 is 0
7047                             bx lr
"""

# infer: push, bl; model: push, bl; first: 1 + 5 * 2 + 1; then bl; second: 6 with the skipped ones,
# as the processor and QEMU count them; two pops.
COUNTED_BY_HAND = [2 + 2 + 12, 1 + 6 + 2]
STACK_BY_HAND = 8  # two pushes of one register


def hand_made_image():
    start = FLASH + 24  # behind two vectors and four words of layout
    layout = b"".join(n.to_bytes(4, "little") for n in (0, 1, 4, 1))
    code = bytes.fromhex("".join(line[:24].replace(" ", "") for line in PROGRAM.splitlines()))
    functions = [("tml_reset", 0, 2), ("tml_wait", 2, 2), ("tml_infer", 4, 8), ("model", 12, 12),
                 ("first", 24, 8), ("second", 32, 12)]  # fmt: skip
    symbols = [Symbol(name, start + at, size, True) for name, at, size in functions]
    symbols += [
        Symbol("tml_layout", FLASH + 8, 16, False),
        Symbol("tml_arena", RAM, 16, False),
        Symbol("tml_bss_end", RAM + 16, 0, False),
        Symbol("tml_stack_top", RAM + 0x40000, 0, False),
    ]
    return Image(((FLASH, bytes(8) + layout + code),), {s.name: s for s in symbols}, {})


@pytest.fixture(params=[NativeCounter, PythonCounter])
def counter(request):
    if request.param is NativeCounter and "zig" not in available():
        pytest.skip("zig is not installed: make venv")
    return request.param


def test_first_run_counts_hand_assembled_code_exactly(nano, counter):
    run = VirtualBoard(hand_made_image(), nano, counter=counter).first_run()

    image = hand_made_image()
    counts = [
        sum(n_instructions(image.code(b.address, b.size)) * b.times for b in segment.blocks)
        for segment in run.segments
    ]
    assert counts == COUNTED_BY_HAND
    assert run.stack_bytes == STACK_BY_HAND


def test_taken_branches_are_counted_by_hand(nano, counter):
    run = VirtualBoard(hand_made_image(), nano, counter=counter).first_run()

    taken = [sum(block.taken for block in segment.blocks) for segment in run.segments]
    # Until first has returned: BL to model, BL to first, BNE 4 of 5 times, BX back.
    # Then: BL to second, BX back, POP {PC} from model, POP {PC} from infer. ITTT skips, no branch.
    assert taken == [1 + 1 + 4 + 1, 1 + 1 + 1 + 1]


def test_both_counters_count_the_same(executable_board):
    built = build(tiny_source(), executable_board)

    native, python = (
        VirtualBoard(built.image, executable_board, counter=counter, traffic=traffic).first_run()
        for counter, traffic in ((NativeCounter, NativeTraffic), (PythonCounter, PythonTraffic))
    )

    assert native == python
    assert all(b.taken <= b.times for segment in native.segments for b in segment.blocks)
    assert native.segments[0].traffic.flash_bytes_read >= 8  # the weights of tk_dot


@pytest.fixture(params=[NativeTraffic, PythonTraffic])
def traffic(request):
    if request.param is NativeTraffic and "zig" not in available():
        pytest.skip("zig is not installed: make venv")
    return request.param


def test_data_accesses_are_counted_by_hand(nano, traffic):
    run = VirtualBoard(hand_made_image(), nano, traffic=traffic).first_run()

    # Until first has returned, PUSH {LR} twice; then POP {PC} twice. Nothing else is read.
    assert run.segments[0].traffic == Traffic(bytes_written=8)
    assert run.segments[1].traffic == Traffic(ram_bytes_read=8)


@pytest.mark.parametrize(
    ("line_bytes", "lines", "misses"),
    [
        (1, 1, 8),  # every read waits
        (4, 1, 6),  # 0 1 | 4 | 0 | 4 | 8 | 0 2
        (4, 2, 4),  # 0, 4, 8, and 0 again, which 8 pushed out: 0 was used before 4
        (4, 3, 3),
        (16, 1, 1),
    ],
)
def test_flash_misses_follow_from_the_card(nano, traffic, line_bytes, lines, misses):
    reads = "".join(f"(void)bytes[{i}];" for i in (0, 1, 4, 0, 4, 8, 0, 2))
    body = f"""const volatile uint8_t *bytes = (const volatile uint8_t *)0x10100u;
    (void)weights; *output = input[0]; {reads}"""
    card = replace(
        nano, timing=replace(nano.timing, flash_line_bytes=line_bytes, flash_lines=lines)
    )
    built = build(tiny_source(dot=dot_kernel(body)), nano)

    run = VirtualBoard(built.image, card, traffic=traffic).first_run()

    counted = run.segments[0].traffic
    literals = counted.flash_reads - 8  # the compiler may keep an address in flash
    assert literals <= 1
    assert misses <= counted.flash_misses <= misses + literals * lines
    assert counted.flash_bytes_read == 8 + 4 * literals


CONDITIONAL_LOAD = """
int32_t five = 0, loaded = 0;
(void)weights;
__asm__ volatile("cmp %[zero], #1\\n\\titt lt\\n\\tldrlt %[loaded], [%[input]]\\n\\t"
                 "addlt %[loaded], #0\\n\\tcmp %[zero], #0\\n\\tb 1f\\n"
                 "1:\\tmov %[five], #5"
                 : [five] "+r"(five), [loaded] "+&r"(loaded)
                 : [zero] "r"(0), [input] "r"(input) : "cc", "memory");
*output = (int8_t)five;
"""


def test_a_conditional_load_leaves_the_next_block_alone(nano, traffic):
    built = build(tiny_source(dot=dot_kernel(CONDITIONAL_LOAD)), nano)

    assert VirtualBoard(built.image, nano, traffic=traffic).run(bytes(8))[0] == 5


def test_counting_data_accesses_changes_nothing(executable_board, traffic):
    source = generate_c(load_model(recorded.model_bytes("tiny_open_batch_int8")))
    tools = toolchain(executable_board)
    image = read_elf(link_firmware(firmware_files(source, executable_board), tools))

    plain, watched = (
        VirtualBoard(image, executable_board, macs=source.macs, traffic=maker).first_run()
        for maker in (None, traffic)
    )

    assert [s.blocks for s in plain.segments] == [s.blocks for s in watched.segments]
    assert plain.stack_bytes == watched.stack_bytes


def test_a_run_that_counting_changes_is_a_fault_of_ours(nano, monkeypatch):
    class Meddling(PythonTraffic):
        """Writes into the input, so that the loop of tk_dot runs more often."""

        def _count(self, uc, kind, address, size, value, data):
            super()._count(uc, kind, address, size, value, data)
            uc.mem_write(RAM, bytes([9]))

    body = "(void)weights; for (int8_t i = 0; i < input[0]; i++) { output[i] = i; }"
    monkeypatch.setattr("tinymledu.boards.build.best_traffic", Meddling)

    with pytest.raises(BoardError, match="did something else when its data accesses were counted"):
        build(tiny_source(dot=dot_kernel(body)), replace(nano, title="Nano, meddled with"))


def test_unaligned_accesses_are_counted(nano, traffic):
    body = "(void)weights; *output = (int8_t)*(const volatile uint32_t *)(const void *)(input + 1);"
    built = build(tiny_source(dot=dot_kernel(body)), nano)

    run = VirtualBoard(built.image, nano, traffic=traffic).first_run()

    assert run.segments[0].traffic.unaligned == 1
    assert run.segments[1].traffic.unaligned == 0


@pytest.mark.parametrize(
    "loop", ["for (;;) {}", "for (;;) { output[0]++; }", '__asm__ volatile("b ."); ']
)
def test_firmware_that_loops_for_ever_is_stopped_with_a_sentence(nano, loop, counter, monkeypatch):
    monkeypatch.setattr(emulator, "INSTRUCTIONS_BESIDE", 1_000_000)
    endless = dot_kernel("(void)weights; (void)input; (void)output;\n" + loop)

    image = read_elf(link_firmware(firmware_files(tiny_source(dot=endless), nano), toolchain(nano)))

    with pytest.raises(BoardError, match="tk_dot was still busy when it was stopped") as caught:
        VirtualBoard(image, nano, macs=8, counter=counter).first_run()

    # 200 instructions for each of 8 multiply-accumulates
    assert "as 1,001,600 instructions fill" in str(caught.value)
    assert "look for a loop" in str(caught.value)


def test_a_loop_that_only_some_inputs_enter_is_stopped_too(nano, monkeypatch):
    monkeypatch.setattr(emulator, "INSTRUCTIONS_BESIDE", 1_000_000)
    body = "(void)weights; *output = 3; while (((const volatile int8_t *)input)[0] == 7) {}"
    built = build(tiny_source(dot=dot_kernel(body)), nano)
    machine = VirtualBoard(built.image, nano)

    with pytest.raises(BoardError, match="tk_dot was still busy"):
        machine.run(b"\x07" + bytes(7))
    assert machine.run(b"\x06" + bytes(7)) == b"\x03\x06"  # the board still works


def test_more_blocks_than_the_table_holds_is_a_sentence(nano, monkeypatch):
    monkeypatch.setattr(block_counter, "N_SLOTS", 4)

    with pytest.raises(BoardError, match="more than 2 different stretches of code"):
        VirtualBoard(hand_made_image(), nano, counter=NativeCounter).first_run()


def test_first_run_survives_the_cache():
    traffic = Traffic(1, 2, 3, 4, 5, 6)
    run = FirstRun((Segment((BlockCount(65536, 4, 7, 3),), traffic), Segment((), Traffic())), 12)

    assert FirstRun.from_json(run.to_json()) == run


def test_run_computes_what_the_c_says(executable_board, toolchain_name):
    built = build(tiny_source(), executable_board, toolchain_name=toolchain_name)
    machine = VirtualBoard(built.image, executable_board)

    # 1*1 + 2*2 + 3*3 - 4*4 - 1*5 - 2*6 - 3*7 - 4*8 = -72; the largest is 8.
    first = machine.run(np.array([1, 2, 3, -4, 5, 6, 7, 8], np.int8).tobytes())
    # 4 * 127 - ... saturates: 127*(1+2+3+4) = 1270.
    second = machine.run(np.array([127, 127, 127, 127, 0, 0, 0, 0], np.int8).tobytes())

    assert np.frombuffer(first, np.int8).tolist() == [-72, 8]
    assert np.frombuffer(second, np.int8).tolist() == [127, 127]


def test_run_refuses_another_number_of_bytes(nano):
    built = build(tiny_source(), nano)

    with pytest.raises(InputError, match=r"input tensor has 8 bytes; 7 were given"):
        VirtualBoard(built.image, nano).run(bytes(7))


READ_WEIGHTS = "(void)weights; (void)input; (void)output;\n"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("*(volatile uint8_t *)0x20040000u = 1;", "tk_dot wrote outside the board's flash and RAM"),
        ("(void)*(volatile uint8_t *)0x2003FFFFu; (void)*(volatile uint8_t *)0x20040000u;",
         "tk_dot read outside"),
        ("(void)*(volatile uint8_t *)0x0000FFFFu;", "tk_dot read outside"),  # the boot loader
        ("*(volatile uint8_t *)0x10000u = 1;", "tk_dot wrote to flash"),
        ("__asm__ volatile(\"udf #0\");", "tk_dot met an instruction"),
        ("((void (*)(void))0x20000001u)();", "jumped into RAM"),
        ("((void (*)(void))0x30000001u)();", "jumped outside the board's flash"),
    ],
    ids=["write_behind_ram", "read_behind_ram", "read_before_flash", "write_flash", "undefined",
         "run_ram", "run_nowhere"],
)  # fmt: skip
def test_bad_firmware_stops_with_a_sentence(nano, body, words):
    with pytest.raises(BoardError, match=words) as caught:
        build(tiny_source(dot=dot_kernel(READ_WEIGHTS + body)), nano)

    assert str(caught.value).startswith("On Arduino Nano 33 BLE Sense, ")


def test_last_byte_of_ram_and_flash_belong_to_the_board(nano):
    body = "*output = (int8_t)*(volatile uint8_t *)(0x10000u + 983039u);\n"
    body += "(void)*(volatile uint8_t *)0x2003FFFFu; (void)weights; (void)input;"

    assert build(tiny_source(dot=dot_kernel(body)), nano).memory.stack_bytes >= 0


def test_stack_is_measured_to_the_byte(nano):
    # The kernel fills 1,000 bytes of stack; its frame and its callers' need a little more.
    body = "volatile uint8_t room[1000]; for (int32_t i = 0; i < 1000; i++) { room[i] = 1; }"
    frugal = build(tiny_source(dot=dot_kernel(READ_WEIGHTS)), nano).memory.stack_bytes

    greedy = build(tiny_source(dot=dot_kernel(READ_WEIGHTS + body)), nano).memory.stack_bytes

    assert 1000 <= greedy - frugal <= 1000 + 16  # alignment and saved registers


def test_board_with_less_ram_than_pages_is_still_whole(nano):
    odd = replace(nano, ram_bytes=nano.ram_bytes - 664)
    built = build(tiny_source(), odd)

    assert VirtualBoard(built.image, odd).run(bytes(8)) == bytes(2)


def test_a_missing_emulator_names_the_command(monkeypatch):
    monkeypatch.setitem(sys.modules, "unicorn", None)

    with pytest.raises(MissingToolError, match=r"emulator is not installed\..* make venv"):
        emulator._unicorn.__wrapped__()  # without what an earlier test loaded
