"""Find which images the pages of stories show, and which of them the site has."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

from newsgen.content.image_places import image_url
from newsgen.core import digest
from newsgen.core.media import Media
from newsgen.core.model import ArticleMeta, Label, ties_of
from newsgen.store.records import FileRecord

PLACEHOLDER = b"-"  # what to digest for an image that is not shown
_FEW = (b"", bytes(8), b"\xff" * 8)  # no image, or one beside the article's file


class ImageUsage(NamedTuple):
    """The images on the pages of stories.

    `cards` and `pages` hold for each story what to digest for its own image and for all images on
    its page. `used` holds the keys of all images that a page shows, with True if one shows it in
    full width. An own image that is a publisher's placeholder is not shown: then `cards` has
    PLACEHOLDER.
    """

    cards: list[bytes]
    pages: list[bytes]
    used: dict[int, bool]


def image_usage(
    stories: Sequence[FileRecord],
    paths: Sequence[str],
    small: Sequence[bytes],
    labels: Iterable[Label],
    media: Media,
    least: int,
) -> ImageUsage:
    """Return the images that the stories in these files show.

    `small` says which of each story's small images are shown (see Plan). An image used by `least`
    or more stories that do not name each other is a placeholder; 0 turns this off.
    """
    firsts = [story.page_images[:8] for story in stories]
    counts = Counter(firsts)
    often = {
        first for first, count in counts.items() if least and count >= least and first not in _FEW
    }
    members: dict[bytes, list[int]] = {first: [] for first in often}
    if often:
        for i, first in enumerate(firsts):
            if first in often:
                members[first].append(i)
    placeholders = frozenset(
        i
        for group in members.values()
        if _unrelated([stories[i] for i in group]) >= least
        for i in group
    )
    cards, pages = [b""] * len(stories), [b""] * len(stories)
    for i in placeholders:
        cards[i] = PLACEHOLDER
    used = {digest.key(label.logo.url): False for label in labels if label.logo}
    originals = media.originals
    for i, story in enumerate(stories if originals else ()):
        if not story.page_images:
            continue
        whole, others = array("q", story.page_images), array("q", story.thumbnails)
        if story.local_images:
            names, folder = iter(story.local_images), paths[i].rpartition("/")[0]
            whole = array(
                "q",
                [
                    digest.key(image_url(next(names), folder, media)) if key == -1 else key
                    for key in whole
                ],
            )
        if i in placeholders:
            whole[0] = 0
        elif whole[0] in originals:
            cards[i] = originals[whole[0]].digest
        shown = [others[place] for place in array("H", small[i])]
        there = [(n, originals[key]) for n, key in enumerate((*whole, *shown)) if key in originals]
        pages[i] = b"".join([n.to_bytes(4, "big") + original.digest for n, original in there])
        for key in shown:
            used.setdefault(key, False)
        used.update(dict.fromkeys(whole, True))
    return ImageUsage(cards, pages, used)


def _unrelated(stories: Sequence[FileRecord]) -> int:
    """Return the number of these stories that neither name another one nor are named by one."""
    metas = [_decoder.decode(story.meta) for story in stories]
    keys = [{meta.url, story.title} - {0} for meta, story in zip(metas, stories, strict=True)]
    names = [{key for tie in ties_of(meta) for key in tie} for meta in metas]
    everything = Counter(key for own in keys for key in own)
    named = Counter(
        key
        for some, own in zip(names, keys, strict=True)
        for key in (some & everything.keys()) - own
    )
    return sum(
        not ((names[i] & everything.keys()) - keys[i]) and not any(named[key] for key in keys[i])
        for i in range(len(stories))
    )


_decoder = msgspec.msgpack.Decoder(ArticleMeta)
