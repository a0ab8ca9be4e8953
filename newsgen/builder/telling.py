"""From what is known of articles to what stories they tell, with what was found before. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter

from newsgen import digest
from newsgen.builder.names import fold
from newsgen.builder.others import find_leads, find_others
from newsgen.builder.stories import Compare, Heard, Memory, Texts, Told, compare, find_stories
from newsgen.builder.visibility import Clock, visibility
from newsgen.config import Settings
from newsgen.model import Document, ties_of


def hear(documents: Sequence[Document], settings: Settings, clock: Clock) -> Heard:
    """The articles that may be told of: those that are not withheld."""
    seen = [(document, seen) for document in documents if (seen := visibility(document.entry, clock)) != "withheld"]
    seen.sort(key=lambda pair: (pair[0].entry.time, pair[0].path))
    entries = [document.entry for document, _ in seen]
    platforms = frozenset(settings.sources.platforms)
    by_url = {entry.url: i for i, entry in reversed([*enumerate(entries)]) if entry.url}
    by_title = {document.title: i for i, (document, _) in reversed([*enumerate(seen)])}
    ties = {
        (min(i, other), max(i, other))
        for i, entry in enumerate(entries)
        for url, title in ties_of(entry)
        if (other := by_url.get(url, by_title.get(title, i))) != i
    }
    return Heard(
        paths=tuple([document.path for document, _ in seen]),
        times=tuple([int(entry.time.timestamp()) for entry in entries]),
        sources=tuple([entry.source_domain or fold(entry.source_name) for entry in entries]),
        qualities=tuple(map(attrgetter("quality"), entries)),
        visible=bytes([how == "visible" for _, how in seen]),
        platform=bytes([entry.source_domain in platforms for entry in entries]),
        ties=tuple(sorted(ties)),
    )


def key_of(heard: Heard, texts: Texts, settings: Settings) -> bytes:
    """The digest of all that `tell` depends on."""
    return digest.of_value((heard, b"".join(texts.digests), settings.stories, settings.related))


def tell(heard: Heard, texts: Texts, settings: Settings, known: Memory, compare: Compare = compare) -> tuple[Told, Memory]:
    """What stories these articles tell, and what is worth to be remembered. `known`, what was found before, changes nothing but the
    time that it takes; `compare` does most of the work, over processes perhaps."""
    found, memory = find_stories(heard, texts, settings.stories.window, known, compare)
    leads = find_leads(heard, texts.titles, found.clusters)
    # Stories of the site are counted from the newest; one that is not visible has the place of the next one that is.
    index = [0] * len(leads)
    count = sum(heard.visible)
    for place, visible in enumerate(heard.visible):
        count -= visible
        index[place] = count
    others = [b""] * len(leads)
    if settings.related.fill and found.runs:
        others = find_others(heard, found, leads, index, settings.related.limit, known, memory)
    newest = [place for place in range(len(leads) - 1, -1, -1) if heard.visible[place]]
    told = Told(
        leads=tuple([index[leads[place]] for place in newest]),
        others=tuple([others[place] for place in newest]),
        moved=tuple([(heard.paths[i], index[lead]) for i, lead in enumerate(leads) if lead >= 0 and not heard.visible[i]]),
    )
    return told, memory
