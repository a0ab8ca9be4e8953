"""Group articles that report the same event into stories. Pure.

The joins of one window of the calendar (see windows.py) depend only on its own articles, those of
the window before, and the joins of all windows before. They are cached under the digest of these.
So an edited article is compared with its neighbours, not with the whole archive. No join depends on
a later article: a new article can extend stories but never split one.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence

from msgspec import field

from newsgen.core import digest
from newsgen.core.model import Record
from newsgen.stories.clustering import Row, UnionFind, join
from newsgen.stories.windows import DAY, CommonTerms, Window, Windows


class Candidates(Record, frozen=True, array_like=True, gc=False):
    """The articles that can belong to stories, oldest first, as columns: everything that decides
    their stories except the text.

    `times` are seconds since the epoch. `visible` marks visible articles, `platform` those on
    platforms that carry copies, `listing` those with a list of related articles. `ties` are pairs
    of indexes where one article's list names the other.
    """

    paths: tuple[str, ...]
    times: tuple[int, ...]
    sources: tuple[str, ...]
    qualities: tuple[int, ...]
    visible: bytes
    platform: bytes
    listing: bytes
    ties: tuple[tuple[int, int], ...]


class StoryAssignment(Record, frozen=True, array_like=True, gc=False):
    """Which visible articles report the same event. Articles are indexed newest first, as in
    `Site.stories`.

    `leads` has for each article the index of its story's lead: its own index if it leads or stands
    alone. `others` has for each article the leads of similar other stories, most similar first, as
    32-bit indexes from the end (see Card). `moved` has the file of each hidden article whose story
    has a visible lead, with that lead's index.
    """

    leads: tuple[int, ...] = ()
    others: tuple[bytes, ...] = ()
    moved: tuple[tuple[str, int], ...] = ()


class WindowPairs(Record, frozen=True, array_like=True, gc=False):
    """The pairs to join in a window, as offsets from `Window.older` (below 0 for older articles).

    `window` is the key of the window, `key` the digest of everything that the pairs depend on.
    """

    window: bytes
    key: bytes
    pairs: tuple[tuple[int, int], ...]


class Recommended(Record, frozen=True, array_like=True, gc=False):
    """The cache entry for the recommendations of one window.

    `key` is the digest of everything that decides them, `first` the index of the window's newest
    visible article in `StoryAssignment.others`, from its end.
    """

    key: bytes
    first: int


class StoryCache(Record, frozen=True, array_like=True, gc=False):
    """The previous result, with what it was derived from: `joined` and `picked` are keyed by window
    number, `common` by year.
    """

    assignment: StoryAssignment = StoryAssignment()
    joined: Mapping[int, WindowPairs] = field(default_factory=dict)
    picked: Mapping[int, Recommended] = field(default_factory=dict)
    common: Mapping[int, CommonTerms] = field(default_factory=dict)


def group_stories(
    candidates: Candidates, windows: Windows, known: Mapping[int, WindowPairs], gap: int
) -> tuple[UnionFind, dict[int, WindowPairs]]:
    """Return the groups of articles that report the same event, and the pairs joined in each
    window.

    Only articles at most `gap` days apart are joined by their similarity. So in a story without
    lists, two consecutive articles are never further apart. `known` holds the previous pairs by
    window number. It saves time and does not change the result.
    """
    groups = UnionFind()
    if not windows.all:
        for one, other in candidates.ties:
            groups.join(one, other)
    listed = bytearray(candidates.listing)
    tied: dict[int, list[int]] = defaultdict(list)
    for earlier, later in candidates.ties:
        tied[later].append(earlier)
    unknown = WindowPairs(b"", b"", ())
    new = [one for one in windows.all if known.get(one.number, unknown).window != one.key]
    if new:
        windows.find(new)  # all at once, so that processes share the work
    found = {}
    for window in windows.all:
        first, own = window.older, range(window.start, window.stop)
        labels = groups.labels(first, window.start)
        marked = bytes(listed[first : window.stop])
        ties = {
            place - first: [groups.root(other) - first for other in tied[place]]
            for place in own
            if place in tied
        }
        sources = candidates.sources[first : window.stop]
        key = digest.of_value((window.key, gap, labels, marked, [*ties.items()], sources))
        joined = known.get(window.number, unknown)
        if joined.key != key:
            rows = _rows(candidates.times[first : window.stop], windows, window, gap)
            joined = WindowPairs(window.key, key, tuple(join(labels, marked, ties, sources, rows)))
        found[window.number] = joined
        for one, other in joined.pairs:
            groups.join(first + one, first + other)
        for place in ties:
            for linked in (first + place, *tied[first + place]):
                listed[linked] = 1
    return groups, found


def _rows(times: Sequence[int], windows: Windows, window: Window, gap: int) -> list[Row]:
    """Return for each article of a window and the one before the similar older ones, and how many
    came within the gap.
    """
    similar = windows.similar(window)
    if window.older < window.start:
        similar = (*windows.similar(windows.all[windows.all.index(window) - 1]), *similar)
    return [
        (row, place - bisect_left(times, times[place] - gap * DAY))
        for place, row in enumerate(similar)
    ]
