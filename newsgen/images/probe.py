"""Probe an image: find type and size from its bytes, never from its name."""

from __future__ import annotations

import io
import warnings
from typing import Any

from PIL import Image, ImageOps, IptcImagePlugin

from newsgen.images.media import SUFFIXES, ImageFacts

# Pillow opens MPO, several JPEGs in one file, as JPEG.
_FORMATS = [form for form in SUFFIXES if form != "MPO"]
_ORIENTATION, _ARTIST, _COPYRIGHT = 0x0112, 0x013B, 0x8298  # EXIF 2.32, table 4
_CREDIT, _NOTICE = (2, 110), (2, 116)  # IPTC IIM 4.2, record 2
_START_OF_SCAN = b"\xff\xda"  # ITU-T T.81, table B.1
_MOST_SCANS = 100
_MOST_PASSES = 20  # times the setting images.max_pixels: the pixels that all scans may cover
# The setting images.max_pixels is checked instead, before anything is decoded.
Image.MAX_IMAGE_PIXELS = None


class NotAnImage(Exception):
    """Raised for bytes that are not an image, or not one that newsgen accepts."""


def look(data: bytes, max_pixels: int) -> ImageFacts:
    """Return the facts of an image after checking that it can be decoded. Raises NotAnImage."""
    try:
        with (
            warnings.catch_warnings(action="ignore"),  # Pillow warns of damaged metadata
            Image.open(io.BytesIO(data), formats=_FORMATS) as image,
        ):
            width, height = image.size
            if width * height > max_pixels:
                raise NotAnImage(
                    f"it has {width:,} x {height:,} pixels, more than {max_pixels:,} in all"
                )
            if image.getexif().get(_ORIENTATION, 1) in (5, 6, 7, 8):
                width, height = height, width
            suffix = SUFFIXES[str(image.format)]
            _check_scans(data, suffix, width * height, max_pixels)
            image.draft("RGB", (64, 64))  # a JPEG can be decoded directly at a small size
            alpha = image.has_transparency_data
            small: Any = image.convert("RGBA" if alpha else "RGB").resize(
                (24, 24), Image.Resampling.BOX
            )
            if alpha and small.getextrema()[3][0] == 255:
                alpha = False
            return ImageFacts(width, height, alpha, _dominant(small.convert("RGB")), suffix)
    except NotAnImage:
        raise
    except Exception as error:  # decoders raise OSError, SyntaxError, ValueError, struct.error ...
        text = (
            str(error)
            if isinstance(error, OSError) and "cannot identify" not in str(error)
            else "it is not an image of a known type"
        )
        raise NotAnImage(text.split("<")[0].strip()[:200]) from None


def facts_of(data: bytes, max_pixels: int) -> ImageFacts:
    """Return the facts of an image; `refused` says why it is not used."""
    try:
        return look(data, max_pixels)
    except NotAnImage as error:
        return ImageFacts(0, 0, False, "", "", str(error))


def _check_scans(data: bytes, suffix: str, pixels: int, max_pixels: int) -> None:
    """Refuse a JPEG that is too expensive to decode: each scan of a progressive JPEG covers all its
    pixels.

    Cameras and programs write about ten scans. A marker within metadata is counted too, but that is
    rare.
    """
    scans = data.count(_START_OF_SCAN) if suffix == "jpg" else 1
    if scans > _MOST_SCANS or scans * pixels > _MOST_PASSES * max_pixels:
        raise NotAnImage(
            f"it has {scans:,} scans of {pixels:,} pixels, which cost too much to decode"
        )


def _dominant(small: Any) -> str:
    """Return the most common colour, in four steps of red, green and blue."""
    few = small.quantize(6)
    _, most = max(few.getcolors())
    return "".join(str(part // 64) for part in few.getpalette()[3 * most : 3 * most + 3])


def rights(data: bytes) -> bytes:
    """Return EXIF with nothing but the image's copyright notice and its credit or artist, or b"" if
    it has neither.
    """
    try:
        with warnings.catch_warnings(action="ignore"), Image.open(io.BytesIO(data)) as image:
            told = image.getexif()
            iptc: Any = IptcImagePlugin.getiptcinfo(image) or {}
    except Exception:  # treat unreadable metadata as none
        return b""
    kept = Image.Exif()
    for tag, record in ((_COPYRIGHT, _NOTICE), (_ARTIST, _CREDIT)):
        value = told.get(tag) or iptc.get(record) or ""
        # Keep the original bytes.
        text = (
            value if isinstance(value, bytes) else str(value).encode("latin-1", "replace")
        ).strip(b" \0")
        if text:
            kept[tag] = text[:500]
    return kept.tobytes() if len(kept) else b""


def pixels(data: bytes) -> tuple[int, int, int, bytes]:
    """Return width, height, bands (3 or 4) and pixels of an image, upright."""
    with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
        upright = ImageOps.exif_transpose(image)
        found = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
        return found.width, found.height, len(found.getbands()), found.tobytes()
