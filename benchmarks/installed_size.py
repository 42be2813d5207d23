"""Bytes that each profile takes on disk, installed into a throw-away environment.

Needs the package index. Counts file sizes, before any bytecode is written by use.
"""

import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# Of the extras dev and oracle, and what only they bring. pathspec and pluggy stay: the build that
# an installation starts with needs them too.
DEVELOPMENT_ONLY = (
    "ast-serialize", "click", "cloudpickle", "dask", "distributed", "execnet", "fsspec",
    "hypothesis", "importlib-metadata", "iniconfig", "jupytext", "lazy-importer", "librt",
    "locket", "mdit-py-plugins", "msgpack", "mypy", "mypy-extensions", "opencv-python-headless",
    "partd", "pyspellchecker", "pytest", "pytest-xdist", "ruff", "sortedcontainers", "tblib",
    "tflite-micro", "toolz", "zict", "zipp",
)  # fmt: skip


def install(profile, folder):
    venv.create(folder, with_pip=True)
    pip = [str(folder / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "-q"]
    install = [*pip, "install", "--no-compile", "--require-hashes"]
    subprocess.run([*install, "-r", str(ROOT / "requirements" / "build.txt")], check=True)
    requirements = str(ROOT / "requirements" / f"{profile}.txt")
    subprocess.run([*install, "--no-build-isolation", "-r", requirements], check=True)
    if profile == "full":  # the lock holds the maintainer's tools too; a student installs none
        subprocess.run([*pip, "uninstall", "-y", *DEVELOPMENT_ONLY], check=True)


def size_bytes(folder):
    return sum(path.stat().st_size for path in folder.rglob("*") if not path.is_symlink())


def main():
    for profile in sys.argv[1:] or ("lite", "full"):
        with tempfile.TemporaryDirectory() as name:
            install(profile, Path(name))
            print(f"{profile}: {size_bytes(Path(name)) / 1e6:,.0f} MB in files (counted)")


if __name__ == "__main__":
    main()
