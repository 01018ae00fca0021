"""A headless Chromium, told what to do through a pipe (the DevTools protocol), for tests of pages."""

import base64
import contextlib
import json
import os
import shutil
import subprocess
import sys

_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--remote-debugging-pipe",
)
# Chromium reads commands from file descriptor 3 and answers on 4: put the pipes there (by way of
# numbers that are in nobody's way), then become it.
_LAUNCH = (
    "import fcntl, os, sys; "
    "pipes = [fcntl.fcntl(int(pipe), fcntl.F_DUPFD, 10) for pipe in sys.argv[1:3]]; "
    "os.dup2(pipes[0], 3); os.dup2(pipes[1], 4); os.execvp(sys.argv[3], sys.argv[3:])"
)


class Browser:
    """One page of a headless Chromium.

    Attributes:
      requests: addresses that the page asked for, itself first; data: addresses left out.
      complaints: texts of the console's errors and warnings, of exceptions and of what was refused.
    """

    def __init__(self, commands, answers):
        self._commands, self._answers, self._unread = commands, answers, b""
        self._number, self._session = 0, None
        self.requests, self.complaints = [], []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def call(self, method, **params):
        """Send one command; returns its result, after noting the events that came before it."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": params}
        if self._session and not method.startswith("Browser."):
            message["sessionId"] = self._session
        self._commands.write(json.dumps(message).encode() + b"\0")
        self._commands.flush()
        return self._wait(lambda answer: answer.get("id") == self._number)["result"]

    def open(self, path, width, height=800):
        """Load a file, without a network, on a screen of this size in CSS pixels."""
        self.call(
            "Network.emulateNetworkConditions", offline=True, latency=0, downloadThroughput=-1, uploadThroughput=-1
        )
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=2, mobile=width < 600
        )
        self.call("Page.navigate", url=path.as_uri())
        self._wait(lambda answer: answer.get("method") == "Page.loadEventFired")

    def evaluate(self, expression):
        """Return the value of a JavaScript expression."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"]["value"]

    def pdf(self):
        """Return the page as it prints, a PDF's bytes."""
        return base64.b64decode(self.call("Page.printToPDF", preferCSSPageSize=True)["data"])

    def _wait(self, wanted):
        while True:
            answer = json.loads(self._read())
            self._note(answer.get("method"), answer.get("params"))
            if wanted(answer):
                assert "error" not in answer, answer
                return answer

    def _read(self):
        while b"\0" not in self._unread:
            piece = self._answers.read1(1 << 16)
            assert piece, "Chromium ended"
            self._unread += piece
        message, _, self._unread = self._unread.partition(b"\0")
        return message

    def _note(self, method, params):
        if method == "Network.requestWillBeSent" and not params["request"]["url"].startswith("data:"):
            self.requests.append(params["request"]["url"])
        elif method == "Runtime.consoleAPICalled" and params["type"] in ("error", "warning"):
            self.complaints.append(str(params["args"]))
        elif method == "Runtime.exceptionThrown":
            self.complaints.append(params["exceptionDetails"]["text"])
        elif method == "Log.entryAdded" and params["entry"]["level"] in ("error", "warning"):
            self.complaints.append(params["entry"]["text"])


@contextlib.contextmanager
def browser(profile):
    """Yield a Browser with an empty profile in the folder `profile`; it ends with the body."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert program, (
        "no Chromium on the PATH: install one, on Debian by `apt-get install --no-install-recommends chromium`"
    )
    theirs, commands = os.pipe()
    answers, ours = os.pipe()
    process = subprocess.Popen(
        [sys.executable, "-c", _LAUNCH, str(theirs), str(ours), program, *_FLAGS, f"--user-data-dir={profile}"],
        pass_fds=(theirs, ours),
        stderr=subprocess.DEVNULL,
    )
    os.close(theirs)
    os.close(ours)
    try:
        with open(commands, "wb") as send, open(answers, "rb") as receive:
            shown = Browser(send, receive)
            yield shown
            shown.call("Browser.close")
            process.wait(timeout=20)
    finally:
        process.kill()  # a no-op where it has ended
        process.wait()
