"""Models as .eim programs, inputs for them, and the scores that they should give."""

import functools
import json
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import recorded

from tinymledu.boards.eim.compilers import compiler_for
from tinymledu.boards.eim.parameters import impulse
from tinymledu.boards.eim.program import c_files, write_eim
from tinymledu.graph.ir import TFLiteModel
from tinymledu.graph.reference import Interpreter
from tinymledu.graph.tflite import load_model

FEED = Path(__file__).with_name("feed.c")
STRICT = ["-std=c99", "-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-Werror"]
SANITIZED = ["-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
TIMEOUT_S = 120

COLOUR = "conv_2d_valid_stride_2"  # 7 x 5 x 3; its outputs differ much from picture to picture
COLOUR_SHAPE = (7, 5)
N_PIXELS = 35
N_OUTPUTS = 24
FLOAT_ENDS = "tiny_cnn_int8_float_ends"  # 12 x 12 x 3, float input and output
FLOATS = "quantize_dequantize_float32"  # 60 numbers to codes and back
GREY = "conv_2d_factors_above_one"  # 4 x 4 x 1
WINDOW = "tiny_conv1d_open_batch_int8"  # 24 x 3
SOUND = "fully_connected_per_channel"  # 48


def model(name: str, *, labels: tuple[str, ...] = ()) -> TFLiteModel:
    """A model of tests/vectors, with labels where some are given."""
    plain = load_model(recorded.model_bytes(name), name=name)
    return TFLiteModel(plain.name, plain.content, plain.sha256, plain.scheme, labels, plain.graph)


def eim(name: str, folder: Path, *, language: str = "c", **options: Any) -> Path:
    """A model of tests/vectors as a .eim file; skips the test where no compiler is."""
    if language == "c" and compiler_for(None) is None:
        pytest.skip("a C compiler (ziglang or cc) is not installed")
    path = folder / f"{name}.eim"
    path.write_bytes(_program(name, language, tuple(options.items())))
    path.chmod(0o755)
    return path


@functools.cache
def _program(name: str, language: str, options: tuple[tuple[str, Any], ...]) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.eim"
        return write_eim(model(name), path, language=language, **dict(options)).path.read_bytes()


def pictures(n: int, height: int, width: int, *, grey: bool = False) -> np.ndarray:
    """n pictures, (n, height, width, 3) uint8: noise of several contrasts, black, white."""
    rng = np.random.default_rng(7)
    made = rng.integers(0, 256, (n, height, width, 3))
    made //= 2 ** np.arange(n).reshape(-1, 1, 1, 1)
    made[0], made[1] = 0, 255
    return np.repeat(made[..., :1], 3, axis=3).astype(np.uint8) if grey else made.astype(np.uint8)


def pixel_features(picture: np.ndarray) -> list[int]:
    """0xRRGGBB for each pixel, as the SDK makes them."""
    red, green, blue = (picture[..., channel].astype(int) for channel in range(3))
    return (red << 16 | green << 8 | blue).ravel().tolist()


def expected_scores(subject: TFLiteModel, inputs: np.ndarray) -> np.ndarray:
    """Real values that the NumPy interpreter gives, (n, n_outputs) float32."""
    codes = Interpreter(subject).run(inputs).reshape(len(inputs), -1)
    quantization = subject.graph.output.quantization
    if quantization is None:
        return codes.astype(np.float32)
    steps = codes.astype(np.int32) - quantization.zero_point
    return steps.astype(np.float32) * np.float32(quantization.scale)


def scores_of(result: dict[str, Any]) -> np.ndarray:
    """The scores in a reply, in the order of the outputs."""
    return np.array(list(result["result"]["classification"].values()), np.float32)


def feeder(name: str, folder: Path, **options: Any) -> Path:
    """The program without its sockets, under sanitizers: requests come on standard input."""
    if shutil.which("gcc") is None:
        pytest.skip("gcc is not installed")
    subject = model(name)
    for file, text in c_files(subject, impulse(subject, **options)).items():
        (folder / file).write_text(text)
    sources = [path for path in sorted(folder.glob("*.c")) if path.name != "eim_main.c"]
    command = ["gcc", *STRICT, *SANITIZED, "-I", folder, *sources, FEED, "-lm", "-o", "feed"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[:4000]
    return folder / "feed"


def feed(program: Path, clients: Sequence[bytes], *, chunk_bytes: int = 4096) -> list[list[Any]]:
    """The decoded replies to each client's bytes, sent in chunks."""
    stream = b"".join(len(sent).to_bytes(4, "little") + sent for sent in clients)
    done = subprocess.run(
        [program, str(chunk_bytes)], input=stream, capture_output=True, check=False,
        timeout=TIMEOUT_S,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()[:4000]
    answers = done.stdout.split(b"\n")[:-1]
    assert len(answers) == len(clients)
    return [[json.loads(reply) for reply in answer.split(b"\0")[:-1]] for answer in answers]
