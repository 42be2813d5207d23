"""The warm parent's working folder, locked by those who use it and swept when they are gone.

The folder's own lock is held by the grader and, inherited, by the warm parent and its supervisors.
When all of them were killed, the kernel has let it go, and the next warm parent removes the folder.
"""

import contextlib
import os
import shutil
import tempfile
import time
from pathlib import Path

PREFIX = "tinymledu-warm-"
_NEW_PREFIX = "tinymledu-new-"  # not yet locked
_OLD_S = 3600.0


def make() -> tuple[Path, int]:
    """A new folder and the open file that holds its lock, for the warm parent to inherit."""
    sweep()
    new = Path(tempfile.mkdtemp(prefix=_NEW_PREFIX))
    handle = os.open(new, os.O_RDONLY)
    _try_lock(handle)
    return new.rename(new.with_name(PREFIX + new.name.removeprefix(_NEW_PREFIX))), handle


def sweep() -> None:
    """Remove what killed graders left: folders of ours that nobody has locked."""
    here = Path(tempfile.gettempdir())
    for folder in here.glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):  # another user's, or gone meanwhile
            _remove_if_free(folder)
    for folder in here.glob(f"{_NEW_PREFIX}*"):
        with contextlib.suppress(OSError):
            if folder.stat().st_mtime < time.time() - _OLD_S:
                shutil.rmtree(folder)


def _remove_if_free(folder: Path) -> None:
    if folder.is_symlink() or folder.stat().st_uid != os.getuid():
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        if _try_lock(handle):
            shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(handle)


def _try_lock(handle: int) -> bool:
    """Lock, if nobody has; a file system without locks counts as locked: nothing is removed."""
    import fcntl

    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
