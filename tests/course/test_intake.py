"""What is taken from a submission, and what becomes of everything else."""

import json
import os
from datetime import UTC, datetime

import pytest
from small_assignment import NAME, cell, notebook, write_assignment

from tinymledu.course.intake import MAX_ANSWER_CHARS, MAX_NOTEBOOK_BYTES, read_submission


@pytest.fixture
def small(tmp_path):
    return write_assignment(tmp_path / "lecturer")


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "submitted" / "ana"
    path.mkdir(parents=True)
    return path


def hand_in(folder, content):
    text = content if isinstance(content, (str, bytes)) else json.dumps(content)
    path = folder / f"{NAME}.ipynb"
    path.write_bytes(text.encode() if isinstance(text, str) else text)


def answered(source="def double(x): return 2 * x"):
    raw = notebook()
    raw["cells"][2]["source"] = source
    return raw


def test_answers_and_text_are_taken(small, folder):
    hand_in(folder, answered())

    taken = read_submission(small, folder, "ana")

    assert taken.answers == {"double": "def double(x): return 2 * x"}
    assert list(taken.essays) == ["why"]
    assert (taken.reason, taken.notes) == ("", ())


def test_nothing_but_answers_is_taken(small, folder):
    raw = answered()
    raw["cells"][4]["source"] = "assert True  # edited test"
    raw["cells"].append(cell("code", "evil()"))
    raw["metadata"]["kernelspec"]["name"] = "evil"
    raw["cells"][2]["metadata"]["nbgrader"]["points"] = 1000
    hand_in(folder, raw)

    assert read_submission(small, folder, "ana").answers == {
        "double": "def double(x): return 2 * x"
    }


def test_second_cell_of_the_same_name_is_noted_and_left_out(small, folder):
    raw = answered()
    raw["cells"].append(json.loads(json.dumps(raw["cells"][2])) | {"source": "second"})
    hand_in(folder, raw)

    taken = read_submission(small, folder, "ana")

    assert taken.answers["double"] == "def double(x): return 2 * x"
    assert taken.notes == ("The cell 'double' is there twice; the first that was changed counts.",)


def test_copy_of_an_answer_below_the_stub_counts(small, folder):
    raw = answered(small.stubs["double"])
    raw["cells"].append(json.loads(json.dumps(raw["cells"][2])) | {"source": "mine"})
    hand_in(folder, raw)

    assert read_submission(small, folder, "ana").answers["double"] == "mine"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_byte_order_mark_of_an_editor_is_read(small, folder, encoding):
    hand_in(folder, json.dumps(answered("x = 'ä'"), ensure_ascii=False).encode(encoding))

    assert read_submission(small, folder, "ana").answers == {"double": "x = 'ä'"}


def test_notebook_whose_cells_lost_their_names_is_for_a_person(small, folder):
    raw = answered()
    for one in raw["cells"]:
        one["metadata"] = {}
    hand_in(folder, raw)

    assert "None of the notebook's cells has the name" in read_submission(small, folder, "a").reason


def test_deleted_cell_is_noted(small, folder):
    raw = answered()
    del raw["cells"][2]
    hand_in(folder, raw)

    taken = read_submission(small, folder, "ana")

    assert taken.answers == {}
    assert taken.notes == ("The cell 'double' is not in the notebook.",)


def test_answer_that_is_far_too_long_is_left_out(small, folder):
    hand_in(folder, answered("x" * (MAX_ANSWER_CHARS + 1)))

    taken = read_submission(small, folder, "ana")

    assert "double" not in taken.answers
    assert "has 100,001 characters" in taken.notes[0]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("Dear teacher,", "no JSON"),
        (b"\xff\xfe\x00", "not text"),
        ("[" * 100_000 + "]" * 100_000, "nested too deeply"),
        ('{"cells": ' + "9" * 5000 + "}", "a number without end"),
        ("[1, 2]", "no list of cells"),
        ('{"cells": {}}', "no list of cells"),
        (json.dumps({"cells": [1] * 2001}), "2,001 cells"),
        ("", "no JSON"),
    ],
    ids=["text", "bytes", "deep", "long_number", "list", "cells_no_list", "many_cells", "empty"],
)
def test_what_is_no_notebook_gets_a_reason(small, folder, content, said):
    hand_in(folder, content)

    assert said in read_submission(small, folder, "ana").reason


@pytest.mark.parametrize(
    "odd",
    [None, 3, [], {"metadata": None}, {"metadata": {"nbgrader": 4}}, {"metadata": {"nbgrader": []}},
     {"metadata": {"nbgrader": {"grade_id": ["double"]}}},
     {"metadata": {"nbgrader": {"grade_id": "double"}}, "source": {"a": 1}}],
    ids=range(8),
)  # fmt: skip
def test_odd_cells_are_passed_over(small, folder, odd):
    raw = answered()
    raw["cells"].append(odd)
    hand_in(folder, raw)

    assert read_submission(small, folder, "ana").answers["double"].startswith("def double")


def test_lone_surrogates_become_text_that_can_be_stored(small, folder):
    hand_in(folder, answered("x = '\ud800'"))

    assert read_submission(small, folder, "ana").answers["double"].encode()


def test_missing_notebook_names_what_is_there(small, folder):
    (folder / "Homework final (2).ipynb").write_text("{}")

    reason = read_submission(small, folder, "ana").reason

    assert f"no file {NAME}.ipynb" in reason
    assert "It holds: Homework final (2).ipynb." in reason


def test_link_is_not_followed(small, folder, tmp_path):
    secret = tmp_path / "gradebook.db"
    secret.write_text(json.dumps(answered()))
    (folder / f"{NAME}.ipynb").symlink_to(secret)

    assert "is a link" in read_submission(small, folder, "ana").reason


def test_folder_that_is_a_link_is_not_followed(small, folder, tmp_path):
    hand_in(folder, answered())
    linked = tmp_path / "submitted" / "bob"
    linked.symlink_to(folder)

    assert "is a link" in read_submission(small, linked, "bob").reason


def test_folder_in_place_of_the_file_gets_a_reason(small, folder):
    (folder / f"{NAME}.ipynb").mkdir()

    assert read_submission(small, folder, "ana").reason


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_named_pipe_does_not_make_intake_wait(small, folder):
    os.mkfifo(folder / f"{NAME}.ipynb")

    assert "not a regular file" in read_submission(small, folder, "ana").reason


def test_huge_notebook_is_refused_before_it_is_read(small, folder):
    with (folder / f"{NAME}.ipynb").open("wb") as file:
        file.truncate(MAX_NOTEBOOK_BYTES + 1)

    assert "at most 16.0 MiB" in read_submission(small, folder, "ana").reason


def test_brackets_that_would_fill_the_memory_are_refused(small, folder):
    hand_in(folder, b'{"cells": [' + b"[]," * 1_000_001 + b"[]]}")

    assert "more than 1,000,000 brackets" in read_submission(small, folder, "ana").reason


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_what_is_no_file_is_never_opened(small, folder, monkeypatch):
    os.mkfifo(folder / f"{NAME}.ipynb")
    monkeypatch.setattr(os, "open", None)  # a device does things when it is opened

    assert "not a regular file" in read_submission(small, folder, "ana").reason


def test_accepted_file_is_taken_with_its_limit(small, folder):
    hand_in(folder, answered())
    (folder / "table.bin").write_bytes(b"x" * 100)
    (folder / "other.bin").write_bytes(b"x")

    assert read_submission(small, folder, "ana").files == {"table.bin": b"x" * 100}


def test_accepted_file_that_is_too_large_is_noted(small, folder):
    hand_in(folder, answered())
    (folder / "table.bin").write_bytes(b"x" * 101)

    taken = read_submission(small, folder, "ana")

    assert taken.files == {}
    assert taken.notes == ("table.bin has 101 B; at most 100 B.",)


def test_time_of_handing_in_knows_its_zone(small, folder):
    hand_in(folder, answered())
    (folder / "timestamp.txt").write_text("2026-03-01 10:20:30.000000 UTC\n")

    assert read_submission(small, folder, "ana").submitted_at == datetime(
        2026, 3, 1, 10, 20, 30, tzinfo=UTC
    )


@pytest.mark.parametrize(
    "said", ["yesterday", "0001-01-01 00:00:00+14:00", "9999-12-31 23:59:59-14:00"]
)
def test_time_that_is_none_is_left_out(small, folder, said):
    hand_in(folder, answered())
    (folder / "timestamp.txt").write_text(said)

    assert read_submission(small, folder, "ana").submitted_at is None


def test_fingerprint_follows_answers_and_files_and_not_the_student(small, folder):
    hand_in(folder, answered())
    ana, bob = (read_submission(small, folder, name) for name in ("ana", "bob"))
    (folder / "table.bin").write_bytes(b"x")
    with_file = read_submission(small, folder, "ana")

    assert ana.fingerprint == bob.fingerprint != with_file.fingerprint
