"""The health of each feed: its last item, its last error, and how often it publishes."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from msgspec import Struct

from newsgen.config.settings import Config
from newsgen.gather.feeds_file import feeds_file, load_feeds
from newsgen.gather.gather import LEDGER
from newsgen.gather.state import read_states
from newsgen.store.ledger import Ledger

_WINDOW = timedelta(days=28)


class FeedHealth(Struct, frozen=True):
    """The health of a feed.

    `last_item` is the date of its newest item. `per_week` is its number of articles a week in the
    last four weeks, `articles` the total number. `failures` counts the failed requests in a row;
    `last_error` stays after a success, with its time.
    """

    url: str
    source: str
    checked: datetime | None
    last_item: datetime | None
    per_week: float
    articles: int
    failures: int
    last_error: str
    erred: datetime | None
    moved: str


def health(config: Config, now: datetime) -> tuple[FeedHealth, ...]:
    """Return the health of each feed, those that fail first.

    There are none without feeds.yaml. Raises UserError (exit code 2) for a mistake in it, OSError.
    """
    if not feeds_file(config).exists():
        return ()
    states = read_states(config.paths.cache)
    articles: Counter[str] = Counter()
    recent: Counter[str] = Counter()
    newest: dict[str, datetime] = {}
    for item in Ledger(config.paths.root / LEDGER, config.paths.content):
        if item.path and item.time:
            articles[item.origin] += 1
            recent[item.origin] += now - _WINDOW < item.time <= now
            newest[item.origin] = max(item.time, newest.get(item.origin, item.time))
    found = []
    for rules in load_feeds(config).rules:
        state = states.get(rules.url)
        found.append(
            FeedHealth(
                url=rules.url,
                source=rules.source or (state.title if state else ""),
                checked=state.checked if state else None,
                last_item=(state.last_item if state else None) or newest.get(rules.url),
                per_week=recent[rules.url] / 4,
                articles=articles[rules.url],
                failures=state.failures if state else 0,
                last_error=state.last_error if state else "",
                erred=state.erred if state else None,
                moved=state.moved if state else "",
            )
        )
    return tuple(sorted(found, key=lambda one: -one.failures))
