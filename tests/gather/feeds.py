"""Helpers for tests of gathering: a site with feeds on loopback, and feeds to serve."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import yaml

from newsgen.config.settings import load_config
from newsgen.gather.gather import Gathered, gather
from support import PATIENCE, SmallSite

NOW = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)


def item(name: str, **fields: str) -> str:
    """Return an item of RSS. None leaves a field out."""
    values = {
        "title": f"Story {name} of the tides",
        "guid": f"guid-{name}",
        "link": f"https://paper.example/{name}",
        "pubDate": "Fri, 30 Jan 2026 08:00:00 GMT",
        "description": f"What happened with {name}.",
        **fields,
    }
    inner = "".join(f"<{key}>{value}</{key}>" for key, value in values.items() if value)
    return f"<item>{inner}</item>"


def rss(*items: str, title: str = "The Paper") -> str:
    """Return a feed of RSS."""
    spaces = (
        'xmlns:media="http://search.yahoo.com/mrss/" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
        'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
    )
    head = f"<title>{title}</title><link>https://paper.example/</link>"
    channel = f"<channel>{head}{''.join(items)}</channel>"
    return f'<?xml version="1.0"?><rss version="2.0" {spaces}>{channel}</rss>'


def sending(
    text: str | bytes | Callable[[], str], headers: dict[str, str] | None = None, status: int = 200
) -> Callable[[BaseHTTPRequestHandler], None]:
    """Answer with a feed."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        # without it, each answer waits for an acknowledgement of its head
        request.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        made = text() if callable(text) else text
        data = made.encode() if isinstance(made, str) else made
        request.send_response(status)
        named = {"Content-Type": "application/rss+xml", "Content-Length": str(len(data))}
        for name, value in {**named, **(headers or {})}.items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(data)

    return answer


class Planet:
    """A site that gathers feeds."""

    def __init__(self, root: Path) -> None:
        self.site = SmallSite(root, network={"private": ["127.0.0.1"]})

    def feeds(self, *feeds: Any, **more: Any) -> None:
        """Write feeds.yaml."""
        values = {"feeds": list(feeds), "timeout": PATIENCE, **more}
        self.site.write("feeds.yaml", yaml.safe_dump(values, sort_keys=False))

    def gather(self, now: datetime = NOW, **options: Any) -> Gathered:
        return gather(load_config(self.site.root), now, **options)

    @property
    def files(self) -> dict[str, str]:
        """Return the gathered files, by name."""
        folder = self.site.root / "content/feeds"
        return {path.stem: path.read_text("utf-8") for path in sorted(folder.rglob("*.md"))}

    def front(self, name: str) -> dict[str, Any]:
        """Return the front matter of the one file whose name contains this."""
        (text,) = (text for stem, text in self.files.items() if name in stem)
        front: dict[str, Any] = yaml.safe_load(text.split("---\n")[1])
        return front

    def problems(self) -> list[dict[str, Any]]:
        """Return what `newsgen check` reports of the site."""
        found: list[dict[str, Any]] = json.loads(self.site.run("check", "--json").stdout)[
            "problems"
        ]
        return found


def codes(found: Gathered) -> list[str]:
    """Return the codes of the problems."""
    return [problem.code for problem in found.problems]
