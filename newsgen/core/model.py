"""The words of newsgen as frozen values. This module imports nothing of ours.

What a content file says is an `Article`. An `Entry` is the part of it that decides where a story stands, a `Face` the part
that is only shown; what other pages may say about it is a `Card`. All times are aware.
"""

import struct
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from msgspec import Struct


class Record(Struct, frozen=True, array_like=True, gc=False):
    """A value that the cache stores: compact, immutable, without cycles."""


class Image(Record, frozen=True, array_like=True, gc=False):
    """A picture as an article names it. Width and height are pixels, 0 when unknown. `known` is the digest of the original
    that the site has, where it is told."""

    url: str
    width: int = 0
    height: int = 0
    title: str = ""
    cached: bool = False
    known: bytes = b""


class Provider(Record, frozen=True, array_like=True, gc=False):
    """Who published a story. `domain` is the registrable domain, "" when unknown."""

    name: str
    domain: str
    logo: Image | None = None


class Reference(Record, frozen=True, array_like=True, gc=False):
    """An entry of an article's own `related` list. `url` is "" when there is no usable link."""

    title: str
    excerpt: str
    url: str
    kind: str
    provider: Provider
    time: datetime | None = None
    quality: int = 0
    picture: Image | None = None


class Correction(Record, frozen=True, array_like=True, gc=False):
    """What was put right in an article, and when."""

    time: datetime
    text: str


class Article(Record, frozen=True, array_like=True, gc=False):
    """One content file, clean: fields typed, URLs safe, the body as sanitised HTML. `unclear` is true where what it says of who may see it
    is not understood."""

    title: str
    excerpt: str
    time: datetime
    category: str
    kind: str
    slug: str
    web_url: str
    original_url: str
    amp_url: str
    cdn_amp_url: str
    provider: Provider
    topics: tuple[str, ...]
    images: tuple[Image, ...]
    related: tuple[Reference, ...]
    quality: int
    heat: int
    published: bool
    removed: bool
    draft: bool
    expires: datetime | None
    embed: str
    language: str
    body: str
    links: tuple[str, ...]
    updated: datetime | None
    tags: tuple[str, ...]
    authors: tuple[str, ...]
    corrections: tuple[Correction, ...]
    aliases: tuple[str, ...]
    gone: bool
    weight: int
    pin_until: datetime | None
    unclear: bool

    @property
    def link(self) -> str:
        """Where the story stands at its source: the publisher's page, else where it was found."""
        return self.web_url or self.original_url


class Summary(Record, frozen=True, array_like=True, gc=False):
    """What lists show of an article and nothing else depends on."""

    title: str
    excerpt: str
    picture: Image | None


class ImageRefs(Record, frozen=True, array_like=True, gc=False):
    """The pictures that an article names, as keys of their URLs, eight bytes each, 0 for none. `whole`: its own, then those in its
    body; `small`: its publisher's logo, then one for each of its related stories. Where `whole` has -1, the next of `near` is the
    name of one that stands beside its file."""

    whole: bytes
    small: bytes
    near: tuple[str, ...]


class ArticleMeta(Record, frozen=True, array_like=True, gc=False):
    """What decides where an article stands, who may see it and what stands beside it: all that planning knows of it.
    `url` is the key of its address. `ties` are the keys of its own list of related stories (see ties_of), `tied`
    the place in `providers` of who published each."""

    time: datetime
    category: str
    kind: str
    slug: str
    link: str
    source_domain: str
    source_name: str
    topics: tuple[str, ...]
    pictured: bool
    quality: int
    heat: int
    published: bool
    removed: bool
    draft: bool
    expires: datetime | None
    url: int
    ties: bytes
    providers: tuple[str, ...]
    tied: bytes
    language: str
    updated: datetime | None
    tags: tuple[str, ...]
    authors: tuple[str, ...]
    corrections: tuple[Correction, ...]
    aliases: tuple[str, ...]
    gone: bool
    weight: int
    pin_until: datetime | None
    unclear: bool


_TIE = struct.Struct("<QQ")


def pack_ties(keys: Iterable[tuple[int, int]]) -> bytes:
    """How an Entry holds how stories find each other: by digests of a story's address and of its title, 0 for none."""
    return b"".join([_TIE.pack(url, title) for url, title in keys])


def ties_of(entry: ArticleMeta) -> Iterator[tuple[int, int]]:
    """The keys, of its address and of its title, of each story in the article's own list of related ones."""
    return _TIE.iter_unpack(entry.ties)


class PlainPage(Record, frozen=True, array_like=True, gc=False):
    """A page without a date, such as About. `layout` names its template, "" the usual one."""

    title: str
    excerpt: str
    menu: bool
    layout: str
    draft: bool
    expires: datetime | None
    body: str
    aliases: tuple[str, ...]
    unclear: bool


class Document(Struct, frozen=True, gc=False):
    """An article's file and what became of it. `path` is relative to the content folder, in
    POSIX form; `title` is the key of its title (see pack_ties)."""

    path: str
    title: int
    entry: ArticleMeta


class PlainFile(Struct, frozen=True, gc=False):
    """A plain page's file below the content folder, and what it says."""

    path: str
    page: PlainPage


class Label(Struct, frozen=True, array_like=True, gc=False):
    """A name that can be linked: a topic, a source, an item of the menu. `url` is "" where it has no page."""

    name: str
    url: str
    slug: str
    digest: bytes
    logo: Image | None = None


class ArticleRef:
    """Where an Article is kept: its key in the cache, and the digest of what it says. `index` is the story's place on the site."""

    __slots__ = ("digest", "index", "key")

    def __init__(self, index: int, key: bytes = b"", digest: bytes = b"") -> None:
        self.index, self.key, self.digest = index, key, digest


_DECIDED = ("url", "time", "kind", "source", "topics", "digest", "external", "updated", "language", "index")


class Card:
    """What one page may say about another's article. `time` and `updated` are in the site's zone; `url` is ""
    where there is nothing to link; `external` tells that it leads off the site; `language` is ""
    where it is the site's; `index` is the story's place on the site.

    `title`, `excerpt` and `picture` are read when they are first asked for: planning never does, so that a plan holds for
    any titles, and only the cards of pages that are rendered are read. Any other field of Face can be read in the same way.
    """

    __slots__ = (*_DECIDED, "_face")
    title: str
    excerpt: str
    picture: Image | None

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
        self.digest, self.external, self.updated, self.language, self.index = digest, external, updated, language, index
        self._face = face

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Card) and all(getattr(self, name) == getattr(other, name) for name in _DECIDED)

    # No __getattr__: with it every attribute of a card would be slow to get.

    def _read(self) -> Summary:
        if not isinstance(self._face, Summary):
            self._face = self._face(self.index)
        return self._face


def _shown(name: str) -> property:
    """A field of the card's Face as an attribute of the Card."""
    return property(lambda card: getattr(card._read(), name))


for _name in Summary.__struct_fields__:
    setattr(Card, _name, _shown(_name))
CARD_FIELDS = (*Summary.__struct_fields__, *(name for name in _DECIDED if name not in ("digest", "index")))  # all that a card shows


class Group(Struct, frozen=True, gc=False):
    """A topic, a source, a category, a tag or an author: its label, the route of its list ("" where it has none), the places of
    its stories in `Site.stories` (newest first, so ascending), its place in the order of the data files and its parent."""

    label: Label
    route: str
    members: tuple[int, ...]
    order: int
    parent: Label | None = None


class Story(Struct, frozen=True, gc=False):
    """A visible article: its file, its card, its route and its category. `placement` is the digest of what its card says
    but for the face. Times of its corrections are in the site's zone."""

    document: Document
    card: Card
    placement: bytes
    route: str
    category: Label
    tags: tuple[Label, ...]
    authors: tuple[Label, ...]
    corrections: tuple[Correction, ...]


class Plain(Struct, frozen=True, gc=False):
    """A visible plain page: its file, its route."""

    file: PlainFile
    route: str


HIDDEN = -2


class Site(Struct, frozen=True, gc=False):
    """All that is to be published, as one value. Every list is newest first.

    `listed` gives for each story those in its own list of related ones, by their places: -1 for one that is none of this site, HIDDEN for
    one that may not even be named; `covered` who else has it (see ranking.py). `gone` holds the routes of articles that were removed and
    leave a page that says so. `leads` gives for each story the place of the lead of the event that it tells, `members` all stories of an
    event by its lead, where there are more, `moved` the routes that hidden articles would have, with the lead of their story."""

    stories: tuple[Story, ...]
    topics: tuple[Group, ...]
    sources: tuple[Group, ...]
    categories: tuple[Group, ...]
    tags: tuple[Group, ...]
    authors: tuple[Group, ...]
    pages: tuple[Plain, ...]
    menu: tuple[Label, ...]
    gone: tuple[str, ...]
    listed: tuple[tuple[int, ...], ...]
    covered: tuple[tuple[tuple[int, str], ...], ...]
    leads: tuple[int, ...]
    members: dict[int, list[int]]
    moved: tuple[tuple[str, int], ...]


class Original(Struct, frozen=True, array_like=True, gc=False):
    """A picture that the site has: where its file stands, the digest of its bytes, its size in pixels the right way up,
    whether it has transparent parts, its dominant colour as three digits from 0 to 3 (red, green, blue)."""

    place: str
    digest: bytes
    width: int
    height: int
    alpha: bool
    colour: str


class Media(Struct, frozen=True):
    """The pictures that the site has, fetched ones and its own, by the keys of their URLs; `encoder` stands for all that
    decides the bytes of their copies but the originals."""

    originals: dict[int, Original]
    encoder: bytes
