"""A class graded by two worker processes of a real cluster, one of which is killed."""

import dataclasses
import sys
from functools import partial
from pathlib import Path

import cluster_tricks
import killed_grader as kg
import pytest
from small_assignment import NAME, fresh_course, hand_in

from tinymledu import course
from tinymledu.course import cluster, cluster_worker, grading, parcels, sandbox
from tinymledu.course.cluster import Cluster
from tinymledu.course.intake import Submission
from tinymledu.course.verdict import Verdict
from tinymledu.course.work import How, Job
from tinymledu.errors import CourseError, InputError, MissingToolError, SandboxError

NO_CLUSTER = "distributed is not installed: pip install 'tinymledu[cluster]'"
SLOW = "import time\ntime.sleep(1)\n"
ANSWERS = {
    "ana": SLOW + "def double(x):\n    return 2 * x",
    "bo": SLOW + "def double(x):\n    return x + x",
    "chi": "def double(x):\n    return {3: 6, 4: 8}[x]",
    "dara": "def double(x):\n    return x * 2",
    "eve": "import os\nos._exit(0)",
    "finn": "def double(x):\n    return x * 2  # twice",
}
DUE = {"ana": 85, "bo": 85, "chi": 4, "dara": 85, "eve": 0, "finn": 85}


@pytest.fixture(scope="module")
def two_workers(tmp_path_factory):
    """The address of a scheduler with two worker processes, and their temporary folder."""
    if sandbox.available().level != sandbox.FULL:
        pytest.skip(f"untrusted code cannot be isolated here: {sandbox.available().refusal()}")
    distributed = pytest.importorskip("distributed", reason=NO_CLUSTER)
    cloudpickle = pytest.importorskip("cloudpickle", reason=NO_CLUSTER)
    import dask

    cloudpickle.register_pickle_by_value(cluster_tricks)
    temporary = tmp_path_factory.mktemp("workers")
    settings = {"distributed.scheduler.allowed-failures": 1}
    with pytest.MonkeyPatch.context() as patch, dask.config.set(settings):
        patch.setenv("TMPDIR", str(temporary))
        with distributed.LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            processes=True,
            dashboard_address=None,
            host="127.0.0.1",
            local_directory=str(temporary / "dask"),
        ) as local:
            patch.delenv("TMPDIR")
            yield local.scheduler_address, temporary
    warm_parents_and_jails = temporary / "tinymledu-"
    assert kg.outlive(warm_parents_and_jails, seconds=20) == []


@pytest.fixture
def small_class(tmp_path):
    place = fresh_course(tmp_path / "c")
    for student, source in ANSWERS.items():
        hand_in(place, student, source)
    return place


def grade(place, address, monkeypatch, trick):
    monkeypatch.setattr(grading, "Cluster", partial(Cluster, work=trick))
    return course.grade(place.folder, "T01", cluster=address)


def points(report):
    return {one.student: one.machine_points for one in report.students}


def test_killed_worker_costs_nothing(two_workers, small_class, monkeypatch, tmp_path):
    address, _ = two_workers
    marker = tmp_path / "killed"

    report = grade(
        small_class,
        address,
        monkeypatch,
        partial(cluster_tricks.killed_once, marker=str(marker)),
    )

    assert marker.exists()
    assert points(report) == DUE
    assert report.needs_human == ()
    assert len(list((small_class.folder / "results" / NAME).glob("*.json"))) == len(DUE)
    assert all(one.cached for one in course.grade(small_class.folder, "T01").students)


@pytest.mark.slow
def test_submission_that_ends_its_workers_is_our_error_and_no_zero(
    two_workers, small_class, monkeypatch
):
    hand_in(small_class, "gus", "def double(x):\n    return 'poison'")

    report = grade(small_class, two_workers[0], monkeypatch, cluster_tricks.killed_by_poison)

    assert points(report) == DUE | {"gus": None}
    gus = report.students[-1]
    assert gus.verdict is Verdict.GRADER_ERROR
    assert "workers of the cluster were lost" in gus.reason


def test_worker_with_other_programs_is_refused(two_workers, monkeypatch):
    monkeypatch.setattr(cluster.keys, "environment", lambda: "another")

    with pytest.raises(CourseError, match="has other versions"):
        Cluster(two_workers[0])


# --------------------------------------------------------------------------- without any cluster


def test_worker_runs_nothing_without_isolation(small_class):
    kit = grading.prepare_for(small_class, "T01")
    job = Job(Submission("", {"double": "def double(x): return 2 * x"}))

    done = cluster_worker.work(parcels.pack(kit), job, How(isolation=sandbox.NONE))

    assert done.result is None
    assert "runs nothing with isolation='none'" in done.failure


def test_worker_that_cannot_isolate_says_so(monkeypatch):
    none = sandbox.Isolation(sandbox.NONE, (sandbox.Layer("namespaces", False, "forbidden"),))
    monkeypatch.setattr(sandbox, "available", lambda: none)

    assert "forbidden" in cluster_worker.about().refusal


class _Client:
    """A scheduler whose one worker cannot isolate."""

    def __init__(self, *_, **__):
        self.closed = False

    def wait_for_workers(self, *_, **__):
        pass

    def run(self, _):
        return {"tcp://w": cluster_worker.About("lab7", "namespaces: forbidden.", "same")}

    def close(self):
        self.closed = True


def test_nothing_is_sent_where_a_worker_cannot_isolate(monkeypatch):
    pytest.importorskip("distributed", reason=NO_CLUSTER)
    monkeypatch.setattr("distributed.Client", _Client)

    with pytest.raises(SandboxError, match=r"tcp://w on lab7 cannot isolate .* forbidden"):
        Cluster("tcp://127.0.0.1:1")


def test_scheduler_that_does_not_answer_is_named_with_the_command_that_starts_one(monkeypatch):
    pytest.importorskip("distributed", reason=NO_CLUSTER)
    monkeypatch.setattr(cluster, "_CONNECT_S", 0.2)

    with pytest.raises(
        CourseError, match=r"No scheduler answers at tcp://127.0.0.1:9 .*dask sched"
    ):
        Cluster("tcp://127.0.0.1:9")


def test_missing_package_is_named_with_its_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)

    with pytest.raises(MissingToolError, match="package distributed is not installed"):
        Cluster("tcp://127.0.0.1:9")


def test_cluster_without_isolation_is_refused(small_class):
    with pytest.raises(InputError, match="in isolation only"):
        course.grade(small_class.folder, "T01", cluster="tcp://h:1", isolation=sandbox.NONE)


def test_parcel_is_unpacked_once_and_holds_the_same(small_class, tmp_path, monkeypatch):
    monkeypatch.setenv("TINYMLEDU_CACHE", str(tmp_path / "cache"))
    data = tmp_path / "data"
    (data / "below").mkdir(parents=True)
    (data / "below" / "drawings.npz").write_bytes(b"12")
    kit = grading.prepare_for(small_class, "T01")
    kit = dataclasses.replace(kit, shown_folders={"/home/cache/datasets": str(data)})

    first, second = (parcels.unpack(parcels.pack(kit)) for _ in range(2))

    assert first == second
    [(shown, folder)] = first.shown_folders.items()
    assert shown == "/home/cache/datasets"
    assert [p.name for p in (tmp_path / "cache" / "kits").iterdir()] == [Path(folder).name]
    assert (Path(folder) / "below" / "drawings.npz").read_bytes() == b"12"
    assert (first.run_key, first.check_keys) == (kit.run_key, kit.check_keys)


def test_worker_is_not_told_whose_work_it_is():
    job = Job(Submission("ana", {"double": "x"}, essays={"why": "private"}, notes=("late",)))

    sent = cluster._without_names(job).submission

    assert sent == Submission("", {"double": "x"})
    assert sent.fingerprint == job.submission.fingerprint
