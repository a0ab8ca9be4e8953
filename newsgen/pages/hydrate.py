"""Make views and digests of pages from a plan: fill the indexes in the plan with what the articles
say now.

A page's digest covers its view (with the digests of the cards and records in it), its template and
what all pages share, so no dependency can be forgotten.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import copy
from functools import cached_property
from itertools import chain
from operator import add
from sys import byteorder
from typing import Any, NamedTuple

import msgspec
from msgspec import structs

from newsgen.config.settings import Settings
from newsgen.content.slugs import href
from newsgen.content.urls import near, pictures_in
from newsgen.core import digest
from newsgen.core.model import ArticleRef, Card, Media, Summary
from newsgen.pages.articles import ArticleView, Pick
from newsgen.pages.base import AnyView
from newsgen.pages.files import FileView
from newsgen.pages.image_usage import ImageUsage, image_usage
from newsgen.pages.images import VariantView, plan_pictures
from newsgen.pages.plan import EncodedPage, Plan, StoryRow, encode_page
from newsgen.store.records import FileRecord, RenderRecord


class PageContext(NamedTuple):
    """What all pages are made of.

    `plan` is the digest of the plan, `context` the joined digests of all templates with what pages
    share. `summaries` and `articles` are the joined digests of the summaries and of the records of
    all stories. `recommended` holds the other stories beside each, encoded like a page's refs.
    `contexts` holds the digest of each template by template and kind of view.
    """

    plan: bytes
    context: bytes
    summaries: bytes
    articles: bytes
    recommended: tuple[bytes, ...]
    contexts: dict[tuple[str, str], bytes]


class PageSet:
    """The pages of a plan, and the image copies they show, with what the content files say now.

    `files` holds those by path below the content folder, `media` the images of the site. `others`
    holds for each story the similar ones.
    """

    def __init__(
        self,
        plan: Plan,
        files: Mapping[str, FileRecord],
        settings: Settings,
        media: Media,
        others: Sequence[bytes] = (),
    ) -> None:
        self.plan = plan
        self.media = media
        self._files = files
        self._zone = settings.zone
        self._base = settings.base
        self._images = settings.images
        self.others = others
        self._limit = settings.related.limit
        self._cards: dict[int, Card] = {}
        self._placed: dict[int, StoryRow] = {}
        self._refs: Iterator[int] = iter(())

    def over(self, changed: Mapping[str, FileRecord], others: Sequence[bytes]) -> PageSet:
        """Return the same plan and images with these changed files. The changes must not affect the
        plan, nor a title that other articles name.
        """
        said, places, shown = self._said.copy(), self._places, self.shown
        faces, records = self._faces.copy(), self._records.copy()
        same = all(
            _pictures(self._files[path]) == _pictures(file) for path, file in changed.items()
        )
        for path, file in changed.items():
            i = places.get(path)
            if i is not None:
                said[i], faces[i], records[i] = (
                    file,
                    _seen(file.summary_digest, shown.cards[i]),
                    _seen(file.article_digest, shown.pages[i]),
                )
        other = copy(self)
        other._files, other.others, other._cards = {**self._files, **changed}, others, {}
        dropped = ["_decoders"] + ["beside"] * (others is not self.others)
        if same:
            other._faces, other._records = faces, records
        else:
            dropped += ["shown", "_plain", "_plain_digests", "_faces", "_records"] + [
                "every",
                "pages",
            ] * bool(self.media.originals)
        for name in dropped:
            other.__dict__.pop(name, None)
        other._said = said
        return other

    @cached_property
    def every(self) -> tuple[EncodedPage, ...]:
        """All pages: the plan's, then the copies of images."""
        if not self.media.originals:
            return self.plan.pages
        copies = plan_pictures(self.shown.used, self.media, self._images, self._base)
        return (*self.plan.pages, *map(encode_page, copies))

    @cached_property
    def pages(self) -> dict[str, EncodedPage]:
        """All pages by route."""
        return {page.route: page for page in self.every}

    def placed(self, index: int) -> StoryRow:
        """Return the plan's row for a story."""
        found = self._placed.get(index)
        if found is None:
            found = self._placed[index] = _placed_decoder.decode(self.plan.stories[index])
        return found

    def articles(self) -> Iterator[tuple[str, str]]:
        """Return file and route of each article, newest first."""
        return ((path, self.placed(i).route) for i, path in enumerate(self.plan.paths))

    def said(self, index: int) -> FileRecord:
        """Return the record of a story's file."""
        return self._said[index]

    def card(self, index: int) -> Card:
        """Return a story's card."""
        card = self._cards.get(index)
        if card is None:
            one, labels = self.placed(index), self.plan.labels
            card = self._cards[index] = Card(
                href(self._base, one.route),
                one.time.astimezone(self._zone),
                one.kind,
                labels[one.source],
                tuple([labels[place] for place in one.topics]),
                self._face,
                self.card_digest(index),
                updated=one.updated.astimezone(self._zone) if one.updated else None,
                language=one.language,
                index=index,
            )
        return card

    def _face(self, index: int) -> Summary:
        face = _face_decoder.decode(self.said(index).summary)
        if face.picture is None:
            return face
        if index in self.shown.placeholders:
            return structs.replace(face, picture=None)
        url = near(face.picture.url, self.folder(index))
        return structs.replace(
            face, picture=structs.replace(face.picture, url=url, known=self.shown.cards[index])
        )

    def folder(self, index: int) -> str:
        """Return the folder of a story's file, below the content folder."""
        return self.plan.paths[index].rpartition("/")[0]

    @cached_property
    def plain_folders(self) -> dict[str, str]:
        """The folder of each plain page's file, below the content folder, by route."""
        return {route: path.rpartition("/")[0] for path, route in self.plan.plain}

    def view(self, page: EncodedPage) -> AnyView:
        """Return the view of a page."""
        decoder = self._decoders.get(page.kind)
        if decoder is None:
            decoder = self._decoders[page.kind] = msgspec.msgpack.Decoder(
                _kinds()[page.kind], dec_hook=self._filled
            )
        self._refs = iter(array("i", page.refs))
        view = decoder.decode(page.view)
        return (
            structs.replace(view, related=self._picks(view.card))
            if isinstance(view, ArticleView)
            else view
        )

    def _picks(self, card: Card) -> tuple[Pick, ...]:
        picks = []
        for other in map(self.card, array("i", self.beside[card.index])):
            topic = next((label for label in card.topics if label in other.topics), None)
            picks.append(
                Pick(
                    other,
                    topic,
                    (other.time.date() - card.time.date()).days if other.time and card.time else 0,
                )
            )
        return tuple(picks)

    @cached_property
    def beside(self) -> tuple[bytes, ...]:
        """The other stories beside each article: the similar ones, then those near it."""
        near, size = self.plan.near or [b""] * len(self.plan.paths), 4 * self._limit
        return tuple(
            [
                like if len(like) >= size or not at else _both(like, at)[:size]
                for like, at in zip(self.others or near, near, strict=True)
            ]
        )

    @cached_property
    def _decoders(self) -> dict[str, msgspec.msgpack.Decoder[AnyView]]:
        return {}

    def _filled(self, kind: type, value: Any) -> Any:
        """Return the next card or record of the view being decoded."""
        ref = next(self._refs)
        if kind is Card:
            return self.card(ref)
        return ArticleRef(~ref, self.said(~ref).key, self._records[~ref])

    @cached_property
    def _places(self) -> dict[str, int]:
        return {path: i for i, path in enumerate(self.plan.paths)}

    @cached_property
    def _said(self) -> list[FileRecord]:
        return [self._files[path] for path in self.plan.paths]

    @cached_property
    def shown(self) -> ImageUsage:
        """The images of all stories, by index."""
        plan = self.plan
        shown = image_usage(
            self._said, plan.paths, plan.small, plan.labels, self.media, self._images.placeholder
        )
        shown.used.update(dict.fromkeys(chain.from_iterable(self._plain.values()), True))
        return shown

    @cached_property
    def _plain(self) -> dict[str, list[int]]:
        """The keys of the images in the body of each plain page, by route."""
        pages = [(route, self._files[path].page) for path, route in self.plan.plain]
        return {
            route: [
                digest.key(near(url, self.plain_folders[route])) for url in pictures_in(page.body)
            ]
            for route, page in pages
            if page
        }

    @cached_property
    def _plain_digests(self) -> dict[str, bytes]:
        """The joined digests of the site's images for the body of each plain page, by route."""
        originals = self.media.originals
        return {
            route: b"".join([originals[key].digest if key in originals else b"-" for key in keys])
            for route, keys in self._plain.items()
        }

    @cached_property
    def _faces(self) -> list[bytes]:
        """For each story, the digest of its summary and of the site's image for it."""
        return [
            _seen(said.summary_digest, own) if own else said.summary_digest
            for said, own in zip(self._said, self.shown.cards, strict=True)
        ]

    @cached_property
    def _records(self) -> list[bytes]:
        """For each story, the digest of everything its file says and of the images on its page."""
        return [
            _seen(said.article_digest, own) if own else said.article_digest
            for said, own in zip(self._said, self.shown.pages, strict=True)
        ]

    def card_digest(self, index: int) -> bytes:
        """Return the digest of everything a story's card says."""
        return digest.of_bytes(digest.at(self.plan.placements, index) + self._faces[index])

    def _part(self, ref: int) -> bytes:
        """Return the digest of the card or record that one of a page's refs names."""
        return self.card_digest(ref) if ref >= 0 else self._records[~ref]

    def made_of(
        self, plan: bytes, template_digest: Callable[[str], bytes], shared: bytes
    ) -> PageContext:
        """Return what all pages are made of now. `plan` is the digest of the plan."""
        kinds = sorted({(page.template, page.kind) for page in self.every})
        of_all = [
            digest.of_text(kind) + (b"" if kind in _FILES else template_digest(name) + shared)
            for name, kind in kinds
        ]
        contexts = dict(zip(kinds, of_all, strict=True))
        context = b"".join(of_all) + digest.fold(self._plain_digests.values())
        return PageContext(
            plan, context, b"".join(self._faces), b"".join(self._records), self.beside, contexts
        )

    def digests(self, made: PageContext, before: RenderRecord) -> list[bytes]:
        """Return the digest of each page, in the order of `every`.

        If the last rendering had the same plan and templates, only the digests of pages with a
        changed story are computed again.
        """
        if (before.plan, before.context) == (made.plan, made.context):
            refs = _changed(made.summaries, before.summaries, 0) + _changed(
                made.articles, before.articles, -1
            )
            if len(refs) < _FEW:
                digests = digest.apart(before.pages)[: len(self.plan.pages)]
                for i in self._touched(refs, before.recommended):
                    digests[i] = self._digest(self.plan.pages[i], made, self._part)
                return digests + [
                    self._digest(page, made, self._part) for page in self.every[len(digests) :]
                ]
        placed = digest.apart(self.plan.placements)
        cards = digest.of_each(map(add, placed, self._faces))
        # Indexed by refs: the complement of an index counts from the end.
        parts = [*cards, *reversed(self._records)]
        return [self._digest(page, made, parts.__getitem__) for page in self.every]

    def _touched(self, refs: Sequence[bytes], beside: Sequence[bytes]) -> set[int]:
        """Return the indexes of pages to digest again: those that show one of these stories, and
        those of stories whose other stories changed or include one of them.
        """
        pages = self.plan.pages
        found = {i for ref in refs for i, page in enumerate(pages) if ref in page.refs}
        stories = {i for ref in refs for i, others in enumerate(self.beside) if ref in others}
        if self.beside != beside:
            stories |= {
                i
                for i, (now, then) in enumerate(zip(self.beside, beside, strict=True))
                if now != then
            }
        own = {array("i", [i]).tobytes() for i in stories}
        if own:
            found |= {
                i
                for i, page in enumerate(pages)
                if page.refs[:4] in own and page.kind == ArticleView.__name__
            }
        return found

    def digest(self, page: EncodedPage, made: PageContext) -> bytes:
        """Return the digest of one page."""
        return self._digest(page, made, self._part)

    def _digest(self, page: EncodedPage, made: PageContext, part: Callable[[int], bytes]) -> bytes:
        """Return the digest of a page's kind and template, its view, and the cards and records in
        it.
        """
        parts = map(part, array("i", self._all_refs(page)))
        return digest.fold(
            (
                made.contexts[page.template, page.kind],
                page.view,
                *parts,
                self._plain_digests.get(page.route, b""),
            )
        )

    def _all_refs(self, page: EncodedPage) -> bytes:
        """Return the refs of a page. Those of an article page include the other stories beside
        it.
        """
        return (
            page.refs + self.beside[int.from_bytes(page.refs[:4], byteorder)]
            if page.kind == ArticleView.__name__
            else page.refs
        )


def _pictures(file: FileRecord) -> tuple[object, ...]:
    """Return everything that decides which images a file shows."""
    return file.page_images, file.thumbnails, file.local_images, file.page


def _seen(said: bytes, pictures: bytes) -> bytes:
    """Return a digest of a digest of text and that of the site's images for it."""
    return digest.of_bytes(said + pictures) if pictures else said


def _both(like: bytes, near: bytes) -> bytes:
    return array("i", dict.fromkeys((*array("i", like), *array("i", near)))).tobytes()


def _changed(now: bytes, before: bytes, turned: int) -> list[bytes]:
    """Return the stories whose digest in a column changed, encoded like a page's refs. `turned` is
    -1 for a column of records, else 0.
    """
    if now == before:
        return []
    pairs = zip(digest.apart(now), digest.apart(before), strict=True)
    return [
        array("i", [i ^ turned]).tobytes() for i, (one, other) in enumerate(pairs) if one != other
    ]


def _kinds() -> dict[str, type[AnyView]]:
    """Return all view classes by name."""
    found: list[type[AnyView]] = [AnyView]
    for kind in found:
        found += kind.__subclasses__()
    return {kind.__name__: kind for kind in found}


_FILES = (FileView.__name__, VariantView.__name__)
# Changed stories. With more, searching every page for each takes longer than computing all digests.
_FEW = 50
_placed_decoder = msgspec.msgpack.Decoder(StoryRow)
_face_decoder = msgspec.msgpack.Decoder(Summary)
