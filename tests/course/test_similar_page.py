"""The lecturer's page of shared passages: both sides, a caution, and nobody else may read it."""

import json
import os
import stat

import pytest
from made_report import NOW, report_of, student
from small_assignment import NAME, fresh_course, hand_in
from test_similarity import LONG, OTHER, RENAMED

from tinymledu import cli, course
from tinymledu.course import publishing
from tinymledu.errors import CourseError


@pytest.fixture
def place(tmp_path):
    place = fresh_course(tmp_path / "c")
    for name, source in {"ana": LONG, "ben": RENAMED, "cid": OTHER}.items():
        hand_in(place, name, source + "\n\ndef double(x):\n    return 2 * x")
    return place


def test_page_shows_both_sides_and_a_caution(place):
    path, pairs = course.similar(place.folder, "T01")
    html = path.read_text()

    assert [(one.first, one.second) for one in pairs] == [("ana", "ben")]
    assert "A hint, never a proof" in html
    assert "talk with each student" in html
    assert "<bdi>ana</bdi> and <bdi>ben</bdi>" in html
    assert html.index("def train(data") < html.index("def lernen(data")
    assert html.count("<mark>") >= 2


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps no such modes")
def test_page_can_be_read_by_its_owner_only(place):
    path, _ = course.similar(place.folder, "T01")

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_nothing_of_it_reaches_what_students_and_the_class_get(place):
    course.similar(place.folder, "T01")
    publishing.keep(place, report_of(*(student(one, True, True) for one in ("ana", "ben"))), NOW)
    ana, _ = course.publish(place.folder, "T01")
    report, _ = course.report(place.folder, "T01")

    for page in (ana, report):
        assert "ben" not in page.read_text()
        assert "similar" not in page.read_text()


def test_untouched_stubs_are_compared_with_nobody(tmp_path):
    place = fresh_course(tmp_path / "c")
    hand_in(place, "ana", place.assignment(NAME).stubs["double"])

    with pytest.raises(CourseError, match="no answers in T01_double to compare"):
        course.similar(place.folder, "T01")


def test_text_of_students_is_escaped(tmp_path):
    place = fresh_course(tmp_path / "c")
    for name in ("<b>ana", "ben"):
        hand_in(place, name, f'X = "</pre><script>alert(1)</script>"\n{LONG}')
    html = course.similar(place.folder, "T01")[0].read_text()

    assert "<script" not in html
    assert "<b>" not in html
    assert "&lt;script&gt;" in html


def test_verb_says_where_the_page_is(place, capsys):
    assert cli.main(["course", "similar", "T01", "--course", str(place.folder), "--json"]) == 0

    said = json.loads(capsys.readouterr().out)
    assert (said["pairs"], said["page"]) == (
        1,
        str(place.folder / "teacher" / f"{NAME}-similar.html"),
    )
