"""protocol.c against bytes from outside, on this computer with sanitizers."""

import random
import re
import subprocess

import numpy as np
import pytest
import recorded
from ports import build_port_program

from tinymledu.boards.serving import Responder
from tinymledu.graph.reference import Interpreter
from tinymledu.graph.tflite import load_model

LAP = re.compile(rb"m-lap-us-\d+")
LINE = re.compile(rb"(m-|e-)[ -~]*")
WORDS = (
    *(b"name", b"profile", b"timestamp", b"results", b"db", b"db load", b"infer", b"load", b"help"),
    *(b"db print", b"infer 1 0", b"infer 2", b"infer 0", b"infer -1", b"db 0", b"db 0g", b"db \0"),
)
NUMBERS = (b"0", b"1", b"2", b"432", b"433", b"65536", b"4294967295", b"4294967297", b"9" * 70)


@pytest.fixture(scope="module")
def model():
    return load_model(recorded.model_bytes("tiny_cnn_int8"), name="tiny_cnn_int8")


@pytest.fixture(scope="module")
def program(model, tmp_path_factory):
    return build_port_program(model, tmp_path_factory.mktemp("board"))


def replies(program, sent):
    """All that the program writes; a sanitizer that complains ends it with another code than 0."""
    done = subprocess.run([program], input=sent, capture_output=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr.decode()[:2000]
    return done.stdout


def lines(program, sent):
    return replies(program, sent).decode("ascii").split("\r\n")[2:-1]  # after the greeting


def command(rng, n_input):
    """One command, sound or not; an input gets its 432 bytes often enough to be complete."""
    kind = rng.choices(("noise", "bytes", "load", "words", "far"), (2, 10, 0.3, 2, 1))[0]
    if kind == "noise":
        return rng.randbytes(rng.randrange(200))
    if kind == "bytes":
        return b"db " + rng.randbytes(rng.randrange(1, 39)).hex().encode()
    if kind == "load":
        return b"db load %d" % n_input
    words = [rng.choice(WORDS), *rng.choices(NUMBERS[:3], k=rng.randrange(3))]
    return b" ".join([*words, rng.choice(NUMBERS)] if kind == "far" else words)


def test_bytes_from_outside_never_stop_the_board(program, model):
    rng = random.Random(5)
    sent = b"%".join(command(rng, model.graph.input.n_bytes) for _ in range(6000))

    answer = replies(program, sent + b"%name%")

    assert answer.endswith(b"m-name-dut-[tinymledu]\r\nm-ready\r\n")
    assert all(LINE.fullmatch(line) for line in answer.split(b"\r\n")[:-1])
    assert answer.count(b"m-ready\r\n") == sent.count(b"%") + 3
    assert answer.count(b"m-codes-[") > 20  # some inputs were complete


def test_the_virtual_board_answers_as_the_c_does_whatever_is_sent(program, model):
    rng = random.Random(6)
    sent = b"%".join(command(rng, model.graph.input.n_bytes) for _ in range(6000)) + b"%"
    interpreter = Interpreter(model)
    shape = model.graph.input.shape

    def run(codes):
        return interpreter.run(np.frombuffer(codes, np.int8).reshape(shape)).tobytes()

    responder = Responder(model, run, latency_us=0)
    answer = responder.greeting() + responder.receive(sent)

    assert answer.count(b"m-codes-[") > 20
    assert answer == LAP.sub(b"m-lap-us-0", replies(program, sent))


def test_an_input_that_is_too_long_writes_nothing_beyond_its_end(program, model):
    n = model.graph.input.n_bytes
    many = b"".join(b"db " + b"80" * 31 + b"%" for _ in range(2 * n // 31))

    exact = lines(program, b"db load %d%%" % n + b"db 80%" * n + b"infer 1 0%")
    longer = lines(program, b"db load %d%%" % n + many + b"infer 1 0%")

    assert longer[-2] == exact[-2]
    assert longer.count("m-load-done") == 1


@pytest.mark.parametrize(
    ("sent", "answer"),
    [
        (b"nonsense%", "e-[Unknown command]"),
        (b"names%", "e-[Unknown command]"),
        (b"a" * 81 + b"%", "e-[The command is too long, or no text]"),
        (b"na\x00me%", "e-[The command is too long, or no text]"),
        (b"db load%", "e-[This model takes 432 bytes]"),
        (b"db load 433%", "e-[This model takes 432 bytes]"),
        (b"db load 4294967728%", "e-[This model takes 432 bytes]"),  # 432 modulo 2**32
        (b"db load 432%", "m-[Expecting 432 bytes]"),
        (b"results%", "e-[There is no result before an inference]"),
        (b"infer 1 0%", "e-[The input is not complete]"),
        (b"infer 0%", "e-[From 1 to 10000 inferences, after 0 to 10000 to warm up]"),
        (b"infer 10001 0%", "e-[From 1 to 10000 inferences, after 0 to 10000 to warm up]"),
        (b"infer 1 -1%", "e-[From 1 to 10000 inferences, after 0 to 10000 to warm up]"),
        (b"db load 432%db 0%", "e-[Bytes are pairs of hexadecimal digits]"),
        (b"db load 432%db 0x%", "e-[Bytes are pairs of hexadecimal digits]"),
    ],
    ids=lambda value: value[:20].decode("ascii", "replace") if isinstance(value, bytes) else "",
)
def test_a_command_is_answered_in_words(program, sent, answer):
    assert lines(program, sent)[-2:] == [answer, "m-ready"]


def test_an_empty_command_is_only_acknowledged(program):
    assert lines(program, b"%\r\n%") == ["m-ready", "m-ready"]


def test_results_are_real_values_with_three_decimals_and_the_codes(program, model):
    (case,) = recorded.cases("tiny_cnn_int8")[:1]
    wire = bytes(byte ^ 0x80 for byte in case.inputs[0].tobytes())  # pixels, zero point -128
    output = case.expected[0].ravel()
    quantization = model.graph.output.quantization
    real = [quantization.scale * (int(code) - quantization.zero_point) for code in output]

    shown = lines(program, b"db load 432%%db %s%%" % b"%db ".join(pieces(wire)) + b"infer 1 0%")

    assert model.graph.input.quantization.zero_point == -128
    assert shown[-2] == f"m-codes-[{output.tobytes().hex()}]"
    values = [float(text) for text in shown[-3].removeprefix("m-results-[")[:-1].split(",")]
    assert values == pytest.approx(real, abs=0.0005 + 1e-6)


def pieces(wire):
    return [wire[start : start + 31].hex().encode() for start in range(0, len(wire), 31)]
