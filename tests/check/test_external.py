"""`newsgen check --external` against real servers: what it reports of the pages that articles link
to.
"""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from servers import Server, broken
from support import PATIENCE, SmallSite, command

CLOCK = ("--as-of", "2026-01-31T12:00")


@pytest.fixture
def server() -> Iterator[Server]:
    """Return a host of sources."""
    routes = {
        "/there": (200, {}),
        "/gone": (410, {}),
        "/no-head": lambda request: request.send_error(405 if request.command == "HEAD" else 200),
        "/sign-in": (401, {}),
        "/robots-stay-out": (403, {}),
        "/moved": (301, {"Location": "/there"}),
        "/inside": (302, {"Location": "http://169.254.169.254/"}),
        "/broken": broken,
    }
    with Server(routes).running() as running:
        yield running


@pytest.fixture
def asking(make_site: Any) -> SmallSite:
    """Return a site that may contact 127.0.0.1."""
    site: SmallSite = make_site(network={"private": ["127.0.0.1"]})
    return site


def check(site: SmallSite, *options: str) -> dict[str, Any]:
    done = site.run("check", "--external", "--json", *CLOCK, *options)
    assert "Traceback" not in done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def found(document: dict[str, Any]) -> list[tuple[str, str, int]]:
    return sorted((p["code"], p["file"], p["line"]) for p in document["problems"])


def test_what_hosts_say(asking: SmallSite, server: Server) -> None:
    """A page that is gone is reported where it is named; one that exists, moved or demands a login
    is not.
    """
    for n, path in enumerate(
        [
            "there",
            "gone",
            "none",
            "no-head",
            "sign-in",
            "robots-stay-out",
            "moved",
            "inside",
            "broken",
        ]
    ):
        asking.article(f"a{n}", webUrl=f"{server.url}/{path}")
    asking.article(
        "b",
        webUrl="",
        originalUrl=f"{server.url}/gone",
        body=f"[x]({server.url}/there) [y](http://10.0.0.1/)",
    )
    document = check(asking)
    assert found(document) == [
        ("dead-link", "content/a1.md", 4),
        ("dead-link", "content/a2.md", 4),
        ("dead-link", "content/b.md", 10),
        ("refused-link", "content/a7.md", 4),
        ("refused-link", "content/b.md", 12),
        ("unreachable-link", "content/a8.md", 4),
    ]
    assert document["asked"] == 10
    assert all(
        server.url in problem["message"]
        for problem in document["problems"]
        if problem["code"] == "dead-link"
    )
    assert "GET /no-head" in server.paths
    assert "GET /there" not in server.paths


def test_a_host_is_asked_one_thing_at_a_time(asking: SmallSite, server: Server) -> None:
    """Requests to one host follow each other, half a second apart, and each address is requested
    once.
    """
    for n in range(4):
        asking.article(f"a{n}", webUrl=f"{server.url}/there?{n % 3}")
    check(asking)
    times = [at for _, path, at in server.asked if path.startswith("/there")]
    assert server.at_once == 1
    assert len({path for _, path, _ in server.asked}) == 3
    assert all(after - before >= 0.5 for before, after in pairwise(times))


def test_hosts_are_asked_at_once(asking: SmallSite) -> None:
    """Six hosts are contacted at once: each answers only after the others were contacted."""
    together = threading.Barrier(6, timeout=PATIENCE)

    def wait(request: BaseHTTPRequestHandler) -> None:
        together.wait()
        request.send_error(404)

    with ExitStack() as running:
        for n in range(6):
            server = running.enter_context(Server({"/0": wait}).running())
            asking.article(f"a{n}", webUrl=f"{server.url}/0")
        document = check(asking)
    assert [code for code, *_ in found(document)] == ["dead-link"] * 6


def test_answers_are_kept(asking: SmallSite, server: Server) -> None:
    """A second check requests nothing; an answer that is too old is requested again, and a damaged
    one is ignored.
    """
    asking.article("a", webUrl=f"{server.url}/gone")
    first = check(asking)
    asked = len(server.asked)
    assert check(asking)["problems"] == first["problems"]
    assert len(server.asked) == asked
    kept = asking.root / ".newsgen/external.json"
    answers = json.loads(kept.read_text())
    answers[f"{server.url}/gone"][0] -= 3 * 86_400
    for text in (json.dumps(answers), "{", '{"x": 1}'):
        kept.write_text(text)
        before = len(server.asked)
        assert check(asking)["problems"] == first["problems"]
        assert len(server.asked) > before


def test_nothing_is_asked_unless_told(make_site: Any, server: Server) -> None:
    """Neither a build nor a plain check contacts a host, and a private address is contacted only if
    the settings name it.
    """
    site = make_site()
    site.article("a", webUrl=f"{server.url}/there")
    site.run("build", *CLOCK)
    site.run("check", *CLOCK)
    assert found(check(site)) == [("refused-link", "content/a.md", 4)]
    assert server.asked == []


def test_addresses_that_are_none(asking: SmallSite) -> None:
    """An address that cannot be requested is reported, without any other problem."""
    asking.article("a", body="<a href='http://[#x'>x</a> [y](http://a:b@x.example/) [z](http://)")
    document = check(asking)
    assert {code for code, *_ in found(document)} <= {"refused-link", "unreachable-link"}


def test_a_host_that_is_not_there(asking: SmallSite) -> None:
    """An unknown name and a closed port are each reported with their cause."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        asking.article("a", webUrl=f"http://127.0.0.1:{unused.getsockname()[1]}/")
        asking.article("b", webUrl="https://nobody.invalid/")
        assert [code for code, *_ in found(check(asking))] == ["unreachable-link"] * 2


def hanging_up(request: BaseHTTPRequestHandler) -> None:
    """Close the connection on HEAD, send a page on GET."""
    if request.command == "HEAD":
        request.close_connection = True
    else:
        request.send_response(200)
        request.send_header("Content-Length", "0")
        request.end_headers()


def by_method(head: int, get: int) -> Callable[[BaseHTTPRequestHandler], None]:
    def reply(request: BaseHTTPRequestHandler) -> None:
        request.send_response(head if request.command == "HEAD" else get)
        request.send_header("Content-Length", "0")
        request.end_headers()

    return reply


def test_get_decides_where_head_fails(asking: SmallSite) -> None:
    """If HEAD fails in any way, the answer to GET counts, and each page gets only one HEAD
    request.
    """
    statuses = (400, 403, 404, 405, 410, 418, 500, 501, 502, 503)
    routes: dict[str, Any] = {f"/{status}": by_method(status, 200) for status in statuses}
    routes |= {
        "/nothing": hanging_up,
        "/elsewhere": lambda request: elsewhere(request),
        "/gone": by_method(405, 404),
    }
    with Server(routes).running() as server:
        for name in routes:
            asking.article(name[1:], webUrl=server.url + name)
        assert found(check(asking)) == [("dead-link", "content/gone.md", 4)]
        heads = [path for method, path, _ in server.asked if method == "HEAD"]
    assert sorted(heads) == sorted([*routes, "/404-page"])


def elsewhere(request: BaseHTTPRequestHandler) -> None:
    """Redirect HEAD to an error page."""
    request.send_response(302 if request.command == "HEAD" else 200)
    request.send_header("Location", "/404-page")
    request.send_header("Content-Length", "0")
    request.end_headers()


def test_a_host_that_wants_to_be_left_alone_is(asking: SmallSite) -> None:
    """After 429, a host gets no request until its time, in this run and the next, and no article
    has a problem.
    """
    with Server({f"/{n}": (429, {"Retry-After": "86400"}) for n in range(5)}).running() as server:
        for n in range(5):
            asking.article(str(n), webUrl=f"{server.url}/{n}")
        for _ in range(2):
            assert found(check(asking)) == []
            assert len(server.asked) == 1
    file = asking.root / ".newsgen/external.json"
    answers = json.loads(file.read_bytes())
    assert {round((due - at) / 86_400) for at, _, _, due in answers.values()} == {1}


def test_sigterm_ends_it(tmp_path: Path) -> None:
    """SIGTERM while a host hangs ends the command with 143 at once, without a second request, and
    keeps the answers so far.
    """
    asked, over, requests = threading.Event(), threading.Event(), list[str]()

    def hang(request: BaseHTTPRequestHandler) -> None:
        requests.append(request.command)
        asked.set()
        over.wait(PATIENCE)
        request.close_connection = True

    with Server({"/hangs": hang}).running() as server:
        site = SmallSite(tmp_path, network={"private": ["127.0.0.1"]})
        site.article("one", webUrl=f"http://127.0.0.1:{server.port}/hangs")
        with subprocess.Popen(
            command("check", "--external"), cwd=site.root, stderr=subprocess.PIPE, text=True
        ) as run:
            try:
                assert asked.wait(PATIENCE)
                run.send_signal(signal.SIGTERM)
                said = run.communicate(timeout=PATIENCE)[1]
            finally:
                over.set()
        assert (run.returncode, said.strip()) == (143, "newsgen: stopped")
        assert requests == ["HEAD"]
        assert (site.root / ".newsgen" / "external.json").is_file()
