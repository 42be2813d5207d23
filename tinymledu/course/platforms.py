"""How Moodle and Canvas name what they export: a number for each student, and the file behind it.

Moodle   NAME_NUMBER_assignsubmission_file_/FILE, or all in one name where folders are off.
         Its zip holds the time of each upload, in the platform's own zone.
Canvas   NAME_NUMBER_ATTACHMENT_FILE, with LATE before the number; a file handed in again is called
         FILE-1, FILE-2. Its zip holds the time of the export, which is no time of submission.

Sources: Moodle mod/assign/classes/downloader.php; Canvas lib/content_zipper.rb.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from tinymledu.course.folders import Folder, Picked
from tinymledu.course.handed_in import AT_THE_LATEST, KNOWN
from tinymledu.course.wire import clean_text

_MAX_SHOWN_CHARS = 90


@dataclass(frozen=True, slots=True)
class Claim:
    """Files that a name says are one person's. `number` is '' where the label is all there is.

    `person` is what the platform calls them; '' where it does not, or its encoding is not known.
    `at` is a local time without zone; `time` is what it means.
    """

    label: str
    folder: Folder
    number: str = ""
    person: str = ""
    marked_late: bool = False
    at: datetime | None = None
    time: str = AT_THE_LATEST
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Claims:
    """What a platform's names claim, which names they were, and what has to be said."""

    claims: tuple[Claim, ...]
    names: frozenset[str]
    problems: tuple[str, ...] = ()


_MOODLE_FOLDER = re.compile(
    r"(?P<name>.*)_(?P<number>[0-9]{1,18})_assignsubmission_(?P<kind>[a-z]+)_?"
)
_MOODLE_FILE = re.compile(  # Moodle's names of people have no underscore; what a student names may
    r"(?P<name>[^_]*)_(?P<number>[0-9]{1,18})_assignsubmission_(?P<kind>[a-z]+)_(?P<file>.+)"
)


def moodle_claims(folder: Folder) -> Claims:
    """What in a folder is named as Moodle names submissions."""
    claims: list[Claim] = []
    problems: list[str] = []
    names: set[str] = set()
    flat: dict[tuple[str, str], dict[str, tuple[str, ...]]] = {}
    folders = frozenset(folder.folders())
    for name in (*sorted(folders), *folder.files()):
        is_folder = name in folders
        parts = (_MOODLE_FOLDER if is_folder else _MOODLE_FILE).fullmatch(name)
        if parts is None:
            continue
        names.add(name)
        if parts["kind"] != "file":
            problems.append(f"{_shown(name)}: text typed into Moodle is not taken in.")
        elif is_folder:
            claims.append(_of_moodle(folder, name, parts, folder.inside(name)))
        else:
            flat.setdefault((parts["name"], parts["number"]), {})[parts["file"]] = (name,)
    for (person, number), files in flat.items():
        picked = Picked(folder, files)
        sure = all(picked.name_is_sure(name) for name in files)
        claims.append(
            Claim(
                f"{_shown(person)} ({number})", picked, number, person if sure else "",
                at=_latest(picked), time=KNOWN if _latest(picked) else AT_THE_LATEST,
            )
        )  # fmt: skip
    return Claims(tuple(claims), frozenset(names), tuple(problems))


def _of_moodle(parent: Folder, name: str, parts: re.Match[str], folder: Folder) -> Claim:
    sure = parent.name_is_sure(name)
    at = _latest(folder)
    return Claim(
        label=f"{_shown(parts['name'])} ({parts['number']})",
        folder=folder,
        number=parts["number"],
        person=parts["name"] if sure else "",
        at=at,
        time=KNOWN if at else AT_THE_LATEST,
    )


def _latest(folder: Folder, depth: int = 5) -> datetime | None:
    times = [folder.saved_at(name) for name in folder.files()]
    if depth:
        times += [_latest(folder.inside(name), depth - 1) for name in folder.folders()]
    return max((one for one in times if one is not None), default=None)


_CANVAS = re.compile(
    r"(?=(?:^|_)(?P<late>LATE_)?(?P<number>[0-9]{1,18})_[0-9]{1,18}_(?P<file>.+))", re.DOTALL
)
_ANONYMOUS = re.compile(r"anon_(?:LATE_)?[A-Za-z0-9]+_[0-9]+_.+")
_AGAIN = re.compile(r"(?P<stem>.+)-[0-9]{1,3}(?P<ending>\.[^.]*)")


def canvas_claims(folder: Folder, *, wanted: Collection[str], known: Collection[str]) -> Claims:
    """What in a folder is named as Canvas names submissions.

    Args:
        folder: the files of an export.
        wanted: names of files that may be handed in; FILE-1 is taken as FILE of these.
        known: numbers that are somebody's. The first in a name counts; where a file's own name, or
            a person's, has another that is somebody's, nobody is guessed.
    """
    files = folder.files()
    parsed = {name: _canvas_readings(name) for name in files}
    fits = any(number in known for found in parsed.values() for number in found)
    if not (fits or (files and all(found or _is_anonymous(n) for n, found in parsed.items()))):
        return Claims((), frozenset())
    groups: dict[str, dict[str, list[str]]] = {}
    late: set[str] = set()
    problems: list[str] = []
    claims: list[Claim] = []
    for name, found in parsed.items():
        candidates = [n for place, n in enumerate(found) if n in known or not place]
        if len(candidates) == 1:
            (number,) = candidates
            is_late, file = found[number]
            groups.setdefault(number, {}).setdefault(_first_name(file, wanted), []).append(name)
            late |= {number} if is_late else set()
        elif candidates:
            problem = f"its name fits the numbers {' and '.join(candidates)}; one may be forged."
            claims.append(Claim(_shown(name), Picked(folder, {}), problem=problem))
        elif _is_anonymous(name):
            problem = "the export is anonymous. Switch that off in Canvas and export again."
            claims.append(Claim(_shown(name), Picked(folder, {}), problem=problem))
    for number, shown in groups.items():
        picked = Picked(folder, {file: tuple(names) for file, names in shown.items()})
        person = _canvas_person(next(iter(shown.values()))[0], number)
        sure = all(picked.name_is_sure(file) for file in shown)
        claims.append(
            Claim(
                f"{_shown(person)} ({number})", picked, number, person if sure else "",
                marked_late=number in late, at=_latest(picked),
            )
        )  # fmt: skip
    used = {name for name, found in parsed.items() if found or _is_anonymous(name)}
    return Claims(tuple(claims), frozenset(used), tuple(problems))


def _canvas_readings(name: str) -> dict[str, tuple[bool, str]]:
    """Each number that may be the student's, with whether it is late and the file's own name."""
    readings: dict[str, tuple[bool, str]] = {}
    for found in _CANVAS.finditer(name[:1_000]):
        readings.setdefault(found["number"], (bool(found["late"]), found["file"]))
    return readings


def _is_anonymous(name: str) -> bool:
    return _ANONYMOUS.fullmatch(name) is not None


def _canvas_person(name: str, number: str) -> str:
    return re.split(rf"(?:^|_)(?:LATE_)?{number}_", name, maxsplit=1)[0]


def _first_name(file: str, wanted: Collection[str]) -> str:
    """What a file was called before Canvas counted it."""
    again = _AGAIN.fullmatch(file)
    first = f"{again['stem']}{again['ending']}" if again else file
    return first if first in wanted and file not in wanted else file


def _shown(name: str) -> str:
    return clean_text(name, _MAX_SHOWN_CHARS)
