"""Find the fonts of social cards, and draw the cards. Each is drawn once and stored in the cache.

Drawing runs in a separate program (draw_cards.py), as making copies of images does.
"""

from __future__ import annotations

import os
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from newsgen.config.settings import Config
from newsgen.core import digest
from newsgen.core.model import Record
from newsgen.core.problems import Problem
from newsgen.core.progress import Progress, quiet
from newsgen.images.programs import run
from newsgen.images.variants import copy_file, read_checked
from newsgen.pages.base import StaticFile
from newsgen.pages.social_cards import CardFont, CardStyle, SocialCardView
from newsgen.pages.stylesheet import accent
from newsgen.store.cache import Cache
from newsgen.store.fingerprint import installed

_INK, _SOFT, _PAPER = "#1a1917", "#5e5a53", "#fdfcf9"  # as in the theme's stylesheet
_ACCENT = "#9d1c26"
_BUNDLED = "Aileron"


class CardOrder(Record, frozen=True, array_like=True, gc=False):
    """The cards that the program has to draw, and the cache folder."""

    views: list[SocialCardView]
    cache: str


class FontCharacters(Record, frozen=True, array_like=True, gc=False):
    """The characters that some fonts have, 32 bits each, and the fonts that cannot be read."""

    characters: bytes
    unreadable: tuple[str, ...]


class LoadedStyle(NamedTuple):
    """How to draw cards, None if the site has none, and the problems found. `key` is the digest of
    what decides which cards there are.
    """

    style: CardStyle | None
    problems: list[Problem]
    key: bytes = b""


def load_card_style(config: Config, files: Mapping[str, StaticFile], cache: Cache) -> LoadedStyle:
    """Return how to draw social cards. The fonts are those of the theme, then the one that Pillow
    includes. Raises CacheDamaged.
    """
    settings, theme = config.settings, config.settings.theme
    if not settings.social_cards.enabled:
        return LoadedStyle(None, [])
    stack = [family.strip(" '\"") for family in theme.serif.split(",")]
    fonts = [
        CardFont(font.family, files[font.file[1:]].place, files[font.file[1:]].digest)
        for font in sorted(theme.fonts, key=lambda font: font.family not in stack)
        if font.style == "normal" and font.file[1:] in files
    ]
    fonts.append(CardFont(_BUNDLED, "", digest.of_bytes(bundled_font())))

    def read(_: FontCharacters | None) -> FontCharacters:
        return _characters(fonts)

    key = digest.fold([*(font.digest for font in fonts), *map(digest.of_text, installed())])
    found = cache.memo("card fonts", key, FontCharacters, read)
    message = "the font cannot be read; social cards are drawn without it"
    problems = [
        Problem(
            "warning", "unreadable-font", message, file=os.path.relpath(place, config.paths.root)
        )
        for place in found.unreadable
    ]
    program = digest.fold(
        [
            Path(__file__).with_name("draw_cards.py").read_bytes(),
            *map(digest.of_text, installed(["pyvips_binary", "fonttools"])),
        ]
    )
    style = CardStyle(
        tuple(font for font in fonts if font.place not in found.unreadable),
        frozenset(array("I", found.characters)),
        (_PAPER, _INK, _SOFT, accent(theme) or _ACCENT),
        program,
    )
    return LoadedStyle(style, problems, digest.fold([key, program]))


def undrawn_cards(articles: Iterable[tuple[str, str]]) -> Iterator[Problem]:
    """Yield a problem for each article, by its file, with the characters that no font has."""
    for file, missing in articles:
        some = missing[:20] + ("..." if len(missing) > 20 else "")
        message = f"gets no social card: no font of the site has {some}"
        hint = "add a font that has it to theme.fonts"
        yield Problem("warning", "no-card-font", message, hint=hint, file=file)


def bundled_font() -> bytes:
    """Return the font that Pillow includes: Aileron, with the letters of English."""
    from PIL import ImageFont

    font = ImageFont.load_default(16)
    assert isinstance(font, ImageFont.FreeTypeFont)
    return bytes(font.font_bytes)


def _characters(fonts: Sequence[CardFont]) -> FontCharacters:
    from io import BytesIO

    from fontTools.ttLib import TTFont

    found: set[int] = set()
    unreadable: list[str] = []
    for font in fonts:
        try:
            data = Path(font.place).read_bytes() if font.place else bundled_font()
            with TTFont(BytesIO(data)) as opened:
                found |= (opened.getBestCmap() or {}).keys()
        except Exception:  # a damaged font may raise any error
            unreadable.append(font.place)
    return FontCharacters(array("I", sorted(found)).tobytes(), tuple(unreadable))


def make_cards(
    views: Sequence[SocialCardView], cache: Path, jobs: int, progress: Progress = quiet
) -> None:
    """Draw the cards that the cache does not have. Raises UserError (exit code 3) if that fails."""
    missing = [view for view in views if not copy_file(cache, view.title).is_file()]
    if missing:
        parts = min(jobs, len(missing))
        orders = [
            msgspec.msgpack.encode(CardOrder(missing[n::parts], str(cache))) for n in range(parts)
        ]
        run("newsgen.images.draw_cards", orders, len(missing), progress)


def read_card(cache: Path, view: SocialCardView) -> bytes:
    """Return the bytes of a card. Draws it if it is missing or damaged. Raises UserError (exit code
    3) if that fails.
    """
    return read_checked(copy_file(cache, view.title), lambda: make_cards([view], cache, 1))
