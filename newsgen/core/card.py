"""References to articles: what pages say about one, and where it is stored."""

from collections.abc import Callable
from datetime import datetime

from newsgen.core.model import Image, Label, Summary


class ArticleRef:
    """A reference to a stored Article: its key in the cache, and the digest of its content.

    `index` is the story's index on the site, from its end: -1 is the oldest story. So a newer story
    changes no index.
    """

    __slots__ = ("digest", "index", "key")

    def __init__(self, index: int, key: bytes = b"", digest: bytes = b"") -> None:
        self.index, self.key, self.digest = index, key, digest


_LABELLED = ("url", "time", "kind", "source", "topics", "digest")
_DECIDED = (*_LABELLED, "external", "updated", "language", "index")


class Card:
    """What one page may say about another's article.

    The fields of Summary (`title`, `excerpt`, `image`) are read on first access. Planning never
    reads them, so a plan holds for any titles, and only the cards of rendered pages are read.
    """

    __slots__ = (*_DECIDED, "_face")
    url: str
    """Where it leads; nothing if there is no link."""
    time: datetime | None
    """When it was published, in the site's time zone, or none (in a list of related stories)."""
    kind: str
    """`article` or `video`."""
    source: Label
    """Who published it: a [Label](#label), without a name if unknown."""
    topics: tuple[Label, ...]
    """Its topics: [Labels](#label)."""
    digest: bytes
    """Internal."""
    external: bool
    """Whether the link leaves the site."""
    updated: datetime | None
    """When it was last changed, or none."""
    language: str
    """Its language if that is not the site's, or nothing."""
    index: int
    """Internal."""
    title: str
    """The headline."""
    excerpt: str
    """A sentence or two, or nothing. For an article without an excerpt, the beginning of its body.
    """
    image: Image | None
    """Its lead [Image](#image), or none."""

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
        index: int = 0,
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
        """`image` under its earlier name."""
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
