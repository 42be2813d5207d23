"""Submissions taken in from zips of platforms, sites and memory sticks; nobody is guessed."""

import json
import zipfile
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from people import PEOPLE, plain
from small_assignment import NAME, fresh_course, notebook

from tinymledu import cli, course
from tinymledu.course import handed_in
from tinymledu.course.folders import DiskFolder, Picked
from tinymledu.course.handed_in import AT_THE_LATEST, KNOWN, read_handed_in
from tinymledu.course.intake import read_submission
from tinymledu.course.platforms import canvas_claims, moodle_claims
from tinymledu.course.roster import Person, Roster, write_roster
from tinymledu.errors import CourseError

NOTEBOOK = json.dumps(notebook())
EAST = timezone(timedelta(hours=3))


@pytest.fixture
def place(tmp_path):
    made = fresh_course(tmp_path / "c")
    (tmp_path / "roster.csv").write_text(plain())
    course.import_roster(made.folder, tmp_path / "roster.csv")
    return made


@pytest.fixture
def bare(tmp_path):
    """A course without a roster."""
    return fresh_course(tmp_path / "bare")


def zipped(path, files, when=(2026, 3, 1, 10, 20, 30)):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, when), content, zipfile.ZIP_DEFLATED)
    return path


def laid_out(root, files):
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content)
    return root


def moodle(people=PEOPLE, mark="_", content=NOTEBOOK):
    return {
        f"{name.replace('_', ' ')}_{number}_assignsubmission_file{mark}/{NAME}.ipynb": content
        for _, name, _, _, number in people
    }


def canvas_name(person, file, late=False):
    letters = "".join(letter for letter in person[1].lower() if letter.isalnum())
    return f"{letters}_{'LATE_' if late else ''}{person[4]}_{int(person[4]) + 7000}_{file}"


def submission(place, student):
    folder = place.submission_folder(student, NAME)
    return read_submission(place.assignment(NAME), folder, student)


EVERYBODY = tuple(sorted(one[0] for one in PEOPLE))


# ---------------------------------------------------------------------------------------- Moodle


@pytest.mark.parametrize("mark", ["_", ""])
def test_zip_of_moodle_is_taken_by_number_with_the_time_of_upload(place, tmp_path, mark):
    path = zipped(tmp_path / "m.zip", moodle(mark=mark))

    result = course.collect(place.folder, "T01", path, zone=EAST)

    assert (result.students, result.unusable, result.problems) == (EVERYBODY, (), ())
    ana = submission(place, "amina.d")
    assert ana.submitted_at == datetime(2026, 3, 1, 7, 20, 30, tzinfo=UTC)
    assert read_handed_in(place, NAME, "amina.d").time == KNOWN


def test_times_of_an_archive_are_in_the_zone_of_the_course(place, tmp_path):
    (place.folder / "deadlines.toml").write_text('timezone = "Asia/Kathmandu"\n')
    course.collect(place.folder, "T01", zipped(tmp_path / "m.zip", moodle()))

    at = submission(place, "amina.d").submitted_at
    assert at == datetime(2026, 3, 1, 4, 35, 30, tzinfo=UTC)  # 5 h 45 min


def test_moodle_without_folders_has_everything_in_one_name(place, tmp_path):
    name = f"Amina Diallo_10101_assignsubmission_file_{NAME}.ipynb"
    other = "Amina Diallo_10101_assignsubmission_file_table.bin"
    path = zipped(tmp_path / "m.zip", {name: NOTEBOOK, other: "x"})

    assert course.collect(place.folder, "T01", path).students == ("amina.d",)
    assert submission(place, "amina.d").files == {"table.bin": b"x"}


def test_name_of_a_file_cannot_claim_another_number(place, tmp_path):
    name = "Amina Diallo_10101_assignsubmission_file_x_10102_assignsubmission_file_y.ipynb"

    result = course.collect(place.folder, "T01", zipped(tmp_path / "m.zip", {name: NOTEBOOK}))

    assert result.students == ("amina.d",)


def test_text_typed_into_moodle_is_said(place, tmp_path):
    typed = {"Amina Diallo_10101_assignsubmission_onlinetext_/onlinetext.html": "<p>x</p>"}
    result = course.collect(place.folder, "T01", zipped(tmp_path / "m.zip", moodle() | typed))

    assert result.students == EVERYBODY
    assert result.problems == (
        "Amina Diallo_10101_assignsubmission_onlinetext_: text typed into Moodle is not taken in.",
    )


def test_number_that_is_nobodys_is_named_and_the_others_are_taken(place, tmp_path):
    stranger = ("", "Kim Min-jun", "", "", "777")
    path = zipped(tmp_path / "m.zip", moodle([*PEOPLE, stranger]))

    result = course.collect(place.folder, "T01", path)

    assert result.students == EVERYBODY
    assert result.unusable == ("Kim Min-jun (777)",)
    assert "the number 777 is nobody's in the roster" in result.problems[0]


def test_namesakes_are_told_apart_by_number(place, tmp_path):
    people = [("m1", "Maria Silva", "", "", "31"), ("m2", "Maria Silva", "", "", "32")]
    write_roster(place, Roster(tuple(Person(s, n, "", "", (k,)) for s, n, _, _, k in people)))
    files = {name: NOTEBOOK.replace("Double", key) for name, key in
             zip(moodle(people), ("first", "second"), strict=True)}  # fmt: skip

    assert course.collect(place.folder, "T01", zipped(tmp_path / "m.zip", files)).students == (
        "m1", "m2",
    )  # fmt: skip
    text = (place.submission_folder("m2", NAME) / f"{NAME}.ipynb").read_text()
    assert "second" in text


def test_number_of_two_platforms_is_named_until_a_site_is_given(place, tmp_path):
    people = (Person("ana", "Ana", "", "Lima", ("7",)), Person("bo", "Bo", "", "Quito", ("7",)))
    write_roster(place, Roster(people))
    path = zipped(tmp_path / "m.zip", moodle([("", "Bo", "", "", "7")]))

    result = course.collect(place.folder, "T01", path)
    assert (result.students, result.unusable) == ((), ("Bo (7)",))
    assert "the number 7 is that of ana (Lima) and bo (Quito)" in result.problems[0]

    assert course.collect(place.folder, "T01", path, site="Quito").students == ("bo",)


def test_name_that_does_not_go_with_its_number_is_said(place, tmp_path):
    path = zipped(tmp_path / "m.zip", moodle([("", "Olga Petrova", "", "", "10101")]))

    (problem,) = course.collect(place.folder, "T01", path).problems
    assert "the platform calls 10101 'Olga Petrova', the roster 'Amina Diallo'" in problem


def test_export_by_number_without_a_roster_says_what_to_merge(bare, tmp_path):
    path = zipped(tmp_path / "m.zip", moodle())

    with pytest.raises(CourseError, match=r"there is no roster .* tinymledu course roster FILE"):
        course.collect(bare.folder, "T01", path)
    assert list((bare.folder / "submitted").iterdir()) == []


# ---------------------------------------------------------------------------------------- Canvas


def test_zip_of_canvas_is_taken_with_its_mark_of_lateness(place, tmp_path):
    late = {one[0] for one in PEOPLE[:2]}
    files = {canvas_name(one, f"{NAME}.ipynb", one[0] in late): NOTEBOOK for one in PEOPLE}

    result = course.collect(place.folder, "T01", zipped(tmp_path / "canvas.zip", files))

    assert result.students == EVERYBODY
    assert set(result.marked_late) == late
    record = read_handed_in(place, NAME, "amina.d")
    assert record == handed_in.HandedIn("canvas.zip", AT_THE_LATEST, marked_late=True)
    assert not read_handed_in(place, NAME, "li.wei").marked_late


def test_file_that_canvas_counted_is_taken_under_its_first_name(place, tmp_path):
    amina = PEOPLE[0]
    files = {
        canvas_name(amina, f"{NAME}-2.ipynb"): NOTEBOOK,
        canvas_name(amina, "table-1.bin"): "x",
    }

    result = course.collect(place.folder, "T01", zipped(tmp_path / "c.zip", files))

    assert (result.students, result.problems) == (("amina.d",), ())
    assert submission(place, "amina.d").files == {"table.bin": b"x"}


def test_two_versions_in_an_export_of_canvas_are_not_chosen_between(place, tmp_path):
    names = [canvas_name(PEOPLE[0], f"{NAME}{again}.ipynb") for again in ("", "-1", "-2")]

    result = course.collect(
        place.folder, "T01", zipped(tmp_path / "c.zip", dict.fromkeys(names[1:], NOTEBOOK))
    )

    assert result.unusable == ("amina.d",)
    assert f"{NAME}.ipynb was handed in 2 times" in result.problems[0]


def test_numbers_in_the_name_of_a_file_do_not_confuse(place, tmp_path):
    files = {canvas_name(PEOPLE[0], "lab_2026_01_final.ipynb"): NOTEBOOK}

    assert course.collect(place.folder, "T01", zipped(tmp_path / "c.zip", files)).students == (
        "amina.d",
    )


def test_file_named_after_another_students_number_is_named(place, tmp_path):
    files = {canvas_name(PEOPLE[0], f"10102_9_{NAME}.ipynb"): NOTEBOOK}

    result = course.collect(place.folder, "T01", zipped(tmp_path / "c.zip", files))

    assert result.students == ()
    assert "its name fits the numbers 10101 and 10102" in result.problems[0]


def test_file_of_a_stranger_named_after_a_students_number_is_not_taken_as_theirs(place, tmp_path):
    stranger = ("", "Mallory", "", "", "777")
    files = {canvas_name(stranger, f"10101_9_{NAME}.ipynb"): NOTEBOOK}

    result = course.collect(place.folder, "T01", zipped(tmp_path / "c.zip", files))

    assert result.students == ()
    assert "its name fits the numbers 777 and 10101" in result.problems[0]


FILES = st.lists(
    st.sampled_from(["10101", "10102", "LATE", "777", "_", "x", ".ipynb", "-1", "assignsubmission"])
)


@given(st.sampled_from(["ana", "x_10102", "", "late", "ana_1"]), FILES, st.booleans())
def test_whatever_a_file_is_called_it_is_never_taken_as_another_persons(person, parts, late):
    name = f"{person}_{'LATE_' if late else ''}10101_4_{''.join(parts)}y"
    folder = Picked(DiskFolder(Path("/nowhere")), {name: (name,)})
    known = {"10101", "10102"}

    (claim,) = canvas_claims(folder, wanted=(), known=known).claims
    assert claim.number == "10101" or claim.problem
    if claim.number:
        assert claim.marked_late == late


@given(FILES)
def test_whatever_a_file_of_moodle_is_called_it_is_its_owners(parts):
    name = f"Ana Ruiz_10101_assignsubmission_file_{'_'.join(parts)}y"
    folder = Picked(DiskFolder(Path("/nowhere")), {name: (name,)})

    (claim,) = moodle_claims(folder).claims
    assert claim.number == "10101"


def test_anonymous_export_of_canvas_is_named(place, tmp_path):
    path = zipped(tmp_path / "c.zip", {f"anon_x8Fk2_991_{NAME}.ipynb": NOTEBOOK})

    result = course.collect(place.folder, "T01", path)
    assert result.students == ()
    assert "the export is anonymous" in result.problems[0]


# ------------------------------------------------------------------- folders, sites, memory stick


def test_zip_of_folders_is_taken_like_a_folder(bare, tmp_path):
    files = {f"ana/{NAME}.ipynb": NOTEBOOK, f"josé/{NAME}/{NAME}.ipynb": NOTEBOOK, "note.txt": "x"}

    result = course.collect(bare.folder, "T01", zipped(tmp_path / "z.zip", files))

    assert result.students == ("ana", "josé")
    assert result.problems == (
        "note.txt: not taken in; it does not lie in a folder with the student's name.",
    )
    assert read_handed_in(bare, NAME, "ana").time == AT_THE_LATEST


def test_nothing_of_an_archive_is_written_outside_submitted(bare, tmp_path):
    files = {f"ana/{NAME}.ipynb": NOTEBOOK, "../evil.txt": "x", "ana/../../evil2": "x",
             "/evil3": "x", "ana/extra.py": "x"}  # fmt: skip
    path = zipped(tmp_path / "z.zip", files)
    before = sorted(tmp_path.rglob("*"))

    result = course.collect(bare.folder, "T01", path)

    new = {str(p.relative_to(tmp_path)) for p in set(tmp_path.rglob("*")) - set(before)}
    assert len([p for p in result.problems if "left out" in p]) == 3
    assert new == {
        "bare/submitted/ana", f"bare/submitted/ana/{NAME}", "bare/collected",
        f"bare/submitted/ana/{NAME}/{NAME}.ipynb", f"bare/submitted/ana/{NAME}/timestamp.txt",
        f"bare/collected/{NAME}", f"bare/collected/{NAME}/ana.json",
    }  # fmt: skip


def test_folders_of_sites_are_known_from_the_roster(place, tmp_path):
    stick = laid_out(
        tmp_path / "stick",
        {f"{site}/{student}/{NAME}.ipynb": NOTEBOOK for student, _, _, site, _ in PEOPLE},
    )

    result = course.collect(place.folder, "T01", stick)

    assert (result.students, result.problems) == (EVERYBODY, ())


def test_folders_of_sites_are_known_from_how_they_lie(bare, tmp_path):
    files = {f"Lima/ana/{NAME}.ipynb": NOTEBOOK, f"Quito/bo/{NAME}/{NAME}.ipynb": NOTEBOOK}
    result = course.collect(bare.folder, "T01", laid_out(tmp_path / "stick", files))

    assert result.students == ("ana", "bo")
    assert result.problems == ("Taken as sites, with a folder for each student: Lima, Quito.",)


def test_one_id_at_two_sites_is_named_and_neither_taken(bare, tmp_path):
    files = {f"{site}/{who}/{NAME}.ipynb": NOTEBOOK
             for site, who in (("Lima", "s1"), ("Lima", "s2"), ("Quito", "s1"))}  # fmt: skip
    write_roster(bare, Roster((Person("s2", "", "", "Lima"), Person("x", "", "", "Quito"))))

    result = course.collect(bare.folder, "T01", laid_out(tmp_path / "stick", files))

    assert (result.students, result.unusable) == (("s2",), ("s1",))
    assert any("there are 2: Lima/s1 of stick/Lima and Quito/s1" in p for p in result.problems)


def test_student_of_another_site_is_named(place, tmp_path):
    stick = laid_out(tmp_path / "stick", {f"Dakar/li.wei/{NAME}.ipynb": NOTEBOOK})

    result = course.collect(place.folder, "T01", stick)

    assert result.unusable == ("Dakar/li.wei",)
    assert "it lies in Dakar, but the roster has li.wei at Chengdu" in result.problems[0]


def test_memory_stick_with_zips_and_folders_is_taken_whole(place, tmp_path):
    stick = laid_out(
        tmp_path / "stick", {f"Dakar/amina.d/{NAME}.ipynb": NOTEBOOK, "readme.txt": "x"}
    )
    by_student = {one[0]: one for one in PEOPLE}
    (stick / "Recife").mkdir()
    zipped(stick / "Recife" / "export.zip", moodle([by_student["joao.s"]]))
    zipped(stick / "chengdu.zip", {f"li.wei/{NAME}.ipynb": NOTEBOOK})
    zipped(stick / "aroha.t.zip", {f"{NAME}.ipynb": NOTEBOOK})
    canvas = canvas_name(by_student["zofia.w"], f"{NAME}.ipynb")
    zipped(stick / "canvas.zip", {canvas: NOTEBOOK})
    (stick / "broken.zip").write_bytes(b"x")

    result = course.collect(place.folder, "T01", stick)

    assert result.students == ("amina.d", "aroha.t", "joao.s", "li.wei", "zofia.w")
    assert result.unusable == ("broken.zip",)
    assert len(result.problems) == 2


def test_student_who_is_in_two_zips_is_not_chosen_for(place, tmp_path):
    stick = tmp_path / "stick"
    stick.mkdir()
    zipped(stick / "a.zip", moodle(PEOPLE[:2]))
    zipped(stick / "b.zip", moodle(PEOPLE[1:3]))

    result = course.collect(place.folder, "T01", stick)

    assert result.students == ("amina.d", "wanjiru.k")
    assert result.unusable == ("joao.s",)
    assert "there are 2:" in result.problems[0]


def test_folder_with_the_name_of_two_people_is_named(place, tmp_path):
    people = [Person(f"m{i}", "Maria Silva") for i in (1, 2)] + [Person("ana", "Ana Ruiz")]
    write_roster(place, Roster(tuple(people)))
    files = {f"{who}/{NAME}.ipynb": NOTEBOOK for who in ("Maria Silva", "ana ruiz", "new")}

    result = course.collect(place.folder, "T01", laid_out(tmp_path / "in", files))

    assert (result.students, result.unusable) == (("ana", "new"), ("Maria Silva",))
    assert "'Maria Silva' fits more than one person: m1, m2" in result.problems[0]
    assert "ana ruiz: taken as ana, by name." in result.problems
    assert "new: not in the roster; taken under the folder's name." in result.problems


@pytest.mark.parametrize("name", ["con", "xx:y", "a|b"])
def test_folder_of_an_archive_that_no_disk_may_have_is_named(bare, tmp_path, name):
    files = {f"{name}/{NAME}.ipynb": NOTEBOOK, f"ana/{NAME}.ipynb": NOTEBOOK}
    result = course.collect(bare.folder, "T01", zipped(tmp_path / "z.zip", files))

    assert (result.students, result.unusable) == (("ana",), (name,))


def test_notebook_whose_name_leads_outside_is_unusable_and_many_are_counted(bare, tmp_path):
    names = [f"../s{i}/{NAME}.ipynb" for i in range(30)]
    path = zipped(tmp_path / "z.zip", dict.fromkeys([f"ana/{NAME}.ipynb", *names], NOTEBOOK))

    result = course.collect(bare.folder, "T01", path)

    assert result.students == ("ana",)
    assert names[0] in result.unusable
    assert len(result.problems) == 21
    assert "10 more names in it cannot be used" in result.problems[-1]


def test_bad_entry_costs_its_student_only(bare, tmp_path):
    files = {f"bomb/{NAME}.ipynb": bytes(15 * 2**20), f"ana/{NAME}.ipynb": NOTEBOOK}
    result = course.collect(bare.folder, "T01", zipped(tmp_path / "z.zip", files))

    assert (result.students, result.unusable) == (("ana",), ("bomb",))
    assert "more than 200 times as much" in submission(bare, "bomb").reason


# ------------------------------------------------------------------------------------------ times


def test_collecting_again_keeps_the_time_of_what_did_not_change(bare, tmp_path):
    inbox = laid_out(tmp_path / "in", {f"ana/{NAME}.ipynb": NOTEBOOK})
    course.collect(bare.folder, "T01", inbox)
    first = submission(bare, "ana").submitted_at
    course.collect(bare.folder, "T01", inbox)
    assert submission(bare, "ana").submitted_at == first

    (inbox / "ana" / f"{NAME}.ipynb").write_text(NOTEBOOK + "\n")
    course.collect(bare.folder, "T01", inbox)
    assert submission(bare, "ana").submitted_at > first


def test_time_that_a_person_knows_counts(bare, tmp_path, capsys):
    inbox = laid_out(tmp_path / "in", {f"ana/{NAME}.ipynb": NOTEBOOK})
    command = ["course", "collect", "T01", str(inbox), "--course", str(bare.folder), "--json",
               "--handed-in", "2026-03-01T18:00+03:00"]  # fmt: skip

    assert cli.main(command) == 0
    assert json.loads(capsys.readouterr().out)["students"] == ["ana"]
    assert submission(bare, "ana").submitted_at == datetime(2026, 3, 1, 15, tzinfo=UTC)
    assert read_handed_in(bare, NAME, "ana").time == KNOWN


def test_time_of_a_program_that_knows_none_is_not_believed(place, tmp_path):
    course.collect(place.folder, "T01", zipped(tmp_path / "m.zip", moodle(), (1980, 1, 1, 0, 0, 0)))

    assert read_handed_in(place, NAME, "amina.d").time == AT_THE_LATEST


def test_what_a_killed_run_left_is_cleared_away(bare, tmp_path):
    left = bare.folder / "submitted" / "ana" / f".{NAME}.new-20260301T000000.000000"
    left.mkdir(parents=True)
    course.collect(bare.folder, "T01", laid_out(tmp_path / "in", {f"ana/{NAME}.ipynb": NOTEBOOK}))

    assert [path.name for path in (bare.folder / "submitted" / "ana").iterdir()] == [NAME]


def test_time_in_the_future_is_not_believed(place, tmp_path):
    path = zipped(tmp_path / "m.zip", moodle(), when=(2099, 1, 1, 0, 0, 0))
    course.collect(place.folder, "T01", path)

    assert submission(place, "amina.d").submitted_at <= datetime.now(UTC)
    assert read_handed_in(place, NAME, "amina.d").time == AT_THE_LATEST


def test_timestamp_that_a_person_wrote_is_known(bare, tmp_path):
    course.collect(bare.folder, "T01", laid_out(tmp_path / "in", {f"ana/{NAME}.ipynb": NOTEBOOK}))
    folder = bare.submission_folder("ana", NAME)
    assert read_handed_in(bare, NAME, "ana").time == AT_THE_LATEST

    (folder / "timestamp.txt").write_text("2026-03-01 10:20:30 UTC")
    assert read_handed_in(bare, NAME, "ana").time == KNOWN


def test_submission_is_never_half_written(bare, tmp_path, monkeypatch):
    inbox = laid_out(tmp_path / "in", {f"ana/{NAME}.ipynb": NOTEBOOK})
    course.collect(bare.folder, "T01", inbox)
    (inbox / "ana" / f"{NAME}.ipynb").write_text(NOTEBOOK + "\n")
    (inbox / "ana" / "table.bin").write_text("x")

    from tinymledu.course import collecting

    def fail(path, content):
        if path.name == "timestamp.txt":
            raise OSError(28, "No space left on device")
        real(path, content)

    real = collecting.write_atomic
    monkeypatch.setattr(collecting, "write_atomic", fail)
    with pytest.raises(CourseError, match="No space left on device"):
        course.collect(bare.folder, "T01", inbox)

    student = bare.folder / "submitted" / "ana"
    assert [path.name for path in student.iterdir()] == [NAME]
    assert (student / NAME / f"{NAME}.ipynb").read_text() == NOTEBOOK
