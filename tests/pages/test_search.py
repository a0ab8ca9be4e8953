"""The search page and the files of its index."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any

from support import SmallSite


def read(site: SmallSite, path: str) -> Any:
    return json.loads(site.page(f"/search/{path}"))


def test_the_index_of_a_small_site(site: SmallSite) -> None:
    """All articles are in one shard of one file of terms and one block of cards."""
    site.article("three", authors=["Ann"], excerpt="The gates held.", tags=["Tides"])
    site.build()
    files = sorted(path.name for path in (site.output / "search").rglob("*.json"))
    assert files == ["c0.json", "groups.json", "index.json", "t0.json"]
    assert read(site, "index.json")["shards"] == [["2026", [[2026, 1, 3]]]]
    groups = read(site, "groups.json")
    assert groups["topics"] == [["#ai", "AI", 3]]
    assert groups["sources"] == [["@paper.example", "Paper", 3]]
    assert groups["authors"] == [["~ann", "Ann", 1]]
    terms = read(site, "2026/t0.json")
    assert "Story three" in read(site, "2026/c0.json")["columns"][0]
    assert set(terms) >= {"story", "three", "gates", "tides", "ann", "paper", "ai", "~ann"}
    assert re.fullmatch("[0-9]*[A-Za-z]", terms["gates"])


def test_a_card_has_what_a_result_shows(site: SmallSite) -> None:
    """A card has title, excerpt, source, time, link, image, language and whether it is a video."""
    image = {"url": "https://paper.example/a.jpg", "width": 300, "height": 200}
    site.article("three", excerpt="word " * 100, images=[image], language="de", type="video")
    site.build()
    found = read(site, "2026/c0.json")
    card = next(card for card in zip(*found["columns"], strict=True) if card[0] == "Story three")
    _, excerpt, source, time, url, picture, language, video = card
    assert len(excerpt) < 162
    assert excerpt.endswith("word…")
    assert found["sources"][source] == "Paper"
    assert datetime.fromtimestamp(time, UTC) == datetime(2026, 1, 30, 8, tzinfo=UTC)
    assert (url, picture, language, video) == ("/news/three/", image["url"], "de", 1)


def test_what_is_withheld_is_in_no_file(site: SmallSite) -> None:
    """Drafts, future, expired and unpublished articles are in no file of the index."""
    for name, fields in (
        ("draft", {"draft": True}),
        ("future", {"publishedDateTime": "2027-01-01T00:00:00Z"}),
        ("past", {"expires": "2026-01-30T09:00:00Z"}),
        ("hidden", {"published": False}),
    ):
        site.article(name, title=f"Wirtschaftswunder {name}", topics=["Hush"], **fields)
    site.build()
    for file in (site.output / "search").rglob("*"):
        if file.is_file():
            text = file.read_text("utf-8").casefold()
            assert "wirtscha" not in text, file
            assert "hush" not in text, file


def test_without_search(site: SmallSite) -> None:
    """A site without search has no file, form or link for it, and no exception in its policy."""
    site.build()
    assert "duckduckgo.com" in site.page("/_headers")
    for page in ("/", "/404.html", "/news/one/"):
        assert 'action="/search/"' in site.page(page)
        assert 'href="/opensearch.xml"' in site.page(page)
    site.settings(without=["search"])
    site.build()
    tree = site.tree()
    assert not [path for path in tree if path.startswith(("search/", "opensearch"))]
    for path in (path for path in tree if path.endswith(".html")):
        assert b'"search"' not in tree[path], path
    assert "form-action 'self';" in site.page("/_headers")


def test_another_engine_for_readers_without_javascript(site: SmallSite) -> None:
    """The form leads to the engine of the setting, with its fields, and the policy allows it."""
    site.settings(search={"fallback": "https://find.example/s?in={host}&lang=en"})
    site.build()
    page = site.page("/search/")
    assert 'action="https://find.example/s"' in page
    assert '<input type="hidden" name="in" value="wire.example"' in page
    assert "form-action 'self' https://find.example;" in site.page("/_headers")
    assert '<a href="/2026/">2026' in page
    site.settings(search={"fallback": ""})
    site.build()
    assert 'role="search" action="/search/"' in site.page("/search/")
    assert "form-action 'self';" in site.page("/_headers")


def test_bodies_are_searched_on_request(site: SmallSite) -> None:
    """Words of a body are in the index only with `search.body`, without its tags."""
    site.article("three", body="The *quay* stood.\n", excerpt="Gates.")
    site.build()
    assert "quay" not in read(site, "2026/t0.json")
    site.settings(search={"body": True})
    site.build()
    terms = read(site, "2026/t0.json")
    assert {"quay", "stood"} <= terms.keys()
    assert "em" not in terms
    site.article("three", body="The *pier* stood.\n", excerpt="Gates.")
    site.build()
    assert "pier" in read(site, "2026/t0.json")
    assert "quay" not in read(site, "2026/t0.json")


def test_why_explains_the_index(site: SmallSite) -> None:
    """`newsgen why` names what a file of terms and a block of cards are made of."""
    site.build()
    site.article("one", title="Tide gates hold")
    site.build()
    told = site.run("why", "/search/2026/c0.json").stdout
    assert "Tide gates hold" in told
    assert "title" in told
    told = site.run("why", "/search/2026/t0.json").stdout
    assert "the terms of its articles changed" in told
