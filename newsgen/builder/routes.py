"""Where articles stand: the permalink of the settings, each route given once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from newsgen.builder.names import slugify
from newsgen.config import Settings
from newsgen.model import Document
from newsgen.problems import Problem

_PLAIN_STEM = re.compile(r"[\w-][\w.-]{0,199}", re.ASCII)
_DATE_IN_STEM = re.compile(r"\d{4}-\d{2}-\d{2}-")


def article_routes(
    visible: Sequence[Document], gone: Sequence[Document], settings: Settings, problems: list[Problem]
) -> tuple[list[str], tuple[str, ...]]:
    """The route of each visible document, in their order (newest first), and those of the ones that are gone.

    Of two on one route the later by time, then path, gets `-2`, with a warning; what is gone keeps its route.
    """
    pattern = settings.permalinks.article
    zone = settings.zone
    dated = any(part in pattern for part in ("{year}", "{month}", "{day}"))
    slugged, stemmed = "{slug}" in pattern, "{stem}" in pattern
    taken: dict[str, str] = {}
    routes: dict[str, str] = {}
    for document in sorted((*visible, *gone), key=_oldest_first) if gone else reversed(visible):
        entry, path = document.entry, document.path
        stem = stem_of(path)
        values = {"category": slugify(entry.category or "news"), "stem": stem}
        if slugged:
            values["slug"] = slugify(entry.slug) if entry.slug else slugify(_DATE_IN_STEM.sub("", stem))
        if dated:
            local = entry.time.astimezone(zone)
            values |= {"year": f"{local.year:04}", "month": f"{local.month:02}", "day": f"{local.day:02}"}
        wanted = route = pattern.format(**values)
        folded = route.casefold()  # some file systems do not tell case
        n = 1
        while folded in taken:
            n += 1
            route = f"{wanted[:-1]}-{n}/"
            folded = route.casefold()
        if n > 1:
            message = f"its route {wanted} is taken by {taken[wanted.casefold()]}; it gets {route}"
            problems.append(Problem("warning", "route-taken", message, "$", "rename one of the files", path))
        if stemmed and _DATE_IN_STEM.match(stem) and _is_another_day(stem[:10], entry.time):
            message = f"its address has the date {stem[:10]}, but it was published on {entry.time.astimezone(zone):%Y-%m-%d}"
            problems.append(Problem("warning", "date-in-address", message, "$.publishedDateTime", "rename the file", path))
        taken[folded] = path
        routes[path] = route
    return [routes[document.path] for document in visible], tuple(sorted(routes[document.path] for document in gone))


def _is_another_day(name: str, time: datetime) -> bool:
    """Whether a date is not a time's own in any zone: extractors believe the address before anything else."""
    try:
        return abs(datetime.fromisoformat(name + "T12:00Z") - time) > timedelta(hours=26)  # zones go to UTC+14
    except ValueError:
        return False


def _oldest_first(document: Document) -> tuple[datetime, str]:
    return document.entry.time, document.path


def stem_of(path: str) -> str:
    """The file's name without its suffix, as part of an address."""
    stem = path[path.rfind("/") + 1 : path.rfind(".")]
    return stem if _PLAIN_STEM.fullmatch(stem) else slugify(stem)
