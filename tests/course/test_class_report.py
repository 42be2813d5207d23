"""The page of the class report: what it shows of a made class, and that it names nobody."""

import json
import re
from pathlib import Path

import pytest
from made_report import NOW, report_of, student, unread
from small_assignment import NAME, fresh_course

from tinymledu import cli, course
from tinymledu.course import publishing
from tinymledu.course.roster import Person, Roster, write_roster
from tinymledu.errors import CourseError


@pytest.fixture
def graded(tmp_path):
    """A course with a grading that was never run: 14 judged, 1 unreadable."""
    place = fresh_course(tmp_path / "c")
    students = [student(f"person{i:02}", i % 4 != 0, i % 3 != 0) for i in range(14)]
    publishing.keep(place, report_of(*students, unread("person99")), NOW)
    return place


def test_page_states_n_and_has_a_table_beside_each_figure(graded):
    path, _ = course.report(graded.folder, "T01")
    html = path.read_text()

    assert path == graded.folder / "reports" / f"{NAME}.html"
    assert "Submissions: 15" in html
    assert "n = 14" in html
    assert "1 more have none yet" in html
    assert len(re.findall('role="img" aria-label="Histogram', html)) == html.count(
        "The same as a table"
    )
    # Of 0..13, 4 are multiples of 4: 10 passed the first check.
    assert "10 of 14" in html


def test_page_names_nobody_and_no_hidden_value(graded):
    html = course.report(graded.folder, "T01")[0].read_text()

    assert "person0" not in html
    assert "34642" not in html


def test_page_loads_nothing(graded):
    html = course.report(graded.folder, "T01")[0].read_text()

    assert not re.search(r"\b(src|href|action|srcset|xlink:href)=|url\(|@import|<script", html)
    assert "default-src 'none'" in html


def test_page_shows_the_sites_of_the_roster(graded):
    assert "nothing by site" in course.report(graded.folder, "T01")[0].read_text()

    people = [Person(f"person{i:02}", site="Quito & Loja" if i < 7 else "Accra") for i in range(20)]
    write_roster(graded, Roster(tuple(people)))
    path, found = course.report(graded.folder, "T01")
    html = path.read_text()

    assert [(one.name, one.n) for one in found.sites] == [("Accra", 7), ("Quito & Loja", 7)]
    assert html.index("Accra") < html.index("Quito &amp; Loja")
    assert "20 students in the roster" in html


def test_verb_writes_the_page(graded, capsys):
    assert cli.main(["course", "report", "T01", "--course", str(graded.folder), "--json"]) == 0

    said = json.loads(capsys.readouterr().out)
    assert said["submissions"] == 15
    assert Path(said["page"]).is_file()


def test_report_before_grading_says_what_to_run(tmp_path):
    place = fresh_course(tmp_path / "c")

    with pytest.raises(CourseError, match="Run: tinymledu course grade T01_double"):
        course.report(place.folder, "T01")
