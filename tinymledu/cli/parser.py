"""All verbs, their arguments and help texts."""

import argparse
import importlib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from tinymledu.boards.exports.kinds import KIND_NAMES

Verb = Callable[[argparse.Namespace], int]
Subparsers = "argparse._SubParsersAction[argparse.ArgumentParser]"


def _lazy(module: str, function: str) -> Verb:
    """A verb whose module is imported when it runs, so that --help is quick."""

    def run(options: argparse.Namespace) -> int:
        verb: Verb = getattr(importlib.import_module(f"tinymledu.cli.{module}"), function)
        return verb(options)

    return run


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="tinymledu",
        description="A TinyML course that runs offline: train, shrink, deploy, grade.",
        epilog="Exit codes: 0 done, 1 your input, 2 usage, 3 a tool is missing, "
        "4 done but some submissions need a human.",
    )
    verbs = parser.add_subparsers(metavar="VERB", required=True)
    _start_verbs(verbs)
    _data_verbs(verbs)
    _board_verbs(verbs)
    _model_verbs(verbs)
    _course_verbs(verbs)
    return parser


def _add(verbs: Subparsers, name: str, verb: Verb, summary: str) -> argparse.ArgumentParser:  # type: ignore[valid-type]  # argparse's class is private
    parser: argparse.ArgumentParser = verbs.add_parser(name, help=summary, description=summary)  # type: ignore[attr-defined]
    parser.set_defaults(verb=verb)
    return parser


def _json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print one JSON object, nothing else")


def _start_verbs(verbs: Subparsers) -> None:  # type: ignore[valid-type]
    demo = _add(verbs, "demo", _lazy("start", "demo"), "the whole story in a few minutes")
    demo.add_argument(
        "--data",
        type=Path,
        metavar="PATH",
        help="folder or zip with PetImages/Cat and PetImages/Dog: photographs, not drawings",
    )
    demo.add_argument("--out", type=Path, default=Path("demo"), help="folder for the report")
    doctor = _add(verbs, "doctor", _lazy("start", "doctor"), "what is here, what is missing")
    _json(doctor)
    lab = _add(verbs, "lab", _lazy("start", "lab"), "open the lessons in JupyterLab")
    lab.add_argument("--folder", type=Path, default=Path("tinyml-lessons"), help="your copy")
    lab.add_argument("--language", default="", help="of lessons and checks: fr or pt, as drafts")
    lab.add_argument("--no-browser", action="store_true", help="print the address only")


def _data_verbs(verbs: Subparsers) -> None:  # type: ignore[valid-type]
    datasets = _add(verbs, "datasets", _lazy("data", "dataset_list"), "list, show, fetch")
    actions = datasets.add_subparsers(metavar="ACTION", required=True)
    _json(_add(actions, "list", _lazy("data", "dataset_list"), "the known datasets"))
    show = _add(actions, "show", _lazy("data", "dataset_show"), "the card of one dataset")
    show.add_argument("name")
    _json(show)
    fetch = _add(actions, "fetch", _lazy("data", "dataset_fetch"), "bring a public dataset")
    fetch.add_argument("name")
    fetch.add_argument("--from", dest="source_file", type=Path, help="a file you already have")

    models = _add(verbs, "models", _lazy("data", "model_list"), "list, fetch")
    actions = models.add_subparsers(metavar="ACTION", required=True)
    _json(_add(actions, "list", _lazy("data", "model_list"), "the models and their weights"))
    fetch = _add(actions, "fetch", _lazy("data", "model_fetch"), "bring trained weights")
    fetch.add_argument("name")
    fetch.add_argument("--from", dest="source_file", type=Path, help="a file you already have")


def _optimise(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--optimise",
        choices=("speed", "size"),
        default="speed",
        help="fewest cycles (default) or least flash",
    )


def _board_verbs(verbs: Subparsers) -> None:  # type: ignore[valid-type]
    boards = _add(verbs, "boards", _lazy("model", "boards"), "the boards, and those plugged in")
    boards.add_argument(
        "--self-test",
        nargs="?",
        const="all",
        metavar="NAME",
        help="run a small model with known answers on one board, or on all that run here",
    )
    boards.add_argument("--port", help="with --self-test NAME: ask the real board at this port")
    _json(boards)
    flash = _add(verbs, "flash", _lazy("board", "flash"), "put a model on a real board")
    flash.add_argument("--port", help="default: the one board of that kind that is plugged in")
    flash.add_argument("--out", type=Path, default=Path("firmware-out"), help="for the sketch")
    _optimise(flash)
    _json(flash)
    serve = _add(verbs, "serve", _lazy("board", "serve_board"), "a virtual board behind a port")
    for parser in (flash, serve):
        parser.add_argument("model", type=Path, metavar="MODEL.tflite")
        parser.add_argument("--board", default="nano33ble", help="default: nano33ble")


def _model_verbs(verbs: Subparsers) -> None:  # type: ignore[valid-type]
    inspect = _add(verbs, "inspect", _lazy("model", "inspect"), "what is inside a .tflite file")
    profile = _add(verbs, "profile", _lazy("model", "profile"), "flash, RAM, instructions, time")
    verify = _add(verbs, "verify", _lazy("model", "verify"), "compare with TensorFlow Lite Micro")
    deploy = _add(verbs, "deploy", _lazy("model", "deploy"), "write the C for a board")
    export = _add(verbs, "export", _lazy("export", "export"), "a project for another tool")
    for parser in (inspect, profile, verify, deploy, export):
        parser.add_argument("model", type=Path, metavar="MODEL.tflite")
        _json(parser)
    for parser in (profile, verify, deploy, export):
        _optimise(parser)
    for parser in (profile, verify, deploy):
        parser.add_argument("--board", default="nano33ble", help="default: nano33ble")
        parser.add_argument(
            "--keep-dead-channels",
            action="store_true",
            help="compute channels that are constant for every input as well",
        )
    verify.add_argument("--inputs", type=_positive, default=100, help="random inputs, default 100")
    verify.add_argument("--seed", type=_seed, default=1, help="of the inputs, default 1")
    deploy.add_argument("--out", type=Path, default=Path("firmware-out"), help="target folder")
    _export_options(export)


def _export_options(export: argparse.ArgumentParser) -> None:
    export.add_argument("--to", required=True, metavar="KIND", help=", ".join(KIND_NAMES))
    export.add_argument("--out", type=Path, required=True, help="target folder; for eim, a file")
    export.add_argument("--name", help="C name; default: made from the model's name")
    export.add_argument("--overwrite", action="store_true", help="replace files that are there")
    eim = export.add_argument_group("for eim, a program of Edge Impulse for Linux")
    eim.add_argument("--sensor", help="camera, microphone, accelerometer or none")
    eim.add_argument("--frequency-hz", type=_positive, help="samples per second of the sensor")
    eim.add_argument("--machine", help="x86_64, aarch64 or armv7l; default: this computer")
    eim.add_argument("--language", help="c or python; default: c where a compiler is")


def _course_verbs(verbs: Subparsers) -> None:  # type: ignore[valid-type]
    course = _add(verbs, "course", _lazy("course", "audit"), "make, release and grade assignments")
    actions = course.add_subparsers(metavar="ACTION", required=True)
    new = _add(actions, "new", _lazy("course", "new"), "an empty course folder")
    new.add_argument("folder", type=Path)
    audit = _add(actions, "audit", _lazy("course", "audit"), "the no-free-points gate")
    audit.add_argument("assignment", help="such as A01, or its folder's name")
    _json(audit)
    release = _add(actions, "release", _lazy("course", "release"), "the students' version")
    roster = _add(actions, "roster", _lazy("classroom", "roster"), "who is in the course")
    _roster_options(roster)
    collect = _add(actions, "collect", _lazy("course", "collect"), "take submissions in")
    grade = _add(actions, "grade", _lazy("course", "grade"), "grade all submissions")
    feedback = _add(actions, "feedback", _lazy("course", "feedback"), "where the pages are")
    grades = _add(actions, "grades", _lazy("course", "grades"), "grades as CSV")
    report = _add(actions, "report", _lazy("report", "report"), "the class, without names")
    similar = _add(actions, "similar", _lazy("report", "similar"), "shared passages of code")
    for parser in (release, collect, grade, feedback, grades, report, similar):
        parser.add_argument("assignment", help="such as A01, or its folder's name")
        parser.add_argument("--course", type=Path, default=Path(), help="default: this folder")
        _json(parser)
    for parser in (grade, feedback, grades):
        parser.add_argument(
            "--language",
            default="",
            help="of the pages, such as fr; default: TINYMLEDU_LANGUAGE, course.toml, or English",
        )
    _collect_options(collect)
    _grade_options(grade)
    _grades_options(grades)


def _roster_options(roster: argparse.ArgumentParser) -> None:
    roster.add_argument(
        "file", type=Path, nargs="?", metavar="FILE", help="CSV, or an export of Moodle or Canvas"
    )
    roster.add_argument("--course", type=Path, default=Path(), help="default: this folder")
    roster.add_argument("--site", default="", help="where the people of the file are")
    _json(roster)


def _collect_options(collect: argparse.ArgumentParser) -> None:
    collect.add_argument(
        "source",
        type=Path,
        help="folder with one for each student or site; zip of Moodle, Canvas or folders; stick",
    )
    collect.add_argument("--site", default="", help="where everybody in it is")
    collect.add_argument(
        "--handed-in",
        type=_moment,
        metavar="TIME",
        help="when all of it was handed in, such as 2026-03-01T18:00",
    )


def _grade_options(grade: argparse.ArgumentParser) -> None:
    grade.add_argument("--workers", type=_positive, default=2)
    grade.add_argument(
        "--wall-s", type=_positive, help="limit for one submission; default: the assignment's own"
    )
    grade.add_argument(
        "--i-trust-this-code",
        action="store_true",
        help="run submissions without isolation, where the system offers none",
    )
    grade.add_argument("--again", action="store_true", help="grade anew what was graded before")
    grade.add_argument(
        "--audit-share",
        type=_share,
        default=0.0,
        metavar="SHARE",
        help="run this share of kept results again, such as 0.05, and report differences",
    )
    grade.add_argument("--audit-seed", type=_seed, help="chooses the sample; default: any")
    grade.add_argument(
        "--cluster",
        metavar="tcp://HOST:PORT",
        help="run on the workers of this dask scheduler; all of its machines are your own",
    )


def _grades_options(grades: argparse.ArgumentParser) -> None:
    grades.add_argument(
        "--fill", type=Path, metavar="EXPORT.csv", help="a platform's own export, to fill in"
    )
    grades.add_argument("--out", type=Path, metavar="FILLED.csv", help="where the filled one goes")
    grades.add_argument("--column", default="", help="which one; default: by the assignment's name")
    grades.add_argument("--scale", action="store_true", help="convert to the platform's maximum")
    grades.add_argument("--site", default="", help="whose platform it is")


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).astimezone()
    except (ValueError, OverflowError, OSError):
        raise argparse.ArgumentTypeError(f"{text!r} is no time like 2026-03-01T18:00") from None


def _positive(text: str) -> int:
    return _whole_number(text, least=1)


def _seed(text: str) -> int:
    return _whole_number(text, least=0)


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = 0.0
    if not 0 < share <= 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a share above 0 and up to 1")
    return share


def _whole_number(text: str, *, least: int) -> int:
    if not text.isdecimal() or int(text) < least:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of {least} or more")
    return int(text)
