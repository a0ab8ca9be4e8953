"""Make the views of pages: fill in the current content of the articles that they show."""

from __future__ import annotations

from abc import ABC, abstractmethod
from array import array
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
from msgspec import structs

from newsgen.config.settings import Settings
from newsgen.content.image_places import image_url
from newsgen.content.slugs import href
from newsgen.core.card import ArticleRef, Card
from newsgen.core.media import Media
from newsgen.core.model import Label, Navigation, Summary
from newsgen.pages.articles import Pick
from newsgen.pages.base import AnyView
from newsgen.pages.encoded_page import EncodedPage
from newsgen.pages.files import FileView
from newsgen.pages.kinds import ARTICLE, CARDS, FILE, KINDS, TERMS, PageKind, V
from newsgen.pages.plan import StoryRow
from newsgen.pages.search import SearchCardsView, SearchTermsView
from newsgen.pages.social_cards import SocialCardView

# Values of one kind that a process keeps for later pages: cards, rows, images as HTML. Pages of the
# same time are rendered together, so more values would take memory and save little.
MOST_KEPT = 10_000


class Views(ABC):
    """Makes the views of pages. Stories are named by their indexes.

    `media` holds the images of the site, `navigation` what all pages link to, `labels` the sources
    and topics that rows name.
    """

    media: Media
    navigation: Navigation
    labels: tuple[Label, ...]

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._cards: dict[int, Card] = {}
        self._decoders: dict[str, msgspec.msgpack.Decoder[Any]] = {}
        # Indexes of the cards and records in the view being decoded.
        self._next_cards: Iterator[int] = iter(())
        self._next_articles: Iterator[int] = iter(())

    def __getstate__(self) -> dict[str, Any]:
        # Decoders cannot be pickled. Iterators need not be, because a view is decoded as a whole.
        again: dict[str, Any] = {
            "_decoders": {},
            "_next_cards": iter(()),
            "_next_articles": iter(()),
        }
        return self.__dict__ | again

    @abstractmethod
    def row(self, index: int) -> StoryRow:
        """Return the plan's row for a story."""

    @abstractmethod
    def folder(self, index: int) -> str:
        """Return the folder of a story's file, below the content folder."""

    @abstractmethod
    def plain_folder(self, route: str) -> str:
        """Return the folder of a plain page's file, below the content folder."""

    @abstractmethod
    def card_digest(self, index: int) -> bytes:
        """Return the digest of everything a story's card says."""

    @abstractmethod
    def reference(self, index: int) -> ArticleRef:
        """Return a view's reference to a story's whole article."""

    @abstractmethod
    def drawn(self, index: int) -> SocialCardView | None:
        """Return the social card that is drawn for a story."""

    @abstractmethod
    def _face(self, index: int) -> tuple[msgspec.Raw, bytes | None]:
        """Return a story's encoded Summary, and the digest of the site's image for it; None if its
        image is not shown.
        """

    @abstractmethod
    def _beside(self, index: int) -> bytes:
        """Return the indexes of the other stories beside an article, 32 bits each."""

    @abstractmethod
    def _blocks(self, shard: str) -> tuple[bytes, ...]:
        """Return the keys of the blocks of a shard of the search index."""

    def card(self, index: int) -> Card:
        """Return a story's card."""
        card = self._cards.get(index)
        if card is None:
            if len(self._cards) >= MOST_KEPT:
                self._cards.clear()
            row, labels, zone = self.row(index), self.labels, self._settings.zone
            card = self._cards[index] = Card(
                href(self._settings.base, row.route),
                row.time.astimezone(zone),
                row.kind,
                labels[row.source],
                tuple([labels[place] for place in row.topics]),
                self._summary,
                self.card_digest(index),
                updated=row.updated.astimezone(zone) if row.updated else None,
                language=row.language,
                index=index,
            )
        return card

    def _summary(self, index: int) -> Summary:
        encoded, known = self._face(index)
        summary = _summary_decoder.decode(encoded)
        image = summary.image
        if image is None:
            return summary
        if known is None:
            return structs.replace(summary, image=None)
        url = image_url(image.url, self.folder(index), self.media)
        image = structs.replace(image, url=url, known=known)
        return structs.replace(summary, image=image)

    def view(self, page: EncodedPage) -> AnyView:
        """Return the view of a page."""
        kind = KINDS[page.kind]
        if kind is TERMS:
            return self.search_terms(page)
        view: AnyView = self._decode(page, kind)
        if kind is ARTICLE:
            return structs.replace(view, related=self._picks(array("i", page.articles)[0]))
        return view

    def static_file(self, page: EncodedPage) -> FileView | None:
        """Return the view of a page if that is a copy of a static file."""
        return self._decode(page, FILE) if page.kind == FILE.name else None

    def search_block(self, page: EncodedPage) -> SearchCardsView:
        """Return the view of a page with the cards of a block."""
        return self._decode(page, CARDS)

    def search_terms(self, page: EncodedPage) -> SearchTermsView:
        """Return the view of a page with a file of search terms."""
        view: SearchTermsView = self._decode(page, TERMS)
        return structs.replace(view, blocks=self._blocks(view.name))

    def article_keys(self, pages: Iterable[EncodedPage]) -> Iterator[bytes]:
        """Return the key of each article that has its own page among these."""
        pages = (page for page in pages if page.kind == ARTICLE.name)
        return (self.reference(array("i", page.articles)[0]).key for page in pages)

    def _decode(self, page: EncodedPage, kind: PageKind[V]) -> V:
        decoder = self._decoders.get(page.kind)
        if decoder is None:
            decoder = msgspec.msgpack.Decoder(kind.view, dec_hook=self._fill)
            self._decoders[page.kind] = decoder
        self._next_cards = iter(array("i", page.cards))
        self._next_articles = iter(array("i", page.articles))
        view: V = decoder.decode(page.view)
        return view

    def _fill(self, kind: type, value: Any) -> Card | ArticleRef:
        """Return the next card or record of the view being decoded."""
        if kind is Card:
            return self.card(next(self._next_cards))
        return self.reference(next(self._next_articles))

    def _picks(self, index: int) -> tuple[Pick, ...]:
        card, picks = self.card(index), []
        for other in map(self.card, array("i", self._beside(index))):
            topic = next((label for label in card.topics if label in other.topics), None)
            days = (other.time.date() - card.time.date()).days if other.time and card.time else 0
            picks.append(Pick(other, topic, days))
        return tuple(picks)


_summary_decoder = msgspec.msgpack.Decoder(Summary)
