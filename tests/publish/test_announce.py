"""Announcing a new edition to real servers that accept it, refuse it, or are not there."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from servers import Server
from support import SmallSite

from .publishing import aged, codes, published, run

KEY = "0123456789abcdef"


class Told:
    """A server that records requests."""

    def __init__(self, status: int = 204) -> None:
        self.bodies: dict[str, list[bytes]] = {}
        self._status = status
        self.server = Server(dict.fromkeys(("/hub", "/indexnow", "/hook"), self._take))

    def _take(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers["Content-Length"]))
        self.bodies.setdefault(request.path.partition("?")[0], []).append(body)
        request.send_response(self._status)
        request.send_header("Content-Length", "0")
        request.end_headers()

    def settings(self) -> dict[str, Any]:
        at = self.server.url
        announce = {
            "websub": [f"{at}/hub"],
            "indexnow": KEY,
            "indexnow_url": f"{at}/indexnow",
            "webhook": f"{at}/hook?token=hush",
        }
        return {"network": {"private": ["127.0.0.1"]}, "announce": announce}


def site_for(told: Told, make_site: Callable[..., SmallSite]) -> SmallSite:
    site = make_site(**told.settings())
    site.article("one")
    site.article("two")
    return site


def test_who_is_told_what(make_site: Callable[..., SmallSite]) -> None:
    """Only pages whose own content changed are announced: not the lists around them, and nothing if
    only a template changed.
    """
    told = Told()
    site = site_for(told, make_site)
    with told.server.running():
        published(site)
        told.bodies.clear()
        site.article("one", body="More is known.")
        assert published(site)["problems"] == []
        (asked,) = told.bodies["/indexnow"]
        url = "https://wire.example/news/one/"
        assert json.loads(asked) == {
            "host": "wire.example",
            "key": KEY,
            "keyLocation": f"https://wire.example/{KEY}.txt",
            "urlList": [url],
        }
        (hook,) = map(json.loads, told.bodies["/hook"])
        assert hook["difference"]["edited"] == [{"title": "Story one", "url": url}]
        assert hook["site"] == "https://wire.example"
        told.bodies.clear()
        site.article("three")
        published(site)
        pings = [parse_qs(body.decode()) for body in told.bodies["/hub"]]
        assert ["https://wire.example/feed.xml"] in [ping["hub.url"] for ping in pings]
        assert {ping["hub.mode"][0] for ping in pings} == {"publish"}
        told.bodies.clear()
        site.write(
            "templates/home.html",
            '{% extends "theme/home.html" %}{% block main %}{{ super() }}<b>new</b>{% endblock %}',
        )
        assert published(site)["published"]
        assert told.bodies == {}


def test_feeds_name_the_hubs(make_site: Callable[..., SmallSite]) -> None:
    """Each feed names the hub for subscribers."""
    site = make_site(announce={"websub": ["https://hub.example/?a=1&b=2"]})
    site.article("one")
    site.build()
    assert '<atom:link rel="hub" href="https://hub.example/?a=1&amp;b=2"/>' in site.page("feed.xml")
    assert '<link rel="hub" href="https://hub.example/?a=1&amp;b=2"/>' in site.page("atom.xml")
    assert json.loads(site.page("feed.json"))["hubs"] == [
        {"type": "WebSub", "url": "https://hub.example/?a=1&b=2"}
    ]


@pytest.mark.parametrize("why", ["refused", "silent", "private"])
def test_what_is_not_taken(make_site: Callable[..., SmallSite], why: str) -> None:
    """A hub that refuses, is not there, or has a private address is a warning, and the edition is
    live; a webhook's token is not printed.
    """
    told = Told(500)
    site = site_for(told, make_site)
    if why == "private":
        site.settings(announce=told.settings()["announce"])
    with told.server.running():
        if why == "refused":
            done = published(site)
    if why != "refused":
        done = published(site)
    assert done["published"]
    assert set(codes(done)) == {"not-announced"}
    assert "hush" not in json.dumps(done["problems"])


@pytest.mark.needs("git")
def test_what_a_target_did_not_get_is_told_later(
    make_site: Callable[..., SmallSite], tmp_path: Path
) -> None:
    """If a target failed, all changes since the last announcement are announced once when it has
    the live edition; until then a nightly job is due, whatever is published in between.
    """
    told = Told()
    there, away = tmp_path / "there.git", tmp_path / "away.git"
    subprocess.run(["git", "init", "--quiet", "--bare", there], check=True)
    site = make_site(**told.settings(), publish={"keep": 2, "targets": [f"git+{there}#pages"]})
    site.article("one")
    site.article("two")
    with told.server.running():
        run(site, "nightly")
        told.bodies.clear()
        there.rename(away)
        for n in range(3):  # more than the kept ones
            site.article("one", title="Another title" + n * "!")
            site.article(f"new-{n}")
            site.article("two", title=("Told no more", "Story two")[n > 1])
            aged(site)
            run(site, "nightly", code=3)
        assert run(site, "nightly", "--if-due", code=3)["outcome"] == "unchanged"
        assert told.bodies == {}
        away.rename(there)
        assert run(site, "nightly", "--if-due")["outcome"] == "unchanged"
        (hook,) = map(json.loads, told.bodies["/hook"])
        assert [one["title"] for one in hook["difference"]["edited"]] == ["Another title!!"]
        assert {one["title"] for one in hook["difference"]["new"]} == {
            f"Story new-{n}" for n in range(3)
        }
        told.bodies.clear()
        assert "not due" in site.run("nightly", "--if-due").stderr
        run(site, "nightly")
        assert told.bodies == {}


def test_nobody_is_told_before(make_site: Callable[..., SmallSite]) -> None:
    """Nothing is announced in a dry run, if a guard stopped, or if a target failed."""
    told = Told()
    site = site_for(told, make_site)
    with told.server.running():
        site.run("build", "-q")
        run(site, "publish", "--dry-run")
        run(site, "publish", "--target", "rsync://127.0.0.1:1/x/", code=3)
        assert told.bodies == {}
