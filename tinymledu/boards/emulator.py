"""The virtual board: the firmware's machine code, executed by the unicorn processor emulator.

Exactly the board's flash and RAM are mapped, rounded up to whole pages of 4 KiB; flash cannot be
written. Anything else the firmware touches stops it, with a sentence that names the function.

Every basic block is counted, and its instructions are counted by their length (16 or 32 bits). This
equals what QEMU counts, also for instructions that a condition skips. A firmware that does not come
to an end is stopped, likewise with a sentence.
"""

import functools
import json
from dataclasses import astuple, dataclass
from typing import Any

from tinymledu.boards.block_counter import BlockCount, CounterMaker, best_counter
from tinymledu.boards.catalog import Board
from tinymledu.boards.elf import Image
from tinymledu.boards.thumb import call_sites
from tinymledu.boards.traffic import Traffic, TrafficMaker
from tinymledu.errors import BoardError, InputError, MissingToolError
from tinymledu.files import how_to_install
from tinymledu.units import count

PAGE = 4096
PAINT = 0xA5
SYSTEM_CONTROL = 0xE000E000  # the page with the register that switches the FPU on

# Room for machine code translated for this computer; when it is full, translation starts over. Left
# to itself, the emulator reserves 1 GiB of addresses for each board, which a limit may forbid.
TRANSLATED_BYTES = 16 * 1024**2

# Far more than firmware of sense takes: the slowest kernel on the smallest processor executes some
# 30 instructions for a multiply-accumulate, and operators without any some 50 for an element.
INSTRUCTIONS_PER_MAC = 200
INSTRUCTIONS_BESIDE = 50_000_000

_SHORTEST_INSTRUCTION_BYTES = 2


@dataclass(frozen=True, slots=True)
class Segment:
    """What ran from one kernel call to the next."""

    blocks: tuple[BlockCount, ...]
    traffic: Traffic


@dataclass(frozen=True, slots=True)
class FirstRun:
    """What the counted inference showed; the input is all zero bytes.

    segments: one for each kernel call. stack_bytes: deepest stack, counted from the end of RAM.
    """

    segments: tuple[Segment, ...]
    stack_bytes: int

    def to_json(self) -> bytes:
        segments = [
            [[astuple(block) for block in segment.blocks], astuple(segment.traffic)]
            for segment in self.segments
        ]
        return json.dumps({"segments": segments, "stack_bytes": self.stack_bytes}).encode()

    @classmethod
    def from_json(cls, content: bytes) -> "FirstRun":
        record = json.loads(content)
        segments = (
            Segment(tuple(BlockCount(*block) for block in blocks), Traffic(*traffic))
            for blocks, traffic in record["segments"]
        )
        return cls(tuple(segments), record["stack_bytes"])


class VirtualBoard:
    """One powered board with its firmware, waiting for an input.

    macs: multiply-accumulates of one inference; what the firmware may take grows with them.
    traffic: counts data accesses as well, which makes the emulator several times slower.
    """

    def __init__(
        self,
        image: Image,
        board: Board,
        *,
        macs: int = 0,
        counter: CounterMaker = best_counter,
        traffic: TrafficMaker | None = None,
    ) -> None:
        self._image = image
        self._board = board
        self._target = board.compile_target
        self._max_instructions = INSTRUCTIONS_BESIDE + INSTRUCTIONS_PER_MAC * macs
        self._wait = image.symbol("tml_wait").address
        self._infer = image.symbol("tml_infer").address
        self._arena = image.symbol("tml_arena").address
        self._layout = _layout(image)
        self._uc: Any = self._power_on()
        self._counter = counter(self._uc)  # before the first instruction
        self._traffic = traffic(self._uc, board) if traffic else None
        self._execute(image.symbol("tml_reset").address, self._wait)
        self._stack_pointer = self._register("SP")

    def run(self, codes: bytes) -> bytes:
        """One inference: the bytes of the input tensor in, the bytes of the output tensor out.

        Raises:
            InputError: another number of bytes than the input tensor has.
            BoardError: the firmware touched what the board does not have.
        """
        self._write_input(codes)
        self._start_inference()
        self._execute(self._infer, self._wait)
        return self._read_output()

    def first_run(self) -> FirstRun:
        """Count one inference on all-zero input and measure its stack."""
        self._write_input(bytes(self._layout.input_bytes))
        lowest = self._image.symbol("tml_bss_end").address
        self._uc.mem_write(lowest, bytes([PAINT]) * (self._stack_pointer - lowest))
        self._start_inference()
        segments = []
        start = self._infer
        self._take_traffic()  # start-up does not count
        for stop in self._segment_ends():
            segments.append(Segment(self._execute(start, stop), self._take_traffic()))
            start = stop
        return FirstRun(tuple(segments), self._stack_bytes(lowest))

    def _power_on(self) -> Any:
        uc = _new_processor(self._target.cpu)
        unicorn = _unicorn()
        flash, flash_end = _pages(self._target.flash_origin, self._board.flash_bytes)
        ram, ram_end = _pages(self._target.ram_origin, self._board.ram_bytes)
        uc.mem_map(flash, flash_end - flash, unicorn.UC_PROT_READ | unicorn.UC_PROT_EXEC)
        uc.mem_map(ram, ram_end - ram, unicorn.UC_PROT_READ | unicorn.UC_PROT_WRITE)
        uc.mem_map(SYSTEM_CONTROL, PAGE, unicorn.UC_PROT_READ | unicorn.UC_PROT_WRITE)
        for address, content in self._image.load:
            uc.mem_write(address, content)
        stack_top = self._image.symbol("tml_stack_top").address
        uc.reg_write(_register_number("SP"), stack_top)
        return uc

    def _start_inference(self) -> None:
        self._uc.reg_write(_register_number("SP"), self._stack_pointer)
        self._uc.reg_write(_register_number("LR"), self._wait | 1)

    def _execute(self, start: int, stop: int) -> tuple[BlockCount, ...]:
        unicorn = _unicorn()
        self._counter.begin(self._max_instructions * _SHORTEST_INSTRUCTION_BYTES)
        try:
            self._uc.emu_start(start | 1, stop)
        except unicorn.UcError as error:
            raise BoardError(self._fault_sentence(error.errno)) from error
        blocks = self._counter.end(stop)
        if self._counter.is_over_budget:
            raise BoardError(self._endless_sentence())
        if self._register("PC") != stop:
            raise BoardError(self._where("stopped before its work was done"))
        return blocks

    def _take_traffic(self) -> Traffic:
        return self._traffic.take() if self._traffic else Traffic()

    def _endless_sentence(self) -> str:
        limit = count(self._max_instructions)
        return (
            f"{self._where('was still busy when it was stopped')} The firmware had executed as "
            f"much code as {limit} instructions fill. An inference must come to an end: look for "
            "a loop that never does."
        )

    def _fault_sentence(self, number: int) -> str:
        unicorn = _unicorn()
        causes = {
            unicorn.UC_ERR_READ_UNMAPPED: "read outside the board's flash and RAM",
            unicorn.UC_ERR_WRITE_UNMAPPED: "wrote outside the board's flash and RAM",
            unicorn.UC_ERR_FETCH_UNMAPPED: "jumped outside the board's flash",
            unicorn.UC_ERR_WRITE_PROT: "wrote to flash, which a running program cannot change",
            unicorn.UC_ERR_FETCH_PROT: "jumped into RAM, where no code lies",
            unicorn.UC_ERR_INSN_INVALID: "met an instruction that this processor does not have",
        }
        return self._where(causes.get(number, f"stopped on a fault (unicorn error {number})"))

    def _where(self, what: str) -> str:
        address = self._register("PC")
        function = self._image.function_at(address) or "code without a name"
        return f"On {self._board.title}, {function} {what} (at {address:#010x})."

    def _register(self, name: str) -> int:
        return int(self._uc.reg_read(_register_number(name)))

    def _write_input(self, codes: bytes) -> None:
        if len(codes) != self._layout.input_bytes:
            raise InputError(
                f"The input tensor has {count(self._layout.input_bytes)} bytes; "
                f"{count(len(codes))} were given."
            )
        self._uc.mem_write(self._arena + self._layout.input_offset, codes)

    def _read_output(self) -> bytes:
        address = self._arena + self._layout.output_offset
        return bytes(self._uc.mem_read(address, self._layout.output_bytes))

    def _stack_bytes(self, lowest: int) -> int:
        top = self._image.symbol("tml_stack_top").address
        free = bytes(self._uc.mem_read(lowest, top - lowest))
        return len(free.lstrip(bytes([PAINT])))

    def _segment_ends(self) -> list[int]:
        """Where each kernel returns to; what follows the last call belongs to the last layer."""
        (model,) = call_sites(self._image, "tml_infer")  # <c_name>_run
        returns = [site.returns_to for site in call_sites(self._image, model.callee)[:-1]]
        return [address for address in returns if address is not None] + [self._wait]


@dataclass(frozen=True, slots=True)
class _Layout:
    input_offset: int
    input_bytes: int
    output_offset: int
    output_bytes: int


def _layout(image: Image) -> _Layout:
    words = image.code(image.symbol("tml_layout").address, 16)
    return _Layout(*(int.from_bytes(words[i : i + 4], "little") for i in range(0, 16, 4)))


def _pages(origin: int, n_bytes: int) -> tuple[int, int]:
    return origin // PAGE * PAGE, -(-(origin + n_bytes) // PAGE) * PAGE


def _new_processor(cpu: str) -> Any:
    unicorn = _unicorn()
    models = {
        "cortex-m0plus": unicorn.arm_const.UC_CPU_ARM_CORTEX_M0,  # the same instructions
        "cortex-m4": unicorn.arm_const.UC_CPU_ARM_CORTEX_M4,
        "cortex-m7": unicorn.arm_const.UC_CPU_ARM_CORTEX_M7,
    }
    uc = unicorn.Uc(unicorn.UC_ARCH_ARM, unicorn.UC_MODE_THUMB | unicorn.UC_MODE_MCLASS)
    uc.ctl_set_cpu_model(models[cpu])
    uc.ctl_set_tcg_buffer_size(TRANSLATED_BYTES)
    return uc


def _register_number(name: str) -> int:
    return int(getattr(_unicorn().arm_const, f"UC_ARM_REG_{name}"))


@functools.cache
def _unicorn() -> Any:
    try:
        import unicorn
        import unicorn.arm_const
    except ImportError as error:
        raise MissingToolError(
            f"The processor emulator is not installed. Install it with: {how_to_install()}"
        ) from error
    return unicorn
