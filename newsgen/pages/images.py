"""Pictures as they are served: copies of the originals in a few widths and formats, under names that tell what is in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from newsgen.config.settings import Images
from newsgen.content.slugs import href
from newsgen.content.uncopied import IMAGES
from newsgen.core import digest
from newsgen.core.model import Media, Original
from newsgen.pages.base import Page, View

SMALL = 320  # pixels: the widest copy of a picture that stands beside a headline, for dense screens
SOCIAL = 1200  # the width of a copy for other programs: social cards, feeds, structured data


class VariantView(View, frozen=True, array_like=True, gc=False):
    """A copy of a picture, titled by its file's name: the original, its width in pixels and its format (avif, webp, jpg, png)."""

    original: Original
    width: int
    format: str


class Copies(NamedTuple):
    """The copies of a picture for one place: the widths, in each of the formats that browsers may choose, best first; and
    width and format of the one for those that choose none."""

    widths: list[int]
    forms: tuple[str, ...]
    fallback: tuple[int, str]


def copies(original: Original, images: Images, limit: int) -> Copies:
    """The copies of a picture that is shown with at most `limit` pixels: the widths of the settings that it has, and its own
    where that is less than the widest; never more than it has."""
    wanted = [width for width in sorted(images.widths) if width <= limit] or [min(images.widths)]
    top = min(original.width, wanted[-1])
    fallback = min(original.width, SMALL if limit <= SMALL else SOCIAL)
    forms = ("avif", "webp") if images.avif else ("webp",)
    return Copies([width for width in wanted if width < 0.9 * top] + [top], forms, (fallback, "png" if original.alpha else "jpg"))


def social_size(original: Original) -> tuple[int, int]:
    """Width and height of the JPEG for other programs."""
    width = min(original.width, SOCIAL)
    return width, max(round(original.height * width / original.width), 1)


def stem_of(original: Original, media: Media) -> str:
    """What the names of a picture's copies begin with: it changes with the original's bytes and with how copies are made."""
    return digest.fold([original.digest, media.encoder])[:8].hex()


def plan_pictures(used: Mapping[int, bool], media: Media, images: Images, base: str) -> Iterator[Page]:
    """The copies of these pictures, all or the small ones alone."""
    planned: set[str] = set()
    above = href(base, IMAGES)
    for key, whole in used.items():
        original = media.originals.get(key)
        if original is None:
            continue
        wanted = {(social_size(original)[0], "jpg")} if whole else set()
        for limit in (SMALL, max(images.widths)) if whole else (SMALL,):
            found = copies(original, images, limit)
            wanted |= {(width, form) for width in found.widths for form in found.forms} | {found.fallback}
        stem = stem_of(original, media)
        for width, form in sorted(wanted):
            name = f"{stem}-{width}.{form}"
            if name not in planned:  # one picture may have several URLs
                planned.add(name)
                yield Page(IMAGES + name, "", VariantView(above + name, name, original, width, form))
