"""What leads the front page: heat against age, one slot a story, no source too often. Pure.

A story's rank is log2(heat + 32), less its age in half-lives, and one more where it has a picture.
Its age counts from the newest story, not from the time of the build, so that the same stories always
rank the same. A half-life is a quarter of the time that the stories of the front page span, and no
less than 12 hours: a busy site forgets in a day, a quiet one in months.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from math import log2

from newsgen.model import Site, ties_of

_SHORTEST = timedelta(hours=12)
_COLD = 32  # so that a story without coverage is not hopeless against one with little


def lead_stories(site: Site, members: Sequence[int], count: int) -> list[int]:
    """The places of up to `count` leading stories among these (newest first), the highest ranked first.

    Stories of which one names the other as related are one story and get one place. A source gets at
    most a third of the places (rounded up), more only where others have nothing to lead with.
    """
    order = _ranked(site, members)
    share = -(-count // 3)
    leads: list[int] = []
    tied: set[int] = set()
    by_source: dict[str, int] = {}
    for most in (share, count):
        for i in order:
            if len(leads) == count:
                break
            source = site.stories[i].card.source.slug
            if i in tied or by_source.get(source, 0) >= (most if source else count):
                continue
            related = related_stories(site, i)
            if related.isdisjoint(leads):
                leads.append(i)
                tied |= related | {i}
                by_source[source] = by_source.get(source, 0) + 1
    return leads


def _ranked(site: Site, members: Sequence[int]) -> list[int]:
    if not members:
        return []
    entries = [site.stories[i].document.entry for i in members]
    newest = entries[0].time
    half_life = max((newest - entries[-1].time) / 4, _SHORTEST)
    ranks = [log2(e.heat + _COLD) - (newest - e.time) / half_life + e.pictured for e in entries]
    return [i for _, i in sorted(zip(ranks, members, strict=True), key=lambda pair: (-pair[0], pair[1]))]


def related_stories(site: Site, index: int) -> set[int]:
    """The visible stories that this one's own list names."""
    ties = list(ties_of(site.stories[index].document.entry))
    found = {site.by_url.get(url, -1) for url, _ in ties} | {site.by_title.get(title, -1) for _, title in ties}
    return found - {-1, index}


def coverage(site: Site, index: int) -> list[str]:
    """Who else has the story: the names in its own list, each once, in the order of the list.

    Its own source is not among them, nor what only withheld stories name.
    """
    story = site.stories[index]
    entry = story.document.entry
    own = {_plain(entry.source_name), _plain(story.card.source.name), ""}
    names: dict[str, str] = {}
    for (url, title), place in zip(ties_of(entry), entry.tied, strict=True):
        if url not in site.by_url and (url in site.withheld or title in site.withheld):
            continue
        name = entry.providers[place]
        if _plain(name) not in own:
            names.setdefault(_plain(name), name)
    return list(names.values())


def _plain(name: str) -> str:
    """A name by which `Game Rant` and `GameRant` are the same."""
    return "".join(filter(str.isalnum, name.casefold()))
