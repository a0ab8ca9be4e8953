"""Plan social cards: drawn images that other sites show for a link to an article without an image.

Like copies of images, they are pages named by everything they are drawn from.
"""

from __future__ import annotations

import unicodedata
from datetime import datetime, timedelta

from msgspec import Struct

from newsgen.config.settings import Settings
from newsgen.content.slugs import href
from newsgen.content.times import start_of
from newsgen.content.unpublished_files import IMAGES
from newsgen.core import digest
from newsgen.core.card import Card
from newsgen.pages.base import Page, View

WIDTH, HEIGHT = 1200, 630  # pixels, as Facebook, LinkedIn and others show them
_LONGEST_TITLE = 400  # characters: more than fit on a card, and fewer than Pango can lay out
_LONGEST_SECTION = 100
_DRAWN_BY_NO_FONT = ("Zs", "Zl", "Zp", "Cc", "Cf")  # spaces and controls (Unicode, section 4.5)


class CardFont(Struct, frozen=True, array_like=True, gc=False):
    """A font to draw social cards with."""

    family: str
    """Its family."""
    place: str
    """Internal."""
    digest: bytes
    """Internal."""


class CardStyle(Struct, frozen=True):
    """The style of all cards: fonts in order of preference, the characters that they have, and
    colours (paper, text, other text, accent). `program` is the digest of what draws them.
    """

    fonts: tuple[CardFont, ...]
    characters: frozenset[int]
    colours: tuple[str, str, str, str]
    program: bytes


class SocialCardView(View, frozen=True, array_like=True, gc=False):
    """A social card. Its title is its file name. newsgen draws it without a template."""

    heading: str
    """The texts on it."""
    section: str
    """The texts on it."""
    site: str
    """The texts on it."""
    date: str
    """The texts on it."""
    colours: tuple[str, str, str, str]
    """Paper, text, other text, accent."""
    fonts: tuple[CardFont, ...]
    """The fonts to draw it with: [CardFonts](#cardfont)."""


def ends(time: datetime, settings: Settings) -> datetime | None:
    """Return the time until which the article of this time has a card, None if it never has one."""
    cards = settings.social_cards
    return start_of(time) + timedelta(days=cards.days) if cards.enabled else None


def social_card(card: Card, style: CardStyle, settings: Settings) -> SocialCardView:
    """Return the card of an article."""
    texts = (
        " ".join(card.title.split())[:_LONGEST_TITLE],
        card.topics[0].name[:_LONGEST_SECTION] if card.topics else "",
        settings.title,
        _date(card.time, card.language or settings.language) if card.time else "",
    )
    fonts = [(font.family, font.digest) for font in style.fonts]
    name = digest.fold([style.program, digest.of_value((texts, style.colours, fonts))])
    file = f"{name[:8].hex()}-{WIDTH}.png"
    return SocialCardView(
        href(settings.base, IMAGES) + file, file, *texts, style.colours, style.fonts
    )


def undrawable(view: SocialCardView, style: CardStyle) -> str:
    """Return the characters of a card that no font has, each once, in the order of the text."""
    text = view.heading + view.section + view.site + view.date
    return "".join(
        letter
        for letter in dict.fromkeys(text)
        if ord(letter) not in style.characters
        and unicodedata.category(letter) not in _DRAWN_BY_NO_FONT
    )


def card_page(view: SocialCardView) -> Page:
    """Return a card as a page."""
    return Page(IMAGES + view.title, "", view)


def _date(time: datetime, language: str) -> str:
    from babel import Locale, UnknownLocaleError
    from babel.dates import format_date

    try:
        return format_date(time.date(), "long", Locale.parse(language, sep="-"))
    except (UnknownLocaleError, ValueError):
        return time.date().isoformat()
