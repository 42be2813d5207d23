"""Grades filled into what a platform exported: its column, and not another byte."""

import csv
import io
import json
import shutil

import pytest
from graded_course import enter_grades
from hypothesis import given
from hypothesis import strategies as st
from people import PEOPLE, canvas_gradebook, moodle_worksheet, plain
from small_assignment import fresh_course, hand_in

from tinymledu import cli, course
from tinymledu.errors import CourseError, InputError

GOOD = "def double(x):\n    return 2 * x"
BY_PERSON = {
    "amina.d": {"why": 12},  # 97 of 100
    "joao.s": {"doubles_any_number": 50, "why": 12.67},  # 66.67
    "wanjiru.k": {},  # the text waits for a person
    "li.wei": {"doubles_small_numbers": 0, "doubles_any_number": 0, "why": 0},
    "zofia.w": {"why": 15},  # 100
}


@pytest.fixture(scope="module")
def graded_once(tmp_path_factory):
    made = fresh_course(tmp_path_factory.mktemp("graded") / "c")
    roster = made.folder.parent / "roster.csv"
    roster.write_text(plain())
    course.import_roster(made.folder, roster)
    for student in BY_PERSON:
        hand_in(made, student, GOOD)
    enter_grades(made, BY_PERSON)
    return made


@pytest.fixture
def place(graded_once, tmp_path):
    shutil.copytree(graded_once.folder, tmp_path / "c")
    return course.open_course(tmp_path / "c")


@pytest.fixture
def fill(place, tmp_path):
    def run(text, **options):
        export, out = tmp_path / "export.csv", tmp_path / "filled.csv"
        export.write_bytes(text.encode() if isinstance(text, str) else text)
        filled = course.fill_export(place.folder, "T01", export, out, **options)
        return filled, out.read_bytes()

    return run


def cells(content, column, delimiter=","):
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""),
                               delimiter=delimiter))  # fmt: skip
    return [row[column] for row in rows]


def test_worksheet_of_moodle_is_filled_and_nothing_else_changes(fill):
    before = moodle_worksheet()
    filled, after = fill(before)

    assert cells(after, "Grade") == ["97", "66.67", "", "0", "", "100", "", ""]
    expected = before
    for number, grade in (("10101", "97"), ("10102", "66.67"), ("10104", "0"), ("10106", "100")):
        head, tail = expected.split(f"Participant {number},", 1)
        tail = tail.replace("Submitted for grading,,", f"Submitted for grading,{grade},", 1)
        expected = f"{head}Participant {number},{tail}"
    assert after == expected.encode()
    assert set(filled.filled) == {"amina.d", "joao.s", "li.wei", "zofia.w"}
    assert (filled.waiting, filled.missing, filled.unknown) == (("wanjiru.k",), (), ())


def test_gradebook_of_canvas_keeps_its_second_row_and_fills_one_column(fill):
    before = canvas_gradebook()
    filled, after = fill(before)

    assert filled.column == "T01 Double (8)"
    assert cells(after, "T01 Double (8)") == ["100", "97", "66.67", "", "0", "", "100", "", "", ""]
    assert cells(after, "A00 Warm up (7)") == ["100", *[""] * 9]
    assert after.splitlines()[:2] == before.encode().splitlines()[:2]
    lines = zip(before.encode().splitlines(), after.splitlines(), strict=True)
    changed = [a for b, a in lines if a != b]
    assert len(changed) == 4


def test_grade_export_of_moodle_is_filled_in_the_column_of_points(fill):
    header = "First name,Last name,ID number,Email address,Assignment: T01 Double (Real)," \
             "Assignment: T01 Double (Feedback),Course total (Real)"  # fmt: skip
    filled, after = fill(header + '\n"Amina","Diallo","amina.d","","-","",""\n')

    assert filled.column == "Assignment: T01 Double (Real)"
    assert after == (header + '\n"Amina","Diallo","amina.d","","97","",""\n').encode()
    assert filled.replaced[0].before == "-"


def test_export_with_semicolons_and_decimal_commas_is_filled_in_its_own_way(fill):
    _, after = fill(moodle_worksheet(delimiter=";", maximum="100,00"))

    assert cells(after, "Grade", ";")[:2] == ["97", "66,67"]
    assert after.startswith(b"\xef\xbb\xbfIdentifier;Full name;")


def test_decimal_comma_between_commas_is_quoted(fill):
    before = moodle_worksheet().replace("100.00", '"100,00"')
    _, after = fill(before)

    assert cells(after, "Grade")[1] == "66,67"


def test_namesakes_get_their_own_grades_by_number(place, fill):
    people = [(s, "Maria Silva", "", "", PEOPLE[i][4]) for i, s in enumerate(BY_PERSON)]
    _, after = fill(moodle_worksheet(people, ids=False))

    assert cells(after, "Grade")[:2] == ["97", "66.67"]


def test_row_that_is_nobodys_and_student_who_is_not_there_are_listed(fill):
    people = [*PEOPLE[:1], ("nobody", "Amina Diallo", "x@example.org", "", "999")]
    filled, after = fill(moodle_worksheet(people))

    assert cells(after, "Grade") == ["97", ""]
    assert filled.unknown == ("line 3: Amina Diallo",)
    assert filled.missing == ("joao.s", "li.wei", "wanjiru.k", "zofia.w")


def test_row_that_fits_two_people_is_left_and_listed(fill):
    people = [("joao.s", "X", "", "", PEOPLE[0][4])]
    filled, after = fill(moodle_worksheet(people))

    assert cells(after, "Grade") == [""]
    assert "line 2: X fits amina.d and joao.s; left as it was." in filled.problems


def test_student_who_is_there_twice_is_left_and_listed(fill):
    filled, after = fill(moodle_worksheet([PEOPLE[0], PEOPLE[0]]))

    assert cells(after, "Grade") == ["", ""]
    assert filled.problems == ("amina.d is on lines 2, 3; left as they were.",)


def test_grade_that_was_there_is_replaced_and_said_or_left_when_ours_is_pending(fill):
    before = moodle_worksheet().replace("grading,,", "grading,50.00,")
    filled, after = fill(before)

    assert cells(after, "Grade")[2] == "50.00"
    assert {one.student for one in filled.replaced} == {"amina.d", "joao.s", "li.wei", "zofia.w"}
    assert filled.replaced[0].before == "50.00"


def test_locked_grade_is_said(fill):
    filled, _ = fill(moodle_worksheet().replace("Yes", "No"))

    assert "amina.d: the platform says that the grade cannot be changed." in filled.problems


def test_other_maximum_is_refused_or_converted(fill, tmp_path):
    with pytest.raises(CourseError, match=r"maximum is 20, the assignment's 100.*--scale"):
        fill(moodle_worksheet(maximum="20.00"))
    assert not (tmp_path / "filled.csv").exists()

    _, after = fill(moodle_worksheet(maximum="20.00"), scale=True)
    assert cells(after, "Grade")[:2] == ["19.4", "13.33"]
    with pytest.raises(CourseError, match="maximum is 50"):
        fill(canvas_gradebook(points="50"))


def test_column_that_is_not_plain_has_to_be_named(fill):
    columns = ("T01 Double (8)", "T01 second try (9)")
    with pytest.raises(CourseError, match=r"more than one column for T01 .*'T01 second try \(9\)'"):
        fill(canvas_gradebook(columns=columns))
    filled, _ = fill(canvas_gradebook(columns=columns), column="t01 Double (8)")
    assert filled.column == "T01 Double (8)"

    with pytest.raises(CourseError, match="no column for T01"):
        fill(canvas_gradebook(columns=("T010 (8)", "XT01 (9)")))
    with pytest.raises(CourseError, match="read only in Canvas"):
        fill(canvas_gradebook(), column="Final Score")


def test_what_lateness_takes_off_is_taken_off_in_the_export(place, fill):
    (place.folder / "deadlines.toml").write_text(
        "[due]\nT01 = 2026-03-01T10:00:00Z\n[late]\npercent_per_day = 10\n"
    )
    _, after = fill(moodle_worksheet(PEOPLE[:1]))

    assert cells(after, "Grade") == ["87.3"]  # 97 - 9.7


def test_export_is_never_written_over(place, tmp_path):
    export = tmp_path / "export.csv"
    export.write_text(moodle_worksheet())

    with pytest.raises(InputError, match="is the export itself"):
        course.fill_export(place.folder, "T01", export, tmp_path / "." / "export.csv")


@given(st.lists(st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=12), min_size=3,
                max_size=3))  # fmt: skip
def test_what_others_wrote_into_the_export_comes_back_byte_for_byte(odd):
    from tinymledu.course.roster_formats import layout_of
    from tinymledu.course.tables import parse_table

    rows = moodle_worksheet([("amina.d", "Amina", "", "", "1")]).replace("Yes,-,", "")
    text = io.StringIO()
    csv.writer(text).writerow(["Participant 2", *odd, "", "100.00", "Yes", "-", "=cmd()", "x"])
    table = parse_table((rows + text.getvalue()).encode(), "t")
    column = table.rows[layout_of(table).header].values.index("Grade")

    after = table.with_column(column, {1: "9"})
    assert after.endswith(text.getvalue().encode())


def test_verb_grades_fills_and_lists(place, tmp_path, capsys):
    export, out = tmp_path / "e.csv", tmp_path / "f.csv"
    export.write_text(moodle_worksheet(PEOPLE[:3]))
    command = ["course", "grades", "T01", "--course", str(place.folder), "--fill", str(export)]

    assert cli.main(command) == 1
    assert "--out FILLED.csv" in capsys.readouterr().err
    assert cli.main([*command, "--out", str(out)]) == 4
    said = capsys.readouterr().out
    assert "2 grades are in" in said
    assert "wanjiru.k: not complete yet; left as it was" in said
    assert "zofia.w: graded, but not in this export" in said
    assert cli.main([*command, "--out", str(out), "--json"]) == 4
    record = json.loads(capsys.readouterr().out)
    assert record["filled"] == ["amina.d", "joao.s"]
