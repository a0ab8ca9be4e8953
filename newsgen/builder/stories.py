"""Articles to stories: which tell the same event, and what else is like each. Pure.

Articles are taken by spans of the calendar, as long as the window in which two can be alike. What is found of a span follows from
its own articles and those of the span before it alone, so it can be remembered by their digest: an edit is compared with its
neighbours, not with the archive.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import NamedTuple

from newsgen import digest
from newsgen.builder.clusters import join
from newsgen.builder.words import SAMPLE, Postings, Rarity, Weighed, rarity_of, words_of
from newsgen.model import Record

DAY = 86400
_MANY = 250  # articles of a span: where there are more on average, the window is shorter by a third, and again


class Heard(Record, frozen=True, array_like=True, gc=False):
    """The articles that may be told of (the oldest first), by what decides their stories but for the text: the paths, the times
    (seconds since the epoch), the sources, the qualities, whether each is visible and whether it stands on a platform, where copies
    are; and the places of two of which one's list names the other."""

    paths: tuple[str, ...]
    times: tuple[int, ...]
    sources: tuple[str, ...]
    qualities: tuple[int, ...]
    visible: bytes
    platform: bytes
    ties: tuple[tuple[int, int], ...]


class Told(Record, frozen=True, array_like=True, gc=False):
    """Which of the visible articles (the newest first) tell the same event: for each the place of the lead of its story, its own
    where it leads or stands alone; the leads of other stories that are like it, the likest first, 32 bits each; and the files of hidden
    articles with the lead of the story that they are part of."""

    leads: tuple[int, ...]
    others: tuple[bytes, ...]
    moved: tuple[tuple[str, int], ...]


class Texts(NamedTuple):
    """The texts of these articles: the digest of each, the key of its title, and what gives title and excerpt."""

    digests: Sequence[bytes]
    titles: Sequence[int]
    read: Callable[[int], tuple[str, str]]


class Memory(Record, frozen=True, array_like=True, gc=False):
    """What is worth to be remembered, by the digest of what it was found from: how much words tell; of each span of the calendar for
    each of its articles those like it (see `pairs_of`), what is to be joined of it and of the span before it, and other stories (see
    others.py)."""

    rarity: dict[bytes, Rarity]
    like: dict[bytes, tuple[bytes, ...]]
    joined: dict[bytes, tuple[tuple[int, int], ...]]
    others: dict[bytes, Beside]


class Beside(Record, frozen=True, array_like=True, gc=False):
    """For each article of a span other stories by their places on the site, 32 bits each, as long as the first article there has this
    place."""

    first: int
    places: tuple[bytes, ...]


class Run(NamedTuple):
    """The articles of a span: the places of the first one of the span before it (its own, where that is empty), of its first one and
    after the last, and the key of what they are like."""

    older: int
    start: int
    stop: int
    key: bytes


class Found(NamedTuple):
    """For each article the place of the first one of its cluster, and those before it that are like it (see `pairs_of`); the spans."""

    clusters: list[int]
    like: list[bytes]
    runs: list[Run]


class Comparing(NamedTuple):
    """All that articles are compared by: their times and texts by place, how much words tell, and the window in seconds."""

    times: Sequence[int]
    texts: Mapping[int, tuple[str, str]]
    rarity: Rarity
    window: int


Compare = Callable[[Comparing, list[Run]], Iterable[tuple[bytes, ...]]]


def pairs_of(like: bytes, place: int) -> list[tuple[int, float]]:
    """The places of the articles that are like the one at this place, and how like they are."""
    return [(place - (number >> 10), (number & 1023) / 1000) for number in array("I", like)]


def find_stories(heard: Heard, texts: Texts, days: int, known: Memory, compare: Compare) -> tuple[Found, Memory]:
    """The stories that these articles tell, and what is worth to be remembered. Two that are more than `days` apart are never joined by
    their words, and with 0 none is. `known` is what was found before: it changes nothing but the time that it takes."""
    count = len(heard.times)
    groups = Groups(count)
    listed = bytearray(count)
    for one, other in heard.ties:
        listed[one] = listed[other] = 1
        groups.join(one, other)
    memory = Memory({}, {}, {}, {})
    runs = _runs(heard, texts, days, known, memory, compare) if days else []
    like = [found for run in runs for found in memory.like[run.key]]
    for run in runs:
        own = slice(run.older, run.stop)
        labels = groups.labels(run.older, run.stop)
        key = digest.of_value((run.key, labels, bytes(listed[own]), heard.sources[own]))
        joined = known.joined.get(key)
        if joined is None:
            pairs = [[(at - run.older, score) for at, score in pairs_of(like[i], i) if at >= run.older] for i in range(run.older, run.stop)]
            joined = tuple(join(labels, listed[own], heard.sources[own], pairs, run.start - run.older))
        memory.joined[key] = joined
        for one, other in joined:
            groups.join(run.older + one, run.older + other)
    return Found([groups.root(i) for i in range(count)], like or [b""] * count, runs), memory


def _runs(heard: Heard, texts: Texts, days: int, known: Memory, memory: Memory, compare: Compare) -> list[Run]:
    """The spans; what their articles are like is put into `memory`."""
    times = heard.times
    newest = datetime.fromtimestamp(times[-1] if times else 0, UTC)
    month = newest.replace(day=1, hour=0, minute=0, second=0).timestamp()
    sample = (list(range(bisect_left(times, month))) or list(range(len(times))))[-SAMPLE:]
    while sample and days > 1 and len(sample) * days * DAY > _MANY * max(times[sample[-1]] - times[sample[0]], DAY):
        days = 2 * days // 3
    rarity_key = digest.fold([texts.digests[i] for i in sample])
    runs: list[Run] = []
    stop = 0
    last = None
    for number, some in groupby(times, key=lambda time: time // (days * DAY)):
        start, stop = stop, stop + sum(1 for _ in some)
        older = runs[-1].start if last == number - 1 else start
        about = (days, start - older, times[older:stop], b"".join(texts.digests[older:stop]))
        runs.append(Run(older, start, stop, digest.of_value((rarity_key, about))))
        last = number
    missing = [run for run in runs if run.key not in known.like]
    memory.like.update({run.key: known.like[run.key] for run in runs if run.key in known.like})
    rarity = known.rarity.get(rarity_key)
    if missing or rarity is None:
        rarity = rarity or rarity_of([words_of(*texts.read(i)) for i in sample])
        read = {i: texts.read(i) for run in missing for i in range(run.older, run.stop)}
        found = compare(Comparing(times, read, rarity, days * DAY), missing)
        memory.like.update(zip([run.key for run in missing], found, strict=True))
    memory.rarity[rarity_key] = rarity
    return runs


def compare(comparing: Comparing, runs: Sequence[Run]) -> list[tuple[bytes, ...]]:
    """For each article of these spans those that are like it."""
    times, texts, rarity, window = comparing
    built = {0: Postings()}

    def weighed(place: int) -> Weighed:
        return rarity.weighed(words_of(*texts[place]), times[place])

    out = []
    for run in runs:
        before = built.get(run.older) if run.older < run.start else Postings()
        if before is None or not before.articles:
            before = Postings()
            for place in range(run.older, run.start):
                before.add(weighed(place))
        own = Postings()
        found = []
        for place in range(run.start, run.stop):
            one = weighed(place)
            pairs = before.like(one, window) + own.like(one, window, run.start - run.older)
            found.append(array("I", [place - run.older - at << 10 | round(1000 * score) for at, score in pairs]).tobytes())
            own.add(one)
        out.append(tuple(found))
        built = {run.start: own}
    return out


class Groups:
    """Places that are joined; the lowest of those joined stands for all."""

    def __init__(self, count: int) -> None:
        self._above = list(range(count))

    def root(self, place: int) -> int:
        """The lowest place of those joined with this one."""
        above = self._above
        while above[place] != place:
            above[place] = place = above[above[place]]
        return place

    def join(self, one: int, other: int) -> None:
        """Join two places, and all that are joined with each."""
        one, other = self.root(one), self.root(other)
        self._above[max(one, other)] = min(one, other)

    def labels(self, start: int, stop: int) -> list[int]:
        """For each of these places how far from `start` the first of them is that it is joined with."""
        first: dict[int, int] = {}
        return [first.setdefault(self.root(place), place - start) for place in range(start, stop)]
