"""tml.edge_impulse: the SDK without its traps, and what write refuses."""

import importlib.util
import stat
import subprocess
import sys

import numpy as np
import pytest
from impulses import (
    COLOUR,
    COLOUR_SHAPE,
    FLOAT_ENDS,
    GREY,
    N_PIXELS,
    WINDOW,
    eim,
    expected_scores,
    model,
    pictures,
    pixel_features,
    scores_of,
)

import tinymledu as tml
from tinymledu.boards.eim import compilers, program
from tinymledu.cli import main
from tinymledu.errors import BoardError, InputError, MissingToolError, UnknownNameError

linux = pytest.mark.skipif(sys.platform != "linux", reason="Edge Impulse for Linux")
DYING = "#!/bin/sh\nexit 3\n"
SILENT = "#!/bin/sh\nexec sleep 60\n"
DEAF = """#!{python}
import socket, sys, time
with socket.socket(socket.AF_UNIX) as listener:
    listener.bind(sys.argv[1])
    listener.listen()
    client, _ = listener.accept()
    time.sleep(60)
"""


def skip_without_sdk():
    """Importing it by itself needs OpenCV and PyAudio; importing it through us does not."""
    if importlib.util.find_spec("edge_impulse_linux") is None:
        pytest.skip("edge_impulse_linux is not installed: make venv")


@pytest.fixture
def sdk():
    skip_without_sdk()


def executable(folder, text):
    path = folder / "model.eim"
    path.write_text(text.replace("{python}", sys.executable))
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


@linux
@pytest.mark.parametrize("shared_memory", [True, False], ids=["shm", "json"])
def test_runner_classifies(sdk, shared_memory, tmp_path):
    shown = pictures(3, *COLOUR_SHAPE)
    path = eim(COLOUR, tmp_path)

    with tml.edge_impulse.runner(path, shared_memory=shared_memory) as impulse:
        scores = [scores_of(impulse.classify(pixel_features(picture))) for picture in shown]
        process = impulse._runner

    np.testing.assert_array_equal(np.stack(scores), expected_scores(model(COLOUR), shown))
    assert process.poll() == 0


@linux
def test_large_input_as_json_arrives_whole(sdk, tmp_path):
    """The SDK's own send() cuts what does not fit into the socket's buffer."""
    path = eim(COLOUR, tmp_path)
    n_bytes = 3_000_000

    with tml.edge_impulse.runner(path, shared_memory=False) as impulse:
        impulse._client.send(b'{"classify": [' + b"0," * (n_bytes // 2) + b"0]}")
        reply = impulse._client.recv(1024)

    assert f"The request has {n_bytes + 17} bytes".encode() in reply


@linux
@pytest.mark.parametrize(
    ("text", "words"),
    [
        (DYING, "ended with code 3 before it answered"),
        (SILENT, "did not answer within 1 s; it was stopped"),
        (DEAF, "did not answer within 1 s; it was stopped"),
        ("no program", "could not be started"),
    ],
    ids=["dying", "silent", "deaf", "no_program"],
)
def test_program_that_does_not_answer_is_an_error_not_a_wait(sdk, text, words, tmp_path):
    path = executable(tmp_path, text)

    with pytest.raises(BoardError, match=words), tml.edge_impulse.runner(path, timeout_s=1):
        pytest.fail("it was started")


@linux
def test_program_that_dies_later_is_an_error(sdk, tmp_path):
    with tml.edge_impulse.runner(eim(COLOUR, tmp_path, language="python")) as impulse:
        impulse._runner.terminate()
        impulse._runner.wait()
        with pytest.raises(BoardError, match=r"took no input|ended before|cannot be heard"):
            impulse.classify([0] * N_PIXELS)


@linux
@pytest.mark.parametrize(
    ("kind", "missing", "words"),
    [
        ("image", "cv2", "needs the package cv2, which is not installed. Run: pip install"),
        ("audio", "pyaudio", "portaudio19-dev"),
        ("features", "edge_impulse_linux", "edge_impulse_linux is not installed"),
    ],
)
def test_missing_package_is_named(kind, missing, words, tmp_path, monkeypatch):
    if missing != "edge_impulse_linux":
        skip_without_sdk()
    find_spec = tml.edge_impulse.importlib.util.find_spec
    monkeypatch.setattr(
        tml.edge_impulse.importlib.util,
        "find_spec",
        lambda name, *rest: None if name == missing else find_spec(name, *rest),
    )

    with (
        pytest.raises(MissingToolError, match=words),
        tml.edge_impulse.runner(executable(tmp_path, DYING), kind=kind),
    ):
        pytest.fail("it was started")


@linux
def test_features_need_neither_opencv_nor_pyaudio(sdk, tmp_path):
    script = (
        "import sys; sys.modules['cv2'] = sys.modules['pyaudio'] = None\n"
        "import tinymledu as tml\n"
        f"with tml.edge_impulse.runner({str(eim(COLOUR, tmp_path))!r}) as impulse:\n"
        "    print(len(impulse.classify([0] * 35)['result']['classification']))\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=120
    )

    assert done.stdout == "24\n", done.stderr


def test_windows_gets_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "platform", "win32")

    with (
        pytest.raises(MissingToolError, match=r"Windows does not have\. Use them in WSL"),
        tml.edge_impulse.runner(tmp_path / "model.eim"),
    ):
        pytest.fail("it was started")


@linux
def test_file_that_is_not_there_or_may_not_run_is_named(tmp_path):
    (tmp_path / "plain.eim").write_text("")

    for name, words in (("none.eim", "There is no file"), ("plain.eim", "chmod")):
        with (
            pytest.raises(InputError, match=words),
            tml.edge_impulse.runner(tmp_path / name),
        ):
            pytest.fail("it was started")


def test_unknown_kind_is_refused(tmp_path):
    with (
        pytest.raises(UnknownNameError, match="Known: "),
        tml.edge_impulse.runner(tmp_path / "model.eim", kind="picture"),
    ):
        pytest.fail("it was started")


def test_without_a_compiler_the_program_is_python(tmp_path, monkeypatch):
    monkeypatch.setattr(program, "compiler_for", lambda _machine: None)

    result = tml.edge_impulse.write(model(COLOUR), tmp_path / "model.eim")

    assert result.language == "python"
    assert result.path.read_text().startswith("#!")
    with pytest.raises(MissingToolError, match="--language python"):
        tml.edge_impulse.write(model(COLOUR), tmp_path / "c.eim", language="c")


def test_cc_is_used_where_zig_is_not(tmp_path, monkeypatch):
    if compilers.shutil.which("cc") is None:
        pytest.skip("cc is not installed")
    monkeypatch.setattr(compilers.importlib.util, "find_spec", lambda _name: None)

    result = tml.edge_impulse.write(model(COLOUR), tmp_path / "model.eim")

    assert (result.language, result.made_with) == ("c", "cc")
    done = subprocess.run([result.path], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "Usage: " in done.stderr


@pytest.mark.parametrize(
    ("machine", "elf_machine"), [("x86_64", 62), ("aarch64", 183), ("armv7l", 40)]
)
def test_program_is_compiled_for_the_machine_that_is_named(machine, elf_machine, tmp_path):
    pytest.importorskip("ziglang", reason="the package ziglang is not installed")

    result = tml.edge_impulse.write(model(GREY), tmp_path / "model.eim", machine=machine)

    content = result.path.read_bytes()
    assert content[:4] == b"\x7fELF"
    assert int.from_bytes(content[18:20], "little") == elf_machine  # ELF header, e_machine


def test_labels_that_clients_cannot_take_are_changed_or_refused(tmp_path):
    told = program.impulse(model(FLOAT_ENDS, labels=("{a}", 'b"', "ü")))
    assert told.labels == ("(a)", 'b"', "ü")

    with pytest.raises(InputError, match="Labels must differ"):
        program.impulse(model(FLOAT_ENDS, labels=("a", "b", "a")))


@pytest.mark.parametrize(
    ("name", "options", "words"),
    [
        (WINDOW, {"sensor": "camera"}, "this model takes 24 x 3"),
        (COLOUR, {"sensor": "microphone"}, "--frequency-hz 16000"),
        (COLOUR, {"sensor": "camara"}, "Known: camera"),
        (COLOUR, {"machine": "i386"}, "Known: "),
        (COLOUR, {"language": "rust"}, "Known: c, python|Known: python, c"),
    ],
)
def test_what_cannot_be_written_is_said(name, options, words, tmp_path):
    with pytest.raises(InputError, match=words):
        tml.edge_impulse.write(model(name), tmp_path / "model.eim", **options)


def test_command_writes_a_program_once(tmp_path, capsys):
    path = str(tmp_path / "m.eim")
    source = tmp_path / "m.tflite"
    source.write_bytes(model(COLOUR).content)
    arguments = ["export", str(source), "--to", "eim", "--out", path, "--language", "python"]

    assert main(arguments) == 0
    assert "35 features" in capsys.readouterr().out
    assert main(arguments) == 1
    assert "--overwrite replaces it" in capsys.readouterr().err
    assert main([*arguments[:3], "array", *arguments[4:]]) == 1
    assert "only --to eim" in capsys.readouterr().err
