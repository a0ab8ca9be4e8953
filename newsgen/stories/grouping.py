"""Group articles that report the same event into stories. Pure.

The joins of one window of the calendar (see windows.py) depend only on its own articles, those of
the window before, and the joins of both so far. They are cached under the digest of these, so an
edit is compared with its neighbours and not with the whole archive.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import field

from newsgen.core import digest
from newsgen.core.model import Record
from newsgen.stories.clustering import UnionFind, join
from newsgen.stories.windows import Window, Windows, pairs_of


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

    `run` is the key of the window, `key` the digest of everything that the pairs depend on.
    """

    run: bytes
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

    told: StoryAssignment = StoryAssignment()
    joined: Mapping[int, WindowPairs] = field(default_factory=dict)
    picked: Mapping[int, Recommended] = field(default_factory=dict)


def group_stories(
    heard: Candidates, spans: Windows, known: Mapping[int, WindowPairs]
) -> tuple[UnionFind, dict[int, WindowPairs]]:
    """Return the groups of articles that report the same event, and the pairs joined in each
    window.

    `known` holds the previous pairs by window number. It saves time and does not change the result.
    """
    groups = UnionFind()
    listed = bytearray(len(heard.times))
    for one, other in heard.ties:
        listed[one] = listed[other] = 1
        groups.join(one, other)
    unknown = WindowPairs(b"", b"", ())
    if new := [run for run in spans.runs if known.get(run.number, unknown).run != run.key]:
        spans.find(new)
    found = {}
    for run in spans.runs:
        own = slice(run.older, run.stop)
        key = digest.of_value(
            (run.key, groups.labels(run.older, run.stop), bytes(listed[own]), heard.sources[own])
        )
        joined = known.get(run.number, unknown)
        if joined.key != key:
            joined = WindowPairs(run.key, key, tuple(_join(heard, spans, groups, listed, run)))
        found[run.number] = joined
        for one, other in joined.pairs:
            groups.join(run.older + one, run.older + other)
    return groups, found


def _join(
    heard: Candidates, spans: Windows, groups: UnionFind, listed: bytearray, run: Window
) -> list[tuple[int, int]]:
    labels = list(range(run.stop - run.older))
    for place, label in groups.labels(run.older, run.stop):
        labels[place] = label
    before = spans.runs[spans.runs.index(run) - 1] if run.older < run.start else None
    like = (*(spans.like(before) if before else ()), *spans.like(run))
    pairs = [
        [(other, score) for other, score in pairs_of(some, place) if other >= 0]
        for place, some in enumerate(like)
    ]
    own = slice(run.older, run.stop)
    return join(labels, listed[own], heard.sources[own], pairs, run.start - run.older)
