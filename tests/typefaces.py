"""Fonts drawn for tests: every letter is a box of the width that a test chooses."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

LATIN = "".join(map(chr, range(0x20, 0x7F)))


def font(family: str = "Boxes", letters: str = LATIN, width: int = 600, flavor: str = "") -> bytes:
    """Return a font with these letters, in TrueType or another flavor such as `woff2`."""
    names = {ord(letter): f"u{ord(letter):x}" for letter in letters}
    order = [".notdef", *names.values()]
    builder = FontBuilder(1000)
    builder.setupGlyphOrder(order)
    builder.setupCharacterMap(names)
    pen = TTGlyphPen(None)
    for step, point in enumerate(((50, 0), (50, 700), (width - 50, 700), (width - 50, 0))):
        (pen.lineTo if step else pen.moveTo)(point)
    pen.closePath()
    box, empty = pen.glyph(), TTGlyphPen(None).glyph()
    builder.setupGlyf({name: empty if name in (".notdef", "u20") else box for name in order})
    builder.setupHorizontalMetrics(dict.fromkeys(order, (width, 50)))
    builder.setupHorizontalHeader(ascent=900, descent=-300)
    builder.setupNameTable({"familyName": family, "styleName": "Regular"})
    builder.setupOS2(sTypoAscender=900, sTypoDescender=-300, usWinAscent=900, usWinDescent=300)
    builder.setupPost()
    builder.font.flavor = flavor or None
    out = BytesIO()
    builder.font.save(out)
    return out.getvalue()


def package(folder: Path, variable: bool = False, width: int = 600) -> Path:
    """Write a package like those of @fontsource, with three subsets, and return its folder."""
    subsets = {"latin": LATIN, "latin-ext": "é", "greek": "α"}
    (folder / "files").mkdir(parents=True)
    about = {
        "id": "boxes",
        "family": "Boxes Serif",
        "weights": [400, 700],
        "defSubset": "latin",
        "category": "serif",
        "variable": {"wght": {"min": "200", "max": "900"}} if variable else False,
    }
    (folder / "metadata.json").write_text(json.dumps(about))
    ranges = {name: f"U+{ord(letters[-1]):X}" for name, letters in subsets.items()}
    (folder / "unicode.json").write_text(json.dumps(ranges))
    for name, letters in subsets.items():
        data = font("Boxes Serif", letters, width, "woff2")
        for weight in ("wght",) if variable else ("400", "700"):
            (folder / "files" / f"boxes-{name}-{weight}-normal.woff2").write_bytes(data)
    return folder
