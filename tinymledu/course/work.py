"""Run submissions, several at a time, on this machine; a cluster runs the same function `do`."""

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

from tinymledu.course import kit as kits
from tinymledu.course import sandbox
from tinymledu.course.intake import Submission
from tinymledu.course.kit import Kit
from tinymledu.course.verdict import SandboxResult
from tinymledu.course.zygote import Zygote
from tinymledu.errors import SandboxError, TinymlError


@dataclass(frozen=True, slots=True)
class How:
    """How submissions are run. `wall_s` None is the assignment's own limit."""

    isolation: str = sandbox.FULL
    wall_s: float | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """A submission to run; with `earlier`, a run of it to which only `changed` checks are put."""

    submission: Submission
    earlier: SandboxResult | None = None
    changed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a job: a result, or the reason why there is none, which is our failure.

    `ran` says that the student's program ran; otherwise checks were put to an earlier run.
    """

    result: SandboxResult | None
    failure: str = ""
    ran: bool = True


class Workers(Protocol):
    """Where jobs are done: here, or on a cluster."""

    def run(self, kit: Kit, jobs: Sequence[Job], how: How) -> Iterator[tuple[Job, Done]]:
        """Do jobs, and give each with its outcome as soon as it is there."""
        ...


class Warm:
    """The warm parent of this process: started when it is first needed, and again when it ended."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._zygote: Zygote | None = None

    def parent(self) -> Zygote:
        """A warm parent that is there. Raises SandboxError."""
        with self._lock:
            if self._zygote is not None and not self._zygote.is_alive():
                self._zygote.close()
                self._zygote = None
            if self._zygote is None:
                self._zygote = Zygote()
            return self._zygote

    def close(self) -> None:
        """End it, and with it every jail it started."""
        with self._lock:
            if self._zygote is not None:
                self._zygote.close()
                self._zygote = None


def do(kit: Kit, job: Job, how: How, warm: Warm) -> Done:
    """Do one job. Whatever goes wrong here is our failure and becomes a reason."""
    try:
        parent = warm.parent()
        done = _attempt(kit, job, how, parent)
        if not parent.is_alive():  # the kernel may have ended it, short of memory: not their doing
            done = _attempt(kit, job, how, warm.parent())
    except TinymlError as error:
        return Done(None, str(error))
    except Exception as error:  # noqa: BLE001  one submission must not stop a class
        return Done(None, f"{type(error).__name__}: {error}")
    return done


def _attempt(kit: Kit, job: Job, how: How, parent: Zygote) -> Done:
    try:
        if job.earlier is not None:
            judged = kits.judge_again(
                kit,
                job.earlier,
                job.changed,
                wall_s=how.wall_s,
                isolation=how.isolation,
                warm=parent,
            )
            if judged is not None:
                return Done(judged, ran=False)
        result = kits.run(
            kit, job.submission, wall_s=how.wall_s, isolation=how.isolation, warm=parent
        )
    except SandboxError as error:
        return Done(None, str(error))
    return Done(result)


class Here:
    """This machine, with some jobs at a time. Use as a context manager."""

    def __init__(self, n_at_a_time: int) -> None:
        self._n = n_at_a_time
        self._warm = Warm()

    def run(self, kit: Kit, jobs: Sequence[Job], how: How) -> Iterator[tuple[Job, Done]]:
        """Do jobs; when the caller stops early, those that wait are not begun."""
        pool = ThreadPoolExecutor(self._n)
        try:
            waiting = {pool.submit(do, kit, job, how, self._warm): job for job in jobs}
            for finished in as_completed(waiting):
                yield waiting[finished], finished.result()
        finally:
            pool.shutdown(cancel_futures=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._warm.close()
