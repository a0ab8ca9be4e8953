"""The default theme's pages, as programs and screen readers meet them."""

from __future__ import annotations

import json

import pytest
from lxml import html

from support import SmallSite


def story(site: SmallSite, **fields: str) -> tuple[html.HtmlElement, dict[str, object]]:
    """The page of an article with these fields, and what its JSON-LD says of it."""
    site.article("told", **fields)
    site.build()
    page = html.fromstring(site.page("/news/told/"))
    return page, json.loads(page.xpath("//script[@type='application/ld+json']/text()")[0])


@pytest.mark.parametrize("body", ["", "The *whole* story.\n"])
def test_a_storys_text_stands_apart(site: SmallSite, body: str) -> None:
    """One element holds the story's text and nothing else: no link to the source, no date. Where that is an excerpt only,
    JSON-LD has it too, since programs believe no text of two lines."""
    page, node = story(site, excerpt="Two lines of it.", body=body)
    (text,) = page.xpath("//*[@itemprop='articleBody']")
    assert " ".join(text.text_content().split()) == ("The whole story." if body else "Two lines of it.")
    assert page.xpath("//div[@class='text']//a") == []
    assert page.xpath("//a[@href='https://paper.example/told']")
    assert node.get("articleBody") == (None if body else "Two lines of it.")


def test_a_story_tells_its_language(site: SmallSite) -> None:
    """A story in another language than the site's says so to readers, to search engines and to social sites."""
    page, node = story(site, language="de")
    assert page.xpath("string(//article/@lang)") == "de"
    assert node["inLanguage"] == "de"
    assert page.xpath("string(//meta[@property='og:locale']/@content)") == "de_DE"


def test_the_first_of_an_odd_number_is_wide(site: SmallSite) -> None:
    """A list of two columns is told when its number is odd; days are parted."""
    site.article("three", publishedDateTime="2026-01-28T08:00:00Z")
    site.build()
    days = html.fromstring(site.page("/2026/01/")).xpath("//div[@class='river']/section")
    assert [day.xpath("string(div/@class)") for day in days] == ["stories odd"] * 3
    whole = html.fromstring(site.page("/2026/")).xpath("//div[@class='river']/section")
    assert [month.xpath("string(div/@class)") for month in whole] == ["stories odd"]


def test_a_year_has_a_calendar(site: SmallSite) -> None:
    """Each month that has stories has a table of its days in which a day with stories tells how many and leads to its page, the fuller
    the stronger; a month's own page has the same table."""
    for i in range(4):
        site.article(f"full-{i}", publishedDateTime="2025-03-05T08:00:00Z")
    site.article("quiet", publishedDateTime="2025-03-31T08:00:00Z")
    site.article("first", publishedDateTime="2025-01-02T08:00:00Z")
    site.build()
    months = html.fromstring(site.page("/2025/")).xpath("//div[@class='year']/table")
    assert [" ".join(month.xpath("caption")[0].text_content().split()) for month in months] == ["January 1", "March 5"]
    for month in (months[1], html.fromstring(site.page("/2025/03/")).xpath("//table")[0]):
        days = {a.get("href"): (" ".join(a.text_content().split()), a.get("class")) for a in month.xpath(".//td/a")}
        assert days == {"/2025/03/05/": ("5 4", "r3"), "/2025/03/31/": ("31 1", "r0")}
        assert [cell.text_content() for cell in month.xpath(".//td") if cell.text_content()][:6] == ["1", "2", "3", "4", "5 4", "6"]
