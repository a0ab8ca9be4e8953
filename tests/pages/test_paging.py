"""Paging that does not shift: an added story changes the list's own page, and hardly any other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.making import doc, plan_of, site
from newsgen.core.card import Card
from newsgen.core.site import Site
from newsgen.pages.base import ListView, list_views

STORIES = site(
    [doc(f"{i:03}.md", publishedDateTime=f"2026-01-01T00:00:{i:02}Z") for i in range(40)]
)
ROUTE = "/topics/ai/"
counts = st.integers(0, 39)
sizes = st.integers(0, 7)


def pages(count: int, per_page: int, of: Site = STORIES) -> dict[str, ListView]:
    """Return the pages of a list of the oldest `count` stories, by route."""
    planning = plan_of(of, url="https://wire.example/base")
    members = range(len(of.stories) - count, len(of.stories))
    made = list(list_views(planning, ROUTE, "AI", members, per_page))
    views = dict(made)
    assert len(views) == len(made)
    return views


def oldest_first(views: dict[str, ListView]) -> list[Card]:
    """Return all cards, from page 1 up to the list's own page along the links to newer ones."""
    links = {view.url: view for view in views.values()}
    view = links.get(f"/base{ROUTE}page/1/", views[ROUTE])
    cards: list[Card] = []
    for _ in views:
        cards += reversed(view.cards)
        if not view.pager.newer:
            break
        view = links[view.pager.newer]
    return cards


@given(counts, sizes)
def test_every_story_stands_on_exactly_one_page(count: int, per_page: int) -> None:
    """From page 1, the oldest, the pagers lead to all stories once, in the order of time."""
    expected = [story.card for story in reversed(STORIES.stories[len(STORIES.stories) - count :])]
    views = pages(count, per_page)
    assert oldest_first(views) == expected
    assert sum(len(view.cards) for view in views.values()) == count


@given(counts, sizes.filter(bool))
def test_pages_are_full(count: int, per_page: int) -> None:
    """A numbered page has `per_page` stories, the list's own page between that and twice as many
    less one.
    """
    views = pages(count, per_page)
    own = views.pop(ROUTE)
    assert all(len(view.cards) == per_page for view in views.values())
    assert (
        len(own.cards) == count
        if count < 2 * per_page
        else per_page <= len(own.cards) < 2 * per_page
    )
    assert sorted(view.pager.number for view in views.values()) == list(range(1, len(views) + 1))


@given(counts, sizes)
def test_a_new_story_changes_the_own_page_alone(count: int, per_page: int) -> None:
    """Full pages never change their stories; at most one new page appears, and then one pager
    changes to link to it.
    """
    before, after = pages(count, per_page), pages(count + 1, per_page)
    assert after.keys() >= before.keys()
    added = after.keys() - before.keys()
    changed = {route for route, view in before.items() if after[route] != view}
    assert len(added) <= 1
    assert changed - {ROUTE} <= {f"{ROUTE}page/{len(before) - 1}/"}
    assert (changed == {ROUTE}) or added
    for route in changed - {ROUTE}:
        old, new = before[route], after[route]
        assert (old.cards, old.pager.older, old.pager.number) == (
            new.cards,
            new.pager.older,
            new.pager.number,
        )
        assert new.pager.newer == f"/base{added.pop()}"


@given(counts, sizes)
def test_pagers_lead_there_and_back(count: int, per_page: int) -> None:
    """Each link of a pager leads to a page whose pager links back."""
    views = {view.url: view for view in pages(count, per_page).values()}
    for url, view in views.items():
        if view.pager.newer:
            assert views[view.pager.newer].pager.older == url
        if view.pager.older:
            assert views[view.pager.older].pager.newer == url
    assert sum(not view.pager.newer for view in views.values()) == 1
    assert sum(not view.pager.older for view in views.values()) == 1


@given(counts, sizes)
def test_what_grows_stands_on_the_own_page(count: int, per_page: int) -> None:
    """The number of stories and the first date are only on the list's own page."""
    views = pages(count, per_page)
    own = views.pop(ROUTE)
    assert own.count == count
    assert own.since == (STORIES.stories[-1].card if count else None)
    assert all((view.count, view.since, view.parts) == (0, None, ()) for view in views.values())


@pytest.mark.parametrize(
    ("count", "routes"),
    [(0, []), (1, []), (3, []), (4, [1]), (5, [1]), (6, [1, 2]), (40, list(range(1, 20)))],
)
def test_addresses(count: int, routes: list[int]) -> None:
    """With two stories a page, the first numbered page appears with the fourth story."""
    assert set(pages(count, 2)) == {ROUTE} | {f"{ROUTE}page/{n}/" for n in routes}


def test_no_paging() -> None:
    """With 0 a page, all stories are on one page."""
    assert [len(view.cards) for view in pages(40, 0).values()] == [40]
