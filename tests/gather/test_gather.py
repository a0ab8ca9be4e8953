"""Gathering feeds: from the answers of real servers to content files."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from pathlib import Path

import pytest

from newsgen.core.problems import UserError
from servers import Server

from .feeds import NOW, Planet, codes, item, rss, sending


@pytest.fixture
def planet(tmp_path: Path) -> Planet:
    return Planet(tmp_path / "planet")


def test_an_item_becomes_a_clean_article(planet: Planet) -> None:
    """An article has the content of its item, without a problem and without anything harmful."""
    described = "&lt;p&gt;The gates &lt;script&gt;alert(1)&lt;/script&gt; held.&lt;/p&gt;"
    full = (
        "<content:encoded><![CDATA[<p>Held <b>fast</b>. {{< youtube x >}} *star*</p>"
        '<p><a href="javascript:x()">bad</a> <a href="/more">more</a></p>'
        '<iframe src="https://evil.example/"></iframe>]]></content:encoded>'
    )
    more = (
        '<media:content url="https://paper.example/a.jpg" medium="image" width="900"/>'
        '<enclosure url="https://paper.example/a.mp3" type="audio/mpeg" length="12"/>'
        "<category>Dykes</category>" + full
    )
    one = item("gates", title="Gates &amp;amp; &lt;b&gt;dykes&lt;/b&gt;", description=described)
    feed = rss(one.replace("</item>", more + "</item>"), title="The&#160;Paper")
    with Server({"/feed": sending(feed)}).running() as host:
        rules = {"url": f"{host.url}/feed", "topics": ["Climate"], "full_text": True}
        planet.feeds(rules)
        found = planet.gather()
    assert (found.number("new"), codes(found)) == (1, [])
    front = planet.front("gates")
    assert front["title"] == "Gates & dykes"
    assert front["excerpt"] == "The gates held."
    assert front["webUrl"] == "https://paper.example/gates"
    assert (front["topics"], front["tags"]) == (["Climate"], ["Dykes"])
    assert front["images"] == [{"url": "https://paper.example/a.jpg"}]
    assert front["audio"] == {
        "url": "https://paper.example/a.mp3",
        "type": "audio/mpeg",
        "length": 12,
    }
    (text,) = planet.files.values()
    assert "Held **fast**." in text
    assert "javascript" not in text
    assert f"[more]({host.url}/more)" in text
    assert planet.problems() == []
    planet.site.build()
    page = planet.site.page("/news/2026-01-30-gates-dykes/")
    assert '<a href="https://paper.example/a.mp3" rel="external noopener">' in page
    assert "<audio" not in page
    planet.site.settings(embeds={"media": ["paper.example"]})
    planet.site.build()
    source = '<source src="https://paper.example/a.mp3" type="audio/mpeg">'
    player = f'<audio controls preload="none">{source}</audio>'
    assert player in planet.site.page("/news/2026-01-30-gates-dykes/")
    assert "{{&lt; youtube x &gt;}} *star*" in page
    assert "<iframe" not in page


def test_a_second_run_takes_nothing(planet: Planet) -> None:
    """A second run takes nothing: hosts with versions get conditional requests, and items of others
    are known.
    """
    tagged = sending(rss(item("a")), {"ETag": '"v1"'})

    def versioned(request):  # type: ignore[no-untyped-def]
        if request.headers.get("If-None-Match") == '"v1"':
            sending(b"", status=304)(request)
        else:
            tagged(request)

    with Server({"/a": versioned, "/b": sending(rss(item("b")))}).running() as host:
        planet.feeds(f"{host.url}/a", f"{host.url}/b")
        assert planet.gather().number("new") == 2
        before = planet.files
        again = planet.gather(NOW + timedelta(hours=1))
        assert (again.files, again.unchanged, again.asked) == ((), 1, 2)
        assert planet.files == before


def test_one_item_is_one_article(planet: Planet) -> None:
    """An item is recognised by its id, its address without tracking, and a nearly equal title of
    the same source.
    """
    twin = {"guid": "other", "link": "https://paper.example/elsewhere"}
    first = rss(item("a"), item("a", guid="again", link="https://paper.example/a?utm_source=rss"))
    second = rss(
        item("a", guid="new", link="http://www.paper.example/a/#part"),
        item("a", **twin, title="Story a of teh tides"),
        item("b", guid="guid-a", link="https://paper.example/moved"),
    )
    with Server({"/a": sending(first), "/b": sending(second)}).running() as host:
        planet.feeds(f"{host.url}/a", f"{host.url}/b")
        planet.gather()
    assert len(planet.files) == 2, "guids belong to their feed, so `b` is an article of its own"
    assert planet.gather(everything=True).files == ()


def test_a_title_that_returns_every_day_is_new(planet: Planet) -> None:
    """Columns of the same name on two days are two articles."""
    days = [
        item(name, title="Morning briefing for the harbour", pubDate=f"{day} Jan 2026 06:00:00 GMT")
        for name, day in (("a", 29), ("b", 30))
    ]
    with Server({"/": sending(rss(*days))}).running() as host:
        planet.feeds(f"{host.url}/")
        assert planet.gather().number("new") == 2


def test_an_update_is_written_unless_the_file_was_edited(planet: Planet) -> None:
    """A changed item changes its article and `updated`; an edited or deleted file stays."""
    words = {"a": "one", "b": "one", "c": "one"}
    feed = sending(lambda: rss(*(item(name, description=text) for name, text in words.items())))
    with Server({"/": feed}).running() as host:
        planet.feeds(f"{host.url}/")
        planet.gather()
        folder = planet.site.root / "content/feeds/the-paper"
        names = {name: folder / f"2026-01-30-story-{name}-of-the-tides.md" for name in words}
        names["b"].write_text(names["b"].read_text() + "Edited.\n")
        names["c"].unlink()
        words |= dict.fromkeys(words, "two")
        later = NOW + timedelta(hours=1)
        found = planet.gather(later)
        assert [one.action for one in found.files] == ["updated", "kept", "kept"]
        assert planet.front("story-a")["excerpt"] == "two"
        assert planet.front("story-a")["updated"] == later
        assert names["b"].read_text().endswith("Edited.\n")
        assert not names["c"].exists()
        assert planet.gather(later + timedelta(hours=1)).files == ()


def test_floods_and_dates(planet: Planet) -> None:
    """A first run takes the newest items, later runs a limited number. Undated items get the time
    they were first seen, and later ones wait."""
    dated = [item(f"n{n}", pubDate=f"{n:02} Jan 2026 08:00:00 GMT") for n in range(1, 29)]
    special = [item("soon", pubDate="Sun, 01 Feb 2026 08:00:00 GMT"), item("undated", pubDate="")]
    more: list[str] = []
    with Server({"/": sending(lambda: rss(*dated, *special, *more))}).running() as host:
        planet.feeds({"url": f"{host.url}/", "first_run": 3, "limit": 2})
        found = planet.gather()
        assert (found.number("new"), found.skipped, found.waiting) == (2, 27, 1)
        assert planet.front("undated")["publishedDateTime"] == NOW
        more += [item(f"m{n}", pubDate=f"30 Jan 2026 0{n}:00:00 GMT") for n in range(5)]
        found = planet.gather(NOW + timedelta(minutes=1))
        assert (found.number("new"), found.waiting) == (2, 4)
        found = planet.gather(NOW + timedelta(days=1))
        assert (found.number("new"), found.waiting) == (2, 2)
        assert planet.front("soon")["title"] == "Story soon of the tides"


def test_words_and_age(planet: Planet) -> None:
    """Items are chosen by words, and old articles are removed, except edited ones."""
    items = [
        item("tide"),
        item("ports", title="All ports"),
        item("stars", title="The tides and stars"),
    ]
    with Server({"/": sending(rss(*items))}).running() as host:
        rules = {
            "url": f"{host.url}/",
            "include": ["tides", "Ports"],
            "exclude": ["stars"],
            "keep_days": 9,
        }
        planet.feeds(rules)
        assert (planet.gather().unwanted, len(planet.files)) == (1, 2)
        kept = planet.site.root / "content/feeds/the-paper/2026-01-30-all-ports.md"
        kept.write_text(kept.read_text() + "Mine.\n")
        found = planet.gather(NOW + timedelta(days=30))
        assert (found.number("removed"), list(planet.files)) == (1, ["2026-01-30-all-ports"])
        assert planet.gather(NOW + timedelta(days=31)).files == ()


def test_the_image_of_a_page(planet: Planet) -> None:
    """If the rules allow it, the page of an item without an image is requested once."""
    head = (
        '<meta property="og:image" content="/b.jpg"><body><meta property="og:image" content="/no">'
    )
    with Server({}).running() as host:
        page = sending(head, {"Content-Type": "text/html"})
        link = f"{host.url}/page"
        with Server({"/": sending(rss(item("a", link=link))), "/page": page}).running() as feeds:
            planet.feeds({"url": f"{feeds.url}/", "og_image": True})
            planet.gather()
            assert host.paths == ["GET /page"]


def test_a_dry_run_writes_nothing(planet: Planet) -> None:
    """A dry run reports what a run would do, and writes nothing."""
    with Server({"/": sending(rss(item("a")))}).running() as host:
        planet.feeds(f"{host.url}/")
        before = sorted(planet.site.root.rglob("*.*"))
        shown = planet.site.run("gather", "--dry-run")
        assert shown.stdout.startswith("new      content/feeds/the-paper/2026-01-30-story-a"), shown
        assert "nothing written" in shown.stderr
        after = [path for path in planet.site.root.rglob("*.*") if ".newsgen" not in path.parts]
        assert sorted(after) == before


def test_without_its_ledger_it_knows_its_files(planet: Planet) -> None:
    """If feeds.jsonl is lost, no article is written twice, and an edited one stays."""
    with Server({"/": sending(rss(item("a"), item("b")))}).running() as host:
        planet.feeds(f"{host.url}/")
        planet.gather()
        file = planet.site.root / "content/feeds/the-paper/2026-01-30-story-a-of-the-tides.md"
        file.write_text(file.read_text() + "Edited.\n")
        before = planet.files
        (planet.site.root / "feeds.jsonl").unlink()
        planet.gather(everything=True)
        assert planet.files == before


def test_mistakes_in_feeds_yaml_are_shown_with_their_place(planet: Planet) -> None:
    """The message has the file, the line and the column."""
    planet.site.write("feeds.yaml", "feeds:\n  - url: https://a.example/\n    limt: 3\n")
    done = planet.site.run("gather")
    assert done.returncode == 2
    assert "feeds.yaml:3:5: error: feeds[0].limt is not a setting" in done.stderr, done.stderr
    planet.site.write("feeds.yaml", "feeds:\n  - ftp://a.example/\n")
    done = planet.site.run("gather")
    assert "feeds.yaml:2:5: error: feeds[0] is not an http or https address" in done.stderr
    (planet.site.root / "feeds.yaml").unlink()
    assert planet.site.run("gather").returncode == 2


def test_opml(planet: Planet) -> None:
    """Feeds of a feed reader are added once, with their folders as topics, and can be exported
    again.
    """
    opml = (
        '<opml version="2.0"><body><outline text="Ports"><outline type="rss" text="A &amp; B" '
        'xmlUrl="https://a.example/feed"/></outline><outline xmlUrl="https://b.example/" text="B"/>'
        '<outline xmlUrl="javascript:x" text="C"/></body></opml>'
    )
    file = planet.site.write("reader.opml", opml)
    planet.site.write("feeds.yaml", "# mine\nfeeds:\n- https://b.example\n")
    assert planet.site.run("gather", "--opml-in", file).returncode == 0
    text = (planet.site.root / "feeds.yaml").read_text()
    assert text == (
        "# mine\nfeeds:\n- {url: 'https://a.example/feed', source: A & B, topics: [Ports]}\n"
        "- https://b.example\n"
    )
    assert planet.site.run("gather", "--opml-in", file).stderr == "0 feeds added\n"
    out = planet.site.root / "out.opml"
    assert planet.site.run("gather", "--opml-out", out).returncode == 0
    (planet.site.root / "feeds.yaml").unlink()
    done = planet.site.run("gather", "--opml-in", out)
    assert done.stderr == "2 feeds added\n"
    assert "topics: [Ports]" in (planet.site.root / "feeds.yaml").read_text()


def test_one_run_at_a_time(planet: Planet) -> None:
    """A second run at the same time ends with 4."""
    from newsgen.gather.gather import gathering

    planet.feeds("https://a.example/")
    with gathering(planet.site.root / ".newsgen"), pytest.raises(UserError) as error:
        planet.gather()
    assert error.value.exit_code == 4


def test_a_night_gathers_first_and_status_shows_the_health(planet: Planet) -> None:
    """The nightly job publishes new items of feeds, although one feed is dead, and status shows the
    health of each.
    """
    routes = {"/": sending(rss(item("a"))), "/gone": (410, {})}
    with Server(routes).running() as host:
        planet.feeds(f"{host.url}/", f"{host.url}/gone")
        done = planet.site.run("nightly", "--if-due", "--json", "--log-format", "json")
        night = json.loads(done.stdout)
        assert (night["outcome"], night["articles"]) == ("published", 1), done.stderr
        assert [one["code"] for one in night["problems"]] == ["feed-gone"]
        assert '"event":"gathered"' in done.stderr
        for file in planet.site.root.rglob("*.*"):
            os.utime(file, (1, 1))  # the stat of a recently changed file is not trusted
        planet.site.run("nightly")
        again = planet.site.run("nightly", "--if-due", "--log-format", "json")
        assert '"event":"not due"' in again.stderr
        asked = host.paths.count("GET /gone")
    assert asked == 1, "a feed that is gone is not asked each time"
    feeds = json.loads(planet.site.run("status", "--json").stdout)["feeds"]
    assert [(one["failures"], one["articles"]) for one in feeds] == [(1, 0), (0, 1)]
    assert "the feed is gone for good (410)" in planet.site.run("status").stdout
