"""Who may see an article. Every list of the site uses this one rule."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Literal

from newsgen.content.clock import Clock
from newsgen.content.conventions import ALWAYS
from newsgen.content.times import start_of
from newsgen.core.model import ArticleMeta, PlainPage

Visibility = Literal["visible", "hidden", "withheld"]
NEWS_WINDOW = timedelta(days=2)  # how long a story stays in the news sitemap


def visibility(entry: ArticleMeta, clock: Clock) -> Visibility:
    """Return whether an article is visible, hidden or withheld.

    A visible article has a page and appears in lists. A hidden one has neither, but another
    article's own list may name it. A withheld one is also removed from the lists of all other
    articles.
    """
    why = reasons(entry, clock)
    return "visible" if not why else "hidden" if why == ("unpublished",) else "withheld"


def reasons(entry: ArticleMeta, clock: Clock) -> tuple[str, ...]:
    """Return all reasons why an article is not visible.

    They are among `removed`, `draft`, `scheduled`, `expired`, `unclear` and `unpublished`.
    """
    why = []
    if entry.removed:
        why.append("removed")
    if entry.draft and not clock.drafts:
        why.append("draft")
    if entry.time > clock.as_of and start_of(entry.time) > clock.as_of and not clock.future:
        why.append("scheduled")
    if entry.expires is not None and entry.expires <= clock.as_of:
        why.append("expired")
    if entry.unclear:
        why.append("unclear")
    if not entry.published:
        why.append("unpublished")
    return tuple(why)


def is_gone(entry: ArticleMeta, clock: Clock) -> bool:
    """Return whether an article was removed, and a page in its place says so."""
    return entry.gone and reasons(entry, Clock(clock.as_of)) in (
        ("removed",),
        ("removed", "expired"),
    )


def page_reasons(page: PlainPage, clock: Clock) -> tuple[str, ...]:
    """Return all reasons why a plain page is not visible: `draft`, `expired`, `unclear`."""
    holds = {
        "draft": page.draft and not clock.drafts,
        "expired": page.expires is not None and page.expires <= clock.as_of,
        "unclear": page.unclear,
    }
    return tuple(name for name, held in holds.items() if held)


def page_visible(page: PlainPage, clock: Clock) -> bool:
    """Return whether a plain page is visible."""
    return not page_reasons(page, clock)


def has_come(time: datetime | None, clock: Clock) -> bool:
    """Return whether an update or correction with this time may be shown."""
    return time is not None and (clock.future or start_of(time) <= clock.as_of)


def next_due(
    entries: Iterable[ArticleMeta],
    pages: Iterable[PlainPage],
    clock: Clock,
    news: bool = False,
    more: Iterable[datetime | None] = (),
) -> datetime | None:
    """Return the first time after the clock's at which time alone changes the site, or None.

    That is when an article or page appears or disappears, an update or correction is due, or a pin
    ends. With `news`, it is also when a story leaves the news sitemap. `more` are other such times.
    """
    now = clock.as_of
    times = [*more, *(page.expires for page in pages)]
    for entry in entries:
        times += entry.expires, entry.pin_until
        if not clock.future:
            times += entry.time, entry.updated, *[one.time for one in entry.corrections]
        if news:
            times.append(entry.time + NEWS_WINDOW)
    later = [start_of(time) for time in times if time is not None and now < time < ALWAYS]
    return min([time for time in later if time > now], default=None)
