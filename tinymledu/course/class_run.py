"""One grading run: for each submission a grade, or the reason why there is none.

What was kept counts again, a changed check is put to kept answers, what is missing is run; and of
what was kept a sample may be run again, as an audit. Nothing of it is shown to people yet.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from tinymledu.course.cache import Cache
from tinymledu.course.grades import Audit, StudentGrade, graded
from tinymledu.course.intake import Submission
from tinymledu.course.kit import Kit, may_run
from tinymledu.course.second_look import Sampling, difference
from tinymledu.course.verdict import SandboxResult, Verdict
from tinymledu.course.work import Done, How, Job, Workers

Progress = Callable[[int, int], None]  # done, total

_BUSY_SHARE = 0.6  # an endless loop that has a core for itself uses nearly all of its time
_NOT_TRUSTED = (
    "this machine cannot isolate untrusted code, so it was not run. "
    "`tinymledu doctor` says what would change that"
)


@dataclass(frozen=True, slots=True)
class ClassRun:
    """How a class is graded: with what, where, and who is told how far it is."""

    kit: Kit
    cache: Cache
    workers: Workers
    how: How
    trusted: Collection[str] | None = ()
    progress: Progress | None = None

    def grade_all(
        self, submissions: Sequence[Submission], *, again: bool
    ) -> dict[str, StudentGrade]:
        """A grade, or the reason why there is none, for each student.

        What several students handed in alike is run once, so that all of them get the same.
        """
        grades: dict[str, StudentGrade] = {}
        jobs: dict[str, Job] = {}
        for one in submissions:
            found = self._without_running(one, again=again)
            if isinstance(found, Job):
                jobs.setdefault(one.fingerprint, found)
            else:
                grades[one.student] = found
        # Not those with a grade or a reason: an unreadable submission looks like an empty one.
        alike = _alike([one for one in submissions if one.student not in grades])
        self._tell(len(grades), len(submissions))
        busy: list[tuple[Job, SandboxResult]] = []
        for job, done in self.workers.run(self.kit, list(jobs.values()), self.how):
            for grade in self._finish(job, done, alike):
                grades[grade.student] = grade
                self._tell(len(grades), len(submissions))
            if done.result is not None and _machine_was_busy(done.result):
                busy.append((job, done.result))
        for job, first in busy:
            second = self._patiently(job.submission)
            if second.result is not None and second.result.points_earned > first.points_earned:
                grades |= {grade.student: grade for grade in self._finish(job, second, alike)}
        return grades

    def audit(
        self,
        submissions: Sequence[Submission],
        grades: Mapping[str, StudentGrade],
        sampling: Sampling,
    ) -> tuple[dict[str, StudentGrade], Audit]:
        """Run a sample of what was kept again; what differs is nobody's grade until a person looks.

        Returns:
            The grades that are none any more, by student; and what was done.
        """
        alike = _alike([one for one in submissions if grades[one.student].from_earlier_run])
        sample = sampling.choose(list(alike))
        doubtful: dict[str, StudentGrade] = {}
        jobs = [Job(alike[name][0]) for name in sample]
        self._tell(0, len(jobs))
        for n_done, (job, done) in enumerate(self.workers.run(self.kit, jobs, self.how), start=1):
            known = self.cache.find(job.submission)
            if known is not None:
                doubt = self._doubt(job.submission, known.result, done, sampling)
                if doubt:
                    self.cache.keep(job.submission, known.result, doubt=doubt)
                    for one in alike[job.submission.fingerprint]:
                        doubtful[one.student] = _ungraded(one, Verdict.GRADER_ERROR, doubt)
            self._tell(n_done, len(jobs))
        looked_at = sorted(one.student for name in sample for one in alike[name])
        audit = Audit(sampling.share, sampling.seed, tuple(looked_at), tuple(sorted(doubtful)))
        return doubtful, audit

    def _doubt(
        self, submission: Submission, before: SandboxResult, now: Done, sampling: Sampling
    ) -> str:
        """Why a kept result is doubtful; '' where a second run, or a third, says the same."""
        if now.result is not None and not difference(before, now.result):
            return ""
        now = self._patiently(submission)
        found = now.failure if now.result is None else difference(before, now.result)
        if not found:
            return ""
        return f"run again as an audit (seed {sampling.seed}), it came out differently: {found}"

    def _without_running(self, submission: Submission, *, again: bool) -> StudentGrade | Job:
        if submission.reason:
            return _ungraded(submission, Verdict.NOT_RUN, submission.reason)
        if not may_run(submission.student, self.how.isolation, self.trusted):
            return _ungraded(submission, Verdict.NOT_RUN, _NOT_TRUSTED)
        known = None if again else self.cache.find(submission)
        if known is None:
            return Job(submission)
        if known.doubt:
            return _ungraded(submission, Verdict.GRADER_ERROR, known.doubt)
        if known.whole:
            return replace(graded(self.kit.assignment, submission, known.result), cached=True)
        return Job(submission, known.result, known.changed)

    def _finish(
        self, job: Job, done: Done, alike: Mapping[str, Sequence[Submission]]
    ) -> list[StudentGrade]:
        """Keep an outcome, and make it the grade of all who handed in the same."""
        same = alike[job.submission.fingerprint]
        if done.result is None:
            return [_ungraded(one, Verdict.GRADER_ERROR, done.failure) for one in same]
        self.cache.keep(job.submission, done.result)
        judged_again = () if done.ran else job.changed
        return [
            replace(graded(self.kit.assignment, one, done.result), judged_again=judged_again)
            for one in same
        ]

    def _patiently(self, submission: Submission) -> Done:
        """Run it with no other beside it and twice the time.

        What else this machine did must not cost a student points.
        """
        limit_s = self.how.wall_s or self.kit.assignment.limits.wall_s
        how = replace(self.how, wall_s=2 * limit_s)
        return next(done for _, done in self.workers.run(self.kit, [Job(submission)], how))

    def _tell(self, n_done: int, n_total: int) -> None:
        if self.progress is not None:
            self.progress(n_done, n_total)


def _alike(submissions: Sequence[Submission]) -> dict[str, list[Submission]]:
    """Submissions by fingerprint."""
    alike: dict[str, list[Submission]] = {}
    for one in submissions:
        alike.setdefault(one.fingerprint, []).append(one)
    return alike


def _machine_was_busy(found: SandboxResult) -> bool:
    """Whether it ran out of time without having been given the time."""
    judged = found.verdict is not Verdict.GRADER_ERROR
    return judged and found.out_of_time and found.cpu_s < _BUSY_SHARE * found.wall_s


def _ungraded(submission: Submission, verdict: Verdict, reason: str) -> StudentGrade:
    """No machine grade, and the reason why."""
    return StudentGrade(submission, None, verdict, reason)
