"""nbgrader's formgrader over a course that we graded: a real server and a real browser."""

import json
from pathlib import Path

import nbformat
import nbgrader
import pytest
from browser import browser, find
from formgrader import formgrader
from made_report import ANY, SMALL, raised, report_of, result
from nbconvert.exporters import HTMLExporter
from payloads import JS, LEAK, TEXTS
from small_assignment import NAME, fresh_course, hand_in
from traitlets.config import Config

from tinymledu.course import grading
from tinymledu.course.grades import StudentGrade
from tinymledu.course.intake import read_submission
from tinymledu.course.verdict import Verdict

pytestmark = pytest.mark.slow  # a server, a browser and nbgrader's own page: most of a minute

HTML_NAME = f'zoe<img src=x onerror="{JS}">'
PER_STUDENT = 12


def enter(place, name, texts):
    """Hand in the texts as code and as a text to read, and store a grade that quotes them."""
    code = "\n".join(f'"""\n{text}\n"""\n{text}' for text in texts)
    hand_in(place, name, code, essay="\n\n".join(texts))
    assignment = place.assignment(NAME)
    submission = read_submission(assignment, place.submission_folder(name, NAME), name)
    said = "\n".join(texts)
    checks = tuple(result(one, passed=False, message=said, visible=True) for one in (SMALL, ANY))
    return StudentGrade(submission, 0, Verdict.RAISED, said, checks, (raised(said),))


def graded_by_others(place):
    """A graded notebook as plain nbgrader leaves it: everything that was handed in is there."""
    folder = place.folder / "autograded" / "s00" / NAME
    path = folder / f"{NAME}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    live = f"<script>{JS}</script><img src='{LEAK}a' onerror=\"{JS}\">"
    kinds = (
        "text/html", "application/javascript", "image/svg+xml", "text/markdown", "text/latex",
        "application/vnd.jupyter.widget-view+json", "text/vnd.mermaid", "application/pdf",
    )  # fmt: skip
    shown = [nbformat.v4.new_output("display_data", {kind: live}) for kind in kinds]
    shown[1].data["application/javascript"] = JS
    shown[5].data[kinds[5]] = {"model_id": live}
    shown += [
        nbformat.v4.new_output("display_data", {"image/svg+xml": f'<svg onload="{JS}"></svg>'}),
        nbformat.v4.new_output("display_data", {"image/png": f'x"><script>{JS}</script>'}),
        nbformat.v4.new_output("display_data", {"text/plain": live, "text/html": live}),
        nbformat.v4.new_output("stream", name="stdout", text=live),
        nbformat.v4.new_output("error", ename=live, evalue=live, traceback=[live]),
    ]
    for cell in notebook.cells:
        cell.metadata["tags"] = [live]
        if cell.cell_type == "code":
            cell.outputs = shown
        else:
            cell.source = "\n\n".join([f"**bold** [link](javascript:{JS})", *TEXTS])
            cell.attachments = {"a.png": {f'image/png"><script>{JS}</script>': "eA=="}}
    notebook.metadata["title"] = live
    notebook.metadata["widgets"] = {
        "application/vnd.jupyter.widget-state+json": {"state": {"x": f"</script>{live}"}}
    }
    path.write_text(nbformat.writes(notebook))


@pytest.fixture(scope="module")
def chromium(tmp_path_factory):
    program = find()
    if program is None:
        pytest.skip("chromium is not installed: sudo apt install chromium")
    with browser(program, tmp_path_factory.mktemp("profile")) as started:
        yield started


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    place = fresh_course(tmp_path_factory.mktemp("c") / "c")
    path = place.folder / "lecturer" / NAME / f"{NAME}.ipynb"
    lecturers = json.loads(path.read_text())
    lecturers["cells"][0]["source"] += "\n\nThe double of $x$ is $$y = 2 x^{2 - 1}$$"
    path.write_text(json.dumps(lecturers))
    grades = [
        enter(place, f"s{i // PER_STUDENT:02}", TEXTS[i : i + PER_STUDENT])
        for i in range(0, len(TEXTS), PER_STUDENT)
    ]
    grades.append(enter(place, HTML_NAME, TEXTS[:3]))
    grading.store(place, grading.prepare_for(place, NAME), report_of(*grades))
    graded_by_others(place)
    return place


LINKS = "JSON.stringify([...document.querySelectorAll('a[href*=submissions]')].map(a => a.href))"
LOADED = "typeof models === 'object' && models.loaded"  # formgrader's own variable
FORMULAS = "document.querySelectorAll('#notebook .MathJax').length"  # typeset by MathJax
BOLD = "document.querySelectorAll('#notebook strong').length"


def test_same_notebook_runs_scripts_in_formgrader_as_nbgrader_ships_it(graded, chromium, tmp_path):
    templates = Path(nbgrader.__file__).parent / "server_extensions" / "formgrader" / "templates"
    config = Config()
    config.HTMLExporter.template_name = "formgrade"
    config.HTMLExporter.extra_template_basedirs = [str(templates)]
    notebook = graded.folder / "autograded" / "s00" / NAME / f"{NAME}.ipynb"
    resources = {"index": 0, "total": 1, "base_url": "", "student": HTML_NAME}
    shown, _ = HTMLExporter(config=config).from_filename(str(notebook), resources=resources)
    page = tmp_path / "page.html"
    page.write_text(shown)
    done = chromium.visit(page.as_uri(), touch=None)

    assert len(done.ran) > 20
    assert any(one.startswith(LEAK) for one in done.requests)
    assert any("mathjax" in one.lower() for one in done.requests)


# Overviews are looked at only: a click on "autograde" would run what students wrote.
def test_formgrader_runs_nothing_and_asks_nobody_else(graded, chromium, tmp_path):
    with formgrader(graded.folder, tmp_path) as url:
        listed = chromium.visit(
            f"{url}formgrader/gradebook/{NAME}/{NAME}", touch=None, ready=LOADED, ask=[LINKS]
        )
        links = sorted(set(json.loads(listed.values[0])))
        overviews = [
            chromium.visit(f"{url}formgrader/{page}", touch=None, ready=LOADED)
            for page in ("manage_students", f"manage_submissions/{NAME}", "gradebook")
        ]
        pages = [
            chromium.visit(f"{link}/", touch="#notebook, nav", ask=[BOLD], keep_policy=False)
            for link in links
        ]
        typeset = chromium.visit(
            f"{links[0]}/", touch="#notebook, nav", ready=f"{FORMULAS} > 1", ask=[FORMULAS]
        )

    assert len(links) == len(TEXTS) // PER_STUDENT + 2
    for page in (listed, *overviews, *pages, typeset):
        assert page.ran == []
        assert [one for one in page.requests if not one.startswith(url)] == []
    assert sum(HTML_NAME in page.text for page in overviews) >= 1
    assert all("Student's answer" in page.text for page in pages)
    assert max(page.values[0] for page in pages) > 0  # Markdown is still Markdown
