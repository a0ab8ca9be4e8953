"""The addresses from articles' front matter and from their files' names."""

from __future__ import annotations

import pytest
from msgspec import structs

from content.reading import OPTIONS, document, load_bytes
from support import SmallSite

OTHER = {"topics": ["Sea Ports", "AI"], "slug": None}


@pytest.mark.parametrize(
    ("name", "fields", "route"),
    [
        ("a", {"permalink": "/ports/tide/"}, "/ports/tide/"),
        ("a", {"permalink": "/ports/tide/index.html"}, "/ports/tide/"),
        ("a", {"url": "ports/tide.html"}, "/ports/tide.html"),
        ("a", {"path": "2015/02/13/tide"}, "/2015/02/13/tide/"),
        ("a", {"url": "https://wire.example/ports/tide/"}, "/ports/tide/"),
        ("a", {"permalink": "/:year/:month/:title/"}, "/2026/01/a/"),
        ("2026-01-30-tide", {"permalink": "pretty"}, "/sea-ports/ai/2026/01/30/tide/"),
        ("x/tide", {"permalink": "/:sections/:slug.html"}, "/x/tide.html"),
        ("a", {"permalink": "/p/{{ page.fileSlug }}/index.html"}, "/p/a/"),
        ("a", {"slug": "Tide gates"}, "/news/tide-gates/"),
        ("tide/index", {}, "/news/tide/"),
        ("2026-01-30-tide/index.de", {}, "/news/2026-01-30-tide.de/"),
    ],
)
def test_the_address_of_an_article(
    name: str, fields: dict[str, str], route: str, site: SmallSite
) -> None:
    """The address in the front matter counts, then the slug, then the name of the file."""
    site.article(name, **{**OTHER, **fields})
    result = site.build()
    assert [p for p in result.problems if p.severity != "repair"] == []
    assert f"Story {name}" in site.page(route)


@pytest.mark.parametrize(
    "address", ["/../up/", "/_redirects", "//host/x", "/a?b", "/feed.xml", ":"]
)
def test_an_address_outside_the_site_is_refused(address: str, site: SmallSite) -> None:
    """The article keeps its usual address, with a problem at the field."""
    site.article("a", permalink=address)
    [problem] = site.build().problems
    assert (problem.code, problem.field) == ("bad-address", "$.permalink")
    assert site.page("/news/a/")


def test_an_address_that_is_taken(site: SmallSite) -> None:
    """For a taken address, the later article gets a number, and the site's own page stays."""
    site.article("a", permalink="/ports/tide.html", publishedDateTime="2026-01-29")
    site.article("b", permalink="/ports/tide.html")
    site.article("c", permalink="/topics/")
    assert [problem.code for problem in site.build().problems] == ["route-taken", "route-conflict"]
    assert "Story b" in site.page("/ports/tide/")
    assert "Story c" in site.page("/topics-2/")


def test_false_is_no_address(site: SmallSite) -> None:
    """Eleventy writes no page for `permalink: false`, so the article is withheld."""
    site.article("a", permalink=False)
    site.article("b")
    site.build()
    assert not (site.output / "news" / "a").exists()


def test_an_address_of_another_site_is_the_source(site: SmallSite) -> None:
    """Another site's address is the source, as in link posts."""
    site.article("a", "Text.", webUrl=None, url="https://paper.example/tide")
    site.build()
    assert 'href="https://paper.example/tide"' in site.page("/news/a/")


def test_the_sites_own_address_is_no_source() -> None:
    """An article whose `canonicalURL` is on the site stays the site's own."""
    options = structs.replace(OPTIONS, site="https://wire.example")
    for key, url in {
        "canonicalURL": "",
        "link": "",
        "canonical": "https://paper.example/a",
    }.items():
        data = document(f"title: T\ndate: 2026-01-30\n{key}: {url or 'https://wire.example/a/'}")
        article = load_bytes(data, options).article
        assert article
        assert article.web_url == url


def test_a_body_of_html(site: SmallSite) -> None:
    """The body of an HTML file is not Markdown, and is sanitised too."""
    file = site.article("a", "<p>One *two*</p>\n\n    <b onclick=x>three</b>\n")
    file.rename(file.with_suffix(".html"))
    site.build()
    page = site.page("/news/a/")
    assert "<p>One *two*</p>" in page
    assert "<b>three</b>" in page


def test_the_language_of_a_file(site: SmallSite) -> None:
    """A file's name may end with its language, if the article names no other."""
    site.article("a.de")
    site.article("b.fr", language="nl")
    site.build()
    assert '<article class="article brief" lang="de"' in site.page("/news/a.de/")
    assert 'lang="nl"' in site.page("/news/b.fr/")


@pytest.mark.parametrize("value", [False, "false"])
def test_an_article_without_a_page(value: object, site: SmallSite) -> None:
    """`permalink: false` (Eleventy) withholds the article, and that is reported."""
    site.article("a", permalink=value)
    site.article("b")
    done = site.run("build")
    assert "a.md:" in done.stderr
    assert "the article is withheld" in done.stderr
    assert not (site.output / "news/a").exists()
