"""A plan is kept until something it depends on changes."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest

from newsgen.build.plan import CachedPlan
from newsgen.store.cache import Cache
from support import AS_OF, SmallSite


@pytest.fixture
def site(make_site) -> SmallSite:
    """Return three stories, one of which names another by its title."""
    site = make_site()
    for name in ("one", "two"):
        site.article(name, excerpt="Words.", images=["https://a.example/1.png"], body="Text.\n")
    site.article("three", related=[{"title": "Story one"}])
    site.build()
    return site


def planned_anew(site: SmallSite) -> bool:
    """Return whether a build an hour later makes a new plan."""
    site.build(as_of=AS_OF + timedelta(hours=1))
    cache = Cache(site.root / ".newsgen")
    plan = cache.load("plan", CachedPlan)
    cache.close()
    assert plan
    return plan.since > AS_OF


@pytest.mark.parametrize(
    "fields",
    [
        {"title": "Another"},
        {"excerpt": "Others."},
        {"images": ["https://a.example/2.png"]},
        {"body": "Another.\n"},
        {"secured": "eA==;eA=="},
    ],
)
def test_what_is_only_shown_leaves_the_plan_as_it_is(
    site: SmallSite, fields: dict[str, str]
) -> None:
    """The plan stays after changes to a title that nobody names, an excerpt, an image or a body."""
    site.article(
        "two",
        **{"excerpt": "Words.", "images": ["https://a.example/1.png"], "body": "Text.\n", **fields},
    )
    assert not planned_anew(site)


@pytest.mark.parametrize(
    "fields",
    [
        {"publishedDateTime": "2026-01-29"},
        {"topics": ["Other"]},
        {"published": False},
        {"images": None},
        {"heat": 9},
        {"aliases": ["/old/"]},
    ],
)
def test_what_decides_where_a_story_stands_makes_a_new_plan(
    site: SmallSite, fields: dict[str, object]
) -> None:
    """A change of time, topics, visibility or heat, or of having an image, makes a new plan."""
    site.article(
        "two",
        **{"excerpt": "Words.", "images": ["https://a.example/1.png"], "body": "Text.\n", **fields},
    )
    assert planned_anew(site)


@pytest.mark.parametrize(("name", "title"), [("one", "Renamed"), ("two", "Story one")])
def test_a_title_that_others_name_makes_a_new_plan(site: SmallSite, name: str, title: str) -> None:
    """A new plan is made if another article names a title that changes, or names the new one.

    Such titles decide the sidebar.
    """
    site.article(
        name, title=title, excerpt="Words.", images=["https://a.example/1.png"], body="Text.\n"
    )
    assert planned_anew(site)


def test_settings_data_and_time_make_a_new_plan(site: SmallSite) -> None:
    """Other settings, another data file, or the time at which a story appears each make a new
    plan."""
    site.settings(per_page=5)
    assert planned_anew(site)
    site.build()
    site.write("_data/topics.yaml", "- name: Artificial\n  otherNames: [AI]\n")
    assert planned_anew(site)
    site.build()
    site.article("four", publishedDateTime=(AS_OF + timedelta(minutes=30)).isoformat())
    site.build()
    assert planned_anew(site)


def test_a_plan_made_apart_is_the_same(site: SmallSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """Planning a large site in a separate process, and rendering it with workers that begin empty,
    changes no byte.
    """
    before = site.tree()
    (site.root / ".newsgen/cache.sqlite").unlink()
    shutil.rmtree(site.root / "site")
    monkeypatch.setattr("newsgen.build.plan._LARGE", 1)
    monkeypatch.setattr("newsgen.build.rendering._MANY", 1)
    monkeypatch.setattr("newsgen.build.rendering._BATCH", 1)
    monkeypatch.setattr("newsgen.build.rendering._AFAR", 9)
    site.build(jobs=2)
    assert site.tree() == before
    assert not planned_anew(site)


def test_results_for_windows_that_are_gone_are_deleted(site: SmallSite) -> None:
    """The cache drops similarities of calendar windows of another length, and of empty ones."""

    def windows() -> list[str]:
        with closing(sqlite3.connect(site.root / ".newsgen/cache.sqlite")) as database:
            return [
                name
                for (name,) in database.execute(
                    "SELECT name FROM memos WHERE name LIKE 'window %' ORDER BY name"
                )
            ]

    before = windows()
    assert len(before) == 1
    site.article("old", publishedDateTime="2020-01-30T08:00:00Z")
    site.build()
    assert len(windows()) == 2
    (site.root / "content/old.md").unlink()
    site.build()
    assert windows() == before
    site.settings(stories={"window": 7})
    site.build()
    assert len(windows()) == 1
    assert windows() != before
    site.settings(stories={"window": 0})
    site.build()
    assert windows() == []
