"""Sorting what was brought: which folder or file is which student's, and what nobody can tell.

A folder or zip holds STUDENT/FILE, SITE/STUDENT/FILE, or what a platform exports. A memory stick
holds any of these, and zips of them, at its top or one folder down. Nothing is written here.
"""

from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from tinymledu.course.addressing import by_label, by_number
from tinymledu.course.archives import Archive, open_archive
from tinymledu.course.assignment import Assignment
from tinymledu.course.folders import DiskFolder, Folder, ZipFolder, root_of
from tinymledu.course.handed_in import HandedIn
from tinymledu.course.platforms import Claim, canvas_claims, moodle_claims
from tinymledu.course.roster import Roster, key, same
from tinymledu.course.wire import clean_text
from tinymledu.errors import CourseError

MAX_ZIPS = 200
_MAX_LINES = 20


@dataclass(frozen=True, slots=True)
class Delivery:
    """One student's files. `at` is a local time without zone; None where only now is known."""

    student: str
    label: str
    folder: Folder
    handed_in: HandedIn
    at: datetime | None = None


@dataclass(slots=True)
class Sorted:
    """What was found. `unusable` names people, and files, of whom nothing can be taken."""

    deliveries: list[Delivery] = field(default_factory=list)
    unusable: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def refuse(self, label: str, problem: str) -> None:
        """Nothing of this can be taken, and why."""
        self.unusable.append(label)
        self.problems.append(f"{label}: not taken in; {problem}")


def sort_out(
    source: Path, assignment: Assignment, roster: Roster, *, site: str, stack: ExitStack
) -> Sorted:
    """Sort a folder or zip into deliveries, at most one for each student.

    Args:
        source: a folder, or a zip.
        assignment: what is handed in.
        roster: who there is.
        site: where everybody in it is; '' where the source or nothing says so.
        stack: closes the archives, which the deliveries read from.

    Raises:
        CourseError: the zip cannot be read, or names people by numbers and there is no roster.
    """
    sorting = _Sorting(assignment, roster, stack)
    if source.is_dir():
        sorting.take(DiskFolder(source), "", source.name, site, may_hold_sites=True)
    else:
        sorting.take_zip(source, "", site)
    return _without_doubles(sorting.found)


@dataclass(slots=True)
class _Sorting:
    assignment: Assignment
    roster: Roster
    stack: ExitStack
    found: Sorted = field(default_factory=Sorted)
    n_zips: int = 0

    def take(
        self, folder: Folder, before: str, where: str, site: str, *, may_hold_sites: bool
    ) -> None:
        """Sort a folder of students, or of sites.

        Args:
            folder: to sort.
            before: what a label starts with, such as "Kampala/".
            where: the source, for the record.
            site: as far as it is known.
            may_hold_sites: only the topmost folder may.
        """
        moodle = moodle_claims(folder)
        plain = [name for name in folder.folders() if name not in moodle.names]
        rest = [name for name in folder.files() if name not in moodle.names]
        canvas = None if plain else canvas_claims(
            folder, wanted=self._wanted(), known=self._numbers(site)
        )  # fmt: skip
        claims = [*moodle.claims, *(canvas.claims if canvas else ())]
        self.found.problems += moodle.problems
        rest = [name for name in rest if canvas is None or name not in canvas.names]
        zips = [name for name in rest if _is_zip(name) and isinstance(folder, DiskFolder)]
        sites = self._sites(folder, plain) if may_hold_sites else set()
        for name in rest:
            if name not in zips:
                self._loose(name, before)
        for claim in claims:
            self._claim(replace(claim, label=before + claim.label), where, site)
        for name in plain:
            inner = folder.inside(name)
            if name in sites:
                below = f"{before}{_shown(name)}/"
                self.take(inner, below, f"{where}/{name}", name, may_hold_sites=False)
            else:
                self._student(folder, name, before, where, site)
        for name in zips:
            assert isinstance(folder, DiskFolder)  # zips inside zips are loose files
            self._zip_of_stick(folder.path / name, before, site)

    def _wanted(self) -> tuple[str, ...]:
        return (f"{self.assignment.name}.ipynb", *self.assignment.accepted)

    def _numbers(self, site: str) -> frozenset[str]:
        people = self.roster.at(site).people
        return frozenset(number for one in people for number in one.lms_ids)

    # ------------------------------------------------------------------------------------- zips

    def take_zip(self, path: Path, before: str, site: str) -> None:
        """Sort what is in a zip. Raises CourseError where it cannot be read."""
        self.n_zips += 1
        if self.n_zips > MAX_ZIPS:
            raise CourseError(f"There are more than {MAX_ZIPS} zips. Collect them in portions.")
        archive = self.stack.enter_context(open_archive(path))
        self._left_out(archive)
        root = root_of(archive)
        own_site = next((one for one in self.roster.sites if same(one, path.stem)), "")
        if self._is_of_one(root, path.stem):
            self._student_zip(root, path.stem, before, path.name, site)
            return
        self.take(root, before, path.name, site or own_site, may_hold_sites=not before)

    def _left_out(self, archive: Archive) -> None:
        for name, problem in archive.left_out[:_MAX_LINES]:
            self.found.problems.append(f"{name!r} in {archive.name} was left out: {problem}")
            if name.lower().endswith(".ipynb"):
                self.found.unusable.append(name)
        more = len(archive.left_out) - _MAX_LINES
        if more > 0:
            self.found.refuse(archive.name, f"{more:,} more names in it cannot be used.")

    def _zip_of_stick(self, path: Path, before: str, site: str) -> None:
        try:
            self.take_zip(path, before, site)
        except CourseError as problem:
            self.found.refuse(before + _shown(path.name), str(problem))

    def _is_of_one(self, root: ZipFolder, stem: str) -> bool:
        """Whether a zip is one student's own folder: called by the id, with a notebook in it."""
        has_notebook = any(name.lower().endswith(".ipynb") for name in root.files())
        return has_notebook and len(self.roster.with_student(stem)) == 1

    def _student_zip(self, root: ZipFolder, stem: str, before: str, where: str, site: str) -> None:
        claim = Claim(before + _shown(stem), self._submission_root(root))
        self._address(claim, stem, where, site, from_zip=True)

    # ---------------------------------------------------------------------------- whose it is

    def _claim(self, claim: Claim, where: str, site: str) -> None:
        if claim.problem:
            self.found.refuse(claim.label, claim.problem)
            return
        if not self.roster.people:
            raise CourseError(
                f"{where} names students by the platform's numbers, and there is no roster to look "
                "them up in. Merge an export of the platform first (of Moodle the grading "
                "worksheet of this assignment): tinymledu course roster FILE. Nothing was changed."
            )
        address = by_number(self.roster, claim.number, claim.person, site)
        if address.problem:
            self.found.refuse(claim.label, address.problem)
            return
        if address.note:
            self.found.problems.append(f"{address.student}: {address.note}.")
        self._deliver(replace(claim, folder=self._submission_root(claim.folder)), address.student,
                      where)  # fmt: skip

    def _student(self, parent: Folder, name: str, before: str, where: str, site: str) -> None:
        label = before + _shown(name)
        if not parent.name_is_sure(name):
            self.found.refuse(
                label, "nothing says how its name is written. Rename it in plain letters."
            )
            return
        claim = Claim(label, self._submission_root(parent.inside(name)))
        self._address(claim, name, where, site, from_zip=isinstance(parent, ZipFolder))

    def _address(self, claim: Claim, name: str, where: str, site: str, *, from_zip: bool) -> None:
        address = by_label(self.roster, name, site, from_zip=from_zip)
        if address.problem:
            self.found.refuse(claim.label, address.problem)
            return
        if address.note:
            self.found.problems.append(f"{claim.label}: {address.note}.")
        self._deliver(claim, address.student, where)

    def _deliver(self, claim: Claim, student: str, where: str) -> None:
        handed_in = HandedIn(where, claim.time, claim.marked_late)
        self.found.deliveries.append(
            Delivery(student, claim.label, claim.folder, handed_in, claim.at)
        )

    def _submission_root(self, folder: Folder) -> Folder:
        """STUDENT/, or STUDENT/ASSIGNMENT/ where students hand in the folder they got."""
        name = self.assignment.name
        return folder.inside(name) if name in folder.folders() else folder

    def _loose(self, name: str, before: str) -> None:
        label = before + _shown(name)
        self.found.problems.append(
            f"{label}: not taken in; it does not lie in a folder with the student's name."
        )
        if name.lower().endswith((".ipynb", ".zip")):
            self.found.unusable.append(label)

    # ----------------------------------------------------------------------------------- sites

    def _sites(self, folder: Folder, names: list[str]) -> set[str]:
        """Which folders are sites: by the roster, or, without one, by how everything lies."""
        sites = {
            name
            for name in names
            if any(same(name, one) for one in self.roster.sites)
            and not self.roster.with_student(name)
        }
        others = [name for name in names if not self.roster.with_student(name)]
        if not sites and len(others) == len(names) and self._lie_as_sites(folder, names):
            listed = ", ".join(_shown(name) for name in names[:5])
            self.found.problems.append(f"Taken as sites, with a folder for each student: {listed}.")
            return set(names)
        return sites

    def _lie_as_sites(self, folder: Folder, names: list[str]) -> bool:
        """Nothing but folders in every one, and at least two students in them, all different."""
        students: list[str] = []
        for name in names:
            inner = folder.inside(name)
            inside = inner.folders()
            if self.assignment.name in inside or any(not _is_zip(one) for one in inner.files()):
                return False
            students += [key(one) for one in inside if self._is_work(inner.inside(one))]
        return len(students) > 1 and len(students) == len(set(students))

    def _is_work(self, folder: Folder) -> bool:
        notebooks = any(name.lower().endswith(".ipynb") for name in folder.files())
        return notebooks or self.assignment.name in folder.folders()


def _without_doubles(found: Sorted) -> Sorted:
    """Where two deliveries are one student's, neither is taken: a person has to say which."""
    of: dict[str, list[Delivery]] = {}
    for one in found.deliveries:
        of.setdefault(key(one.student), []).append(one)
    for several in of.values():
        if len(several) > 1:
            listed = " and ".join(f"{one.label} of {one.handed_in.source}" for one in several)
            found.refuse(several[0].student, f"there are {len(several)}: {listed}. Leave one.")
    found.deliveries = [several[0] for several in of.values() if len(several) == 1]
    found.deliveries.sort(key=lambda one: one.student)
    return found


def _is_zip(name: str) -> bool:
    return name.lower().endswith(".zip")


def _shown(name: str) -> str:
    return clean_text(name, 60)
