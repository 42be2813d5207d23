import re
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager

import numpy as np
import pytest
import recorded

from tinymledu.boards.real import ask_board
from tinymledu.boards.serving import Responder
from tinymledu.graph.tflite import load_model
from tinymledu.quantities import Method

pytest.importorskip("pty", reason="pseudo-terminals are not on this system")


TIMEOUT_S = 60


def listen_to_ctrl_c():
    """What runs in the background of a shell ignores Ctrl-C, and its children inherit that."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@contextmanager
def serving(path):
    """`tinymledu serve` of a model; killed after a minute, and at the end if it is still there."""
    command = [sys.executable, "-m", "tinymledu", "serve", path, "--board", "nano33ble"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, preexec_fn=listen_to_ctrl_c
    ) as server:
        too_late = threading.Timer(TIMEOUT_S, server.kill)
        too_late.start()
        try:
            yield server
        finally:
            too_late.cancel()
            server.kill()


def test_a_served_board_answers_as_tflite_micro_does_and_its_latency_is_modelled(tmp_path):
    (case,) = recorded.cases("tiny_cnn_int8")[:1]
    path = tmp_path / "tiny.tflite"
    path.write_bytes(case.content)

    with serving(path) as server:
        port = re.search(r"answers on (\S+)\.", server.stdout.readline()).group(1)
        answers = ask_board(load_model(path), port, case.inputs)
        server.send_signal(signal.SIGINT)
        last_words, _ = server.communicate(timeout=TIMEOUT_S)

    assert b"".join(answers.outputs) == case.expected.tobytes()
    assert answers.method is Method.MODELLED
    assert last_words.endswith("Ended.\n")
    assert server.returncode == 0


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.0004, "0.000"), (0.0006, "0.001"), (-1.5, "-1.500"), (4.0e6, "4000000.000"),
        (4.1e6, "inf"), (float("inf"), "inf"), (float("-inf"), "inf"), (float("nan"), "nan"),
    ],
)  # fmt: skip
def test_results_are_shown_with_three_decimals(value, shown):
    model = load_model(recorded.model_bytes("tiny_cnn_int8_float_ends"))
    output = np.full(model.graph.output.n_elements, value, np.float32).tobytes()
    responder = Responder(model, lambda _: output, latency_us=7)
    n = model.graph.input.n_bytes

    answer = responder.receive(b"db load %d%%" % n + b"db 00%" * n + b"infer 2 3%").decode()

    results = re.search(r"m-results-\[(.*)\]", answer).group(1).split(",")
    assert results == [shown] * model.graph.output.n_elements
    assert re.findall(r"m-lap-us-(\d+)", answer) == ["21", "35"]  # 3 * 7, then 2 * 7 more
