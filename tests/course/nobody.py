"""Run a command as an ordinary user, for tests that start as root.

In namespaces of its own, where the interpreter can be read even if it is kept in a home folder that
only its owner can enter.
"""

import os
import shutil
import sys
from pathlib import Path

import pytest

UID = 65534

AS_NOBODY = """
set -e
folder=/mnt prefix=$1
shift
mount --make-rprivate /
mount -t tmpfs tmpfs /dev/shm
chmod 1777 /dev/shm
echo 20000 > /proc/sys/kernel/ns_last_pid
mount -t tmpfs -o mode=755 tmpfs "$folder"
mkdir "$folder/prefix" "$folder/home"
chmod 777 "$folder/home"
mount --bind "$prefix" "$folder/prefix"
top=/$(echo "$prefix" | cut -d/ -f2)
if [ "$(stat -c %a "$top")" = 700 ]; then
    mount -t tmpfs -o mode=755 tmpfs "$top"
    mkdir -p "$prefix"
    mount --bind "$folder/prefix" "$prefix"
fi
export HOME="$folder/home" TINYMLEDU_CACHE="$folder/home/cache" TMPDIR="$folder/home"
cd /
setpriv --reuid 65534 --regid 65534 --clear-groups "$@"
exit $?
"""

THROW_AWAY = ("unshare", "--mount", "--pid", "--fork", "--mount-proc", "--net", "--ipc", "--uts",
              "--kill-child")  # fmt: skip


HOME = Path("/mnt/home")  # on a tmpfs that nobody else sees


def command(*arguments):
    """The command that runs this Python with `arguments` as that user; skips where it cannot."""
    if os.getuid() != 0:
        pytest.skip("the other tests ran without root already")
    for tool in ("unshare", "setpriv"):
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is not installed (package util-linux)")
    loopback = Path(__file__).parents[2] / "scripts" / "with_loopback.py"
    prefix = os.path.realpath(sys.base_prefix)
    shell = ["sh", "-c", AS_NOBODY, "sh", prefix, sys.executable]
    return [*THROW_AWAY, sys.executable, str(loopback), *shell, *arguments]
