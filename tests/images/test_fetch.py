"""Fetching images from well-behaved and misbehaving hosts, against real servers."""

from __future__ import annotations

import email.utils
import signal
import socket
import struct
import subprocess
import threading
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from newsgen.config.settings import Config, load_config
from newsgen.content.scan import INDEX
from newsgen.core import digest
from newsgen.images.fetch import Report, fetch_all, lifetime
from newsgen.images.media import Origin, read_index, write_index
from newsgen.inspect.images import status
from photos import photo, plain
from servers import ENDLESS, Reply, Route, Server, broken, until_it_goes
from support import PATIENCE, SmallSite, command

PHOTO = photo()
PAST = datetime(2020, 1, 1, tzinfo=UTC)


def sending(data: bytes, headers: dict[str, str] | None = None, said: int | None = None) -> Any:
    """Answer with these bytes; `said` is the length in the header."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Length", str(len(data) if said is None else said))
        for name, value in {"Content-Type": "image/jpeg", **(headers or {})}.items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(data)
        request.close_connection = said is not None

    return answer


def endless(request: BaseHTTPRequestHandler) -> None:
    """Send bytes without an end."""
    request.send_response(200)
    request.end_headers()
    try:
        while True:
            request.wfile.write(b"\xff\xd8" * 50_000)
    except OSError:
        request.close_connection = True


def hanging(request: BaseHTTPRequestHandler) -> None:
    """Send the beginning of an image, and then nothing."""
    request.send_response(200)
    request.send_header("Content-Length", str(len(PHOTO)))
    request.end_headers()
    request.wfile.write(PHOTO[:1000])
    request.wfile.flush()
    until_it_goes(request)


def bomb() -> bytes:
    """Return a PNG of a few hundred bytes that claims 30,000 x 30,000 pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(bytes(90_000)))
        + chunk(b"IEND", b"")
    )


def etag(request: BaseHTTPRequestHandler) -> None:
    """Send an image with a validator, or 304 to a client that has it."""
    if request.headers.get("If-None-Match") == '"v1"':
        request.send_response(304)
        request.send_header("ETag", '"v1"')
        request.send_header("Cache-Control", "max-age=600")
        request.end_headers()
    else:
        sending(PHOTO, {"ETag": '"v1"', "Cache-Control": "no-cache"})(request)


class Fetching:
    """A site's configuration and one host."""

    def __init__(self, root: Path, **images: Any) -> None:
        settings = {"timeout": PATIENCE, **images}
        self.site = SmallSite(root, images=settings, network={"private": ["127.0.0.1"]})
        self.config: Config = load_config(root)
        self.media = root / "media"

    def sound(self) -> frozenset[str]:
        files = [
            path
            for path in self.media.glob("??/*")
            if path.stem == digest.of_bytes(path.read_bytes()).hex()
        ]
        return frozenset(path.relative_to(self.media).as_posix() for path in files)

    def fetch(self, *urls: str, **options: Any) -> Report:
        return fetch_all(self.config, dict.fromkeys(urls, False), self.sound(), **options)

    def origin(self, url: str) -> Origin:
        origins, problems = read_index(self.media)
        assert not problems
        return origins[url]

    def bytes(self, url: str) -> bytes:
        return (self.media / self.origin(url).file).read_bytes()

    def age(self) -> None:
        """Make everything due again."""
        origins, _ = read_index(self.media)
        write_index(
            self.media, {url: structs.replace(origin, due=PAST) for url, origin in origins.items()}
        )


@pytest.fixture
def fetching(tmp_path: Path) -> Fetching:
    return Fetching(tmp_path)


def serving(routes: dict[str, Route]) -> Any:
    return Server(routes).running()


@pytest.fixture
def busy() -> Iterator[Server]:
    """Return a host that misbehaves in every way."""
    routes: dict[str, Route] = {
        "/good.jpg": sending(PHOTO),
        "/missing.jpg": (404, {}),
        "/gone.jpg": (410, {}),
        "/error.jpg": (500, {}),
        "/hangs.jpg": hanging,
        "/drips.jpg": ENDLESS["body"],
        "/head-drips.jpg": ENDLESS["head, byte by byte"],
        "/continues.jpg": ENDLESS["continue"],
        "/short.jpg": sending(PHOTO[:2000], said=len(PHOTO)),
        "/cut.jpg": sending(PHOTO[:9000]),
        "/endless.jpg": endless,
        "/round.jpg": (302, {"Location": "/round.jpg"}),
        "/inside.jpg": (302, {"Location": "http://169.254.169.254/latest/meta-data/"}),
        "/loop.jpg": (302, {"Location": "http://localhost:1/"}),
        "/html.jpg": sending(b"<!DOCTYPE html><html><body>Sign in</body></html>"),
        "/drawing.svg": sending(
            b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
            {"Content-Type": "image/svg+xml"},
        ),
        "/bomb.png": sending(bomb()),
        "/empty.jpg": sending(b""),
        "/wrong.png": sending(PHOTO, {"Content-Type": "text/html"}),
        "/broken.jpg": broken,
        "/moved.jpg": (301, {"Location": "/good.jpg"}),
        "/closed.jpg": (403, {}),
    }
    with Server(routes).running() as running:
        yield running


ENDS = {
    "good.jpg": "",
    "wrong.png": "",
    "moved.jpg": "",
    "missing.jpg": "it is gone (404)",
    "gone.jpg": "it is gone (410)",
    "error.jpg": "the host has an error (500)",
    "closed.jpg": "the host refuses it (403)",
    "hangs.jpg": "it takes too long",
    "drips.jpg": "it takes too long",
    "head-drips.jpg": "it takes too long",
    "continues.jpg": "it takes too long",
    "short.jpg": "it does not answer",
    "cut.jpg": "truncated",
    "endless.jpg": "it is larger than 500,000 bytes",
    "round.jpg": "redirected more than",
    "inside.jpg": "not a public address",
    "loop.jpg": "not a public address",
    "html.jpg": "it is not an image of a known type",
    "drawing.svg": "it is not an image of a known type",
    "bomb.png": "more than 40,000,000",
    "empty.jpg": "it is not an image of a known type",
    "broken.jpg": "it does not answer",
}


WITHOUT_END = ("hangs.jpg", "drips.jpg", "head-drips.jpg", "continues.jpg")


def test_every_misbehaviour_ends_as_it_should(tmp_path: Path, busy: Server) -> None:
    """With any misbehaviour of a host, the run ends, real images are kept by their bytes, and each
    failure has a reason.
    """
    fetching, impatient = (
        Fetching(tmp_path, max_bytes=500_000, timeout=timeout) for timeout in (PATIENCE, 0.5)
    )
    urls = {name: f"https://127.0.0.1:{busy.port}/{name}" for name in ENDS}
    report = fetching.fetch(*(url for name, url in urls.items() if name not in WITHOUT_END))
    assert impatient.fetch(*(urls[name] for name in WITHOUT_END)).failed == len(WITHOUT_END)
    ends = ENDS.items() - {(name, ENDS[name]) for name in WITHOUT_END}
    good = [name for name, error in ends if not error]
    assert (report.wanted, report.fetched, report.failed) == (
        len(ends),
        len(good),
        len(ends) - len(good),
    )
    for name, error in ENDS.items():
        origin = fetching.origin(urls[name])
        assert error in origin.error, name
        assert bool(origin.file) == (not error), name
        if error:
            assert origin.due > origin.checked
    assert {fetching.bytes(urls[name]) for name in good} == {PHOTO}
    assert len(list(fetching.media.glob("??/*"))) == 1
    assert fetching.origin(urls["moved.jpg"]).location == f"{busy.url}/good.jpg"
    assert fetching.origin(urls["wrong.png"]).file.endswith(".jpg")
    assert len(report.problems) == report.failed


def test_what_is_fresh_or_dead_is_not_asked_again(fetching: Fetching) -> None:
    """A second run requests nothing, --all requests everything, and the pause doubles after a
    second failure.
    """
    with serving(
        {"/a.jpg": sending(PHOTO, {"Cache-Control": "max-age=3600"}), "/b.jpg": (404, {})}
    ) as server:
        urls = [f"http://127.0.0.1:{server.port}/{name}.jpg" for name in "ab"]
        fetching.fetch(*urls)
        asked = len(server.asked)
        again = fetching.fetch(*urls)
        assert (again.asked, again.fresh, again.waiting) == (0, 1, 1)
        assert len(server.asked) == asked
        waits = [fetching.origin(urls[1])]
        for _ in range(3):
            fetching.fetch(*urls, everything=True)
            waits.append(fetching.origin(urls[1]))
        assert [(one.due - one.checked).days for one in waits] == [1, 2, 4, 8]
        assert [one.failures for one in waits] == [1, 2, 3, 4]


def test_what_may_have_changed_is_asked_for_with_conditions(fetching: Fetching) -> None:
    """A due image is downloaded only if it changed, and the answer says how long it is fresh."""
    with serving({"/a.jpg": etag}) as server:
        url = f"http://127.0.0.1:{server.port}/a.jpg"
        first = fetching.fetch(url)
        assert first.bytes == len(PHOTO)
        second = fetching.fetch(url)
        assert (second.asked, second.fetched, second.unchanged, second.bytes) == (1, 0, 1, 0)
        assert server.headers[-1]["If-None-Match"] == '"v1"'
        assert fetching.fetch(url).asked == 0
        origin = fetching.origin(url)
        assert origin.due - origin.checked == timedelta(seconds=600)
        assert origin.fetched
        assert fetching.bytes(url) == PHOTO


def test_what_is_there_stays_when_the_host_fails(fetching: Fetching) -> None:
    """After a later error, the original stays, and the host is tried again."""
    with serving({"/a.jpg": sending(PHOTO, {"Cache-Control": "no-cache"})}) as server:
        url = f"http://127.0.0.1:{server.port}/a.jpg"
        fetching.fetch(url)
    report = fetching.fetch(url)  # the server is gone
    assert report.failed == 1
    origin = fetching.origin(url)
    assert origin.failures == 1
    assert fetching.bytes(url) == PHOTO
    assert fetching.fetch(url).waiting == 1


def test_a_lost_or_damaged_original_is_fetched_anew(fetching: Fetching) -> None:
    """A missing original, or one with other bytes than its name says, is requested without
    conditions.
    """
    with serving({"/a.jpg": etag}) as server:
        url = f"http://127.0.0.1:{server.port}/a.jpg"
        fetching.fetch(url)
        file = fetching.media / fetching.origin(url).file
        fetching.fetch(url)
        for damage in (lambda: file.write_bytes(PHOTO[:-5]), file.unlink):
            damage()
            assert fetching.fetch(url).fetched == 1
            assert file.read_bytes() == PHOTO
            assert "If-None-Match" not in server.headers[-1]


def test_a_picture_that_changed_replaces_the_old_one(fetching: Fetching) -> None:
    """New bytes at the same address are a new original; the old one stays in the folder until it is
    pruned.
    """
    other = photo(2)
    answers = iter([PHOTO, other])
    with serving({"/a.jpg": lambda request: sending(next(answers))(request)}) as server:
        url = f"http://127.0.0.1:{server.port}/a.jpg"
        for data in (PHOTO, other):
            fetching.age()
            fetching.fetch(url)
            assert fetching.bytes(url) == data
    assert len(fetching.sound()) == 2


def test_one_picture_under_many_addresses_is_one_file(fetching: Fetching) -> None:
    """Originals are stored by their bytes; addresses with spaces, other scripts or no suffix are
    requested correctly.
    """
    paths = ["/a%20b.jpg", "/%C3%A4.jpg", "/cdn/image?id=7&w=2", "/noext"]
    with serving(
        dict.fromkeys(["/a%20b.jpg", "/%C3%A4.jpg", "/cdn/image", "/noext"], sending(PHOTO))
    ) as server:
        report = fetching.fetch(*(f"http://127.0.0.1:{server.port}{path}" for path in paths))
    assert report.fetched == 4
    assert sorted(path for _, path, _ in server.asked) == sorted(paths)
    assert len(fetching.sound()) == 1


def test_hosts_are_not_overrun(tmp_path: Path) -> None:
    """At most `per_host` images are requested from a host at once, first those that articles mark
    as fetched before.
    """
    fetching = Fetching(tmp_path, per_host=2)
    both = threading.Barrier(2, timeout=PATIENCE)

    def slow(request: BaseHTTPRequestHandler) -> None:
        both.wait()  # each request waits for another one at the same time
        sending(PHOTO)(request)

    with serving({f"/{n}.jpg": slow for n in range(8)}) as server:
        wanted = {f"http://127.0.0.1:{server.port}/{n}.jpg": n >= 4 for n in range(8)}
        assert fetch_all(fetching.config, wanted, frozenset()).fetched == 8
        assert server.at_once == 2
        assert {path for _, path, _ in server.asked[:4]} == {f"/{n}.jpg" for n in range(4, 8)}


def test_private_hosts_are_not_asked(tmp_path: Path) -> None:
    """Without the setting, no request goes to this machine by any name or number."""
    site = SmallSite(tmp_path)
    with serving({"/a.jpg": sending(PHOTO)}) as server:
        urls = [
            f"http://{host}:{server.port}/a.jpg"
            for host in ("127.0.0.1", "localhost", "[::1]", "0x7f.1", "2130706433")
        ]
        report = fetch_all(load_config(site.root), dict.fromkeys(urls, True), frozenset())
        assert report.failed == len(urls)
        assert server.asked == []


def test_a_name_that_changes_its_address(
    fetching: Fetching, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection uses the checked address: a name that is public when checked and private when
    used leads nowhere.
    """
    asked: list[str] = []
    real = socket.getaddrinfo

    def rebinding(host: str, port: Any, *rest: Any, **more: Any) -> Any:
        if host == "rebind.example":
            asked.append(host)
            return real("192.0.2.1" if len(asked) == 1 else "127.0.0.1", port, *rest, **more)
        return real(host, port, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    with serving({"/a.jpg": sending(PHOTO)}) as server:
        report = fetching.fetch(f"http://rebind.example:{server.port}/a.jpg")
        assert report.failed == 1
        assert server.asked == []


@pytest.mark.parametrize(
    ("reply", "seconds"),
    [
        ((429, {"Retry-After": "86400"}), 86_400),
        ((503, {"Retry-After": "7200"}), 7200),
        ((429, {"Retry-After": "a date"}), 5 * 86_400),
        ((429, {}), 3600),
        ((503, {"Retry-After": "99999999999"}), 30 * 86_400),
    ],
)
def test_a_host_that_wants_to_be_left_alone(tmp_path: Path, reply: Reply, seconds: float) -> None:
    """After such an answer, the host gets no request in this run and the next, until the time it
    named; other hosts do. `--all` requests at once.
    """
    fetching = Fetching(tmp_path, per_host=1)
    with (
        serving({f"/{n}.jpg": reply for n in range(9)}) as busy,
        serving({"/a.jpg": sending(PHOTO)}) as other,
    ):
        urls = [f"http://127.0.0.1:{busy.port}/{n}.jpg" for n in range(9)]
        before = datetime.now(UTC)
        if reply[1].get("Retry-After") == "a date":
            reply[1]["Retry-After"] = email.utils.format_datetime(
                before + timedelta(seconds=seconds), usegmt=True
            )
        fetching.fetch(*urls[:8], f"http://127.0.0.1:{other.port}/a.jpg")
        first = len(busy.asked)
        assert {path for _, path, _ in busy.asked} == {"/0.jpg"}
        assert len(other.asked) == 1
        for url in urls[:8]:
            due = fetching.origin(url).due - timedelta(seconds=seconds)
            assert (
                before - timedelta(seconds=2) <= due <= datetime.now(UTC) + timedelta(seconds=1)
            ), url  # rounded up to a second
        report = fetching.fetch(*urls)
        assert (report.waiting, report.failed, len(busy.asked)) == (8, 1, first)
        fetching.fetch(*urls[:1], everything=True)
        assert len(busy.asked) > first


def test_a_redirect_in_raw_utf8(fetching: Fetching) -> None:
    """A Location in UTF-8 is followed as browsers and curl do; one in ISO 8859-1 is requested with
    its own bytes.
    """

    def moved(target: str, charset: str) -> Callable[[BaseHTTPRequestHandler], None]:
        def reply(request: BaseHTTPRequestHandler) -> None:
            request.wfile.write(
                f"HTTP/1.1 302 Found\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n".encode(
                    charset
                )
            )

        return reply

    routes: dict[str, Route] = {
        "/a.jpg": moved("/bild-ü%20Å … 日本.jpg?ß=é", "utf-8"),
        "/b.jpg": moved("/bild-ü.jpg", "latin-1"),
        "/bild-%C3%BC%20%C3%85%20%E2%80%A6%20%E6%97%A5%E6%9C%AC.jpg": sending(PHOTO),
        "/bild-%FC.jpg": sending(PHOTO),
    }
    with serving(routes) as server:
        report = fetching.fetch(*(f"http://127.0.0.1:{server.port}/{name}.jpg" for name in "ab"))
        assert (report.fetched, report.failed) == (2, 0)
        assert [path for _, path, _ in server.asked if "?" in path] == [
            next(iter([*routes][2:])) + "?%C3%9F=%C3%A9"
        ]


def test_an_index_from_the_future_is_not_believed(fetching: Fetching) -> None:
    """Index lines from a wrong clock do not prevent a request, and then the image is due as its
    host says.
    """
    with serving(
        {"/a.jpg": sending(PHOTO, {"Cache-Control": "max-age=600"}), "/b.jpg": sending(PHOTO)}
    ) as server:
        urls = [f"http://127.0.0.1:{server.port}/{name}.jpg" for name in "ab"]
        fetching.fetch(*urls)
        origins, _ = read_index(fetching.media)
        later = datetime(2099, 1, 1, tzinfo=UTC)
        first, second = (origins[url] for url in urls)
        first, second = (
            structs.replace(first, checked=later, due=later + HOUR),
            structs.replace(second, due=later),
        )
        write_index(fetching.media, dict(zip(urls, (first, second), strict=True)))
        assert status(fetching.config).due == 2
        assert fetching.fetch(*urls).asked == 2
        assert fetching.fetch(*urls).asked == 0


def test_ctrl_c_keeps_what_came(fetching: Fetching) -> None:
    """After Ctrl-C, the index names the downloaded images, and hosts that hang are not waited
    for.
    """
    over = threading.Event()

    def stop(stage: str, done: int, total: int) -> None:
        raise KeyboardInterrupt

    def hang(request: BaseHTTPRequestHandler) -> None:
        over.wait(PATIENCE)
        request.close_connection = True

    with serving({"/a.jpg": sending(PHOTO), "/hangs.jpg": hang}) as server:
        urls = [f"http://127.0.0.1:{server.port}/{name}.jpg" for name in ("a", "hangs")]
        try:
            with pytest.raises(KeyboardInterrupt):
                fetch_all(fetching.config, {urls[0]: True, urls[1]: False}, frozenset(), stop)
            assert not over.is_set()
        finally:
            over.set()
        assert fetching.bytes(urls[0]) == PHOTO


def test_sigterm_keeps_what_came(tmp_path: Path) -> None:
    """SIGTERM while a host hangs ends the command with 143, and the index names the downloaded
    images.
    """
    asked, over = threading.Event(), threading.Event()

    def hang(request: BaseHTTPRequestHandler) -> None:
        asked.set()
        over.wait(PATIENCE)
        request.close_connection = True

    with serving({"/a.jpg": sending(PHOTO), "/b.jpg": hang}) as server:
        urls = [f"http://127.0.0.1:{server.port}/{name}.jpg" for name in "ab"]
        site = SmallSite(
            tmp_path,
            network={"private": ["127.0.0.1"]},
            images={"per_host": 1, "timeout": PATIENCE},
        )
        site.article("one", images=urls)
        site.article("two", images=urls[1:])
        with subprocess.Popen(
            command("images", "fetch"), cwd=site.root, stderr=subprocess.PIPE, text=True
        ) as run:
            assert asked.wait(PATIENCE)
            run.send_signal(signal.SIGTERM)
            said = run.communicate(timeout=PATIENCE)[1]
        over.set()
        assert (run.returncode, said.strip()) == (143, "newsgen: stopped")
        origins, _ = read_index(site.root / "media")
        assert [url.rpartition("/")[2] for url, origin in origins.items() if origin.file] == [
            "a.jpg"
        ]


HOUR = timedelta(hours=1)
NOW = "Tue, 24 Nov 2026 12:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"Cache-Control": "max-age=3600"}, HOUR),
        ({"Cache-Control": "public, max-age=7200", "Age": "3600"}, HOUR),
        ({"Cache-Control": 'max-age="3600"', "Expires": NOW}, HOUR),
        ({"Date": NOW, "Expires": "Tue, 24 Nov 2026 13:00:00 GMT"}, HOUR),
        ({"Date": NOW, "Expires": "0"}, timedelta(0)),
        ({"Cache-Control": "no-cache, max-age=3600"}, timedelta(0)),
        ({"Cache-Control": "no-store"}, timedelta(0)),
        ({"Date": NOW, "Last-Modified": "Tue, 24 Nov 2026 02:00:00 GMT"}, HOUR),
        ({"Date": NOW, "Last-Modified": "soon"}, timedelta(days=7)),
        ({"Cache-Control": "max-age=999999999999"}, timedelta(days=365)),
        ({"Cache-Control": "max-age=5", "Age": "99"}, timedelta(0)),
        ({}, timedelta(days=7)),
    ],
)
def test_lifetimes(headers: dict[str, str], expected: timedelta) -> None:
    """An answer is fresh for as long as RFC 9111 says, at most a year; an answer without a lifetime
    for a week.
    """
    assert lifetime(headers) == expected


def test_the_index_can_be_merged(fetching: Fetching) -> None:
    """Of lines from two branches, the later answer counts; merge markers are reported with their
    line and ignored.
    """
    old = Origin(
        "https://a.example/1.jpg", PAST, PAST, status=404, error="it is gone (404)", failures=1
    )
    write_index(fetching.media, {old.url: old})
    line = (fetching.media / INDEX).read_text()
    new = line.replace("2020-01-01", "2021-01-01", 1).replace("404", "410")
    (fetching.media / INDEX).write_text(f"<<<<<<< ours\n{new}=======\n{line}>>>>>>> theirs\n")
    origins, problems = read_index(fetching.media)
    assert origins[old.url].status == 410
    assert [(one.code, one.line) for one in problems] == [
        ("media-index", 1),
        ("media-index", 3),
        ("media-index", 5),
    ]


def test_the_index_leads_nowhere_else(fetching: Fetching) -> None:
    """Only files of the folder that are named by their bytes are read, whatever the index says."""
    for name in ("../../etc/passwd", "/etc/passwd", "ab/../x.jpg", "ab/abcd.jpg"):
        fetching.media.mkdir(exist_ok=True)
        (fetching.media / INDEX).write_bytes(
            b'{"url":"https://a.example/1","checked":"2020-01-01T00:00:00Z","due":"2020-01-01T00:00:00Z","file":"%s"}\n'
            % name.encode()
        )
        origins, problems = read_index(fetching.media)
        assert not origins
        assert [one.code for one in problems] == ["media-index"]


def test_what_only_looks_like_a_picture(fetching: Fetching) -> None:
    """A page that begins like a GIF is not an image; a file that is both is stored as the image."""
    page = b"GIF89a<script>alert(1)</script>"
    both = plain((200, 10, 10), form="GIF") + b"<script>alert(1)</script>"
    with serving(
        {"/page.gif": sending(page), "/both.html": sending(both, {"Content-Type": "text/html"})}
    ) as server:
        urls = [f"http://127.0.0.1:{server.port}/{name}" for name in ("page.gif", "both.html")]
        fetching.fetch(*urls)
    assert not fetching.origin(urls[0]).file
    assert fetching.origin(urls[1]).file.endswith(".gif")
