"""Scripts for stream_program.c, and what a hand-written ring that forgets nothing answers to them.

A script is a list of commands: ("push", n), ("take", missing_bytes), ("fence", k, n) and so on.
"""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from host_program import SANITIZED, TIMEOUT_S, compile_c

from tinymledu.files import shipped

PROGRAM = Path(__file__).with_name("stream_program.c")


@dataclass(frozen=True)
class Shape:
    n_channels: int
    sample_bytes: int
    window_frames: int
    hop_frames: int
    capacity_frames: int

    @property
    def init(self):
        n_bytes = self.capacity_frames * self.n_channels * self.sample_bytes
        return ("init", self.n_channels, self.sample_bytes, self.window_frames, self.hop_frames,
                n_bytes)  # fmt: skip


def expected_lines(shape, script):
    """Every window by its place in the whole stream, which is 0, 1, 2, ..."""
    lines = ["1"]
    total = dropped = start = 0
    window, hop, capacity = (
        n * shape.n_channels for n in (shape.window_frames, shape.hop_frames, shape.capacity_frames)
    )
    arriving = 0
    for command, *numbers in script:
        if command == "push":
            total += numbers[0]
        elif command == "fence":
            arriving = numbers[1]
        elif command == "take":
            while start < total - capacity:
                start += hop
                dropped += 1
            taken = start + window <= total
            if taken:
                total, arriving = total + arriving, 0
                taken = start >= total - capacity
            values = range(start, start + window) if taken else ()
            cells = [int(taken), dropped, *(v % 256**shape.sample_bytes for v in values)]
            lines.append(" ".join(map(str, cells)))
            start += hop * taken
    return lines


def build(folder, *, changed=None, flags=SANITIZED):
    """The program with the stream's files, of which `changed` replaces some."""
    for path in shipped("firmware", "stream").iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    for name, text in (changed or {}).items():
        (folder / name).write_text(text, encoding="utf-8")
    program = folder / "program"
    compile_c([*flags, PROGRAM, "-o", program], folder)
    return program


def run(program, script):
    """The lines that the program prints."""
    result = subprocess.run(
        [program],
        input="\n".join(" ".join(map(str, command)) for command in script),
        capture_output=True,
        text=True,
        check=False,
        timeout=TIMEOUT_S,
    )
    assert result.returncode == 0, result.stderr[:2000]
    return result.stdout.splitlines()
