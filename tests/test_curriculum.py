"""Timetables sum, set only what has been taught, and are generated from the lessons."""

import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "scripts"))

import timetables  # noqa: E402  needs the line above
from curriculum import TEACH, assignments, lessons, places  # noqa: E402
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


# ------------------------------------------------------------- what guides say about five days

NUMBERS = r"(\d[\d, ]*(?:(?:and|to) \d+(?: to \d+)?)?)"
MINUTES = re.compile(rf"{NUMBERS}( with the frame| as well)? \((\d+) minutes\)")


def five_day_form(lesson):
    text = (TEACH / f"{lesson.source.stem}.md").read_text("utf-8")
    return " ".join(text.partition("## Five-day form\n")[2].partition("\n## ")[0].split())


def numbers_in(text):
    """Numbers of sections as a guide writes them: {1, 5, 6, 7} of "1 and 5 to 7"."""
    ranges = re.findall(r"(\d+)(?: to (\d+))?", text)
    return {n for low, high in ranges for n in range(int(low), int(high or low) + 1)}


def numbers_of(sections):
    return {number for section in sections for number in section.numbers}


def days_of(lesson):
    """{"day 1": sections} of a lesson, for the days on which it is taught."""
    days = {
        session.name.lower(): [one for one in session.sections if one.lesson == lesson.number]
        for session in timetables.five_days()
    }
    return {day: sections for day, sections in days.items() if sections}


@pytest.mark.parametrize("lesson", lessons(), ids=lambda lesson: lesson.number)
def test_guides_have_days_and_sections_of_the_timetable(lesson):
    text, days = five_day_form(lesson), days_of(lesson)

    said = re.search(rf"has the core on ([^:]+): sections {NUMBERS} with the frame", text)
    assert said[1].split(" and ") == [*days]
    assert numbers_in(said[2]) == numbers_of(section for day in days.values() for section in day)
    opens = re.findall(rf"(?:ections? {NUMBERS}|Check yourself) opens? (day \d)", text)
    later = [*days.items()][1:]
    assert [(numbers_in(who), day) for who, day in opens] == [
        (numbers_of(sections), day) for day, sections in later
    ]


@pytest.mark.parametrize("lesson", lessons(), ids=lambda lesson: lesson.number)
def test_guides_have_minutes_of_their_sections(lesson):
    text = five_day_form(lesson)
    said = MINUTES.findall(text)

    assert len(said) == text.count(" minutes)")
    for numbers, frame, minutes in said:
        meant = [
            one.minutes
            for one in lesson.sections
            if numbers_in(numbers).issuperset(one.numbers)
            if one.numbers or frame == " with the frame"
        ]
        assert sum(meant) == int(minutes), numbers


def test_guides_and_the_lecturers_page_set_what_five_days_set():
    days = {one: day.name.lower() for day in timetables.five_days() for one in day.sets}
    text = " ".join(map(five_day_form, lessons()))
    lecturer = (ROOT / "docs" / "lecturer.md").read_text("utf-8")

    assert dict(re.findall(r"(A\d\d) [^.:]*is set at the end of (day \d)", text)) == days
    left = set(re.findall(r"(A\d\d) [^.:]*: set it only where", text))
    assert left == {one.id for one in assignments()} - days.keys()
    named = re.search(r"In five days these are ([^:]+):", lecturer)[1]
    assert re.findall(r"A\d\d", named) == sorted(days)
