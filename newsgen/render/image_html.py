"""Make the HTML of images: `<picture>` with the copies that the site serves, or a replacement for
an image that it does not have.
"""

from __future__ import annotations

import html
import re
from pathlib import Path

from markupsafe import Markup
from msgspec import structs

from newsgen.config.settings import Settings
from newsgen.content.image_places import image_url
from newsgen.content.slugs import href
from newsgen.content.unpublished_files import IMAGES
from newsgen.core import digest
from newsgen.core.media import Media, Original
from newsgen.core.model import Image
from newsgen.pages.image_variants import (
    COLUMN,
    SMALL,
    VariantView,
    copies,
    is_column,
    is_shown,
    social_size,
    stem_of,
)
from newsgen.pages.views import MOST_KEPT

# The width of an image by its place in the theme. Small places need no wide copies.
_SIZES = {
    "logo": "2rem",
    "small": "5rem",
    "first": "(min-width: 40rem) 7.5rem, 5rem",
    "portrait": "(min-width: 40rem) 16rem, 6rem",
    "middle": "(min-width: 40rem) 33vw, 5rem",
    "lead": "(min-width: 80rem) 54rem, (min-width: 60rem) 66vw, 100vw",
    "figure": "(min-width: 60rem) 56rem, 100vw",
    "square": "(min-width: 42rem) 40rem, 100vw",
    "tall": "(min-width: 32rem) 30rem, 100vw",
    "column": "(min-width: 32rem) 30rem, 100vw",
    "body": "(min-width: 42rem) 41rem, 100vw",
}
_ALWAYS_SMALL = ("logo", "small", "first")
# The first image of a page loads at once, others when they come near the viewport.
_AT_ONCE = ("lead", "figure")
_IMG = re.compile(r"<img [^<>]*>")
_ATTRIBUTE = re.compile(r' ([a-z]+)="([^"]*)"')


class ImageHtml:
    """Makes the HTML of images. `cache` is the folder of their copies."""

    def __init__(self, media: Media, settings: Settings, cache: Path) -> None:
        self._media = media
        self._settings = settings
        self._cache = cache
        self._folder = href(settings.base, IMAGES)
        # Cached, because an image appears on several pages.
        self._known: dict[tuple[str, str, str, str, int], Markup] = {}

    def _original(self, url: str) -> Original | None:
        originals = self._media.originals
        return originals.get(digest.key(url)) if originals else None

    def _linked(self, url: str) -> bool:
        """Whether an image that the site has no original of may be linked at its own address."""
        return is_shown(Image(url), self._media, self._settings)

    def html(self, image: Image | None, place: str = "small", alt: str = "") -> Markup:
        """The HTML of an image with the copies that the site has, or nothing:
        `card.image|image("small", card.title)`. The first argument is its place in the theme
        (`logo`, `small`, `first`, `portrait`, `middle`, `lead`, `figure`, `body`), which tells
        browsers its width; `lead` and `figure` load at once. The second is the alternative text if
        the image has neither `alt` nor `title`.
        """
        if image is None or not self._settings.theme.shows_images:
            return Markup("")
        key = (
            image.url,
            f"{image.width}x{image.height}",
            place,
            "" if place == "logo" else image.alt or image.title or alt,
            image.focus,
        )
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= MOST_KEPT:
                self._known.clear()
            found = self._known[key] = Markup(self._html(image, place, html.escape(key[3])))
        return found

    def _html(self, image: Image, place: str, alt: str, more: str = "") -> str:
        loading = ' fetchpriority="high"' if place in _AT_ONCE else ' loading="lazy"'
        original = self._original(image.url)
        if original is None:
            if not self._linked(image.url):
                return ""
            size = self._size(image.width, image.height, place)
            shape = _shape(image.width, image.height) if place == "figure" else ""
            named = f' class="{shape}"' if shape else ""
            return (
                f'<img src="{html.escape(image.url)}" alt="{alt}"{size}{named}{loading} '
                f'decoding="async"{more}>'
            )
        shape = _shape(original.width, original.height) if place == "figure" else ""
        cropped = shape == "column" and image.focus < 0
        found = copies(
            original,
            self._settings.images,
            SMALL if place in _ALWAYS_SMALL else max(self._settings.images.widths),
        )
        sources = ""
        for form in found.forms:
            srcset = ", ".join(
                f"{self._link(original, width, form, cropped)} {width}w" for width in found.widths
            )
            sources += (
                f'<source type="image/{form}" srcset="{srcset}" sizes="{_SIZES[shape or place]}">'
            )
        names = [] if original.alpha else ["r{} g{} b{}".format(*original.colour)]
        names += [shape] if shape else []
        names += [f"y{round(image.focus / 10)}"] if shape == "column" and not cropped else []
        named = f' class="{" ".join(names)}"' if names else ""
        high = round(original.width * COLUMN[1] / COLUMN[0]) if cropped else original.height
        size = f' width="{original.width}" height="{high}"'
        src = self._link(original, *found.fallback, cropped)
        return (
            f'<picture>{sources}<img src="{src}" alt="{alt}"{size}{named}{loading} '
            f'decoding="async"{more}></picture>'
        )

    @staticmethod
    def _size(width: int, height: int, place: str) -> str:
        if place == "logo":
            width, height = width or 50, height or 50
        elif place != "figure" and not (width and height):
            width, height = 3, 2  # the ratio the theme crops images to in lists
        return f' width="{width}" height="{height}"' if width and height else ""

    def _link(self, original: Original, width: int, form: str, cropped: bool = False) -> str:
        return f"{self._folder}{stem_of(original, self._media, cropped)}-{width}.{form}"

    def social(self, image: Image | None) -> Image | None:
        """An image for other programs: a JPEG of at most 1200 pixels, with its size, or the
        original if it may be linked; none if there is none: `card.image|social`.
        """
        if image is None:
            return None
        original = self._original(image.url)
        if original is None:
            return image if self._linked(image.url) else None
        width, height = social_size(original)
        return structs.replace(
            image, url=self._link(original, width, "jpg"), width=width, height=height
        )

    def small(self, image: Image | None) -> str:
        """Return the link of an image's small copy, or of the image itself; "" without either."""
        original = self._original(image.url) if image else None
        if original:
            found = copies(original, self._settings.images, SMALL)
            return self._link(original, found.widths[0], found.forms[-1])
        return image.url if image and self._linked(image.url) else ""

    def body(self, text: str, folder: str) -> str:
        """Return sanitised HTML with its images as the site serves them. `folder` is the article's
        folder, where its own images may be. A theme without images has their descriptions.
        """
        return _IMG.sub(lambda found: self._in_body(found[0], folder, False), text)

    def feed_body(self, text: str, folder: str) -> str:
        """Return the same for feed readers, with each image as one JPEG."""
        return _IMG.sub(lambda found: self._in_body(found[0], folder, True), text)

    def _in_body(self, tag: str, folder: str, alone: bool) -> str:
        told = {name: html.unescape(value) for name, value in _ATTRIBUTE.findall(tag)}
        if not (alone or self._settings.theme.shows_images):
            alt = told.get("alt") or told.get("title")
            return f"<em>{html.escape(alt)}</em>" if alt else ""
        url = image_url(told.get("src", ""), folder, self._media)
        if self._original(url) is None:
            return tag if self._linked(url) else ""
        social = self.social(Image(url)) if alone else None
        if social:
            return (
                f'<img src="{social.url}" alt="{html.escape(told.get("alt", ""))}" '
                f'width="{social.width}" height="{social.height}">'
            )
        kept = {name: told[name] for name in ("title", "id", "lang", "dir") if name in told}
        more = "".join(f' {name}="{html.escape(value)}"' for name, value in kept.items())
        return self._html(Image(url), "body", html.escape(told.get("alt", "")), more)

    def bytes_of(self, view: VariantView) -> bytes:
        """Return the bytes of a copy. Raises UserError (exit code 3) if it cannot be made."""
        from newsgen.images.variants import read_variant

        return read_variant(self._cache, view, self._settings.images.quality)


def _shape(width: int, height: int) -> str:
    """Return the class of a lead image that would be too high in full width, or "".

    `square` is up to a ratio of 4:3, `tall` up to 5:6, `column` is cropped to 2:3.
    """
    if width * 3 >= height * 4:
        return ""
    return "square" if width * 6 >= height * 5 else "column" if is_column(width, height) else "tall"
