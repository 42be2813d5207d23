"""Timetables sum, set only what has been taught, and are generated from the lessons."""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "scripts"))

import curriculum  # noqa: E402  needs the line above

TABLES = [
    (curriculum.five_days, 5, 180),
    (curriculum.fifteen_weeks, 15, 150),
]


@pytest.mark.parametrize("lesson", curriculum.lessons(), ids=lambda lesson: lesson.number)
def test_minutes_of_the_sections_are_those_of_the_card(lesson):
    assert sum(section.minutes for section in lesson.sections) == lesson.minutes


@pytest.mark.parametrize(("table", "n", "minutes"), TABLES)
def test_both_timetables_sum(table, n, minutes):
    sessions = table()

    assert [session.minutes for session in sessions] == [minutes] * n
    assert all(session.free_minutes >= 0 for session in sessions)


def test_fifteen_weeks_teach_every_section_once_and_set_every_assignment():
    sessions = curriculum.fifteen_weeks()

    taught = [section for session in sessions for section in session.sections]
    assert taught == [section for lesson in curriculum.lessons() for section in lesson.sections]
    assert sorted(one for session in sessions for one in session.sets) == [
        one.id for one in curriculum.assignments()
    ]


@pytest.mark.parametrize(("table", "n", "minutes"), TABLES)
def test_nothing_is_set_before_it_is_taught(table, n, minutes):
    by_id = {one.id: one for one in curriculum.assignments()}
    taught = []
    for session in table():
        taught += session.sections
        met = {(section.lesson, number) for section in taught for number in section.numbers}
        for name in session.sets:
            assert by_id[name].taught_in <= met
            assert not curriculum.missing_for(by_id[name], taught)


def test_sections_that_teach_an_assignment_are_in_its_lessons():
    for one in curriculum.assignments():
        assert {lesson for lesson, _ in one.taught_in} == set(one.lessons)


def test_documents_are_those_that_the_lessons_give():
    for path, text in curriculum.documents().items():
        assert path.read_text(encoding="utf-8") == text, "run `python scripts/curriculum.py`"
