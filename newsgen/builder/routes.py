"""Assign routes to articles by the permalink setting, each route once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from newsgen.builder.route_table import RouteTable
from newsgen.config.settings import Settings
from newsgen.content.address import PLACEHOLDER
from newsgen.content.slugs import slugify
from newsgen.content.urls import safe_route
from newsgen.core.model import Document
from newsgen.core.problems import Problem

_SLASHES = re.compile("/{2,}")
_PLAIN_STEM = re.compile(r"[\w-][\w.-]{0,199}", re.ASCII)
_DATE_IN_STEM = re.compile(r"\d{4}-\d{2}-\d{2}-")
_HINT = "rename the file, or change its category or the permalinks"


def article_routes(
    visible: Sequence[Document],
    gone: Sequence[Document],
    settings: Settings,
    table: RouteTable,
    problems: list[Problem],
) -> tuple[list[str], tuple[str, ...]]:
    """Return the route of each visible document, in their order (newest first), and the sorted
    routes of removed articles.

    Routes are taken in the table. If a route is taken by another page, or by an article that is
    earlier by time, then path, the article gets the next free one (`-2`), with a warning.
    """
    pattern = settings.permalinks.article
    routes: dict[str, str] = {}
    for document in sorted((*visible, *gone), key=_oldest_first) if gone else reversed(visible):
        path = document.path
        wanted = _wanted(document, pattern, settings)
        file = not wanted.endswith("/") and table.taken_by(wanted)
        routes[path] = route = table.free(_folder(wanted) if file else wanted)
        if route != wanted:
            owner = table.taken_by(wanted)
            code, hint = (
                ("route-taken", "rename one of the files")
                if owner in routes
                else ("route-conflict", _HINT)
            )
            message = f"its route {wanted} is taken by {owner}; it gets {route}"
            problems.append(Problem("warning", code, message, "$", hint, path))
        table.take(route, path)
        if "{stem}" in pattern and not (document.meta.address or document.meta.slug):
            problems += _date_problems(document, settings)
    return [routes[document.path] for document in visible], tuple(
        sorted(routes[document.path] for document in gone)
    )


def _wanted(document: Document, pattern: str, settings: Settings) -> str:
    """Return the route that the permalink gives an article."""
    meta, stem = document.meta, stem_of(document.path)
    if meta.address and (own := _own_address(document, settings)):
        return own
    values = {"category": slugify(meta.category or "news")}
    values["stem"] = slugify(meta.slug) if meta.slug else stem
    if "{slug}" in pattern:
        values["slug"] = slugify(meta.slug or _DATE_IN_STEM.sub("", stem))
    if any(part in pattern for part in ("{year}", "{month}", "{day}")):
        local = meta.time.astimezone(settings.zone)
        values["year"] = f"{local.year:04}"
        values |= {"month": f"{local.month:02}", "day": f"{local.day:02}"}
    return pattern.format(**values)


def _folder(route: str) -> str:
    """Return the route of a folder for that of a file, so that a number can be added."""
    return route.rpartition(".")[0] + "/"


def _own_address(document: Document, settings: Settings) -> str:
    """Return the route that the article's own address gives it, with placeholders filled in."""
    meta, stem = document.meta, stem_of(document.path)
    if ":" not in meta.address:
        return safe_route(meta.address)
    local, plain = meta.time.astimezone(settings.zone), _DATE_IN_STEM.sub("", stem)
    slug = slugify(meta.slug or plain)
    names = [slugify(topic) for topic in meta.topics]
    folders = [slugify(folder) for folder in document.path.split("/")[:-1] if folder[0] != "_"]
    values = {
        "year": f"{local.year:04}",
        "short_year": f"{local.year % 100:02}",
        "month": f"{local.month:02}",
        "i_month": f"{local.month}",
        "day": f"{local.day:02}",
        "i_day": f"{local.day}",
        "categories": "/".join(names),
        "category": names[0] if names else "",
        "sections": "/".join(folders),
        "section": folders[0] if folders else "",
        "output_ext": ".html",
        **dict.fromkeys(("filename", "contentbasename", "name", "basename"), plain),
    }
    made = PLACEHOLDER.sub(lambda found: values.get(found[1], slug), meta.address)
    return safe_route(_SLASHES.sub("/", made))


def _date_problems(document: Document, settings: Settings) -> list[Problem]:
    """Report a date at the beginning of an article's address that is not the day of its time."""
    stem, time = stem_of(document.path), document.meta.time
    if not (_DATE_IN_STEM.match(stem) and _is_another_day(stem[:10], time)):
        return []
    day = f"{time.astimezone(settings.zone):%Y-%m-%d}"
    message = f"its address has the date {stem[:10]}, but it was published on {day}"
    where, hint = "$.publishedDateTime", "rename the file"
    return [Problem("warning", "date-in-address", message, where, hint, document.path)]


def _is_another_day(name: str, time: datetime) -> bool:
    """Return whether a date differs from the day of `time` in every time zone. Crawlers trust the
    date in the URL above anything else.
    """
    try:
        return abs(datetime.fromisoformat(name + "T12:00Z") - time) > timedelta(
            hours=26
        )  # zones go to UTC+14
    except ValueError:
        return False


def _oldest_first(document: Document) -> tuple[datetime, str]:
    return document.meta.time, document.path


def stem_of(path: str) -> str:
    """Return the file's name without its suffix, as part of an address.

    That of `tide/index.md` is `tide`, that of `tide/index.de.md` is `tide.de`.
    """
    stem = path[path.rfind("/") + 1 : path.rfind(".")]
    if stem[:5] == "index" and stem[5:6] in ("", ".") and "/" in path:
        stem = path.split("/")[-2] + stem[5:]
    return stem if _PLAIN_STEM.fullmatch(stem) else slugify(stem)
