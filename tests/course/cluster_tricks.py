"""What the workers of a test's cluster do besides their work. Sent to them by value."""

import os
import signal
import threading
from functools import partial
from pathlib import Path

KILL_AFTER_S = 0.6  # the slow answers of the tests take longer


def work_lightly(parcel, job, how):
    """The real work; the warm parent does without TensorFlow, which the class does not need."""
    from tinymledu.course import cluster_worker, work, zygote

    work.Zygote = partial(zygote.Zygote, tensorflow=False)
    return cluster_worker.work(parcel, job, how)


def killed_once(parcel, job, how, *, marker):
    """The worker that takes the marker first is killed in the middle of its job."""
    try:
        Path(marker).touch(exist_ok=False)
    except FileExistsError:
        return work_lightly(parcel, job, how)
    kill = threading.Timer(KILL_AFTER_S, os.kill, (os.getpid(), signal.SIGKILL))
    work_lightly(parcel, job, how)  # once, to have a warm parent and jails to lose
    kill.start()
    return work_lightly(parcel, job, how)


def killed_by_poison(parcel, job, how):
    """A submission that ends every worker it comes to."""
    if "poison" in job.submission.answers["double"]:
        os.kill(os.getpid(), signal.SIGKILL)
    return work_lightly(parcel, job, how)
