"""Split articles into windows of the calendar and find the similar ones. Pure.

A window is as long as the longest time between two similar articles. So an article is only compared
with those of its own window and the one before. If a window was compared before, only articles that
are new or changed since then are compared again.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import NamedTuple

from newsgen.core import digest
from newsgen.core.model import Record
from newsgen.stories.similar_row import pack, unpack
from newsgen.stories.similarity import SAMPLE, IdfWeights, InvertedIndex, Vector, idf_weights, terms

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


class ComparedWindow(Record, frozen=True, array_like=True, gc=False):
    """The cached result of comparing a window with this key.

    `by` is the digest of the window length and the term weights. `times` and `texts` are those of
    the articles of the window before and its own. `like` holds for each of its own articles the
    similar earlier ones (see `pairs_of`).
    """

    key: bytes
    by: bytes
    times: tuple[int, ...]
    texts: tuple[bytes, ...]
    like: tuple[bytes, ...]


class Task(NamedTuple):
    """A window whose articles from index `first` to `last` (exclusive) are to be compared with all
    others.

    `like` is the earlier result for the window. At that time, `gone` articles were in the place of
    those to be compared.
    """

    run: Window
    first: int
    last: int
    gone: int = 0
    like: tuple[bytes, ...] = ()


class Comparing(NamedTuple):
    """Everything needed to compare articles: their times and texts by index, the term weights, and
    the window in seconds.
    """

    times: Sequence[int]
    texts: Mapping[int, tuple[str, str]]
    rarity: IdfWeights
    window: int


Compare = Callable[[Comparing, list[Task]], Iterable[tuple[bytes, ...]]]


def pairs_of(like: bytes, place: int) -> list[tuple[int, float]]:
    """Return the articles similar to the one at `place`, as (index, similarity)."""
    return [(place - distance, score / 1000) for distance, score in unpack(like)]


class Windows:
    """The windows of these articles, and their similarities.

    `times` and `texts` (digests) are sorted oldest first; `read` returns title and excerpt by
    index. Articles more than `days` apart are not similar; 0 means no windows. `known` returns the
    earlier result for a window number, and `rarity` holds the earlier weights: both save time and
    do not change the result. New results are in `fresh` and `rarity`. `compare` does most of the
    work and may use several processes.
    """

    def __init__(
        self,
        times: Sequence[int],
        texts: Sequence[bytes],
        read: Callable[[int], tuple[str, str]],
        days: int,
        known: Callable[[int], ComparedWindow | None] = lambda _: None,
        rarity: IdfWeights | None = None,
        compare: Compare | None = None,
    ) -> None:
        self._times, self._texts, self._read, self._known, self._compare = (
            times,
            texts,
            read,
            known,
            compare or _here,
        )
        self.rarity = rarity
        self.fresh: dict[int, ComparedWindow] = {}
        newest = datetime.fromtimestamp(times[-1] if times else 0, UTC)
        month = newest.replace(day=1, hour=0, minute=0, second=0).timestamp()
        self._sample = sample = (list(range(bisect_left(times, month))) or list(range(len(times))))[
            -SAMPLE:
        ]
        while (
            sample
            and days > 1
            and len(sample) * days * DAY > _MANY * max(times[sample[-1]] - times[sample[0]], DAY)
        ):
            days = 2 * days // 3
        self._window = days * DAY
        self._rare = digest.fold([texts[i] for i in sample])
        self._by = digest.of_value((days, self._rare))
        self.runs = list(self._runs()) if days else []

    def _runs(self) -> Iterable[Window]:
        older = start = stop = last = 0
        before = b""
        for number, some in groupby([time // self._window for time in self._times]):
            older, start, stop = start, stop, stop + sum(1 for _ in some)
            own = digest.of_value((self._times[start:stop], b"".join(self._texts[start:stop])))
            if last != number - 1:
                older, before = start, b""
            yield Window(number, older, start, stop, digest.fold([self._by, own, before]))
            last, before = number, own

    def like(self, run: Window) -> tuple[bytes, ...]:
        """Return for each article of a window the similar earlier ones (see `pairs_of`)."""
        found = self.fresh.get(run.number) or self._known(run.number)
        if not found or found.key != run.key:
            self.find([run])
            found = self.fresh[run.number]
        return found.like

    def find(self, runs: Sequence[Window]) -> None:
        """Compare the articles of these windows."""
        if not self.rarity or self.rarity.key != self._rare:
            self.rarity = idf_weights([terms(*self._read(i)) for i in self._sample], self._rare)
        tasks = [self._task(run) for run in runs]
        places = {place for task in tasks for place in _about(task, self._times, self._window)}
        comparing = Comparing(
            self._times, {place: self._read(place) for place in places}, self.rarity, self._window
        )
        for run, like in zip(runs, self._compare(comparing, tasks), strict=True):
            own = slice(run.older, run.stop)
            self.fresh[run.number] = ComparedWindow(
                run.key, self._by, tuple(self._times[own]), tuple(self._texts[own]), like
            )

    def _task(self, run: Window) -> Task:
        """Return what to compare again in a window: everything between its unchanged beginning and
        its unchanged end.
        """
        known = self._known(run.number)
        if not known or known.by != self._by:
            return Task(run, run.start, run.stop)
        now = list(
            zip(self._times[run.older : run.stop], self._texts[run.older : run.stop], strict=True)
        )
        then = list(zip(known.times, known.texts, strict=True))
        most = min(len(now), len(then))
        first = next((i for i in range(most) if now[i] != then[i]), most)
        same = next((i for i in range(most - first) if now[-1 - i] != then[-1 - i]), most - first)
        return Task(run, run.older + first, run.stop - same, len(then) - first - same, known.like)


def _about(task: Task, times: Sequence[int], window: int) -> list[int]:
    """Return the indexes to compare and those to compare them with: all that are near in time,
    except pairs of articles that are both in the window before.
    """
    (_, older, start, stop, _), first, last, *_ = task
    if first == last:
        return []
    before = bisect_left(times, times[first] - window, older, first) if last > start else first
    after = bisect_right(times, times[last - 1] + window, max(last, start), stop)
    return [*range(before, last), *range(max(last, start), after)]


def compare(comparing: Comparing, tasks: Sequence[Task]) -> list[tuple[bytes, ...]]:
    """Return for each task the similar earlier articles of each article of its window."""
    times, texts, rarity, window = comparing
    weighed: dict[int, Vector] = {}
    out = []
    for task in tasks:
        about = _about(task, times, window)
        weighed = {i: weighed.get(i) or rarity.weighed(terms(*texts[i]), times[i]) for i in about}
        out.append(_compared(task, about, weighed, rarity, window))
    return out


def _here(comparing: Comparing, tasks: list[Task]) -> list[tuple[bytes, ...]]:
    return compare(comparing, tasks)


def _compared(
    task: Task, about: Iterable[int], weighed: Mapping[int, Vector], rarity: IdfWeights, window: int
) -> tuple[bytes, ...]:
    (_, _, start, stop, _), first, last, gone, known = task
    rows: dict[int, list[tuple[int, int]]] = {place: [] for place in range(max(first, start), stop)}
    postings = InvertedIndex(rarity)

    def put(place: int, pairs: Iterable[tuple[int, int]]) -> None:
        rows[place] += [(place - first - at, score) for at, score in pairs]

    for place in range(first, last):
        if place >= start:
            put(place, postings.like(weighed[place], window))
        postings.add(weighed[place])
    for place in about:
        if place < first:
            for at, score in postings.like(weighed[place], window):
                if first + at >= start:
                    rows[first + at].append((first + at - place, score))
        elif place >= last:
            put(place, postings.like(weighed[place], window))
    more = last - first - gone
    for place in range(max(last, start), stop):
        for distance, score in unpack(known[place - stop]):
            other = place - distance
            if other >= last:
                rows[place].append((distance, score))
            elif other < last - gone:
                rows[place].append((distance + more, score))
    kept = known[: max(first - start, 0)]
    return (*kept, *map(pack, rows.values()))
