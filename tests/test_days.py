"""A date without a time is a day, and is compared and shown as one everywhere."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime

import pytest
from lxml import etree

from content.reading import load
from newsgen.content.times import is_day
from support import SmallSite

DAY = "2026-01-30"


@pytest.mark.parametrize(
    ("published", "updated", "kept"),
    [
        *(
            (f"{DAY}T08:00:00Z", DAY, True),
            (DAY, DAY, True),
            (DAY, f"{DAY}T00:00:00Z", True),
            (DAY, f"{DAY}T10:00:00Z", True),
        ),
        *(
            (f"{DAY}T08:00:00Z", "2026-01-31", True),
            (f"{DAY}T23:59:59Z", DAY, True),
            (f"{DAY}T08:00:00Z", "2026-01-29", False),
        ),
        *(
            (f"{DAY}T08:00:00Z", f"{DAY}T07:59:59Z", False),
            (DAY, "2026-01-29T23:59:59Z", False),
            (DAY, "2026-01-29", False),
        ),
    ],
)
def test_updates_on_the_day_of_publication(published: str, updated: str, kept: bool) -> None:
    """A date alone is not before any time of that day.

    Earlier days and earlier times are too early.
    """
    loaded = load(f"title: T\npublishedDateTime: {published}\nupdated: {updated}")
    assert loaded.article is not None
    assert (loaded.article.updated is not None) is kept
    assert [one.code for one in loaded.problems] == ([] if kept else ["updated-too-early"])
    if kept:
        assert loaded.article.updated is not None
        assert loaded.article.updated >= loaded.article.time.replace(microsecond=0)
        assert is_day(loaded.article.updated) == (":" not in updated)


def test_midnight_is_a_time() -> None:
    """An explicit midnight is shown with its time."""
    article = load(f"title: T\npublishedDateTime: {DAY}T00:00:00Z").article
    assert article is not None
    assert not is_day(article.time)


def dated(site: SmallSite, zone: str = "UTC") -> None:
    """A site with one article of a day, updated and corrected on that day."""
    site.settings(timezone=zone)
    (site.root / "content/two.md").unlink()
    corrections = [{"date": DAY, "text": "Two metres."}]
    site.article("one", publishedDateTime=DAY, updated=DAY, corrections=corrections)
    assert site.build().problems == ()


@pytest.mark.parametrize(
    ("zone", "offset"),
    [("UTC", "+00:00"), ("Asia/Tokyo", "+09:00"), ("America/New_York", "-05:00")],
)
def test_pages_show_the_day(site: SmallSite, zone: str, offset: str) -> None:
    """No page shows a time of day; `datetime`, metadata and sitemaps have the date.

    Feeds, which require a time, have midnight.
    """
    dated(site, zone)
    article = site.page("/news/one/")
    assert f'<time datetime="{DAY}">January 30, 2026</time>' in article
    assert f'content="{DAY}"' in article
    assert f'"datePublished":"{DAY}"' in article
    assert f'"dateModified":"{DAY}"' in article
    for path, data in site.tree().items():
        if path.endswith(".html"):
            assert not re.search(rb"12:00|00:00|T15:00|T05:00", data), path
        assert b".000001" not in data
    assert f"<lastmod>{DAY}</lastmod>" in site.page("/sitemap.xml")
    atom = etree.fromstring((site.output / "atom.xml").read_bytes())
    midnight = f"{DAY}T00:00:00{offset}"
    assert (
        atom.xpath("//*[local-name()='published' or local-name()='updated']/text()")
        == [midnight] * 3
    )
    (item,) = json.loads(site.page("/feed.json"))["items"]
    assert (item["date_published"], item["date_modified"]) == (midnight, midnight)
    utc = datetime.fromisoformat(midnight).astimezone(UTC)
    assert f"<pubDate>{utc:%a, %d %b %Y %H:%M:%S} GMT</pubDate>" in site.page("/feed.xml")


def test_a_day_begins_at_midnight(site: SmallSite) -> None:
    """It becomes due at midnight in the site's zone and is visible from that second on.

    A build then and a later one are equal.
    """
    site.article("later", publishedDateTime="2026-02-02", updated="2026-02-02")
    noon = datetime(2026, 2, 1, 12, tzinfo=UTC)
    assert site.build(as_of=noon).due == datetime(2026, 2, 2, tzinfo=UTC)
    assert not (site.output / "news/later/index.html").exists()
    site.build(as_of=datetime(2026, 2, 2, tzinfo=UTC))
    assert "Updated" in site.page("/news/later/")
    assert site.run("next-due", "--at", "2026-02-01T12:00:00Z").stdout == "2026-02-02T00:00:00Z\n"


def test_lists_by_day_have_no_clock(site: SmallSite) -> None:
    """A list that shows the time of its stories shows the date for a story of a day."""
    dated(site)
    assert ">January 30, 2026</time>" in site.page("/2026/01/30/")
