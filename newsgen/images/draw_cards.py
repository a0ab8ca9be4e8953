"""The program that draws social cards. It reads a CardOrder from its standard input. For each card
it writes a line on its standard output: empty, or what is wrong.

libvips draws the text with Pango, which shapes all scripts and breaks lines. Fontconfig reads only
a folder that this program makes, so it never uses a font of the system.
"""

from __future__ import annotations

import html
import os
import unicodedata
import zlib
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import Any

import msgspec

from newsgen.core import digest
from newsgen.core.atomic import replace_file
from newsgen.images.programs import end_with_parent, read_order
from newsgen.images.social_cards import CardOrder, bundled_font
from newsgen.images.variants import copy_file
from newsgen.pages.social_cards import HEIGHT, WIDTH, CardFont, SocialCardView

_MARGIN = 80
_SIZES = (84, 76, 68, 60, 54, 48, 42, 36)  # of the headline, pixels; the first that fits is taken
_ROOM = 330  # for the headline, pixels
_CONF = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig><dir>{0}</dir><cachedir>{0}/.cache</cachedir></fontconfig>"""


def main() -> None:
    """Draw the cards that standard input orders."""
    order = msgspec.msgpack.decode(read_order(), type=CardOrder)
    end_with_parent()
    folder = Path(order.cache) / "fonts"
    names = _install({font for view in order.views for font in view.fonts}, folder)
    for view in order.views:
        try:
            families = dict.fromkeys(names[font] for font in view.fonts if font in names)
            data = _draw(view, ",".join(families))
            replace_file(
                copy_file(Path(order.cache), view.title),
                zlib.crc32(data).to_bytes(4, "big") + data,
            )
            told = ""
        except Exception as error:  # whatever fails, the others are drawn
            told = " ".join(f"the social card {view.title}: {error}".split())
        os.write(1, f"{told[:1000]}\n".encode())


def _install(fonts: Iterable[CardFont], folder: Path) -> dict[CardFont, str]:
    """Write the fonts to a folder that Fontconfig reads, and return the family of each. Families
    get unique names, which no other font has.
    """
    from fontTools.ttLib import TTFont

    folder.mkdir(parents=True, exist_ok=True)
    out: dict[CardFont, str] = {}
    for font in fonts:
        name = f"newsgen {digest.of_text(font.family).hex()[:8]}x"
        file = folder / f"{font.digest.hex()}.ttf"
        if not file.is_file():
            data = Path(font.place).read_bytes() if font.place else bundled_font()
            if digest.of_bytes(data) != font.digest:
                continue  # it changes during the build
            with TTFont(BytesIO(data)) as opened:
                opened.flavor = None
                for record in (1, 4, 16):
                    opened["name"].setName(name, record, 3, 1, 0x409)
                opened["name"].names = [one for one in opened["name"].names if one.platformID == 3]
                plain = BytesIO()
                opened.save(plain)
            replace_file(file, plain.getvalue())
        out[font] = name
    config = folder / "fonts.conf"
    replace_file(config, _CONF.format(html.escape(str(folder))).encode())
    os.environ["FONTCONFIG_FILE"] = str(config)  # read when the first text is drawn
    return out


def _draw(view: SocialCardView, families: str) -> bytes:
    import pyvips

    paper, ink, soft, accent = map(_rgb, view.colours)
    right = _reads_from_right(view.heading)
    image = (pyvips.Image.black(WIDTH, HEIGHT, bands=3) + list(paper)).cast("uchar")
    image = image.copy(interpretation="srgb")
    image = image.draw_rect(list(accent), 0, 0, WIDTH, 16, fill=True)
    image = image.draw_rect(list(ink), _MARGIN, 520, WIDTH - 2 * _MARGIN, 2, fill=True)

    def text(words: str, size: int, style: str, height: int = 0) -> Any:
        # Each size has its number of lines. A word that is too long is broken.
        try:
            mask = pyvips.Image.text(
                html.escape(words),
                font=f"{families}, {style} {size}",
                width=WIDTH - 2 * _MARGIN,
                dpi=72,
                wrap="word-char",
            )
        except pyvips.Error:  # there is nothing to draw: only marks without a letter, for example
            return pyvips.Image.black(1, 1)
        return mask.crop(0, 0, mask.width, min(mask.height, height)) if height else mask

    def place(mask: Any, colour: tuple[int, ...], top: int, at_end: bool = False) -> None:
        nonlocal image
        left = WIDTH - _MARGIN - mask.width if at_end != right else _MARGIN
        whole = mask.embed(left, top, WIDTH, HEIGHT)
        image = whole.ifthenelse(list(colour), image, blend=True).cast("uchar")

    if view.section:
        place(text(view.section, 32, "Bold", 44), accent, 72)
    masks = (text(view.heading, size, "Bold") for size in _SIZES)
    fitting = next((mask for mask in masks if mask.height <= _ROOM), None)
    place(fitting or text(view.heading, _SIZES[-1], "Bold", _ROOM), ink, 146)
    place(text(view.site, 34, "Bold", 44), ink, 552)
    if view.date:
        place(text(view.date, 30, "", 40), soft, 554, at_end=True)
    return bytes(image.pngsave_buffer(compression=9, palette=True, Q=90, keep="none"))


def _rgb(colour: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(colour[1:]))


def _reads_from_right(text: str) -> bool:
    """Return whether a text is laid out from right to left (Unicode UAX 9, rules P2 and P3)."""
    strong = (unicodedata.bidirectional(letter) for letter in text)
    return next((one for one in strong if one in ("L", "R", "AL")), "L") != "L"


if __name__ == "__main__":
    main()
