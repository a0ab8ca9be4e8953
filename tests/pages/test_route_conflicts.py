"""Two pages that want one address: the site's own pages keep theirs, and no article is lost or
stops the build.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.making import AS_OF, doc, make_plan
from builder.making import settings as site_settings
from newsgen.builder.route_table import RouteTable, output_path
from newsgen.builder.site_builder import build_site
from newsgen.content.clock import Clock
from newsgen.content.data import Data
from newsgen.core.model import Document, PlainFile, PlainPage
from newsgen.core.site import Site
from newsgen.pages.base import PlanContext, StaticFile
from newsgen.pages.encoded_page import EncodedPage
from newsgen.pages.files import overlay
from newsgen.pages.plan import Plan
from support import SmallSite, rounds

OWN = {
    "/": "home.html",
    "/topics/": "topics.html",
    "/sources/": "sources.html",
    "/2026/": "year.html",
    "/feed.xml": "feed.xml",
    "/404.html": "404.html",
    "/_headers": "headers.txt",
    "/robots.txt": "robots.txt",
    "/sitemap.xml": "sitemap.xml",
    "/favicon.ico": "",
}
NAMES = [
    "index.html",
    "feed.xml",
    "_headers",
    "_redirects",
    "404.html",
    "robots.txt",
    "favicon.ico",
    "topics",
    "Topics",
    "tags",
    "2026",
]
NAMES += [
    "01",
    "30",
    "page",
    "1",
    "_media",
    "media",
    "news",
    "a",
    "A",
    "ai",
    "paper.example",
    "sitemaps",
    "newsgen.css",
    "theme.0123456789.css",
]
PERMALINKS = [
    "/{category}/{stem}/",
    "/{stem}/",
    "/{year}/{stem}/",
    "/{category}/page/{stem}/",
    "/{category}-{stem}/",
    "/topics/{stem}/",
]
STATIC = [
    "news",
    "news/a/index.html",
    "media",
    "topics/ai/index.html",
    "about",
    "a/b.txt",
    "A/c.txt",
    "2026",
    "robots.txt",
    "newsgen.css/x",
]


def planned(
    documents: list[Document], static: list[str], pages: list[str], values: dict[str, Any]
) -> tuple[Site, Plan]:
    """Return the site and the plan of these articles, static files and plain pages."""
    given_settings = site_settings(**values)
    files = overlay(
        [StaticFile("newsgen.css", "", b"0")], [StaticFile(path, "", b"1") for path in static]
    )
    plain = [
        PlainFile(f"pages/{name}.md", PlainPage(name, "", False, "", False, None, "", (), False))
        for name in pages
    ]
    built = build_site(documents, plain, Data(), given_settings, Clock(AS_OF), None, files)
    return built.site, make_plan(
        PlanContext(built.site, given_settings, frozenset(), AS_OF, files, {}, {}), built.problems
    )


def by_route(plan: Plan) -> dict[str, EncodedPage]:
    return {page.route: page for page in plan.pages}


def assert_files_fit(plan: Plan, static: set[str]) -> None:
    """Check that no page's file is where another page needs a folder, or differs from another's
    only in case.
    """
    paths = [output_path(page.route) for page in plan.pages]
    own = [path.casefold() for path in paths if path not in static]
    assert len(set(own)) == len(own)
    files = {path.casefold() for path in paths}
    assert not [path for path in files if any(path.startswith(f"{other}/") for other in files)]


@pytest.mark.parametrize(
    "category", ["topics", "Sources", "tags", "authors", "2026", "2027", "page"]
)
def test_a_category_leaves_the_sites_own_lists(category: str) -> None:
    """A category's list gets another address than a page of the site, even if that page is added
    later.
    """
    more = {"tags": ["x"], "authors": ["y"]}
    _, before = planned([doc("b.md", **more)], [], [], {})
    site, plan = planned([doc("a.md", category=category, **more), doc("b.md", **more)], [], [], {})
    pages = by_route(plan)
    for route, page in by_route(before).items():
        assert pages[route].template == page.template
    (group,) = [group for group in site.categories if group.label.name == category]
    assert pages[group.route].template == "category.html"
    assert group.label.url == group.route
    assert [story.route in pages for story in site.stories] == [True, True]
    moved = group.route != f"/{category.lower()}/"
    assert moved == (category != "page")
    assert [problem.code for problem in plan.problems] == ["route-conflict"] * moved


@pytest.mark.parametrize(
    "stem",
    [
        "_headers",
        "feed.xml",
        "404.html",
        "robots.txt",
        "sitemap.xml",
        "favicon.ico",
        "index.html",
        "topics",
        "2026",
    ],
)
def test_an_article_leaves_files_of_the_site(stem: str) -> None:
    """Under `/{stem}/`, an article with the name of a file or list of the site gets a number, with
    a problem that names the article.
    """
    site, plan = planned(
        [doc(f"{stem}.md", tags=["x"])], [], [], {"permalinks": {"article": "/{stem}/"}}
    )
    pages = by_route(plan)
    assert {route: pages[route].template for route in OWN} == OWN
    assert pages[f"/{stem}-2/"].template == "article.html"
    assert site.stories[0].card.url == f"/{stem}-2/"
    assert [(problem.severity, problem.code, problem.file) for problem in plan.problems] == [
        ("warning", "route-conflict", f"{stem}.md")
    ]


@pytest.mark.parametrize(
    "address", ["/404.html", "/410.HTML", "/topics/index.html", "/page/2/index.html"]
)
def test_an_address_of_its_own_leaves_pages_of_the_site(address: str) -> None:
    """An article whose own address is that of a page of the site gets another."""
    site, plan = planned([doc("x.md", permalink=address, tags=["x"])], [], [], {})
    pages = by_route(plan)
    assert {route: pages[route].template for route in OWN} == OWN
    assert pages[site.stories[0].route].template == "article.html"
    assert site.stories[0].route not in OWN
    assert [problem.code for problem in plan.problems] == ["route-conflict"]


@pytest.mark.parametrize(
    ("static", "route"),
    [
        (["news/a/index.html"], "/news/a-2/"),
        (["news"], "/news-2/a/"),
        (["NEWS"], "/news-2/a/"),
        (["news/a"], "/news/a-2/"),
        (["news/a/index.html/deep.txt"], "/news/a-2/"),
        (["news/a/photo.jpg", "media", "news/b/index.html"], "/news/a/"),
    ],
)
def test_an_article_beside_static_files(static: list[str], route: str) -> None:
    """A static file keeps its place; an article or list whose page or folder would be there gets
    the next address.
    """
    site, plan = planned([doc("a.md")], static, [], {})
    assert site.stories[0].route == route
    assert route in by_route(plan)
    assert all(f"/{path}" in by_route(plan) for path in static)
    assert {problem.code for problem in plan.problems} == (
        {"route-conflict"} if route != "/news/a/" else set()
    )
    assert {group.route in by_route(plan) for group in site.categories} == {True}


def test_a_static_file_replaces_a_list() -> None:
    """A file at the address of a list replaces it: links lead to it, older pages stay, and newsgen
    reports it.
    """
    site, plan = planned(
        [doc(f"{n}.md") for n in range(9)], ["topics/ai/index.html"], [], {"per_page": 3}
    )
    pages = by_route(plan)
    assert site.topics[0].label.url == "/topics/ai/"
    assert "/topics/ai/" not in pages
    assert {"/topics/ai/index.html", "/topics/ai/page/1/", "/topics/ai/feed.xml"} <= pages.keys()
    assert [(problem.severity, problem.code) for problem in plan.problems] == [
        ("error", "route-conflict")
    ]


def test_a_source_and_a_tag_of_odd_names() -> None:
    """A source whose domain is a file's name, and tags at the address of topics, have their own
    lists.
    """
    odd = doc(
        "a.md",
        provider={"name": "Odd", "domain": "index.html"},
        webUrl=None,
        topics=["2026", "x"],
        tags=["x", "feed.xml"],
    )
    site, plan = planned(
        [odd],
        [],
        [],
        {"permalinks": {"topic": "/{slug}/", "tag": "/{slug}/", "source": "/{slug}/"}},
    )
    groups = [*site.topics, *site.sources, *site.tags]
    assert len({group.route for group in groups}) == len(groups) == 5
    assert {by_route(plan)[group.route].template for group in groups} == {
        "topic.html",
        "source.html",
        "tag.html",
    }
    assert by_route(plan)["/2026/"].template == "year.html"


def test_a_plain_page_comes_before_articles() -> None:
    """A category or an article gets no address of a plain page; a page at an address of the site is
    left out, of the menu too.
    """
    site, plan = planned(
        [doc("a.md", category="about")],
        [],
        ["about", "topics"],
        {"footer_menu": ["about", "topics"]},
    )
    assert by_route(plan)["/about/"].template == "plain.html"
    assert [group.route for group in site.categories] == ["/about-2/"]
    assert [label.url for label in site.navigation.footer] == ["/about/"]
    assert {(problem.code, problem.severity, problem.file) for problem in plan.problems} == {
        ("route-conflict", "error", "pages/topics.md"),
        ("route-conflict", "warning", ""),
    }


def test_numbered_pages_are_reserved() -> None:
    """An article does not get the address of a numbered page that a list may need later."""
    articles = [doc("1.md", category="page"), doc("2.md", category="page")]
    site, _ = planned(articles, [], [], {})
    assert {story.route for story in site.stories} == {"/page/1-2/", "/page/2-2/"}


def test_a_name_too_long_for_a_file_system() -> None:
    """Parts that are joined to one name are cut to the length that file systems allow."""
    site, _ = planned(
        [doc("é" * 200 + ".md", category="x" * 80)],
        [],
        [],
        {"permalinks": {"article": "/{category}-{slug}-{stem}/"}},
    )
    assert all(len(name.encode()) <= 250 for name in site.stories[0].route.split("/"))


def test_a_numbered_name_fits_too() -> None:
    """If a long name is taken, the numbered one still fits a file system."""
    table = RouteTable(site_settings())
    table.take(f"/{'x' * 240}/", "a")
    assert table.free(f"/{'x' * 300}/") == f"/{'x' * 240}-2/"


names = st.sampled_from(NAMES)
articles = st.lists(
    st.tuples(names, st.sampled_from(["", *NAMES]), names, names), min_size=1, max_size=6
)


@settings(max_examples=rounds(60))
@given(
    articles,
    st.lists(st.sampled_from(STATIC), max_size=3, unique=True),
    st.lists(st.sampled_from(["about", "topics", "news", "a/b"]), max_size=2, unique=True),
    st.sampled_from(PERMALINKS),
    st.sampled_from([[], ["category"], ["year", "month"], ["topics", "robots"]]),
)
def test_no_article_is_lost(
    made: list[tuple[str, str, str, str]],
    static: list[str],
    pages: list[str],
    permalink: str,
    without: list[str],
) -> None:
    """With any names of articles and files, each article has a page, links lead to pages, and the
    site's own pages stay.
    """
    documents = [
        doc(
            f"{n}/{stem}.md",
            category=category or None,
            topics=[topic],
            provider={"name": source, "domain": source},
            webUrl=None,
        )
        for n, (stem, category, topic, source) in enumerate(made)
    ]
    static = [
        path
        for path in static
        if not any(other != path and path.startswith(f"{other}/") for other in static)
    ]
    site, plan = planned(
        documents, static, pages, {"permalinks": {"article": permalink}, "without": without}
    )
    found = by_route(plan)
    assert_files_fit(plan, set(static))
    assert {found[story.route].template for story in site.stories} == {"article.html"}
    assert len({story.route for story in site.stories}) == len(documents)
    groups = [
        group
        for kind in (site.categories, site.topics, site.sources)
        for group in kind
        if group.route
    ]
    assert all(group.route in found or group.route[1:] + "index.html" in static for group in groups)
    wanted = (
        OWN.keys()
        - {f"/{path}" for path in static}
        - {"/2026/" if "year" in without or "2026" in static else ""}
    )
    wanted -= {f"/{kind}/" for kind in without} | {f"/{kind}.txt" for kind in without}
    assert {route: found[route].template for route in wanted} == {
        route: OWN[route] for route in wanted
    }


def test_conflicts_of_articles_in_a_build(site: SmallSite) -> None:
    """In a real build, every article has a page, the site's files are its own, and links lead to
    pages.
    """
    site.settings(permalinks={"article": "/{stem}/"})
    for name in ("index.html", "feed.xml", "_headers", "topics"):
        site.article(name)
    site.write("static/two", "a file")
    site.article("two")
    result = site.build()
    assert {problem.code for problem in result.problems} == {"route-conflict"}
    tree = site.tree()
    assert {
        "index.html-2/index.html",
        "feed.xml-2/index.html",
        "_headers-2/index.html",
        "topics-2/index.html",
        "two-2/index.html",
    } <= tree.keys()
    assert tree["two"] == b"a file"
    assert b"Content-Security-Policy" in tree["_headers"]
    assert (
        site.run("check", "--links", "--as-of", "2026-01-31T12:00").stderr.count("broken-link") == 0
    )
