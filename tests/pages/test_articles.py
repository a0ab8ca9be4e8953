"""Article pages: the sidebar, its limit and its fill, the neighbours, the way up."""

from __future__ import annotations

from typing import Any, cast

import pytest

from builder.making import doc, planning
from newsgen.model import Card, Document
from newsgen.pages.articles import ArticleView, plan_articles


def planned(documents: list[Document], **values: Any) -> dict[str, ArticleView]:
    """The article pages by the names of their files."""
    pages = list(plan_articles(planning(documents, **values)))
    assert {page.template for page in pages} <= {"article.html"}
    return {page.route.strip("/").rpartition("/")[2]: cast(ArticleView, page.view) for page in pages}


def name(card: Card | None) -> str:
    return card.url.strip("/").rpartition("/")[2] if card else ""


def sidebar(view: ArticleView) -> list[str | int]:
    """The sidebar: names of the site's own stories, places in the article's own list."""
    return [pick if isinstance(pick, int) else name(pick) for pick in view.sidebar]


def dated(file: str, day: int, **fields: Any) -> Document:
    return doc(f"{file}.md", publishedDateTime=f"2026-01-{day:02}", **fields)


LIST = [{"title": "Away", "webUrl": "https://away.example/"}, {"title": "Story d.md"}, {"title": "Story gone.md"}]
DOCUMENTS = [
    dated("a", 1),
    dated("b", 2),
    dated("c", 3, related=LIST),
    dated("d", 4),
    dated("e", 5, topics=["Other", "AI"]),
    dated("f", 6, topics=["Other"]),
    dated("g", 7, topics=[]),
    dated("gone", 8, removed=True),
    dated("hidden", 9, published=False),
]


def test_there_is_a_page_for_each_visible_article() -> None:
    """Hidden and withheld articles have none."""
    assert "".join(sorted(planned(DOCUMENTS))) == "abcdefg"


def test_the_own_list_comes_first_then_the_nearest() -> None:
    """The article's own list, in its order and without what is withheld; then the nearest of its topics, none twice."""
    assert sidebar(planned(DOCUMENTS)["c"]) == [0, "d", "b", "e", "a"]


@pytest.mark.parametrize(("limit", "expected"), [(0, []), (1, [0]), (2, [0, "d"]), (3, [0, "d", "b"]), (99, [0, "d", "b", "e", "a"])])
def test_the_limit_counts_both(limit: int, expected: list[str | int]) -> None:
    """At most `related.limit` stories stand in the sidebar."""
    assert sidebar(planned(DOCUMENTS, related={"limit": limit})["c"]) == expected


def test_filling_up_can_be_left() -> None:
    """With `related.fill` false there is the own list alone."""
    views = planned(DOCUMENTS, related={"fill": False})
    assert sidebar(views["c"]) == [0, "d"]
    assert sidebar(views["a"]) == []


def test_an_article_without_topics_is_not_filled_up() -> None:
    """Nothing is near an article that has no topic."""
    view = planned(DOCUMENTS)["g"]
    assert (sidebar(view), view.newer, view.older) == ([], None, None)


def test_neighbours_are_those_of_the_first_topic() -> None:
    """Previous and next lead through the article's first topic, by time."""
    views = planned(DOCUMENTS)
    assert {file: (name(view.newer), name(view.older)) for file, view in views.items()} == {
        "a": ("b", ""),
        "b": ("c", "a"),
        "c": ("d", "b"),
        "d": ("e", "c"),
        "e": ("f", ""),
        "f": ("", "e"),
        "g": ("", ""),
    }


def test_a_page_knows_its_record_and_the_way_up() -> None:
    """The view names the record to be fetched, the category above, tags and authors."""
    document = dated("x", 1, category="opinion", tags=["t"], authors=["A"])
    view = planned([document])["x"]
    assert view.record.index == view.card.index == 0
    assert [(link.name, link.url) for link in view.crumbs] == [("opinion", "/opinion/")]
    assert ([label.name for label in view.tags], [label.name for label in view.authors]) == (["t"], ["A"])
    assert planned([document], without=["category"])["x"].crumbs == ()
