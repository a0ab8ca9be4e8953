"""Plan the copies of images: a few widths and formats of each original, under names derived from
its bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from newsgen.config.images import Images
from newsgen.config.settings import Settings
from newsgen.content.slugs import href
from newsgen.content.unpublished_files import IMAGES
from newsgen.core import digest
from newsgen.core.media import Media, Original
from newsgen.core.model import Image
from newsgen.pages.base import Page, View

SMALL = 320  # pixels: the widest copy of an image beside a headline, for dense screens
COLUMN = 2, 3  # the ratio of the part of a higher image that its story's page shows
SOCIAL = 1200  # pixels: the width of the copy for social cards, feeds and structured data


class VariantView(View, frozen=True, array_like=True, gc=False):
    """A copy of an image: the original, the width in pixels and the format (avif, webp, jpg, png).
    Its title is its file name. A `cropped` copy shows the part that people look at first, in the
    ratio of COLUMN.
    """

    original: Original
    width: int
    format: str
    cropped: bool = False


class Copies(NamedTuple):
    """The copies of an image for one place in a page.

    `widths` exist in each of the `forms`, the formats that browsers choose from, best first.
    `fallback` is the width and format for browsers that know none of them.
    """

    widths: list[int]
    forms: tuple[str, ...]
    fallback: tuple[int, str]


def copies(original: Original, images: Images, limit: int) -> Copies:
    """Return the copies of an image shown with at most `limit` pixels.

    These are the widths of the settings up to that of the original, and the original's own width if
    it is less than the widest. No copy is wider than the original. Other widths of 90 % or more of
    the largest are left out.
    """
    wanted = [width for width in sorted(images.widths) if width <= limit] or [min(images.widths)]
    top = min(original.width, wanted[-1])
    fallback = min(original.width, SMALL if limit <= SMALL else SOCIAL)
    forms = ("avif", "webp") if images.avif else ("webp",)
    return Copies(
        [width for width in wanted if width < 0.9 * top] + [top],
        forms,
        (fallback, "png" if original.alpha else "jpg"),
    )


def social_size(original: Original) -> tuple[int, int]:
    """Return width and height of the JPEG for other programs."""
    width = min(original.width, SOCIAL)
    return width, max(round(original.height * width / original.width), 1)


def is_shown(image: Image | None, media: Media, settings: Settings) -> bool:
    """Return whether pages and other programs show an image: the site has it, or may link to it.
    The site's own images without copies (SVG) may always be linked, images beside an article never,
    others if the settings allow it.
    """
    if image is None:
        return False
    url = image.url
    linked = url[:1] == "/" or (url[:2] != "./" and settings.images.missing == "hotlink")
    return linked or digest.key(url) in media.originals


def is_column(width: int, height: int) -> bool:
    """Return whether an image is so high that its story's page shows only a part of it."""
    return width * COLUMN[1] < height * COLUMN[0]


def stem_of(original: Original, media: Media, cropped: bool = False) -> str:
    """Return the beginning of the file names of an image's copies. It changes with the original's
    bytes and with how copies are made.
    """
    crop = [b"cropped"] if cropped else []
    return digest.fold([original.digest, media.encoder, *crop])[:8].hex()


def plan_images(
    used: Mapping[int, bool], media: Media, images: Images, base: str, shown: bool = True
) -> Iterator[Page]:
    """Plan the copies of these images. `used` says for each whether it needs all copies or only the
    small ones. Without `shown`, pages show no images: only other programs need copies.
    """
    planned: set[str] = set()
    above = href(base, IMAGES)
    for key, whole in used.items():
        original = media.originals.get(key)
        if original is None:
            continue
        wanted = {(social_size(original)[0], "jpg")} if whole else set()
        limits = (SMALL, max(images.widths)) if whole else (SMALL,)
        for limit in limits if shown else ():
            found = copies(original, images, limit)
            wanted |= {(width, form) for width in found.widths for form in found.forms} | {
                found.fallback
            }
        part = copies(original, images, max(images.widths))
        parts = {(width, form) for width in part.widths for form in part.forms} | {part.fallback}
        crops = whole and shown and is_column(original.width, original.height)
        for cropped, sizes in ((False, wanted), (True, parts if crops else set())):
            stem = stem_of(original, media, cropped)
            for width, form in sorted(sizes):
                name = f"{stem}-{width}.{form}"
                if name not in planned:  # one image may have several URLs
                    planned.add(name)
                    view = VariantView(above + name, name, original, width, form, cropped)
                    yield Page(IMAGES + name, "", view)
