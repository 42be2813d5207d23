"""Verbs end with the documented exit code, and say in a sentence what is wrong."""

import argparse
import errno
import json
import os
import re
import sys
import warnings
from pathlib import Path
from types import SimpleNamespace

import pytest

from tinymledu import translation
from tinymledu.cli import main
from tinymledu.cli.parser import build_parser

MODELS = Path(__file__).parent / "vectors" / "models"
MODEL = MODELS / "add.tflite"


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory, monkeypatch):
    monkeypatch.setenv("TINYMLEDU_CACHE", str(tmp_path_factory.getbasetemp() / "cli-cache"))


def said(capsys):
    captured = capsys.readouterr()
    assert "Traceback" not in captured.err
    return captured.out, captured.err


def test_missing_model_is_named(capsys):
    code = main(["inspect", "no-such-model.tflite"])

    _, err = said(capsys)
    assert code == 1
    assert "no-such-model.tflite" in err


@pytest.mark.parametrize(
    "content", [b"", b"hello, I am text\n", bytes(range(256)) * 8], ids=["empty", "text", "bytes"]
)
def test_wrong_file_is_refused_in_one_sentence(content, tmp_path, capsys):
    path = tmp_path / "model.tflite"
    path.write_bytes(content)

    code = main(["profile", str(path)])

    _, err = said(capsys)
    assert code == 1
    assert err.count("\n") == 1


def test_truncated_model_is_refused(tmp_path, capsys):
    path = tmp_path / "half.tflite"
    path.write_bytes(MODEL.read_bytes()[: MODEL.stat().st_size // 2])

    code = main(["deploy", str(path), "--out", str(tmp_path / "out")])

    said(capsys)
    assert code == 1
    assert not (tmp_path / "out").exists()


def test_unknown_board_offers_the_nearest_first(capsys):
    code = main(["profile", str(MODEL), "--board", "nano33bel"])

    _, err = said(capsys)
    assert code == 1
    assert "Known: nano33ble," in err


def test_unknown_dataset_offers_the_nearest_first(capsys):
    code = main(["datasets", "show", "cats_and_dogs"])

    _, err = said(capsys)
    assert code == 1
    assert "Known: cats_vs_dogs" in err


def test_unknown_verb_is_a_usage_error(capsys):
    with pytest.raises(SystemExit) as stop:
        main(["fly"])

    assert stop.value.code == 2


@pytest.mark.parametrize(
    ("option", "value", "least"),
    [("--inputs", "0", 1), ("--inputs", "many", 1), ("--seed", "-3", 0), ("--seed", "1.5", 0)],
)
def test_numbers_out_of_range_are_usage_errors(option, value, least, capsys):
    with pytest.raises(SystemExit) as stop:
        main(["verify", str(MODEL), f"{option}={value}"])

    _, err = said(capsys)
    assert stop.value.code == 2
    assert f"{value!r} is not a whole number of {least} or more" in err


def broken_verb(_options):
    raise RuntimeError("a bug of ours")


def test_a_fault_of_ours_is_a_sentence_and_a_report(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("tinymledu.cli.model.boards", broken_verb)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    code = main(["boards"])

    _, err = said(capsys)
    (report,) = tmp_path.iterdir()
    assert code == 1
    assert f"RuntimeError: a bug of ours. Please send {report}" in err
    assert "in broken_verb" in report.read_text(encoding="utf-8")


def test_a_fault_of_ours_is_a_sentence_where_no_report_can_be_written(monkeypatch, capsys):
    def full_disk(*_args, **_options):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("tinymledu.cli.model.boards", broken_verb)
    monkeypatch.setattr("tempfile.NamedTemporaryFile", full_disk)

    code = main(["boards"])

    _, err = said(capsys)
    assert code == 1
    assert "a bug of ours. Its report could not be written (No space left on device)" in err


def test_demo_refuses_a_folder_without_pictures(tmp_path, capsys):
    code = main(["demo", "--data", str(tmp_path), "--out", str(tmp_path / "report")])

    _, err = said(capsys)
    assert code == 1
    assert "PetImages" in err


@pytest.mark.parametrize(
    ("arguments", "key"),
    [
        (["datasets", "list", "--json"], "datasets"),
        (["models", "list", "--json"], "models"),
        (["boards", "--json"], "boards"),
        (["doctor", "--json"], "findings"),
        (["inspect", str(MODEL), "--json"], "operators"),
    ],
    ids=lambda value: value if isinstance(value, str) else value[0],
)
def test_json_is_one_object_and_nothing_else(arguments, key, capsys):
    main(arguments)

    out, _ = said(capsys)
    assert json.loads(out)[key]


PROFILE_FIELDS = {
    "macs", "instructions", "cycles", "latency_ms", "flash_bytes", "code_bytes", "weights_bytes",
    "ram_bytes", "arena_bytes", "stack_bytes", "layers",
}  # fmt: skip


def test_profile_prints_the_documented_fields(capsys):
    code = main(["profile", str(MODEL), "--board", "nano33ble", "--json"])

    record = json.loads(said(capsys)[0])
    assert code == 0
    assert record.keys() >= PROFILE_FIELDS
    assert record["cycles"]["low"] <= record["cycles"]["high"]
    assert record["flash_bytes"] == record["code_bytes"] + record["weights_bytes"]
    assert sum(layer["instructions"] for layer in record["layers"]) <= record["instructions"]
    assert sum(layer["macs"] for layer in record["layers"]) == record["macs"]


@pytest.mark.parametrize("verb", ["profile", "verify"])
def test_a_board_that_is_not_executed_is_refused_with_the_verb_that_works(
    verb, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)

    assert main([verb, str(MODEL), "--board", "xiao_esp32s3"]) == 1

    advice = said(capsys)[1].split("tinymledu deploy ")[1].split()
    assert advice == [str(MODEL), "--board", "xiao_esp32s3"]
    assert main(["deploy", *advice]) == 0
    assert list((tmp_path / "firmware-out").glob("*.c"))


def test_deploy_writes_c_and_a_read_only_folder_is_a_sentence(tmp_path, capsys):
    out = tmp_path / "firmware"

    assert main(["deploy", str(MODEL), "--out", str(out)]) == 0
    assert list(out.glob("*.c"))

    blocked = tmp_path / "a-file"
    blocked.write_text("not a folder")
    assert main(["deploy", str(MODEL), "--out", str(blocked / "inside")]) == 1
    said(capsys)


def test_lessons_are_copied_whole_or_not_at_all(tmp_path, monkeypatch, capsys):
    def full_disk(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tinymledu.files.os.fsync", full_disk)

    code = main(["lab", "--no-browser", "--folder", str(tmp_path / "lessons")])

    assert code == 1
    assert "The disk is full" in capsys.readouterr().err
    assert list((tmp_path / "lessons").iterdir()) == []


@pytest.fixture
def began(monkeypatch):
    """What JupyterLab was started with, as (program, command, environment); it does not start."""
    found = []
    monkeypatch.setattr("tinymledu.cli.start.os.execve", lambda *call: found.append(call))
    monkeypatch.setattr(
        "tinymledu.cli.start.subprocess.run", lambda *_a, **_k: SimpleNamespace(returncode=0)
    )
    return found


@pytest.mark.skipif(os.name != "posix", reason="elsewhere a process cannot take our place")
@pytest.mark.parametrize(("user", "allowed"), [(0, True), (1000, False)])
def test_lab_takes_our_place_also_as_root(tmp_path, monkeypatch, began, user, allowed):
    monkeypatch.setattr("os.geteuid", lambda: user)

    main(["lab", "--no-browser", "--folder", str(tmp_path / "lessons")])

    ((program, command, _),) = began
    assert program == sys.executable
    assert ("--allow-root" in command) is allowed


@pytest.mark.skipif(os.name != "posix", reason="elsewhere a process cannot take our place")
def test_lab_gives_lessons_and_checks_in_a_language(tmp_path, began):
    (mine := tmp_path / "00_passport.fr.ipynb").write_text("my own work")

    main(["lab", "--no-browser", "--language", "fr", "--folder", str(tmp_path)])

    names = sorted(path.name for path in tmp_path.iterdir())
    french = (tmp_path / "01_cats_vs_dogs.fr.ipynb").read_text("utf-8")
    ((_, _, environment),) = began
    assert [name[:2] for name in names] == [f"{number:02}" for number in range(13)]
    assert mine.read_text() == "my own work"
    assert "traduction est une ébauche" in french
    assert environment[translation.VARIABLE] == "fr"


@pytest.mark.skipif(os.name != "posix", reason="elsewhere a process cannot take our place")
def test_lab_goes_on_in_the_language_of_the_lessons_that_are_there(tmp_path, monkeypatch, began):
    monkeypatch.delenv(translation.VARIABLE, raising=False)
    for options in (["--language", "pt"], [], ["--language", "en"]):
        main(["lab", "--no-browser", "--folder", str(tmp_path), *options])

    spoken = [environment[translation.VARIABLE] for _, _, environment in began]
    assert spoken == ["pt", "pt", "en"]


def test_lab_in_an_unknown_language_names_those_there_are(tmp_path, capsys):
    assert main(["lab", "--language", "xx", "--folder", str(tmp_path / "lessons")]) == 1

    assert "'xx'. Known: en, fr, pt" in capsys.readouterr().err
    assert not (tmp_path / "lessons").exists()


def test_lab_without_jupyterlab_names_the_command_and_ends_with_3(monkeypatch, capsys):
    monkeypatch.setattr("tinymledu.cli.start.shutil.which", lambda *_args, **_kw: None)

    assert main(["lab"]) == 3
    assert "JupyterLab is not installed. Run: make venv" in said(capsys)[1]


def verbs(parser, before=""):
    """What can be typed: `boards`, `course audit`, ..."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, below in action.choices.items():
                yield from list(verbs(below, f"{before}{name} ")) or [f"{before}{name}"]


def test_the_documented_verbs_are_those_there_are():
    text = (Path(__file__).parents[1] / "docs" / "cli.md").read_text(encoding="utf-8")
    table = text.split("## Verbs")[1].split("## ")[0]

    first_cells = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    assert sorted(re.findall(r"`([^`]+)`", "".join(first_cells))) == sorted(verbs(build_parser()))


def test_a_warning_is_a_sentence_without_path_and_line(monkeypatch, capsys):
    def full_cache(_options):
        warnings.warn("pets.npz could not be stored. Free some space.", stacklevel=1)
        return 0

    monkeypatch.setattr("tinymledu.cli.model.boards", full_cache)
    shown_by_others = warnings.showwarning

    assert main(["boards"]) == 0
    assert said(capsys)[1] == "tinymledu: pets.npz could not be stored. Free some space.\n"
    assert warnings.showwarning is shown_by_others


def test_ctrl_c_keeps_what_was_finished_and_ends_with_130(monkeypatch, capsys):
    def stopped(_options):
        raise KeyboardInterrupt

    monkeypatch.setattr("tinymledu.cli.model.boards", stopped)

    assert main(["boards"]) == 130
    assert "What was finished is kept" in said(capsys)[1]
