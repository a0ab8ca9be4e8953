"""All pages of a site: the plan, filled in from the current articles."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from functools import cached_property
from itertools import chain
from typing import NamedTuple

import msgspec
from msgspec import Raw

from newsgen.config.settings import Settings
from newsgen.content.image_places import image_url
from newsgen.content.urls import images_in
from newsgen.core import digest
from newsgen.core.card import ArticleRef
from newsgen.core.media import Media
from newsgen.pages.articles import ArticleView
from newsgen.pages.encoded_page import EncodedPage, encode_page
from newsgen.pages.image_usage import PLACEHOLDER, ImageUsage, image_usage
from newsgen.pages.image_variants import VariantView, is_shown, plan_images
from newsgen.pages.kinds import ARTICLE, IMAGE, KINDS, SOCIAL_CARD, TERMS
from newsgen.pages.plan import Plan, StoryRow
from newsgen.pages.site_part import PartFacts, SiteFrame, StoryFacts
from newsgen.pages.social_cards import (
    CardStyle,
    SocialCardView,
    card_page,
    social_card,
    undrawable,
)
from newsgen.pages.views import MOST_KEPT, Views
from newsgen.store.records import FileRecord


class SearchTerms(NamedTuple):
    """The content of the files of search terms: the digest of each file by route, and the keys of
    the blocks of each shard by name (see build/search.py).
    """

    files: Mapping[str, bytes]
    blocks: Mapping[str, tuple[bytes, ...]]


NO_TERMS = SearchTerms({}, {})


def no_terms(_pages: PageSet) -> SearchTerms:
    """Return no terms, for a site without search."""
    return NO_TERMS


class PageSet(Views):
    """The pages of a plan, and the image copies they show, filled in from the current content
    files.

    `files` holds those by path below the content folder, `media` the images of the site. `similar`
    holds for each story the indexes of similar ones, 32 bits each. `card_style` is how to draw
    social cards, None if the site has none.
    """

    def __init__(
        self,
        plan: Plan,
        files: Mapping[str, FileRecord],
        settings: Settings,
        media: Media,
        similar: Sequence[bytes] = (),
        card_style: CardStyle | None = None,
    ) -> None:
        super().__init__(settings)
        self.plan = plan
        self.media = media
        self.navigation, self.labels = plan.navigation, plan.labels
        self.similar = similar
        self.card_style = card_style
        self._find_terms: Callable[[PageSet], SearchTerms] = no_terms
        self._files = files
        self._rows: dict[int, StoryRow] = {}

    def with_search(self, search: SearchTerms, find: Callable[[PageSet], SearchTerms]) -> PageSet:
        """Return the same pages with the content of the files of search terms. `find` computes it
        again after edits.
        """
        other = copy(self)
        other.search, other._find_terms = search, find
        return other

    @cached_property
    def search(self) -> SearchTerms:
        """The content of the files of search terms. A preview needs it only to show such a file."""
        return self._find_terms(self)

    def with_edits(self, changed: Mapping[str, FileRecord], similar: Sequence[bytes]) -> PageSet:
        """Return the same plan and images with these changed files. The changes must not affect the
        plan, nor a title that other articles name.
        """
        records, usage = self._records.copy(), self.usage
        summaries, articles = self.summary_digests.copy(), self.article_digests.copy()
        for path, file in changed.items():
            i = self._indexes.get(path)
            if i is not None:
                records[i] = file
                summaries[i] = _with_images(file.summary_digest, usage.cards[i])
                articles[i] = _with_images(file.article_digest, usage.pages[i])
        other = copy(self)
        other._files, other.similar = {**self._files, **changed}, similar
        other._cards, other._decoders = {}, {}
        dropped = ["search", *(["recommended"] if similar is not self.similar else [])]
        if all(_images(self._files[path]) == _images(file) for path, file in changed.items()):
            other.summary_digests, other.article_digests = summaries, articles
        else:
            dropped += ["usage", "_plain_images", "plain_image_digests"]
            dropped += ["summary_digests", "article_digests"]
            dropped += ["all_pages", "pages"] if self.media.originals else []
        dropped += ["social_cards", "all_pages", "pages"] if self.card_style else []
        for name in dropped:
            other.__dict__.pop(name, None)
        other._records = records
        return other

    @cached_property
    def all_pages(self) -> tuple[EncodedPage, ...]:
        """All pages: the plan's, then the copies of images."""
        drawn = {view.title: view for view in self.social_cards.values()}  # equal cards are one
        cards = [encode_page(card_page(view)) for view in drawn.values()]
        if not self.media.originals:
            return (*self.plan.pages, *cards)
        settings = self._settings
        copies = plan_images(
            self.usage.used,
            self.media,
            settings.images,
            settings.base,
            settings.theme.shows_images,
        )
        return (*self.plan.pages, *map(encode_page, copies), *cards)

    @cached_property
    def social_cards(self) -> dict[int, SocialCardView]:
        """The social cards that can be drawn, by the indexes of their stories."""
        wanted = self._wanted_cards()
        return {i: view for i, view, missing in wanted if not missing}

    def undrawn(self) -> Iterator[tuple[str, str]]:
        """Yield each article whose card no font can draw: its file, and the characters that are
        missing.
        """
        return ((self.plan.paths[i], missing) for i, _, missing in self._wanted_cards() if missing)

    def _wanted_cards(self) -> Iterator[tuple[int, SocialCardView, str]]:
        """Yield the cards of recent articles without an image: the index of the story, the card and
        its characters that no font has.
        """
        if self.card_style:
            for i in self.plan.recent:
                card = self.card(i)
                if not is_shown(card.image, self.media, self._settings):
                    view = social_card(card, self.card_style, self._settings)
                    yield i, view, undrawable(view, self.card_style)

    @cached_property
    def pages(self) -> dict[str, EncodedPage]:
        """All pages by route."""
        return {page.route: page for page in self.all_pages}

    def row(self, index: int) -> StoryRow:
        """Return the plan's row for a story."""
        found = self._rows.get(index)
        if found is None:
            if len(self._rows) >= MOST_KEPT:
                self._rows.clear()
            found = self._rows[index] = _row_decoder.decode(self.plan.stories[index])
        return found

    def articles(self) -> Iterator[tuple[str, str]]:
        """Return file and route of each article, newest first."""
        return ((path, self.row(i).route) for i, path in enumerate(self.plan.paths))

    def record(self, index: int) -> FileRecord:
        """Return the record of a story's file."""
        return self._records[index]

    def folder(self, index: int) -> str:
        """Return the folder of a story's file, below the content folder."""
        return self.plan.paths[index].rpartition("/")[0]

    def plain_folder(self, route: str) -> str:
        """Return the folder of a plain page's file, below the content folder."""
        return self.plain_folders[route]

    @cached_property
    def plain_folders(self) -> dict[str, str]:
        """The folder of each plain page's file, below the content folder, by route."""
        return {route: path.rpartition("/")[0] for path, route in self.plan.plain}

    def file_of(self, page: EncodedPage) -> str:
        """Return the content file of a page, below the content folder, or "" if it has none."""
        content = KINDS[page.kind].content
        if content == "article":
            return self.plan.paths[array("i", page.articles)[0]]
        plain = self.plan.plain if content == "plain" else ()
        return next((path for path, route in plain if route == page.route), "")

    def reference(self, index: int) -> ArticleRef:
        """Return a view's reference to a story's whole article."""
        return ArticleRef(index, self.record(index).key, self.article_digests[index])

    def drawn(self, index: int) -> SocialCardView | None:
        """Return the social card that is drawn for a story."""
        return self.social_cards.get(index)

    def _face(self, index: int) -> tuple[Raw, bytes | None]:
        hidden = self.usage.cards[index] == PLACEHOLDER
        return self.record(index).summary, None if hidden else self.usage.cards[index]

    def _beside(self, index: int) -> bytes:
        return self.recommended[index]

    def _blocks(self, shard: str) -> tuple[bytes, ...]:
        return self.search.blocks.get(shard, ())

    @property
    def frame(self) -> SiteFrame:
        """The data that all parts of the site share."""
        return SiteFrame(
            self._settings, self.media, self.navigation, self.labels, self.plain_folders
        )

    def part(self, pages: Sequence[EncodedPage]) -> PartFacts:
        """Return everything that the views of these pages need, except the data that all parts
        share.
        """
        own = {array("i", page.articles)[0] for page in pages if page.kind == ARTICLE.name}
        shown = [array("i", found) for page in pages for found in (page.cards, page.articles)]
        shown += [array("i", self.recommended[i]) for i in own]
        names = {self.search_terms(page).name for page in pages if page.kind == TERMS.name}
        return PartFacts(
            {i: self._facts(i, i in own) for i in sorted({*chain.from_iterable(shown)})},
            {name: self._blocks(name) for name in names},
        )

    def _facts(self, index: int, own: bool) -> StoryFacts:
        """Return the facts about a story that pages may show. Its `own` page also shows other
        stories.
        """
        summary, image = self._face(index)
        return StoryFacts(
            self.plan.stories[index],
            self.folder(index),
            summary,
            image,
            self.card_digest(index),
            self.record(index).key,
            self.article_digests[index],
            self.drawn(index) if own else None,
            self.recommended[index] if own else b"",
        )

    def article_views(self) -> Iterator[ArticleView]:
        """Return the views of all article pages, without other stories."""
        return (
            self._decode(page, ARTICLE) for page in self.plan.pages if page.kind == ARTICLE.name
        )

    def image_copies(self, pages: Iterable[EncodedPage]) -> Iterator[VariantView]:
        """Return the views of the pages among these that are copies of images."""
        return (self._decode(page, IMAGE) for page in pages if page.kind == IMAGE.name)

    def card_copies(self, pages: Iterable[EncodedPage]) -> Iterator[SocialCardView]:
        """Return the views of the pages among these that are social cards."""
        return (self._decode(page, SOCIAL_CARD) for page in pages if page.kind == SOCIAL_CARD.name)

    def block_key(self, page: EncodedPage) -> bytes:
        """Return the digest of everything that the terms of a block are made from."""
        members = array("i", page.cards)  # oldest first, so they descend
        digests = self.article_digests if page.articles else self.summary_digests
        first, stop = digest.SIZE * members[-1], digest.SIZE * (members[0] + 1)
        rows = self.plan.placements[first : stop or None]
        return digest.fold([bytes(page.view), rows, *[digests[i] for i in members]])

    @cached_property
    def recommended(self) -> tuple[bytes, ...]:
        """The other stories beside each article: the similar ones, then those near it."""
        near, size = (
            self.plan.near or [b""] * len(self.plan.paths),
            4 * self._settings.related.limit,
        )
        return tuple(
            [
                first if len(first) >= size or not more else _merged(first, more)[:size]
                for first, more in zip(self.similar or near, near, strict=True)
            ]
        )

    @cached_property
    def _indexes(self) -> dict[str, int]:
        return {path: i for i, path in enumerate(self.plan.paths)}

    @cached_property
    def _records(self) -> list[FileRecord]:
        return [self._files[path] for path in self.plan.paths]

    @cached_property
    def usage(self) -> ImageUsage:
        """The images of all stories, by index."""
        plan, least = self.plan, self._settings.images.placeholder
        usage = image_usage(self._records, plan.paths, plan.small, plan.labels, self.media, least)
        usage.used.update(dict.fromkeys(chain.from_iterable(self._plain_images.values()), True))
        usage.used.update({digest.key(image.url): True for image in plan.portraits})
        return usage

    @cached_property
    def _plain_images(self) -> dict[str, list[int]]:
        """The keys of the images in the body of each plain page, by route."""
        pages = [(route, self._files[path].page) for path, route in self.plan.plain]
        folders = self.plain_folders
        return {
            route: [
                digest.key(image_url(url, folders[route], self.media))
                for url in images_in(page.body)
            ]
            for route, page in pages
            if page
        }

    @cached_property
    def plain_image_digests(self) -> dict[str, bytes]:
        """The joined digests of the site's images for the body of each plain page, by route."""
        originals = self.media.originals
        return {
            route: b"".join([originals[key].digest if key in originals else b"-" for key in keys])
            for route, keys in self._plain_images.items()
        }

    @cached_property
    def summary_digests(self) -> list[bytes]:
        """For each story, the digest of its summary and of the site's image for it."""
        own = zip(self._records, self.usage.cards, strict=True)
        return [_with_images(record.summary_digest, images) for record, images in own]

    @cached_property
    def article_digests(self) -> list[bytes]:
        """For each story, the digest of everything its file says and of the images on its page."""
        own = zip(self._records, self.usage.pages, strict=True)
        return [_with_images(record.article_digest, images) for record, images in own]

    def card_digest(self, index: int) -> bytes:
        """Return the digest of everything a story's card says."""
        row = digest.at(self.plan.placements, index)
        return digest.of_bytes(row + self.summary_digests[index])


def _images(file: FileRecord) -> tuple[object, ...]:
    """Return everything that decides which images a file shows."""
    return file.page_images, file.thumbnails, file.local_images, file.page


def _with_images(text: bytes, images: bytes) -> bytes:
    """Return the digest of a digest of text and the joined digests of the site's images for it."""
    return digest.of_bytes(text + images) if images else text


def _merged(first: bytes, more: bytes) -> bytes:
    return array("i", dict.fromkeys((*array("i", first), *array("i", more)))).tobytes()


_row_decoder = msgspec.msgpack.Decoder(StoryRow)
