"""The roster: read from what platforms export, merged, and never guessed."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from people import PEOPLE, canvas_gradebook, moodle_participants, moodle_worksheet, plain
from small_assignment import fresh_course

from tinymledu import cli, course
from tinymledu.course.roster import FILE_NAME, Person, Roster, read_roster, write_roster
from tinymledu.course.roster_formats import unusable_id
from tinymledu.errors import CourseError


@pytest.fixture
def place(tmp_path):
    return fresh_course(tmp_path / "c")


@pytest.fixture
def merge(place, tmp_path):
    def run(text, **options):
        file = tmp_path / "export.csv"
        file.write_bytes(text.encode() if isinstance(text, str) else text)
        return course.import_roster(place.folder, file, **options)

    return run


def people_of(place):
    return {one.student: one for one in read_roster(place).people}


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_plain_list_is_read_whatever_separates_it(merge, place, delimiter):
    merged = merge(plain(delimiter=delimiter))

    assert merged.added == tuple(one[0] for one in PEOPLE)
    assert people_of(place) == {
        student: Person(student, name, email, site, (number,))
        for student, name, email, site, number in PEOPLE
    }


def test_participants_of_moodle_are_read(merge, place):
    merged = merge(moodle_participants(), site="Dakar")

    assert merged.kind == "Moodle export"
    assert people_of(place)["joao.s"] == Person(
        "joao.s", "João da Silva", "joao@example.org", "Dakar"
    )


def test_worksheet_of_moodle_brings_the_numbers_of_one_assignment(merge, place):
    merge(moodle_participants())
    first = merge(moodle_worksheet())
    merge(moodle_worksheet([(*one[:4], f"2{one[4]}") for one in PEOPLE]))

    assert first.changes[0].before == ""
    assert first.changes[0].after == "10101"
    assert people_of(place)["li.wei"].lms_ids == ("10104", "210104")


def test_gradebook_of_canvas_is_read_without_its_rows_that_are_no_people(merge, place):
    merged = merge(canvas_gradebook())

    assert merged.kind == "Canvas gradebook"
    assert set(people_of(place)) == {one[0] for one in PEOPLE}
    assert people_of(place)["amina.d"] == Person("amina.d", "Diallo, Amina", "", "", ("10101",))


def test_same_file_again_changes_nothing(merge, place):
    merge(plain())
    before = (place.folder / FILE_NAME).read_bytes()
    merged = merge(plain())

    assert (merged.added, merged.changes, merged.unchanged) == ((), (), len(PEOPLE))
    assert (place.folder / FILE_NAME).read_bytes() == before


def test_what_changed_is_said_and_empty_cells_erase_nothing(merge, place):
    merge(plain())
    merged = merge("student,name,email,site\namina.d,Amina Diallo Sow,,\n")

    (change,) = merged.changes
    assert (change.student, change.field) == ("amina.d", "name")
    assert (change.before, change.after) == ("Amina Diallo", "Amina Diallo Sow")
    assert people_of(place)["amina.d"].email == "amina@example.org"
    assert people_of(place)["amina.d"].site == "Dakar"


def test_people_who_are_missing_from_a_file_of_their_site_are_named_and_kept(merge, place):
    merge("student,name,site\nana,Ana,Lima\nbo,Bo,Lima\nchi,Chi,Quito\n")
    merged = merge("student,name\nana,Ana\n", site="Lima")

    assert merged.absent == ("bo",)
    assert set(people_of(place)) == {"ana", "bo", "chi"}


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ("ana,A,,1\nbo,B,,2\nANA,C,,3\n", "student 'ana' on lines 2, 4"),
        ("ana,A,x@y.z,1\nbo,B,X@Y.Z,2\n", "email 'x@y.z' on lines 2, 3"),
        ("ana,A,,7\nbo,B,,7\n", "lms_id '7' on lines 2, 3"),
        ("jose\u0301,A,,1\njos\u00e9,B,,2\n", "on lines 2, 3"),
    ],
    ids=["id", "email", "number", "form_of_accent"],
)
def test_duplicates_are_refused_with_their_lines(merge, place, rows, words):
    merge("student,name\nold,Old\n")
    with pytest.raises(CourseError) as caught:
        merge("student,name,email,lms_id\n" + rows)
    assert words in str(caught.value)
    assert set(people_of(place)) == {"old"}


def test_one_number_at_two_sites_is_no_duplicate(merge, place):
    merge("student,name,site,lms_id\nana,Ana,Lima,7\nbo,Bo,Quito,7\n")

    assert len(read_roster(place).with_lms_id("7")) == 2
    assert read_roster(place).at("quito").with_lms_id("7")[0].student == "bo"


def test_local_id_of_another_site_is_not_merged_into_somebody_else(merge, place):
    merge("student,name\ns001,Ana Ruiz\n", site="Lima")
    merged = merge("student,name\ns001,Bo Chen\n", site="Quito")

    assert "line 2: 's001' is the id of Ana Ruiz at Lima" in merged.problems[0]
    assert "Quito-s001" in merged.problems[0]
    assert people_of(place)["s001"].name == "Ana Ruiz"


def test_email_of_another_person_is_not_merged(merge, place):
    merge("student,name,email\nana,Ana,family@example.org\n")
    merged = merge("student,name,email\nbo,Bo,family@example.org\n")

    assert "has the email or number of 'ana'" in merged.problems[0]
    assert set(people_of(place)) == {"ana"}


def test_worksheet_without_ids_fits_unique_names_and_names_the_others(merge, place):
    merge("student,name\nmaria1,Maria Silva\nmaria2,Maria Silva\nana,Ana Ruiz\n")
    rows = [("", "Maria Silva", "", "", "41"), ("", "Ana Ruiz", "", "", "42")]
    merged = merge(moodle_worksheet(rows, ids=False))

    assert people_of(place)["ana"].lms_ids == ("42",)
    (problem,) = merged.problems
    assert "'Maria Silva' is the name of more than one person (maria1, maria2)" in problem
    assert "Add 41" in problem


def test_row_that_fits_two_people_is_named(merge):
    merge("student,name,email\nana,Ana,a@x.org\nbo,Bo,b@x.org\n")
    merged = merge("student,name,email\nana,Ana,b@x.org\n")

    assert merged.problems == ("line 2: it fits ana and bo. Not taken.",)


@pytest.mark.parametrize(
    "student",
    ["../x", "a/b", "a\\b", "C:x", ".hid", "con", "NUL.txt", "x ", "x.", "a\nb", "é" * 51],
)
def test_id_that_cannot_be_a_folder_is_refused(student):
    assert "the id" in unusable_id(student)


@pytest.mark.parametrize("student", ["amina.d", "ana@uni.org", "李伟", "s-001_x", "constance"])
def test_ordinary_id_can_be_a_folder(student):
    assert unusable_id(student) == ""


def test_line_with_an_id_that_cannot_be_a_folder_is_named(merge, place):
    merged = merge('student,name\n"../../etc",X\nana,Ana\n')

    assert "line 2: the id '../../etc'" in merged.problems[0]
    assert set(people_of(place)) == {"ana"}


def test_header_that_is_not_known_is_shown(merge):
    with pytest.raises(CourseError, match=r"first line is: 'Nombre', 'Correo'.*needs a line such"):
        merge("Nombre,Correo\nAna,a@x\n")
    with pytest.raises(CourseError, match="first line is: empty"):
        merge("\n \n")
    with pytest.raises(CourseError, match="names nobody"):
        merge("student,name\n")


NAMES = st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=20)


@given(st.lists(NAMES.filter(lambda text: text.strip() == text), max_size=6))
def test_roster_comes_back_from_its_file_whatever_the_names_hold(tmp_path_factory, names):
    place = course.open_course(_course(tmp_path_factory))
    people = [Person(f"s{i}", name, f"={i}@x", "+site", (str(i),)) for i, name in enumerate(names)]
    if not people:
        return
    path = write_roster(place, Roster(tuple(people)))

    assert read_roster(place).people == tuple(people)
    assert b",=" not in path.read_bytes()
    assert b",+" not in path.read_bytes()


def _course(factory):
    folder = factory.getbasetemp() / "roster-course"
    if not folder.is_dir():
        fresh_course(folder)
    return folder


def test_verb_roster_says_what_changed(place, tmp_path, capsys):
    file = tmp_path / "list.csv"
    file.write_text(plain())
    command = ["course", "roster", str(file), "--course", str(place.folder)]

    assert cli.main(command) == 0
    assert "8 added, 0 changed, 0 as before" in capsys.readouterr().out
    file.write_text("student,name\namina.d,Amina Sow\n,Nobody\n")
    assert cli.main(command) == 4
    said = capsys.readouterr().out
    assert "amina.d: name was 'Amina Diallo', is 'Amina Sow'" in said
    assert "line 3: there is no student id" in said
    assert cli.main([*command, "--json"]) == 4
    record = json.loads(capsys.readouterr().out)
    assert (record["students"], record["unchanged"], record["added"]) == (8, 1, [])


def test_verb_roster_without_a_file_lists_it(place, tmp_path, capsys):
    command = ["course", "roster", "--course", str(place.folder)]
    assert cli.main(command) == 1
    assert "There is no roster yet" in capsys.readouterr().err
    write_roster(place, Roster((Person("ana", "Ana", "", "Lima", ("7",)),)))

    assert cli.main([*command, "--json"]) == 0
    (one,) = json.loads(capsys.readouterr().out)["people"]
    assert one == {"student": "ana", "name": "Ana", "email": "", "site": "Lima", "lms_ids": ["7"]}
