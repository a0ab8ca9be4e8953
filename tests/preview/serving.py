"""A running preview: its site, its watcher, its server on loopback."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlsplit

from newsgen.config.settings import load_config
from newsgen.content.clock import Clock
from newsgen.preview.server import App, bind, make, unmark
from newsgen.preview.session import PreviewSession
from newsgen.preview.watch import Watcher
from support import AS_OF, PATIENCE, SmallSite


class Answer:
    """Status, headers (names in lower case) and body of a response."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        self.body = response.read()

    @property
    def page(self) -> str:
        """The page without newsgen's additions."""
        return unmark(self.body).decode()


class Running:
    """`url` is the address of the site, `preview` the preview itself."""

    def __init__(self, preview: PreviewSession, url: str) -> None:
        self.preview, self.url = preview, url

    def get(
        self, path: str = "/", method: str = "GET", headers: dict[str, str] | None = None
    ) -> Answer:
        """Request a path as written."""
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=PATIENCE)
        try:
            connection.request(method, path, headers=headers or {})
            return Answer(connection.getresponse())
        finally:
            connection.close()

    def quoted(self, route: str) -> str:
        """Return a route as a request path."""
        return quote(self.preview.state.config.settings.base + route)

    def until(self, path: str, fits: Callable[[Answer], Any]) -> Answer:
        """Request again until the response is as expected."""
        end = time.monotonic() + PATIENCE
        while True:
            answer = self.get(path)
            if fits(answer):
                return answer
            assert time.monotonic() < end, (answer.status, answer.body[-3000:].decode())
            time.sleep(0.02)


@contextmanager
def running(
    site: SmallSite,
    now: Callable[[], datetime] = lambda: AS_OF,
    watching: bool = True,
    **options: Any,
) -> Iterator[Running]:
    """Yield a preview of a site, with drafts and scheduled articles. `now` is its clock; without
    `watching`, the test reports changes to it.
    """
    preview = PreviewSession(
        lambda: load_config(site.root), lambda _: Clock(now(), drafts=True, future=True)
    )
    listening = bind("127.0.0.1", 0)
    watchers: list[Watcher] = []
    app = App(
        preview,
        "127.0.0.1",
        lambda seconds: watchers[0].settle(seconds) if watchers else None,
        options.get("offline", False),
    )
    server = make(app, listening)
    if watching:
        watchers.append(
            Watcher(
                preview.watched,
                preview.update,
                preview.look_around,
                server.shutdown,
                options.get("poll", False),
            )
        )
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield Running(preview, f"http://127.0.0.1:{server.port}")
    finally:
        preview.close()
        for watcher in watchers:
            watcher.stop()
        server.shutdown()
        thread.join()
        server.server_close()
        preview.end()
    for watcher in watchers:
        assert watcher.error is None, watcher.error
