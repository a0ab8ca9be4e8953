"""The lead of each story, and what other stories are like each article. Pure."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Sequence

from newsgen import digest
from newsgen.builder.stories import Beside, Found, Heard, Memory, pairs_of

FORWARD = 1.5  # how much more what came after an article counts than what came before: a reader wants to know what followed


def find_leads(heard: Heard, titles: Sequence[int], clusters: Sequence[int]) -> list[int]:
    """For each article the place of its story's lead, -1 where no member is visible.

    It is the visible member of highest quality, of two as good the older. Of members with one title (`titles` are their keys) only the
    origin can lead: the oldest one that stands on no platform of copies.
    """
    leads = [place if seen else -1 for place, seen in enumerate(heard.visible)]
    events: dict[int, list[int]] = defaultdict(list)
    for place, cluster in enumerate(clusters):
        if cluster != place:
            events[cluster].append(place)
    for cluster, others in events.items():
        members = [cluster, *others]
        origins: dict[int, int] = {}
        for place in sorted([i for i in members if heard.visible[i]], key=lambda i: (heard.platform[i], i)):
            origins.setdefault(titles[place], place)
        lead = max(origins.values(), key=lambda i: (heard.qualities[i], -i), default=-1)
        for place in members:
            leads[place] = lead
    return leads


def find_others(
    heard: Heard, found: Found, leads: Sequence[int], index: Sequence[int], limit: int, known: Memory, memory: Memory
) -> list[bytes]:
    """For each visible article the leads of up to `limit` other stories that are like it, the likest first, by their places on the site
    (`index`). What is worth to be remembered is put into `memory`.

    A source has at most a third of them (rounded up), more only where others have nothing to offer.
    """
    runs, sources, visible = found.runs, heard.sources, heard.visible
    shares = []
    for run in runs:
        own = slice(run.start, run.stop)
        picked = [(index[lead] - index[run.start], sources[lead]) if lead >= 0 else None for lead in leads[own]]
        shares.append(digest.of_value((picked, visible[own], found.like[own])))
    out: list[bytes] = []
    for n, run in enumerate(runs):
        key = digest.of_value((limit, run.start - runs[n - 1].start if n else 0, shares[max(n - 1, 0) : n + 2]))
        beside = known.others.get(key)
        if beside is None or beside.first != index[run.start]:
            later = runs[n + 1].stop if n + 1 < len(runs) else run.stop
            picks = _find(heard, found, leads, limit, run.start, run.stop, later)
            beside = Beside(index[run.start], tuple([array("i", [index[at] for at in some]).tobytes() for some in picks]))
        memory.others[key] = beside
        out += beside.places
    return out


def _find(heard: Heard, found: Found, leads: Sequence[int], limit: int, start: int, stop: int, later: int) -> list[list[int]]:
    scores: list[dict[int, float]] = [{} for _ in range(start, stop)]
    for place in range(start, later):
        own = leads[place]
        for other, likeness in pairs_of(found.like[place], place):
            lead = leads[other]
            if lead != own:
                if place < stop and lead >= 0:
                    mine = scores[place - start]
                    mine[lead] = max(likeness, mine.get(lead, 0.0))
                if start <= other < stop and own >= 0:
                    mine = scores[other - start]
                    mine[own] = max(likeness * FORWARD, mine.get(own, 0.0))
    return [
        _diverse(heard.sources, mine, limit) if mine and seen else [] for mine, seen in zip(scores, heard.visible[start:stop], strict=True)
    ]


def _diverse(sources: Sequence[str], scores: dict[int, float], limit: int) -> list[int]:
    order = sorted(scores, key=lambda place: (-scores[place], -place))
    picks: list[int] = []
    count: dict[str, int] = defaultdict(int)
    for most in (-(-limit // 3), limit):
        for place in order:
            source = sources[place]
            if len(picks) < limit and place not in picks and (count[source] < most or not source):
                picks.append(place)
                count[source] += 1
    return picks
