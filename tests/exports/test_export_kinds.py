"""What an export holds, apart from whether it compiles."""

import configparser
import json
import re

import numpy as np
import pytest
import recorded
from exported import MODELS, SMALL, STUBS, exported, model

from tinymledu.boards.catalog import board_names
from tinymledu.boards.exports import tflm
from tinymledu.boards.exports.export import export
from tinymledu.boards.exports.kinds import KINDS
from tinymledu.boards.exports.known_answers import known_answers, known_input
from tinymledu.boards.exports.tflm import WITHOUT_KERNEL, _method, tflm_arena
from tinymledu.cli import main
from tinymledu.errors import InputError, UnknownNameError, UnsupportedModelError
from tinymledu.graph.flatbuffer import FlatbufferReader
from tinymledu.graph.operators import VERSIONS
from tinymledu.graph.oracle import Oracle, tflm_available

MODEL_PATH = recorded.FOLDER / "models" / f"{SMALL}.tflite"


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_readme_that_says_what_was_checked(kind, tmp_path):
    result = exported(SMALL, kind, tmp_path)

    readme = (tmp_path / "README.md").read_text()
    assert "## What was checked" in readme
    assert model(SMALL).sha256 in readme
    assert all(path.is_file() for path in result.files)
    assert not [path for path in result.files if "NAME" in str(path)]


@pytest.mark.skipif(not tflm_available(), reason="the package tflite-micro is not installed")
@pytest.mark.parametrize("name", MODELS)
def test_known_answers_are_those_of_tflm(name):
    subject = model(name)
    answers = known_answers(subject)
    inputs = np.stack([known_input(subject.graph, pattern) for pattern in answers.patterns])

    outputs = Oracle(subject).run(inputs)

    written = [[float.fromhex(v[:-1]) if "x" in v else int(v) for v in o] for o in answers.outputs]
    np.testing.assert_array_equal(outputs.reshape(len(inputs), -1), np.array(written))


def test_known_answers_differ_from_each_other():
    answers = known_answers(model(SMALL))

    assert len(set(map(tuple, answers.outputs))) == len(answers.outputs)


@pytest.mark.parametrize("name", MODELS)
def test_array_is_the_file(name, tmp_path):
    exported(name, "array", tmp_path)
    text = (tmp_path / f"{name}_tflite.h").read_text()
    numbers = re.search(r"aligned\(16\)\)\) = \{\n(.*?)\n\};", text, re.S)

    assert bytes(int(number) for number in numbers[1].split(",")) == recorded.model_bytes(name)


@pytest.mark.parametrize("kind", sorted(set(VERSIONS) - WITHOUT_KERNEL))
def test_every_operator_has_its_registration(kind):
    header = STUBS / "tensorflow" / "lite" / "micro" / "micro_mutable_op_resolver.h"

    assert f" {_method(kind)}();" in header.read_text()


def test_resolver_registers_each_operator_of_the_model_once(tmp_path):
    exported(SMALL, "tflm-sketch", tmp_path)
    sketch = (tmp_path / f"{SMALL}_tflm" / f"{SMALL}_tflm.ino").read_text()
    kinds = {op.kind for op in FlatbufferReader(recorded.model_bytes(SMALL)).graph().ops}

    registered = re.findall(r"resolver\.(\w+)\(\);", sketch)

    assert sorted(registered) == sorted(_method(kind) for kind in kinds)
    assert f"MicroMutableOpResolver<{len(kinds)}>" in sketch


@pytest.mark.skipif(not tflm_available(), reason="the package tflite-micro is not installed")
def test_arena_of_the_tflm_sketch_is_measured():
    arena = tflm_arena(model(SMALL))

    assert arena.how.startswith("measured")
    assert arena.n_bytes % 1024 == 0


def test_operator_that_tflm_lacks_stops_its_sketch_only(tmp_path, monkeypatch):
    monkeypatch.setattr(tflm, "WITHOUT_KERNEL", frozenset({"ADD"}))

    with pytest.raises(UnsupportedModelError, match="has no kernel for ADD"):
        exported(SMALL, "tflm-sketch", tmp_path / "sketch")

    exported(SMALL, "array", tmp_path / "array")
    assert not (tmp_path / "sketch").exists()


def test_platformio_project_names_boards_that_have_a_card(tmp_path):
    exported(SMALL, "platformio", tmp_path)
    project = configparser.ConfigParser()
    project.read(tmp_path / "platformio.ini")
    names = {section.removeprefix("env:") for section in project.sections() if ":" in section}

    assert len(names) == 5
    assert names <= set(board_names())
    assert all({"platform", "board"} <= set(project[f"env:{name}"]) for name in names)


def test_arduino_library_has_the_fields_that_arduino_asks_for(tmp_path):
    exported(SMALL, "arduino", tmp_path)
    lines = (tmp_path / "library.properties").read_text().splitlines()

    assert {line.split("=")[0] for line in lines} >= {
        "name", "version", "author", "maintainer", "sentence", "paragraph", "category", "url",
        "architectures",
    }  # fmt: skip


def test_project_files_name_the_sources_that_are_there(tmp_path):
    for kind, folder in (("zephyr", "."), ("esp-idf", "main")):
        exported(SMALL, kind, tmp_path / kind)
        lists = (tmp_path / kind / folder / "CMakeLists.txt").read_text()
        sources = re.findall(r"[\w/]+\.c\b", lists)

        assert len(sources) == 2
        assert all((tmp_path / kind / folder / source).is_file() for source in sources)


@pytest.mark.parametrize(
    ("name", "has_stream"),
    [("tiny_conv1d_open_batch_int8", True), ("softmax_rows_beta", True), (SMALL, False)],
)
def test_stream_is_with_models_that_take_windows(name, has_stream, tmp_path):
    written = {path.name for path in exported(name, "arduino", tmp_path).files}

    stream = {f"{name}_{part}.{end}" for part in ("stream", "smoother") for end in ("h", "c")}
    assert written & stream == (stream if has_stream else set())
    assert ("_stream_take" in (tmp_path / "README.md").read_text()) == has_stream


def test_library_for_size_has_less_code_and_the_same_answers(tmp_path):
    texts = {}
    for optimise in ("speed", "size"):
        out = tmp_path / optimise
        arguments = ["export", str(MODEL_PATH), "--to", "c-library", "--out", str(out)]
        assert main([*arguments, "--name", "cats", "--optimise", optimise]) == 0
        texts[optimise] = (out / "cats.c").read_text(encoding="utf-8")

    assert "void tk_conv_2d_s8_fast(" in texts["speed"]
    assert "void tk_conv_2d_s8_fast(" not in texts["size"]
    assert "void tk_conv_2d_s8(" in texts["size"]
    answers = [text[text.index("known_answers.c */") :] for text in texts.values()]
    assert answers[0] == answers[1]


def test_program_for_edge_impulse_is_not_written_for_size(tmp_path, capsys):
    out = tmp_path / "model.eim"

    code = main(["export", str(MODEL_PATH), "--to", "eim", "--out", str(out), "--optimise", "size"])

    assert code == 1
    assert "--optimise size is for boards; a .eim runs on a computer" in capsys.readouterr().err
    assert not out.exists()


def test_unknown_kind_offers_the_known():
    with pytest.raises(UnknownNameError, match="Known: arduino, "):
        export(model(SMALL), to="ardiuno", out="unused")


def test_folder_with_files_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")

    with pytest.raises(InputError, match="has files already, and nothing was written"):
        exported(SMALL, "array", tmp_path)

    export(model(SMALL), to="array", out=tmp_path, overwrite=True)
    assert (tmp_path / "mine.txt").read_text() == "mine"


def test_file_in_place_of_the_folder_is_refused(tmp_path):
    (tmp_path / "mine").write_text("mine")

    with pytest.raises(InputError, match="is a file; name a folder"):
        exported(SMALL, "array", tmp_path / "mine")


@pytest.mark.parametrize("name", ["string", "CON", "3d", "my model", "int"])
def test_name_that_cannot_be_used_is_refused(name, tmp_path):
    with pytest.raises(InputError, match=repr(name)):
        export(model(SMALL), to="c-library", out=tmp_path, name=name)


def test_hostile_model_name_stays_out_of_code_and_paths(tmp_path):
    hostile = recorded.model_bytes(SMALL)
    from tinymledu.graph.tflite import load_model

    result = export(
        load_model(hostile, name='*/ #error "../../x'), to="c-library", out=tmp_path / "out"
    )

    assert all(path.parent == tmp_path / "out" for path in result.files)
    assert not [path for path in result.files if '#error "' in path.read_text()]


def test_command_writes_and_lists_the_files(tmp_path, capsys):
    arguments = ["export", str(MODEL_PATH), "--to", "array", "--out", str(tmp_path / "a")]

    code = main([*arguments, "--json"])

    record = json.loads(capsys.readouterr().out)
    assert code == 0
    assert record["kind"] == "array"
    assert {str(path) for path in (tmp_path / "a").iterdir()} == set(record["files"])
    assert main(arguments) == 1
    assert "--overwrite" in capsys.readouterr().err
