from contextlib import contextmanager

import numpy as np
import pytest
import recorded
from ports import build_port_program, fake_on_a_port, program_on_a_port

import tinymledu as tml
from tinymledu.boards.real import ask_board
from tinymledu.boards.serial import Patience, SerialBoard
from tinymledu.errors import BoardError
from tinymledu.graph.tflite import load_model
from tinymledu.quantities import Method

SHORT = Patience(greeting_s=1.0, answer_s=0.5, inference_s=0.5)
GREETING = b"m-ready\r\n"


def model_of(name):
    return load_model(recorded.model_bytes(name), name=name)


def always(reply):
    return lambda sent: reply  # noqa: ARG005  whatever was asked


@contextmanager
def greeted(answer):
    """A client of a fake board."""
    with fake_on_a_port(answer) as name, SerialBoard(name, patience=SHORT) as board:
        yield board


@pytest.fixture(scope="module")
def port(tmp_path_factory):
    model = model_of("tiny_cnn_int8")
    program = build_port_program(model, tmp_path_factory.mktemp("board"))
    with program_on_a_port([program]) as port:
        yield port


@pytest.mark.parametrize("name", ["tiny_cnn_int8", "tiny_cnn_int8_float_ends", "add"])
def test_a_board_on_a_port_answers_as_tflite_micro_does(name, tmp_path):
    (case,) = recorded.cases(name)[:1]
    model = model_of(name)
    program = build_port_program(model, tmp_path)

    with program_on_a_port([program]) as port:
        answers = ask_board(model, port.name, case.inputs)

    assert b"".join(answers.outputs) == case.expected.tobytes()
    assert answers.method is Method.MEASURED
    assert len(answers.latencies_ms) == len(case.inputs)


def test_deploy_with_a_port_runs_on_the_board_and_says_that_latency_is_measured(port):
    (case,) = recorded.cases("tiny_cnn_int8")[:1]
    firmware = tml.deploy(model_of("tiny_cnn_int8"), tml.board("nano33ble", port=port.name))
    seen = []

    run = firmware.run(case.inputs[0])
    runs = firmware.run_many(case.inputs, progress=lambda done, total: seen.append((done, total)))

    np.testing.assert_array_equal(run.codes, case.expected[0].ravel())
    np.testing.assert_array_equal(runs.codes, case.expected.reshape(len(case.inputs), -1))
    assert seen[-1] == (len(case.inputs), len(case.inputs))
    assert run.instructions is None
    assert run.energy_mj is None
    assert runs[1].latency_method is Method.MEASURED
    assert runs[1].latency_ms.low == runs[1].latency_ms.high == runs.answer_ms[1] > 0
    assert "ms (measured on the board)" in repr(run)
    assert "sent and answered in" in repr(runs)


def test_another_model_on_the_board_is_refused_with_both_hashes(port):
    other = model_of("tiny_residual_int8")

    words = (
        r"runs 'tiny_cnn_int8' \(SHA-256 \w{12}\.\.\.\), not 'tiny_residual_int8' "
        r"\(\w{12}\.\.\.\). Put this model on it: tinymledu flash"
    )
    with pytest.raises(BoardError, match=words):
        tml.deploy(other, tml.board("nano33ble", port=port.name))


def test_latency_is_the_mean_of_all_inferences(port):
    model = model_of("tiny_cnn_int8")
    with SerialBoard(port.name) as board:
        board.load(bytes(model.graph.input.n_bytes))

        lines = board._command("infer 3 1")
        answer = board.infer(3)

    assert lines[0] == "m-warmup-start-1"
    assert lines[2] == "m-infer-start-3"
    assert answer.latency_us > 0


def test_latency_is_right_when_the_boards_clock_wraps_around():
    reply = b"m-lap-us-4294967000\r\nm-lap-us-704\r\nm-codes-[05]\r\nm-ready\r\n"

    with greeted(lambda sent: reply if b"infer" in sent else GREETING) as board:
        answer = board.infer(2)

    assert answer.latency_us == (296 + 704) / 2
    assert answer.output == b"\x05"


def test_a_port_that_is_not_there_is_named():
    with pytest.raises(BoardError, match=r"There is no port /dev/ttyNONE\. tinymledu boards lists"):
        SerialBoard("/dev/ttyNONE")


def test_a_file_is_no_port(tmp_path):
    path = tmp_path / "file"
    path.write_text("", encoding="utf-8")

    with pytest.raises(BoardError, match=r"file cannot be used as a serial port"):
        SerialBoard(str(path))


def test_what_is_no_port_is_said_with_where_ports_are_listed(tmp_path):
    with pytest.raises(BoardError, match=r"as a serial port.* tinymledu boards lists the ports"):
        SerialBoard(str(tmp_path))


def test_a_board_that_never_answers_is_said_to_be_silent():
    words = r"Nothing answers on .* \(waited 1 s\)\. Is the firmware on the board\?"
    with pytest.raises(BoardError, match=words), greeted(always(b"")):
        pass


@pytest.mark.parametrize("noise", [b"Hello from Blink!\r\n", bytes(range(256)), b"\xff" * 100_000])
def test_another_program_on_the_board_makes_no_sense(noise):
    words = r"makes no sense: .* Perhaps another program"
    with pytest.raises(BoardError, match=words), greeted(always(noise)):
        pass


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (b"", r"fell silent during 'infer 1 0'\. Was it unplugged"),
        (b"m-codes-[0", r"fell silent during 'infer 1 0'"),
        (b"m-ready\r\n", r"makes no sense: ''"),
        (b"m-codes-[zz]\r\nm-ready\r\n", r"makes no sense: 'm-codes-\[zz\]'"),
        (b"m-lap-us-1\r\nm-lap-us-x\r\nm-codes-[00]\r\nm-ready\r\n", r"makes no sense"),
        (b"m-lap-us-" + b"9" * 400 + b"\r\nm-ready\r\n", r"makes no sense: 'm-lap-us-9+\.\.\.'"),
        (b"x" * 80_000, r"makes no sense: 'x{60}\.\.\.'"),
        (b"x\r\n" * 80_000, r"makes no sense: 'x'"),
        (b"e-[The input is not complete]\r\nm-ready\r\n", r"refused 'infer 1 0': The input is not"),
    ],
    ids=["silent", "cut", "empty", "no_hex", "no_time", "long_time", "line", "lines", "refused"],
)  # fmt: skip
def test_an_answer_that_is_none_becomes_a_sentence(reply, words):
    with (
        greeted(lambda sent: reply if b"infer" in sent else GREETING) as board,
        pytest.raises(BoardError, match=words),
    ):
        board.infer()


def test_a_board_that_does_not_name_its_model_is_refused():
    with (
        greeted(always(b"m-name-dut-[other]\r\n" + GREETING)) as board,
        pytest.raises(BoardError, match="does not name its model"),
    ):
        board.identify()


def test_lost_bytes_of_an_input_are_noticed():
    with (
        greeted(always(GREETING)) as board,
        pytest.raises(BoardError, match=r"did not take all of 62 bytes: some were lost"),
    ):
        board.load(bytes(62))


def test_a_board_that_is_unplugged_in_the_middle_is_said_to_be_gone(tmp_path):
    (case,) = recorded.cases("tiny_cnn_int8")[:1]
    model = model_of("tiny_cnn_int8")
    program = build_port_program(model, tmp_path)

    with (
        program_on_a_port([program]) as port,
        pytest.raises(BoardError, match=r"is gone \(.*\)\. Was it unplugged"),
    ):
        ask_board(model, port.name, case.inputs, progress=lambda *_: port.unplug())
