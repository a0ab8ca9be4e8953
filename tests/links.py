"""All internal links of a built site, read by real parsers.

They are in HTML, XML (feeds, sitemaps) and JSON.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urldefrag, urljoin

from lxml import etree, html

_ATTRIBUTES = ("href", "src", "poster", "action", "data", "data-src", "cite")
_SRCSETS = ("srcset", "imagesrcset")


class WrittenSite:
    """An output folder, as a host serves it at `url`."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self.url = url.rstrip("/") + "/"
        self._parsed: dict[str, Any] = {}
        self._ids: dict[str, frozenset[str]] = {}

    def pages(self) -> list[str]:
        """The HTML files, by path."""
        return sorted(
            file.relative_to(self.folder).as_posix() for file in self.folder.rglob("*.html")
        )

    def address(self, path: str) -> str:
        """Return the URL at which a host serves this file."""
        return (
            self.url + path.removesuffix("index.html")
            if path.endswith("/index.html") or path == "index.html"
            else self.url + path
        )

    def parsed(self, path: str) -> Any:
        """Return a page as an lxml tree."""
        if path not in self._parsed:
            self._parsed[path] = html.fromstring(
                (self.folder / path).read_bytes(), parser=html.HTMLParser(encoding="utf-8")
            )
        return self._parsed[path]

    def links(self, path: str) -> Iterator[str]:
        """Return the URLs in a page, made absolute."""
        for element in self.parsed(path).iter(etree.Element):
            for name in _ATTRIBUTES:
                if name in element.attrib:
                    yield urljoin(self.address(path), element.attrib[name])
            for name in _SRCSETS:
                for part in filter(None, element.attrib.get(name, "").split(",")):
                    yield urljoin(self.address(path), part.split()[0])
            if element.tag == "meta":
                content = element.attrib.get("content", "")
                refresh = (
                    re.search(r"url=(.*)", content)
                    if element.attrib.get("http-equiv", "").lower() == "refresh"
                    else None
                )
                if refresh or content.startswith(self.url):
                    yield urljoin(self.address(path), refresh[1] if refresh else content)

    def listed(self, path: str) -> Iterator[str]:
        """Return the URLs within the site that a feed or a sitemap names."""
        data = (self.folder / path).read_bytes()
        texts = (
            _strings(json.loads(data))
            if path.endswith((".json", ".webmanifest"))
            else _xml_strings(data)
        )
        yield from (text.strip() for text in texts if text.strip().startswith(self.url))

    def strays(self) -> list[str]:
        """Return links to the site's host that are outside its path, as if the path was
        forgotten."""
        origin = "/".join(self.url.split("/", 3)[:3]) + "/"
        links = ((path, link) for path in self.pages() for link in self.links(path))
        return sorted(
            {
                f"{path} -> {link}"
                for path, link in links
                if link.startswith(origin) and not link.startswith(self.url)
            }
        )

    def broken(self) -> list[str]:
        """Return broken links as `page -> address`.

        These are links within the site whose file or fragment is missing.
        """
        found: set[str] = set()
        machine = [
            file.relative_to(self.folder).as_posix()
            for end in ("xml", "json", "webmanifest")
            for file in self.folder.rglob(f"*.{end}")
        ]
        for path, links in [(p, self.links(p)) for p in self.pages()] + [
            (p, self.listed(p)) for p in machine
        ]:
            found.update(f"{path} -> {link}" for link in set(links) if self._is_broken(link))
        return sorted(found)

    def _is_broken(self, link: str) -> bool:
        address, fragment = urldefrag(link)
        if not address.startswith(self.url) and address + "/" != self.url:
            return False
        path = unquote(address.partition("?")[0][len(self.url) :])
        path += "index.html" if path.endswith("/") or not path else ""
        if not (self.folder / path).is_file():
            return True
        return bool(fragment) and path.endswith(".html") and unquote(fragment) not in self.ids(path)

    def ids(self, path: str) -> frozenset[str]:
        """Return the ids and names in this page that a fragment can lead to."""
        if path not in self._ids:
            self._ids[path] = frozenset(
                ["top", *self.parsed(path).xpath("//@id"), *self.parsed(path).xpath("//a/@name")]
            )
        return self._ids[path]


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, dict)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _strings(item)


def _xml_strings(data: bytes) -> Iterator[str]:
    for element in etree.fromstring(data).iter(etree.Element):
        yield element.text or ""
        yield from element.attrib.values()
