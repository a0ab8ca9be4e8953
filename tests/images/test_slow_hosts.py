"""A nightly run whose images are at hosts that cannot be found, against a real resolver that is
silent, or knows no name.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from support import ROOT, SmallSite
from test_bad_places import mounted
from tests.images.nameless import SITE

HOSTS, PICTURES = ("one.example", "two.example", "three.example"), 120
# A single name without an answer takes 150 seconds, longer than any nightly run here.
RESOLVER = "nameserver 127.0.0.1\noptions timeout:30 attempts:5\n"


def night(site: SmallSite, kind: str, minutes: float) -> dict[str, Any]:
    """Run a nightly job with names looked up at the resolver of `nameless.py`: return its report,
    and the names in requests.
    """
    done = mounted(
        site,
        f"mount --bind resolv.conf /etc/resolv.conf || exit 99\n"
        f"PYTHONPATH={ROOT}:{ROOT}/tests {sys.executable} "
        f"{Path(__file__).with_name('nameless.py')} {kind} {minutes}",
        "--net",
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    assert found["code"] == 0, found["said"]
    found["asked"] = [
        name for name in found["asked"] if name in HOSTS
    ]  # outside the domain of this machine
    return found


@pytest.fixture
def site(make_site: Callable[..., SmallSite]) -> SmallSite:
    """Return a site with many images of hosts that do not exist."""
    site = make_site(**SITE)
    for n in range(PICTURES):
        site.article(f"story-{n}", images=[{"url": f"https://{HOSTS[n % len(HOSTS)]}/{n}.jpg"}])
    site.write("resolv.conf", RESOLVER)
    return site


def left(report: dict[str, Any]) -> list[str]:
    """Return what the report says about images that were not requested."""
    return [
        problem["message"] for problem in report["problems"] if problem["code"] == "pictures-left"
    ]


@pytest.mark.needs("unshare")
def test_names_that_hang_do_not_hold_up_the_night(site: SmallSite) -> None:
    """While the resolver hangs, the nightly job continues after its time for images: downloaded
    images are shown, and the report counts the rest.
    """
    for minutes in (
        0.05,
        0.2,
        1,
    ):  # a slow machine needs more to fetch the one reachable image
        found = night(site, "silent", minutes)
        assert found["asked"]
        assert found["report"]["outcome"] == "published"
        if b"/_media/" in (site.root / "editions/current/news/there/index.html").read_bytes():
            break
    assert left(found["report"]) == [
        f"{PICTURES} images not requested: the hosts do not answer, or the time limit was reached"
    ]
    assert b"/_media/" in (site.root / "editions/current/news/there/index.html").read_bytes()


@pytest.mark.needs("unshare")
def test_a_host_that_is_not_there_is_asked_once(site: SmallSite) -> None:
    """The name of a dead host is looked up once a run, not once for each image; the next run begins
    with the images that were left.
    """
    first, second = (night(site, "empty", 10) for _ in range(2))
    lanes = 4  # images of one host that are requested at once
    assert set(first["asked"]) == set(HOSTS) == set(second["asked"])
    assert max(map(first["asked"].count, HOSTS)) <= 2 * lanes  # for both kinds of addresses
    assert len(left(first["report"])) == 1
    index = (site.root / "media/index.jsonl").read_text().splitlines()
    assert {json.loads(line).get("failures", 0) for line in index} == {0, 1}
