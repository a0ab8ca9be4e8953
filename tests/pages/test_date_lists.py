"""Year, month and day pages, in the site's zone."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from builder.making import doc, planning
from newsgen.core.model import Document
from newsgen.pages.base import ListView
from newsgen.pages.date_lists import plan_dates
from support import rounds

DOCUMENTS = [
    doc("a.md", publishedDateTime="2025-12-31T23:30:00Z"),
    doc("b.md", publishedDateTime="2026-01-01T00:30:00Z"),
    doc("c.md", publishedDateTime="2026-01-01T12:00:00Z"),
    doc("d.md", publishedDateTime="2026-01-15T12:00:00Z"),
]
NEW_YEAR = {"publishedDateTime": "2026-01-01T18:00:00Z"}


def planned(documents: list[Document] = DOCUMENTS, **values: Any) -> dict[str, ListView]:
    """Return the date pages by route."""
    pages = list(plan_dates(planning(documents, **values)))
    views = {page.route: cast(ListView, page.view) for page in pages}
    assert len(views) == len(pages)
    return views


def listed(view: ListView) -> str:
    """Return the stories of a list as the letters of their files."""
    return "".join(card.url.rstrip("/")[-1] for card in view.cards)


def test_a_long_list_tells_whose_stories_it_has() -> None:
    """A list of eight stories or more shows the sources with the most stories; a short list, or one
    of a single source, does not.
    """
    documents = [
        doc(
            f"{i}.md",
            webUrl=f"https://{'big' if i < 5 else 'small'}.example/{i}",
            provider={"name": ""},
        )
        for i in range(8)
    ]
    documents += [
        doc(f"x{i}.md", publishedDateTime="2025-05-05", webUrl=f"https://big.example/x{i}")
        for i in range(9)
    ]
    top = {
        route: [(one.label.slug, one.count) for one in view.top]
        for route, view in planned(documents).items()
    }
    wanted = [("big.example", 5), ("small.example", 3)]
    assert top == {route: wanted if route.startswith("/2026/") else [] for route in top}
    assert planned(documents[:7])["/2026/"].top == ()


def test_each_year_month_and_day_has_its_stories() -> None:
    """Each year, month and day with stories has a page that lists them, newest first."""
    assert {route: listed(view) for route, view in planned().items()} == {
        "/2026/": "dcb",
        "/2026/01/": "dcb",
        "/2026/01/15/": "d",
        "/2026/01/01/": "cb",
        "/2025/": "a",
        "/2025/12/": "a",
        "/2025/12/31/": "a",
    }


@pytest.mark.parametrize(
    ("zone", "day", "letters"),
    [
        ("Europe/Berlin", "/2026/01/01/", "cba"),
        ("America/New_York", "/2025/12/31/", "ba"),
        ("UTC", "/2025/12/31/", "a"),
    ],
)
def test_days_are_those_of_the_sites_zone(zone: str, day: str, letters: str) -> None:
    """An evening in UTC is the next day in Berlin and the same one in New York."""
    assert listed(planned(timezone=zone)[day]) == letters


def test_pages_lead_up_and_down() -> None:
    """A year links to its months and days with numbers of stories, a month to its days, and a day
    back up.
    """
    views = planned()
    assert [(link.name, link.url, link.count) for link in views["/2026/"].parts] == [
        ("2026-01", "/2026/01/", 3)
    ]
    assert [(link.name, link.url, link.count) for link in views["/2026/01/"].parts] == [
        ("2026-01-15", "/2026/01/15/", 1),
        ("2026-01-01", "/2026/01/01/", 2),
    ]
    assert [(link.time, link.url, link.count) for link in views["/2026/"].days] == [
        (datetime(2026, 1, 15), "/2026/01/15/", 1),
        (datetime(2026, 1, 1), "/2026/01/01/", 2),
    ]
    day = views["/2026/01/01/"]
    assert [(link.url, link.time) for link in day.crumbs] == [
        ("/2026/", datetime(2026, 1, 1)),
        ("/2026/01/", datetime(2026, 1, 1)),
    ]
    assert (day.date, day.title, day.parts) == (datetime(2026, 1, 1), "2026-01-01", ())


def test_archives_are_paged() -> None:
    """A year with many stories has numbered pages, the oldest first."""
    views = planned(archive={"per_page": 1})
    assert {
        route: listed(view) for route, view in views.items() if route.startswith("/2026/page")
    } == {
        "/2026/page/1/": "b",
        "/2026/page/2/": "c",
    }
    assert listed(views["/2026/"]) == "d"


@pytest.mark.parametrize(
    ("permalink", "routes"),
    [
        (
            "/archive/{year}/{month}/{day}/",
            {"/archive/2025/", "/archive/2025/12/", "/archive/2025/12/31/"},
        )
    ],
)
def test_the_permalink_moves_them(permalink: str, routes: set[str]) -> None:
    """The setting decides the addresses of date pages."""
    assert set(planned(DOCUMENTS[:1], permalinks={"date": permalink})) == routes


@pytest.mark.parametrize(
    ("without", "routes"),
    [
        (["day"], {"/2025/", "/2025/12/"}),
        (["year", "month"], {"/2025/12/31/"}),
        (["year", "month", "day"], set()),
    ],
)
def test_levels_that_are_not_wanted(without: list[str], routes: set[str]) -> None:
    """Each level can be left out, and no other level links to it."""
    views = planned(DOCUMENTS[:1], without=without)
    assert set(views) == routes
    assert {link.url for view in views.values() for link in (*view.parts, *view.crumbs)} <= routes
    assert [link.url for view in views.values() for link in view.days] == (
        [""] if "/2025/" in routes else []
    )


def test_days_with_few_stories_may_do_without_pages() -> None:
    """With `archive.days: auto`, days have pages if they have three stories or more on average;
    otherwise nothing links to one, and years and months are the same.
    """
    auto = {"archive": {"days": "auto"}}
    few, many = planned(DOCUMENTS, **auto), [*DOCUMENTS[1:3], doc("e.md", **NEW_YEAR)]
    assert set(few) == {"/2025/", "/2025/12/", "/2026/", "/2026/01/"}
    assert {link.url for view in few.values() for link in (*view.parts, *view.days)} == {
        "",
        "/2025/12/",
        "/2026/01/",
    }
    assert listed(few["/2026/01/"]) == listed(planned()["/2026/01/"])
    assert "/2026/01/01/" in planned(many, **auto)


def test_years_have_four_digits() -> None:
    """Old dates have addresses with four digits too."""
    old = doc("o.md", publishedDateTime="0833-02-03")
    assert set(planned([old])) == {"/0833/", "/0833/02/", "/0833/02/03/"}


@given(
    st.lists(st.datetimes(datetime(1999, 12, 30), datetime(2000, 1, 3)), max_size=6),
    st.sampled_from(["UTC", "Asia/Tokyo", "America/Lima"]),
)
@limits(max_examples=rounds(25))
def test_every_story_is_on_each_level_once(times: list[datetime], zone: str) -> None:
    """A story is in its year, its month and its day, and in no other; the counts of links are
    right.
    """
    documents = [
        doc(f"{i}.md", publishedDateTime=time.isoformat() + "Z") for i, time in enumerate(times)
    ]
    views = planned(documents, timezone=zone)
    for level in (2, 3, 4):
        on_level = [view for route, view in views.items() if route.count("/") == level]
        assert sorted(card.url for view in on_level for card in view.cards) == sorted(
            f"/news/{i}/" for i in range(len(times))
        )
    for view in views.values():
        assert all(len(views[link.url].cards) == link.count for link in view.parts)
        for card in view.cards:
            assert card.time is not None
            assert (
                view.url
                == "".join(card.time.strftime("/%Y/%m/%d").partition(view.url.rstrip("/"))[1:2])
                + "/"
            )
