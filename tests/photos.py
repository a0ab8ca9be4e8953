"""Images for tests. An encoder handles them like photographs, and they never change."""

from __future__ import annotations

import io
import random
from typing import Any

from PIL import Image, ImageDraw


def photo(
    seed: int = 1, width: int = 600, height: int = 400, form: str = "JPEG", **options: Any
) -> bytes:
    """Return an image with large shapes and fine grain. `options` are those of Pillow's `save`."""
    chance = random.Random(seed)
    image: Any = None
    for cells in (4, 16, 64, 256):
        small = Image.frombytes("RGB", (cells, cells), chance.randbytes(3 * cells * cells))
        layer = small.resize((width, height), Image.Resampling.BICUBIC)
        image = layer if image is None else Image.blend(image, layer, 0.3)
    draw = ImageDraw.Draw(image)
    for _ in range(20):
        x, y, size = (
            chance.randrange(width),
            chance.randrange(height),
            chance.randrange(10, width // 4),
        )
        draw.ellipse((x, y, x + size, y + size), fill=tuple(chance.randbytes(3)))
    out = io.BytesIO()
    image.save(
        out, form, **({"quality": 88} | options if form in ("JPEG", "WEBP", "AVIF") else options)
    )
    return out.getvalue()


def plain(
    colour: tuple[int, ...], width: int = 60, height: int = 40, form: str = "PNG", **options: Any
) -> bytes:
    """Return an image of one colour, with transparency if the colour has four components."""
    out = io.BytesIO()
    Image.new("RGBA" if len(colour) == 4 else "RGB", (width, height), colour).save(
        out, form, **options
    )
    return out.getvalue()
