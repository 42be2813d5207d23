"""Seconds of the demo's phases, cold cache, network off where this system lets us switch it off."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def without_network():
    """The prefix that starts a command with no network; empty where that is not allowed."""
    for prefix in (["unshare", "--net"], ["unshare", "--user", "--map-root-user", "--net"]):
        if (
            shutil.which("unshare")
            and not subprocess.run([*prefix, "true"], capture_output=True).returncode
        ):
            return prefix
    return []


def main():
    prefix = without_network()
    with tempfile.TemporaryDirectory() as name:
        cache = {"TINYMLEDU_CACHE": str(Path(name) / "cache")}
        command = [*prefix, sys.executable, "-m", "tinymledu", "demo", "--out", f"{name}/demo"]
        started = time.perf_counter()
        done = subprocess.run(command, env={**os.environ, **cache}, check=False)
        seconds = time.perf_counter() - started
    network = "off" if prefix else "on: it cannot be switched off here"
    print(
        f"demo: {seconds:.0f} s in all, exit code {done.returncode}, cold cache, network {network}"
    )


if __name__ == "__main__":
    main()
