"""A course with grades that no run had to make: entered as grading enters them, and by a person."""

from small_assignment import NAME

from tinymledu.course import grading
from tinymledu.course.grades import GradeReport, StudentGrade
from tinymledu.course.intake import read_submission
from tinymledu.course.verdict import CheckResult, Verdict

CHECKS = tuple(
    CheckResult(name, "title", Verdict.PASSED, points, points, "", "", visible=True)
    for name, points in (("doubles_small_numbers", 4.0), ("doubles_any_number", 81.0))
)


def enter_grades(place, by_person):
    """85 machine points for everybody who handed in; then what a person gave: cell -> points."""
    from nbgrader.api import Gradebook

    assignment = place.assignment(NAME)
    students = place.students(NAME)
    folders = {student: place.submission_folder(student, NAME) for student in students}
    grades = tuple(
        StudentGrade(read_submission(assignment, folder, one), 85, Verdict.PASSED, "", CHECKS)
        for one, folder in folders.items()
    )
    report = GradeReport(NAME, 85, 15, "full", grades, 1.0)
    grading.store(place, grading.prepare_for(place, NAME), report)
    with Gradebook(f"sqlite:///{place.gradebook}") as book:
        for student, points_of in by_person.items():
            for cell, points in points_of.items():
                entry = book.find_grade(cell, NAME, NAME, student)
                entry.manual_score, entry.needs_manual_grade = points, False
        book.db.commit()
