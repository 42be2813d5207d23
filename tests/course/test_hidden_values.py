"""Nothing that a student, or a program of the student's, is shown holds a hidden value of A01.

The class pries: it raises, prints, returns and keeps whatever the checks ask its functions with.
"""

import base64
import html
import json
import re
import sqlite3

import numpy as np
import pytest
from hidden_values import hidden_literals, leaks, of_bytes, of_literal, of_run, secrets

from tinymledu import course
from tinymledu.course import made_class, sandbox
from tinymledu.course.answers import AnswerFile
from tinymledu.course.assignment import load_assignment
from tinymledu.course.classroom import prepare_for
from tinymledu.course.layout import open_course

SEED = 7654321
NAME = "A01_two_phases"
KEEP = """
kept = []
def keep(*things):
    for thing in things:
        hexed = thing.hex() if isinstance(thing, bytes) else np.asarray(thing).tolist()
        kept.append(repr(hexed))
    print(*kept)
    Path("kept.txt").write_text("\\n".join(kept))
"""
TRAIN = "def train(data):\n    return Path('my_model.tflite').read_bytes()\n"
INFER = "def infer(model, pictures):\n    keep(model, pictures)\n    "
REJECT = "def reject(scores, validation_scores, keep=0.9):\n    told = repr((scores.tolist(), "
REJECT += "validation_scores.tolist(), keep))\n    "
CLASS = {
    "raises": {"infer": "raise ValueError(kept[-1] + kept[-2])", "reject": "raise KeyError(told)"},
    "returns": {"infer": "return kept, pictures", "reject": "return told"},
    "returns_shapes": {
        "infer": "return pictures[:, 0, 0, 0].astype(int), pictures[:, 0, 0, :2].astype(float)",
        "reject": "return scores.max(axis=1)",
    },
    "names_an_error": {
        "infer": "raise type(kept[-1][:90], (Exception,), {})(kept[-1])",
        "reject": "raise type(told[:90], (Exception,), {})(told)",
    },
    "ends": {"infer": "print(kept); import os; os._exit(len(pictures))",
             "reject": "import sys; sys.exit(told)"},
    "ends_on_a_hidden_call": {
        "infer": "import os; len(pictures) == 16 or os._exit(pictures[0, 0, 0, 0])",
        "reject": "return np.max(scores, axis=1) < 0.8",
    },
    "remembers": {
        "infer": "Path('it').write_bytes(''.join(kept).encode()); raise OSError(kept[-1])",
        "reject": "kept.append(told); raise MemoryError(''.join(kept))",
    },
    "half_right": {
        "infer": "n = len(pictures); return np.zeros(n, int), np.zeros((n, 2))",
        "reject": "return np.max(scores, axis=1) < 0.8",
    },
}  # fmt: skip


needs_a_class = pytest.mark.training


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    if sandbox.available().level != sandbox.FULL:
        pytest.skip(f"untrusted code cannot be isolated here: {sandbox.available().refusal()}")
    folder = tmp_path_factory.mktemp("prying") / "course"
    place = course.new(folder, hidden_seed=SEED)
    found = place.assignment("A01")
    for student, bodies in CLASS.items():
        answers = {
            "train": f"{KEEP}\n{TRAIN}",
            "infer": INFER + bodies["infer"],
            "reject": REJECT + bodies["reject"],
        }
        target = place.submission_folder(student, found.name)
        target.mkdir(parents=True)
        text = made_class.submission_text(found, AnswerFile(student, {}, answers))
        (target / f"{found.name}.ipynb").write_text(text)
        model = "given.tflite" if student == "half_right" else "my_model.tflite"
        (target / "my_model.tflite").write_bytes((found.folder / model).read_bytes())
        (target / "timestamp.txt").write_text("2026-03-01 10:20:30.000000 UTC")
    report = course.grade(folder, "A01", wall_s=90.0)
    course.publish(folder, "A01")
    return folder, report


@pytest.fixture(scope="module")
def spelled(graded):
    kit = prepare_for(open_course(graded[0]), "A01")
    files = {"other.tflite": kit.checker_files["other.tflite"]}
    archive = graded[0] / "hidden.npz"
    archive.write_bytes(kit.checker_files["hidden.npz"])
    with np.load(archive) as hidden:
        found = secrets(kit.assignment, dict(hidden), files)
    archive.unlink()
    return found | {"the seed": of_literal(SEED)}


def shown(graded):
    """Every text that leaves the lecturer's hands: where it stands -> what it says."""
    folder, report = graded
    texts = {"grade --json": json.dumps(report.to_json())}
    for part in ("feedback", "grades", "autograded", "release", "source"):
        for path in sorted((folder / part).rglob("*")):
            if path.is_file():
                texts[str(path.relative_to(folder))] = path.read_bytes().decode("latin-1")
    style = re.compile("<style>.*?</style>", re.DOTALL)  # has sizes such as .95rem
    texts = {where: style.sub("", text) for where, text in texts.items()}
    with sqlite3.connect(folder / "gradebook.db") as database:
        texts["gradebook.db"] = "\n".join(database.iterdump())
    return texts


@needs_a_class
def test_class_was_asked_with_hidden_values(graded, spelled):
    """Or nothing could leak: what the lecturer alone has holds some, so the search finds them."""
    folder, report = graded
    asked = {check.name for one in report.students for check in one.checks if not check.visible}
    kept = "\n".join(path.read_text() for path in (folder / "results").rglob("*.json"))

    assert len(asked) == 7
    assert leaks(kept, spelled), "the lecturer's own records"
    assert not report.needs_human


@needs_a_class
def test_nothing_shown_holds_a_hidden_value(graded, spelled):
    texts = shown(graded)
    held = {where: leaks(text, spelled) for where, text in texts.items()}

    assert len([where for where in texts if where.endswith(".html")]) == len(CLASS)
    assert {f"grades/{NAME}.csv", f"grades/{NAME}.json", "gradebook.db"} <= set(texts)
    assert {where: names for where, names in held.items() if names} == {}


@needs_a_class
def test_details_of_hidden_checks_are_the_lecturers_alone(graded):
    """`right answers on 400 drawings: expected 260, got 203` tells how many were right."""
    checks = [check for one in graded[1].students for check in one.checks if check.detail]
    public = {check.detail for check in checks if check.visible}
    hidden = {check.detail for check in checks if not check.visible} - public
    everything = html.unescape("\n".join(shown(graded).values()))
    statuses = re.findall("exit status [0-9]+", " ".join(hidden))

    assert any("expected" in detail and "got" in detail for detail in hidden)
    assert [detail for detail in hidden - {"This does not hold."} if detail in everything] == []
    assert statuses
    assert [status for status in statuses if f"{status} " in everything] == []


@needs_a_class
def test_pages_name_the_hidden_property_that_was_not_met(graded):
    folder, report = graded
    for one in report.students:
        page = (folder / "feedback" / one.student / NAME / f"{NAME}.html").read_text()
        for check in one.checks:
            assert check.title in html.unescape(page)


def test_search_finds_each_spelling():
    values = np.array([3, 141, 59, 26, 53, 58, 97, 93, 23, 84, 62, 64, 33, 83, 27, 95], np.uint8)
    spelled = {
        "run": of_run(values),
        "float": of_literal(0.79),
        "bytes": of_bytes(values.tobytes()),
    }

    for text in (
        values.tolist(), values.tobytes().hex(), base64.b64encode(b"xy" + values.tobytes() + b"z"),
        json.dumps(values.tolist(), separators=(",", ":")), np.array2string(values, threshold=99,
        max_line_width=999), values.tobytes(),
    ):  # fmt: skip
        assert "run" in leaks(f"before {text} after", spelled), text
    for text in ("0.79", ".79", "79%", "79 %", "[0.79, 0.7]", "0,79", "7.90e-01"):
        assert leaks(f"is {text}", spelled) == ["float"]
    for text in ("0.790001", "10.79", "1790", "0.7", "179%"):
        assert leaks(f"is {text}", spelled) == []


def test_hidden_literals_of_a01_are_those_of_its_hidden_checks():
    found = hidden_literals(load_assignment("A01"))

    assert "other.tflite" in found
    assert 0.79 in found
    assert [0.9, 0.8, 0.8, 0.8, 0.7, 0.6, 0.5, 0.4] in found
    assert 0.9 not in found  # the worked value has it
