"""Grade on several machines: a dask.distributed cluster does the jobs, the results come back here.

Needs the extra [cluster]. Every machine of the cluster is the lecturer's own: scheduler and workers
see the hidden tests and are believed what they answer, and Python objects are sent as pickles. A
`tls://` address uses the certificates that dask's own configuration names.
"""

import importlib
import logging
import queue
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from types import TracebackType
from typing import Any, Self

from tinymledu.course import cluster_worker, keys
from tinymledu.course.intake import Submission
from tinymledu.course.kit import Kit
from tinymledu.course.parcels import pack
from tinymledu.course.work import Done, How, Job
from tinymledu.errors import CourseError, MissingToolError, SandboxError
from tinymledu.files import how_to_install

_CONNECT_S = 15.0
_FIRST_WORKER_S = 60.0
_LOST_S = 120.0  # without any worker; one that restarts needs some seconds


class Cluster:
    """A cluster, seen from the machine that keeps the grades. Use as a context manager."""

    def __init__(
        self,
        address: str,
        *,
        work: Callable[..., Done] = cluster_worker.work,
        lost_s: float = _LOST_S,
    ) -> None:
        """Connect, and look at every worker.

        Args:
            address: of the scheduler, such as tcp://10.0.0.5:8786.
            work: what a worker does with a job.
            lost_s: how long to wait for a worker when the last one is gone.

        Raises:
            MissingToolError: the extra is not installed.
            CourseError: no scheduler or no worker answers, or a worker has other programs.
            SandboxError: a worker cannot isolate untrusted code.
        """
        self._work = work
        self._lost_s = lost_s
        self._distributed = _distributed()
        self._client = self._connect(address)
        try:
            self._look_at_workers(address)
        except BaseException:
            self._client.close()
            raise

    def _connect(self, address: str) -> Any:
        logging.getLogger("distributed").setLevel(logging.CRITICAL)  # losses are ours to tell
        try:
            return self._distributed.Client(address, timeout=_CONNECT_S, set_as_default=False)
        except (OSError, ValueError, TypeError) as error:
            raise CourseError(
                f"No scheduler answers at {address} ({error or type(error).__name__}). Start one "
                "with: dask scheduler, and on each machine: dask worker tcp://HOST:8786"
            ) from None

    def _look_at_workers(self, address: str) -> None:
        try:
            self._client.wait_for_workers(1, timeout=_FIRST_WORKER_S)
        except TimeoutError:
            raise CourseError(
                f"The scheduler at {address} has no workers. Start one on each machine with: "
                f"dask worker {address}"
            ) from None
        own = keys.environment()
        for worker, about in sorted(self._client.run(cluster_worker.about).items()):
            if about.refusal:
                raise SandboxError(
                    f"Nothing was run: {worker} on {about.machine} cannot isolate untrusted code. "
                    f"{about.refusal}"
                )
            if about.environment != own:
                raise CourseError(
                    f"{worker} on {about.machine} has other versions of Python, TensorFlow or "
                    "tinymledu than this machine: the same answers could get another grade there. "
                    "Install the same on both."
                )

    def run(self, kit: Kit, jobs: Sequence[Job], how: How) -> Iterator[tuple[Job, Done]]:
        """Do jobs, and give each with its outcome as soon as it is there.

        A job whose worker is lost goes to another. One that was near several losses is done at the
        end, alone; if workers are lost again, it is our failure to judge it, not the student's.
        """
        parcel = pack(kit)
        held = self._client.submit(
            cluster_worker.unchanged, parcel, key=f"tinymledu-{parcel.key}", pure=False
        )
        suspects = []
        for job, done in self._submit(held, jobs, how):
            if done is None:
                suspects.append(job)
            else:
                yield job, done
        for suspect in suspects:
            for job, done in self._submit(held, [suspect], how):
                yield job, done or Done(None, _LOST)

    def _submit(
        self, held: Any, jobs: Sequence[Job], how: How
    ) -> Iterator[tuple[Job, Done | None]]:
        """Do jobs; None for one near which too many workers were lost."""
        finished: queue.SimpleQueue[Any] = queue.SimpleQueue()
        waiting: dict[str, tuple[Job, Any]] = {}
        run = uuid.uuid4().hex
        for number, job in enumerate(jobs):
            future = self._client.submit(
                self._work, held, _without_names(job), how,
                key=f"tinymledu-{run}-{number}", pure=False,
            )  # fmt: skip
            waiting[future.key] = job, future
            future.add_done_callback(finished.put)
        try:
            while waiting:
                future = self._next(finished)
                yield waiting.pop(future.key)[0], self._outcome(future)
        finally:
            self._client.cancel([future for _, future in waiting.values()])

    def _next(self, finished: "queue.SimpleQueue[Any]") -> Any:
        while True:
            try:
                return finished.get(timeout=self._lost_s)
            except queue.Empty:
                workers = self._client.scheduler_info(n_workers=-1)["workers"]
                if self._client.status != "running" or not workers:
                    raise CourseError(
                        "The cluster has lost all its workers. What they had graded is kept: start "
                        "some, and run this again."
                    ) from None

    def _outcome(self, future: Any) -> Done | None:
        try:
            found = future.result()
        except self._distributed.KilledWorker:
            return None
        except Exception as error:  # noqa: BLE001  whatever a worker sends, the class goes on
            return Done(None, f"{type(error).__name__}: {error}")
        return found if isinstance(found, Done) else Done(None, "a worker sent no result")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._client.close()


_LOST = (
    "workers of the cluster were lost each time it ran, at the end with no other beside it. Look "
    "at the submission before you run it again"
)


def _distributed() -> Any:
    try:
        return importlib.import_module("distributed")
    except ImportError:
        raise MissingToolError(
            f"The package distributed is not installed. Run: {how_to_install('cluster')}"
        ) from None


def _without_names(job: Job) -> Job:
    """A job without what a worker need not know: who it is, and what a person will read."""
    bare = Submission("", job.submission.answers, files=job.submission.files)
    return replace(job, submission=bare)
