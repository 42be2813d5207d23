"""The jail that student code runs in: every layer together, what is here and what is missing.

A process that is going to run untrusted code calls `enter`, once, after a fork from the warm
parent; the order of the layers matters and is in that one function. Nothing here runs student code.
"""

import functools
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field

from tinymledu.course.isolation import cgroups, identity, landlock, limits, linux, mounts, seccomp
from tinymledu.course.isolation.limits import Limits
from tinymledu.errors import SandboxError

FULL = "full"
NONE = "none"


# What it means that a layer is missing, in words for who grades.
MEANINGS = {
    "namespaces": "a submission could see and reach what is yours",
    "file system": "a submission could read and change your files",
    "privileges": "a submission could do what you may do",
    "process limits": "a submission could use this machine up",
    "system call filter": "more of the kernel can be reached, and with it its faults",
    "Landlock": "there is one wall around your files instead of two",
    "control groups": "memory is limited for each process instead of for all of a submission, and "
    "many processes get more than their share of the cores",
    "uid per jail": "every submission runs as you, behind its namespaces only",
}


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer of the jail: whether this machine has it, and if not why, and what to do."""

    name: str
    present: bool
    reason: str = ""
    fix: str = ""
    required: bool = True


@dataclass(frozen=True, slots=True)
class Isolation:
    """What this machine offers. `level` is "full" when every required layer is present."""

    level: str
    layers: tuple[Layer, ...]

    def refusal(self) -> str:
        """Why untrusted code is not run here, and what would change that; '' when it is run."""
        missing = [layer for layer in self.layers if layer.required and not layer.present]
        return " ".join(f"{layer.name}: {layer.reason}. {layer.fix}".strip() for layer in missing)

    def weaknesses(self) -> tuple[str, ...]:
        """A sentence for each layer that is missing: what it means, and what would change it."""
        missing = [layer for layer in self.layers if not layer.present]
        return tuple(
            f"Without {layer.name} ({layer.reason}): "
            f"{MEANINGS.get(layer.name, 'nothing can be isolated')}. {layer.fix}".strip()
            for layer in missing
        )


@dataclass(frozen=True, slots=True)
class Jail:
    """What one process is locked into. `extra` maps paths inside to paths outside, read-only."""

    limits: Limits
    mount_point: str
    uid: int
    group: cgroups.Group | None = None
    extra: Mapping[str, str] = field(default_factory=dict)


def enter(jail: Jail) -> None:
    """Lock the calling process in, for good. It must be process 1 of a new pid namespace.

    The order: the control group while its files can still be seen; the mounts while there are
    privileges; then identity and limits; the two filters last, since they forbid the rest.

    Raises:
        OSError: a required layer could not be entered; the process must end.
    """
    if jail.group is not None:
        cgroups.join(jail.group)
    view = mounts.python_view(jail.limits.scratch_bytes, jail.extra)
    gid = jail.uid if os.getuid() == 0 else os.getgid()
    mounts.enter_view(view, jail.mount_point, jail.uid, gid)
    linux.set_hostname("sandbox")
    identity.drop_privileges(jail.uid)
    linux.die_with_parent(signal.SIGKILL)  # the change of uid has cleared it
    limits.apply_process_limits(jail.limits, count_processes=True, address_space=jail.group is None)
    os.chdir(mounts.WORK)
    writable = (mounts.SCRATCH, "/tmp", "/dev")
    _where_known(lambda: landlock.restrict((*view.inside(), "/proc", "/etc"), writable))
    if seccomp.supported(linux.machine()):
        seccomp.install()


def _where_known(restrict: Callable[[], None]) -> None:
    """Landlock is a second wall; a kernel without it (ENOSYS, EOPNOTSUPP) has the first."""
    try:
        landlock.abi_version()
    except OSError:
        return
    restrict()


# ---------------------------------------------------------------------------------- what is here


@functools.cache
def available() -> Isolation:
    """Try every layer in a throw-away process and say what this machine has.

    Nothing is assumed from versions: a namespace that the kernel knows may be forbidden here.
    """
    if not sys.platform.startswith("linux"):
        reason = f"namespaces are Linux's; this is {sys.platform}"
        fix = "Use WSL2, a Linux machine or a virtual machine."
        return Isolation(NONE, (Layer("namespaces", False, reason, fix),))
    probe = subprocess.run(
        [sys.executable, "-m", "tinymledu.course.probe"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    try:
        found = json.loads(probe.stdout)
    except ValueError:
        reason = f"the probe ended with {probe.returncode}: {probe.stderr[-300:].strip()}"
        return Isolation(NONE, (Layer("probe", False, reason),))
    layers = tuple(Layer(**layer) for layer in found)
    complete = all(layer.present for layer in layers if layer.required)
    return Isolation(FULL if complete else NONE, layers)


def require() -> None:
    """Raise SandboxError unless untrusted code can be isolated here."""
    isolation = available()
    if isolation.level == FULL:
        return
    raise SandboxError(
        f"Untrusted code was not run: this machine cannot isolate it. {isolation.refusal()} "
        "Your own notebooks can be run without isolation: isolation='none', trust=True."
    )


def level_for_batch(*, trust: bool) -> str:
    """The isolation that a batch of submissions runs with: "full" wherever this machine has it.

    Args:
        trust: the person has said that every submission may run without.

    Raises:
        SandboxError: there is none, and trust was not given, or this is root.
    """
    isolation = available()
    if isolation.level == FULL:
        return FULL
    if not trust:
        raise SandboxError(
            "NOT ISOLATED: this machine cannot shut untrusted code in, so nothing was run. "
            f"{isolation.refusal()} If you trust every submission: add --i-trust-this-code"
        )
    refuse_root()
    return NONE


def refuse_root() -> None:
    """Raise SandboxError for root: a whole batch without isolation is for ordinary users only."""
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        raise SandboxError(
            "NOT ISOLATED, and you are root: one submission could destroy this machine, so nothing "
            f"was run. Run this as an ordinary user, or isolated. {available().refusal()}".strip()
        )


def as_records(layers: tuple[Layer, ...]) -> str:
    """Layers as JSON, for the probe's answer."""
    return json.dumps([asdict(layer) for layer in layers])
