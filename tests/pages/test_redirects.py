"""Old addresses that redirect: inside the site, and never in place of a page."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.making import doc, make_plan, planning
from newsgen.content.urls import safe_route
from support import SmallSite


def test_an_alias_leads_on(site: SmallSite) -> None:
    """An alias is a small page that redirects to the article or the plain page, names it as
    canonical, and is not to be indexed.
    """
    site.settings(url="https://wire.example/base")
    site.article(
        "moved", title="<Moved>", aliases=["/2019/Old Name.html", "old/moved", "/altes-märchen/"]
    )
    site.page_file("about", aliases="/who")
    result = site.build()
    assert [problem.code for problem in result.problems] == ["bad-alias"]  # the one with a space
    for path in ("/old/moved/", "/altes-märchen/"):
        page = site.page(path)
        assert '<meta http-equiv="refresh" content="0; url=/base/news/moved/">' in page
        assert '<link rel="canonical" href="https://wire.example/base/news/moved/">' in page
        assert '<meta name="robots" content="noindex">' in page
        assert "&lt;Moved&gt;" in page
    assert "url=/base/about/" in site.page("/who/")


@pytest.mark.parametrize(
    "alias",
    [
        *(
            "/",
            "/news/",
            "/NEWS/two/",
            "/news/two/",
            "/feed.xml",
            "/newsgen.css",
            "/404.html/x",
            "/404.html",
            "/about",
            "/topics/ai/",
        ),
        *(
            "/robots.txt",
            "/Sitemap.xml/",
            "/sitemap.xml/deeper/",
            "/icons/192.png",
            "/favicon.ico",
            "/site.webmanifest/",
            "/_headers/x",
        ),
    ],
)
def test_an_alias_gives_way_to_any_page(site: SmallSite, alias: str) -> None:
    """An alias never replaces a page, nor needs a folder where a file is; the problem names the
    article and its field.
    """
    site.page_file("about")
    site.build()
    before = site.tree()
    site.article("one", publishedDateTime="2026-01-29T08:00:00Z", aliases=[alias])
    (problem,) = site.build().problems
    assert problem.code in ("alias-taken", "bad-alias")
    assert (problem.file, problem.field.startswith("$.aliases")) == ("content/one.md", True)
    assert site.tree() == before


def test_redirects_of_the_settings(site: SmallSite) -> None:
    """Redirects of the settings lead to a page, a part of it or another site, as a page and as a
    line for hosts.
    """
    site.article("one")
    moved = {"/press": "/news/one/#end", "/shop/": "https://shop.example/?a=1&b=2"}
    site.settings(url="https://wire.example/base", redirects=moved)
    assert site.build().problems == ()
    assert "url=/base/news/one/#end" in site.page("/press/")
    assert "url=https://shop.example/?a=1&amp;b=2" in site.page("/shop/")
    lines = (site.output / "_redirects").read_text("utf-8").splitlines()
    assert "/base/press/ /base/news/one/#end 301" in lines
    assert "/base/shop/ https://shop.example/?a=1&b=2 301" in lines


@pytest.mark.parametrize("old", ["/news/", "/NEWS/one/", "/feed.xml", "/_headers", "/a/../b"])
def test_a_redirect_of_the_settings_gives_way(site: SmallSite, old: str) -> None:
    """A redirect of the settings never replaces a page or leaves the site, and the build reports
    that it is left out.
    """
    site.article("one")
    site.build()
    before = site.tree()
    site.settings(redirects={old: "/about/"})
    (problem,) = site.build().problems
    assert (problem.code, old in problem.message) == ("alias-taken", True)
    assert site.tree() == before


def test_of_two_aliases_the_older_article_has_it(site: SmallSite) -> None:
    """A newer article gets no alias in use, even in another case."""
    site.article("one", publishedDateTime="2026-01-29T08:00:00Z", aliases=["/old/"])
    site.article("two", aliases=["/OLD/"])
    (problem,) = site.build().problems
    assert (problem.code, problem.file) == ("alias-taken", "content/two.md")
    assert "/news/one/" in site.page("/old/")


def test_only_what_may_be_seen_has_aliases(site: SmallSite) -> None:
    """The aliases of withheld and hidden articles, and of drafts of pages, have no redirect."""
    site.article("draft", draft=True, aliases=["/a/"])
    site.article("hidden", published=False, aliases=["/b/"])
    site.page_file("page", draft=True, aliases=["/c/"])
    site.build()
    assert not {"a/index.html", "b/index.html", "c/index.html"} & site.tree().keys()


def test_an_alias_takes_the_place_of_an_article_that_has_gone(site: SmallSite) -> None:
    """An alias may redirect from the address of a removed article."""
    site.article("old", removed=True, gone=True)
    site.article("one", aliases=["/news/old/"])
    assert [*site.build().problems] == []
    assert "url=/news/one/" in site.page("/news/old/")


@pytest.mark.parametrize(
    "alias",
    [
        *(
            "../up",
            "/a/../../b",
            "%2e%2e/x",
            "/a/%2e%2e/b",
            "//host.example/",
            "https://host.example/",
            "/.htaccess",
            "/a/.git/x",
        ),
        *(
            "/_redirects",
            "/_headers",
            "/*",
            "/:all/",
            "/a b",
            "/a\tb",
            "/a\nb",
            "/a?b",
            "/a#b",
            "/a\\b",
            "/a%00b",
            "/%zz",
            "/a//b",
            "/%ff",
        ),
        *("/" + "a" * 300, "/a" * 30, "", "/", "/a\u202eb", "/con:x"),
    ],
)
def test_unsafe_aliases(alias: str) -> None:
    """A path that leaves the site, is hidden, or has a meaning in a host's list of redirects is not
    a route.
    """
    assert safe_route(alias) == ""


@given(st.text())
def test_a_route_stays_inside(text: str) -> None:
    """Any text gives a route with one slash at the beginning and no `..`, which can be a file and
    fits on one line, or none.
    """
    route = safe_route(text)
    if route:
        assert route[0] == "/" != route[1]
        names = route.strip("/").split("/")
        assert all(
            name and not name.startswith(".") and len(name.encode()) <= 200 for name in names
        )
        assert route.isprintable()
        assert not set(route) & set(' *:?#\\"<>|%')
        assert safe_route(route) == route


@pytest.mark.parametrize(("count", "codes"), [(2000, []), (2001, ["many-redirects"])])
def test_more_redirects_than_hosts_read(count: int, codes: list[str]) -> None:
    """More than 2,000 lines of `_redirects` are a warning, and the pages that redirect still
    exist.
    """
    aliases = [f"/old/{n}/" for n in range(count)]
    plan = make_plan(
        planning([doc(f"{n}.md", aliases=aliases[n : n + 50]) for n in range(0, count, 50)])
    )
    assert [problem.code for problem in plan.problems] == codes
    assert sum(page.template == "redirect.html" for page in plan.pages) == count


def test_a_file_and_a_folder_of_one_name(site: SmallSite) -> None:
    """An article whose address is that of a file gets another one, and the site is built."""
    site.settings(permalinks={"article": "/{stem}/"})
    site.article("robots.txt")
    (problem,) = site.build().problems
    assert problem.code == "route-conflict"
    assert "one/index.html" in site.tree()
