"""Write the files of the search index, as JSON. docs/search.md describes them."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from newsgen.core.card import Card
from newsgen.pages.base import AnyView
from newsgen.pages.search import SearchCardsView
from newsgen.render.image_html import ImageHtml
from newsgen.search.index import join_blocks

_EXCERPT = 120  # characters of an excerpt in a result
_LAST_WORD = re.compile(r"\s+\S*$")


def view_json(view: AnyView) -> bytes:
    """Return the fields of a view, without its link and title."""
    names = view.__struct_fields__
    return msgspec.json.encode({name: getattr(view, name) for name in names[2:]})


def terms_json(parts: Sequence[str]) -> bytes:
    """Return the terms of a file from the parts of all blocks."""
    return msgspec.json.encode(join_blocks(parts))


def cards_json(view: SearchCardsView, images: ImageHtml) -> bytes:
    """Return the cards of a block: the names of their sources, and columns.

    The columns are titles, excerpts, positions of the source (-1 for none), times, links, images,
    languages, and 1 for a video.

    Columns compress better than rows, because similar texts are next to each other.
    """
    sources: dict[str, int] = {"": -1}
    columns = zip(*[_card(card, sources, images) for card in view.cards], strict=True)
    return msgspec.json.encode({"sources": list(sources)[1:], "columns": list(columns)})


def _card(card: Card, sources: dict[str, int], images: ImageHtml) -> tuple[str | int, ...]:
    place = sources.setdefault(card.source.name, len(sources) - 1)
    time = int(card.time.timestamp()) if card.time else 0
    image, video = images.small(card.image), int(card.kind == "video")
    return card.title, _short(card.excerpt), place, time, card.url, image, card.language, video


def _short(excerpt: str) -> str:
    """Return the beginning of an excerpt, cut between words if there are any."""
    if len(excerpt) <= _EXCERPT:
        return excerpt
    return _LAST_WORD.sub("", excerpt[:_EXCERPT]) + "…"
