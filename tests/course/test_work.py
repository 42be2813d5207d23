"""Jobs on this machine: a warm parent that ends costs nobody anything."""

import os
import signal
import threading
from functools import partial

import pytest
from small_assignment import fresh_course

from tinymledu.course import grading, work, zygote
from tinymledu.course.intake import Submission
from tinymledu.course.work import Here, How, Job, Warm

GOOD = "def double(x):\n    return 2 * x"
SLOW = "import time\ntime.sleep(1.5)\n" + GOOD


@pytest.fixture
def kit(tmp_path, warm, monkeypatch):
    monkeypatch.setattr(work, "Zygote", partial(zygote.Zygote, tensorflow=False))
    return grading.prepare_for(fresh_course(tmp_path / "c"), "T01")


@pytest.fixture
def own_warm():
    mine = Warm()
    yield mine
    mine.close()


def test_warm_parent_that_has_ended_is_started_again(kit, own_warm):
    first = own_warm.parent()
    os.kill(first.pid, signal.SIGKILL)
    os.waitid(os.P_PID, first.pid, os.WEXITED | os.WNOWAIT)

    done = work.do(kit, Job(Submission("", {"double": GOOD})), How(), own_warm)

    assert done.result.points_earned == 85


def test_warm_parent_that_ends_in_the_middle_is_not_the_submissions_doing(kit, own_warm):
    victim = own_warm.parent().pid
    kill = threading.Timer(0.5, os.kill, (victim, signal.SIGKILL))
    kill.start()

    done = work.do(kit, Job(Submission("", {"double": SLOW})), How(), own_warm)

    kill.join()
    assert own_warm.parent().pid != victim
    assert done.result.points_earned == 85


def test_job_that_cannot_be_done_has_a_reason_and_no_result(kit, own_warm, monkeypatch):
    def broken(*_, **__):
        raise RuntimeError("no room")

    monkeypatch.setattr(work.kits, "run", broken)

    done = work.do(kit, Job(Submission("", {"double": GOOD})), How(), own_warm)

    assert (done.result, done.failure) == (None, "RuntimeError: no room")


def test_jobs_that_wait_are_not_begun_when_the_run_is_stopped(kit, monkeypatch):
    begun = []
    never = threading.Event()

    def slow_after_the_first(_kit, job, _how, _warm):
        begun.append(job)
        never.wait(0.5 if len(begun) > 1 else 0)

    monkeypatch.setattr(work, "do", slow_after_the_first)
    jobs = [Job(Submission(f"s{n}")) for n in range(200)]

    with Here(1) as here:
        going = here.run(kit, jobs, How())
        next(going)
        going.close()

    assert len(begun) < 20
