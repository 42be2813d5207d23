"""What a person is shown of a submission runs nothing and asks nobody: in a real browser."""

import dataclasses

import pytest
from browser import browser, find
from made_report import ANY, NOW, SMALL, raised, report_of, result
from payloads import JS, LEAK, LEAKS, LIVE, TEXTS, named
from small_assignment import NAME, fresh_course, hand_in

from tinymledu import course
from tinymledu.course import class_report, feedback, publishing
from tinymledu.course.analysis import analyse
from tinymledu.course.grades import PersonGrade, StudentGrade
from tinymledu.course.intake import Submission
from tinymledu.course.verdict import Verdict

PER_PAGE = 5
HARMLESS = "def double(x):\n    return 2 * x"


@pytest.fixture(scope="module")
def chromium(tmp_path_factory):
    program = find()
    if program is None:
        pytest.skip("chromium is not installed: sudo apt install chromium")
    with browser(program, tmp_path_factory.mktemp("profile")) as started:
        yield started


@pytest.fixture(scope="module")
def hostile_course(tmp_path_factory):
    """Each text in messages, names and notes, and the same again, so that it is quoted."""
    place = fresh_course(tmp_path_factory.mktemp("c") / "c")
    grades = []
    for number in range(0, len(TEXTS), PER_PAGE):
        texts = TEXTS[number : number + PER_PAGE]
        for half in "ab":
            name = file_name(f"{number}{half}{texts[0]}")
            grades.append(grade_of(name, *texts))
    publishing.keep(place, report_of(*grades), NOW)
    return place


def file_name(text):
    """As much of a text as a folder's name can hold."""
    clean = text.replace("/", "\u2215").replace("\0", "")
    return clean.encode()[:200].decode(errors="ignore").strip(" .") or "x"


def grade_of(name, *texts):
    """Every text in every place that a page has for a student's words."""
    checks = tuple(
        dataclasses.replace(one, name=f"{one.name}{number}", title=f"title {text}")
        for number, text in enumerate(texts)
        for one in (
            result(SMALL, passed=False, message=text),
            result(ANY, passed=False, message=text),
        )
    )
    trouble = tuple(raised(text, cell) for text in texts for cell in ("double", text[:60]))
    submission = Submission(name, notes=texts, essays={"why": texts[0]})
    return StudentGrade(submission, 0, Verdict.RAISED, texts[0], checks, trouble)


def write(folder, html):
    path = folder / "page.html"
    path.write_text(html, encoding="utf-8")
    return path.as_uri()


def page_of(texts):
    """The texts as HTML, one after the other; each may leave something open behind it."""
    body = "</table></noscript></style>-->".join(named(name, text) for name, text in texts)
    return f"<!doctype html><meta charset=utf-8><body>{body}</body>"


# ------------------------------------------------------------------------ the detection itself


def chunks(texts, n=8):
    entries = list(texts.items())
    return [entries[i : i + n] for i in range(0, len(entries), n)]


@pytest.mark.parametrize("texts", chunks(LIVE), ids=lambda texts: texts[0][0])
def test_payloads_run_where_nothing_stops_them(chromium, tmp_path, texts):
    done = chromium.visit(write(tmp_path, page_of(texts)))

    assert {f"RAN-{name}" for name, _ in texts} <= set(done.ran)


@pytest.mark.parametrize("texts", chunks(LEAKS), ids=lambda texts: texts[0][0])
def test_payloads_ask_the_network_where_nothing_stops_them(chromium, tmp_path, texts):
    asked = " ".join(chromium.visit(write(tmp_path, page_of(texts))).requests)

    assert [name for name, _ in texts if f"{LEAK}{name}" not in asked] == []


def test_policy_of_our_pages_alone_stops_scripts_and_requests(chromium, tmp_path):
    html = feedback.page(
        fresh_course(tmp_path / "c").assignment("T01"), grade_of("ana", "PLACE"), NOW
    )
    done = chromium.visit(
        write(tmp_path, html.replace("PLACE", "\n".join((LIVE | LEAKS).values())))
    )
    unprotected = chromium.visit(write(tmp_path, html.replace("PLACE", f"<script>{JS}</script>")),
                                 keep_policy=False)  # fmt: skip

    assert (done.ran, done.requests) == ([], [])
    assert unprotected.ran


# -------------------------------------------------------------------------------- our own pages


def is_quiet(chromium, path):
    """Nothing runs and nothing is asked for, with the page's policy and without it."""
    for keep_policy in (True, False):
        done = chromium.visit(path.as_uri(), keep_policy=keep_policy)
        assert (done.ran, done.requests) == ([], []), f"{path}, policy kept: {keep_policy}"
    return done


def test_feedback_pages_run_nothing(chromium, hostile_course):
    pages = course.publish(hostile_course.folder, "T01")

    for path in pages[::2]:
        done = chromium.visit(path.as_uri(), keep_policy=False)
        assert (done.ran, done.requests) == ([], []), path.name
        assert "0 of 85 points" in done.text


def test_comments_of_persons_run_nothing(chromium, hostile_course, tmp_path):
    person = PersonGrade(points=1, total=1, comments={text[:40]: text for text in TEXTS})
    html = feedback.page(hostile_course.assignment("T01"), grade_of("ana", "x"), NOW, person=person)
    write(tmp_path, html)

    assert "<script>" in is_quiet(chromium, tmp_path / "page.html").text


def test_class_report_runs_nothing(chromium, hostile_course, tmp_path):
    graded, _ = publishing.last_report(hostile_course, NAME)
    sites = {one.student: TEXTS[i // 6] for i, one in enumerate(graded.students)}
    found = analyse(graded, {}, sites)
    html = class_report.page(
        hostile_course.assignment("T01"), found, NOW, n_roster=9, knows_sites=True
    )
    write(tmp_path, html)
    shown = is_quiet(chromium, tmp_path / "page.html").text

    assert len(found.sites) > 3
    assert "<script>" in shown  # as text


def test_page_of_shared_passages_runs_nothing(chromium, tmp_path):
    place = fresh_course(tmp_path / "c")
    for number, text in enumerate(TEXTS):
        code = "\n".join(f"x{i} = [a ** {i} for a in b if a - c] + d[{i}]" * 3 for i in range(9))
        for half in "ab":
            name = file_name(f"{number}{half}{text}")
            hand_in(place, name, f'{"y + " * number}"""\n{text}\n"""\n{code}\n{text}\n{HARMLESS}')
    path, pairs = course.similar(place.folder, "T01")

    assert pairs
    is_quiet(chromium, path)
