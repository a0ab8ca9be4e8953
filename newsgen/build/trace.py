"""What each page was made of when it was last rendered, to explain why it is rendered again."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import msgspec
from msgspec import Struct

from newsgen.core.card import CARD_FIELDS, ArticleRef, Card
from newsgen.core.messages import count
from newsgen.pages.base import AnyView
from newsgen.pages.views import MOST_KEPT

_MANY_CARDS = 200  # the sitemap has this many; which of them changed is not worth storing
_SHOWN = 3


class Part(Struct, frozen=True, gc=False):
    """A part of a page.

    `field` is its place in the view and `card` the card, if it is one. `key` identifies the same
    part in another rendering. `value` is its checksum; a card has four bytes for each field, which
    shows the field that changed. A collision spoils an explanation, never a page.
    """

    field: str
    card: Card | None
    key: int
    value: bytes


def parts_of(view: AnyView, template: bytes, shared: bytes) -> list[Part]:
    """Return all parts of a page: its template, what all pages share, and each value of its
    view."""
    parts = [
        Part("template", None, _key("template"), template[:4]),
        Part("site", None, _key("site"), shared[:4]),
    ]
    for name in view.__struct_fields__:
        value = getattr(view, name)
        if value.__class__ is Card:
            parts.append(_card_part(name, value))
        elif (
            value.__class__ is tuple
            and value
            and len(value) < _MANY_CARDS
            and any(item.__class__ is Card for item in value)
        ):
            parts += [_card_part(name, item) for item in value if item.__class__ is Card]
            parts.append(
                _part(
                    f"order of {name}",
                    [item.url if item.__class__ is Card else item for item in value],
                )
            )
        else:
            parts.append(_part(name, value))
    return parts


def _part(name: str, value: Any) -> Part:
    return Part(name, None, _key(name), _four(value) if value else _EMPTY)


def _card_part(name: str, card: Card) -> Part:
    known = _known.get(card.digest)
    if known is None:
        if len(_known) >= MOST_KEPT:
            _known.clear()
        known = _known[card.digest] = (zlib.crc32(card.url.encode()), _card_value(card))
    return Part(name, card, _key(name) ^ known[0], known[1])


def _card_value(card: Card) -> bytes:
    """Return four bytes for each of CARD_FIELDS."""
    return b"".join(
        [_four(value) if (value := getattr(card, name)) else _EMPTY for name in CARD_FIELDS]
    )


_known: dict[bytes, tuple[int, bytes]] = {}  # a card appears on several pages, and is encoded once


_EMPTY = bytes(4)


@cache
def _key(name: str) -> int:
    return zlib.crc32(name.encode())


def _four(value: Any) -> bytes:
    return zlib.crc32(_encode(value)).to_bytes(4, "big")


def _digest_of(value: Card | ArticleRef) -> bytes:
    return value.digest


_encode = msgspec.msgpack.Encoder(enc_hook=_digest_of).encode


def stored(parts: Sequence[Part]) -> dict[int, bytes]:
    """Return what to store about the parts until the next rendering."""
    return {part.key: part.value for part in parts}


def reason(parts: Sequence[Part], before: Mapping[int, bytes] | None) -> str:
    """Return, in words, why a page with these parts is rendered. `before` is None for a new
    page."""
    if before is None:
        return "new page"
    found = list(dict.fromkeys(_differences(parts, before)))
    if not found:
        return "its file is missing from the output, or an interrupted run touched it"
    more = f"; and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    return "; ".join(found[:_SHOWN]) + more


def _differences(parts: Sequence[Part], before: Mapping[int, bytes]) -> Iterator[str]:
    keys = set()
    others = []  # reported last: these often only follow from a story added or removed
    for part in parts:
        keys.add(part.key)
        old = before.get(part.key)
        if old == part.value:
            continue
        if part.card:
            yield _card_difference(part.card, part.value, old)
        elif part.field in _WORDS:
            yield _WORDS[part.field]
        elif not part.field.startswith("order of "):
            others.append(f"its {part.field} changed")
    gone = before.keys() - keys
    if gone:
        yield f"{count(len(gone), 'story')} gone from here"
    yield from others


_WORDS = {
    "blocks": "the terms of its articles changed",
    "template": "its template, or one that it uses, changed",
    "site": "newsgen, or a setting that all pages share, changed",
    "record": "its article changed, or an image that it shows",
    "digest": "the file changed",
    "own": "its list of related stories changed",
}


def _card_difference(card: Card, new: bytes, old: bytes | None) -> str:
    if old is None:
        return f"“{card.title}” is new here"
    changed = [
        name
        for i, name in enumerate(CARD_FIELDS)
        if new[4 * i : 4 * i + 4] != old[4 * i : 4 * i + 4]
    ]
    return f"the card of “{card.title}” changed: {', '.join(changed)}"
