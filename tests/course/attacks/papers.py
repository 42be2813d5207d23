"""Attacks on intake: what is handed in is not what it seems."""

import copy
import json
import os
import socket
import stat
from pathlib import Path
from typing import Any

from small_assignment import NAME, cell, notebook

from attacks.case import HONEST, NO_POINTS, NOT_RUN, WRONG, Attack

FILE = f"{NAME}.ipynb"
SCRIPT = "<script>document.title='came through'</script><img src=x onerror=alert(1)>"


def _cells(raw: dict[str, Any], grade_id: str) -> dict[str, Any]:
    return next(
        c for c in raw["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == grade_id
    )


def honest_text() -> str:
    raw = notebook()
    _cells(raw, "double")["source"] = HONEST
    return json.dumps(raw)


# ------------------------------------------------------------------- a wrong answer, edited papers


def skip_tests(raw):
    for one in raw["cells"]:
        one["metadata"]["tags"] = ["skip-execution", "raises-exception"]


def edit_tests(raw):
    for name in ("doubles_small_numbers", "doubles_any_number"):
        _cells(raw, name)["source"] = "print('passed')"


def delete_tests(raw):
    raw["cells"] = raw["cells"][:4]


def retype_tests(raw):
    for name in ("doubles_small_numbers", "doubles_any_number"):
        _cells(raw, name)["cell_type"] = "markdown"


def add_points(raw):
    for one in raw["cells"]:
        one["metadata"].setdefault("nbgrader", {})["points"] = 10**6


def swap_names(raw):
    answer, test = _cells(raw, "double"), _cells(raw, "doubles_any_number")
    answer["metadata"], test["metadata"] = test["metadata"], answer["metadata"]


def repeat_tests(raw):
    raw["cells"] += [copy.deepcopy(_cells(raw, "doubles_any_number")) for _ in range(50)]


def other_kernel(raw):
    raw["metadata"]["kernelspec"] = {"name": "evil", "argv": ["sh", "-c", "touch /tmp/marker"]}


def claim_a_grade(raw):
    for one in raw["cells"]:
        one["metadata"]["nbgrader"] = one["metadata"].get("nbgrader", {}) | {
            "solution": True,
            "grade": True,
            "points": 85,
            "manual_score": 85,
            "auto_score": 85,
        }


EDITED = [
    ("skipped_tests", "tests that are not run", skip_tests),
    ("edited_tests", "tests that pass", edit_tests),
    ("deleted_tests", "no tests", delete_tests),
    ("retyped_tests", "tests as text", retype_tests),
    ("added_points", "more points for each cell", add_points),
    ("swapped_names", "a test as the answer", swap_names),
    ("repeated_tests", "points many times", repeat_tests),
    ("other_kernel", "a kernel of its own", other_kernel),
    ("claimed_grade", "a grade in the metadata", claim_a_grade),
]

# ------------------------------------------------------------- an honest answer, poisoned papers


def widget_state(raw):
    state = {"state": {"x": {"model_name": "HTMLModel", "state": {"value": SCRIPT}}}}
    raw["metadata"]["widgets"] = {"application/vnd.jupyter.widget-state+json": state}


def attachments(raw):
    raw["cells"][0]["attachments"] = {"a.svg": {"image/svg+xml": SCRIPT}}
    raw["cells"][0]["source"] = f"![a](attachment:a.svg){SCRIPT}"


def active_outputs(raw):
    data = {"text/html": SCRIPT, "application/javascript": "alert(1)", "image/svg+xml": SCRIPT}
    raw["cells"][1]["outputs"] = [{"output_type": "display_data", "data": data, "metadata": {}}]


def active_essay(raw):
    raw["cells"][6]["source"] = SCRIPT + "[x](javascript:alert(1))"


def surrogate_essay(raw):
    raw["cells"][6]["source"] = "\ud800\x00\x1b[2J"


def odd_metadata(raw):
    raw["metadata"] = [float("nan"), float("inf"), -0.0]
    raw["cells"].append(None)
    raw["cells"].append({"cell_type": "code", "metadata": [], "source": {"a": 1}})


def repeated_answer(raw):
    raw["cells"].append(cell("code", WRONG, "double", locked=False, solution=True))


POISONED = [
    ("widget_state", "script in a widget", widget_state),
    ("attachments", "script in an attachment", attachments),
    ("active_outputs", "script in an output", active_outputs),
    ("active_essay", "script in the text a person reads", active_essay),
    ("surrogate_essay", "text that cannot be stored", surrogate_essay),
    ("odd_metadata", "metadata that is none", odd_metadata),
    ("repeated_answer", "two answers, to choose from", repeated_answer),
]

# --------------------------------------------------------------------------------- no notebook


def bytes_of(content):
    return lambda folder: (folder / FILE).write_bytes(content() if callable(content) else content)


def sparse(folder):
    with (folder / FILE).open("wb") as file:
        file.truncate(60_000_000)


def link_to_gradebook(folder):
    (folder / FILE).symlink_to(folder.parents[2] / "gradebook.db")


def link_to_zero(folder):
    (folder / FILE).symlink_to("/dev/zero")


def link_folder(folder):
    folder.rmdir()
    folder.symlink_to(folder.parents[2] / "lecturer" / NAME)


def hard_link(folder):
    os.link(folder.parents[2] / "lecturer" / NAME / "checks.py", folder / FILE)


def named_pipe(folder):
    os.mkfifo(folder / FILE)


def unix_socket(folder):
    here = Path.cwd()
    os.chdir(folder)  # a socket's path may have 107 bytes
    try:
        with socket.socket(socket.AF_UNIX) as one:
            one.bind(FILE)
    finally:
        os.chdir(here)


def device(folder):
    if os.geteuid() == 0:
        os.mknod(folder / FILE, 0o666 | stat.S_IFCHR, os.makedev(1, 5))  # /dev/zero
    else:
        (folder / FILE).mkdir()


def a_folder(folder):
    (folder / FILE).mkdir()


def odd_names(folder):
    for name in ("\u202egpj.ipynb", "a\nb.ipynb", "-rf", "\x1b[2J", "..."):
        (folder / name).write_text("{}")


def many_cells():
    return json.dumps(notebook() | {"cells": [cell("code", "1")] * 5_000}).encode()


UNREADABLE = [
    ("sparse_60_mb", "60 MB of nothing", sparse, "at most 16.0 MiB"),
    ("deep_json", "100,000 levels", bytes_of(b"[" * 100_000 + b"]" * 100_000), "too deeply"),
    (
        "deep_metadata",
        "levels in a notebook",
        bytes_of(b'{"cells": [], "metadata": ' + b'{"a":' * 50_000 + b"1" + b"}" * 50_001),
        "too deeply",
    ),
    (
        "bracket_bomb",
        "1 GB from 16 MB",
        bytes_of(lambda: b'{"cells": [' + b"[]," * 5_000_000 + b"1]}"),
        "brackets",
    ),
    (
        "endless_number",
        "a number without end",
        bytes_of(b'{"cells": [' + b"9" * 100_000 + b"]}"),
        "number without end",
    ),
    ("not_json", "a crash", bytes_of(bytes(range(256)) * 100), "not a notebook"),
    ("empty", "a crash", bytes_of(b""), "no JSON"),
    ("list", "a crash", bytes_of(b"[]"), "no list of cells"),
    (
        "cells_that_are_none",
        "a crash",
        bytes_of(b'{"cells": [null, 1, "a", [[]], {"metadata": 3}]}'),
        "name of an answer",
    ),
    ("many_cells", "time", bytes_of(many_cells), "5,000 cells"),
    (
        "pickle_file",
        "to be loaded",
        bytes_of(b"\x80\x04cos\nsystem\n(S'touch /tmp/marker'\ntR."),
        "not a notebook",
    ),
    ("link_to_gradebook", "the gradebook in the feedback", link_to_gradebook, "is a link"),
    ("link_to_zero", "a file without end", link_to_zero, "is a link"),
    ("link_folder", "the lecturer's folder as its own", link_folder, "is a link"),
    ("hard_link", "the hidden tests in the feedback", hard_link, "not a notebook"),
    ("named_pipe", "patience", named_pipe, "not a regular file"),
    ("unix_socket", "a crash", unix_socket, "not a regular file"),
    ("device", "a file without end", device, "not a regular file"),
    ("a_folder", "a crash", a_folder, "not a regular file"),
    ("odd_names", "names that clear the terminal", odd_names, "There is no file"),
]

# ------------------------------------------------------------------- an honest notebook, beside it


def beside(name, make):
    def hand_in(folder):
        (folder / FILE).write_text(honest_text())
        make(folder / name)

    return hand_in


BESIDE = [
    (
        "linked_table",
        "the hidden tests as an accepted file",
        beside(
            "table.bin",
            lambda path: path.symlink_to(path.parents[3] / "lecturer" / NAME / "checks.py"),
        ),
    ),
    ("table_pipe", "patience", beside("table.bin", os.mkfifo)),
    ("large_table", "space", beside("table.bin", lambda path: path.write_bytes(bytes(101)))),
    (
        "other_checks",
        "checks of its own",
        beside("checks.py", lambda path: path.write_text("1 / 0")),
    ),
    ("time_pipe", "patience", beside("timestamp.txt", os.mkfifo)),
    (
        "no_time",
        "a time that is none",
        beside("timestamp.txt", lambda path: path.write_text("9999-12-31 23:59:59 -23:59")),
    ),
    (
        "time_bomb",
        "a time without end",
        beside("timestamp.txt", lambda path: path.write_bytes(bytes(10**6))),
    ),
]

NAMES = [
    ("name_markup", "script in a name", "<img src=x onerror=alert(1)>"),
    ("name_reversed", "another's name, read backwards", "ana\u202e\u2066nib"),
    ("name_shell", "a command in a name", "$(touch marker); `id`"),
    ("name_option", "an option", "-rf"),
    ("name_formula", "a formula in the grades", "=1+cmd|' "),
    ("name_template", "a template in the feedback", "{{ 7 * 7 }}{% raw %}"),
    ("name_sql", "the gradebook's tables", "'); DROP TABLE grade; --"),
    ("name_long", "a path too long", "n" * 200),
]

ATTACKS = (
    *(Attack(n, t, WRONG, (0,), NO_POINTS, change=change) for n, t, change in EDITED),
    *(Attack(n, t, change=change) for n, t, change in POISONED),
    *(
        Attack(n, t, points=(None,), verdicts=NOT_RUN, says=s, hand_in=h)
        for n, t, h, s in UNREADABLE
    ),
    *(Attack(n, t, hand_in=hand_in) for n, t, hand_in in BESIDE),
    *(Attack(n, t, student=student) for n, t, student in NAMES),
    Attack(
        "long_answer",
        "an answer of 200,000 characters",
        HONEST + "#" * 200_000,
        points=(0,),
        verdicts=NO_POINTS,
    ),
    Attack("lone_surrogate", "a source that cannot be stored", f"{HONEST}x = '\ud800'"),
    Attack("null_bytes", "a source that cannot be compiled", f"{HONEST}\x00", (0,), NO_POINTS),
)
