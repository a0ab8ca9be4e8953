"""The lists of a site: home, categories, topics, sources, tags, authors, and their indexes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, cast

import pytest

from builder.making import doc, planning
from newsgen.content.data import Data, NameFact
from newsgen.core.model import Document
from newsgen.pages.base import ListView, Page, PlanContext
from newsgen.pages.lists import IndexView, plan_categories, plan_groups, plan_home

DATA = Data((NameFact("Power Apps", "pa", 0), NameFact("CDS", "cds", 1, "Power Apps")))
DOCUMENTS = [
    doc("1.md", topics=["Power Apps", "AI"], publishedDateTime="2026-01-01"),
    doc(
        "2.md",
        topics=["CDS"],
        publishedDateTime="2026-01-02",
        category="opinion",
        tags=["x"],
        authors=["A. Writer"],
    ),
    doc(
        "3.md",
        topics=["CDS", "AI"],
        publishedDateTime="2026-01-03",
        provider={"name": "Other"},
        webUrl="https://other.example/3",
    ),
]


def planned(
    planner: Callable[[PlanContext], Iterator[Page]],
    documents: list[Document] = DOCUMENTS,
    **values: Any,
) -> dict[str, Page]:
    """Return the pages of a planner by route, after checking that they are at their own links."""
    plan = planning(documents, DATA, **values)
    pages = {page.route: page for page in planner(plan)}
    assert all(page.view.url == plan.href(route) for route, page in pages.items())
    return pages


def listed(page: Page) -> list[str]:
    """Return the files of the stories of a list, by the addresses of their cards."""
    return [
        card.url.rstrip("/").rpartition("/")[2] + ".md" for card in cast(ListView, page.view).cards
    ]


def test_home_lists_all() -> None:
    """The front page has the newest stories and links to the topics of the data files; older pages
    have neither.
    """
    pages = planned(plan_home, per_page=1)
    assert {route: listed(page) for route, page in pages.items()} == {
        "/": ["3.md"],
        "/page/2/": ["2.md"],
        "/page/1/": ["1.md"],
    }
    assert {page.template for page in pages.values()} == {"home.html", "older.html"}
    assert [(link.name, link.url) for link in cast(ListView, pages["/"].view).parts] == [
        ("Power Apps", "/topics/pa/"),
        ("CDS", "/topics/cds/"),
    ]


def test_categories_are_lists() -> None:
    """Each category has a list at the first part of its articles' addresses."""
    pages = planned(plan_categories)
    assert {route: listed(page) for route, page in pages.items()} == {
        "/news/": ["3.md", "1.md"],
        "/opinion/": ["2.md"],
    }


def test_topics_sources_tags_and_authors_are_lists() -> None:
    """Each topic, source, tag and author has a list, newest first, and each kind an index."""
    pages = planned(plan_groups)
    lists = {
        route: listed(page) for route, page in pages.items() if isinstance(page.view, ListView)
    }
    assert lists == {
        "/topics/pa/": ["1.md"],
        "/topics/cds/": ["3.md", "2.md"],
        "/topics/ai/": ["3.md", "1.md"],
        "/sources/paper.example/": ["2.md", "1.md"],
        "/sources/other.example/": ["3.md"],
        "/tags/x/": ["2.md"],
        "/authors/a-writer/": ["2.md"],
    }
    assert pages.keys() - lists.keys() == {"/topics/", "/sources/", "/tags/", "/authors/"}


def test_indexes_count_and_order() -> None:
    """An index has each group with its number of stories and its parent:

    topics in the data files' order, then by name.
    """
    pages = planned(plan_groups)
    topics = cast(IndexView, pages["/topics/"].view).groups
    assert [(item.title, item.count, item.parent and item.parent.name) for item in topics] == [
        ("Power Apps", 1, None),
        ("CDS", 2, "Power Apps"),
        ("AI", 2, None),
    ]
    assert [
        (item.title, item.url, item.count)
        for item in cast(IndexView, pages["/sources/"].view).groups
    ] == [
        ("Other", "/sources/other.example/", 1),
        ("Paper", "/sources/paper.example/", 2),
    ]


def test_crumbs_lead_up() -> None:
    """A topic links to the index and to the topic above it."""
    view = cast(ListView, planned(plan_groups)["/topics/cds/"].view)
    assert [(link.name, link.url) for link in view.crumbs] == [
        ("Topics", "/topics/"),
        ("Power Apps", "/topics/pa/"),
    ]
    assert view.label is not None
    assert (view.label.name, view.title) == ("CDS", "CDS")


def test_lists_are_paged() -> None:
    """Topics, sources and categories are paged like the front page."""
    documents = [doc(f"{i}.md", publishedDateTime=f"2026-01-0{i}") for i in range(1, 6)]
    for planner, route in (
        (plan_groups, "/topics/ai/"),
        (plan_groups, "/sources/paper.example/"),
        (plan_categories, "/news/"),
    ):
        pages = planned(planner, documents, per_page=2)
        assert {r: listed(page) for r, page in pages.items() if r.startswith(route)} == {
            route: ["5.md", "4.md", "3.md"],
            f"{route}page/1/": ["2.md", "1.md"],
        }


def test_permalinks_move_the_lists() -> None:
    """The settings decide the addresses of lists, below the site's path."""
    values = {
        "url": "https://wire.example/azure",
        "permalinks": {"topic": "/t/{slug}/", "source": "/s/{slug}/"},
    }
    pages = planned(plan_groups, **values)
    assert {"/t/cds/", "/s/paper.example/"} <= pages.keys()
    assert pages["/t/cds/"].view.url == "/azure/t/cds/"


@pytest.mark.parametrize(
    ("kind", "gone"),
    [
        ("topics", {"/topics/"}),
        ("topic", {"/topics/pa/", "/topics/cds/", "/topics/ai/"}),
        ("sources", {"/sources/"}),
        ("authors", {"/authors/"}),
    ],
)
def test_what_is_not_wanted_is_not_planned(kind: str, gone: set[str]) -> None:
    """A kind that the settings leave out has no page and no links; the others stay."""
    without = planned(plan_groups, without=[kind])
    assert planned(plan_groups).keys() - without.keys() == gone
    links = [
        link.url
        for page in without.values()
        if isinstance(page.view, ListView)
        for link in page.view.crumbs
    ]
    assert not gone & set(links)


def test_a_site_of_no_articles_has_its_front_page_and_indexes() -> None:
    """Without articles, the front page is empty, and there are no indexes."""
    assert [(route, listed(page)) for route, page in planned(plan_home, []).items()] == [("/", [])]
    assert set(planned(plan_groups, [])) == set()
    assert planned(plan_categories, []) == {}
