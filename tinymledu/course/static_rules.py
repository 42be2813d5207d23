"""What the gate sees to be wrong with an assignment without running anything."""

from tinymledu.course import notebook as nb
from tinymledu.course.adversaries import python_of
from tinymledu.course.assignment import TOTAL_POINTS, Assignment, read_checks
from tinymledu.course.notebook import Role


def static_problems(assignment: Assignment) -> list[str]:
    """What can be seen without running anything."""
    return [
        *_point_problems(assignment),
        *_release_problems(assignment),
        *_stub_problems(assignment),
    ]


def _point_problems(assignment: Assignment) -> list[str]:
    in_notebook = {c.grade_id: c.points for c in assignment.cells if c.role is Role.TEST}
    in_checks = {check.name: check.points for check in assignment.checks}
    problems = [
        f"{name}: {in_notebook.get(name, 'no')} points in the notebook, "
        f"{in_checks.get(name, 'no')} in checks.py."
        for name in sorted(in_notebook.keys() | in_checks.keys())
        if in_notebook.get(name) != in_checks.get(name)
    ]
    total = assignment.machine_points + sum(cell.points for cell in assignment.essays)
    if total != TOTAL_POINTS:
        problems.append(f"The points sum to {total}; they must sum to {TOTAL_POINTS}.")
    hidden = sum(check.points for check in assignment.checks if not check.visible)
    if hidden < 0.4 * TOTAL_POINTS:
        problems.append(f"{hidden} points are hidden or on the board; it must be 40 or more.")
    return problems


def _release_problems(assignment: Assignment) -> list[str]:
    """Look for what must not be in the students' version, in its text."""
    released = nb.release_version(assignment.notebook)
    text = "\n".join(nb.text_of(raw) for raw in released["cells"])
    public = nb.without_hidden(assignment.checker_source)
    problems = [
        f"The students' version still has the line of the solution {line!r}."
        for line in _solution_lines(assignment)
        if line in text
    ]
    problems += [
        f"{marker} is in the students' version."
        for marker in (nb.BEGIN_SOLUTION, nb.BEGIN_HIDDEN)
        if marker in text or marker in public
    ]
    problems += [
        f"The hidden check {check.name} is in the students' checks.py."
        for check in read_checks(public)
        if not check.visible
    ]
    if any(raw.get("outputs") for raw in assignment.notebook["cells"]):
        problems.append("The lecturer's notebook holds outputs.")
    return problems


def _solution_lines(assignment: Assignment) -> list[str]:
    """Lines of the solutions that say something: not `return None`, not a closing bracket."""
    lines: list[str] = []
    for source in assignment.reference.values():
        inside = source.partition(nb.BEGIN_SOLUTION)[2].partition(nb.END_SOLUTION)[0]
        lines += [line.strip() for line in inside.splitlines() if len(line.strip()) > 15]
    return lines


def _stub_problems(assignment: Assignment) -> list[str]:
    """A cell that a student has not touched must run, or the notebook is broken from the start."""
    problems = []
    for name, stub in assignment.stubs.items():
        try:
            compile(python_of(stub), name, "exec")
        except (SyntaxError, ValueError) as error:
            problems.append(
                f"The cell {name} is not Python as it is handed out ({error}). Put the solution "
                "inside a function: the stub in its place ends with return."
            )
    return problems
