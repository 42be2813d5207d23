"""Whose it is: from a platform's number, or a folder's name, to one person of the roster.

Nobody is guessed. Where two people fit, or the roster says otherwise, the answer is a problem.
"""

import unicodedata
from dataclasses import dataclass

from tinymledu.course.roster import Person, Roster, key, same
from tinymledu.course.roster_formats import unusable_id


@dataclass(frozen=True, slots=True)
class Address:
    """A student id, or the problem that there is none; `note` is for a person to know."""

    student: str = ""
    problem: str = ""
    note: str = ""


def by_number(roster: Roster, number: str, person: str, site: str) -> Address:
    """Whom a platform means by a number; `person` is what it calls them, only to compare."""
    found = roster.at(site).with_lms_id(number)
    if len(found) > 1:
        listed = " and ".join(f"{one.student} ({one.site or 'no site'})" for one in found)
        return Address(
            problem=f"the number {number} is that of {listed}. Say whose platform it is: --site."
        )
    if not found:
        where = f" at {site}" if site else ""
        return Address(
            problem=f"the number {number} is nobody's{where} in the roster. Merge an export that "
            "has it (of Moodle the grading worksheet): tinymledu course roster FILE"
        )
    (one,) = found
    note = ""
    if person and one.name and not _alike(person, one.name):
        note = f"the platform calls {number} {person!r}, the roster {one.name!r}; the number counts"
    return Address(one.student, note=note)


_NO_NAMES = ("participant", "")


def _alike(shown: str, name: str) -> bool:
    """Whether a platform's name for somebody and the roster's have a word in common."""
    plain = _letters(shown)
    words = [_letters(word) for word in name.replace(",", " ").split()]
    return plain in _NO_NAMES or any(word and word in plain for word in words)


def _letters(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text).casefold()
    return "".join(letter for letter in apart if letter.isalnum())


def by_label(roster: Roster, label: str, site: str, *, from_zip: bool) -> Address:
    """Whom a folder's name means: a student id, number, email, or a name that one person has."""
    name = unicodedata.normalize("NFC", label)
    known_site = next((one for one in roster.sites if same(one, site)), "")
    here = roster.at(known_site)
    for found in (here.with_student(name), here.with_lms_id(name), here.with_email(name)):
        if found:
            return _only(name, found)
    namesakes = here.with_name(name)
    if namesakes:
        return _only(name, namesakes, note=f"taken as {namesakes[0].student}, by name")
    for one in roster.with_student(name):
        return Address(
            problem=f"it lies in {site}, but the roster has {one.student} at {one.site}."
        )
    problem = unusable_id(name) if from_zip else ""
    if problem:
        return Address(problem=f"{problem[0].upper()}{problem[1:]} Rename the folder.")
    note = "not in the roster; taken under the folder's name" if roster.people else ""
    return Address(name, note=note)


def _only(name: str, found: tuple[Person, ...], note: str = "") -> Address:
    if len(found) > 1:
        listed = ", ".join(one.student for one in found)
        return Address(
            problem=f"{name!r} fits more than one person: {listed}. Rename the folder to one."
        )
    same_id = key(found[0].student) == key(name)
    return Address(found[0].student, note="" if same_id else note)
