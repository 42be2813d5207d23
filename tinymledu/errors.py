"""Every error a user can meet, in one tree.

Each class says which exit code the command line ends with. Each takes one string, so that it
crosses process boundaries unchanged; the string says what happened, with which numbers, and what
to do next.
"""

import difflib
import traceback
from collections.abc import Iterable


def is_cell(file_name: str) -> bool:
    """Whether code comes from a notebook's cell: as IPython names it, or as its kernel does."""
    return file_name.startswith("<ipython-input") or "ipykernel_" in file_name


def lines_of_cells(error: BaseException | None) -> list[str]:
    """Where a notebook's own code raised: the frames that belong to cells, nothing of ours."""
    frames = traceback.extract_tb(error.__traceback__) if error is not None else []
    own = [frame for frame in frames if is_cell(frame.filename)]
    return [f"  line {frame.lineno}, in {frame.name}: {frame.line or ''}" for frame in own]


class TinymlError(Exception):
    """Something a user can act on. Shown as one message, without a traceback."""

    exit_code = 1

    def _render_traceback_(self) -> list[str]:
        """What IPython prints in place of a traceback: the message, and the cells' own lines."""
        return [f"{type(self).__name__}: {self}", *lines_of_cells(self)]


class InputError(TinymlError, ValueError):
    """A value, file or folder that the user gave cannot be used."""


class UnknownNameError(InputError):
    """A name that is not in a list of known names; the message offers the nearest."""


class ModelFormatError(InputError):
    """The bytes are not a .tflite model that can be read."""


class UnsupportedModelError(InputError):
    """The model is readable, but has an operator, type or option that cannot be run."""


class QuantizationError(InputError):
    """A scale, zero point or multiplier is outside what the integer arithmetic can carry."""


class DatasetError(InputError):
    """A dataset is empty, has one class only, or its files cannot be read."""


class ConversionError(TinymlError, RuntimeError):
    """TensorFlow's converter could not turn the Keras model into a .tflite file."""


class DownloadError(TinymlError, OSError):
    """A file could not be fetched, or is not the file that was expected."""


class DiskFullError(DownloadError):
    """The disk has no room for what is fetched; another address would not help."""


class DoesNotFitError(TinymlError, MemoryError):
    """The firmware needs more flash or RAM than the board has."""


class BoardError(TinymlError, RuntimeError):
    """The firmware stopped on a fault, or the board gave an answer that makes no sense."""


class BundleError(InputError):
    """A bundle that was sent is refused; the message names the file and what differs."""


class CourseError(InputError):
    """A course folder, assignment or submission cannot be used."""


class SandboxError(TinymlError, RuntimeError):
    """Untrusted code cannot be isolated here, so it was not run."""

    exit_code = 3


class MissingToolError(TinymlError, RuntimeError):
    """A program or package that this step needs is not installed."""

    exit_code = 3


def unknown_name(kind: str, name: str, known: Iterable[str]) -> UnknownNameError:
    """Say that `name` is not a known `kind`, with the nearest known names first."""
    names = sorted(known)
    near = difflib.get_close_matches(str(name), names, n=3, cutoff=0.5)
    ordered = near + [other for other in names if other not in near]
    from tinymledu.translation import translated  # which needs the errors above

    return UnknownNameError(
        translated(
            "There is no {kind} {name!r}. Known: {known}.",
            kind=translated(kind),
            name=name,
            known=", ".join(ordered),
        )
    )
