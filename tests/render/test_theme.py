"""The default theme's pages for programs and screen readers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from support import SmallSite


def story(site: SmallSite, **fields: Any) -> tuple[html.HtmlElement, dict[str, object]]:
    """Return the page of an article with these fields, and its JSON-LD."""
    site.article("told", **fields)
    site.build()
    page = html.fromstring(site.page("/news/told/"))
    return page, json.loads(page.xpath("//script[@type='application/ld+json']/text()")[0])


@pytest.mark.parametrize("body", ["", "The *whole* story.\n"])
def test_a_storys_text_stands_apart(site: SmallSite, body: str) -> None:
    """One element has only the story's text, without the link to the source or the date. If the
    text is only an excerpt, JSON-LD has it too, because programs reject a text of two lines.
    """
    page, node = story(site, excerpt="Two lines of it.", body=body)
    (text,) = page.xpath("//*[contains(concat(' ', @class, ' '), ' article-body ')]")
    assert " ".join(text.text_content().split()) == (
        "The whole story." if body else "Two lines of it."
    )
    assert page.xpath("//div[@class='text']//a") == []
    assert page.xpath("//a[@href='https://paper.example/told']")
    assert node.get("articleBody") == (None if body else "Two lines of it.")


def test_a_story_tells_its_language(site: SmallSite) -> None:
    """A story in another language than the site's declares it to readers, search engines and social
    sites.
    """
    page, node = story(site, language="de")
    assert page.xpath("string(//article/@lang)") == "de"
    assert node["inLanguage"] == "de"
    assert page.xpath("string(//meta[@property='og:locale']/@content)") == "de_DE"


def language_of(element: html.HtmlElement) -> tuple[str, str]:
    """Return the language and the direction of an element: its own, else those of its parents."""
    return tuple(
        next((own.get(name) for own in [element, *element.iterancestors()] if own.get(name)), "")
        for name in ("lang", "dir")
    )


def test_the_pages_language_is_the_storys_and_the_themes_own_text_is_the_sites(
    site: SmallSite,
) -> None:
    """A story in Arabic makes its page Arabic, from right to left; the theme's texts on it are in
    the site's language: skip link, navigation, dates, links to the source, corrections, related
    stories, footer.
    """
    site.every_kind()
    more = {
        "corrections": [{"date": "2026-01-30T10:00:00Z", "text": "تصحيح"}],
        "updated": "2026-01-30T09:00:00Z",
        "tags": ["Tides"],
    }
    page, _ = story(site, language="ar", title="خبر", body="`foo()` نص\n", authors=["Ann"], **more)
    assert (page.get("lang"), page.get("dir")) == ("ar", "rtl")
    for path in ("//h1", "//div[contains(@class, 'body')]/p", "//dd"):
        (own,) = page.xpath(path)
        assert language_of(own) == ("ar", "rtl"), path
    theirs = page.xpath(
        "//a[@class='skip'] | //nav[@aria-label]//a | //article//time | "
        "//p[@class='original']/a | //h2 | //footer//p"
    )
    assert len(theirs) > 10
    assert {language_of(own) for own in theirs} == {("en", "ltr")}


def test_a_story_in_the_sites_language_needs_no_other(site: SmallSite) -> None:
    """If the story's language is the site's, only `<html>` has it."""
    page, _ = story(site, language="en")
    assert page.get("lang") == "en"
    assert page.xpath("//*[@lang]") == [page]
    site.settings(language="ar")
    site.build()
    page = html.fromstring(site.page("/"))
    assert (page.get("lang"), page.get("dir")) == ("ar", "rtl")


def test_a_redirect_has_the_language_of_its_storys_headline(site: SmallSite) -> None:
    """The page at an old address has only the headline, in the story's language."""
    story(site, language="ar", title="خبر", aliases=["/old/"])
    page = html.fromstring(site.page("/old/"))
    assert (page.get("lang"), page.get("dir")) == ("ar", "rtl")


def test_one_news_article_is_all_that_programs_find(site: SmallSite) -> None:
    """No page has microdata besides JSON-LD, because search engines would read a second, empty
    article.
    """
    site.every_kind()
    site.build()
    for path, data in site.tree().items():
        if path.endswith(".html"):
            page = html.fromstring(data)
            assert page.xpath("//@itemscope | //@itemprop | //@itemtype") == [], path
            kinds = [
                json.loads(text)["@type"]
                for text in page.xpath("//script[@type='application/ld+json']/text()")
            ]
            assert kinds.count("NewsArticle") == len(page.xpath("//body[@class='story']")), path


def described(page: html.HtmlElement) -> list[str]:
    """Return the descriptions of a page: for search engines, for social cards."""
    return [
        *page.xpath("//meta[@name='description']/@content"),
        *page.xpath("//meta[@property='og:description']/@content"),
    ]


@pytest.mark.parametrize("description", ["", "All that the tide brings."])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_list_has_a_description_of_its_own(
    tmp_path: Path, description: str, language: str
) -> None:
    """The front page and every list, numbered pages included, have different descriptions. The
    front page has the site's description, if there is one.
    """
    site = SmallSite(
        tmp_path, per_page=2, archive={"per_page": 2}, description=description, language=language
    )
    for i in range(6):
        fields = {
            "topics": ["AI", "Tides"][: 1 + i % 2],
            "tags": ["AI"],
            "authors": ["AI"],
            "category": "waves",
        }
        site.article(f"n{i}", publishedDateTime=f"2026-01-{10 + i}T08:00:00Z", **fields)
    site.build()
    found: dict[str, str] = {}
    for path, data in site.tree().items():
        page = html.fromstring(data) if path.endswith(".html") else None
        if page is not None and page.xpath(
            "//body[@class='front' or @class='list' or @class='index']"
        ):
            told = described(page)
            assert len(told) == 2, path
            assert told[0] == told[1] != "", path
            found[path] = told[0]
    assert {
        "index.html",
        "page/1/index.html",
        "topics/ai/index.html",
        "topics/ai/page/2/index.html",
        "tags/ai/index.html",
    } <= found.keys()
    assert {
        "authors/ai/index.html",
        "waves/index.html",
        "2026/01/15/index.html",
        "topics/index.html",
    } <= found.keys()
    if description:
        assert found["index.html"] == description
    assert len(set(found.values())) == len(found), sorted(found.items(), key=lambda item: item[1])


def test_lists_are_described_in_words(site: SmallSite) -> None:
    """The description has name, number of stories, first date and sources; that of a numbered page
    its days.
    """
    site.settings(per_page=2)
    for i in range(3):
        site.article(
            f"n{i}",
            publishedDateTime=f"2026-01-{10 + i}T08:00:00Z",
            webUrl=f"https://p{i}.example/x",
            provider={"name": f"P{i}"},
        )
    site.build()
    topic, numbered = (
        described(html.fromstring(site.page(path)))[0]
        for path in ("/topics/ai/", "/topics/ai/page/1/")
    )
    assert topic == "Topics: AI – 5 stories · since January 10, 2026 · mostly from Paper, P2, P1"
    assert numbered == "Topics: AI, page 1: January 10, 2026 – January 11, 2026"


def test_a_day_with_a_single_story_shares_its_heading(site: SmallSite) -> None:
    """A day with one story shares its heading with the next; its stories show day and time."""
    for name, day in (("three", 28), ("four", 28), ("five", 27)):
        site.article(name, publishedDateTime=f"2026-01-{day}T08:00:00Z")
    site.build()
    days = html.fromstring(site.page("/2026/01/")).xpath("//div[@class='river']/section")
    said = [
        (" ".join(day.xpath("string(h2)").split()), *day.xpath(".//p[@class='meta']/time/text()"))
        for day in days
    ]
    assert said == [
        (
            "Fri, Jan 30, 2026 – Thu, Jan 29, 2026",
            "Jan 30, 8:00\u202fAM",
            "Jan 29, 8:00\u202fAM",
        ),
        (
            "Wed, Jan 28, 2026 – Tue, Jan 27, 2026",
            *["Jan 28, 8:00\u202fAM"] * 2,
            "Jan 27, 8:00\u202fAM",
        ),
    ]
    assert next(day.xpath("h2/a/@href") for day in days) == ["/2026/01/30/", "/2026/01/29/"]


def test_a_year_has_a_calendar(site: SmallSite) -> None:
    """Each month with stories has a table of its days. A day with stories shows their number, links
    to its page, and is darker the more there are; a month's page has the same table.
    """
    for i in range(4):
        site.article(f"full-{i}", publishedDateTime="2025-03-05T08:00:00Z")
    site.article("quiet", publishedDateTime="2025-03-31T08:00:00Z")
    site.article("first", publishedDateTime="2025-01-02T08:00:00Z")
    site.build()
    months = html.fromstring(site.page("/2025/")).xpath("//div[@class='year']/table")
    assert [" ".join(month.xpath("caption")[0].text_content().split()) for month in months] == [
        "January 1",
        "March 5",
    ]
    for month in (months[1], html.fromstring(site.page("/2025/03/")).xpath("//table")[0]):
        days = {
            a.get("href"): (" ".join(a.text_content().split()), a.get("class"))
            for a in month.xpath(".//td/a")
        }
        assert days == {
            "/2025/03/05/": ("5 44 stories", "r3"),
            "/2025/03/31/": ("31 11 story", "r0"),
        }
        assert [cell.text_content() for cell in month.xpath(".//td") if cell.text_content()][
            :6
        ] == ["1", "2", "3", "4", "5 44 stories", "6"]


def test_a_long_index_has_letters_and_a_filter(site: SmallSite) -> None:
    """An index has a filter box and a button from 20 entries on, and letters from 40 on, in the
    order of the names without accents; other initials come first.
    """
    names = [*(f"Paper {n}" for n in range(30)), "Écho", "eve", "7 Days", "Zeitung"]
    for n, name in enumerate(names):
        place = f"p{n}.example"
        site.article(f"p{n}", webUrl=f"https://{place}/", provider={"name": name, "domain": place})
    site.build()
    page = html.fromstring(site.page("/sources/"))
    assert len(page.xpath("//p[@class='tools']/*")) == 2
    assert page.xpath("//nav[@class='letters']") == []
    for n in range(8):
        source = {"name": f"Quay {n}", "domain": f"q{n}.example"}
        site.article(f"q{n}", webUrl=f"https://q{n}.example/", provider=source)
    site.build()
    page = html.fromstring(site.page("/sources/"))
    letters = {a.text: a.get("href")[1:] for a in page.xpath("//nav[@class='letters']//a")}
    assert [*letters] == ["#", "E", "P", "Q", "Z"]
    firsts = [page.get_element_by_id(place).xpath("string(a)") for place in letters.values()]
    assert firsts == ["7 Days", "Écho", "Paper", "Quay 0", "Zeitung"]


def test_the_404_page_leads_on(site: SmallSite) -> None:
    """The page links to the newest stories and topics."""
    site.build()
    page = html.fromstring(site.page("/404.html"))
    assert page.xpath("//ul[@class='topics']//a/@href") == ["/topics/ai/"]
    assert page.xpath("//article/h3/a/@href") == ["/news/two/", "/news/one/"]


def test_an_article_says_how_long_it_takes(site: SmallSite) -> None:
    """The reading time counts words, and characters of Chinese; "Updated" links to corrections."""
    corrections = [{"date": "2026-01-30", "text": "It is two metres."}]
    site.article("one", "word " * 690, updated="2026-01-30T10:00:00Z", corrections=corrections)
    site.article("two", "字" * 1000)
    site.article("three")
    site.build()
    page = html.fromstring(site.page("/news/one/"))
    said = [" ".join(p.text_content().split()) for p in page.xpath("//div[@class='meta']/p")]
    assert "3 min read" in said
    assert page.xpath("//div[@class='meta']/p/a[text()='What changed']/@href") == [
        "#theme-corrections"
    ]
    assert "2 min read" in site.page("/news/two/")
    assert "min read" not in site.page("/news/three/")


def test_the_front_page_dates_stories_by_its_day(site: SmallSite) -> None:
    """Stories of the newest day show their time, others their date, with the year if it differs;
    the names of other sources link to the story's coverage.
    """
    related = [
        {"title": "Elsewhere", "webUrl": "https://x.example/", "provider": {"name": "Other"}}
    ]
    site.article("one", publishedDateTime="2026-01-30T08:00:00Z", related=related, heat=9000)
    site.article("two", publishedDateTime="2026-01-02T08:00:00Z", heat=5000)
    site.article("three", publishedDateTime="2025-12-30T08:00:00Z", heat=4000)
    site.build()
    page = html.fromstring(site.page("/"))
    shown = page.xpath("//div[contains(@class,'package')]//time/text()")
    assert shown == ["8:00\u202fAM", "Jan 2", "Dec 30, 2025"]
    assert page.xpath("//p[@class='also']/a/@href") == ["/news/one/#theme-coverage"]
    story = html.fromstring(site.page("/news/one/"))
    (coverage,) = story.xpath("//section[contains(@class,'coverage')]//ol")
    assert [li.xpath("string(h3)") for li in coverage] == ["Story one", "Elsewhere"]
    assert coverage[0].xpath("string(p[@class='mark'])") == "First report"
    assert coverage[0].get("aria-current") == "page"
