"""nbgrader's formgrader, served on the loopback interface for a test."""

import os
import re
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

_ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+/")


@contextmanager
def formgrader(course, home):
    """Serve a course; gives the server's address. It is ended at the end."""
    options = {
        "ServerApp.jpserver_extensions": "{'nbgrader.server_extensions.formgrader': True, "
        "'jupyter_server_mathjax': True}",
        "ServerApp.ip": "127.0.0.1",
        "ServerApp.port": "0",
        "ServerApp.open_browser": "False",
        "ServerApp.allow_root": "True",
        "ServerApp.root_dir": str(course),
        "IdentityProvider.token": "",
        "ServerApp.password": "",
    }
    places = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "HOME")
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    process = subprocess.Popen(
        [sys.executable, "-m", "jupyter_server", *(f"--{k}={v}" for k, v in options.items())],
        cwd=course, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        env=os.environ | dict.fromkeys(places, str(home)) | {"PATH": path},
    )  # fmt: skip
    said = []
    try:
        for line in process.stderr:
            said.append(line)
            if found := _ADDRESS.search(line):
                break
        else:
            raise AssertionError("the server did not start:\n" + "".join(said))
        with (home / "server.log").open("w") as log:
            drain = subprocess.Popen(["cat"], stdin=process.stderr, stdout=log)
            yield found[0]
            drain.terminate()
            drain.wait()
    finally:
        process.terminate()
        process.wait(timeout=30)
        process.stderr.close()
