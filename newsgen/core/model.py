"""The model: newsgen's terms as immutable values. This module imports no other module of newsgen.

An `Article` is the content of a file. Its `ArticleMeta` decides where it is listed, its `Summary`
is only shown, and a `Card` is what other pages may say about it. All times are timezone-aware.
"""

import struct
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from msgspec import Struct


class Record(Struct, frozen=True, array_like=True, gc=False):
    """A value that the cache stores: compact, immutable, without reference cycles."""


class Image(Record, frozen=True, array_like=True, gc=False):
    """An image as an article names it."""

    url: str
    """Its address."""
    width: int = 0
    """In pixels; 0 if unknown."""
    height: int = 0
    """In pixels; 0 if unknown."""
    title: str = ""
    """Its caption, or nothing."""
    cached: bool = False
    """Whether it could be fetched at some time."""
    known: bytes = b""
    """The digest of the site's original; empty if the site has none, and always in `article`."""
    alt: str = ""
    """What it shows, for readers who do not see it, or nothing."""
    credit: str = ""
    """Who made it, or nothing."""
    license: str = ""
    """Its license, a name or an address, or nothing."""
    focus: int = -1
    """The height of what matters in it, in percent from its top; -1 if unknown."""

    @property
    def license_url(self) -> str:
        """The address of its license, or nothing if the license is a name."""
        return self.license if self.license.startswith(("https://", "http://")) else ""


class Provider(Record, frozen=True, array_like=True, gc=False):
    """The publisher of a story."""

    name: str
    """The publisher's name."""
    domain: str
    """Its registrable domain, or nothing."""
    logo: Image | None = None
    """An [Image](#image), or none."""


class Reference(Record, frozen=True, array_like=True, gc=False):
    """An entry of an article's own list of related stories."""

    title: str
    """The headline."""
    excerpt: str
    """A sentence or two, or nothing."""
    url: str
    """Its address, or nothing."""
    kind: str
    """`article` or `video`."""
    provider: Provider
    """A [Provider](#provider)."""
    time: datetime | None = None
    """In UTC, or none."""
    quality: int = 0
    """A whole number."""
    image: Image | None = None
    """An [Image](#image), or none."""


class Correction(Record, frozen=True, array_like=True, gc=False):
    """A correction to an article."""

    time: datetime
    """When the error was corrected: in UTC in `article.corrections`, else in the site's time zone.
    """
    text: str
    """The mistake and the correction."""


class Placement(Record, frozen=True, array_like=True, gc=False):
    """What a file says about where its article is listed, who may see it, and when.

    Both an Article and its ArticleMeta have these fields.
    """

    time: datetime
    """When it was published, in UTC; `page.card.time` is in the site's time zone."""
    updated: datetime | None
    """When it was last changed, in UTC, or none. It may be in the future: show `page.card.updated`
    instead."""
    expires: datetime | None
    """In UTC, or none."""
    pin_until: datetime | None
    """In UTC, or none."""
    category: str
    """As in the file, or nothing."""
    kind: str
    """`article` or `video`."""
    slug: str
    """As in the file, or nothing."""
    address: str
    """The address that the file names, with [placeholders](articles.md#addresses), or nothing."""
    aliases: tuple[str, ...]
    """Old addresses within the site."""
    language: str
    """Its language as in the file, or nothing."""
    topics: tuple[str, ...]
    """Names, as in the file; `page.card.topics` has links."""
    tags: tuple[str, ...]
    """Names, as in the file."""
    authors: tuple[str, ...]
    """Names, as in the file."""
    corrections: tuple[Correction, ...]
    """Newest first: [Corrections](#correction), including future ones. Show `page.corrections`
    instead."""
    quality: int
    """A whole number."""
    heat: int
    """A whole number."""
    weight: int
    """As in the file."""
    draft: bool
    """As in the file."""
    published: bool
    """As in the file."""
    removed: bool
    """As in the file."""
    gone: bool
    """As in the file."""
    unclear: bool
    """Whether newsgen does not understand [who may see it](articles.md#who-may-be-seen); such an
    article has no page."""
    noindex: bool
    """Whether search engines are asked not to index its page."""
    terms: tuple[tuple[str, tuple[str, ...]], ...]
    """For each taxonomy that it has values of, its key and these; `page.terms` has links."""


class Article(Placement, frozen=True, array_like=True, gc=False):
    """The content of [a file](articles.md) as clean values: typed fields, safe URLs, safe HTML."""

    title: str
    """The headline."""
    excerpt: str
    """A sentence or two, or nothing."""
    web_url: str
    """The publisher's own page, or nothing."""
    original_url: str
    """Where the story was found, or nothing."""
    amp_url: str
    """An AMP copy, or nothing."""
    cdn_amp_url: str
    """The same on a CDN."""
    provider: Provider
    """Who published it: a [Provider](#provider)."""
    images: tuple[Image, ...]
    """Its [Images](#image)."""
    related: tuple[Reference, ...]
    """Its own list: [References](#reference). Show `sidebar` instead."""
    embed: str
    """The address of an embedded player, or nothing. Show it with the filter `player`."""
    body: str
    """Safe HTML, or nothing: write it as `{{ article.body|safe }}`."""
    links: tuple[str, ...]
    """The addresses within the site that the body links to."""
    extra: dict[str, Any]
    """All other front matter, by its key: `article.extra.season`, or `article.extra.get("my-key")`
    where not every article has it."""
    teaser: str = ""
    """The beginning of the body as text, if there is no excerpt."""

    @property
    def link(self) -> str:
        """The publisher's page, or else where the story was found: where readers are sent."""
        return self.web_url or self.original_url


class Summary(Record, frozen=True, array_like=True, gc=False):
    """What lists show of an article. Nothing else depends on it.

    `excerpt` is the article's teaser if it has none.
    """

    title: str
    excerpt: str
    image: Image | None


class ImageRefs(Record, frozen=True, array_like=True, gc=False):
    """The images that an article names, as keys of their URLs: eight bytes each, 0 for none.

    `page_images` holds the article's own images, then those in its body. `thumbnails` holds its
    publisher's logo, then one image for each related story. An entry of -1 in `page_images` means
    that the next name in `local_images` applies: an image file beside the article's own file.
    """

    page_images: bytes
    thumbnails: bytes
    local_images: tuple[str, ...]


class ArticleMeta(Placement, frozen=True, array_like=True, gc=False):
    """All that planning knows of an article. It decides lists, visibility and related stories.

    `url` is the key of its address. `ties` are the keys of its own list of related stories (see
    `ties_of`), and `tied` gives the index in `providers` of the publisher of each.
    """

    link: str
    source_domain: str
    source_name: str
    has_image: bool
    url: int
    ties: bytes
    providers: tuple[str, ...]
    tied: bytes
    links: tuple[str, ...] = ()


_TIE = struct.Struct("<QQ")


def pack_ties(keys: Iterable[tuple[int, int]]) -> bytes:
    """Pack pairs of keys, of a story's address and title (0 for none), for `ArticleMeta.ties`."""
    return b"".join([_TIE.pack(url, title) for url, title in keys])


def ties_of(entry: ArticleMeta) -> Iterator[tuple[int, int]]:
    """Return the keys, of address and title, of each story that the article's own list names."""
    return _TIE.iter_unpack(entry.ties)


class PlainPage(Record, frozen=True, array_like=True, gc=False):
    """A page without a date, such as About. `layout` names its template, "" for the default."""

    title: str
    excerpt: str
    menu: bool
    layout: str
    draft: bool
    expires: datetime | None
    body: str
    aliases: tuple[str, ...]
    unclear: bool
    noindex: bool = False


class Document(Struct, frozen=True, gc=False):
    """An article's file and its metadata.

    `path` is relative to the content folder, in POSIX form. `title` is the key of the article's
    title (see `pack_ties`).
    """

    path: str
    title: int
    meta: ArticleMeta


class PlainFile(Struct, frozen=True, gc=False):
    """A plain page and its file, relative to the content folder."""

    path: str
    page: PlainPage


class Label(Struct, frozen=True, array_like=True, gc=False):
    """A name that can be linked: a topic, source, category, tag, author, term or menu item."""

    name: str
    """Its name."""
    url: str
    """The link to its page; nothing if it has none."""
    slug: str
    """Its name in addresses."""
    digest: bytes
    """Internal."""
    logo: Image | None = None
    """An [Image](#image), or none: a source's logo, an author's image."""


class Profile(Struct, frozen=True, array_like=True, gc=False):
    """What a data file says about a topic or an author, for its own page."""

    text: str = ""
    """A topic's description or an author's biography, or nothing."""
    image: Image | None = None
    """An [Image](#image), or none."""
    role: str = ""
    """What an author does, or nothing."""
    links: tuple[Label, ...] = ()
    """An author's pages elsewhere: [Labels](#label)."""


class Terms(Struct, frozen=True, array_like=True, gc=False):
    """The terms of a story in one taxonomy."""

    key: str
    """The key of the taxonomy."""
    title: str
    """Its heading."""
    url: str
    """The link to its index."""
    labels: tuple[Label, ...]
    """The values: [Labels](#label)."""


class Introduction(Struct, frozen=True, array_like=True, gc=False):
    """What the file about a folder says at the head of a list."""

    title: str
    """The title in the file, or nothing; the page's `title` is the one to show."""
    excerpt: str
    """A sentence or two, or nothing."""
    body: str
    """Safe HTML, or nothing."""


class MenuEntry(Struct, frozen=True, array_like=True, gc=False):
    """An entry of the header's menu."""

    name: str
    """Its text."""
    url: str
    """Where it leads; nothing if only the entries below it are links."""
    items: tuple[Label, ...] = ()
    """The entries below it: [Labels](#label)."""


class Navigation(Struct, frozen=True, array_like=True, gc=False):
    """What all pages link to.

    `sections` are the main topics, `menu` replaces them in the header, and `footer` is the menu of
    the footer. `empty` names the indexes without a page, because they would list nothing,
    and `day` if days have too few stories for pages of their own (see `archive.days`).
    """

    sections: tuple[Label, ...] = ()
    menu: tuple[MenuEntry, ...] = ()
    footer: tuple[Label, ...] = ()
    empty: tuple[str, ...] = ()
