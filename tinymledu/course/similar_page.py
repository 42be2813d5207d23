"""The page of shared passages: for the lecturer alone, with names, and apart from all feedback."""

import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tinymledu.course import pages
from tinymledu.course.assignment import Assignment
from tinymledu.course.intake import read_submission
from tinymledu.course.layout import Course, open_course
from tinymledu.course.notebook import Role
from tinymledu.course.similarity import (
    COMMON_TO,
    GUARANTEE_TOKENS,
    MAX_WITH_SPANS,
    MIN_RARITY,
    MIN_SHARE,
    NOISE_TOKENS,
    Pair,
    Span,
    same_throughout,
    similar_pairs,
)
from tinymledu.errors import CourseError
from tinymledu.files import write_atomic

_CONTEXT_LINES = 2
_MAX_CHARS = 20_000  # of one side of a pair

Answers = dict[str, dict[str, str]]  # by student, then by cell


def similar(course: str | Path, assignment: str) -> tuple[Path, tuple[Pair, ...]]:
    """Write teacher/ASSIGNMENT-similar.html, which only its owner can read.

    Nothing is run, and nothing of it reaches grades or feedback.

    Raises:
        CourseError: nothing was handed in, or the page cannot be written.
    """
    place = open_course(course)
    found = place.assignment(assignment)
    answers = _answers(place, found)
    if not answers:
        raise CourseError(
            f"There are no answers in {found.name} to compare. "
            f"Take submissions in with: tinymledu course collect {found.name} FOLDER"
        )
    given = [cell.source for cell in found.released_cells if cell.role is not Role.TEXT]
    pairs = similar_pairs(answers, given)
    groups = same_throughout(answers, given)
    path = page_path(place, found.name)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_atomic(path, page(found, answers, pairs, groups).encode(), mode=0o600)
    except OSError as error:
        raise CourseError(
            f"{error.filename or path} cannot be written: {error.strerror}. "
            "Make the course folder writable, or free some space, and run this again."
        ) from None
    return path, pairs


def page_path(course: Course, assignment: str) -> Path:
    """Where the page lies: beside nothing that students are given."""
    return course.folder / "teacher" / f"{assignment}-similar.html"


def _answers(course: Course, assignment: Assignment) -> Answers:
    """What each student wrote; cells that were left as handed out are left out."""
    found: Answers = {}
    for student in course.students(assignment.name):
        folder = course.submission_folder(student, assignment.name)
        written = read_submission(assignment, folder, student).answers
        own = {
            name: written[name]
            for name in assignment.answer_ids
            if written.get(name, "").strip() not in ("", assignment.stubs[name].strip())
        }
        if own:
            found[student] = own
    return found


def page(
    assignment: Assignment,
    answers: Answers,
    pairs: Sequence[Pair],
    groups: Sequence[Sequence[str]],
) -> str:
    """The page as HTML."""
    shown = pairs[:MAX_WITH_SPANS]
    return pages.render(
        "similar.html.j2",
        assignment=assignment,
        n_students=len(answers),
        n_pairs=len(pairs),
        pairs=shown,
        groups=groups,
        sides=[
            [
                list(passages(answers[student], spans))
                for student, spans in zip((pair.first, pair.second), pair.spans, strict=True)
            ]
            for pair in shown
        ],
        noise_tokens=NOISE_TOKENS,
        guarantee_tokens=GUARANTEE_TOKENS,
        min_rarity=MIN_RARITY,
        min_share=MIN_SHARE,
        common_to=COMMON_TO,
    )


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a cell. `labels` name the shared rows it belongs to; '' where it is not."""

    text: str
    labels: str


@dataclass(frozen=True, slots=True)
class Passage:
    """Some lines of a cell around what is shared; `line` is the first one's number."""

    cell: str
    line: int
    pieces: tuple[Piece, ...]


def passages(cells: dict[str, str], spans: Sequence[Span]) -> Iterator[Passage]:
    """The shared spans with the lines around them, in the order of the cells."""
    left = _MAX_CHARS
    for name, source in cells.items():
        starts = [0, *(i + 1 for i, sign in enumerate(source) if sign == "\n"), len(source) + 1]
        for group in _near(starts, [span for span in spans if span.cell == name]):
            first, last = _lines_around(starts, group)
            begin, end = starts[first], min(starts[last + 1] - 1, starts[first] + left)
            left -= end - begin
            if end > begin:
                yield Passage(name, first + 1, tuple(_pieces(source, begin, end, group)))


def _line_of(starts: Sequence[int], place: int) -> int:
    return bisect.bisect_right(starts, place) - 1


def _lines_around(starts: Sequence[int], spans: Sequence[Span]) -> tuple[int, int]:
    first = max(_line_of(starts, spans[0].start) - _CONTEXT_LINES, 0)
    last = min(_line_of(starts, spans[-1].end - 1) + _CONTEXT_LINES, len(starts) - 2)
    return first, last


def _near(starts: Sequence[int], spans: Sequence[Span]) -> list[list[Span]]:
    """Spans in groups whose lines around them touch."""
    groups: list[list[Span]] = []
    for span in spans:
        if groups and _lines_around(starts, [span])[0] <= _lines_around(starts, groups[-1])[1] + 1:
            groups[-1].append(span)
        else:
            groups.append([span])
    return groups


def _pieces(source: str, begin: int, end: int, spans: Sequence[Span]) -> Iterator[Piece]:
    here = begin
    for span in spans:
        start, stop = min(span.start, end), min(span.end, end)
        yield Piece(source[here:start], "")
        yield Piece(source[start:stop], ", ".join(map(str, span.labels)))
        here = stop
    yield Piece(source[here:end], "")
