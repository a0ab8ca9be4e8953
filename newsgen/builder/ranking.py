"""Rank the stories of a list by heat, coverage, quality and freshness, with one place per story and
mixed sources and topics. Pure.

A story's score is the sum of

- heat: log2(heat + 32) - 5. Doubling a high heat adds about 1; a story without heat gets 0.
- coverage: log2(1 + number of other sources that have it) / 2.
- quality: quality / 100.
- freshness: minus its age in half-lives. Age counts from the newest story and not from the time of
  the build, so the same stories always rank the same. A half-life is a quarter of the time the
  stories span, at least 12 hours: a busy site forgets in a day, a quiet one in months.
- picture: 1 if it has an image.
- weight: what its editors add or subtract.

Pinned stories come before all others until their pin expires.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from math import log2

from msgspec import Struct

from newsgen.core.site import HIDDEN, Site, Story

_SHORTEST = timedelta(hours=12)
_COLD = 32  # keeps a story without heat close to one with little


class Score(Struct, frozen=True):
    """The parts of a story's score, and whether it is pinned."""

    heat: float
    coverage: float
    quality: float
    freshness: float
    picture: float
    weight: float
    pinned: bool

    @property
    def total(self) -> float:
        """Return the sum of the parts."""
        return (
            self.heat + self.coverage + self.quality + self.freshness + self.picture + self.weight
        )


def scores(site: Site, members: Sequence[int], as_of: datetime) -> dict[int, Score]:
    """Return the score of each of these stories. `members` are sorted newest first."""
    metas = [site.stories[i].document.meta for i in members]
    if not metas:
        return {}
    pinned = [meta.pin_until is not None and meta.pin_until > as_of for meta in metas]
    newest = metas[0].time
    oldest = min(
        [meta.time for meta, held in zip(metas, pinned, strict=True) if not held],
        default=newest,
    )
    half_life = max((newest - oldest) / 4, _SHORTEST)
    return {
        i: Score(
            heat=log2(meta.heat + _COLD) - log2(_COLD),
            coverage=log2(1 + len(site.covered[i])) / 2,
            quality=meta.quality / 100,
            freshness=(meta.time - newest) / half_life,
            picture=float(meta.has_image),
            weight=float(meta.weight),
            pinned=held,
        )
        for i, meta, held in zip(members, metas, pinned, strict=True)
    }


def lead_stories(
    site: Site, members: Sequence[int], count: int, as_of: datetime
) -> dict[int, Score]:
    """Return up to `count` leading stories of `members` (newest first), highest rank first, with
    their scores.

    Each event gets one place. A source gets at most a third of the places and a first topic at most
    half, both rounded up, unless the others have too few stories. Pinned stories are exempt from
    these limits.
    """
    scored = scores(site, members, as_of)
    order = sorted(scored, key=lambda i: (not scored[i].pinned, -scored[i].total, i))
    leads: list[int] = []
    events: set[int] = set()
    sources: Counter[str] = Counter()
    topics: Counter[str] = Counter()
    for of_source, of_topic in (
        (-(-count // 3), -(-count // 2)),
        (-(-count // 3), count),
        (count, count),
    ):
        for i in order:
            card = site.stories[i].card
            source, topic = card.source.slug, card.topics[0].slug if card.topics else ""
            room = not (
                (source and sources[source] >= of_source) or (topic and topics[topic] >= of_topic)
            )
            if len(leads) < count and site.leads[i] not in events and (room or scored[i].pinned):
                leads.append(i)
                events.add(site.leads[i])
                sources[source] += 1
                topics[topic] += 1
    return {i: scored[i] for i in leads}


def coverage(site: Site, index: int) -> list[str]:
    """Return the names of other sources that have the story, each once.

    Those in the story's own list come first, in the order of the list, then the other sources of
    its event on this site. The story's own source and names that only withheld stories have are
    left out.
    """
    return [name for _, name in site.covered[index]]


def find_covered(
    stories: Sequence[Story],
    listed: Sequence[Sequence[int]],
    leads: Sequence[int],
    members: Mapping[int, Sequence[int]],
) -> tuple[tuple[tuple[int, str], ...], ...]:
    """Return what `coverage` needs for each story: pairs of (place in its own list, name). The
    place is -1 if the name belongs to a story on this site.
    """
    found = []
    for story, own, lead in zip(stories, listed, leads, strict=True):
        event = members.get(lead, ())
        found.append(
            _covered(story, own, [stories[other].card.source.name for other in event])
            if own or event
            else ()
        )
    return tuple(found)


def _covered(
    story: Story, listed: Sequence[int], event: Sequence[str]
) -> tuple[tuple[int, str], ...]:
    meta = story.document.meta
    seen = {_plain(meta.source_name), _plain(story.card.source.name), ""}
    found: list[tuple[int, str]] = []
    names, knowns = meta.providers, [*map(_plain, meta.providers)]
    for n, (local, place) in enumerate(zip(listed, meta.tied, strict=True)):
        known = knowns[place]
        if known not in seen and local != HIDDEN:
            seen.add(known)
            found.append(_shared(n if local < 0 else -1, names[place]))
    for name in event:
        known = _plain(name)
        if known not in seen:
            seen.add(known)
            found.append(_shared(-1, name))
    return tuple(found)


@lru_cache(8192)
def _shared(place: int, name: str) -> tuple[int, str]:
    """Return one shared object for equal pairs: an event may have a hundred of each. Without this,
    planning 100,000 articles takes 1,290 MB instead of 912.
    """
    return place, name


@lru_cache(8192)
def _plain(name: str) -> str:
    """Return a key for a name: the same for `Game Rant` and `GameRant`."""
    return "".join(filter(str.isalnum, name.casefold()))
