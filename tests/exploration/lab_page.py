"""A notebook in a real JupyterLab, in a real browser that is used by keyboard."""

import base64
import json
import os
import re
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "course"))

from browser import READY, browser, find

_ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+/")
_CAMERA = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
_OFFLINE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
_SIZE = "--window-size=1300,1000"
_KEYS = {"ArrowRight": 39, "ArrowLeft": 37, "ArrowDown": 40, "Home": 36, "End": 35, "Tab": 9,
         "Enter": 13, " ": 32}  # fmt: skip
_RUN_ALL = "jupyterapp.commands.execute('notebook:run-all-cells')"
_IDLE = """
  (() => { const now = jupyterapp.shell.currentWidget;
           return now?.sessionContext?.session?.kernel?.connectionStatus === 'connected'
                  && now.context.isReady; })()
"""

_ASK = """
  new Promise(done => {
    const kernel = jupyterapp.shell.currentWidget.sessionContext.session.kernel;
    const future = kernel.requestExecute({code: CODE, store_history: false});
    let said = '';
    future.onIOPub = message => {
      if (message.header.msg_type === 'stream') said += message.content.text;
      if (message.header.msg_type === 'error') said += message.content.evalue;
    };
    future.done.then(() => done(said));
  })
"""


class Page:
    """An open page: ask it, press keys in it, look at it."""

    def __init__(self, open_browser, url):
        self._browser = open_browser
        target = open_browser._call("Target.createTarget", url="about:blank")["targetId"]
        self._session = open_browser._call(
            "Target.attachToTarget", targetId=target, flatten=True
        )["sessionId"]  # fmt: skip
        for domain in ("Page", "Runtime", "Network"):
            self._call(f"{domain}.enable")
        open_browser._events.clear()
        self._call("Page.navigate", url=url)
        open_browser._until("Page.loadEventFired", self._session)

    def _call(self, method, **params):
        return self._browser._call(method, self._session, **params)

    def value(self, expression):
        return self._browser._value(self._session, expression)

    def until(self, condition, *, times=3):
        """Wait for JavaScript to be true, up to 20 s each time."""
        tried = READY.replace("CONDITION", f"({condition})")
        assert any(self.value(tried) for _ in range(times)), f"never: {condition}\n{self.text()}"

    def press(self, key):
        given = {"key": key, "code": "Space" if key == " " else key,
                 "windowsVirtualKeyCode": _KEYS[key]}  # fmt: skip
        text = {"Enter": "\r", " ": " "}.get(key, "")
        self._call("Input.dispatchKeyEvent", type="keyDown", text=text, **given)
        self._call("Input.dispatchKeyEvent", type="keyUp", **given)

    def run(self, code):
        """What a piece of code prints in the notebook's kernel."""
        return self.value(_ASK.replace("CODE", json.dumps(code))).strip()

    def text(self):
        return self.value("document.body.innerText")

    def look(self, path):
        """Keep a picture of the page, for a person."""
        shot = self._call("Page.captureScreenshot", format="png")["data"]
        Path(path).write_bytes(base64.b64decode(shot))

    def resize(self, size):
        """Give the page another width and height, in pixels."""
        width, height = size
        self._call("Emulation.setDeviceMetricsOverride", width=width, height=height,
                   deviceScaleFactor=1, mobile=False)  # fmt: skip

    def names(self):
        """(role, name) of all controls, as a screen reader gets them."""
        nodes = self._call("Accessibility.getFullAXTree")["nodes"]
        return [
            (node["role"]["value"], node.get("name", {}).get("value", ""))
            for node in nodes
            if not node["ignored"]
        ]

    def requests(self):
        """All addresses that were asked for."""
        return [
            event["params"]["request"]["url"]
            for event in self._browser._events
            if event.get("method") == "Network.requestWillBeSent"
        ]


@contextmanager
def _server(folder, home):
    """JupyterLab for a folder; its address. It is ended at the end."""
    options = {
        "ServerApp.ip": "127.0.0.1",
        "ServerApp.port": "0",
        "ServerApp.open_browser": "False",
        "ServerApp.allow_root": "True",
        "ServerApp.root_dir": str(folder),
        "IdentityProvider.token": "",
        "ServerApp.password": "",
        "LabApp.expose_app_in_browser": "True",
        "LabApp.news_url": "None",
        "LabApp.check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
        "LabApp.extension_manager": "readonly",
    }
    places = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "HOME")
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    with (home / "server.log").open("w+") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *(f"--{k}={v}" for k, v in options.items())],
            cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
            env=os.environ | dict.fromkeys(places, str(home)) | {"PATH": path},
        )  # fmt: skip
        try:
            for line in process.stderr:
                log.write(line)
                if found := _ADDRESS.search(line):
                    break
            else:
                log.seek(0)
                raise AssertionError("the server did not start:\n" + log.read())
            log.flush()
            drain = subprocess.Popen(["cat"], stdin=process.stderr, stdout=log)
            yield found[0]
            drain.terminate()
            drain.wait()
        finally:
            process.terminate()
            process.wait(timeout=30)
            process.stderr.close()


@contextmanager
def opened(cells, place):
    """The notebook with these code cells, open in JupyterLab and run to its end."""
    if (program := find()) is None:
        pytest.skip("chromium is not installed: sudo apt install chromium")
    (folder := place / "work").mkdir()
    (home := place / "home").mkdir()
    notebook = {
        "cells": [
            {"cell_type": "code", "id": f"cell{i}", "metadata": {}, "outputs": [],
             "execution_count": None, "source": source}
            for i, source in enumerate(cells)
        ],
        "metadata": {"kernelspec": {"display_name": "Python 3", "language": "python",
                                    "name": "python3"}},
        "nbformat": 4, "nbformat_minor": 5,
    }  # fmt: skip
    (folder / "widgets.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    flags = (*_CAMERA, _OFFLINE, _SIZE)
    with _server(folder, home) as url, browser(program, place / "profile", *flags) as now:
        page = Page(now, f"{url}lab/tree/widgets.ipynb")
        page.until(f"window.jupyterapp && {_IDLE}")
        page.value(f"{_RUN_ALL}.then(() => 1)")
        yield page, url
