"""Announce a new edition once it is live: WebSub hubs, search engines (IndexNow), a webhook.

A failed notification is reported as a warning.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode, urlsplit

import msgspec

from newsgen.config.settings import Config
from newsgen.core.problems import Problem
from newsgen.network.http import Client, Refused, Unreachable
from newsgen.publish.diff import Difference

_MOST = 10_000  # URLs in one IndexNow request
_FEEDS = ("feed.xml", "atom.xml", "feed.json")


def announce(config: Config, difference: Difference, edition: str) -> list[Problem]:
    """Send all configured notifications, and return a warning for each that failed.

    Does nothing if no story's own content changed.
    """
    if not difference.own:
        return []
    client = Client(config.settings.network.private, retries=1, backoff=0.5)
    try:
        return [
            problem
            for message in _messages(config, difference, edition)
            for problem in _tell(client, *message)
        ]
    finally:
        client.close()


def _messages(
    config: Config, difference: Difference, edition: str
) -> Iterator[tuple[str, str, str, bytes]]:
    """Yield each notification: its kind, its URL, the media type and the request body."""
    settings, chosen = config.settings, config.settings.announce
    feeds = [url for url in difference.urls if url.rpartition("/")[2] in _FEEDS]
    for hub in chosen.websub:
        for feed in feeds:
            body = urlencode({"hub.mode": "publish", "hub.url": feed, "hub.topic": feed})
            yield "WebSub", hub, "application/x-www-form-urlencoded", body.encode()
    if chosen.indexnow:
        for start in range(0, len(difference.own), _MOST):
            urls = difference.own[start : start + _MOST]
            key_file = f"{settings.url}/{chosen.indexnow}.txt"
            asked = {
                "host": urlsplit(settings.url).netloc,
                "key": chosen.indexnow,
                "keyLocation": key_file,
                "urlList": urls,
            }
            yield (
                "IndexNow",
                chosen.indexnow_url,
                "application/json; charset=utf-8",
                msgspec.json.encode(asked),
            )
    if chosen.webhook:
        message: dict[str, Any] = {
            "site": settings.url,
            "edition": edition,
            "difference": difference,
        }
        yield "webhook", chosen.webhook, "application/json", msgspec.json.encode(message)


def _tell(client: Client, what: str, url: str, type_: str, body: bytes) -> Iterator[Problem]:
    host = urlsplit(url).netloc  # the rest of a webhook's URL may be a password
    try:
        answer, _ = client.request("POST", url, {"Content-Type": type_}, body)
        answer.close()
        if answer.status < 300:
            return
        said = f"it answers {answer.status}"
    except (Refused, Unreachable) as error:
        said = str(error).replace(url, host)
    yield Problem(
        "warning",
        "not-announced",
        f"{what}: {host} could not be notified of the new edition: {said}",
        hint="the edition is live nevertheless",
    )
