"""Split articles into windows of the calendar and find the similar ones. Pure.

A window is as long as the longest time between two similar articles. So an article is only compared
with those of the same window and the one before, and the result for a window holds until an article
of these two changes. After an edit, only the edited article is compared again (see patch.py).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import NamedTuple

from newsgen.core import digest
from newsgen.stories.patch import Basis, Compared, encode, patch
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
_MANY = 250  # articles per window; while the average is higher, the window is shortened by a third


class Window(NamedTuple):
    """The articles of one window, as indexes.

    `number` is its number on the calendar. `older` is the index of the first article of the window
    before it, or `start` if that window is empty. Its own articles are `start` to `stop`
    (exclusive). `key` is the digest of everything that decides their similarities.
    """

    number: int
    older: int
    start: int
    stop: int
    key: bytes


class Comparison(NamedTuple):
    """Everything needed to compare articles.

    These are their times and texts by index, the terms that are too common, and the window's length
    in seconds.
    """

    times: Sequence[int] | Mapping[int, int]
    texts: Mapping[int, tuple[str, str]]
    common: frozenset[str]
    seconds: int

    def part(self, windows: Sequence[Window]) -> Comparison:
        """Return what these windows need of it."""
        places = {i for window in windows for i in range(window.older, window.stop)}
        return self._replace(
            times={i: self.times[i] for i in places}, texts={i: self.texts[i] for i in places}
        )


# The similarities of a window, and the terms and lengths of its articles: see `Compared`.
Found = tuple[Similar, bytes, tuple[float, ...]]
CountTerms = Callable[[], frozenset[str]]
Compare = Callable[[Comparison, list[Window]], Iterable[Found]]


def compare(comparison: Comparison, windows: Sequence[Window]) -> list[Found]:
    """Compare all articles of these windows."""
    times, texts, common, seconds = comparison
    known: dict[int, tuple[Terms, Vector]] = {}

    def read(place: int) -> tuple[Terms, Vector]:
        own = terms(*texts[place])
        return own, vector(own, times[place], common)

    found = []
    for window in windows:
        places = range(window.older, window.stop)
        known = {place: known.get(place) or read(place) for place in places}
        index, rows = InvertedIndex(), []
        for place, (_, one) in known.items():
            if place >= window.start:
                pairs = index.similar(one, seconds)
                rows.append(pack((place - window.older - other, score) for other, score in pairs))
            index.add(one)
        own = [known[place] for place in range(window.start, window.stop)]
        lengths = tuple([one.length for _, one in own])
        found.append((tuple(rows), encode([one for one, _ in own]), lengths))
    return found


class Windows:
    """The windows of these articles, and their similarities.

    `times` and `texts` (digests) are sorted oldest first; `read` returns title and excerpt by
    index. Articles more than `days` apart are not similar; 0 means no windows. `load` returns what
    was found earlier for the window of a number, if anything. `count` returns the common terms
    counted earlier with this key, or else counts them. New results are in `fresh`, by window.
    `compare` does most of the work and may use several processes.
    """

    def __init__(
        self,
        times: Sequence[int],
        texts: Sequence[bytes],
        read: Callable[[int], tuple[str, str]],
        days: int,
        load: Callable[[int], Compared | None] = lambda number: None,
        count: Callable[[bytes, CountTerms], frozenset[str]] = lambda key, compute: compute(),
        compare: Compare = compare,
    ) -> None:
        self._times, self._texts, self._read = times, texts, read
        self._load, self._compare = load, compare
        self.fresh: dict[Window, Compared] = {}
        newest = datetime.fromtimestamp(times[-1] if times else 0, UTC)
        month = newest.replace(day=1, hour=0, minute=0, second=0).timestamp()
        sample = list(range(bisect_left(times, month))) or list(range(len(times)))
        sample = sample[-SAMPLE:]
        while (
            sample
            and days > 1
            and len(sample) * days * DAY > _MANY * max(times[sample[-1]] - times[sample[0]], DAY)
        ):
            days = 2 * days // 3
        self._seconds = days * DAY
        self.all: list[Window] = []
        if days:
            self._common = count(
                digest.fold([texts[i] for i in sample]),
                lambda: common_terms([terms(*read(i)) for i in sample]),
            )
            self._context = digest.of_value((days, sorted(self._common)))
            self.all = list(self._split())

    def _split(self) -> Iterable[Window]:
        older = start = stop = last = 0
        before = b""
        for number, some in groupby([time // self._seconds for time in self._times]):
            older, start, stop = start, stop, stop + sum(1 for _ in some)
            own = digest.of_value((self._times[start:stop], b"".join(self._texts[start:stop])))
            if last != number - 1:
                older, before = start, b""
            yield Window(number, older, start, stop, digest.fold([self._context, own, before]))
            last, before = number, own

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
            self._times, {i: self._read(i) for i in places}, self._common, self._seconds
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
            self._common,
            self._seconds,
        )

    def _basis(self, window: Window) -> Basis:
        both = slice(window.older, window.stop)
        times, texts = tuple(self._times[both]), tuple(self._texts[both])
        return Basis(window.key, self._context, window.start - window.older, times, texts)
