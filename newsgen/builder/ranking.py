"""What leads a list: heat, coverage, quality and freshness, one slot a story, sources and topics mixed. Pure.

A story's score is the sum of
- heat: log2(heat + 32) less 5, so that twice the heat is one more and a story without any has 0;
- coverage: half of log2(1 + how many others have it);
- quality: a hundredth of it;
- freshness: its age in half-lives, taken off. The age counts from the newest story, not from the time of the build, so that the same
  stories always rank the same. A half-life is a quarter of the time that the stories span, and no less than 12 hours: a busy site
  forgets in a day, a quiet one in months;
- picture: one where it has one;
- weight: what its editors add or take off.
What is pinned stands before all others until its time is over.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from math import log2

from msgspec import Struct

from newsgen.core.model import HIDDEN, Site, Story

_SHORTEST = timedelta(hours=12)
_COLD = 32  # so that a story without coverage is not hopeless against one with little


class Score(Struct, frozen=True):
    """Why a story stands where it does: the parts of its score, and whether it is pinned."""

    heat: float
    coverage: float
    quality: float
    freshness: float
    picture: float
    weight: float
    pinned: bool

    @property
    def total(self) -> float:
        """The sum of the parts."""
        return self.heat + self.coverage + self.quality + self.freshness + self.picture + self.weight


def scores(site: Site, members: Sequence[int], as_of: datetime) -> dict[int, Score]:
    """The score of each of these stories (the newest first)."""
    entries = [site.stories[i].document.entry for i in members]
    if not entries:
        return {}
    pinned = [entry.pin_until is not None and entry.pin_until > as_of for entry in entries]
    newest = entries[0].time
    oldest = min([entry.time for entry, held in zip(entries, pinned, strict=True) if not held], default=newest)
    half_life = max((newest - oldest) / 4, _SHORTEST)
    return {
        i: Score(
            heat=log2(entry.heat + _COLD) - log2(_COLD),
            coverage=log2(1 + len(site.covered[i])) / 2,
            quality=entry.quality / 100,
            freshness=(entry.time - newest) / half_life,
            picture=float(entry.pictured),
            weight=float(entry.weight),
            pinned=held,
        )
        for i, entry, held in zip(members, entries, pinned, strict=True)
    }


def lead_stories(site: Site, members: Sequence[int], count: int, as_of: datetime) -> dict[int, Score]:
    """Up to `count` leading stories among these (newest first), the highest ranked first, with their scores.

    Each event gets one place. A source gets at most a third of the places and a first topic at most half (rounded up), more only where
    others have nothing to lead with; a pinned story is not held to that.
    """
    scored = scores(site, members, as_of)
    order = sorted(scored, key=lambda i: (not scored[i].pinned, -scored[i].total, i))
    leads: list[int] = []
    events: set[int] = set()
    sources: Counter[str] = Counter()
    topics: Counter[str] = Counter()
    for of_source, of_topic in ((-(-count // 3), -(-count // 2)), (-(-count // 3), count), (count, count)):
        for i in order:
            card = site.stories[i].card
            source, topic = card.source.slug, card.topics[0].slug if card.topics else ""
            room = not ((source and sources[source] >= of_source) or (topic and topics[topic] >= of_topic))
            if len(leads) < count and site.leads[i] not in events and (room or scored[i].pinned):
                leads.append(i)
                events.add(site.leads[i])
                sources[source] += 1
                topics[topic] += 1
    return {i: scored[i] for i in leads}


def coverage(site: Site, index: int) -> list[str]:
    """Who else has the story: the names in its own list, each once, in the order of the list, then other sources of its event here.

    Its own source is not among them, nor what only withheld stories name.
    """
    return [name for _, name in site.covered[index]]


def find_covered(
    stories: Sequence[Story], listed: Sequence[Sequence[int]], leads: Sequence[int], members: Mapping[int, Sequence[int]]
) -> tuple[tuple[tuple[int, str], ...], ...]:
    """For each story the same with the place of each name in its own list; -1 for what is a story of this site."""
    found = []
    for story, own, lead in zip(stories, listed, leads, strict=True):
        event = members.get(lead, ())
        found.append(_covered(story, own, [stories[other].card.source.name for other in event]) if own or event else ())
    return tuple(found)


def _covered(story: Story, listed: Sequence[int], event: Sequence[str]) -> tuple[tuple[int, str], ...]:
    entry = story.document.entry
    seen = {_plain(entry.source_name), _plain(story.card.source.name), ""}
    found: list[tuple[int, str]] = []
    names, knowns = entry.providers, [*map(_plain, entry.providers)]
    for n, (local, place) in enumerate(zip(listed, entry.tied, strict=True)):
        known = knowns[place]
        if known not in seen and local != HIDDEN:
            seen.add(known)
            found.append((n if local < 0 else -1, names[place]))
    for name in event:
        known = _plain(name)
        if known not in seen:
            seen.add(known)
            found.append((-1, name))
    return tuple(found)


@lru_cache(8192)
def _plain(name: str) -> str:
    """A name by which `Game Rant` and `GameRant` are the same."""
    return "".join(filter(str.isalnum, name.casefold()))
