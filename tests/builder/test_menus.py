"""The menus of the header and the footer."""

from __future__ import annotations

from typing import Any

from lxml import html

from support import SmallSite


def _header(site: SmallSite, path: str = "/news/one/") -> list[str]:
    page = html.fromstring(site.page(path))
    return page.xpath("//header[@class='masthead']//nav//li/a/@href")


def _footer(site: SmallSite) -> list[str]:
    page = html.fromstring(site.page("/news/one/"))
    return page.xpath("//nav[@class='menu']//a/@href")


def test_the_sections_are_on_every_page(site: SmallSite) -> None:
    """Without a menu, each page has the main topics and the indexes in its header."""
    site.write("_data/topics.yaml", "- name: Space\n- name: AI\n")
    site.build()
    wanted = ["/", "/topics/ai/", "/topics/", "/sources/"]
    assert [_header(site, path) for path in ("/", "/news/one/", "/topics/ai/")] == [wanted] * 3


def test_a_menu_names_pages_topics_categories_and_links(site: SmallSite) -> None:
    """Names are looked up as plain pages, then topics, then categories, and entries may have one
    level of submenus.
    """
    entries: list[Any] = [
        "about",
        "ai",
        {"name": "Opinion", "items": ["AI", {"name": "Shop", "url": "https://shop.example/"}]},
        {"name": "More", "items": ["about"]},
    ]
    site.page_file("about")
    site.article("two", category="opinion")
    site.settings(menu=entries, footer_menu=["AI", {"name": "Days", "url": "/2026/"}])
    assert not site.build().problems
    below = ["/opinion/", "/topics/ai/", "https://shop.example/", "/about/"]
    assert _header(site) == ["/", "/about/", "/topics/ai/", *below]
    assert _footer(site) == ["/topics/ai/", "/2026/"]
    page = html.fromstring(site.page("/"))
    assert page.xpath("//details/summary/text()") == ["Opinion", "More"]


def test_names_that_lead_nowhere(site: SmallSite) -> None:
    """An unknown name is a problem; a draft or a topic without stories is left out silently."""
    site.page_file("soon", draft=True)
    site.write("_data/topics.yaml", "- name: Space\n")
    site.settings(menu=["soon", "Space", "nowhere", {"name": "None"}], footer_menu=["never"])
    problems = site.build().problems
    assert [problem.code for problem in problems] == ["no-menu-page"] * 3
    assert [problem.message.split(",")[0] for problem in problems] == [
        "menu names nowhere",
        "menu names None",
        "footer_menu names never",
    ]
    assert _header(site) == ["/", "/topics/", "/sources/"]
    assert _footer(site) == []


def test_broken_links_of_menus_are_reported(site: SmallSite) -> None:
    """`newsgen check` reports a link of the header or the footer to a missing page."""
    link = {"name": "Lost", "url": "/lost/"}
    site.settings(menu=[{"name": "More", "items": [link]}], footer_menu=[{**link, "url": "/b/"}])
    told = site.run("check", "--as-of", "2026-01-31T12:00:00Z").stdout
    assert "the link /lost/ leads nowhere" in told
    assert "the link /b/ leads nowhere" in told
