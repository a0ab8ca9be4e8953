"""What is stored about a rendered page, and how it explains the next rendering."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec import structs

from newsgen.build.trace import parts_of, reason, stored
from newsgen.core.card import CARD_FIELDS, Card
from newsgen.core.model import Article, Image, Label, Summary
from newsgen.pages.lists import Covered

BEFORE: dict[str, Any] = {
    "url": "/news/one/",
    "time": datetime(2026, 1, 30, tzinfo=UTC),
    "kind": "article",
    "source": Label("Paper", "/sources/paper/", "paper", b"1"),
    "topics": (Label("AI", "/topics/ai/", "ai", b"2"),),
    "external": False,
    "updated": None,
    "language": "",
}
AFTER: dict[str, Any] = {
    "title": "Gates hold",
    "excerpt": "All night.",
    "image": Image("https://paper.example/a.jpg"),
    "url": "/news/two/",
    "time": datetime(2026, 1, 31, tzinfo=UTC),
    "kind": "video",
    "source": Label("Other", "/sources/other/", "other", b"3"),
    "topics": (),
    "external": True,
    "updated": datetime(2026, 1, 31, tzinfo=UTC),
    "language": "ar",
}


def page_of(changed: str = "") -> Covered:
    """Return a stand-in for a view, with one card in which this field has another value."""
    face = Summary("Road reopens", "At noon.", None)
    values = BEFORE
    if changed in BEFORE:
        values = {**BEFORE, changed: AFTER[changed]}
    elif changed:
        face = structs.replace(face, **{changed: AFTER[changed]})
    return Covered(Card(face=face, digest=changed.encode(), **values), 1)


@pytest.mark.parametrize("field", CARD_FIELDS)
def test_a_changed_field_of_a_card_is_named(field: str) -> None:
    """The reason to render a page names the card field that changed, and no other."""
    before = stored(parts_of(page_of(), b"template", b"shared"))
    if field == "url":  # a card is recognised by its URL
        assert "is new here; 1 story gone from here" in reason(
            parts_of(page_of(field), b"template", b"shared"), before
        )
    else:
        assert reason(parts_of(page_of(field), b"template", b"shared"), before).endswith(
            f"” changed: {field}"
        )


def test_a_card_shows_every_field_of_a_face() -> None:
    """A card has every field of its summary; all but `image` are fields of an article too."""
    face = Summary("Road reopens", "At noon.", Image("https://paper.example/a.jpg"))
    card = Card(face=face, **BEFORE)
    assert {name: getattr(card, name) for name in Summary.__struct_fields__} == structs.asdict(face)
    assert set(Summary.__struct_fields__) - set(Article.__struct_fields__) == {"image"}
