"""Make icons as PNG or ICO: a letter on a dark square, or an image of the site."""

from __future__ import annotations

from io import BytesIO

from PIL import IcoImagePlugin, Image, ImageDraw, ImageFont, ImageOps, PngImagePlugin

from newsgen.core.problems import build_error
from newsgen.pages.hosts import IconView

# The formats to write. If they are not imported, Pillow loads all its formats, which takes 0.1 s.
_FORMATS = (IcoImagePlugin, PngImagePlugin)
_INK = "#16181d"
_PAPER = "#faf8f3"
_MISSING = "\uffff"


def draw_icon(view: IconView) -> bytes:
    """Return the bytes of an icon. Raises UserError (exit code 3) if the site's image cannot be
    read.
    """
    image = _from_file(view) if view.source else _from_letter(view)
    out = BytesIO()
    image.save(out, "ICO" if view.url.endswith(".ico") else "PNG")
    return out.getvalue()


def _from_file(view: IconView) -> Image.Image:
    inner = round(view.size * 0.8) if view.maskable else view.size
    try:
        with Image.open(view.source) as original:
            fitted = ImageOps.contain(
                original.convert("RGBA"), (inner, inner), Image.Resampling.LANCZOS
            )
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        hint = "the setting icon names a PNG, JPEG or WebP file below the static folder"
        raise build_error(
            "bad-icon", f"the icon cannot be read: {error}", file=view.source, hint=hint
        ) from None
    image = Image.new("RGBA", (view.size, view.size), _PAPER if view.maskable else (0, 0, 0, 0))
    image.alpha_composite(
        fitted, ((view.size - fitted.width) // 2, (view.size - fitted.height) // 2)
    )
    return image


def _from_letter(view: IconView) -> Image.Image:
    side = view.size
    image = Image.new("RGB", (side, side), _INK)
    canvas = ImageDraw.Draw(image)
    font = ImageFont.load_default(side * (0.56 if view.maskable else 0.78))
    if view.letter and bytes(font.getmask(view.letter)) != bytes(font.getmask(_MISSING)):
        canvas.text(
            (side / 2, side / 2), view.letter, _PAPER, font, anchor="mm", stroke_width=side / 80
        )
    else:  # no letter, or not in the font: draw a page with a headline and two columns
        for left, top, right, bottom in ((26, 26, 74, 38), (26, 45, 48, 74), (52, 45, 74, 74)):
            canvas.rectangle(
                [side * left / 100, side * top / 100, side * right / 100, side * bottom / 100],
                _PAPER,
            )
    return image
