"""What a worker of a cluster does: the same as a grading run here, with one warm parent a process.

Nothing here is for machines of strangers: what is sent is unpickled on both sides.
"""

import platform
import threading
from dataclasses import dataclass

from tinymledu.course import keys, sandbox
from tinymledu.course.kit import Kit
from tinymledu.course.parcels import Parcel, unpack
from tinymledu.course.work import Done, How, Job, Warm, do

_warm = Warm()
_kits: dict[str, Kit] = {}
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class About:
    """What a worker is: its machine, why it cannot isolate ('' if it can), its programs' key."""

    machine: str
    refusal: str
    environment: str


def about() -> About:
    """Say what this worker is."""
    return About(platform.node(), sandbox.available().refusal(), keys.environment())


def unchanged(parcel: Parcel) -> Parcel:
    """The task that holds a parcel: the scheduler can make it again when its worker is lost."""
    return parcel


def work(parcel: Parcel, job: Job, how: How) -> Done:
    """Do a job on this worker. It runs nothing without isolation, whatever it is told."""
    if how.isolation != sandbox.FULL:
        return Done(None, f"a worker runs nothing with isolation={how.isolation!r}")
    with _lock:
        kit = _kits.get(parcel.key)
        if kit is None:
            _kits.clear()  # a class has one assignment
            kit = _kits[parcel.key] = unpack(parcel)
    return do(kit, job, how, _warm)
