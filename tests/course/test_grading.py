"""A small class from submitted/ to gradebook, feedback and CSV."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from small_assignment import NAME, fresh_course, hand_in

from tinymledu import course
from tinymledu.course import database, grading, sandbox
from tinymledu.course.verdict import Verdict
from tinymledu.errors import CourseError, InputError, SandboxError, UnknownNameError

GOOD = "def double(x):\n    return 2 * x"
ANSWERS = {
    "ana": GOOD,
    "bo": GOOD,
    "chi": "def double(x):\n    return {3: 6, 4: 8}[x]",
    "dara": "def double(x):\n    return 2 x",
    "eve": "import os\nos._exit(0)",
}
DUE = {"ana": 85, "bo": 85, "chi": 4, "dara": 0, "eve": 0, "finn": None}


@pytest.fixture(scope="module")
def small_class(tmp_path_factory):
    """A course whose class has been graded once: the course, the report, the files before."""
    if sandbox.available().level != sandbox.FULL:
        pytest.skip(f"untrusted code cannot be isolated here: {sandbox.available().refusal()}")
    place = fresh_course(tmp_path_factory.mktemp("course") / "c")
    for student, source in ANSWERS.items():
        hand_in(place, student, source, essay="<script>alert(1)</script>")
    folder = place.submission_folder("finn", NAME)
    folder.mkdir(parents=True)
    (folder / f"{NAME}.ipynb").write_text("Dear teacher")
    before = contents(place.folder / "submitted")
    told = []
    report = course.grade(place.folder, "T01", progress=lambda *pair: told.append(pair))
    return place, report, before, told


def contents(folder):
    return {path: path.read_bytes() for path in Path(folder).rglob("*") if path.is_file()}


def test_everybody_gets_what_is_due(small_class):
    report = small_class[1]

    assert {one.student: one.machine_points for one in report.students} == DUE


def test_submissions_are_only_read(small_class):
    place, _, before, _ = small_class

    assert contents(place.folder / "submitted") == before


def test_progress_goes_from_the_unreadable_to_everybody(small_class):
    assert small_class[3] == [(n, 6) for n in range(1, 7)]


def test_person_is_asked_for_what_has_no_grade(small_class):
    report = small_class[1]

    assert report.needs_human == ("finn",)
    assert "no JSON" in report.students[-1].words


def test_csv_and_json_lie_in_grades(small_class):
    place, report, _, _ = small_class
    with (place.folder / "grades" / f"{NAME}.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    record = json.loads((place.folder / "grades" / f"{NAME}.json").read_text())

    assert [row["machine_points"] for row in rows] == ["85", "85", "4", "0", "0", ""]
    assert record["students"][2]["words"] == report.students[2].words


def test_every_student_has_a_feedback_page(small_class):
    place, report, _, _ = small_class
    for one in report.students:
        html = (place.folder / "feedback" / one.student / NAME / f"{NAME}.html").read_text()

        assert "34642" not in html
        assert "<script" not in html


def test_gradebook_has_the_points_and_asks_for_the_reflection(small_class):
    from nbgrader.api import Gradebook

    place = small_class[0]
    with Gradebook(f"sqlite:///{place.gradebook}") as book:
        submission = book.find_submission(NAME, "ana")
        scores = {grade.name: grade.auto_score for grade in submission.notebooks[0].grades}
        waiting = {g.name for g in submission.notebooks[0].grades if g.needs_manual_grade}
        stamp = str(submission.timestamp)
        totals = (submission.score, submission.max_score)
        unread = book.find_submission(NAME, "finn").notebooks[0].grades
        unread_waits = {grade.needs_manual_grade for grade in unread}

    assert scores == {"doubles_small_numbers": 4, "doubles_any_number": 81, "why": None}
    assert waiting == {"why"}
    assert totals == (85, 100)
    assert stamp == "2026-03-01 10:20:30"
    assert unread_waits == {True}


def test_new_gradebook_has_the_version_of_tables_that_alembic_says(monkeypatch):
    from nbgrader.api import get_alembic_version  # it starts `alembic`

    monkeypatch.setenv("PATH", str(Path(sys.executable).parent))

    assert database.newest_schema() == get_alembic_version()


def test_opening_a_gradebook_builds_no_parsers_of_addresses(tmp_path):
    code = (
        "import sys; from tinymledu import course; from tinymledu.course import database\n"
        f"with database.opened(course.new({str(tmp_path / 'course')!r})): pass\n"
        "assert 'jsonschema' in sys.modules and 'lark' not in sys.modules\n"
        "assert 'rfc3987_syntax' not in sys.modules  # who needs it can import it\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_graded_notebook_holds_answers_and_verdicts_and_no_html_of_the_students(small_class):
    place = small_class[0]
    text = (place.folder / "autograded" / "chi" / NAME / f"{NAME}.ipynb").read_text()
    cells = json.loads(text)["cells"]

    assert cells[2]["source"] == ANSWERS["chi"]
    assert cells[4]["outputs"][0]["text"].startswith("passed: 4 of 4 points")
    assert cells[5]["outputs"][0]["text"].startswith("failed: 0 of 81 points")
    assert "17321" not in str(cells[5]["outputs"])
    assert cells[6]["source"].startswith("~~~text\n<script>")
    stamp = place.folder / "autograded" / "chi" / NAME / "timestamp.txt"
    assert stamp.read_text() == "2026-03-01 10:20:30.000000 UTC"


def test_formgrader_can_list_the_class(small_class):
    from nbgrader.api import Gradebook

    place = small_class[0]
    with Gradebook(f"sqlite:///{place.gradebook}") as book:
        listed = book.notebook_submission_dicts(NAME, NAME)

    assert len(listed) == 6
    assert {entry["student"]: entry["needs_manual_grade"] for entry in listed}["ana"]


def test_second_run_grades_nothing_twice_and_says_the_same(small_class):
    place, report, _, _ = small_class

    again = course.grade(place.folder, "T01")

    assert [one.student for one in again.students if one.cached] == list(ANSWERS)
    assert grading.without_cache_marks(again) == grading.without_cache_marks(report)


def test_manual_points_survive_a_second_run(small_class):
    from nbgrader.api import Gradebook

    place = small_class[0]
    with Gradebook(f"sqlite:///{place.gradebook}") as book:
        grade = book.find_grade("why", NAME, NAME, "ana")
        grade.manual_score, grade.needs_manual_grade = 12, False
        book.db.commit()

    course.grade(place.folder, "T01")

    with Gradebook(f"sqlite:///{place.gradebook}") as book:
        assert book.find_submission(NAME, "ana").score == 97
        assert not book.find_submission(NAME, "ana").needs_manual_grade


def test_identical_submissions_share_one_record(small_class):
    place = small_class[0]
    records = list((place.folder / "results" / NAME).glob("*.json"))

    assert len(records) == len(set(ANSWERS.values()))


def test_record_that_is_broken_is_made_again(small_class):
    place = small_class[0]
    for record in (place.folder / "results" / NAME).glob("*.json"):
        record.write_text("{")

    report = course.grade(place.folder, "T01")

    assert {one.student: one.machine_points for one in report.students} == DUE


SLOW = "import time\ntime.sleep(2)\n" + GOOD


@pytest.mark.usefixtures("warm")
def test_busy_machine_costs_nobody_points(tmp_path):
    place = fresh_course(tmp_path / "c")
    hand_in(place, "ana", SLOW)
    hand_in(place, "bo", "while True: pass")

    ana, bo = course.grade(place.folder, "T01", wall_s=2).students  # a cell has 1.4 s, then 2.8 s

    assert (ana.machine_points, bo.machine_points) == (85, 0)
    assert len(list((place.folder / "results" / NAME).glob("*.json"))) == 1


# ------------------------------------------------------------------------- what is not possible


@pytest.mark.usefixtures("warm")
def test_gradebook_that_cannot_be_used_is_said_in_words(tmp_path):
    place = fresh_course(tmp_path / "c")
    hand_in(place, "ana", GOOD)
    place.gradebook.write_text("not a database, " * 100)

    with pytest.raises(CourseError, match=r"gradebook\.db cannot be used: file is not a database"):
        course.grade(place.folder, "T01")


def test_folder_that_is_no_course_says_how_to_make_one(tmp_path):
    with pytest.raises(CourseError, match="tinymledu course new"):
        course.grade(tmp_path, "A01")


def test_class_without_submissions_says_how_to_take_them_in(tmp_path):
    place = fresh_course(tmp_path / "c")

    with pytest.raises(CourseError, match="tinymledu course collect T01_double"):
        course.grade(place.folder, "T01")


def test_unknown_assignment_is_named(tmp_path):
    place = fresh_course(tmp_path / "c")

    with pytest.raises(UnknownNameError, match="T01_double"):
        course.grade(place.folder, "T1")


def test_workers_below_one_are_refused(tmp_path):
    with pytest.raises(InputError, match="workers is 0"):
        course.grade(tmp_path, "T01", workers=0)


def test_root_runs_no_batch_without_isolation(tmp_path, monkeypatch):
    place = fresh_course(tmp_path / "c")
    hand_in(place, "ana", GOOD)
    monkeypatch.setattr(os, "geteuid", lambda: 0)

    with pytest.raises(SandboxError, match="NOT ISOLATED, and you are root"):
        course.grade(place.folder, "T01", isolation=sandbox.NONE, trusted=None)

    assert not place.gradebook.exists()


def test_autograde_of_nbgrader_is_refused_and_changes_nothing(small_class, monkeypatch):
    from nbgrader.apps import NbGraderAPI
    from nbgrader.coursedir import CourseDirectory
    from traitlets.config import PyFileConfigLoader

    place = small_class[0]
    monkeypatch.chdir(place.folder)
    config = PyFileConfigLoader("nbgrader_config.py", path=str(place.folder)).load_config()
    config.CourseDirectory.root = str(place.folder)
    before = contents(place.folder)

    done = NbGraderAPI(CourseDirectory(config=config), config=config).autograde(NAME, "ana")

    assert not done["success"]
    assert "tinymledu course grade" in done["error"]
    assert contents(place.folder) == before


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write to read-only folders")
def test_read_only_course_is_said_before_anything_runs(tmp_path):
    place = fresh_course(tmp_path / "c")
    hand_in(place, "ana", GOOD)
    place.folder.chmod(0o555)
    try:
        with pytest.raises(CourseError, match="cannot be written to: Permission denied"):
            course.grade(place.folder, "T01")
    finally:
        place.folder.chmod(0o755)


def test_place_that_cannot_be_written_to_is_said_in_words(tmp_path):
    from tinymledu.course.layout import require_writable

    (tmp_path / "file").write_text("")

    with pytest.raises(CourseError, match="cannot be written to"):
        require_writable(tmp_path / "file" / "below")


def test_machine_that_cannot_isolate_runs_nothing(tmp_path, monkeypatch):
    place = fresh_course(tmp_path / "c")
    hand_in(place, "ana", GOOD)
    none = sandbox.Isolation(sandbox.NONE, (sandbox.Layer("namespaces", False, "forbidden"),))
    monkeypatch.setattr(sandbox, "available", lambda: none)

    with pytest.raises(SandboxError, match="forbidden"):
        course.grade(place.folder, "T01")


def test_without_isolation_only_trusted_students_are_run(tmp_path):
    place = fresh_course(tmp_path / "c")
    hand_in(place, "ana", GOOD)
    hand_in(place, "eve", "raise SystemExit")

    report = course.grade(place.folder, "T01", isolation=sandbox.NONE, trusted=("ana",))

    ana, eve = report.students
    assert ana.machine_points == 85
    assert (eve.machine_points, eve.verdict) == (None, Verdict.NOT_RUN)
    assert "cannot isolate" in eve.words
    assert report.needs_human == ("eve",)
