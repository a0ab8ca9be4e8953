"""The lead of each story, and what other stories are like each article. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from newsgen import digest
from newsgen.builder.stories import Found, Heard, pairs_of

FORWARD = 1.5  # how much more what came after an article counts than what came before: a reader wants to know what followed
Picks = tuple[tuple[int, ...], ...]


def find_leads(heard: Sequence[Heard], clusters: Sequence[int]) -> list[int]:
    """For each article the place of its story's lead, -1 where no member is visible.

    It is the visible member of highest quality, of two as good the older. Of members with one title only the origin can lead: the
    oldest one that stands on no platform of copies.
    """
    members: dict[int, list[int]] = defaultdict(list)
    for place, cluster in enumerate(clusters):
        if heard[place].visible:
            members[cluster].append(place)
    leads = dict.fromkeys(clusters, -1)
    for cluster, places in members.items():
        origins: dict[int, int] = {}
        for place in sorted(places, key=lambda i: (heard[i].platform, i)) if len(places) > 1 else places:
            origins.setdefault(heard[place].title, place)
        leads[cluster] = max(origins.values(), key=lambda i: (heard[i].quality, -i))
    return [leads[cluster] for cluster in clusters]


def find_others(
    heard: Sequence[Heard], found: Found, leads: Sequence[int], limit: int, known: Mapping[bytes, Picks]
) -> tuple[Picks, dict[bytes, Picks]]:
    """For each visible article the leads of up to `limit` other stories that are like it, the likest first; and what is to be remembered.

    A source has at most a third of them (rounded up), more only where others have nothing to offer.
    """
    shares = [
        digest.of_plain([(leads[i] - run.start, heard[leads[i]].source, heard[i].visible) for i in range(run.start, run.stop)])
        for run in found.runs
    ]
    out: list[tuple[int, ...]] = []
    kept: dict[bytes, Picks] = {}
    for n, run in enumerate(found.runs):
        around = slice(max(n - 1, 0), n + 2)
        about = [limit, n and run.number - found.runs[n - 1].number, [other.key for other in found.runs[around]], shares[around]]
        key = digest.of_plain(about)
        picks = known.get(key)
        if picks is None:
            later = found.runs[n + 1].stop if n + 1 < len(found.runs) else run.stop
            picks = _find(heard, found, leads, limit, run.start, run.stop, later)
        kept[key] = picks
        out += [tuple([run.start + at for at in some]) for some in picks]
    return tuple(out), kept


def _find(heard: Sequence[Heard], found: Found, leads: Sequence[int], limit: int, start: int, stop: int, later: int) -> Picks:
    scores: list[dict[int, float]] = [{} for _ in range(start, stop)]
    for place in range(start, later):
        for other, likeness in pairs_of(found.like[place], place):
            for one, two, score in ((place, other, likeness), (other, place, likeness * FORWARD)):
                lead = leads[two]
                if start <= one < stop and lead >= 0 and heard[one].visible and lead != leads[one]:
                    mine = scores[one - start]
                    mine[lead] = max(score, mine.get(lead, 0.0))
    return tuple([tuple([at - start for at in _diverse(heard, mine, limit)]) if mine else () for mine in scores])


def _diverse(heard: Sequence[Heard], scores: dict[int, float], limit: int) -> list[int]:
    order = sorted(scores, key=lambda place: (-scores[place], -place))
    picks: list[int] = []
    for most in (-(-limit // 3), limit):
        count: dict[str, int] = defaultdict(int)
        for place in picks:
            count[heard[place].source] += 1
        for place in order:
            source = heard[place].source
            if len(picks) < limit and place not in picks and (count[source] < most or not source):
                picks.append(place)
                count[source] += 1
    return picks
