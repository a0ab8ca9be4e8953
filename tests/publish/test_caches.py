"""Content delivery networks, with a server on loopback in their place."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any, NamedTuple

import pytest

from servers import Server
from support import SmallSite

from .publishing import codes, published, run

ZONE = "0123456789abcdef0123456789abcdef"


class Call(NamedTuple):
    """A request to a network."""

    path: str
    headers: dict[str, str]
    body: bytes


class Networks:
    """A server in the place of all networks, which answers with `status`."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.status = 200
        self.server = Server({"*": self._take})

    def _take(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers["Content-Length"] or 0))
        self.calls.append(Call(request.path, dict(request.headers), body))
        request.send_response(self.status)
        if self.status == 302:
            request.send_header("Location", self.server.url + "/elsewhere")
        request.send_header("Content-Length", "0")
        request.end_headers()

    def take(self) -> list[Call]:
        """Return the requests since the last call."""
        calls, self.calls[:] = list(self.calls), []
        return calls


@pytest.fixture
def networks(monkeypatch: pytest.MonkeyPatch) -> Iterator[Networks]:
    monkeypatch.setenv("CLOUDFLARE_API_TOKEN", "cloud-token")
    monkeypatch.setenv("FASTLY_API_TOKEN", "fast-token")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    made = Networks()
    with made.server.running():
        yield made


def site_with(make_site: Callable[..., SmallSite], **cdn: Any) -> SmallSite:
    site = make_site(network={"private": ["127.0.0.1"]}, cdn=cdn)
    site.article("one")
    site.article("two")
    return site


def test_exactly_what_changed(make_site: Callable[..., SmallSite], networks: Networks) -> None:
    """Every network gets exactly the addresses that `newsgen publish` reports, in batches, with its
    token, and so does the file. A second run sends nothing; a rollback sends the same addresses.
    """
    at = networks.server.url
    site = site_with(
        make_site,
        file="out/changed.txt",
        cloudflare=ZONE,
        cloudflare_url=at,
        fastly=True,
        fastly_url=at,
        cloudfront="E123",
        cloudfront_url=at,
    )
    published(site)
    networks.take()
    site.article("three")
    done = published(site)
    urls = done["difference"]["urls"]
    assert (site.root / "out/changed.txt").read_text().splitlines() == urls
    calls = networks.take()
    cloudflare = [call for call in calls if call.path == f"/zones/{ZONE}/purge_cache"]
    assert [url for call in cloudflare for url in json.loads(call.body)["files"]] == urls
    assert all(len(json.loads(call.body)["files"]) <= 30 for call in cloudflare)
    assert {call.headers["Authorization"] for call in cloudflare} == {"Bearer cloud-token"}
    fastly = [call for call in calls if call.path.startswith("/purge/")]
    assert ["https://" + call.path.removeprefix("/purge/") for call in fastly] == urls
    assert {call.headers["Fastly-Key"] for call in fastly} == {"fast-token"}
    (invalidation,) = [call for call in calls if call.path.startswith("/2020-05-31/")]
    assert invalidation.path == "/2020-05-31/distribution/E123/invalidation"
    paths = re.findall("<Path>(.*?)</Path>", invalidation.body.decode())
    assert [f"https://wire.example{path}" for path in paths] == urls
    assert invalidation.headers["Authorization"].startswith("AWS4-HMAC-SHA256 Credential=key/")
    assert len(calls) == len(cloudflare) + len(fastly) + 1
    published(site)
    assert networks.take() == []
    back = run(site, "rollback")
    assert sorted(back["difference"]["urls"]) == sorted(urls)
    assert len(networks.take()) == len(calls)


def test_a_network_that_refuses(make_site: Callable[..., SmallSite], networks: Networks) -> None:
    """A network that refuses, or has no token, is a warning, and the edition is live. A redirect is
    not followed, because its target would get the token.
    """
    at = networks.server.url
    site = site_with(make_site, cloudflare=ZONE, cloudflare_url=at)
    networks.status = 403
    done = published(site)
    assert done["published"]
    assert codes(done) == ["not-purged"]
    assert "Cloudflare answers 403" in done["problems"][0]["message"]
    networks.status = 302
    site.article("three")
    assert codes(published(site)) == ["not-purged"]
    assert [call.path for call in networks.take()] == 2 * [f"/zones/{ZONE}/purge_cache"]


def test_without_a_token(
    make_site: Callable[..., SmallSite], networks: Networks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The problem names the missing variable, and no request is sent."""
    monkeypatch.delenv("CLOUDFLARE_API_TOKEN")
    site = site_with(make_site, cloudflare=ZONE, cloudflare_url=networks.server.url)
    (problem,) = published(site)["problems"]
    assert problem["code"] == "not-purged"
    assert "CLOUDFLARE_API_TOKEN" in problem["hint"]
    assert networks.take() == []
