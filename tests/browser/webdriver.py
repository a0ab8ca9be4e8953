"""A browser by the WebDriver protocol (W3C), and a server that answers like hosts that read
`_headers`.
"""

from __future__ import annotations

import json
import subprocess
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from typing import Any

from support import PATIENCE, eventually

# Polling more often would take processor time from the browser.
PAUSE = 0.02
ELEMENTS = "return document.getElementsByTagName('*').length"
LOADED = "!window.leaving && document.readyState === 'complete'"


# Only tests with `cuts` examine shifts while a slow machine parses a page.
MOVED = """window.moved = 0;
new PerformanceObserver(list => list.getEntries().forEach(shift => {
  if (shift.startTime >= (window.since || 0)) window.moved += shift.value;
})).observe({type: 'layout-shift', buffered: true})"""


class Gate:
    """Holds back parts of a server's answers until the test releases them: images, and parts of a
    page, each of which begins with one of `cuts`.
    """

    def __init__(self, pictures: bool = False, cuts: Sequence[bytes] = ()) -> None:
        self.pictures, self.cuts = pictures, cuts
        self.opened = threading.Event()
        self.left = 0  # parts of the page that are kept back
        self._next = threading.Semaphore(0)

    def wait(self) -> None:
        self.opened.wait(PATIENCE)

    def parts(self, page: bytes) -> Iterator[bytes]:
        """Yield the parts of a page, each once it is released."""
        at = sorted(page.index(cut) for cut in self.cuts if cut in page)
        self.left = len(at)
        for start, end in pairwise([0, *at, len(page)]):
            if start:
                self._next.acquire(timeout=PATIENCE)
            yield page[start:end]

    def let_a_part_through(self) -> None:
        self.left -= 1
        self._next.release()

    def open(self) -> None:
        """Release everything."""
        self.opened.set()
        while self.left > 0:
            self.let_a_part_through()


class _Handler(SimpleHTTPRequestHandler):
    def __init__(
        self, *arguments: Any, headers: list[tuple[str, str]], gate: Gate, **options: Any
    ) -> None:
        self.everywhere, self.gate = headers, gate
        super().__init__(*arguments, **options)

    def do_GET(self) -> None:
        if self.gate.pictures and self.path.endswith((".jpg", ".png", ".webp", ".avif")):
            self.gate.wait()
        if not self.path.endswith("/"):
            super().do_GET()
        elif file := self.send_head():
            with file:
                page = file.read()
            for part in self.gate.parts(page):
                self.wfile.write(part)

    def end_headers(self) -> None:
        for name, value in self.everywhere:
            self.send_header(name, value)
        super().end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def serve(folder: Path, gate: Gate | None = None) -> Iterator[str]:
    """The address of a loopback server of this folder, with the headers that `_headers` has for all
    pages.
    """
    lines = (folder / "_headers").read_text("utf-8").splitlines()
    block = lines[lines.index("/*") + 1 :]
    end = next((i for i, line in enumerate(block) if not line.startswith(" ")), len(block))
    headers = [
        (name.strip(), value.strip())
        for name, _, value in (line.partition(":") for line in block[:end])
    ]
    gate = gate or Gate()
    server = ThreadingHTTPServer(
        ("127.0.0.1", 0), partial(_Handler, directory=str(folder), headers=headers, gate=gate)
    )
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        gate.open()
        server.shutdown()
        server.server_close()
        thread.join()


class Browser:
    """One window of Chromium. `calls` go to the driver; nothing but loopback is reached."""

    def __init__(self, driver: str, scripts: bool = True) -> None:
        self._driver = driver
        switches = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            "--disable-component-update",
        ]
        switches += [
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
            "--disable-dev-shm-usage",
        ]
        options: dict[str, Any] = {"args": switches}
        if not scripts:
            options["prefs"] = {"profile.managed_default_content_settings.javascript": 2}
        wanted = {
            "browserName": "chrome",
            "pageLoadStrategy": "none",  # `open` waits itself
            "timeouts": {"script": 1000 * int(PATIENCE)},
            "goog:chromeOptions": options,
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
        }
        made = self._call("POST", "", {"capabilities": {"alwaysMatch": wanted}})
        self._session = "/" + made["sessionId"]

    def _call(self, method: str, path: str, body: Any = None) -> Any:
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(
            f"{self._driver}/session{path}",
            data,
            {"Content-Type": "application/json"},
            method=method,
        )
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            error.add_note(error.read().decode()[:1000])
            raise

    def open(self, url: str, width: int = 1280, scale: int = 1, gate: Gate | None = None) -> None:
        """Open an address in a window of this width, on a screen of so many pixels to a CSS pixel,
        and wait until it is loaded. Parts held back by a gate are released one after another, each
        after the rest was painted.
        """
        if gate:
            gate.opened.clear()
        self.run("window.leaving = true")
        self.show(width, scale=scale)
        self._call("POST", self._session + "/url", {"url": url})
        if gate:
            eventually(
                lambda: self.look(
                    "!window.leaving && performance.getEntriesByType('paint').length"
                ),
                "the first paint",
                PAUSE,
            )
            self.frames()
            while gate.left:
                elements = self.run(ELEMENTS)
                gate.let_a_part_through()
                eventually(partial(self._has_more_than, elements), "the next part", PAUSE)
                self.frames()
            if not gate.cuts:
                eventually(lambda: self.look("document.readyState !== 'loading'"), url, PAUSE)
                self.frames()
                self.run("window.since = performance.now()")
            gate.open()
        eventually(lambda: self.look(LOADED), url, PAUSE)

    def _has_more_than(self, elements: int) -> bool:
        found: int = self.run(ELEMENTS)
        return found > elements

    def look(self, expression: str) -> Any:
        """Return the value of an expression, or nothing during a navigation."""
        try:
            return self.run(f"return {expression}")
        except urllib.error.HTTPError as error:
            error.close()
            return None

    def frames(self) -> None:
        """Wait until the current page has been laid out and painted."""
        self.run(
            "return new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
        )

    def show(self, width: int, scheme: str = "light", scale: int = 1) -> None:
        """Show the page, and those after it, in a window of this width with this preferred colour
        scheme.
        """
        self._devtools(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=900,
            deviceScaleFactor=scale,
            mobile=False,
        )
        self._devtools(
            "Emulation.setEmulatedMedia",
            features=[{"name": "prefers-color-scheme", "value": scheme}],
        )

    def _devtools(self, command: str, **parameters: Any) -> None:
        self._call(
            "POST", self._session + "/goog/cdp/execute", {"cmd": command, "params": parameters}
        )

    def run(self, script: str) -> Any:
        """Return the result of a script, for a promise its value."""
        return self._call("POST", self._session + "/execute/sync", {"script": script, "args": []})

    def shifts(self) -> float:
        """Return the layout shifts of the page that no user action caused (the Layout Instability
        API), while it is scrolled to its end, until all images are loaded or failed.
        """
        self.run(MOVED)
        eventually(self._is_read, "the pictures")
        self.frames()
        return round(self.run("return window.moved"), 3)  # a line of 1 px scores less

    def _is_read(self) -> bool:
        """Scroll on; return whether this is the end, and all images so far are loaded or failed."""
        left = self.run(
            "scrollBy(0, 800); const left = [...document.images].filter(image => "
            "!image.complete).length;"
            "return left + (scrollY + innerHeight < document.documentElement.scrollHeight - 2)"
        )
        self.frames()
        return not left

    def messages(self) -> list[str]:
        """Return the console messages since the last call, except those about images that cannot be
        reached.
        """
        entries = self._call("POST", self._session + "/se/log", {"type": "browser"})
        return [
            entry["message"] for entry in entries if "ERR_NAME_NOT_RESOLVED" not in entry["message"]
        ]

    def requests(self) -> list[tuple[str, str]]:
        """Return the requests since the last call: the type (Document, Image ...) and the
        address.
        """
        out = []
        for entry in self._call("POST", self._session + "/se/log", {"type": "performance"}):
            event = json.loads(entry["message"])["message"]
            if event["method"] == "Network.requestWillBeSent":
                out.append((event["params"].get("type", ""), event["params"]["request"]["url"]))
        return out

    def text(self) -> str:
        """Return the visible text of the page."""
        found = self._call(
            "POST", self._session + "/element", {"using": "css selector", "value": "body"}
        )
        text: str = self._call("GET", f"{self._session}/element/{next(iter(found.values()))}/text")
        return text

    def click(self, selector: str) -> None:
        """Click the first element of this selector."""
        found = self._call(
            "POST", self._session + "/element", {"using": "css selector", "value": selector}
        )
        self._call("POST", f"{self._session}/element/{next(iter(found.values()))}/click", {})

    def type(self, text: str) -> None:
        """Press the keys of a text at the focus."""
        found = self._call("GET", self._session + "/element/active")
        self._call(
            "POST", f"{self._session}/element/{next(iter(found.values()))}/value", {"text": text}
        )

    def close(self) -> None:
        """Close the window."""
        self._call("DELETE", self._session)


@contextmanager
def driver() -> Iterator[str]:
    """The address of a running chromedriver."""
    with subprocess.Popen(
        ["chromedriver", "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            assert process.stdout
            started = next(
                line for line in process.stdout if "started successfully on port" in line
            )
            yield "http://127.0.0.1:" + started.rstrip().rstrip(".").rpartition(" ")[2]
        finally:
            process.terminate()
