"""The links of pages, feeds, sitemaps and article bodies, and what they can lead to."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import lru_cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote, urljoin
from xml.etree import ElementTree

from msgspec import structs

from newsgen.content.scan import read_file, scan
from newsgen.content.urls import own_path
from newsgen.core import engine
from newsgen.core.problems import Problem, settings_error
from newsgen.store.output import MANIFEST

_ADDRESSES = ("href", "src", "poster", "action", "data", "data-src", "cite")
_HTTP = ("http://", "https://")
_SETS = ("srcset", "imagesrcset")
_REFRESH = re.compile(r"url\s*=\s*['\"]?([^'\"]*)", re.I)
_CSS_URL = re.compile(r"""url\(\s*["']?([^"')]+)""")
_MACHINE = (".xml", ".json", ".webmanifest", ".css", "_redirects", "robots.txt")
_BATCH = 100


class Named(NamedTuple):
    """A place that names a URL: a content file, with a field or with a line and a column."""

    file: str
    field: str = "$"
    line: int = 0
    column: int = 0


class Links(NamedTuple):
    """The links of a file as written, and its anchors, which fragments can lead to.

    `anchors` is None for a page that redirects, because the anchors are those of its target.
    """

    addresses: tuple[str, ...]
    anchors: frozenset[str] | None


class _Page(HTMLParser):
    """Collects the links and anchors of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: dict[str, None] = {}
        self.anchors = {"top"}
        self.leads_on = False
        self._json = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._json = tag == "script" and ("type", "application/ld+json") in attrs
        for name, value in attrs:
            if not value:
                continue
            if name == "id" or (name == "name" and tag == "a"):
                self.anchors.add(value)
            elif name in _ADDRESSES:
                self.addresses[value.strip()] = None
            elif name in _SETS:
                self.addresses.update(
                    dict.fromkeys(part.split()[0] for part in value.split(",") if part.strip())
                )
            elif name == "content" and tag == "meta":
                refresh = (
                    _REFRESH.search(value)
                    if (dict(attrs).get("http-equiv") or "").lower() == "refresh"
                    else None
                )
                self.leads_on |= refresh is not None
                if refresh or value.startswith(_HTTP):
                    self.addresses[refresh[1] if refresh else value] = None

    def handle_data(self, data: str) -> None:
        if self._json:
            self.addresses.update(dict.fromkeys(_json_texts(data)))
            self._json = False


def read_page(text: str) -> Links:
    """Return the links and anchors of an HTML page."""
    page = _Page()
    with suppress(AssertionError):  # Python 3.11 raises it for <![x[
        page.feed(text)
        page.close()
    return Links(tuple(page.addresses), None if page.leads_on else frozenset(page.anchors))


def _json_texts(text: str, signs: tuple[str, ...] = _HTTP) -> Iterator[str]:
    """Yield the strings of JSON that begin like URLs. Yields nothing if the text is not JSON."""
    try:
        pending: list[Any] = [json.loads(text)]
    except ValueError:
        return
    while pending:
        value = pending.pop()
        if isinstance(value, str) and value.startswith(signs):
            yield value
        elif isinstance(value, (list, dict)):
            pending += value.values() if isinstance(value, dict) else value


def _xml_texts(data: bytes) -> Iterator[str]:
    for element in ElementTree.fromstring(data).iter():
        for text in (element.text or "", *element.attrib.values()):
            if text.strip().startswith(_HTTP):
                yield text.strip()


class Place:
    """Resolves the links of a site.

    `paths` are its files, below the URL `url`. `anchors` returns the anchors of a page, or None if
    they are unknown.
    """

    def __init__(
        self, url: str, paths: Iterable[str], anchors: Callable[[str], frozenset[str] | None]
    ) -> None:
        self._url = url.rstrip("/") + "/"
        self._origin = "/".join(url.split("/", 3)[:3])
        self._paths = frozenset(paths)
        self._anchors = anchors

    def address(self, path: str) -> str:
        """Return the URL at which a host serves this file."""
        return self._url + (
            path.removesuffix("index.html")
            if path == "index.html" or path.endswith("/index.html")
            else path
        )

    def absolute(self, link: str, path: str) -> str:
        """Return a link of the file at this path as an absolute URL, or "" if it is not a valid
        URL."""
        if link.startswith(_HTTP):
            return link
        try:
            return (
                self._origin + link
                if link[:1] == "/" and link[1:2] != "/" and "/." not in link
                else _join(self.address(path), link)
            )
        except ValueError:
            return ""

    def broken(self, link: str, path: str) -> Problem | None:
        """Return the problem of a link that points into this site but leads nowhere, else None.

        `path` is the file that contains the link.
        """
        address, _, fragment = self.absolute(link, path).partition("#")
        fragment = fragment.partition(":~:")[
            0
        ]  # browsers cut off their own directive (WICG, Text Fragments)
        within = (
            address[len(self._origin) :]
            if address.startswith(self._url)
            else own_path(address, self._url)
        )
        if not within:
            return None
        target = unquote(within.partition("?")[0][len(self._url) - len(self._origin) :])
        file = target + "index.html" if not target or target.endswith("/") else target
        if file not in self._paths:
            hint = (
                f"the page is {target}/, with a slash at its end"
                if f"{target}/index.html" in self._paths
                else ""
            )
            return Problem("warning", "broken-link", f"the link {link} leads nowhere", hint=hint)
        anchors = self._anchors(file) if fragment and file.endswith(".html") else None
        if anchors is not None and anchors.isdisjoint((fragment, unquote(fragment))):
            return Problem(
                "warning",
                "broken-fragment",
                f"the link {link} leads to a page that has no #{fragment}",
            )
        return None


_join = lru_cache(10_000)(urljoin)


def check_output(folder: Path, url: str, jobs: int) -> list[Problem]:
    """Return the broken links of a built site's pages, stylesheets, feeds, sitemaps and redirects.

    Raises UserError (exit code 2) if there is no built site.
    """
    if not (folder / MANIFEST).is_file():
        raise settings_error(
            "no-output",
            f"no site was built in {folder}",
            hint="run `newsgen build` first, or pass its folder with --output",
        )
    files, problems = scan(folder, (), hidden=True)
    found: dict[str, Links] = {}
    batches = [[stat.path for stat in files[i : i + _BATCH]] for i in range(0, len(files), _BATCH)]
    for batch in engine.local(jobs).run(reader, str(folder), batches):
        for path, links, problem in batch:
            found[path] = links
            problems += [problem] if problem else []
    place = Place(url, found, lambda path: found[path].anchors)
    for path, links in found.items():
        for link in links.addresses:
            problem = place.broken(link, path)
            if problem:
                problems.append(structs.replace(problem, severity="error", file=path))
    return problems


def reader(folder: str) -> Callable[[list[str]], list[tuple[str, Links, Problem | None]]]:
    """Return a function that reads the links and the problems of files below a folder."""
    return lambda paths: [_read(folder, path) for path in paths]


def _read(folder: str, path: str) -> tuple[str, Links, Problem | None]:
    """Return the links of one file: none unless it is a page or a machine-readable file."""
    links = Links((), frozenset())
    try:
        if path.endswith((".html", ".htm")):
            links = read_page(read_file(os.path.join(folder, path)).decode("utf-8", "replace"))
        elif path.endswith(_MACHINE):
            links = Links(
                tuple(dict.fromkeys(_listed(path, read_file(os.path.join(folder, path))))),
                frozenset(),
            )
    except OSError as error:
        return (
            path,
            links,
            Problem("error", "unreadable-file", f"cannot be read: {error.strerror}", file=path),
        )
    except ElementTree.ParseError as error:
        line, column = error.position
        return (
            path,
            links,
            Problem(
                "error",
                "malformed-output",
                f"is not XML: {error}",
                file=path,
                line=line,
                column=column + 1,
            ),
        )
    return path, links, None


def _listed(path: str, data: bytes) -> Iterator[str]:
    text = data.decode("utf-8", "replace")
    if path.endswith(".xml"):
        yield from _xml_texts(data)
    elif path.endswith(".css"):
        yield from (link for link in _CSS_URL.findall(text) if not link.startswith("data:"))
    elif path.endswith("_redirects"):
        yield from (
            words[1] for line in text.splitlines() if len(words := line.split("#")[0].split()) > 1
        )
    elif path.endswith("robots.txt"):
        yield from (
            line.partition(":")[2].strip()
            for line in text.splitlines()
            if line.lower().startswith("sitemap:")
        )
    else:
        yield from _json_texts(text, (*_HTTP, "/") if path.endswith(".webmanifest") else _HTTP)
