"""From a plan back to views, and to the digests of pages."""

from __future__ import annotations

from array import array
from pathlib import Path

import pytest
from msgspec import structs

from newsgen.build.inputs import Stopwatch, scan_inputs
from newsgen.build.prepare import Prepared, prepare
from newsgen.config.settings import Settings, load_config
from newsgen.content.clock import Clock
from newsgen.core import digest
from newsgen.core.card import Card
from newsgen.core.engine import INLINE
from newsgen.core.progress import quiet
from newsgen.pages.articles import ArticleView
from newsgen.pages.base import Page
from newsgen.pages.encoded_page import EncodedPage, encode_page
from newsgen.pages.hydrate import PageSet, no_terms
from newsgen.pages.page_digests import page_context, page_digests
from newsgen.pages.search import SearchTermsView
from newsgen.store.open_cache import use_cache
from newsgen.store.records import FileRecord, RenderRecord
from support import AS_OF, SmallSite


@pytest.fixture
def prepared(tmp_path: Path) -> Prepared:
    """Return a site with a page of every kind, planned."""
    site = SmallSite(
        tmp_path / "site", per_page=1, timezone="Asia/Tokyo", url="https://wire.example/azure"
    )
    site.every_kind()
    config, clock = load_config(site.root), Clock(AS_OF)
    return use_cache(
        config.paths.cache,
        lambda cache, _: prepare(
            config, clock, scan_inputs(config, clock), cache, INLINE, Stopwatch(), quiet
        ),
    )


def changed_with(prepared: Prepared, path: str, **said: bytes) -> dict[str, bytes]:
    """Return the digests that change with this content of a file, after checking that they are the
    same if most are reused from the last rendering.
    """
    files: dict[str, FileRecord] = {
        **prepared.files,
        path: structs.replace(prepared.files[path], **said),
    }
    settings = Settings(title="T", url="https://wire.example/azure", timezone="Asia/Tokyo")
    views = PageSet(
        prepared.views.plan, files, settings, prepared.views.media, prepared.views.similar
    ).with_search(prepared.views.search, no_terms)
    made, old = (
        page_context(views, prepared.context.plan, prepared.templates.digest, prepared.shared),
        prepared.context,
    )
    found = page_digests(views, made, RenderRecord())
    before = RenderRecord(
        old.plan,
        (),
        b"".join(prepared.digests),
        (),
        old.context,
        old.summaries,
        old.articles,
        old.recommended,
    )
    assert page_digests(views, made, before) == found
    return {
        page.route: one
        for page, one, other in zip(views.plan.pages, found, prepared.digests, strict=True)
        if one != other
    }


def test_a_view_of_every_kind_comes_back_as_it_wasplanned(prepared: Prepared) -> None:
    """Decoded from the plan and encoded again, each page is the same, with its cards and
    records.
    """
    kinds = set()
    for page in prepared.views.plan.pages:
        view = prepared.views.view(page)
        kinds.add(type(view).__name__)
        if isinstance(view, ArticleView):
            view = structs.replace(view, related=())  # it is not part of the plan
        if isinstance(view, SearchTermsView):
            view = structs.replace(view, blocks=())
        assert encode_page(Page(page.route, page.template, view)) == page
    assert kinds >= {
        "ArticleView",
        "HomeView",
        "ListView",
        "FeedView",
        "RedirectView",
        "CorrectionsView",
        "IconView",
        "FileView",
    }


def test_a_card_is_filled_from_its_file(prepared: Prepared) -> None:
    """Address, time in the site's zone, source and topics come from the plan; title, excerpt and
    image from the file.
    """
    view = prepared.views.view(prepared.views.pages["/news/three/"])
    assert isinstance(view, ArticleView)
    card = view.card
    assert (card.url, card.title, card.excerpt, card.image) == (
        "/azure/news/three/",
        "Story three",
        "",
        None,
    )
    assert card.time is not None
    assert card.time.isoformat() == "2026-01-30T17:00:00+09:00"
    assert (card.source.name, [topic.url for topic in card.topics]) == (
        "Paper",
        ["/azure/topics/ai/"],
    )
    assert view.title == "Story three"
    assert {type(pick) for pick in view.sidebar} == {Card}
    assert prepared.files["three.md"].article_digest == view.record.digest


def test_a_digest_holds_what_its_page_shows_and_no_more(prepared: Prepared) -> None:
    """A change that only the article's own page shows affects that page; a change of its card
    affects all pages with the card.
    """
    other = digest.of_bytes(b"other")
    assert changed_with(prepared, "three.md", article_digest=other).keys() == {"/news/three/"}
    changed = changed_with(prepared, "three.md", summary_digest=other).keys()
    having = {
        page.route
        for page in prepared.views.plan.pages
        if "three.md" in _shown(prepared.views, page)
    }
    assert changed == having >= {"/news/three/", "/feed.xml", "/old/three/"}


def test_other_stories_are_rendered_where_they_change_alone(prepared: Prepared) -> None:
    """A new similar story changes only the digest of that article's page."""
    views = prepared.views
    others = list(views.similar)
    place = views.plan.paths.index("three.md")
    others[place] = array("i", reversed(array("i", views.recommended[place]))).tobytes()
    files = dict(prepared.files)
    settings = Settings(title="T", url="https://wire.example/azure", timezone="Asia/Tokyo")
    changed = PageSet(views.plan, files, settings, views.media, others).with_search(
        views.search, no_terms
    )
    made, old = (
        page_context(changed, prepared.context.plan, prepared.templates.digest, prepared.shared),
        prepared.context,
    )
    before = RenderRecord(
        old.plan,
        (),
        b"".join(prepared.digests),
        (),
        old.context,
        old.summaries,
        old.articles,
        old.recommended,
    )
    found = page_digests(changed, made, before)
    assert found == page_digests(changed, made, RenderRecord())
    assert [
        page.route
        for page, one, other in zip(views.plan.pages, found, prepared.digests, strict=True)
        if one != other
    ] == ["/news/three/"]


def _shown(views: PageSet, page: EncodedPage) -> set[str]:
    """Return the files of the articles whose cards a page has."""
    view = views.view(page)
    beside = [pick.card.index for pick in view.related] if isinstance(view, ArticleView) else []
    return {views.plan.paths[i] for i in (*array("i", page.cards), *beside)}
