"""Resolve links between content files: `[b](b.md)`, Zola's `@/b.md`, Jekyll's and Hugo's. Pure.

A link names a file relative to its own, from the content folder, or by a name that only one file
has. An address that the article had on another site, such as `/posts/b/` or `/2024/03/03/b.html`,
is found by the same names. Names are compared in Unicode's composed form (NFC), because some file
systems have another.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from itertools import islice, takewhile
from posixpath import normpath
from typing import NamedTuple
from urllib.parse import unquote

from newsgen.builder.routes import stem_of
from newsgen.config.paths import composed
from newsgen.content.pages import is_section
from newsgen.content.scan import SUFFIXES
from newsgen.content.slugs import href
from newsgen.core.site import Plain

Place = Callable[[str, str], bool]
_END = re.compile(r"[?#]")
_DATED = re.compile(r"(?:.*/)?(\d{4}/\d{2}/\d{2}/[^/]+)")
_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})-(.+)")
_ROOTED = ("/", "@/")


class SourceLinks(NamedTuple):
    """The links of one article or page that need another address on its page.

    `resolved` maps each, as written, to its link. `files` are the files that the page needs beside
    it: route and path below the content folder. `missing` are links that lead to no file.
    """

    resolved: tuple[tuple[str, str], ...] = ()
    files: tuple[tuple[str, str], ...] = ()
    missing: tuple[str, ...] = ()


NONE = SourceLinks()


class LinkTargets:
    """The targets of links between content files.

    `routes` are those of visible articles by path, `plain` the plain pages and files about folders.
    `near` are the paths of other files in the content folder. Links begin with `base`. `place`
    returns whether the copy of a file can have a route. `slugs` are those that articles name
    themselves, by path.
    """

    def __init__(
        self,
        routes: Mapping[str, str],
        plain: Iterable[Plain],
        near: Iterable[str],
        base: str,
        place: Place,
        slugs: Mapping[str, str],
    ) -> None:
        self._slugs = slugs
        others = {page.file.path: page.route for page in plain}
        # Last, so that the name of a folder is not that of an article.
        sections = [path for path in others if is_section(path)]
        self._routes = {**routes, **others}
        self._sections = {path: self._routes.pop(path) for path in sections}
        self._base, self._place = base, place
        self._near = sorted(near)

    @cached_property
    def _own(self) -> frozenset[str]:
        return frozenset((*self._routes.values(), *self._sections.values()))

    @cached_property
    def _files(self) -> frozenset[str]:
        return frozenset(self._near)

    @cached_property
    def _names(self) -> dict[str, str]:
        """Map each name to the path of its file, or to "" if it is a name without folders that
        several files have.
        """
        found: dict[str, str] = {}
        for path in self._routes:
            for name in map(composed, _names(path)):
                found[name] = "" if name in found and "/" not in name else path
        for path, slug in self._slugs.items():
            folder = path.rpartition("/")[0]
            found.setdefault(slug, path)
            found.setdefault(f"{folder}/{slug}", path)
        ends: dict[str, str] = {}  # `blog/tide`, if all files are below `src`
        for name, path in found.items():
            while "/" in (name := name.partition("/")[2]):
                ends[name] = path if ends.get(name, path) == path else ""
        for path in self._sections:
            found.setdefault(composed(path.rpartition("/")[0]), path)
        return ends | found | {composed(path): path for path in (*self._routes, *self._sections)}

    def _below(self, folder: str) -> list[str]:
        """Return the other files in a folder."""
        first = bisect_left(self._near, folder)
        below = takewhile(lambda name: name.startswith(folder), islice(self._near, first, None))
        return list(below)

    def _route(self, path: str) -> str:
        return self._routes.get(path) or self._sections[path]

    def of(self, path: str, links: Iterable[str]) -> SourceLinks:
        """Return the links in the body of an article or a page, given as written."""
        route = self._route(path)
        bundle = composed(path.rpartition("/")[0]) + "/" if is_bundle(path) else ""
        beside = self._below(bundle) if bundle else []
        if not (links or beside):
            return NONE
        resolved, missing = dict[str, str](), list[str]()
        files = {}
        for name in beside:
            if self._place(to := _beside(route, name, bundle), name):
                files[name] = to
        for link in links:
            end = _END.search(link)
            target, rest = (link[: end.start()], link[end.start() :]) if end else (link, "")
            name = unquote(target.removeprefix(self._base) if target[:1] == "/" else target)
            if not name or name in self._own:
                continue
            found, file = self._find(path, name)
            if found:
                resolved[link] = href(self._base, found) + rest
            elif file:
                if self._place(to := _beside(route, file, bundle), file):
                    files[file] = to
                    resolved[link] = href(self._base, to) + rest
            elif name[0] != "/":
                missing.append(link)
        return SourceLinks(
            tuple(resolved.items()),
            tuple((to, file) for file, to in files.items()),
            tuple(missing),
        )

    def _find(self, path: str, name: str) -> tuple[str, str]:
        """Return the route or the file that a name in this file leads to, "" for neither."""
        for wanted in map(composed, _candidates(path, name)):
            if found := self._names.get(wanted):
                return self._route(found), ""
            if wanted in self._files:
                return "", wanted
        return "", ""


def _candidates(path: str, name: str) -> Sequence[str]:
    """Return the names by which a link may mean a file, the nearest first."""
    plain = name.removeprefix("@").strip("/")
    short = _without_suffix(plain)
    if name.startswith(_ROOTED):
        dated = _DATED.fullmatch(short)
        return (plain, short, dated[1]) if dated else (plain, short)
    folder, own = path.rpartition("/")[0], _without_suffix(path)
    near = [normpath(f"{place}/{plain}" if place else plain) for place in (folder, own)]
    return (*near, *map(_without_suffix, near), plain, short, short.rpartition("/")[2])


def _without_suffix(name: str) -> str:
    for suffix in SUFFIXES:
        if name.endswith(suffix):
            name = name.removesuffix(suffix)
    return name.removesuffix("/index")


def _names(path: str) -> set[str]:
    """Return the names by which other tools know a file, besides its path."""
    short, stem = _without_suffix(path), stem_of(path)
    names = {short, stem}
    if dated := _DATE.fullmatch(stem):
        folder = short.rpartition("/")[0]
        names |= {dated[4], "/".join(dated.groups()), f"{folder}/{dated[4]}".lstrip("/")}
    return names


def is_bundle(path: str) -> bool:
    """Return whether a file is `tide/index.md`: the files in its folder belong to it."""
    return "/" in path and path.rpartition("/")[2].startswith("index.")


def _beside(route: str, file: str, bundle: str) -> str:
    """Return the route of a file's copy beside a page: in its folder, by its name in the bundle."""
    name = file.removeprefix(bundle) if bundle and file.startswith(bundle) else file.split("/")[-1]
    return route[: route.rfind("/") + 1] + name
