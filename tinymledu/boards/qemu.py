"""A second opinion on instruction counts: the same code in QEMU, where it is installed.

QEMU's mps2 boards have the processors of ours but other memory, so the firmware is linked again for
flash at 0; the kernels are the same object code. With -icount shift=8 every instruction takes
256 ns of QEMU's clock, which its 25 MHz timer sees as 6.4 ticks: two readings, each off by less
than a tick, tell every instruction apart. The 32-bit timer holds 671 million instructions.
"""

import shutil
import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path

from tinymledu.boards.build import link_firmware
from tinymledu.boards.catalog import Board
from tinymledu.boards.firmware import firmware_files
from tinymledu.boards.toolchain import Name, toolchain
from tinymledu.codegen.records import CSource
from tinymledu.errors import BoardError, InputError, MissingToolError

PROGRAM = "qemu-system-arm"

# Processor -> QEMU machine with that processor and 4 MiB of memory at 0 and at 0x20000000.
_MACHINES = {"cortex-m4": "mps2-an386", "cortex-m7": "mps2-an500"}
_MEMORY_BYTES = 4 * 1024**2
_RAM_ORIGIN = 0x20000000

_NANOSECONDS_PER_INSTRUCTION = 2**8
_TIMER_HZ = 25_000_000

# The empty function that is timed for comparison is one instruction, its return.
_EMPTY_INSTRUCTIONS = 1


def qemu_available() -> bool:
    """Whether qemu-system-arm is installed."""
    return shutil.which(PROGRAM) is not None


def count_in_qemu(
    source: CSource, board: Board, *, toolchain_name: Name = "zig", timeout_s: float = 300
) -> int:
    """Instructions of one inference on all-zero input, counted by QEMU.

    Raises:
        MissingToolError: QEMU or the compiler is not installed.
        InputError: QEMU has no machine with the board's processor.
        BoardError: QEMU did not report a count.
    """
    machine = _MACHINES.get(board.compile_target.cpu)
    if machine is None:
        raise InputError(f"QEMU has no machine with the processor of {board.title} and enough RAM.")
    if not qemu_available():
        raise MissingToolError(
            f"{PROGRAM} is not installed. On Debian and Ubuntu: sudo apt install qemu-system-arm"
        )
    twin = _twin(board)
    texts = firmware_files(source, twin, program="qemu_counter.c")
    elf = link_firmware(texts, toolchain(twin, name=toolchain_name))
    nothing, inference = _ticks(elf, machine, timeout_s)
    ticks_per_instruction = _NANOSECONDS_PER_INSTRUCTION * _TIMER_HZ / 1e9
    return round((inference - nothing) / ticks_per_instruction) + _EMPTY_INSTRUCTIONS


def _twin(board: Board) -> Board:
    """The board as QEMU's machine has it: same processor, memory elsewhere."""
    target = replace(board.compile_target, flash_origin=0, ram_origin=_RAM_ORIGIN)
    title = f"{board.title} (QEMU)"
    return replace(board, title=title, target=target, ram_bytes=_MEMORY_BYTES)


def _ticks(elf: bytes, machine: str, timeout_s: float) -> tuple[int, int]:
    """Timer ticks of an empty call and of an inference."""
    with tempfile.TemporaryDirectory(prefix="tinymledu-qemu-") as name:
        kernel = Path(name) / "firmware.elf"
        kernel.write_bytes(elf)
        command = (
            *(PROGRAM, "-M", machine, "-kernel", str(kernel), "-icount", "shift=8"),
            *("-nographic", "-monitor", "none", "-serial", "none"),
            *("-semihosting-config", "enable=on,target=native"),
        )
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, timeout=timeout_s, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise BoardError(f"QEMU did not finish within {timeout_s:g} s.") from error
    words = (done.stdout + done.stderr).split()
    try:
        nothing, inference = (int(word, 16) for word in words)
    except ValueError as error:
        raise BoardError(f"QEMU reported no count: {' '.join(words)[:500]!r}") from error
    return nothing, inference
