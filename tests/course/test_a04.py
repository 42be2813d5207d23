"""A04 "Data at home": its points, its own arithmetic by hand, and other right answers."""

import numpy as np
import one_assignment
import pytest

from tinymledu.course.checks import StudentError
from tinymledu.course.home import NotebookStudent

a04 = one_assignment.fixture_of("A04")


def test_the_worked_values_are_those_of_the_reference(a04):
    reference = a04.right
    card = {"place": "TODO: ", "dates": "May 2026", "counts": [40, None]}
    fields = ["place", "dates", "counts", "licence"]
    greys = [np.full((4, 4, 3), level, np.uint8) for level in (0, 20, 200, 220, 100, 120)]
    (row,) = reference["shift_report"]([1] * 95 + [0] * 5, [1] * 100, ["field"] * 100)

    assert reference["unanswered"](card, fields) == ["place", "counts", "licence"]
    assert reference["probe"](np.stack(greys[:4]), [0, 0, 1, 1], np.stack(greys[4:])).tolist() == [
        0,
        1,
    ]
    assert (row["accuracy"], row["constant"], row["useful"]) == (0.95, 0.95, False)


def test_the_worked_split_never_parts_1_and_2(a04):
    reference = a04.right
    pictures = np.arange(6 * 12, dtype=np.uint8).reshape(6, 2, 2, 3)
    pictures[2] = pictures[1]

    tested = {tuple(reference["split"](pictures, [1, 1, 2, 2, 3, 3], s)[1]) for s in range(10)}

    assert tested == {(0, 1, 2, 3), (4, 5)}


def split_by_search(pictures, groups, seed):
    """Walks from group to group over shared pictures; tests the smallest pieces first."""
    groups = np.asarray(groups)
    content = np.array([hash(picture.tobytes()) for picture in pictures])
    open_groups, pieces = set(groups.tolist()), []
    while open_groups:
        piece, todo = set(), [min(open_groups)]
        while todo:
            group = todo.pop()
            if group not in piece:
                piece.add(group)
                todo += groups[np.isin(content, content[groups == group])].tolist()
        open_groups -= piece
        pieces.append(piece)
    order = np.random.default_rng(seed).permutation(len(pieces))
    test = np.zeros(len(groups), bool)
    for place in order:
        member = np.isin(groups, list(pieces[place]))
        if (test | member).mean() <= 0.3:
            test |= member
    return np.flatnonzero(~test).tolist(), np.flatnonzero(test).tolist()


def probe_by_loops(train, labels, test):
    def eight(picture):
        h, w = len(picture), len(picture[0])
        places = [(r, c) for r in (0, h // 2, h - 1) for c in (0, w // 2, w - 1)]
        places.remove((h // 2, w // 2))
        return [float(value) for r, c in places for value in picture[r][c]]

    known = {}
    for picture, label in zip(train, labels, strict=True):
        known.setdefault(int(label), []).append(eight(picture))
    means = {label: np.mean(rows, axis=0) for label, rows in known.items()}
    return [
        min(
            sorted(means), key=lambda k: sum((a - b) ** 2 for a, b in zip(means[k], e, strict=True))
        )
        for e in map(eight, test)
    ]


@pytest.mark.parametrize(
    "other", [{"split": split_by_search}, {"probe": probe_by_loops}], ids=["search", "loops"]
)
def test_other_right_answers_pass_every_check(a04, other):
    assert a04.refused_by({**a04.right, **other}) == set()


def test_border_by_hand(a04):
    picture = np.arange(20).reshape(1, 4, 5, 1).repeat(3, axis=3).astype(np.uint8)

    # 4 x 5, row by row: rows 0, 2, 3 and columns 0, 2, 4; row 2 column 2 is left out.
    assert a04.helpers["border"](picture)[0, ::3].tolist() == [0, 2, 4, 10, 14, 15, 17, 19]


def test_report_by_hand(a04):
    # Wilson for 3 of 4: (0.75 + z²/8 ± z·sqrt(0.75·0.25/4 + z²/64)) / (1 + z²/4), z = 1.96.
    (worst, best) = a04.helpers["expected_report"]([0, 0, 1, 1, 1], [1, 0, 1, 1, 1], list("aaaab"))

    assert worst[:3] == ("a", 4, 0.75)
    assert worst[3:5] == (pytest.approx(0.3006, abs=1e-4), pytest.approx(0.9544, abs=1e-4))
    assert worst[5:] == (0.5, False)
    assert best[:3] == ("b", 1, 1.0)


def test_feedback_says_which_groups_and_copies(a04):
    groups, pictures = np.array([4, 4, 7, 7]), np.zeros((4, 2, 2, 3), np.uint8)
    sides = [np.array([0, 2]), np.array([1, 3])]

    with pytest.raises(StudentError, match=r"groups in train and in test: expected 'none', got \["):
        a04.helpers["expect_no_shared_group"](sides, groups)
    with pytest.raises(StudentError, match=r"equal pictures .* got \[\(2, 1\)"):
        a04.helpers["expect_no_copy"](sides, pictures)


def test_feedback_says_which_key_of_which_place(a04):
    student = NotebookStudent({"shift_report": lambda *_: [{"place": "x", "n": 2}]})

    with pytest.raises(StudentError, match=r"keys missing from a row.*'accuracy'"):
        a04.helpers["expect_report"](student, [0, 1], [0, 1], ["x", "x"])
