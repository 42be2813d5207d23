"""The map of the course points to sections, tests and misconceptions that exist."""

import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "scripts"))

import curriculum_map  # noqa: E402  needs the line above
from curriculum import lessons  # noqa: E402


def test_every_pointer_leads_somewhere():
    assert curriculum_map.problems() == []


def test_each_kind_of_pointer_can_be_wrong(monkeypatch):
    wrong = curriculum_map.Mapped(
        lesson="01",
        cs2023=("Magic",),
        abet=(8,),
        skills=(),
        objectives=(
            curriculum_map.Objective("sing", (99,), "check 99", "the board is made of cheese"),
        ),
    )
    monkeypatch.setattr(curriculum_map, "mapped", lambda: {"01": wrong, "77": wrong})

    said = "\n".join(curriculum_map.problems())

    for useful in (
        "77: there is no such lesson",
        "02: it has no row in the map",
        "1 objectives in the map, 5 in the lesson",
        "'Magic' is no knowledge area",
        "8 is no outcome",
        "the map says 'sing'",
        "no section 99",
        "nothing is called 'check 99'",
        "no misconception is 'the board is made of cheese'",
    ):
        assert useful in said


def test_hidden_checks_are_not_on_a_page_that_students_read():
    checks = curriculum_map.public_checks("A01")

    assert "beats_the_mean_picture" in checks
    assert "is_right_in_75_of_100_new_drawings" not in checks


def test_headings_are_those_of_the_notebook_without_their_marks():
    (first,) = [lesson for lesson in lessons() if lesson.number == "01"]

    assert curriculum_map.headings(first)[1] == "Look at the data first"
    assert curriculum_map.headings(first)[4] == '"A large number of pictures": how large?'


def test_the_page_has_every_objective_of_a_mapped_lesson():
    page = curriculum_map.map_page()

    rows = [line for line in page.splitlines() if line.startswith("| *")]
    assert len(rows) == sum(len(row.objectives) for row in curriculum_map.mapped().values())
    assert "| DM, Data Management | 04 |" in page
