"""Due dates, extensions and late rules: what is taken off, why, and where it is shown."""

import csv
import json
import shutil
from datetime import UTC, datetime, timedelta

import pytest
from graded_course import enter_grades
from small_assignment import NAME, fresh_course, hand_in

from tinymledu import course
from tinymledu.course import handed_in
from tinymledu.course.deadlines import Due, LateRule, read_deadlines
from tinymledu.course.handed_in import AT_THE_LATEST, HandedIn
from tinymledu.course.lateness import judge, penalty_of
from tinymledu.course.roster import Person, Roster, read_roster, write_roster
from tinymledu.errors import CourseError

DUE = datetime(2026, 3, 1, 18, tzinfo=UTC)
RULE = LateRule(grace_minutes=15, percent_per_day=10, max_percent=35)
GOOD = "def double(x):\n    return 2 * x"


def judged(late, rule=RULE, due=None, known=None):
    return judge(due or Due(DUE, DUE), rule, DUE + late, known or HandedIn())


@pytest.mark.parametrize(
    ("late", "percent", "reason"),
    [
        (timedelta(), 0, ""),
        (timedelta(days=-3), 0, ""),
        (timedelta(minutes=15), 0, "late by 15 min, within 15 minutes of grace"),
        (timedelta(minutes=15, seconds=1), 10, "late by 16 min, 1 day has begun: -10 %"),
        (timedelta(days=1), 10, "late by 1 d, 1 day has begun: -10 %"),
        (timedelta(days=1, seconds=1), 20, "late by 1 d 1 min, 2 days have begun: -20 %"),
        (timedelta(days=2, hours=5), 30, "late by 2 d 5 h, 3 days have begun: -30 %"),
        (timedelta(days=3, hours=1), 35, "late by 3 d 1 h, 4 days have begun: -35 %"),
        (timedelta(days=300), 35, "late by 300 d, 300 days have begun: -35 %"),
    ],
)
def test_lateness_costs_what_the_rule_says(late, percent, reason):
    found = judged(late)

    assert (found.percent, found.reason) == (percent, reason)
    assert found.seconds_late == max(0.0, late.total_seconds())


def test_without_a_rule_lateness_is_said_and_free():
    found = judged(timedelta(hours=2), LateRule())

    assert (found.percent, found.reason) == (0, "late by 2 h; nothing is taken off")


def test_extension_moves_the_date_and_is_said_only_where_it_was_used():
    due = Due(DUE, DUE + timedelta(days=2), extended=True, reason="power cut")

    assert judged(timedelta(hours=-1), due=due).reason == ""
    assert judged(timedelta(days=1), due=due).reason == (
        "on time: extended to 2026-03-03 18:00 UTC (power cut)"
    )
    late = judged(timedelta(days=2, hours=1), due=due)
    assert (late.percent, late.seconds_late) == (10, 3600)
    assert late.reason.startswith("extended to 2026-03-03 18:00 UTC (power cut); late by 1 h, ")


def test_nothing_is_taken_off_for_a_time_that_nobody_knows():
    unknown = judged(timedelta(days=5), known=HandedIn(time=AT_THE_LATEST))
    marked = judged(timedelta(days=5), known=HandedIn(time=AT_THE_LATEST, marked_late=True))

    assert (unknown.percent, unknown.needs_human) == (0, False)
    assert "time not known, there on 2026-03-06 18:00 UTC: not late" in unknown.reason
    assert (marked.percent, marked.needs_human) == (0, True)
    assert "a person decides" in marked.reason


@pytest.mark.parametrize(
    ("points", "percent", "taken"),
    [(97, 20, 19.4), (85.5, 10, 8.55), (33.3, 5, 1.67), (0.1, 5, 0.01), (9, 100, 9), (None, 9, 0)],
)  # fmt: skip
def test_points_taken_off_have_two_decimals_halves_up(points, percent, taken):
    assert penalty_of(points, percent) == taken


# ------------------------------------------------------------------------------------ the file


@pytest.fixture
def place(tmp_path):
    return handed_in_course(tmp_path / "c")


@pytest.fixture(scope="module")
def graded_once(tmp_path_factory):
    made = handed_in_course(tmp_path_factory.mktemp("graded") / "c")
    enter_grades(made, {student: {"why": 12} for student in made.students(NAME)})
    return made


@pytest.fixture
def graded(graded_once, tmp_path):
    """A course of three with 85 points by machine and 12 by a person."""
    shutil.copytree(graded_once.folder, tmp_path / "c")
    return course.open_course(tmp_path / "c")


def handed_in_course(folder):
    made = fresh_course(folder)
    people = (Person("ana", "Ana", "", "Lima"), Person("bo", "Bo", "", "Quito"),
              Person("chi", "Chi", "", "Lima"))  # fmt: skip
    write_roster(made, Roster(people))
    for student in ("ana", "bo", "chi"):
        hand_in(made, student, GOOD)  # at 2026-03-01 10:20:30 UTC
    return made


def write_dates(place, text):
    (place.folder / "deadlines.toml").write_text(text)


def deadlines_of(place):
    return read_deadlines(place, read_roster(place))


def test_course_without_the_file_has_no_dates(place):
    assert deadlines_of(place) is None


def test_times_without_a_zone_are_those_of_the_courses_zone(place):
    write_dates(
        place,
        'timezone = "America/Lima"\n[due]\nT01 = 2026-03-01T18:00:00\nA01 = 2026-03-01T18:00:00Z\n',
    )
    dates = deadlines_of(place)

    assert dates.due["T01"] == datetime(2026, 3, 1, 23, tzinfo=UTC)
    assert dates.due["A01"] == datetime(2026, 3, 1, 18, tzinfo=UTC)


def test_extension_is_for_a_student_or_a_site_and_never_shortens(place):
    write_dates(
        place,
        """
        [due]
        T01 = 2026-03-01T18:00:00Z
        [[extensions]]
        site = "lima"
        until = 2026-03-03T18:00:00Z
        reason = "power cut"
        [[extensions]]
        assignment = "T01"
        student = "ana"
        until = 2026-03-05T18:00:00Z
        [[extensions]]
        assignment = "A01"
        student = "chi"
        until = 2026-03-09T18:00:00Z
        [[extensions]]
        student = "bo"
        until = 2026-02-01T18:00:00Z
        """,
    )
    dates, small = deadlines_of(place), place.assignment("T01")

    assert dates.due_of(small, "ana", "Lima").at.day == 5
    assert dates.due_of(small, "chi", "Lima").at.day == 3
    assert dates.due_of(small, "chi", "Lima").reason == "power cut"
    assert dates.due_of(small, "bo", "Quito") == Due(DUE, DUE)
    assert dates.due_of(place.assignment("A01"), "bo", "Quito") is None


def test_assignment_may_have_its_own_rule(place):
    write_dates(
        place, "[late]\npercent_per_day = 10\n[late.T01]\npercent_per_day = 5\nmax_percent = 20\n"
    )
    dates = deadlines_of(place)

    assert dates.rule(place.assignment("A01")) == LateRule(0, 10, 100)
    assert dates.rule(place.assignment("T01")) == LateRule(0, 5, 20)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[due", "is not TOML"),
        ("dues = 1", "the file has 'dues'; it may have timezone, due, late, extensions"),
        ("[due]\nT09 = 2026-03-01T18:00:00Z", "There is no assignment 'T09'"),
        ("[due]\nT01 = 2026-03-01", "due of T01 is .* write a date and time"),
        ('[due]\nT01 = "tomorrow"', "due of T01 is 'tomorrow'"),
        ("due = 3", "due is 3; write a table"),
        ("late = 3", "late is 3; write a table"),
        ("[late]\npercent = 10", "late has 'percent'; it may have grace_minutes"),
        ("[late]\npercent_per_day = 110", "percent_per_day is 110; it must be from 0 to 100"),
        ("[late]\nmax_percent = -1", "max_percent is -1"),
        ("[late]\ngrace_minutes = nan", "grace_minutes is nan"),
        ("[late]\ngrace_minutes = true", "grace_minutes is True"),
        ("[late.T09]\n", "There is no assignment 'T09'"),
        ('timezone = "Mars/Olympus"', "timezone is 'Mars/Olympus'"),
        ("timezone = 3", "timezone is 3"),
        ("extensions = 3", "extensions is no list"),
        ("[[extensions]]\nuntil = 2026-03-01T18:00:00Z", "extension 1 needs a student or a site"),
        ('[[extensions]]\nstudent = "anna"\nuntil = 2026-03-01T18:00:00Z',
         "There is no student 'anna'. Known: ana"),
        ('[[extensions]]\nsite = "Limma"\nuntil = 2026-03-01T18:00:00Z',
         "There is no site 'Limma'. Known: Lima"),
        ('[[extensions]]\nstudent = "ana"', "until of extension 1 is None"),
        ('[[extensions]]\nstudent = 3\nuntil = 2026-03-01T18:00:00Z', "are texts in quotes"),
    ],
)  # fmt: skip
def test_file_with_a_slip_is_refused_in_words(place, text, words):
    write_dates(place, text)
    with pytest.raises(CourseError, match=words):
        deadlines_of(place)


# --------------------------------------------------------------------- grades, pages, gradebook


def rows_of(place):
    course.publish(place.folder, "T01")
    with (place.folder / "grades" / f"{NAME}.csv").open(newline="") as file:
        return {row["student"]: row for row in csv.DictReader(file)}


DATES = """
[due]
T01 = 2026-02-28T10:00:00Z
[late]
percent_per_day = 10
[[extensions]]
site = "Quito"
until = 2026-03-02T00:00:00Z
reason = "strike"
"""


def test_penalty_and_reason_reach_csv_and_page_and_the_points_before_stay(graded):
    write_dates(graded, DATES)
    rows = rows_of(graded)

    ana, bo = rows["ana"], rows["bo"]
    assert (ana["total"], ana["total_before_late"], ana["late_penalty"]) == ("77.6", "97", "19.4")
    assert ana["late_reason"] == "late by 1 d 21 min, 2 days have begun: -20 %"
    assert (ana["machine_points"], ana["person_points"]) == ("85", "12")
    assert (bo["total"], bo["late_penalty"]) == ("97", "0")
    assert bo["late_reason"] == "on time: extended to 2026-03-02 00:00 UTC (strike)"
    html = (graded.folder / "feedback" / "ana" / NAME / f"{NAME}.html").read_text()
    assert "Total: 77.6 of 100 points" in html
    assert "late by 1 d 21 min, 2 days have begun: -20 %" in html
    assert "the total is 97 points; 19.4 are taken off" in html


def test_pending_total_stays_empty_and_says_the_reason(graded):
    write_dates(graded, DATES)
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{graded.gradebook}") as book:
        book.find_grade("why", NAME, NAME, "ana").needs_manual_grade = True
        book.db.commit()
    ana = rows_of(graded)["ana"]

    assert (ana["total"], ana["total_before_late"], ana["late_penalty"]) == ("", "", "")
    assert "-20 %" in ana["late_reason"]


def in_gradebook(graded, student):
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{graded.gradebook}") as book:
        one = book.find_submission(NAME, student)
        return one.late_submission_penalty, one.total_seconds_late, one.extension


def test_nbgraders_gradebook_has_the_same_dates_and_penalties(graded):
    write_dates(graded, DATES)
    rows_of(graded)

    late_s = 86400 + 20 * 60 + 30
    assert in_gradebook(graded, "ana") == (19.4, late_s, timedelta())
    assert in_gradebook(graded, "bo") == (0.0, 0, timedelta(days=1, hours=14))

    write_dates(graded, "")
    assert rows_of(graded)["ana"]["total"] == "97"
    assert in_gradebook(graded, "ana")[0] == 0.0


def test_late_penalty_of_nbgraders_own_plugin_counts_where_the_course_has_no_rule(graded):
    write_dates(graded, "[due]\nT01 = 2026-02-28T10:00:00Z\n")
    with (graded.folder / "nbgrader_config.py").open("a") as file:
        file.write('c.LateSubmissionPlugin.penalty_method = "zero"\n')
    ana = rows_of(graded)["ana"]

    assert (ana["total"], ana["total_before_late"]) == ("0", "97")
    assert "nbgrader's late penalty: -97" in ana["late_reason"]

    write_dates(graded, DATES)
    assert rows_of(graded)["ana"]["total"] == "77.6"


def test_late_penalty_that_nbgrader_entered_counts_without_any_file(graded):
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{graded.gradebook}") as book:
        book.find_submission_notebook(NAME, NAME, "ana").late_submission_penalty = 7
        book.db.commit()
    rows = rows_of(graded)

    assert (rows["ana"]["total"], rows["ana"]["late_reason"]) == (
        "90",
        "nbgrader's late penalty: -7",
    )
    assert (rows["bo"]["total"], rows["bo"]["late_reason"]) == ("97", "")


def test_config_of_nbgrader_that_cannot_be_used_is_named(graded):
    with (graded.folder / "nbgrader_config.py").open("a") as file:
        file.write("c.AssignLatePenalties.plugin_class = nowhere.Plugin\n")

    with pytest.raises(CourseError, match="sets up late penalties and cannot be used: NameError"):
        rows_of(graded)


def test_submission_whose_time_is_not_known_keeps_its_points_and_asks_where_marked(graded):
    at = datetime(2026, 3, 1, 10, 20, 30, tzinfo=UTC)
    for student, marked in (("ana", True), ("bo", False)):
        record = HandedIn("canvas.zip", AT_THE_LATEST, marked_late=marked)
        handed_in.keep(graded, NAME, student, handed_in.stamp_of(at).encode(), record)
    write_dates(graded, "[due]\nT01 = 2026-02-28T10:00:00Z\n[late]\npercent_per_day = 10\n")
    rows = rows_of(graded)

    assert (rows["ana"]["total"], rows["ana"]["needs_human"]) == ("97", "yes")
    assert (rows["bo"]["total"], rows["bo"]["needs_human"]) == ("97", "no")
    assert (rows["chi"]["total"], rows["chi"]["needs_human"]) == ("77.6", "no")


def test_reason_with_markup_is_text_on_the_page_and_in_the_spreadsheet(graded):
    write_dates(graded, DATES.replace("strike", "<script>alert(1)</script>"))
    rows_of(graded)

    html = (graded.folder / "feedback" / "bo" / NAME / f"{NAME}.html").read_text()
    assert "&lt;script&gt;" in html
    assert "<script>" not in html


def test_store_of_a_report_is_not_stopped_by_json_of_another_shape(graded):
    folder = graded.folder / "collected" / NAME
    folder.mkdir(parents=True)
    (folder / "ana.json").write_text(json.dumps([1, 2]))
    write_dates(graded, DATES)

    assert rows_of(graded)["ana"]["total"] == "77.6"
