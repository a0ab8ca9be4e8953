"""The settings `images.*`."""

from typing import Annotated, Literal

from msgspec import Meta, field

from newsgen.config.reader import Count, Table

Quality = Annotated[int, Meta(ge=1, le=100)]
Width = Annotated[int, Meta(ge=16, le=4096)]


class Qualities(Table, frozen=True):
    """The quality of image copies, from 1 to 100, for each format."""

    avif: Quality = 50
    """From 1 to 100."""
    webp: Quality = 75
    """The same."""
    jpeg: Quality = 80
    """The same."""


class Images(Table, frozen=True):
    """Image copies that pages use, and how originals are fetched."""

    missing: Literal["hotlink", "none"] = "hotlink"
    """What a page shows for an image that the site does not have: `hotlink` links to the remote
    image, `none` leaves it out. With `none`, the content security policy allows only the site's own
    images."""
    avif: bool = True
    """Whether to make AVIF copies. They take most of the time of making copies; use `--set
    images.avif=false` for quick builds."""
    widths: Annotated[tuple[Width, ...], Meta(min_length=1)] = (160, 320, 640, 960, 1600)
    """Widths of copies, in pixels. A copy is never wider than the image. Images beside headlines
    use widths up to 320."""
    quality: Qualities = field(default_factory=Qualities)
    placeholder: Annotated[int, Meta(ge=0)] = 5
    """An image used by this many unrelated articles is treated as a publisher's placeholder and
    hidden. Articles are unrelated if none names another. 0 turns this off."""
    max_bytes: Count = 20_000_000
    """Larger images are not downloaded."""
    max_pixels: Count = 40_000_000
    """Images with more pixels are not used, whether downloaded or not. newsgen checks this before
    decoding."""
    at_once: Count = 16
    """How many images to download at once."""
    per_host: Count = 4
    """How many of these from one host."""
    timeout: Annotated[float, Meta(gt=0)] = 60
    """Seconds for one image, from the connection to the last byte, redirects and retries included.
    """
