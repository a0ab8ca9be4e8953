"""What a page was made of when it was rendered, part by part, so that it can be told why it is rendered again."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from newsgen import digest
from newsgen.model import Card
from newsgen.pages.base import Page

_CARD_FIELDS = ("title", "excerpt", "time", "source", "topics", "picture", "kind", "url")
_SHOWN = 3


class Part(NamedTuple):
    """A part of a page: where it stands in the view, the card it is if it is one, and a digest
    (of a card: four bytes a field, so that it can be told which one changed)."""

    field: str
    card: Card | None
    value: bytes

    @property
    def key(self) -> int:
        """What the same part of another rendering has too."""
        return digest.key(f"{self.field} {self.card.url}" if self.card else self.field)


def parts_of(page: Page, template: bytes, shared: bytes) -> list[Part]:
    """All parts of a page: its template, what all pages share, and each value of its view."""
    parts = [Part("template", None, template[:8]), Part("site", None, shared[:8])]
    for name in page.view.__struct_fields__:
        value = getattr(page.view, name)
        if isinstance(value, tuple) and any(isinstance(item, Card) for item in value):
            parts += [Part(name, item, _card_value(item)) for item in value if isinstance(item, Card)]
            order = b"".join([item.url.encode() if isinstance(item, Card) else b"%d" % item for item in value])
            parts.append(Part(f"order of {name}", None, digest.of_bytes(order)[:8]))
        elif isinstance(value, Card):
            parts.append(Part(name, value, _card_value(value)))
        else:
            parts.append(Part(name, None, digest.of_value(value)[:8]))
    return parts


def _card_value(card: Card) -> bytes:
    known = _card_values.get(card.digest)
    if known is None:
        known = b"".join([_four(getattr(card, name)) for name in _CARD_FIELDS])
        if card.digest:
            _card_values[card.digest] = known
    return known


_card_values: dict[bytes, bytes] = {}  # a card stands on several pages


def _four(value: Any) -> bytes:
    data = value.encode() if isinstance(value, str) else digest.of_value(value)
    return zlib.crc32(data).to_bytes(4, "big")


def kept(parts: Sequence[Part]) -> dict[int, bytes]:
    """What of the parts is remembered until the next rendering."""
    return {part.key: part.value for part in parts}


def reason(parts: Sequence[Part], before: Mapping[int, bytes] | None) -> str:
    """Why a page of these parts is rendered, in words; `before` is what was kept of it, None for a new page."""
    if before is None:
        return "new page"
    found = list(dict.fromkeys(_differences(parts, before)))
    if not found:
        return "its file is missing from the output, or an interrupted run touched it"
    more = f"; and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    return "; ".join(found[:_SHOWN]) + more


def _differences(parts: Sequence[Part], before: Mapping[int, bytes]) -> Iterator[str]:
    keys = set()
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
            yield f"its {part.field} changed"
    gone = before.keys() - keys
    if gone:
        yield "a story has gone from here" if len(gone) == 1 else f"{len(gone)} stories have gone from here"


_WORDS = {
    "template": "its template, or one that it uses, changed",
    "site": "newsgen, or a setting that all pages share, changed",
    "record": "its article changed",
    "digest": "the file changed",
}


def _card_difference(card: Card, new: bytes, old: bytes | None) -> str:
    if old is None:
        return f"“{card.title}” is new here"
    changed = [name for i, name in enumerate(_CARD_FIELDS) if new[4 * i : 4 * i + 4] != old[4 * i : 4 * i + 4]]
    return f"the card of “{card.title}” changed: {', '.join(changed)}"
