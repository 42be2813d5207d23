"""The command line: every verb is a few lines around a library call.

Exit codes: 0 done · 1 your input · 2 usage · 3 a tool is missing · 4 done, but some submissions
need a human.
"""

import argparse
import errno
import sys
import tempfile
import traceback
import warnings
from collections.abc import Sequence

from tinymledu.cli.parser import build_parser
from tinymledu.errors import TinymlError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; every failure is a sentence, never a traceback."""
    options = build_parser().parse_args(arguments)
    with warnings.catch_warnings():
        warnings.showwarning = _show_warning
        return _run(options)


def _run(options: argparse.Namespace) -> int:
    try:
        return int(options.verb(options))
    except TinymlError as error:
        _say(str(error))
        return error.exit_code
    except KeyboardInterrupt:
        _say("Stopped. What was finished is kept; run the same command again to go on.")
        return 130
    except BrokenPipeError:
        return 0  # the reader, such as `head`, has seen enough
    except OSError as error:
        _say(_about_files(error))
        return 1
    except Exception:  # noqa: BLE001  the last line of defence: our own faults
        return _own_fault()


def _say(message: str) -> None:
    sys.stderr.write(f"tinymledu: {message}\n")


def _show_warning(message: Warning | str, *_where: object, **_more: object) -> None:
    """In place of warnings.showwarning, whose path and line help no one here."""
    _say(str(message))


def _about_files(error: OSError) -> str:
    where = f" ({error.filename})" if error.filename else ""
    if error.errno == errno.ENOSPC:
        return (
            f"The disk is full{where}. Free some space, or name another place for the cache in "
            "TINYMLEDU_CACHE; finished files are whole."
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"No permission to write or read{where}. Choose a folder of your own."
    if error.errno == errno.ENOENT:
        return f"There is no such file or folder{where}."
    return f"{error.strerror or error}{where}."


def _own_fault() -> int:
    error = sys.exc_info()[1]
    what = f"This is a fault in tinymledu, not yours: {type(error).__name__}: {error}."
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="tinymledu-fault-", suffix=".txt", delete=False, encoding="utf-8"
        ) as report:
            report.write(traceback.format_exc())
    except OSError as reason:  # a full disk may be the fault's cause
        _say(f"{what} Its report could not be written ({reason.strerror}).")
    else:
        _say(f"{what} Please send {report.name} to whoever maintains your course.")
    return 1
