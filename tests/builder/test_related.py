"""The sidebar: an article's own list, and the stories that complete it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from builder.making import AS_OF, doc, site
from newsgen.builder.related import Nearest, own_related
from newsgen.core.model import Document
from newsgen.core.site import Site
from support import rounds


def own(made: Site, path: str, limit: int = 99) -> list[tuple[int, str]]:
    """Return the own list of an article: places in it, and the files of the stories, "" for those
    not visible here.
    """
    index = next(i for i, story in enumerate(made.stories) if story.document.path == path)
    return [
        (place, made.stories[local].document.path if local >= 0 else "")
        for place, local in own_related(index, made.listed[index], limit)
    ]


def lead(*related: dict[str, str], **fields: Any) -> Document:
    return doc("lead.md", related=list(related), **fields)


def test_the_list_stands_in_its_own_order() -> None:
    """The first `limit` entries are shown in the order of the front matter."""
    entries = [{"title": f"R{i}", "webUrl": f"https://r.example/{i}"} for i in range(5)]
    made = site(
        [
            lead(*entries),
            doc("r1.md", title="R1", webUrl="https://r.example/1"),
            doc("r3.md", title="R3", webUrl="https://r.example/3"),
        ]
    )
    assert own(made, "lead.md") == [(0, ""), (1, "r1.md"), (2, ""), (3, "r3.md"), (4, "")]
    assert own(made, "lead.md", 2) == [(0, ""), (1, "r1.md")]
    assert own(made, "lead.md", 0) == []


@pytest.mark.parametrize(
    ("entry", "local"),
    [
        ({"title": "other words", "webUrl": "https://paper.example/b"}, "b.md"),
        ({"title": "other words", "webUrl": "http://www.paper.example/b/#x"}, "b.md"),
        ({"title": "STORY B.md"}, "b.md"),
        ({"title": "Story b.md", "webUrl": "https://copy.example/b"}, "b.md"),
        ({"title": "other words", "webUrl": "https://paper.example/b?page=2"}, ""),
        ({"title": "other words"}, ""),
    ],
)
def test_entries_are_found_by_address_then_by_title(entry: dict[str, str], local: str) -> None:
    """An entry that is visible here is linked here; any other leads to its source."""
    assert own(site([lead(entry), doc("b.md")]), "lead.md") == [(0, local)]


def test_the_address_counts_before_the_title() -> None:
    """If address and title of an entry name two articles, the address decides."""
    made = site(
        [
            lead({"title": "Story a.md", "webUrl": "https://paper.example/b"}),
            doc("a.md"),
            doc("b.md"),
        ]
    )
    assert own(made, "lead.md") == [(0, "b.md")]


def test_of_two_articles_with_one_address_the_newer_is_linked() -> None:
    """Of two articles with the same address, the newer one is linked."""
    same = "https://paper.example/same"
    twins = [
        doc(f"{i}.md", title=f"Same {i}", webUrl=same, publishedDateTime=f"2026-01-0{i}")
        for i in (1, 2)
    ]
    assert own(site([lead({"title": "x", "webUrl": same}), *twins]), "lead.md") == [(0, "2.md")]


@pytest.mark.parametrize(
    "fields",
    [
        {"removed": True},
        {"draft": True},
        {"publishedDateTime": "2026-02-01"},
        {"expires": "2026-01-01"},
    ],
)
@pytest.mark.parametrize(
    "by", [{"webUrl": "https://paper.example/b"}, {"webUrl": "https://copy.example/b"}, {}]
)
def test_what_is_withheld_is_struck(fields: dict[str, Any], by: dict[str, str]) -> None:
    """A removed, draft, scheduled or expired article is in no other article's list, by address or
    by title.
    """
    made = site([lead({"title": "Story b.md", **by}, {"title": "Kept"}), doc("b.md", **fields)])
    assert own(made, "lead.md") == [(1, "")]


def test_what_is_hidden_may_be_named() -> None:
    """An unpublished article has no page, but a visible article's own list names it, with its
    source.
    """
    made = site(
        [
            lead({"title": "Story b.md", "webUrl": "https://paper.example/b"}),
            doc("b.md", published=False),
        ]
    )
    assert own(made, "lead.md") == [(0, "")]


def test_a_visible_copy_of_what_is_withheld_is_linked() -> None:
    """An entry leads to a visible article with the same address as a withheld one."""
    twins = [doc("b.md", removed=True), doc("c.md", webUrl="https://paper.example/b")]
    assert own(
        site([lead({"title": "x", "webUrl": "https://paper.example/b"}), *twins]), "lead.md"
    ) == [(0, "c.md")]


def test_no_story_stands_twice_nor_the_article_itself() -> None:
    """Two entries for one story are shown once, and an entry for the article itself is left out."""
    entries = [
        {"title": "x", "webUrl": "https://paper.example/b"},
        {"title": "Story b.md"},
        {"title": "Twin", "webUrl": "https://z.example/"},
    ]
    made = site(
        [
            lead(*entries),
            doc("b.md"),
            doc("twin.md", title="Twin", webUrl="https://paper.example/lead"),
        ]
    )
    assert own(made, "lead.md") == [(0, "b.md"), (2, "twin.md")]
    itself = site(
        [
            lead({"title": "Twin"}, title="Lead"),
            doc("twin.md", title="Twin", publishedDateTime="2026-01-01", removed=True),
        ]
    )
    assert own(itself, "lead.md") == []


def test_one_way_lists_stay_one_way() -> None:
    """An article need not name the articles that name it."""
    made = site([lead({"title": "Story b.md"}), doc("b.md")])
    assert own(made, "b.md") == []


def test_the_nearest_fill_up() -> None:
    """Stories of the same topics complete the list, nearest in time first, then the newer. The
    article, members of its own story, and members of others that do not lead are left out.
    """
    days = {"x": 10, "a": 9, "b": 11, "c": 13, "d": 1, "e": 10}
    topics = {"e": ["Other"]}
    made = site(
        [
            doc(f"{name}.md", publishedDateTime=f"2026-01-{day:02}", topics=topics.get(name, ["T"]))
            for name, day in days.items()
        ]
    )
    index = next(i for i, story in enumerate(made.stories) if story.document.path == "x.md")

    def near(count: int, lead: str = "", members: str = "") -> list[str]:
        names = [story.document.path[0] for story in made.stories]
        leads = tuple([names.index(lead) if name in members else i for i, name in enumerate(names)])
        return [names[i] for i in Nearest(structs.replace(made, leads=leads), count).of(index)]

    assert near(9) == ["b", "a", "c", "d"]
    assert near(2) == ["b", "a"]
    assert near(2, "x", "ab") == ["c", "d"]
    assert near(2, "b", "xa") == ["c", "d"]
    assert near(9, "c", "bd") == ["a", "c"]
    assert near(0) == []


@given(st.data())
@settings(max_examples=rounds(30))
def test_the_nearest_are_the_nearest(data: st.DataObject) -> None:
    """The search among neighbouring places finds the same stories as a comparison of all."""
    count = data.draw(st.integers(2, 9))
    hours = [data.draw(st.integers(0, 6)) for _ in range(count)]
    documents = [
        doc(
            f"{i}.md",
            publishedDateTime=(AS_OF - timedelta(hours=hour)).isoformat(),
            topics=data.draw(st.lists(st.sampled_from("AB"), min_size=1, unique=True)),
        )
        for i, hour in enumerate(hours)
    ]
    made = site(documents)
    index = data.draw(st.integers(0, count - 1))
    leads = [data.draw(st.sampled_from(range(i + 1))) for i in range(count)]
    leads = [leads[lead] for lead in leads]
    leads = [lead if leads[lead] == lead else i for i, lead in enumerate(leads)]
    made = structs.replace(made, leads=tuple(leads))
    wanted = data.draw(
        st.integers(0, 4).filter(lambda n: n == 0 or 4 * n >= count - 1)
    )  # it examines only the nearest of more stories
    groups = [group for group in made.topics if index in group.members]
    time = made.stories[index].document.meta.time
    members = {i for group in groups for i in group.members if leads[i] == i != leads[index]}

    def distance(i: int) -> timedelta:
        return abs(made.stories[i].document.meta.time - time)

    found = Nearest(made, wanted).of(index)
    assert set(found) <= members
    assert found == sorted(found, key=lambda i: (distance(i), i))
    assert (
        list(map(distance, found)) == sorted(map(distance, members))[:wanted]
    )  # any of several stories at one time is right
