"""The program that makes copies of images. It reads an Order from its standard input. For each
original it writes a line on its standard output: done, or what is wrong.

A copy has only the original's pixels, copyright and credit. It has no other metadata, and no bytes
that could be read as another type.
"""

from __future__ import annotations

import os
import zlib
from pathlib import Path
from typing import Any

import msgspec
import pyvips

from newsgen.core import digest
from newsgen.core.atomic import replace_file
from newsgen.images.probe import pixels, rights
from newsgen.images.programs import end_with_parent, read_order
from newsgen.images.variants import EFFORT, Order, copy_file
from newsgen.pages.image_variants import COLUMN, VariantView

_TALLEST = 16_000  # WebP ends at 16,383


def main() -> None:
    """Make the copies that standard input orders: the size of an Order (8 bytes), then the Order.
    Standard input is closed when the process that waits for the copies stops or dies; then this
    process ends too.
    """
    order = msgspec.msgpack.decode(read_order(), type=Order)
    end_with_parent()
    for views in order.groups:
        try:
            _make(order, views)
            told = ""
        except Exception as error:  # whatever fails, the others are made
            told = " ".join(
                f"{views[0].original.place}: {getattr(error, 'strerror', None) or error}".split()
            )
        os.write(1, f"{told[:1000]}\n".encode())  # one write: others write there too


def _make(order: Order, views: list[VariantView]) -> None:
    """Decode an original once, and encode each of its copies."""
    original = views[0].original
    data = Path(original.place).read_bytes()
    if digest.of_bytes(data) != original.digest:
        raise OSError(0, "it changes during the build")
    exif = rights(data)
    widest = max(view.width for view in views)
    options: dict[str, Any] = {"height": _TALLEST, "size": "down"}
    try:
        if _has_profile(data):
            options["output_profile"] = "srgb"
        decoded = (
            pyvips.Image.thumbnail_buffer(data, widest, **options).colourspace("srgb").copy_memory()
        )
    except pyvips.Error:  # Pillow could read it earlier
        width, height, bands, unpacked = pixels(data)
        decoded = pyvips.Image.new_from_memory(unpacked, width, height, bands, "uchar").copy(
            interpretation="srgb"
        )
        decoded = decoded.thumbnail_image(widest, height=_TALLEST, size="down")
    if decoded.hasalpha() and not original.alpha:
        decoded = decoded.flatten(background=[255])
    # A copy of the pixels alone, without the original's metadata.
    plain = pyvips.Image.new_from_memory(
        decoded.write_to_memory(), decoded.width, decoded.height, decoded.bands, "uchar"
    )
    whole = plain.copy(interpretation="srgb")
    sized = {
        width: whole.thumbnail_image(width, height=_TALLEST, size="down").copy_memory()
        for width in {view.width for view in views}
    }
    for view in views:
        image = sized[view.width]
        if view.cropped:
            height = round(image.width * COLUMN[1] / COLUMN[0])
            image = image.smartcrop(image.width, height, interesting="attention")
        _save(image, exif, view, order)


def _has_profile(data: bytes) -> bool:
    """Return whether a profile has to convert the colours to sRGB. Converting colours that are
    already sRGB takes as long as encoding them.
    """
    image = pyvips.Image.new_from_buffer(data, "")
    return image.get_typeof("icc-profile-data") != 0 or image.interpretation not in ("srgb", "b-w")


def _save(image: Any, exif: bytes, view: VariantView, order: Order) -> None:
    keep = "none"
    if exif:
        keep, image = "exif", image.copy()
        image.set_type(pyvips.GValue.blob_type, "exif-data", exif)
    if view.format == "avif":
        data = image.heifsave_buffer(
            Q=order.quality.avif, effort=EFFORT["avif"], compression="av1", keep=keep
        )
    elif view.format == "webp":
        data = image.webpsave_buffer(Q=order.quality.webp, effort=EFFORT["webp"], keep=keep)
    elif view.format == "jpg":
        data = image.jpegsave_buffer(
            Q=order.quality.jpeg, optimize_coding=True, interlace=True, background=[255], keep=keep
        )
    else:
        data = image.pngsave_buffer(compression=9, palette=True, Q=90, keep=keep)
    file = copy_file(Path(order.cache), view.title)
    replace_file(file, zlib.crc32(data).to_bytes(4, "big") + data)


if __name__ == "__main__":
    main()
