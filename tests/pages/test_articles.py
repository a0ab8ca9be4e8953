"""Article pages: the sidebar and its limit, the stories that complete it, the neighbours, the
breadcrumbs.
"""

from __future__ import annotations

from typing import Any, cast

from msgspec import structs

from builder.making import AS_OF, doc, paths, planning, settings
from newsgen.builder.site_builder import MOST_REPORTS, build_site, reports
from newsgen.content.clock import Clock
from newsgen.content.data import Data
from newsgen.core.card import Card
from newsgen.core.model import Document
from newsgen.pages.articles import ArticleView, near_stories, plan_articles
from newsgen.stories.grouping import StoryAssignment


def planned(documents: list[Document], **values: Any) -> dict[str, ArticleView]:
    """Return the article pages by the names of their files."""
    pages = list(plan_articles(planning(documents, **values)))
    assert {page.template for page in pages} <= {"article.html"}
    return {
        page.route.strip("/").rpartition("/")[2]: cast(ArticleView, page.view) for page in pages
    }


def name(card: Card | None) -> str:
    return card.url.strip("/").rpartition("/")[2] if card else ""


def sidebar(view: ArticleView) -> list[str | int]:
    """Return the sidebar: names of the site's own stories, places in the article's own list."""
    return [pick if isinstance(pick, int) else name(pick) for pick in view.sidebar]


def dated(file: str, day: int, **fields: Any) -> Document:
    return doc(f"{file}.md", publishedDateTime=f"2026-01-{day:02}", **fields)


LIST = [
    {"title": "Away", "webUrl": "https://away.example/"},
    {"title": "Story d.md"},
    {"title": "Story gone.md"},
]
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
    """Only visible articles have pages."""
    assert "".join(sorted(planned(DOCUMENTS))) == "abcdefg"


def test_the_own_list_stands_in_its_order() -> None:
    """The article's own list keeps its order, without withheld articles; `related.limit` leaves
    room for other stories.
    """
    for limit, expected, room in ((0, [], 0), (1, [0], 0), (2, [0, "d"], 0), (5, [0, "d"], 3)):
        view = planned(DOCUMENTS, related={"limit": limit})["c"]
        assert (sidebar(view), view.room) == (expected, room)
    assert planned(DOCUMENTS, related={"fill": False})["c"].room == 0


def test_the_nearest_of_its_topics_are_near() -> None:
    """The other stories of an article's topics come nearest in time first; an article without a
    topic has none.
    """
    made = planning(DOCUMENTS)
    near = {
        made.site.stories[i].document.path[0]: "".join(paths(made.site, some))
        for i, some in enumerate(near_stories(made))
    }
    assert near["c"].replace(".md", "") == "dbea"
    assert near["g"] == ""


def test_coverage_is_on_the_page_of_each_member() -> None:
    """A page has the other visible members and one entry for each other source in its own list; a
    member that does not lead names the lead.
    """
    entries = [
        {"title": f"T{n}", "webUrl": f"https://x{n}.example/", "provider": {"name": name}}
        for n, name in enumerate("XYXP")
    ]
    documents = [
        dated("a", 1, related=[*entries, {"title": "Story b.md"}], provider={"name": "P"}),
        dated("b", 2),
    ]
    made = planning(documents)
    told = StoryAssignment((1, 1), (b"", b""), ())
    site = build_site(documents, [], Data(), settings(), Clock(AS_OF), told).site
    views = {
        story.document.path[0]: page.view
        for story, page in zip(
            site.stories, plan_articles(structs.replace(made, site=site)), strict=True
        )
    }
    lead, member = views["a"], views["b"]
    assert isinstance(lead, ArticleView)
    assert isinstance(member, ArticleView)
    assert (lead.lead, [card.url for card in lead.members], lead.told) == (
        None,
        ["/news/b/"],
        (0, 1),
    )
    assert (name(member.lead), [*map(name, member.members)], member.told) == ("a", ["a"], ())


def test_a_very_large_story_names_only_some_members() -> None:
    """Pages of a story with more than a hundred members name only the newest, the first report and
    the lead, so their size does not grow with the square of that number.
    """
    assert reports(3, [*range(MOST_REPORTS)]) == [*range(MOST_REPORTS)]
    named = reports(1500, [*range(3000)])
    assert len(named) == MOST_REPORTS
    assert named == [*range(MOST_REPORTS - 2), 1500, 2999]


def test_neighbours_are_those_of_the_first_topic() -> None:
    """Previous and next lead through the article's first topic by time, or through its category
    without a topic.
    """
    views = planned(DOCUMENTS)
    assert {file: (name(view.newer), name(view.older)) for file, view in views.items()} == {
        "a": ("b", ""),
        "b": ("c", "a"),
        "c": ("d", "b"),
        "d": ("e", "c"),
        "e": ("f", ""),
        "f": ("", "e"),
        "g": ("", "f"),
    }


def test_a_page_knows_its_record_and_the_way_up() -> None:
    """The view names the article's record, the category above, tags and authors."""
    document = dated("x", 1, category="opinion", tags=["t"], authors=["A"])
    view = planned([document])["x"]
    assert view.record.index == view.card.index == -1
    assert [(link.name, link.url) for link in view.crumbs] == [("opinion", "/opinion/")]
    assert ([label.name for label in view.tags], [label.name for label in view.authors]) == (
        ["t"],
        ["A"],
    )
    assert planned([document], without=["category"])["x"].crumbs == ()
