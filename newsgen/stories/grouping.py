"""Articles to stories: which tell the same event. Pure.

What is joined of a span of the calendar (see spans.py) follows from its own articles, those of the span before it and what is joined
of both already, so it can be remembered by the digest of these: an edit is compared with its neighbours, not with the archive.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import field

from newsgen.core import digest
from newsgen.core.model import Record
from newsgen.stories.clustering import UnionFind, join
from newsgen.stories.windows import Window, Windows, pairs_of


class Candidates(Record, frozen=True, array_like=True, gc=False):
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


class StoryAssignment(Record, frozen=True, array_like=True, gc=False):
    """Which of the visible articles (the newest first) tell the same event: for each the place of the lead of its story, its own
    where it leads or stands alone; the leads of other stories that are like it, the likest first, 32 bits each; and the files of hidden
    articles with the lead of the story that they are part of."""

    leads: tuple[int, ...] = ()
    others: tuple[bytes, ...] = ()
    moved: tuple[tuple[str, int], ...] = ()


class WindowPairs(Record, frozen=True, array_like=True, gc=False):
    """What is to be joined of a run, by their places in it; the keys of the run, and of all that this follows from."""

    run: bytes
    key: bytes
    pairs: tuple[tuple[int, int], ...]


class Recommended(Record, frozen=True, array_like=True, gc=False):
    """Of which state of the site the other stories were picked that stand beside a run's articles: the key of all that decides
    them, and the place on the site of the run's first article."""

    key: bytes
    first: int


class StoryCache(Record, frozen=True, array_like=True, gc=False):
    """What was told, and by the numbers of runs what it followed from."""

    told: StoryAssignment = StoryAssignment()
    joined: Mapping[int, WindowPairs] = field(default_factory=dict)
    picked: Mapping[int, Recommended] = field(default_factory=dict)


def group_stories(heard: Candidates, spans: Windows, known: Mapping[int, WindowPairs]) -> tuple[UnionFind, dict[int, WindowPairs]]:
    """The stories that these articles tell, and what is joined of each run. `known` is what was joined before: it changes nothing
    but the time that it takes."""
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
        key = digest.of_value((run.key, groups.labels(run.older, run.stop), bytes(listed[own]), heard.sources[own]))
        joined = known.get(run.number, unknown)
        if joined.key != key:
            joined = WindowPairs(run.key, key, tuple(_join(heard, spans, groups, listed, run)))
        found[run.number] = joined
        for one, other in joined.pairs:
            groups.join(run.older + one, run.older + other)
    return groups, found


def _join(heard: Candidates, spans: Windows, groups: UnionFind, listed: bytearray, run: Window) -> list[tuple[int, int]]:
    labels = list(range(run.stop - run.older))
    for place, label in groups.labels(run.older, run.stop):
        labels[place] = label
    before = spans.runs[spans.runs.index(run) - 1] if run.older < run.start else None
    like = (*(spans.like(before) if before else ()), *spans.like(run))
    pairs = [[(other, score) for other, score in pairs_of(some, place) if other >= 0] for place, some in enumerate(like)]
    own = slice(run.older, run.stop)
    return join(labels, listed[own], heard.sources[own], pairs, run.start - run.older)
