"""Keys and values with a special meaning in other tools. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from newsgen.content.field_reader import BOOLEANS
from newsgen.content.misnamed import folded_name

# The end of a pin without a date: the last day that exists in every time zone.
ALWAYS = datetime(9998, 12, 30, tzinfo=UTC)
_PINS = ("sticky", "featured", "pinned")
# Collections of Eleventy that hold all posts, and the prefix of Ghost's internal tags.
_COLLECTIONS = frozenset({"post", "posts", "all"})
_INTERNAL = "#"
_NOINDEX = frozenset({"noindex", "robotsnoindex"})
_LONGEST = 20  # whether a key may ask for it; articles have the same few keys
_NOT_INDEXED = re.compile(r"(?<!\w)(?:noindex|none)(?!\w)", re.I)


def is_pinned(front: dict[str, Any]) -> bool:
    """Return whether a story is pinned: `sticky`, `featured` or `pinned` is true."""
    return any(BOOLEANS.get(str(front[key]).strip().lower()) for key in _PINS if key in front)


def is_not_indexed(front: dict[str, Any]) -> bool:
    """Return whether search engines are asked not to index the page.

    `noindex` and `robotsNoIndex`, in any spelling, ask them unless they are clearly false.
    `robots: noindex` and `robots: none` ask them too.
    """
    for key, value in front.items():
        if key.__class__ is not str or len(key) > _LONGEST or value is None or value == "":
            continue
        folded = _folded(key)
        if folded in _NOINDEX and BOOLEANS.get(str(value).strip().lower()) is not False:
            return True
        if folded == "robots" and value.__class__ is str and _NOT_INDEXED.search(value):
            return True
    return False


_folded = lru_cache(1024)(folded_name)


def real_tags(tags: tuple[str, ...]) -> tuple[str, ...]:
    """Return tags without those that only sort posts in Eleventy and Ghost."""
    if _COLLECTIONS.isdisjoint(tags) and not any(tag[0] == _INTERNAL for tag in tags):
        return tags
    return tuple([tag for tag in tags if tag not in _COLLECTIONS and tag[0] != _INTERNAL])
