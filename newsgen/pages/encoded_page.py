"""Pages as a plan stores them: views with the indexes of stories in place of their cards."""

from __future__ import annotations

from array import array
from typing import Any

import msgspec
from msgspec import Raw

from newsgen.core.card import ArticleRef, Card
from newsgen.core.model import Record
from newsgen.pages.base import Page


class EncodedPage(Record, frozen=True, array_like=True, gc=False):
    """A page as the plan stores it: its route and template (as in Page), the name of its view's
    class, and the encoded view.

    The view has a 0 for each card and record. `cards` and `articles` hold the indexes of their
    stories in the same order, 32 bits each.
    """

    route: str
    template: str
    kind: str
    view: Raw
    cards: bytes
    articles: bytes


def encode_page(page: Page) -> EncodedPage:
    """Return a page as the plan stores it."""
    _cards.clear()
    _articles.clear()
    view = Raw(_encode_view(page.view))
    cards, articles = array("i", _cards).tobytes(), array("i", _articles).tobytes()
    return EncodedPage(
        page.route, page.template, page.view.__class__.__name__, view, cards, articles
    )


def _take_out(value: Any) -> int:
    """Encode a card or a record as 0 and note its story."""
    if value.__class__ is Card:
        _cards.append(value.index)
    elif value.__class__ is ArticleRef:
        _articles.append(value.index)
    else:
        raise TypeError(f"a view holds no {value.__class__.__name__}")
    return 0


_cards: list[int] = []  # of the view being encoded
_articles: list[int] = []
_encode_view = msgspec.msgpack.Encoder(enc_hook=_take_out).encode
