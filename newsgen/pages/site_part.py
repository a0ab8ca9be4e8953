"""A few pages of a site, with everything they need, for workers that do not have the site."""

from __future__ import annotations

from typing import NamedTuple

import msgspec
from msgspec import Raw

from newsgen.config.settings import Settings
from newsgen.core.card import ArticleRef
from newsgen.core.media import Media
from newsgen.core.model import Label, Navigation, Record
from newsgen.pages.plan import StoryRow
from newsgen.pages.social_cards import SocialCardView
from newsgen.pages.views import Views


class SiteFrame(NamedTuple):
    """The data that all parts of a site share. It hardly grows with the number of articles.

    `plain` holds the folder of each plain page's file by route. For the rest see Views.
    """

    settings: Settings
    media: Media
    navigation: Navigation
    labels: tuple[Label, ...]
    plain: dict[str, str]


class StoryFacts(Record, frozen=True, array_like=True, gc=False):
    """The facts about a story that pages may show: its row and its Summary, both encoded, and
    others, named as in Views.
    """

    row: Raw
    folder: str
    summary: Raw
    image: bytes | None
    card: bytes
    key: bytes
    article: bytes
    drawn: SocialCardView | None
    beside: bytes


class PartFacts(Record, frozen=True, array_like=True, gc=False):
    """The stories that some pages show, by index, and the keys of the blocks of the shards of the
    search index that they are made of, by the shard's name.
    """

    stories: dict[int, StoryFacts]
    blocks: dict[str, tuple[bytes, ...]]


class SitePart(Views):
    """Makes the views of some pages of a site."""

    def __init__(self, frame: SiteFrame, facts: PartFacts) -> None:
        super().__init__(frame.settings)
        self.media, self.navigation, self.labels = frame.media, frame.navigation, frame.labels
        self._plain = frame.plain
        self._facts = facts

    def row(self, index: int) -> StoryRow:
        """Return the plan's row for a story."""
        return _row_decoder.decode(self._facts.stories[index].row)

    def folder(self, index: int) -> str:
        """Return the folder of a story's file, below the content folder."""
        return self._facts.stories[index].folder

    def plain_folder(self, route: str) -> str:
        """Return the folder of a plain page's file, below the content folder."""
        return self._plain[route]

    def card_digest(self, index: int) -> bytes:
        """Return the digest of everything a story's card says."""
        return self._facts.stories[index].card

    def reference(self, index: int) -> ArticleRef:
        """Return a view's reference to a story's whole article."""
        facts = self._facts.stories[index]
        return ArticleRef(index, facts.key, facts.article)

    def drawn(self, index: int) -> SocialCardView | None:
        """Return the social card that is drawn for a story."""
        return self._facts.stories[index].drawn

    def _face(self, index: int) -> tuple[Raw, bytes | None]:
        facts = self._facts.stories[index]
        return facts.summary, facts.image

    def _beside(self, index: int) -> bytes:
        return self._facts.stories[index].beside

    def _blocks(self, shard: str) -> tuple[bytes, ...]:
        return self._facts.blocks[shard]


_row_decoder = msgspec.msgpack.Decoder(StoryRow)
