"""Decide which items of a feed are new, changed, known or unwanted. An item always stays the same
article.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from difflib import SequenceMatcher
from functools import lru_cache
from urllib.parse import urlsplit

from msgspec import Struct, structs

from newsgen.content.domains import registrable_domain
from newsgen.content.slugs import fold
from newsgen.content.urls import comparable
from newsgen.core import digest
from newsgen.gather.feeds_file import FeedRules, has_word
from newsgen.gather.parse import FeedItem
from newsgen.gather.plain_text import cut_at_word, plain_text
from newsgen.store.ledger import Ledger, WrittenItem

_TRACKING = re.compile(
    r"(?:^|&)(?:utm_[^=&]*|fbclid|gclid|mc_[ce]id|at_[^=&]*|ocid|cmpid)=[^&]*", re.I
)
_NEAR = timedelta(hours=12)  # a column with the same title every day is a new article each day
_LIKE = 0.9  # the least difflib ratio of a misspelled word: one letter of six
_LONG_WORD = 6  # letters: shorter words with one letter changed are often other words
_FEW_WORDS = 4  # shorter titles, such as "Weather", must be equal
_LONGEST_TITLE = 120
_LONGEST_WORD = 40  # letters: longer titles are costly to compare
_MOST_NEAR = 100  # a title is compared with so many others, those with the nearest dates


class ItemChange(Struct, frozen=True):
    """An item to write, and its earlier record in the ledger, if any."""

    item: FeedItem
    entry: WrittenItem
    before: WrittenItem | None = None


class Selection(Struct, frozen=True):
    """The decisions about a feed's items. `write` are new and changed items, oldest first.
    `remember` are items to record without an article. The others are counted: `unwanted` by the
    rules, `old`, `waiting` for their date or the next run, `untitled`.
    """

    write: tuple[ItemChange, ...]
    remember: tuple[WrittenItem, ...] = ()
    unwanted: int = 0
    old: int = 0
    waiting: int = 0
    untitled: int = 0


def source_digest(item: FeedItem) -> str:
    """Return the digest of what readers see of an item. Its dates do not count."""
    seen = structs.replace(item, guid="", published=None, updated=None)
    return digest.of_value(seen).hex()


def canonical(url: str) -> str:
    """Return an address in a form that is equal for all addresses of the same article."""
    return comparable(without_tracking(url).partition("#")[0])


def without_tracking(url: str) -> str:
    """Return an address without the parameters that only say where a reader comes from."""
    if "?" not in url:
        return url
    parts = urlsplit(url)
    return parts._replace(query=_TRACKING.sub("", parts.query).strip("&")).geturl()


def plain_title(title: str) -> str:
    """Return a title without case, accents and punctuation."""
    folded = "".join(c if unicodedata.category(c)[0] in "LMN" else " " for c in fold(title))
    return " ".join(folded.split())


@lru_cache(1024)
def host_of(url: str) -> str:
    """Return the host of an address without `www.`, "" for none."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def _authority(feed: str, address: str) -> int:
    """Return how far a feed may speak for an address: 2 on its own host, 1 on another host of its
    registrable domain, 0 elsewhere.
    """
    one, other = host_of(feed), host_of(address)
    return 2 if one == other else int(registrable_domain(one) == registrable_domain(other))


class Titles:
    """Finds items of one source whose titles are nearly equal and whose dates are close.

    Feeds of other hosts are other sources, whatever they call themselves.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._by_source: dict[str, list[tuple[datetime, str]]] = defaultdict(list)
        for entry in ledger:
            self._add(entry)
        for titles in self._by_source.values():
            titles.sort()

    def _add(self, entry: WrittenItem) -> None:
        source, mark, title = entry.title.partition("|")
        if mark and entry.time:
            self._by_source[f"{host_of(entry.origin)} {source}"].append((entry.time, title))

    def add(self, entry: WrittenItem, time: datetime) -> bool:
        """Add an item unless one has nearly the same title; return whether it was added."""
        source, _, words = entry.title.partition("|")
        titles = self._by_source[f"{host_of(entry.origin)} {source}"]
        first, last = bisect_right(titles, (time - _NEAR,)), bisect_left(titles, (time + _NEAR,))
        place = bisect_left(titles, (time, words))
        near = titles[max(first, place - _MOST_NEAR // 2) : min(last, place + _MOST_NEAR // 2)]
        if any(words == other != "" for _, other in titles[first:last]) or any(
            _same(words, other) for _, other in near
        ):
            return False
        titles.insert(place, (time, words))
        return True


def _same(one: str, other: str) -> bool:
    """Return whether titles are equal, or differ by a typing error in one word."""
    words, others = one.split(), other.split()
    if len(words) != len(others) or len(words) < _FEW_WORDS:
        return False
    pairs = [pair for pair in zip(words, others, strict=True) if pair[0] != pair[1]]
    return len(pairs) == 1 and _misspelled(*pairs[0])


def _misspelled(word: str, other: str) -> bool:
    if any(map(str.isdigit, word + other)) or max(len(word), len(other)) > _LONGEST_WORD:
        return False
    if sorted(word) == sorted(other):
        return True
    long = min(len(word), len(other)) >= _LONG_WORD
    return long and SequenceMatcher(None, word, other, autojunk=False).ratio() >= _LIKE


def select(
    items: Iterable[FeedItem], rules: FeedRules, source: str, ledger: Ledger, titles: Titles,
    now: datetime, first: bool,
) -> Selection:  # fmt: skip
    """Return what to do with a feed's items. `first` is true in the first run of this feed."""
    fresh: list[tuple[FeedItem, WrittenItem]] = []
    changed: list[ItemChange] = []
    remember: list[WrittenItem] = []
    counts = dict.fromkeys(("unwanted", "old", "waiting", "untitled"), 0)
    seen: set[str] = set()
    for item, names in _named([_titled(item) for item in items], rules):
        if not item.title or not names:
            counts["untitled"] += 1
            continue
        known = ledger.find(*names)
        taken = known is not None and _is_taken(item, known, rules)
        if known and taken and not known.path:
            known = None
        same = {*names, *((known.key, *known.names) if known else ())}
        again = not seen.isdisjoint(same)
        seen |= same
        if again or (known and not taken):
            if known and not again and _is_changed(item, known, rules):
                changed.append(
                    ItemChange(item, _entry(item, names, rules, source, known.time or now), known)
                )
            continue
        time = item.published or now
        why = _why_not(item, rules, time, now)
        if why:
            counts[why] += 1
            continue
        entry = _entry(item, names, rules, source, time)
        if known:
            entry = structs.replace(entry, names=(*names, *known.names))
            changed.append(ItemChange(item, entry, known))
        elif titles.add(entry, time):
            fresh.append((item, entry))
        else:
            remember.append(structs.replace(entry, title="", source=""))
    fresh.sort(key=lambda one: one[0].published or now, reverse=True)
    limit = min(rules.limit, rules.first_run) if first else rules.limit
    if first:
        remember += [entry for _, entry in fresh[limit:]]
    else:
        counts["waiting"] += len(fresh[limit:])
    new = [ItemChange(item, entry) for item, entry in reversed(fresh[:limit])]
    return Selection(tuple(new + changed), tuple(remember), **counts)


def _titled(item: FeedItem) -> FeedItem:
    """Return the item with the beginning of its text as title, if it has none."""
    if item.title:
        return item
    text = plain_text(item.summary or item.content)
    return structs.replace(item, title=cut_at_word(text, _LONGEST_TITLE // 2))


def _named(items: list[FeedItem], rules: FeedRules) -> Iterable[tuple[FeedItem, tuple[str, ...]]]:
    """Yield each item with its names. A guid that several addresses share identifies none."""
    links: dict[str, set[str]] = defaultdict(set)
    for item in items:
        links[item.guid].add(item.link)
    for item in items:
        names = []
        if item.guid and len(links[item.guid]) == 1:
            names.append(f"guid {comparable(rules.url)} {item.guid}")
        if item.link:
            names.append(f"url {canonical(item.link)}")
        if not names and item.title:
            day = f"{item.published:%Y-%m-%d}" if item.published else ""
            names.append(f"title {comparable(rules.url)} {day} {plain_title(item.title)}")
        yield item, tuple(names)


def _entry(
    item: FeedItem, names: tuple[str, ...], rules: FeedRules, source: str, time: datetime
) -> WrittenItem:
    return WrittenItem(
        key=names[0],
        names=names[1:],
        source=source_digest(item),
        title=f"{fold(source)}|{plain_title(item.title)}",
        time=time,
        origin=rules.url,
    )


def _is_taken(item: FeedItem, known: WrittenItem, rules: FeedRules) -> bool:
    """Return whether a feed with less authority over the item's address named it first.

    Then the article becomes this feed's. Otherwise any feed could keep the articles of another from
    the site, or decide what they say.
    """
    name = f"url {canonical(item.link)}"
    return name in (known.key, *known.names) and (
        _authority(rules.url, item.link) > _authority(known.origin, item.link)
    )


def _is_changed(item: FeedItem, known: WrittenItem, rules: FeedRules) -> bool:
    return bool(known.path) and known.origin == rules.url and known.source != source_digest(item)


def _why_not(item: FeedItem, rules: FeedRules, time: datetime, now: datetime) -> str:
    text = " ".join((item.title, plain_text(item.summary or item.content), *item.tags))
    if (rules.include and not has_word(text, rules.include)) or has_word(text, rules.exclude):
        return "unwanted"
    if time > now:
        return "waiting"
    if rules.keep_days and time < now - timedelta(days=rules.keep_days):
        return "old"
    return ""
