"""Split articles into windows of the calendar and find the similar ones. Pure.

A window is as long as the longest time between two similar articles. So an article is only compared
with those of the same window and the one before, and the result for a window holds until an article
of these two changes.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import NamedTuple

from newsgen.core import digest
from newsgen.stories.similar_row import pack
from newsgen.stories.similarity import (
    SAMPLE,
    InvertedIndex,
    Vector,
    common_terms,
    terms,
    vector,
)

DAY = 86400
_MANY = 250  # articles per window; while the average is higher, the window is shortened by a third

Similar = tuple[
    bytes, ...
]  # for each article of a window, the similar earlier ones: see similar_row


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

    times: Sequence[int]
    texts: Mapping[int, tuple[str, str]]
    common: frozenset[str]
    seconds: int


CountTerms = Callable[[], frozenset[str]]
Compare = Callable[[Comparison, list[Window]], Iterable[Similar]]


def compare(comparison: Comparison, windows: Sequence[Window]) -> list[Similar]:
    """Return for each window the similar earlier articles of each of its articles."""
    times, texts, common, seconds = comparison
    vectors: dict[int, Vector] = {}
    found = []
    for window in windows:
        places = range(window.older, window.stop)
        vectors = {i: vectors.get(i) or vector(terms(*texts[i]), times[i], common) for i in places}
        index, rows = InvertedIndex(), []
        for place, one in vectors.items():
            if place >= window.start:
                pairs = index.similar(one, seconds)
                rows.append(pack((place - window.older - other, score) for other, score in pairs))
            index.add(one)
        found.append(tuple(rows))
    return found


class Windows:
    """The windows of these articles, and their similarities.

    `times` and `texts` (digests) are sorted oldest first; `read` returns title and excerpt by
    index. Articles more than `days` apart are not similar; 0 means no windows. `load` returns the
    earlier result for a window, if there is one with its key. `count` returns the common terms
    counted earlier with this key, or else counts them. New results are in `fresh`, by window.
    `compare` does most of the work and may use several processes.
    """

    def __init__(
        self,
        times: Sequence[int],
        texts: Sequence[bytes],
        read: Callable[[int], tuple[str, str]],
        days: int,
        load: Callable[[Window], Similar | None] = lambda window: None,
        count: Callable[[bytes, CountTerms], frozenset[str]] = lambda key, compute: compute(),
        compare: Compare = compare,
    ) -> None:
        self._times, self._texts, self._read = times, texts, read
        self._load, self._compare = load, compare
        self.fresh: dict[Window, Similar] = {}
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
            self.all = list(self._split(digest.of_value((days, sorted(self._common)))))

    def _split(self, context: bytes) -> Iterable[Window]:
        older = start = stop = last = 0
        before = b""
        for number, some in groupby([time // self._seconds for time in self._times]):
            older, start, stop = start, stop, stop + sum(1 for _ in some)
            own = digest.of_value((self._times[start:stop], b"".join(self._texts[start:stop])))
            if last != number - 1:
                older, before = start, b""
            yield Window(number, older, start, stop, digest.fold([context, own, before]))
            last, before = number, own

    def similar(self, window: Window) -> Similar:
        """Return for each article of a window the similar earlier ones (see `similar_row`)."""
        if window in self.fresh:
            return self.fresh[window]
        return self._load(window) or self.find([window])[0]

    def find(self, windows: Sequence[Window]) -> list[Similar]:
        """Compare the articles of these windows."""
        places = {i for window in windows for i in range(window.older, window.stop)}
        comparison = Comparison(
            self._times, {i: self._read(i) for i in places}, self._common, self._seconds
        )
        found = list(self._compare(comparison, list(windows)))
        self.fresh |= zip(windows, found, strict=True)
        return found
