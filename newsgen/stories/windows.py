"""Split articles into windows of the calendar and find the similar ones. Pure.

A window is as long as the longest time between two similar articles. So an article is only compared
with those of the same window and the one before, and the result for a window holds until an article
of these two changes. After an edit, only the edited article is compared again: see
edited_windows.py.

The articles of the years before decide which terms a window ignores as common. The number of
articles just before it decides its length. So a later article changes neither.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from newsgen.core import digest
from newsgen.core.model import Record
from newsgen.stories.edited_windows import Basis, Compared, encode, patch
from newsgen.stories.similar_row import Similar, pack
from newsgen.stories.similarity import (
    SAMPLE,
    InvertedIndex,
    Terms,
    Vector,
    common_terms,
    terms,
    vector,
)

DAY = 86400
_MANY = 250  # articles per window: where more came in the time before, a window is halved
_BURST = 4  # a window with so many times more articles is halved too, in case all came at once
_UNITS = 128  # parts of a whole window, of a whole number of seconds each


class CommonTerms(Record, frozen=True, array_like=True, gc=False):
    """The terms that are common in a year, with their digest and that of the articles in which they
    were counted.
    """

    key: bytes
    digest: bytes
    terms: frozenset[str]


class Window(NamedTuple):
    """The articles of one window, as indexes.

    `number` is the time when it begins, in units of 1/128 of the greatest length. `older` is the
    index of the first article of the window before it, or `start` if that window is empty. Its own
    articles are `start` to `stop` (exclusive). `seconds` is its length, `year` that in which it
    begins. `context` is the digest of its length and of the terms that are common in that year,
    `key` that of everything that decides its similarities.
    """

    number: int
    older: int
    start: int
    stop: int
    seconds: int
    year: int
    context: bytes
    key: bytes


class Comparison(NamedTuple):
    """Everything needed to compare articles.

    These are their times and texts by index, and the terms that are too common by year.
    """

    times: Sequence[int] | Mapping[int, int]
    texts: Mapping[int, tuple[str, str]]
    common: Mapping[int, frozenset[str]]

    def part(self, windows: Sequence[Window]) -> Comparison:
        """Return what these windows need of it."""
        places = {i for window in windows for i in range(window.older, window.stop)}
        return Comparison(
            {i: self.times[i] for i in places},
            {i: self.texts[i] for i in places},
            {window.year: self.common[window.year] for window in windows},
        )


# The similarities of a window, and the terms and lengths of its articles: see `Compared`.
Found = tuple[Similar, bytes, tuple[float, ...]]
Compare = Callable[[Comparison, list[Window]], Iterable[Found]]


def compare(comparison: Comparison, windows: Sequence[Window]) -> list[Found]:
    """Compare all articles of these windows."""
    times, texts, commons = comparison
    known: dict[int, tuple[Terms, Vector]] = {}
    year, common = 0, frozenset[str]()

    def read(place: int) -> tuple[Terms, Vector]:
        own = terms(*texts[place])
        return own, vector(own, times[place], common)

    found = []
    for window in windows:
        if window.year != year:
            year, common, known = window.year, commons[window.year], {}
        places = range(window.older, window.stop)
        known = {place: known.get(place) or read(place) for place in places}
        index, rows = InvertedIndex(), []
        for place, (_, one) in known.items():
            if place >= window.start:
                pairs = index.similar(one, window.seconds)
                rows.append(pack((place - window.older - other, score) for other, score in pairs))
            index.add(one)
        own = [known[place] for place in range(window.start, window.stop)]
        lengths = tuple([one.length for _, one in own])
        found.append((tuple(rows), encode([one for one, _ in own]), lengths))
    return found


class Windows:
    """The windows of these articles, and their similarities.

    `times` and `texts` (digests) are sorted oldest first; `read` returns title and excerpt by
    index. Articles more than `days` apart are not similar; 0 means no windows. `load` returns the
    earlier result for a window by its number, if there is one. `counted` holds the common terms
    counted earlier, by year; `common` holds the current ones. New results are in `fresh`, by
    window. `compare` does most of the work and may use several processes.
    """

    def __init__(
        self,
        times: Sequence[int],
        texts: Sequence[bytes],
        read: Callable[[int], tuple[str, str]],
        days: int,
        load: Callable[[int], Compared | None] = lambda number: None,
        counted: Mapping[int, CommonTerms] | None = None,
        compare: Compare = compare,
    ) -> None:
        self._times, self._texts, self._read = times, texts, read
        self._load, self._compare = load, compare
        self._counted = {one.key: one for one in (counted or {}).values()}
        self._longest = days * DAY
        self.fresh: dict[Window, Compared] = {}
        self.common: dict[int, CommonTerms] = {}
        self.all: list[Window] = list(self._split()) if days else []

    def _split(self) -> Iterable[Window]:
        times, unit = self._times, self._longest // _UNITS
        older = start = end = 0
        before = b""
        for begin, units in self._spans():
            stop = bisect_left(times, (begin + units) * unit, start)
            if stop == start:
                continue
            own = digest.of_value((times[start:stop], b"".join(self._texts[start:stop])))
            if end != begin:
                older, before = start, b""
            year = datetime.fromtimestamp(max(begin * unit, times[0]), UTC).year
            context = digest.of_value((units * unit, self._count(year)))
            key = digest.fold([context, own, before])
            yield Window(begin, older, start, stop, units * unit, year, context, key)
            older, start, end, before = start, stop, begin + units, own

    def _spans(self) -> Iterable[tuple[int, int]]:
        """Return when each window begins and its length, in units. Some have no articles."""
        stop = before = last = 0
        while stop < len(self._times):
            whole = self._times[stop] // self._longest
            start, stop = stop, bisect_left(self._times, (whole + 1) * self._longest)
            own = stop - start
            many, parts = max(before if last == whole - 1 else 0, own // _BURST), 1
            while many > _MANY * parts and parts < _UNITS and parts * DAY < self._longest:
                parts *= 2
            units = _UNITS // parts
            yield from ((whole * _UNITS + part * units, units) for part in range(parts))
            before, last = own, whole

    def _count(self, year: int) -> bytes:
        """Return the digest of the terms that are common in a year.

        They are counted in the last articles before it. If these are too few, they are counted in
        the site's first articles, again each time their number has doubled.
        """
        if year not in self.common:
            count = len(self._times)
            first = datetime(year, 1, 1, tzinfo=UTC).timestamp()
            stop = max(bisect_left(self._times, first), min(SAMPLE, 1 << count.bit_length() - 1))
            sample = range(max(stop - SAMPLE, 0), stop)
            key = digest.fold([self._texts[i] for i in sample])
            if key not in self._counted:
                found = common_terms([self._read(i) for i in sample])
                self._counted[key] = CommonTerms(key, digest.of_value(sorted(found)), found)
            self.common[year] = self._counted[key]
        return self.common[year].digest

    def similar(self, window: Window) -> Similar:
        """Return for each article of a window the similar earlier ones (see `similar_row`)."""
        found = self._known(window)
        if not found:
            self.find([window])
            found = self.fresh[window]
        return found.rows

    def _known(self, window: Window) -> Compared | None:
        found = self.fresh.get(window) or self._load(window.number)
        return found if found and found.basis.key == window.key else None

    def find(self, windows: Sequence[Window]) -> None:
        """Compare the articles of these windows, oldest first, as far as they changed."""
        rest = []
        for window in windows:
            if found := self._patch(window):
                self.fresh[window] = found
            else:
                rest.append(window)
        if not rest:
            return
        places = {i for window in rest for i in range(window.older, window.stop)}
        comparison = Comparison(
            self._times,
            {i: self._read(i) for i in places},
            {year: found.terms for year, found in self.common.items()},
        )
        for window, parts in zip(rest, self._compare(comparison, rest), strict=True):
            self.fresh[window] = Compared(self._basis(window), *parts)

    def _patch(self, window: Window) -> Compared | None:
        known, earlier = self._load(window.number), None
        if not known:
            return None
        if window.older < window.start:
            earlier = self._known(self.all[self.all.index(window) - 1])
        return patch(
            known,
            earlier,
            self._basis(window),
            lambda place: self._read(window.older + place),
            self.common[window.year].terms,
            window.seconds,
        )

    def _basis(self, window: Window) -> Basis:
        both = slice(window.older, window.stop)
        times, texts = tuple(self._times[both]), tuple(self._texts[both])
        return Basis(window.key, window.context, window.start - window.older, times, texts)
