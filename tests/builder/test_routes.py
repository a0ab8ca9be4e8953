"""The addresses of articles, and which of two pages keeps a contested one."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.making import built, doc, paths
from newsgen.builder.routes import stem_of
from newsgen.core.model import Document


def routes(documents: list[Document], **values: Any) -> dict[str, str]:
    """Return the route of each file's article."""
    made = built(documents, **values).site
    return {story.document.path: story.route for story in made.stories}


@pytest.mark.parametrize(
    ("path", "fields", "permalink", "route"),
    [
        ("2021-11-19-x.md", {}, "/{category}/{stem}/", "/news/2021-11-19-x/"),
        ("2021/x.markdown", {"category": "Opinión"}, "/{category}/{stem}/", "/opinion/x/"),
        ("2021-11-19-x-y.md", {}, "/{slug}/", "/x-y/"),
        ("x.md", {"slug": "Other Name"}, "/{slug}/", "/other-name/"),
        (
            "x.md",
            {"publishedDateTime": "2026-01-05"},
            "/{year}/{month}/{day}/{stem}/",
            "/2026/01/05/x/",
        ),
        ("中文.md", {}, "/{category}/{stem}/", "/news/中文/"),
    ],
)
def test_permalinks(path: str, fields: dict[str, Any], permalink: str, route: str) -> None:
    """The pattern of the settings is filled in with the file's name; its folder does not matter."""
    assert routes([doc(path, **fields)], permalinks={"article": permalink}) == {path: route}


def test_dates_in_routes_are_of_the_sites_zone() -> None:
    """An evening in UTC is the next morning in Tokyo."""
    evening = doc("x.md", publishedDateTime="2025-12-31T20:00:00Z")
    permalinks = {"article": "/{year}/{month}/{day}/{stem}/"}
    assert routes([evening], permalinks=permalinks, timezone="Asia/Tokyo") == {
        "x.md": "/2026/01/01/x/"
    }


def test_the_later_of_two_on_one_route_gets_a_number() -> None:
    """Of two articles with one route, the later by time, then by path, gets a number, and a warning
    names the other file. Hidden ones take no route.
    """
    documents = [
        doc("c/x.md", publishedDateTime="2026-01-03"),
        doc("b/x.md", publishedDateTime="2026-01-02"),
        doc("a/x.md", publishedDateTime="2026-01-02"),
        doc("x.md", publishedDateTime="2026-01-01", published=False),
    ]
    made = built(documents)
    assert {story.document.path: story.route for story in made.site.stories} == {
        "a/x.md": "/news/x/",
        "b/x.md": "/news/x-2/",
        "c/x.md": "/news/x-3/",
    }
    assert [(p.severity, p.code, p.file) for p in made.problems] == [
        ("warning", "route-taken", path) for path in ("b/x.md", "c/x.md")
    ]
    assert "a/x.md" in made.problems[0].message
    assert made.problems[0].hint


def test_a_newcomer_never_takes_a_route_in_use() -> None:
    """An existing article keeps its address when a newer one of the same name is added, also one
    named like a number.
    """
    old = [
        doc("a/x.md", publishedDateTime="2026-01-01"),
        doc("b/x.md", publishedDateTime="2026-01-02"),
    ]
    before = routes(old)
    after = routes(
        [
            *old,
            doc("x.md", publishedDateTime="2026-01-03"),
            doc("x-2.md", publishedDateTime="2026-01-04"),
        ]
    )
    assert before == {"a/x.md": "/news/x/", "b/x.md": "/news/x-2/"}
    assert after == before | {"x.md": "/news/x-3/", "x-2.md": "/news/x-2-2/"}


def test_routes_that_differ_in_case_alone_are_one() -> None:
    """Routes that differ only in case are the same, because some file systems ignore case."""
    assert routes([doc("a/X.md", publishedDateTime="2026-01-01"), doc("a/x.md")]) == {
        "a/X.md": "/news/X/",
        "a/x.md": "/news/x-2/",
    }


def test_an_article_that_is_gone_keeps_its_route() -> None:
    """The address of a removed article shows that it was removed, and no other article gets it."""
    gone = doc("a/x.md", publishedDateTime="2026-01-01", removed=True, gone=True)
    made = built([gone, doc("b/x.md")]).site
    assert made.gone == ("/news/x/",)
    assert [story.route for story in made.stories] == ["/news/x-2/"]


@pytest.mark.parametrize(
    ("path", "stem"),
    [
        ("a/2021-11-19-x.md", "2021-11-19-x"),
        ("x.y.md", "x.y"),
        ("Foo_Bar-.md", "Foo_Bar-"),
        ("a b.md", "a-b"),
        ("é?.md", "e"),
        ("..x.md", "x"),
        ("%2e%2e.md", "2e-2e"),
        ("x" * 200 + ".md", "x" * 200),
    ],
)
def test_stems(path: str, stem: str) -> None:
    """A plain file name is kept as it is; any other becomes a slug."""
    assert stem_of(path) == stem


names = st.text(st.sampled_from("aAbé-2. 中"), min_size=1, max_size=4).filter(
    lambda name: name[0] != "."
)


@given(
    st.lists(
        st.tuples(st.sampled_from(["", "a/", "b/"]), names, st.integers(1, 3)),
        max_size=8,
        unique_by=lambda t: t[:2],
    ),
    st.randoms(),
)
def test_every_article_has_a_route_of_its_own(
    files: list[tuple[str, str, int]], random: Any
) -> None:
    """Any files in any order get different addresses."""
    documents = [
        doc(f"{folder}{name}.md", publishedDateTime=f"2026-01-0{day}")
        for folder, name, day in files
    ]
    made = built(documents).site
    found = [story.route for story in made.stories]
    assert len({route.casefold() for route in found}) == len(documents)
    assert all(route.startswith("/news/") and route.count("/") == 3 for route in found)
    random.shuffle(documents)
    assert [story.route for story in built(documents).site.stories] == found
    assert paths(built(documents).site) == paths(made)


def test_the_date_of_a_name_is_the_articles_own() -> None:
    """A date in a file's name that is not the article's day in any time zone is a warning. Other
    dates, numbers that are not dates, and names outside the address are not.
    """
    names = [
        "2026-01-29-a.md",
        "2026-01-31-b.md",
        "2026-01-28-c.md",
        "2026-02-01-d.md",
        "2026-99-99-e.md",
        "2026-01-f.md",
    ]
    documents = [doc(name) for name in names]  # of 30 January, 8 o'clock UTC
    assert [(p.code, p.file) for p in built(documents).problems] == [
        ("date-in-address", name) for name in sorted(names[1:4])
    ]
    assert not built(documents, permalinks={"article": "/{year}/{slug}/"}).problems
