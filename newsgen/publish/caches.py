"""Purge changed addresses from content delivery networks. Each has its own protocol, and gets as
few requests as that allows. A failure is a warning: the edition is live, and a network shows it
when its copies expire.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

import msgspec

from newsgen.config.publish import Cdn
from newsgen.config.settings import Config
from newsgen.core import digest
from newsgen.core.atomic import replace_file
from newsgen.core.problems import Problem
from newsgen.network.http import Client, Refused, Unreachable

_CLOUDFLARE_BATCH = 30  # addresses in one request, on every plan
_CLOUDFRONT_BATCH = 3000  # paths in one invalidation
_REGION = "us-east-1"  # the region of CloudFront's interface, for all of the world


class _Call(NamedTuple):
    """A request to a network's programming interface."""

    network: str
    url: str
    headers: Mapping[str, str]
    body: bytes


class _NotSet(Exception):
    """The environment lacks a value that a network needs. The message is a hint."""


def purge_caches(config: Config, urls: Sequence[str]) -> list[Problem]:
    """Purge these addresses from the networks in the settings `cdn`. Return a warning for each
    network that failed.
    """
    chosen, problems = config.settings.cdn, list[Problem]()
    if not urls:
        return problems
    if chosen.file:
        file = config.paths.root / chosen.file
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            replace_file(file, "".join(f"{url}\n" for url in urls).encode())
        except OSError as error:
            problems.append(_not_purged(f"{file} cannot be written: {error.strerror}"))
    client = Client(config.settings.network.private, retries=1, backoff=0.5)
    try:
        for calls in (_cloudflare, _fastly, _cloudfront):
            problems += _ask(client, calls(chosen, urls))
    finally:
        client.close()
    return problems


def _ask(client: Client, calls: Iterator[_Call]) -> list[Problem]:
    """Make the requests to one network, up to the first that fails."""
    try:
        for call in calls:
            answer, _ = client.request("POST", call.url, call.headers, call.body, follow=False)
            answer.close()
            if answer.status >= 300:
                return [_not_purged(f"{call.network} answers {answer.status}")]
    except (Refused, Unreachable) as error:
        return [_not_purged(f"{call.network}: {error}")]
    except _NotSet as error:
        return [_not_purged("the addresses that changed were not purged", str(error))]
    return []


def _not_purged(message: str, hint: str = "the edition is live nevertheless") -> Problem:
    return Problem("warning", "not-purged", message, hint=hint)


def _token(name: str) -> str:
    """Return a token from the environment. Raises _NotSet."""
    token = os.environ.get(name, "").strip()
    if not token:
        raise _NotSet(f"set {name} in the environment")
    return token


def _batches(urls: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    return (urls[start : start + size] for start in range(0, len(urls), size))


def _cloudflare(chosen: Cdn, urls: Sequence[str]) -> Iterator[_Call]:
    """Yield requests that purge by address (API v4, zones/ZONE/purge_cache)."""
    if chosen.cloudflare:
        headers = {
            "Authorization": f"Bearer {_token('CLOUDFLARE_API_TOKEN')}",
            "Content-Type": "application/json",
        }
        url = f"{chosen.cloudflare_url}/zones/{chosen.cloudflare}/purge_cache"
        for batch in _batches(urls, _CLOUDFLARE_BATCH):
            yield _Call("Cloudflare", url, headers, msgspec.json.encode({"files": batch}))


def _fastly(chosen: Cdn, urls: Sequence[str]) -> Iterator[_Call]:
    """Yield a request for each address: Fastly purges one at a time (API, purge a single URL)."""
    if chosen.fastly:
        headers = {"Fastly-Key": _token("FASTLY_API_TOKEN")}
        for url in urls:
            place = url.partition("://")[2]
            yield _Call("Fastly", f"{chosen.fastly_url}/purge/{place}", headers, b"")


def _cloudfront(chosen: Cdn, urls: Sequence[str]) -> Iterator[_Call]:
    """Yield invalidations (API 2020-05-31, CreateInvalidation), signed by botocore."""
    if not chosen.cloudfront:
        return
    url = f"{chosen.cloudfront_url}/2020-05-31/distribution/{chosen.cloudfront}/invalidation"
    for batch in _batches(urls, _CLOUDFRONT_BATCH):
        paths = "".join(f"<Path>{escape(urlsplit(one).path)}</Path>" for one in batch)
        reference = digest.of_text(*batch, os.urandom(8).hex()).hex()
        body = (
            '<InvalidationBatch xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/">'
            f"<CallerReference>{reference}</CallerReference>"
            f"<Paths><Quantity>{len(batch)}</Quantity><Items>{paths}</Items></Paths>"
            "</InvalidationBatch>"
        ).encode()
        yield _Call("CloudFront", url, _signed(url, body), body)


def _signed(url: str, body: bytes) -> Mapping[str, str]:
    """Return the headers of a request that Amazon accepts (Signature Version 4). Raises _NotSet."""
    try:
        from botocore.auth import SigV4Auth  # type: ignore[import-untyped]
        from botocore.awsrequest import AWSRequest  # type: ignore[import-untyped]
        from botocore.session import Session  # type: ignore[import-untyped]
    except ImportError:
        raise _NotSet('install it with `pip install "newsgen[cloudfront]"`') from None
    credentials = Session().get_credentials()
    if credentials is None:
        raise _NotSet("set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment")
    request = AWSRequest("POST", url, {"Content-Type": "text/xml"}, body)
    SigV4Auth(credentials, "cloudfront", _REGION).add_auth(request)
    return dict(request.headers)
