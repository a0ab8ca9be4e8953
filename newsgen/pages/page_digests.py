"""The digests of pages. A page is rendered again if its digest changed.

A digest covers the page's view (with the digests of the cards and records in it), its template and
what all pages share, so no dependency can be forgotten.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from itertools import chain
from operator import add
from typing import NamedTuple

from newsgen.core import digest
from newsgen.pages.encoded_page import EncodedPage
from newsgen.pages.hydrate import PageSet
from newsgen.pages.kinds import ARTICLE, KINDS, TERMS
from newsgen.store.records import RenderRecord

# Changed stories. With more, searching every page for each takes longer than computing all digests.
_FEW = 50


class PageContext(NamedTuple):
    """The inputs of all pages. `plan` is the digest of the plan, `context` the joined digests of
    all templates with what pages share. `summaries` and `articles` are the joined digests of the
    summaries and of the whole articles of all stories. `recommended` holds the indexes of the other
    stories beside each. `contexts` holds the digest of each template by template and kind of page.
    """

    plan: bytes
    context: bytes
    summaries: bytes
    articles: bytes
    recommended: tuple[bytes, ...]
    contexts: dict[tuple[str, str], bytes]


def page_context(
    pages: PageSet, plan: bytes, template_digest: Callable[[str], bytes], shared: bytes
) -> PageContext:
    """Return the current inputs of all pages. `plan` is the digest of the plan."""
    kinds = sorted({(page.template, page.kind) for page in pages.all_pages})
    digests = [
        digest.of_text(kind)
        + (b"" if KINDS[kind].standalone else template_digest(template) + shared)
        for template, kind in kinds
    ]
    return PageContext(
        plan,
        b"".join(digests) + digest.fold(pages.plain_image_digests.values()),
        b"".join(pages.summary_digests),
        b"".join(pages.article_digests),
        pages.recommended,
        dict(zip(kinds, digests, strict=True)),
    )


def page_digest(pages: PageSet, page: EncodedPage, context: PageContext) -> bytes:
    """Return the digest of one page."""
    return _digest(pages, page, context, pages.card_digest)


def page_digests(pages: PageSet, context: PageContext, before: RenderRecord) -> list[bytes]:
    """Return the digest of each page, in the order of `all_pages`.

    If the last rendering had the same plan and templates, only the digests of pages with a changed
    story are computed again.
    """
    if (before.plan, before.context) == (context.plan, context.context):
        summaries = _changed(context.summaries, before.summaries)
        articles = _changed(context.articles, before.articles)
        if len(summaries) + len(articles) < _FEW:
            digests = digest.split(before.pages)[: len(pages.plan.pages)]
            touched = _touched(pages, summaries, articles, before.recommended)
            for i in touched | _terms(pages):
                digests[i] = page_digest(pages, pages.plan.pages[i], context)
            copies = pages.all_pages[len(digests) :]
            return digests + [page_digest(pages, page, context) for page in copies]
    rows = digest.split(pages.plan.placements)
    cards = digest.of_each(map(add, rows, pages.summary_digests))
    return [_digest(pages, page, context, cards.__getitem__) for page in pages.all_pages]


def _touched(
    pages: PageSet,
    summaries: Sequence[bytes],
    articles: Sequence[bytes],
    recommended: Sequence[bytes],
) -> set[int]:
    """Return the indexes of pages to digest again: those that show one of these stories, and those
    of stories whose other stories changed or include one of them.
    """
    planned, beside = pages.plan.pages, pages.recommended
    # Story by story: on a large site, `any` of all for each page takes three times as long.
    found = {i for one in summaries for i, page in enumerate(planned) if one in page.cards}
    found |= {i for one in articles for i, page in enumerate(planned) if one in page.articles}
    pairs = enumerate(zip(beside, recommended, strict=True))
    stories = {i for i, (now, then) in pairs if now != then}
    stories |= {i for one in summaries for i, now in enumerate(beside) if one in now}
    own = {_encode(i, len(beside)) for i in stories}
    return found | {
        i for i, page in enumerate(planned) if page.articles in own and page.kind == ARTICLE.name
    }


def _terms(pages: PageSet) -> set[int]:
    """Return the indexes of pages made from the terms of many articles."""
    return {i for i, page in enumerate(pages.plan.pages) if page.kind == TERMS.name}


def _digest(
    pages: PageSet, page: EncodedPage, context: PageContext, card_digest: Callable[[int], bytes]
) -> bytes:
    """Return the digest of a page's kind and template, its view, and the cards and records in it.

    The page of an article also shows the other stories beside it. A file of search terms has those
    of the articles in its shard.
    """
    cards = page.cards
    if page.kind == ARTICLE.name:
        cards += pages.recommended[array("i", page.articles)[0]]
    terms = pages.search.files[page.route] if page.kind == TERMS.name else b""
    return digest.fold(
        chain(
            (context.contexts[page.template, page.kind], page.view),
            map(card_digest, array("i", cards)),
            map(pages.article_digests.__getitem__, array("i", page.articles)),
            (pages.plain_image_digests.get(page.route, b""),),
            (terms,),
        )
    )


def _changed(now: bytes, before: bytes) -> list[bytes]:
    """Return the stories whose digest in a column changed, encoded like those of a page."""
    if now == before:
        return []
    pairs = zip(digest.split(now), digest.split(before), strict=True)
    count = len(now) // digest.SIZE
    return [_encode(i, count) for i, (one, other) in enumerate(pairs) if one != other]


def _encode(index: int, count: int) -> bytes:
    """Return the index of one of `count` stories as pages have it: from the end (see Card)."""
    return array("i", [index - count]).tobytes()
