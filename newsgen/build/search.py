"""Compute the terms of the search index, block by block, and keep them in the cache.

An edit changes one block of articles. Only its terms are computed again, and only the files whose
part of that block changed are rendered.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from newsgen.core import digest
from newsgen.core.engine import Engine, sharing, unshared
from newsgen.core.model import Article, Record
from newsgen.pages.encoded_page import EncodedPage
from newsgen.pages.hydrate import NO_TERMS, PageSet, SearchTerms
from newsgen.pages.kinds import CARDS
from newsgen.pages.search import ROUTE, SearchCardsView
from newsgen.pages.site_part import PartFacts, SiteFrame, SitePart
from newsgen.search.index import Texts, index_block
from newsgen.store.cache import Cache, CacheDamaged, article_decoder, unseal

_TAGS = re.compile("<[^<>]*>")
_BATCH = 16  # blocks in a task: a thousand articles in one, as starting processes takes longer
_MANY = 20  # tasks; workers that shared the site of more would need much memory
_MEMO = "search"  # all shards; the parts of each block are a separate memo


class BlockTerms(Record, frozen=True, array_like=True, gc=False):
    """The terms of a block: its key, and the digest of its part in each file, joined."""

    key: bytes
    parts: bytes


class ShardTerms(Record, frozen=True, array_like=True, gc=False):
    """The blocks of a shard, and the digest of each of its files."""

    blocks: tuple[BlockTerms, ...] = ()
    files: tuple[bytes, ...] = ()


class _State(NamedTuple):
    views: PageSet
    cache: Cache


class _Batch(NamedTuple):
    """Blocks, with what they are made of: articles are sealed, by key."""

    pages: list[EncodedPage]
    facts: PartFacts
    articles: dict[bytes, bytes]


def search_terms(views: PageSet, cache: Cache, engine: Engine) -> SearchTerms:
    """Return what the files of search terms hold, computing only blocks that changed.

    Raises CacheDamaged.
    """
    pages = [page for page in views.plan.pages if page.kind == CARDS.name]
    if not pages:
        return NO_TERMS
    keys = [views.block_key(page) for page in pages]
    shards = cache.memo(
        _MEMO,
        digest.fold(keys),
        dict[str, ShardTerms],
        lambda before: _index(views, pages, keys, before or {}, cache, engine),
    )
    return SearchTerms(
        {
            f"{ROUTE}{name}/t{number}.json": found
            for name, shard in shards.items()
            for number, found in enumerate(shard.files)
        },
        {name: tuple([block.key for block in shard.blocks]) for name, shard in shards.items()},
    )


def read_parts(cache: Cache, name: str, keys: Sequence[bytes], number: int) -> list[str]:
    """Return the parts of a shard's blocks in one of its files. Raises CacheDamaged."""
    parts = []
    for block, key in enumerate(keys):
        found = cache.load(_memo(name, block), tuple[str, ...], key)
        if found is None:
            raise CacheDamaged
        parts.append(found[number])
    return parts


def _index(
    views: PageSet,
    pages: Sequence[EncodedPage],
    keys: Sequence[bytes],
    before: dict[str, ShardTerms],
    cache: Cache,
    engine: Engine,
) -> dict[str, ShardTerms]:
    known = {block.key: block for shard in before.values() for block in shard.blocks}
    names = [page.route.split("/")[2] for page in pages]
    place = {name: [key for _, key in group] for name, group in _grouped(names, keys)}
    then = {
        _memo(name, number): block.key
        for name, shard in before.items()
        for number, block in enumerate(shard.blocks)
    }
    now = {
        _memo(name, number): key for name, own in place.items() for number, key in enumerate(own)
    }
    routes = dict(zip(now, pages, strict=True))
    todo = [name for name, key in now.items() if then.get(name) != key]
    tasks = [[routes[name] for name in todo[i : i + _BATCH]] for i in range(0, len(todo), _BATCH)]
    rest = iter(todo)
    for done in _compute(engine, views, cache, tasks):
        fresh = {name: (now[name], parts) for parts, name in zip(done, rest, strict=False)}
        # The memo that describes the stored parts is deleted as the first new parts are saved: if
        # this run is killed, the next one computes all again.
        cache.save(fresh, [_MEMO])
        for key, parts in fresh.values():
            known[key] = BlockTerms(key, b"".join([digest.of_text(part) for part in parts]))
    cache.save({}, [_MEMO, *sorted(then.keys() - now.keys())])
    return {
        name: _shard([known[key] for key in own], before.get(name)) for name, own in place.items()
    }


def _grouped(names: Sequence[str], keys: Sequence[bytes]) -> groupby[str, tuple[str, bytes]]:
    return groupby(zip(names, keys, strict=True), lambda pair: pair[0])


def _shard(blocks: Sequence[BlockTerms], before: ShardTerms | None) -> ShardTerms:
    if before and list(before.blocks) == blocks:
        return before
    apart = [digest.split(block.parts) for block in blocks]
    return ShardTerms(
        tuple(blocks), tuple([digest.fold(file) for file in zip(*apart, strict=True)])
    )


def _memo(name: str, block: int) -> str:
    return f"search {name} {block}"


def _compute(
    engine: Engine, views: PageSet, cache: Cache, tasks: Sequence[list[EncodedPage]]
) -> Iterator[list[tuple[str, ...]]]:
    engine = unshared(engine) if len(tasks) > _MANY else engine
    if engine.shares or len(tasks) < 2:
        return sharing(engine).run(_of_site, _State(views, cache), tasks)
    packed = (_pack(views, cache, pages) for pages in tasks)
    return engine.run(_of_part, views.frame, packed)


def _of_site(state: _State) -> Callable[[Sequence[EncodedPage]], list[tuple[str, ...]]]:
    cache = state.cache.own()
    return lambda pages: [
        _terms_of(state.views.search_block(page), cache.articles) for page in pages
    ]


def _pack(views: PageSet, cache: Cache, pages: list[EncodedPage]) -> _Batch:
    keys = {views.record(i).key for page in pages for i in array("i", page.articles)}
    return _Batch(pages, views.part(pages), cache.sealed_articles(keys))


def _of_part(frame: SiteFrame) -> Callable[[_Batch], list[tuple[str, ...]]]:
    def work(batch: _Batch) -> list[tuple[str, ...]]:
        def articles(keys: Collection[bytes]) -> dict[bytes, Article]:
            return {key: unseal(batch.articles[key], article_decoder) for key in keys}

        views = SitePart(frame, batch.facts)
        return [_terms_of(views.search_block(page), articles) for page in batch.pages]

    return work


def _terms_of(
    view: SearchCardsView, read: Callable[[Collection[bytes]], dict[bytes, Article]]
) -> tuple[str, ...]:
    """Return the part of a block in each file of its shard. `read` returns Articles by key."""
    articles = read({record.key for record in view.records}) if view.records else {}
    bodies = [_TAGS.sub(" ", articles[record.key].body) for record in view.records]
    texts = [
        Texts(
            card.title,
            card.excerpt,
            " ".join([card.source.name, *[topic.name for topic in card.topics], labels]),
            body,
            groups,
        )
        for card, labels, groups, body in zip(
            view.cards, view.labels, view.groups, bodies or [""] * len(view.cards), strict=True
        )
    ]
    return tuple(index_block(texts, view.files))
