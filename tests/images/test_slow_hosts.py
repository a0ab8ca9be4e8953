"""A night whose pictures are at hosts that cannot be found: against a real resolver that is silent, or knows no name."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from conftest import leave_out
from photos import photo
from servers import Server
from support import SmallSite
from test_bad_places import mounted
from tests.images.test_fetch import sending

pytestmark = pytest.mark.xdist_group("resolver")  # of which a machine has room for one
HOSTS, PICTURES = ("one.example", "two.example", "three.example"), 120


class Resolver:
    """A server of names on loopback; `asked` are the names that it was asked for."""

    address = "127.0.53.53"

    def __init__(self, silent: bool) -> None:
        self.asked: list[str] = []
        self._silent = silent
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.settimeout(0.1)
        try:
            self._socket.bind((self.address, 53))
        except OSError as error:
            self._socket.close()
            leave_out(f"this machine does not allow a resolver: {error.strerror}", strict=False)

    @contextmanager
    def running(self) -> Iterator[Resolver]:
        stop = threading.Event()
        thread = threading.Thread(target=self._serve, args=(stop,))
        thread.start()
        try:
            yield self
        finally:
            stop.set()
            thread.join()
            self._socket.close()

    def _serve(self, stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                question, sender = self._socket.recvfrom(512)
            except TimeoutError:
                continue
            labels, at = [], 12
            while question[at]:
                labels.append(question[at + 1 : at + 1 + question[at]].decode())
                at += 1 + question[at]
            self.asked.append(".".join(labels))
            if not self._silent:  # there is no such name
                self._socket.sendto(question[:2] + b"\x81\x83" + question[4:6] + bytes(6) + question[12 : at + 5], sender)


def night(site: SmallSite, minutes: float) -> dict[str, object]:
    """The report of a night of which names are looked up at the resolver."""
    (site.root / "resolv.conf").write_text(f"nameserver {Resolver.address}\noptions timeout:30 attempts:1\n")
    done = mounted(
        site,
        f"mount --bind resolv.conf /etc/resolv.conf || exit 99\nnewsgen nightly --set nightly.fetch_minutes={minutes} --json",
    )
    assert done.returncode == 0, done.stderr
    report: dict[str, object] = json.loads(done.stdout)
    return report


@pytest.fixture
def site(make_site: Callable[..., SmallSite]) -> Iterator[SmallSite]:
    """A site with many pictures of hosts that there are not, and one of a host that there is."""
    with Server({"/there.jpg": sending(photo())}).running() as server:
        site = make_site(network={"private": ["127.0.0.1"]})
        for n in range(PICTURES):
            site.article(f"story-{n}", images=[{"url": f"https://{HOSTS[n % len(HOSTS)]}/{n}.jpg"}])
        site.article("there", images=[{"url": f"{server.url}/there.jpg"}])
        yield site


def left(report: dict[str, object]) -> list[str]:
    """What the report says of pictures that were not asked for."""
    problems: list[dict[str, str]] = report["problems"]  # type: ignore[assignment]
    return [problem["message"] for problem in problems if problem["code"] == "pictures-left"]


@pytest.mark.needs("unshare")
def test_names_that_hang_do_not_hold_up_the_night(site: SmallSite) -> None:
    """While the resolver hangs, the night goes on when its time for pictures is over: what came is shown, the report tells what is left."""
    with Resolver(silent=True).running() as resolver:
        began = time.monotonic()
        report = night(site, minutes=0.05)
        took = time.monotonic() - began
    assert resolver.asked
    assert report["outcome"] == "published"
    assert took < 20  # one name alone would take 30
    assert left(report) == [f"{PICTURES} pictures not asked for: the hosts do not answer, or the time was over"]
    assert b"/_media/" in (site.root / "editions/current/news/there/index.html").read_bytes()


@pytest.mark.needs("unshare")
def test_a_host_that_is_not_there_is_asked_once(site: SmallSite) -> None:
    """The name of a dead host is looked up once a night, not once a picture; the next night begins with pictures that were left."""
    with Resolver(silent=False).running() as resolver:
        first = night(site, minutes=1)
        asked = resolver.asked.copy()
        resolver.asked.clear()
        night(site, minutes=1)
    lanes = 4  # pictures of one host that are asked for at once
    assert set(asked) == set(HOSTS) == set(resolver.asked)
    assert max(map(asked.count, HOSTS)) <= 2 * lanes  # for both kinds of addresses
    assert len(left(first)) == 1
    index = (site.root / Path("media/index.jsonl")).read_text().splitlines()
    assert {json.loads(line).get("failures", 0) for line in index} == {0, 1}
