"""The model: newsgen's terms as immutable values. This module imports no other module of newsgen.

An `Article` is the content of a file. Its `ArticleMeta` decides where it is listed, its `Summary`
is only shown, and a `Card` is what other pages may say about it. All times are timezone-aware.
"""

import struct
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

from msgspec import Struct


class Record(Struct, frozen=True, array_like=True, gc=False):
    """A value that the cache stores: compact, immutable, without reference cycles."""


class Image(Record, frozen=True, array_like=True, gc=False):
    """An image as an article names it.

    `width` and `height` are pixels, 0 if unknown. `title` is the caption, `alt` the text for
    readers who do not see the image. `license` is a name or an address. `known` is the digest of
    the site's own copy of the original, b"" if not set. `focus` is the height of what matters in
    the image, in percent from its top, -1 if unknown.
    """

    url: str
    width: int = 0
    height: int = 0
    title: str = ""
    cached: bool = False
    known: bytes = b""
    alt: str = ""
    credit: str = ""
    license: str = ""
    focus: int = -1

    @property
    def license_url(self) -> str:
        """Return the license's address, or "" if the license is a name."""
        return self.license if self.license.startswith(("https://", "http://")) else ""


class Provider(Record, frozen=True, array_like=True, gc=False):
    """The publisher of a story. `domain` is the registrable domain, "" if unknown."""

    name: str
    domain: str
    logo: Image | None = None


class Reference(Record, frozen=True, array_like=True, gc=False):
    """An entry of an article's own `related` list. `url` is "" if it has no usable link."""

    title: str
    excerpt: str
    url: str
    kind: str
    provider: Provider
    time: datetime | None = None
    quality: int = 0
    image: Image | None = None


class Correction(Record, frozen=True, array_like=True, gc=False):
    """A correction to an article, and its time."""

    time: datetime
    text: str


class Placement(Record, frozen=True, array_like=True, gc=False):
    """What a file says about where its article is listed, who may see it, and when.

    Both an Article and its ArticleMeta have these fields. `address` is the address that the file
    names, with placeholders (see content/address.py), or "". `unclear` is true if a field that
    decides visibility could not be understood. With `noindex`, search engines are asked not to
    index its page. `terms` are those of each taxonomy, by its key.
    """

    time: datetime
    updated: datetime | None
    expires: datetime | None
    pin_until: datetime | None
    category: str
    kind: str
    slug: str
    address: str
    aliases: tuple[str, ...]
    language: str
    topics: tuple[str, ...]
    tags: tuple[str, ...]
    authors: tuple[str, ...]
    corrections: tuple[Correction, ...]
    quality: int
    heat: int
    weight: int
    draft: bool
    published: bool
    removed: bool
    gone: bool
    unclear: bool
    noindex: bool
    terms: tuple[tuple[str, tuple[str, ...]], ...]


class Article(Placement, frozen=True, array_like=True, gc=False):
    """The content of one file: typed fields, safe URLs, the body as sanitised HTML.

    `teaser` is the beginning of the body as text, if there is no `excerpt`. `extra` holds all other
    front matter, as its format types it; dates are text.
    """

    title: str
    excerpt: str
    web_url: str
    original_url: str
    amp_url: str
    cdn_amp_url: str
    provider: Provider
    images: tuple[Image, ...]
    related: tuple[Reference, ...]
    embed: str
    body: str
    links: tuple[str, ...]
    extra: dict[str, Any]
    teaser: str = ""

    @property
    def link(self) -> str:
        """Return the publisher's page, or else the page where the story was found."""
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
    """A name that can be linked: a topic, a source, a menu item. `url` is "" if it has no page."""

    name: str
    url: str
    slug: str
    digest: bytes
    logo: Image | None = None


class Profile(Struct, frozen=True, array_like=True, gc=False):
    """What a data file says about a topic or an author, for its own page.

    `text` is a topic's description or an author's biography. Only authors have a `role` and
    `links`: pages about the author elsewhere.
    """

    text: str = ""
    image: Image | None = None
    role: str = ""
    links: tuple[Label, ...] = ()


class Terms(Struct, frozen=True, array_like=True, gc=False):
    """The terms of a story in one taxonomy. `url` is the link to the taxonomy's index."""

    key: str
    title: str
    url: str
    labels: tuple[Label, ...]


class Introduction(Struct, frozen=True, array_like=True, gc=False):
    """What the file about a folder says at the head of a list. `body` is safe HTML, or ""."""

    title: str
    excerpt: str
    body: str


class MenuEntry(Struct, frozen=True, array_like=True, gc=False):
    """An entry of the header's menu. `url` is "" if only the entries below it are links."""

    name: str
    url: str
    items: tuple[Label, ...] = ()


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


class ArticleRef:
    """A reference to a stored Article: its key in the cache, and the digest of its content.

    `index` is the story's index on the site.
    """

    __slots__ = ("digest", "index", "key")

    def __init__(self, index: int, key: bytes = b"", digest: bytes = b"") -> None:
        self.index, self.key, self.digest = index, key, digest


_LABELLED = ("url", "time", "kind", "source", "topics", "digest")
_DECIDED = (*_LABELLED, "external", "updated", "language", "index")


class Card:
    """What one page may say about another's article.

    `time` and `updated` are in the site's time zone. `url` is "" if there is nothing to link to.
    `external` is true if the link leads off the site. `language` is "" if it is the site's. `index`
    is the story's index on the site.

    The fields of Summary (`title`, `excerpt`, `image`) are read on first access. Planning never
    reads them, so a plan holds for any titles, and only the cards of rendered pages are read.
    """

    __slots__ = (*_DECIDED, "_face")
    title: str
    excerpt: str
    image: Image | None

    def __init__(
        self,
        url: str,
        time: datetime | None,
        kind: str,
        source: Label,
        topics: tuple[Label, ...],
        face: Summary | Callable[[int], Summary],
        digest: bytes = b"",
        external: bool = False,
        updated: datetime | None = None,
        language: str = "",
        index: int = -1,
    ) -> None:
        self.url, self.time, self.kind, self.source, self.topics = url, time, kind, source, topics
        self.digest, self.external, self.updated = digest, external, updated
        self.language, self.index = language, index
        self._face = face

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Card) and all(
            getattr(self, name) == getattr(other, name) for name in _DECIDED
        )

    @property
    def picture(self) -> Image | None:
        """Return `image`, under its earlier name in templates."""
        return self.image

    # No __getattr__: it would slow down every attribute of a card.

    def _read(self) -> Summary:
        if not isinstance(self._face, Summary):
            self._face = self._face(self.index)
        return self._face


def _shown(name: str) -> property:
    """Return a property that reads a field of the card's Summary."""
    return property(lambda card: getattr(card._read(), name))


for _name in Summary.__struct_fields__:
    setattr(Card, _name, _shown(_name))
# All that a card shows.
CARD_FIELDS = (
    *Summary.__struct_fields__,
    *(name for name in _DECIDED if name not in ("digest", "index")),
)


class Original(Struct, frozen=True, array_like=True, gc=False):
    """An image that the site has.

    `place` is its file and `digest` that of its bytes. `width` and `height` are pixels after
    rotation to the upright position. `alpha` is true if parts are transparent. `colour` is the
    dominant colour as three digits from 0 to 3 (red, green, blue).
    """

    place: str
    digest: bytes
    width: int
    height: int
    alpha: bool
    colour: str


class Media(Struct, frozen=True):
    """The images that the site has, fetched ones and its own, by the keys of their URLs.

    `encoder` is a digest of everything but the originals that decides the bytes of their copies.
    """

    originals: dict[int, Original]
    encoder: bytes
