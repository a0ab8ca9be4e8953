"""The preview over HTTP: the site's pages with a marked script, and events about changes."""

from __future__ import annotations

import errno
import json
import os
import re
import socket
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from html import escape
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from werkzeug.datastructures import Headers
from werkzeug.exceptions import HTTPException
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server
from werkzeug.utils import redirect, send_file
from werkzeug.wrappers import Request, Response

from newsgen.core.problems import Problem, UserError
from newsgen.preview.pages import show_pages, show_problems
from newsgen.preview.session import PreviewSession, Served
from newsgen.store.host_rules import headers_for, move_for
from newsgen.store.media_types import content_type

TOOLS = "/__newsgen/"
_FOLDER = Path(__file__).parent
_BEGIN, _END = b"<!--newsgen preview-->", b"<!--/newsgen preview-->"
_WAIT = 5.0  # seconds that a request waits for changes being applied
_BEAT = 15.0  # seconds between keep-alive messages, which reveal that a browser is gone
# Not sent by the preview. The first makes public feeds readable, and would let other sites read
# drafts.
_NOT_SENT = ("Access-Control-Allow-Origin", "Strict-Transport-Security")
# The preview's own pages show untrusted articles, so they run no script and cannot be framed.
_OF_TOOLS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self' data:; "
    "form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
}
_OFFLINE = "img-src 'self' data:; media-src 'self'; frame-src 'none'"
_PORTS = 100
_NAME = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")
_FOREIGN = (
    "This preview does not answer to this host name. To allow it, start it with\n\n    "
    "newsgen serve --allow-host {}"
)


class App:
    """The WSGI application.

    `host` is the name that the server is bound to. `allowed` are other names that lead to it
    (`.NAME`: all names below NAME too). `settle` waits for changes being applied.
    """

    def __init__(
        self,
        preview: PreviewSession,
        host: str,
        settle: Callable[[float], None],
        offline: bool = False,
        allowed: Collection[str] = (),
    ) -> None:
        self.preview, self._settle, self._offline = preview, settle, offline
        self._host, self._allowed = host.lower(), frozenset(map(str.lower, allowed))

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        """Answer a request."""
        request = Request(environ)
        try:
            response = self._answer(request)
        except UserError as error:
            response = self._failed(request, error.problem)
        except HTTPException as error:  # an invalid range or host
            response = Response(f"{error.name}\n", error.code, error.get_headers(environ))
        if self._offline:
            response.headers.add("Content-Security-Policy", _OFFLINE)
        return response(environ, start_response)

    def _answer(self, request: Request) -> Response:
        if not self._is_ours(request.host):
            name = request.host.rpartition(":")[0] or request.host
            return Response(f"{_FOREIGN.format(name if _NAME.fullmatch(name) else 'NAME')}\n", 403)
        if request.method not in ("GET", "HEAD"):
            return Response("Only GET and HEAD are answered.\n", 405, {"Allow": "GET, HEAD"})
        if request.path.startswith(TOOLS):
            response = self._tool(request, request.path.removeprefix(TOOLS))
            response.headers.update(_OF_TOOLS)
            return response
        self._settle(_WAIT)
        with self.preview.lock:
            return self._of_site(request)

    def _of_site(self, request: Request) -> Response:
        base, path = self.preview.state.config.settings.base, request.path
        if base and not path.startswith(base + "/"):
            return (
                redirect(base + "/")
                if path in ("/", base)
                else self._page(request, "/404.html", 404)
            )
        route = path.removeprefix(base)
        if route.endswith("/index.html"):
            route = route.removesuffix("index.html")
        if self.preview.page(route):
            return self._page(request, route)
        if self.preview.page(route + "/"):
            query = request.query_string.decode("latin-1")
            return redirect(quote(f"{base}{route}/") + (f"?{query}" if query else ""))
        move = move_for(self._text("/_redirects"), path)
        if move is None:
            return self._page(request, "/404.html", 404)
        if move.status in (301, 302, 303, 307, 308):
            return redirect(move.target, 302)  # 302, because browsers cache permanent redirects
        shown = urlsplit(move.target).path.removeprefix(base)
        return self._page(request, shown if self.preview.page(shown) else "/404.html", move.status)

    def _is_ours(self, host: str) -> bool:
        """Return whether a Host header names this server.

        Other names may have been made to resolve here by an attacker (DNS rebinding).
        """
        try:
            name = (urlsplit("//" + host).hostname or "").lower().removesuffix(".")
            if name in ("localhost", self._host) or name.endswith(".localhost"):
                return True
            if any(
                name == one.removeprefix(".") or (one[0] == "." and name.endswith(one))
                for one in self._allowed
            ):
                return True
            return ip_address(name).is_loopback or not _is_loopback(self._host)
        except ValueError:
            return False

    def _text(self, route: str) -> str:
        served = self.preview.page(route)
        if served is None:
            return ""
        data = Path(served.source).read_bytes() if served.source else served.body
        return data.decode("utf-8", "replace")

    def _page(self, request: Request, route: str, status: int = 200) -> Response:
        served = self.preview.page(route)
        headers = Headers([("Cache-Control", "no-cache")])
        for name, value in headers_for(self._text("/_headers"), request.path).items():
            if name.title() not in _NOT_SENT:
                headers[name] = value
        kind = headers.pop("Content-Type", None) or content_type(route)
        if served is not None and served.source:
            file = send_file(
                served.source, request.environ, kind, etag=served.digest, conditional=status == 200
            )
            file.headers.update(headers)
            file.headers["Content-Type"] = kind
            return file
        body = (
            served.body
            if served
            else b"<!DOCTYPE html><title>Not found</title><p>Page not found.</p>"
        )
        if kind.startswith("text/html"):
            asked = request.path.removeprefix(self.preview.state.config.settings.base)
            body = mark(
                body,
                self.data(
                    request, asked if status == 404 else route, None if status == 404 else served
                ),
            )
        return _conditional(Response(body, status, headers, content_type=kind), request)

    def _failed(self, request: Request, problem: Problem) -> Response:
        """Answer for a page that fails and has no good version: only the error."""
        text = f"<!DOCTYPE html><title>{escape(problem.message)}</title><body></body>"
        data = self.data(
            request, request.path.removeprefix(self.preview.state.config.settings.base), None
        )
        data["problems"] = [self._shown(request, one) for one in self.preview.located([problem])]
        return Response(mark(text.encode(), data), 500, content_type="text/html; charset=utf-8")

    # Additions to pages

    def data(self, request: Request, route: str, served: Served | None) -> dict[str, Any]:
        """Return the data for the script in a page: the page, its problems and the bar."""
        preview = self.preview
        state, counts = preview.state, Counter(problem.severity for problem in preview.problems())
        data: dict[str, Any] = {
            "route": route,
            "page": served.digest if served else "",
            "tag": state.tag if served else "",
            "number": preview.number,
            "problems": [self._shown(request, problem) for problem in preview.errors(served)],
            "counts": [counts["error"], counts["warning"]],
            "bar": state.config.settings.preview.bar,
        }
        if served is not None:
            template = state.prepared.templates.by_name.get(served.template)
            files, badges = [served.file, template.file if template else ""], preview.badges(route)
            data |= {
                "badge": badges.pop("", ""),
                "made": [[name, self._edit(request, name)] for name in files if name],
                "why": served.why,
                "ms": round(served.seconds * 1000, 1),
                "badges": badges,
            }
        return data

    def _shown(self, request: Request, problem: Problem) -> dict[str, Any]:
        shown = {
            name: getattr(problem, name)
            for name in ("severity", "code", "message", "hint", "file", "line", "column", "source")
        }
        return shown | {"edit": self._edit(request, problem.file, problem.line, problem.column)}

    def _edit(self, request: Request, file: str, line: int = 0, column: int = 0) -> str:
        """Return the link that opens one of the site's files in an editor, or "" if there is none.

        Only browsers on this machine get such links.
        """
        config = self.preview.state.config
        place = os.path.realpath(config.paths.root / file)
        pattern = config.settings.preview.editor
        if (
            not file
            or not pattern
            or not self.preview.watched().has(place)
            or not _is_loopback(request.remote_addr or "")
        ):
            return ""
        values = {
            "{file}": quote(place.replace(os.sep, "/")),
            "{line}": str(line or 1),
            "{column}": str(column or 1),
        }
        return re.sub(r"\{\w+\}", lambda name: values.get(name[0], name[0]), pattern)

    def _tool(self, request: Request, name: str) -> Response:
        preview = self.preview
        if name == "events":
            events = self._events(request)
            return Response(
                events,
                headers={"Cache-Control": "no-store"},
                content_type="text/event-stream",
                direct_passthrough=True,
            )
        if name in ("client.js", "client.css"):
            return _conditional(
                Response((_FOLDER / name).read_bytes(), content_type=content_type(name)), request
            )
        self._settle(_WAIT)
        if name == "problems":
            problems = preview.located(preview.problems()[:500])
            text = show_problems(preview, [self._shown(request, problem) for problem in problems])
        elif name in ("pages", ""):
            text = show_pages(
                preview, request.args.get("q", ""), lambda file: self._edit(request, file)
            )
        else:
            return Response("Page not found.\n", 404)
        return Response(text, content_type="text/html; charset=utf-8")

    def _events(self, request: Request) -> Iterator[bytes]:
        """Yield the state of the page that a browser shows, as events, while it listens."""
        route = request.args.get("route", "")
        since = request.headers.get("Last-Event-ID", type=int) or request.args.get(
            "number", 0, type=int
        )
        sent = None
        while not self.preview.closed:
            with self.preview.lock:
                try:
                    data = self.data(request, route, self.preview.page(route))
                except UserError as error:
                    data = self.data(request, route, None)
                    data["problems"] = [
                        self._shown(request, one) for one in self.preview.located([error.problem])
                    ]
            number = data.pop("number")
            data["files"] = [
                link for link, changed in self.preview.touched.items() if changed > since
            ]
            if data != sent:
                since, sent = number, data
                yield f"id: {number}\ndata: {json.dumps(data | {'number': number})}\n\n".encode()
            while not self.preview.closed and self.preview.wait(number, _BEAT) == number:
                yield b":\n\n"


def mark(page: bytes, data: dict[str, Any]) -> bytes:
    """Insert newsgen's script at the end of a page, between marks that `unmark` finds."""
    text = escape(json.dumps(data), quote=True)
    added = b'%b<script src="%bclient.js" data-newsgen="%b"></script>%b' % (
        _BEGIN,
        TOOLS.encode(),
        text.encode(),
        _END,
    )
    end = page.rfind(b"</body>")
    return page[:end] + added + page[end:] if end >= 0 else page + added


def unmark(page: bytes) -> bytes:
    """Return the page as a build writes it."""
    begin, end = page.rfind(_BEGIN), page.rfind(_END)
    return page[:begin] + page[end + len(_END) :] if 0 <= begin < end else page


def _conditional(response: Response, request: Request) -> Response:
    response.add_etag()
    return response.make_conditional(
        request.environ, accept_ranges=True, complete_length=len(response.get_data())
    )


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class _Handler(WSGIRequestHandler):
    """Logs no requests, because problems are reported elsewhere."""

    # Else the body waits until the head, a separate write, is acknowledged.
    disable_nagle_algorithm = True

    def log_request(self, *_: Any, **__: Any) -> None:
        pass

    def version_string(self) -> str:
        return "newsgen"


def is_host_name(text: str) -> bool:
    """Return whether a text is a host name, or `.NAME` for all names below one.

    Schemes and ports are not allowed.
    """
    return bool(_NAME.fullmatch(text.removeprefix(".")))


def bind(host: str, port: int) -> socket.socket:
    """Return a socket at this port, or at the next free one of a hundred. Raises OSError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for number in range(port, min(port + _PORTS, 65536) if port else 1):
        try:
            return socket.create_server((host, number), family=family)
        except OSError as error:
            last = error
            if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise
    raise last


def make(app: App, listening: socket.socket) -> BaseWSGIServer:
    """Return the server, with one thread for each connection. Run it with `serve_forever`."""
    host, port = listening.getsockname()[:2]
    server = make_server(
        host, port, app, threaded=True, request_handler=_Handler, fd=listening.fileno()
    )
    listening.close()  # the server has its own copy
    return server
