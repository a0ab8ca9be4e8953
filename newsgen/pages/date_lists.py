"""Plan year, month and day pages, in the site's time zone."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Literal

from msgspec import structs

from newsgen.pages.base import Link, Page, PlanContext, list_page, list_views
from newsgen.pages.lists import LONG, ListFacts, by_source

_LEVELS: tuple[Literal["year", "month", "day"], ...] = ("year", "month", "day")
Date = tuple[int, ...]


def plan_dates(planning: PlanContext) -> Iterator[Page]:
    """Plan a list for each year, month and day that has stories. Each links to the lists within
    it.
    """
    levels = [level for level, name in enumerate(_LEVELS, 1) if planning.has(name)]
    if not levels:
        return
    members: dict[Date, list[int]] = defaultdict(list)
    each: Counter[Date] = Counter()
    for i, story in enumerate(planning.site.stories):
        time = story.card.time
        assert time is not None  # only items of related lists may have no time
        day = (time.year, time.month, time.day)
        each[day] += 1
        for level in levels:
            members[day[:level]].append(i)
    inside: dict[Date, list[Link]] = defaultdict(list)
    for date, places in members.items():
        if len(date) > 1:
            inside[date[:-1]].append(_link(planning, date, len(places)))
    days: dict[Date, list[Link]] = defaultdict(list)
    for date, count in each.items() if planning.has("year") else ():
        days[date[:1]].append(_link(planning, date, count))
    facts = ListFacts(planning, by_source)
    links = {date: _link(planning, date) for date in members}
    for date, places in members.items():
        crumbs = tuple([links[date[:level]] for level in levels if level < len(date)])
        own = links[date]
        parts = tuple(inside[date]) if date in inside else ()
        (route, first), *older = list_views(
            planning,
            date_route(planning, date),
            own.name,
            places,
            planning.settings.archive.per_page,
            crumbs,
            parts,
            date=own.time,
        )
        top = facts.top(places) if len(places) >= LONG else ()
        first = structs.replace(first, top=top, days=tuple(days.get(date, ())))
        template = f"{_LEVELS[len(date) - 1]}.html"
        yield list_page(route, template, first)
        for numbered, view in older:
            yield list_page(numbered, template, view)


def date_route(planning: PlanContext, date: Date) -> str:
    """Return the route of a year, a month or a day: the date permalink, cut after the last part of
    `date`.
    """
    level = _LEVELS[len(date) - 1]
    kept = planning.settings.permalinks.date.partition(f"{{{level}}}")[0]
    year, month, day = (*date, 0, 0)[:3]
    return f"{kept}{{{level}}}/".format(year=f"{year:04}", month=f"{month:02}", day=f"{day:02}")


def _link(planning: PlanContext, date: Date, count: int = 0) -> Link:
    year, month, day = (*date, 1, 1)[:3]
    name = "-".join(f"{part:02}" for part in date)
    url = planning.href(date_route(planning, date)) if planning.has(_LEVELS[len(date) - 1]) else ""
    return Link(name, url, count, datetime(year, month, day))
