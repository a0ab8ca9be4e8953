"""Assign articles to stories, reusing earlier results. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from operator import attrgetter, sub

from newsgen.config.settings import Settings
from newsgen.content.clock import Clock
from newsgen.content.slugs import fold
from newsgen.content.visibility import visibility
from newsgen.core import digest
from newsgen.core.model import Document, ties_of
from newsgen.stories.grouping import (
    Candidates,
    Recommended,
    StoryAssignment,
    StoryCache,
    group_stories,
)
from newsgen.stories.recommend import choose_leads, recommend
from newsgen.stories.windows import Windows


def find_candidates(documents: Sequence[Document], settings: Settings, clock: Clock) -> Candidates:
    """Return the articles that can belong to stories: all that are not withheld, oldest first."""
    seen = [
        (document, seen)
        for document in documents
        if (seen := visibility(document.meta, clock)) != "withheld"
    ]
    seen.sort(key=lambda pair: pair[0].path)
    seen.sort(key=lambda pair: pair[0].meta.time)
    metas = [document.meta for document, _ in seen]
    platforms = frozenset(settings.sources.platforms)
    newest_first = range(len(seen) - 1, -1, -1)
    by_url = {metas[i].url: i for i in newest_first}
    by_url.pop(0, None)  # 0 means no URL
    by_title = {seen[i][0].title: i for i in newest_first}
    ties = {
        (min(i, other), max(i, other))
        for i, meta in enumerate(metas)
        if meta.ties
        for url, title in ties_of(meta)
        for other in _named(i, by_url.get(url, -1), by_title.get(title, i))
    }
    return Candidates(
        paths=tuple([document.path for document, _ in seen]),
        times=tuple([int(meta.time.timestamp()) for meta in metas]),
        sources=tuple([meta.source_domain or fold(meta.source_name) for meta in metas]),
        qualities=tuple(map(attrgetter("quality"), metas)),
        visible=bytes([how == "visible" for _, how in seen]),
        platform=bytes([meta.source_domain in platforms for meta in metas]),
        listing=bytes([meta.ties != b"" for meta in metas]),
        ties=tuple(sorted(ties)),
    )


def _named(own: int, addressed: int, titled: int) -> set[int]:
    """Return the articles that an entry of an article's list names: by address, else by title.

    `addressed` is -1 if no article has the entry's address. An article that came later than these
    two does not separate them.
    """
    by_title = addressed < 0 or addressed > max(own, titled)
    return {addressed, titled if by_title else own} - {own, -1}


def key_of(candidates: Candidates, texts: Sequence[bytes], settings: Settings) -> bytes:
    """Return the digest of everything that `detect` depends on. `texts` are the digests of the
    articles' texts.
    """
    return digest.of_value((candidates, b"".join(texts), settings.stories, settings.related))


def detect(
    candidates: Candidates,
    titles: Sequence[int],
    settings: Settings,
    known: StoryCache,
    windows: Windows,
) -> StoryCache:
    """Assign the candidates to stories, choose leads and recommend other stories.

    `titles` are the keys of the candidates' titles. `known` (the previous result) and what
    `windows` remembers save time and do not change the result.
    """
    groups, joined = group_stories(candidates, windows, known.joined, settings.stories.gap)
    leads = choose_leads(candidates, titles, groups)
    # The site counts stories from the newest, and pages from the end (see Card). A hidden article
    # gets the index of the next older visible one.
    count, end = sum(candidates.visible), list(accumulate(candidates.visible, sub, initial=0))[1:]
    newest = [place for place in range(len(leads) - 1, -1, -1) if candidates.visible[place]]
    others, picked = [b""] * len(newest), dict[int, Recommended]()
    if settings.related.fill and windows.all:
        others, picked = recommend(candidates, windows, leads, end, settings.related.limit, known)
    assignment = StoryAssignment(
        leads=tuple([count + end[leads[place]] for place in newest]),
        others=tuple(others),
        moved=tuple(
            [
                (candidates.paths[i], count + end[lead])
                for i, lead in enumerate(leads)
                if lead >= 0 and not candidates.visible[i]
            ]
        ),
    )
    return StoryCache(assignment, joined, picked, windows.common)
