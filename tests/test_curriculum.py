"""Timetables sum, set only what has been taught, and are generated from the lessons."""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "scripts"))

import timetables  # noqa: E402  needs the line above
from curriculum import assignments, lessons, places  # noqa: E402
from names_taught import KNOWN_NUMPY, missing_for  # noqa: E402

TABLES = [
    (timetables.five_days, 5, 180),
    (timetables.fifteen_weeks, 15, 150),
]


@pytest.mark.parametrize("lesson", lessons(), ids=lambda lesson: lesson.number)
def test_minutes_of_the_sections_are_those_of_the_card(lesson):
    assert sum(section.minutes for section in lesson.sections) == lesson.minutes


@pytest.mark.parametrize(("table", "n", "minutes"), TABLES)
def test_both_timetables_sum(table, n, minutes):
    sessions = table()

    assert [session.minutes for session in sessions] == [minutes] * n
    assert all(session.free_minutes >= 0 for session in sessions)


def test_fifteen_weeks_teach_every_section_once_and_set_every_assignment():
    sessions = timetables.fifteen_weeks()

    taught = [section for session in sessions for section in session.sections]
    assert taught == [section for lesson in lessons() for section in lesson.sections]
    assert sorted(one for session in sessions for one in session.sets) == [
        one.id for one in assignments()
    ]


@pytest.mark.parametrize(("table", "n", "minutes"), TABLES)
def test_nothing_is_set_before_it_is_taught(table, n, minutes):
    by_id = {one.id: one for one in assignments()}
    taught = []
    for session in table():
        taught += session.sections
        for name in session.sets:
            assert by_id[name].taught_in <= places(taught)
            assert not missing_for(by_id[name], taught)


def test_sections_that_teach_an_assignment_are_in_its_lessons():
    for one in assignments():
        assert {lesson for lesson, _ in one.taught_in} == set(one.lessons)


def test_the_page_is_what_the_lessons_give():
    assert timetables.PAGE.read_text("utf-8") == timetables.page(), "run scripts/timetables.py"


def test_the_page_says_what_is_taken_as_known_and_what_the_last_weeks_are_for():
    text = timetables.page()

    assert all(f"`{name}`" in text for name in KNOWN_NUMPY)
    assert text.count("| a project of your own | 150 |") == 4
