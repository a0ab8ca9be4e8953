"""From clean records to a plan, which is kept as long as nothing that it is made of changes.

A plan knows no titles, excerpts, pictures or bodies (see pages/plan.py). So an article that is edited, which is what happens
most, changes no plan: neither grouping nor planning is done again, whatever the size of the archive.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

import msgspec
from msgspec import Raw

from newsgen import digest
from newsgen.builder.visibility import Clock
from newsgen.cache import Cache, CacheDamaged, File, seal, unseal
from newsgen.config import Settings
from newsgen.content.data import Data
from newsgen.fingerprint import program
from newsgen.ingest import Ingested
from newsgen.model import Record
from newsgen.pages.base import StaticFile
from newsgen.pages.plan import Plan


class Kept(Record, frozen=True, array_like=True, gc=False):
    """A plan, and what it holds for: inputs of this digest, clocks from `since` until `due`, and articles of which those whose
    titles (as keys) are among `titles`, which others name as related, have the digest `named`."""

    inputs: bytes
    since: datetime
    due: datetime | None
    titles: tuple[int, ...]
    named: bytes
    encoded: Raw

    @property
    def digest(self) -> bytes:
        """The digest of all that decided the plan."""
        return digest.of_value((self.inputs, self.since, self.named))

    @property
    def plan(self) -> Plan:
        """The plan. Raises CacheDamaged."""
        try:
            return _plan_decoder.decode(self.encoded)
        except msgspec.MsgspecError:
            raise CacheDamaged from None


class Material(NamedTuple):
    """All that a plan is made of: content, data files, static files by path, names of layouts, the path with a digest of each
    static file that templates ask for, and the titles of the theme's own pages by their English ones."""

    loaded: Ingested
    data: Data
    static: Mapping[str, StaticFile]
    layouts: frozenset[str]
    assets: Mapping[str, str]
    titles: Mapping[str, str]
    settings: Settings
    clock: Clock

    def digest(self, content: bytes) -> bytes:
        """The digest of all but the time; `content` is that of what decides of the content."""
        others = (self.clock.drafts, self.clock.future, self.settings, self.data, list(self.static.values()))
        return digest.fold([program(), content, digest.of_value((*others, sorted(self.layouts), self.assets, self.titles))])


def plan_site(material: Material, cache: Cache) -> Kept:
    """The plan: the kept one, where it still holds. Raises CacheDamaged."""
    clock, files = material.clock, material.loaded.files
    inputs = material.digest(cache.decided("content"))
    sealed = cache.meta("plan")
    if sealed:
        kept = unseal(sealed, _decoder)
        held = kept.inputs == inputs and kept.since <= clock.as_of and (kept.due is None or clock.as_of < kept.due)
        if held and kept.named == _named(files, kept.titles):
            return kept
    kept = _plan(material, inputs)
    cache.set_meta("plan", seal(kept))
    return kept


def _plan(material: Material, inputs: bytes) -> Kept:
    from newsgen.builder.site import build_site
    from newsgen.builder.visibility import next_due
    from newsgen.model import ties_of
    from newsgen.pages.base import Planning
    from newsgen.pages.plan import make_plan

    settings, clock = material.settings, material.clock
    documents, pages = material.loaded.documents(), material.loaded.pages()
    built = build_site(documents, pages, material.data, settings, clock)
    planning = Planning(built.site, settings, material.layouts, clock.as_of, material.static, material.assets, material.titles)
    plan = make_plan(planning, built.problems)
    titles = tuple({title for story in built.site.stories for _, title in ties_of(story.document.entry)})
    due = next_due((document.entry for document in documents), (file.page for file in pages), clock, settings.news_sitemap)
    return Kept(inputs, clock.as_of, due, titles, _named(material.loaded.files, titles), Raw(_encode(plan)))


def _named(files: Mapping[str, File], titles: Iterable[int]) -> bytes:
    """The digest of the articles that others may name by their titles."""
    wanted = frozenset(titles)
    return digest.of_value([(file.path, file.title) for file in files.values() if file.title in wanted])


_encode = msgspec.msgpack.Encoder().encode
_decoder = msgspec.msgpack.Decoder(Kept)
_plan_decoder = msgspec.msgpack.Decoder(Plan)
