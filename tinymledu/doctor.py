"""What this machine has for the course, what is missing, and the command that fixes it."""

import importlib.metadata
import importlib.util
import os
import platform
import shutil
import sys
from dataclasses import dataclass
from typing import Literal

from tinymledu import files
from tinymledu.units import size

State = Literal["ok", "optional", "missing"]

_FREE_BYTES_NEEDED = 2 * 1024**3


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's report. `fix` is a command or sentence; empty when all is well."""

    name: str
    state: State
    detail: str
    purpose: str
    fix: str = ""


@dataclass(frozen=True, slots=True)
class _Package:
    distribution: str
    module: str
    purpose: str
    extra: Literal["", "full", "oracle"] = ""  # of pyproject.toml; without one it is required


_PACKAGES = (
    _Package("tensorflow", "tensorflow", "training (lessons marked full)", "full"),
    _Package("ai-edge-litert", "ai_edge_litert", "accuracy of float models", "full"),
    _Package("nbgrader", "nbgrader", "gradebook and formgrader"),
    _Package("jupyterlab", "jupyterlab", "opening the lessons"),
    _Package("ziglang", "ziglang", "compiling for boards"),
    _Package("unicorn", "unicorn", "the virtual board"),
    _Package(
        "tflite-micro",
        "tflite_micro",
        "tinymledu verify (published for Linux x86-64, Python 3.11 and 3.12)",
        "oracle",
    ),
    _Package("edge-impulse-linux", "edge_impulse_linux", "Edge Impulse for Linux", "full"),
)

# program, purpose, Debian package
_PROGRAMS = (
    ("arm-none-eabi-gcc", "a second compiler for boards", "gcc-arm-none-eabi"),
    ("qemu-system-arm", "a second emulator to check counts", "qemu-system-arm"),
    ("cc", "tests of the C kernels on this computer", "build-essential"),
)


def examine() -> tuple[Finding, ...]:
    """Look at everything the course can use; nothing is changed and nothing is downloaded."""
    return (
        _python(),
        _disk(),
        *(_package(package) for package in _PACKAGES),
        *(_program(*program) for program in _PROGRAMS),
        *_isolation(),
        _weights(),
    )


def _python() -> Finding:
    version = platform.python_version()
    fits = (3, 11) <= sys.version_info[:2] <= (3, 13)
    detail = f"{version}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}"
    fix = "" if fits else "install Python 3.11, 3.12 or 3.13 and run `make demo` again"
    return Finding("Python", "ok" if fits else "missing", detail, "everything", fix)


def _disk() -> Finding:
    try:
        free = shutil.disk_usage(files.cache_dir()).free
    except OSError as reason:
        detail = f"{reason.filename}: {reason.strerror}"
        fix = "name a folder that you can write to in TINYMLEDU_CACHE"
        return Finding("disk space", "missing", detail, "cache", fix)
    if free >= _FREE_BYTES_NEEDED:
        return Finding("disk space", "ok", f"{size(free)} free", "cache of drawings and builds")
    fix = f"free {size(_FREE_BYTES_NEEDED - free)}, or name another place in TINYMLEDU_CACHE"
    return Finding("disk space", "missing", f"{size(free)} free", "cache", fix)


def _package(package: _Package) -> Finding:
    if importlib.util.find_spec(package.module) is not None:
        version = importlib.metadata.version(package.distribution)
        return Finding(package.distribution, "ok", version, package.purpose)
    state: State = "optional" if package.extra else "missing"
    fix = files.how_to_install(package.extra)
    return Finding(package.distribution, state, "not installed", package.purpose, fix)


def _program(name: str, purpose: str, debian_package: str) -> Finding:
    found = shutil.which(name)
    if found:
        return Finding(name, "ok", "found", purpose)
    return Finding(name, "optional", "not found", purpose, f"sudo apt install {debian_package}")


def _isolation() -> tuple[Finding, ...]:
    from tinymledu.course import sandbox

    def meaning(layer: sandbox.Layer) -> str:
        return f"without it, {sandbox.MEANINGS.get(layer.name, 'nothing can be isolated')}"

    isolation = sandbox.available()
    return tuple(
        Finding(
            f"sandbox: {layer.name}",
            "ok" if layer.present else "optional",
            "present" if layer.present else layer.reason,
            "grading code written by others" if layer.present else meaning(layer),
            "" if layer.present else layer.fix,
        )
        for layer in isolation.layers
    )


def _weights() -> Finding:
    from tinymledu.datasets.weights import vww_path

    purpose = 'mobilenet_v1(weights="vww")'
    if vww_path() is not None:
        return Finding("VWW weights", "ok", "in the cache", purpose)
    fix = "tinymledu models fetch vww"
    return Finding("VWW weights", "optional", "not fetched", purpose, fix)
