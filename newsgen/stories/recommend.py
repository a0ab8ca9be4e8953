"""Choose the lead of each story, and recommend other stories for each article. Pure."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Collection, Sequence

from newsgen.core import digest
from newsgen.stories.clustering import UnionFind
from newsgen.stories.grouping import Candidates, Recommended, StoryCache
from newsgen.stories.similar_row import unpack
from newsgen.stories.windows import Window, Windows

BEFORE, AFTER = 4, 5  # weights of older and newer stories: readers want to know what happened next
_BITS = 32  # of a lead in a number with its score
_MASK = (1 << _BITS) - 1


def choose_leads(candidates: Candidates, titles: Sequence[int], groups: UnionFind) -> list[int]:
    """Return for each article the index of its story's lead, or -1 if no member is visible.

    The lead is the visible member with the highest quality; on a tie, the oldest. If several
    members share a title (`titles` holds the keys of titles), only the origin can lead. The origin
    is the oldest of them, preferably one that is not on a platform of copies.
    """
    leads = [place if seen else -1 for place, seen in enumerate(candidates.visible)]
    for members in groups.joined().values():
        origins: dict[int, int] = {}
        for place in sorted(
            [i for i in members if candidates.visible[i]], key=lambda i: (candidates.platform[i], i)
        ):
            origins.setdefault(titles[place], place)
        lead = max(origins.values(), key=lambda i: (candidates.qualities[i], -i), default=-1)
        for place in members:
            leads[place] = lead
    return leads


def recommend(
    candidates: Candidates,
    windows: Windows,
    leads: Sequence[int],
    index: Sequence[int],
    limit: int,
    known: StoryCache,
) -> tuple[list[bytes], dict[int, Recommended]]:
    """Return for each visible article, newest first, the leads of up to `limit` similar other
    stories, and the cache entry of each window.

    Leads are sorted by similarity, most similar first, and given as indexes on the site from its
    end (`index` maps candidates to these), so that a newer article changes none. One source gets at
    most a third of the places, rounded up, unless other sources have too few stories.
    """
    sources, visible = candidates.sources, candidates.visible
    shares = [_share(candidates, window, leads, index) for window in windows.all]
    picked: dict[int, Recommended] = {}
    out: list[bytes] = []
    count = sum(visible)
    for n in range(len(windows.all) - 1, -1, -1):
        window, first = windows.all[n], len(out) - count
        key = digest.of_value(
            (
                limit,
                window.older == window.start,
                shares[max(n - 1, 0) : n + 2],
                [one.key for one in windows.all[n : n + 2]],
            )
        )
        before = known.picked.get(window.number)
        seen = [place for place in range(window.stop - 1, window.start - 1, -1) if visible[place]]
        if before and before.key == key:
            start = len(known.assignment.others) + before.first
            old = known.assignment.others[start : start + len(seen)]
            out += (
                old
                if before.first == first
                else [_moved(places, first - before.first) for places in old]
            )
        else:
            scores = _scores(windows, leads, n)
            out += [
                array(
                    "i",
                    [index[lead] for lead in _diverse(sources, scores[i - window.start], limit)],
                ).tobytes()
                for i in seen
            ]
        picked[window.number] = Recommended(key, first)
    return out, picked


def _share(
    candidates: Candidates, window: Window, leads: Sequence[int], index: Sequence[int]
) -> bytes:
    """Return the digest of what a window's articles contribute to recommendations: who sees them,
    their sources, and the lead of each that does not lead itself.
    """
    own = slice(window.start, window.stop)
    led = [
        (i - window.start, index[lead] - index[window.start], candidates.sources[lead])
        for i, lead in enumerate(leads[own], window.start)
        if lead not in (i, -1)
    ]
    return digest.of_value((candidates.visible[own], candidates.sources[own], led))


def _moved(places: bytes, by: int) -> bytes:
    return array("i", [place + by for place in array("i", places)]).tobytes()


def _scores(windows: Windows, leads: Sequence[int], n: int) -> list[list[int]]:
    """Return for each article of window `n` the leads of similar other stories. The upper bits of
    a number are a score, the others a lead, so that numbers sort by both. A lead comes once for
    each similar article of its story.
    """
    start, stop = windows.all[n].start, windows.all[n].stop
    scores: list[list[int]] = [[] for _ in range(start, stop)]
    add = [one.append for one in scores]
    for window in windows.all[n : n + 2]:
        for place, similar in enumerate(windows.similar(window), window.start):
            own = leads[place]
            older = unpack(similar, place - stop + 1)
            if place < stop:
                scores[place - start] += [
                    similarity * BEFORE << _BITS | lead
                    for distance, similarity in older
                    if (lead := leads[place - distance]) not in (own, -1)
                ]
            if own >= 0:
                for distance, similarity in older:
                    other = place - distance
                    if other >= start and leads[other] != own:
                        add[other - start](similarity * AFTER << _BITS | own)
    return scores


def _diverse(sources: Sequence[str], scores: Collection[int], limit: int) -> list[int]:
    order = sorted(scores, reverse=True)  # on a tie, the newer one first
    picks: list[int] = []
    count: dict[str, int] = defaultdict(int)
    for most in (-(-limit // 3), limit):
        for number in order:
            if len(picks) == limit:
                return picks
            place = number & _MASK
            source = sources[place]
            if (count[source] < most or not source) and place not in picks:
                picks.append(place)
                count[source] += 1
    return picks
