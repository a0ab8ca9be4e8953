"""Articles to stories: which tell the same event, and what else is like each. Pure.

Articles are taken by spans of the calendar, as long as the window in which two can be alike. What is found of a span follows from its own
articles and those of the span before it alone, so it can be remembered by their digest: an edit is compared with its neighbours, not
with the archive.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import NamedTuple

from msgspec import Struct

from newsgen import digest
from newsgen.builder.clusters import join
from newsgen.builder.words import SAMPLE, Rarity, Told, Words, alike, words_of

DAY = 86400
_MILLE = 1001


class Heard(NamedTuple):
    """An article as stories are made of it: its time (seconds since the epoch), its source, the digest of its title and excerpt, the
    key of its title alone, its quality, whether it is visible and whether it stands on a platform, where copies are."""

    time: float
    source: str
    text: bytes
    title: int = 0
    quality: int = 0
    visible: bool = True
    platform: bool = False


class Span(Struct, frozen=True, array_like=True, gc=False):
    """What is found of a span of the calendar: which articles are to be joined, and for each of its own those that are like it (see
    `pairs_of`). Places count from the first article of the span before it."""

    joined: tuple[tuple[int, int], ...] = ()
    like: tuple[bytes, ...] = ()


class Found(NamedTuple):
    """For each article the place of the first one of its cluster, and those before it that are like it (see `pairs_of`); the articles
    of each span with its key and that of what it was found from, and all that is worth to be remembered."""

    clusters: list[int]
    like: list[bytes]
    runs: list[Run]
    spans: dict[bytes, Span]


class Run(NamedTuple):
    """The articles of a span of the calendar: its number, the places of the first one and after the last, and the key of what was found."""

    number: int
    start: int
    stop: int
    key: bytes


def pairs_of(like: bytes, place: int) -> Iterator[tuple[int, float]]:
    """The places of the articles that are like the one at this place, and how like they are."""
    for number in array("I", like):
        back, mille = divmod(number, _MILLE)
        yield place - back, mille / 1000


def find_stories(
    heard: Sequence[Heard],
    ties: Iterable[tuple[int, int]],
    text: Callable[[int], tuple[str, str]],
    days: int,
    known: Mapping[bytes, Span],
) -> Found:
    """The stories that these articles (the oldest first) tell. `ties` are the places of articles of which one's list names the other,
    `text` gives the title and the excerpt of one. Two that are more than `days` apart are never joined by their words, and with 0 none
    is. `known` is what was found before: it changes nothing but the time that it takes."""
    groups = Groups(len(heard))
    listed = bytearray(len(heard))
    for one, other in ties:
        listed[one] = listed[other] = 1
        groups.join(one, other)
    like: list[bytes] = []
    spans: dict[bytes, Span] = {}
    runs: list[Run] = []
    if days:
        words = _Words(heard, text)
        stop = 0
        for number, run in groupby(heard, key=lambda one: int(one.time // (days * DAY))):
            start, stop = stop, stop + sum(1 for _ in run)
            older = runs[-1].start if runs and runs[-1].number == number - 1 else start
            around = heard[older:stop]
            labels = groups.labels(older, stop)
            flags = bytes(listed[older:stop])
            about = (words.rarity_digest, days, start - older, labels, flags, [one[:3] for one in around])
            key = digest.of_plain(about)
            span = known.get(key)
            if span is None:
                span = _find(words, like, older, start, stop, labels, flags, days)
            spans[key] = span
            for one, other in span.joined:
                groups.join(older + one, older + other)
            like += span.like
            runs.append(Run(number, start, stop, key))
    return Found([groups.root(i) for i in range(len(heard))], like or [b""] * len(heard), runs, spans)


def _find(words: _Words, like: list[bytes], older: int, start: int, stop: int, labels: list[int], flags: bytes, days: int) -> Span:
    pairs = [[(at - older, score) for at, score in pairs_of(like[i], i) if at >= older] for i in range(older, start)]
    own = alike([words.told(i) for i in range(older, start)], [words.told(i) for i in range(start, stop)], days * DAY)
    joined = join(labels, flags, [words.source(i) for i in range(older, stop)], pairs + own, start - older)
    packed = [array("I", [(n - at) * _MILLE + round(1000 * score) for at, score in found]) for n, found in enumerate(own, start - older)]
    return Span(tuple(joined), tuple([one.tobytes() for one in packed]))


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


class _Words:
    """The words of articles, each looked at when it is needed."""

    def __init__(self, heard: Sequence[Heard], text: Callable[[int], tuple[str, str]]) -> None:
        self._heard, self._text = heard, text
        self._words: dict[int, Words] = {}
        self._told: dict[int, Told] = {}
        self._rarity: Rarity | None = None
        newest = datetime.fromtimestamp(heard[-1].time, UTC) if heard else datetime.now(UTC)
        month = newest.replace(day=1, hour=0, minute=0, second=0, microsecond=0).timestamp()
        closed = [i for i, one in enumerate(heard) if one.time < month]
        self._sample = (closed or range(len(heard)))[-SAMPLE:]
        self.rarity_digest = digest.fold([heard[i].text for i in self._sample])

    def source(self, place: int) -> str:
        """The source of an article."""
        return self._heard[place].source

    def _words_of(self, place: int) -> Words:
        words = self._words.get(place)
        if words is None:
            words = self._words[place] = words_of(*self._text(place))
        return words

    def told(self, place: int) -> Told:
        """An article with its weighted words."""
        told = self._told.get(place)
        if told is None:
            if self._rarity is None:
                self._rarity = Rarity([self._words_of(i) for i in self._sample])
            told = self._told[place] = self._rarity.told(self._words_of(place), self._heard[place].time)
        return told
