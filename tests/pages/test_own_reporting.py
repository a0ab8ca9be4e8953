"""A newsroom's own stories: bylines, authors, topics, and one page for a category and a topic."""

from __future__ import annotations

import json
from typing import Any

from lxml import html

from photos import plain
from support import SmallSite

OWN: dict[str, Any] = {"provider": None, "webUrl": None}
ANN = """name: Ann Day
role: Energy editor
bio: Writes about <power>.
image: {url: /ann.png, alt: Ann at her desk, credit: Bob}
links: [https://social.example/@ann, {name: Home, url: https://ann.example/}]
"""


def _page(site: SmallSite, path: str) -> html.HtmlElement:
    return html.fromstring(site.page(path))


def _nodes(page: html.HtmlElement) -> dict[str, dict[str, Any]]:
    """Return the structured data of a page by type."""
    texts = page.xpath("//script[@type='application/ld+json']/text()")
    return {node["@type"]: node for node in map(json.loads, texts)}


def _own_site(site: SmallSite, **more: Any) -> SmallSite:
    site.write("_data/authors/ann-day.yaml", ANN)
    site.write("static/ann.png", plain((20, 120, 30), 200, 200))
    for name in ("one", "two"):
        site.article(name, **OWN, authors=["ann-day", "Cem"], body="Text.\n", **more)
    return site


def test_an_own_story_has_a_byline_and_no_source(site: SmallSite) -> None:
    """The byline links the authors by their shown names; there is no source and no link to one."""
    _own_site(site).build()
    page = _page(site, "/news/one/")
    byline = page.xpath("//p[@class='byline']")[0]
    assert byline.text_content() == "By Ann Day, Cem"
    assert byline.xpath(".//a/@href") == ["/authors/ann-day/", "/authors/cem/"]
    assert len(byline.xpath(".//img")) == 1
    assert page.xpath("//p[@class='section']/a/text()") == ["AI"]
    assert not page.xpath("//article//*[@class='source' or @class='original']")
    people = _nodes(page)["NewsArticle"]["author"]
    assert [person["url"] for person in people] == [
        "https://wire.example/authors/ann-day/",
        "https://wire.example/authors/cem/",
    ]


def test_a_site_without_sources_has_no_page_of_sources(site: SmallSite) -> None:
    """The page of sources and the links to it appear with the first story from another source."""
    _own_site(site).build()
    assert not (site.output / "sources").exists()
    assert "/sources/" not in site.page("/")
    assert "/sources/" not in site.page("/news/one/")
    site.article("three", authors=["Ann Day"])
    site.build()
    page = _page(site, "/news/three/")
    assert (site.output / "sources/index.html").exists()
    assert '"/sources/"' in site.page("/news/one/")
    assert page.xpath("//article//*[@class='source']/text()") == ["Paper"]
    assert not page.xpath("//p[@class='byline']")
    assert _nodes(page)["NewsArticle"]["author"] == [{"@type": "Person", "name": "Ann Day"}]


def test_an_author_has_a_page_with_a_head_and_feeds(site: SmallSite) -> None:
    """The page shows the data file as text, h-card and Person; authors without one have no feed."""
    _own_site(site).build()
    page = _page(site, "/authors/ann-day/")
    [card] = page.xpath("//*[contains(@class, 'h-card')]")
    assert card.xpath(".//*[@class='p-name']")[0].text_content() == "Ann Day"
    assert card.xpath(".//*[@class='p-job-title']/text()") == ["Energy editor"]
    assert card.xpath(".//*[contains(@class, 'p-note')]/text()") == ["Writes about <power>."]
    assert card.xpath(".//img/@alt") == ["Ann at her desk"]
    assert card.xpath(".//a[@class='u-url']/text()") == ["social.example", "Home"]
    person = _nodes(page)["Person"]
    assert (person["name"], person["jobTitle"]) == ("Ann Day", "Energy editor")
    assert person["sameAs"] == ["https://social.example/@ann", "https://ann.example/"]
    for name in ("feed.xml", "atom.xml", "feed.json"):
        assert "Story one" in site.page(f"/authors/ann-day/{name}")
        assert f"/authors/ann-day/{name}" in site.page("/authors/ann-day/")
        assert not (site.output / "authors/cem" / name).exists()


def test_edits_of_an_authors_data_reach_the_pages_that_show_it(site: SmallSite) -> None:
    """A new name changes bylines; a new biography only the author's own page."""
    _own_site(site).build()
    site.write("_data/authors/ann-day.yaml", ANN.replace("Writes", "Reports"))
    assert site.build().rendered == 1
    assert "Reports about" in site.page("/authors/ann-day/")
    site.write("_data/authors/ann-day.yaml", ANN.replace("Ann Day", "Ann Dayton"))
    site.build()
    assert "Ann Dayton" in site.page("/news/one/")
    site.write("static/ann.png", plain((220, 20, 30), 200, 200))
    before = site.page("/news/one/")
    site.build()
    assert site.page("/news/one/") != before


def test_a_topic_shows_its_description_and_image(site: SmallSite) -> None:
    """The head of a topic's page has both, and the description is for search engines too."""
    site.write("static/ai.png", plain((20, 20, 130), 300, 200))
    site.write("_data/topics/ai.yaml", "name: AI\ndescription: Machines & us.\nimage: /ai.png\n")
    site.build()
    page = _page(site, "/topics/ai/")
    assert page.xpath("//header[contains(@class, 'head')]//p/text()")[0] == "Machines & us."
    assert page.xpath("//meta[@name='description']/@content") == ["Machines & us."]
    assert len(page.xpath("//header[contains(@class, 'head')]//img")) == 1


def test_an_image_that_is_missing_is_reported(site: SmallSite) -> None:
    """A data file's local image that is not in the static folder is left out, with a problem."""
    site.write("_data/topics/ai.yaml", "name: AI\nimage: /nowhere.png\n")
    site.write("_data/authors/ann.yaml", "name: Ann\nimage: /nowhere.png\n")
    assert [problem.code for problem in site.build().problems] == ["missing-logo"] * 2


def test_a_category_and_a_topic_of_one_name_are_one_page(site: SmallSite) -> None:
    """The topic's page has the stories of both, and the category's address redirects to it."""
    site.article("one", category="ai", topics=["Space"])
    site.article("two", category="Artificial intelligence", topics=["AI"])
    site.article("three", category="opinion", topics=["Artificial Intelligence"])
    site.write("_data/topics/ai.yaml", "name: AI\notherNames: [Artificial intelligence]\n")
    result = site.build()
    assert not result.problems
    page = site.page("/topics/ai/")
    assert all(f"Story {name}" in page for name in ("one", "two", "three"))
    for route in ("/ai/", "/artificial-intelligence/"):
        assert 'content="0; url=/topics/ai/"' in site.page(route)
        assert f"{route} /topics/ai/ 301" in site.page("/_redirects")
    assert _page(site, "/ai/one/").xpath("//nav[@class='crumbs']//a/@href") == ["/", "/topics/ai/"]
    assert "Story three" in site.page("/opinion/")
