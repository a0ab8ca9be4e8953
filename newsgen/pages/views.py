"""From a plan back to the views of its pages, and to their digests: the plan's places filled with what the articles say.

A page's digest is folded from its view (with the digests of the cards and records in it), its template and what all pages
share; so there is no edge that could be forgotten.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from hashlib import blake2b
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Raw

from newsgen import digest
from newsgen.builder.names import href
from newsgen.model import Card, Face, Stored
from newsgen.pages.base import AnyView
from newsgen.pages.files import FileView
from newsgen.pages.plan import Placed, Plan, Planned


class Said(Protocol):
    """What is known of an article's file: the key of its record, its Face, the digest of that and of all that it says."""

    @property
    def key(self) -> bytes: ...  # noqa: D102
    @property
    def face(self) -> Raw: ...  # noqa: D102
    @property
    def shown(self) -> bytes: ...  # noqa: D102
    @property
    def content(self) -> bytes: ...  # noqa: D102


class Views:
    """The pages of a plan by route, with what `files` (by path, below the content folder) say now. `base` is the path that
    links begin with."""

    def __init__(self, plan: Plan, files: Mapping[str, Said], timezone: str, base: str) -> None:
        self.plan = plan
        self.pages: dict[str, Planned] = {page.route: page for page in plan.pages}
        self._files = files
        self._zone = ZoneInfo(timezone)
        self._base = base
        self._cards: dict[int, Card] = {}
        self._placed: dict[int, Placed] = {}
        self._refs: Iterator[int] = iter(())

    def placed(self, index: int) -> Placed:
        """Where a story stands."""
        found = self._placed.get(index)
        if found is None:
            found = self._placed[index] = _placed_decoder.decode(self.plan.stories[index])
        return found

    def articles(self) -> Iterator[tuple[str, str]]:
        """File and route of each article, newest first."""
        return ((one.path, one.route) for one in map(self.placed, range(len(self.plan.stories))))

    def said(self, index: int) -> Said:
        """What is known of a story's file."""
        return self._files[self.placed(index).path]

    def card(self, index: int) -> Card:
        """A story's card."""
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
                self._card_digests[index],
                updated=one.updated.astimezone(self._zone) if one.updated else None,
                language=one.language,
                index=index,
            )
        return card

    def _face(self, index: int) -> Face:
        return _face_decoder.decode(self.said(index).face)

    def view(self, page: Planned) -> AnyView:
        """The page's view."""
        decoder = self._decoders.get(page.kind)
        if decoder is None:
            decoder = self._decoders[page.kind] = msgspec.msgpack.Decoder(_kinds()[page.kind], dec_hook=self._filled)
        self._refs = iter(array("i", page.refs))
        return decoder.decode(page.view)

    @cached_property
    def _decoders(self) -> dict[str, msgspec.msgpack.Decoder[AnyView]]:
        return {}

    def _filled(self, kind: type, value: Any) -> Any:
        """The card or the record that is next in a view."""
        ref = next(self._refs)
        if kind is Card:
            return self.card(ref)
        said = self.said(~ref)
        return Stored(~ref, said.key, said.content)

    @cached_property
    def _said(self) -> list[Said]:
        return [self._files[_placed_decoder.decode(story).path] for story in self.plan.stories]

    @cached_property
    def _card_digests(self) -> list[bytes]:
        placements, size = self.plan.placements, digest.SIZE
        return [blake2b(placements[i * size : (i + 1) * size] + said.shown, digest_size=size).digest() for i, said in enumerate(self._said)]

    def digests(self, template_digest: Callable[[str], bytes], shared: bytes) -> dict[str, bytes]:
        """The digest of each page by its route."""
        cards, records = self._card_digests, [said.content for said in self._said]
        contexts: dict[tuple[str, str], bytes] = {}
        out = {}
        for page in self.plan.pages:
            key = (page.template, page.kind)
            context = contexts.get(key)
            if context is None:
                of_all = b"" if page.kind == FileView.__name__ else template_digest(page.template) + shared
                context = contexts[key] = digest.of_text(page.kind) + of_all
            parts = [cards[ref] if ref >= 0 else records[~ref] for ref in array("i", page.refs)]
            out[page.route] = blake2b(b"".join((context, page.view, *parts)), digest_size=digest.SIZE).digest()
        return out


def _kinds() -> dict[str, type[AnyView]]:
    """All classes of views by name."""
    found: list[type[AnyView]] = [AnyView]
    for kind in found:
        found += kind.__subclasses__()
    return {kind.__name__: kind for kind in found}


_placed_decoder = msgspec.msgpack.Decoder(Placed)
_face_decoder = msgspec.msgpack.Decoder(Face)
