"""A real browser for tests: what ran in a page, and what it asked the network for.

Headless Chromium over its DevTools protocol. A payload that runs writes RAN to the console,
from a frame as well.
"""

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-extensions", "--disable-default-apps", "--disable-dev-shm-usage",
    "--disable-features=IsolateOrigins,site-per-process", "--remote-allow-origins=*",
    "--remote-debugging-port=0",
)  # fmt: skip

# Whoever looks at a page moves over it, opens and clicks what is there.
TOUCH = """
(() => {
  for (const one of document.querySelectorAll(SELECTOR + ', ' + SELECTOR + ' *')) {
    for (const kind of ['mouseover', 'mouseenter', 'pointerover', 'focus', 'wheel'])
      one.dispatchEvent(new Event(kind, {bubbles: true}));
    if (one.focus) one.focus();
    const goes = one.closest('a[href]');
    if (!goes || goes.protocol === 'javascript:' || goes.getAttribute('href')[0] === '#')
      one.dispatchEvent(new MouseEvent('click', {bubbles: true, cancelable: true}));
  }
})()
"""
SETTLED = "new Promise(done => setTimeout(() => requestAnimationFrame(() => done(1)), 100))"


READY = """
new Promise((done, failed) => {
  const end = Date.now() + 20000;
  const look = () => CONDITION ? done(1) : Date.now() > end ? done(0) : setTimeout(look, 20);
  look();
})
"""


def find() -> str | None:
    """The program, under one of its names."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)


@dataclass
class Visit:
    """What a page did: what it wrote after RAN, and the addresses it asked for but its own.

    What its policy stopped is not among them.
    """

    ran: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    text: str = ""
    values: list[object] = field(default_factory=list)


def ran_in(events):
    """What was written after RAN, and "a dialog" for each one that opened."""
    for event in events:
        if event.get("method") == "Runtime.consoleAPICalled":
            words = [str(arg.get("value")) for arg in event["params"]["args"]]
            yield from (word for word in words if "RAN" in word)
        elif event.get("method") == "Page.javascriptDialogOpening":
            yield "a dialog"


def requests_in(events):
    """Addresses outside the page that were asked for, without those that its policy stopped."""
    asked = {}
    for event in events:
        method, params = event.get("method"), event.get("params", {})
        if method == "Network.requestWillBeSent":
            asked[params["requestId"]] = params["request"]["url"]
        elif method == "Network.loadingFailed" and params.get("blockedReason") == "csp":
            del asked[params["requestId"]]
    return [one for one in asked.values() if not one.startswith(("data:", "about:", "blob:"))]


class Browser:
    def __init__(self, socket):
        self._socket = socket
        self._number = 0
        self._events = []

    def _call(self, method, session=None, **params):
        self._number += 1
        message = {"id": self._number, "method": method, "params": params}
        self._socket.send(json.dumps(message | ({"sessionId": session} if session else {})))
        while True:
            got = json.loads(self._socket.recv())
            if got.get("id") == self._number:
                assert "error" not in got, f"{method}: {got}"
                return got["result"]
            self._events.append(got)

    def _until(self, method, session):
        while not any(
            one.get("method") == method and one.get("sessionId") == session for one in self._events
        ):
            self._events.append(json.loads(self._socket.recv()))

    def visit(self, url, *, keep_policy=True, touch="body", ready="true", ask=(), width=None):
        """Open a page, use it, close it.

        Args:
            url: where it is.
            keep_policy: False switches its Content-Security-Policy off: escaping alone must do.
            touch: selector of what is moved over and clicked; None for nothing.
            ready: JavaScript that is true once the page has loaded what it shows.
            ask: JavaScript whose values are wanted at the end.
            width: of the screen, in CSS pixels; None for the window's own.
        """
        target, session = self._opened(keep_policy, width)
        self._events.clear()
        self._call("Page.navigate", session, url=url)
        self._until("Page.loadEventFired", session)
        assert self._value(session, READY.replace("CONDITION", ready)), f"{url}: never {ready}"
        if touch is not None:
            self._value(session, SETTLED)
            self._value(session, TOUCH.replace("SELECTOR", json.dumps(touch)))
        self._value(session, SETTLED)
        done = Visit(
            text=self._value(session, "document.documentElement.innerText"),
            values=[self._value(session, one) for one in ask],
            ran=[*ran_in(self._events)],
            requests=[one for one in requests_in(self._events) if one != url],
        )
        self._call("Target.closeTarget", targetId=target)
        return done

    def _opened(self, keep_policy, width):
        """An empty page of its own, and the session that tells what happens in it."""
        target = self._call("Target.createTarget", url="about:blank")["targetId"]
        session = self._call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network"):
            self._call(f"{domain}.enable", session)
        self._call("Page.setBypassCSP", session, enabled=not keep_policy)
        if width is not None:
            screen = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": True}
            self._call("Emulation.setDeviceMetricsOverride", session, **screen)
        return target, session

    def _value(self, session, expression):
        result = self._call(
            "Runtime.evaluate", session, expression=expression, awaitPromise=True,
            returnByValue=True, timeout=30_000,
        )  # fmt: skip
        return result["result"].get("value")


@contextmanager
def browser(program, profile, *more_flags) -> Iterator[Browser]:
    """A browser with an empty profile; ended at the end."""
    from websocket import create_connection

    process = subprocess.Popen(
        [program, *FLAGS, *more_flags, f"--user-data-dir={profile}", "about:blank"],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        address = next(
            line.split("listening on ")[1].strip()
            for line in process.stderr
            if "DevTools listening on " in line
        )
        socket = create_connection(address, timeout=60, suppress_origin=True)
        try:
            yield Browser(socket)
        finally:
            socket.close()
    finally:
        process.terminate()
        try:
            process.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
