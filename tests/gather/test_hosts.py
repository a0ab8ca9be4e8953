"""Fifty feeds of well-behaved and misbehaving hosts, and runs that are killed."""

from __future__ import annotations

import gzip
import json
import socket
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from servers import Route, Server, broken, silent

from .feeds import NOW, Planet, codes, item, rss, sending

MOST = 40_000  # bytes of a feed


@pytest.fixture
def planet(tmp_path: Path) -> Planet:
    return Planet(tmp_path / "planet")


@pytest.fixture
def dead() -> Iterator[str]:
    """Return the address of a port that no server listens at."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{held.getsockname()[1]}/"


def endless(request: BaseHTTPRequestHandler) -> None:
    """Send a feed without an end."""
    request.send_response(200)
    request.end_headers()
    try:
        request.wfile.write(b"<rss><channel>")
        while True:
            request.wfile.write(item("again").encode() * 100)
    except OSError:
        request.close_connection = True


def versioned(request: BaseHTTPRequestHandler) -> None:
    """Answer that the feed has not changed."""
    known = request.headers.get("If-None-Match") == '"v"'
    sending("" if known else rss(item("version")), {"ETag": '"v"'}, 304 if known else 200)(request)


def fifty() -> tuple[dict[str, Route], dict[str, str]]:
    """Return routes, and the feeds among them that must fail, with a part of the message."""
    atom = (
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://atom.example/x/"><title>Atom'
        '</title><entry><id>urn:1</id><title type="html">At &lt;i&gt;om&lt;/i&gt;</title>'
        '<link href="../one"/><updated>2026-01-30T08:00:00Z</updated></entry></feed>'
    )
    rdf = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns='
        '"http://purl.org/rss/1.0/"><channel><title>RDF</title></channel><item><title>From RDF'
        "</title><link>https://rdf.example/1</link></item></rdf:RDF>"
    )
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "JSON",
        "items": [{"id": 7, "url": "/seven", "title": "Seven", "content_text": "a < b", "tags": 3}],
    }
    latin = (
        '<?xml version="1.0" encoding="ISO-8859-1"?>' + rss(item("l", title="Flut in Köln"))[21:]
    )
    whole = rss(item("zipped"))
    good: dict[str, Route] = {
        f"/good{n}": sending(rss(item(f"good{n}", title=f"Tide {n}"))) for n in range(24)
    }
    good |= {
        "/atom": sending(atom, {"Content-Type": "application/atom+xml"}),
        "/rdf": sending(rdf),
        "/json": sending(json.dumps(feed), {"Content-Type": "application/feed+json"}),
        "/latin": sending(latin.encode("latin-1")),
        "/gzip": sending(gzip.compress(whole.encode()), {"Content-Encoding": "gzip"}),
        "/version": versioned,
        "/malformed": sending(rss(item("torn", title="Torn & open"))[:-40]),
        "/guids": sending(rss(*(item(n, guid="same", title=f"Guid {n}") for n in "pqr"))),
        "/relative": sending(rss(item("r", link="/news/r", title="Relative"))),
        "/moved": (301, {"Location": "/good0"}),
        "/moved-twice": (308, {"Location": "/moved"}),
        "/found": (302, {"Location": "/good1"}),
    }
    bad: dict[str, tuple[Route, str]] = {
        "/gone": ((410, {}), "gone for good"),
        "/missing": ((404, {}), "no such feed"),
        "/forbidden": ((403, {}), "refuses it (403)"),
        "/error": ((501, {}), "has an error (501)"),
        "/page": (sending("<!doctype html><link rel=alternate type=application/rss+xml href=/f>"),
                  "its feed is http"),
        "/text": (sending("no feed"), "not a feed"),
        "/empty": (sending(""), "it is empty"),
        "/huge": (sending(rss(*(item(f"h{n}") for n in range(400)))), "larger than"),
        "/endless": (endless, "larger than"),
        "/bomb": (sending(gzip.compress(b" " * 9_000_000), {"Content-Encoding": "gzip"}), "larger"),
        "/broken": (broken, "does not answer"),
        "/circle": ((302, {"Location": "/circle"}), "redirected more than"),
        "/inside": ((302, {"Location": "http://127.0.0.2/"}), "not a public address"),
    }  # fmt: skip
    routes = good | {path: route for path, (route, _) in bad.items()}
    return routes, {path: words for path, (_, words) in bad.items()}


def test_fifty_feeds(planet: Planet, dead: str) -> None:
    """One run takes what it can and reports the failed feeds, and a second one takes nothing."""
    routes, bad = fifty()
    resting: dict[str, Route] = {"/": (429, {"Retry-After": "7200"})}
    with Server(routes).running() as host, Server(resting).running() as busy:
        planet.feeds(*(host.url + path for path in routes), dead, f"{busy.url}/", max_bytes=MOST)
        found = planet.gather(NOW)
        assert found.feeds == len(routes) + 2 >= 50
        told = {problem.message for problem in found.problems}
        for path, words in bad.items():
            assert any(f"{host.url}{path}: " in one and words in one for one in told), (path, told)
        assert any(one.startswith(dead) for one in told)
        assert f"{busy.url}/: the host is overloaded (429)" in told
        assert codes(found).count("feed-moved") == 2
        titles = {one.title for one in found.files}
        named = {"At om", "From RDF", "Seven", "Flut in Köln", "Torn & open", "Relative"}
        assert named | {"Guid p", "Guid q", "Guid r"} <= titles
        assert len(titles) == len(found.files) == 24 + 6 + 3 + 2
        assert planet.front("at-om")["webUrl"] == "https://atom.example/one"
        assert planet.problems() == []
        before, asked = planet.files, len(host.asked)
        again = planet.gather(NOW + timedelta(minutes=1))
        assert (again.files, again.resting) == ((), len(bad) + 2)
        assert again.unchanged >= 1
        assert planet.files == before
        late = host.asked[asked:]
        assert not any(path in bad for _, path, _ in late), "hosts that fail get a pause"


def test_a_host_that_is_silent(planet: Planet) -> None:
    """A host that never answers costs its time limit, and is reported."""
    with Server({"/": silent, "/drop": endless}).running() as host:
        planet.feeds(f"{host.url}/", timeout=0.2)
        found = planet.gather()
        assert (found.failed, codes(found)) == (1, ["feed-failed"])


def test_a_feed_with_other_rules_is_asked_for_all(planet: Planet) -> None:
    """After a change of its rules, a feed is requested without conditions."""
    with Server({"/": versioned}).running() as host:
        planet.feeds({"url": f"{host.url}/", "exclude": ["tides"]})
        assert planet.gather().unwanted == 1
        assert planet.gather().unchanged == 1
        planet.feeds(f"{host.url}/")
        assert planet.gather().number("new") == 1


@pytest.mark.parametrize("moment", range(1, 21))
def test_a_run_is_killed(planet: Planet, moment: int) -> None:
    """After a kill at any change of a file, the next run ends like an undisturbed one: no item is
    lost or doubled.
    """
    feed = rss(*(item(name) for name in "abcdefgh"))
    with Server({"/": sending(feed), "/b": sending(feed)}).running() as host:
        planet.feeds(f"{host.url}/", f"{host.url}/b")
        where = {"KILL_AT": str(moment), "KILL_BELOW": str(planet.site.root.resolve())}
        done = planet.site.run("gather", before="killed:at_change", env=where)
        assert done.returncode == -9, done.stderr
        planet.gather()
        assert list(planet.files) == [
            f"2026-01-30-story-{name}-of-the-tides" for name in "abcdefgh"
        ]
        assert planet.gather(everything=True).files == ()
    assert not list(planet.site.root.rglob("*.newsgen-part"))


def test_a_ledger_that_is_cut_off_anywhere(planet: Planet) -> None:
    """With a ledger truncated anywhere, no item is doubled and no edit is overwritten."""
    with Server({"/": sending(rss(*(item(name) for name in "abc")))}).running() as host:
        planet.feeds(f"{host.url}/")
        planet.gather()
        ledger = planet.site.root / "feeds.jsonl"
        edited = planet.site.root / "content/feeds/the-paper/2026-01-30-story-b-of-the-tides.md"
        edited.write_text(edited.read_text() + "Mine.\n")
        data, before = ledger.read_bytes(), planet.files
        for end in range(0, len(data), 61):
            ledger.write_bytes(data[:end])
            planet.gather(everything=True)
            assert planet.files == before, end
