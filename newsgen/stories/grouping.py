"""Group articles that report the same event into stories. Pure.

The joins of one window of the calendar (see windows.py) depend only on its own articles, those of
the window before, and the joins of both so far. They are cached under the digest of these, so an
edit is compared with its neighbours and not with the whole archive.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping

from msgspec import field

from newsgen.core import digest
from newsgen.core.model import Record
from newsgen.stories.clustering import UnionFind, join
from newsgen.stories.similar_row import unpack
from newsgen.stories.windows import DAY, Window, Windows


class Candidates(Record, frozen=True, array_like=True, gc=False):
    """The articles that can belong to stories, oldest first, as columns: everything that decides
    their stories except the text.

    `times` are seconds since the epoch. `visible` marks visible articles, `platform` those on
    platforms that carry copies. `ties` are pairs of indexes where one article's list of related
    articles names the other.
    """

    paths: tuple[str, ...]
    times: tuple[int, ...]
    sources: tuple[str, ...]
    qualities: tuple[int, ...]
    visible: bytes
    platform: bytes
    ties: tuple[tuple[int, int], ...]


class StoryAssignment(Record, frozen=True, array_like=True, gc=False):
    """Which visible articles report the same event. Articles are indexed newest first, as in
    `Site.stories`.

    `leads` has for each article the index of its story's lead: its own index if it leads or stands
    alone. `others` has for each article the leads of similar other stories, most similar first, as
    32-bit integers. `moved` has the file of each hidden article whose story has a visible lead,
    with that lead's index.
    """

    leads: tuple[int, ...] = ()
    others: tuple[bytes, ...] = ()
    moved: tuple[tuple[str, int], ...] = ()


class WindowPairs(Record, frozen=True, array_like=True, gc=False):
    """The pairs to join in a window, as offsets from `Window.older`.

    `window` is the key of the window, `key` the digest of everything that the pairs depend on.
    """

    window: bytes
    key: bytes
    pairs: tuple[tuple[int, int], ...]


class Recommended(Record, frozen=True, array_like=True, gc=False):
    """The cache entry for the recommendations of one window.

    `key` is the digest of everything that decides them, `first` the index of the window's newest
    visible article in `StoryAssignment.others`.
    """

    key: bytes
    first: int


class StoryCache(Record, frozen=True, array_like=True, gc=False):
    """The previous result, with what it was derived from: `joined` and `picked` are keyed by window
    number.
    """

    assignment: StoryAssignment = StoryAssignment()
    joined: Mapping[int, WindowPairs] = field(default_factory=dict)
    picked: Mapping[int, Recommended] = field(default_factory=dict)


def group_stories(
    candidates: Candidates, windows: Windows, known: Mapping[int, WindowPairs], gap: int
) -> tuple[UnionFind, dict[int, WindowPairs]]:
    """Return the groups of articles that report the same event, and the pairs joined in each
    window.

    Only articles at most `gap` days apart are joined by their similarity. So two neighbours in the
    order of time of a story without lists are never further apart. `known` holds the previous pairs
    by window number. It saves time and does not change the result.
    """
    groups = UnionFind()
    listed = bytearray(len(candidates.times))
    for one, other in candidates.ties:
        listed[one] = listed[other] = 1
        groups.join(one, other)
    unknown = WindowPairs(b"", b"", ())
    new = [one for one in windows.all if known.get(one.number, unknown).window != one.key]
    if new:
        windows.find(new)  # all at once, so that processes share the work
    found = {}
    for window in windows.all:
        own = slice(window.older, window.stop)
        labels = groups.labels(window.older, window.stop)
        key = digest.of_value(
            (window.key, gap, labels, bytes(listed[own]), candidates.sources[own])
        )
        joined = known.get(window.number, unknown)
        if joined.key != key:
            pairs = tuple(_join(candidates, windows, labels, listed, window, gap))
            joined = WindowPairs(window.key, key, pairs)
        found[window.number] = joined
        for one, other in joined.pairs:
            groups.join(window.older + one, window.older + other)
    return groups, found


def _join(
    candidates: Candidates,
    windows: Windows,
    joined: list[tuple[int, int]],
    listed: bytearray,
    window: Window,
    gap: int,
) -> list[tuple[int, int]]:
    own = slice(window.older, window.stop)
    labels = list(range(window.stop - window.older))
    for place, label in joined:
        labels[place] = label
    similar = windows.similar(window)
    if window.older < window.start:
        similar = (*windows.similar(windows.all[windows.all.index(window) - 1]), *similar)
    times = candidates.times[own]
    pairs = [
        unpack(row, 1, place - bisect_left(times, times[place] - gap * DAY))
        for place, row in enumerate(similar)
    ]
    return join(labels, listed[own], candidates.sources[own], pairs, window.start - window.older)
