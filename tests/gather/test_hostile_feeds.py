"""Feeds made to harm a site, to stop gathering or to make it costly. Each affects only itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from newsgen.config.settings import load_config
from newsgen.gather.feeds_file import FeedRules, add_feeds, load_feeds
from newsgen.gather.opml import read_opml
from newsgen.gather.parse import FeedItem
from newsgen.gather.select import Titles, select
from newsgen.store.ledger import Ledger
from servers import Route, Server, broken

from .feeds import NOW, Planet, codes, item, rss, sending

JSON_FEED = '{"version": "https://jsonfeed.org/version/1.1", "items": '
HALF = "\ud800"  # half of a surrogate pair, which JSON can express and UTF-8 cannot


@pytest.fixture
def planet(tmp_path: Path) -> Planet:
    return Planet(tmp_path / "planet")


def json_feed(*items: dict[str, Any], title: str = "J") -> Route:
    """Return a JSON Feed whose items have these fields, and default ones."""
    common = {
        "url": "https://j.example/1", "title": "Tide", "date_published": "2026-01-30T08:00:00Z",
    }  # fmt: skip
    made = [{"id": str(n)} | common | one for n, one in enumerate(items)]
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": title, "items": made}
    return sending(json.dumps(feed), {"Content-Type": "application/feed+json"})


def filled(unit: str, size: int = 400_000) -> str:
    return unit * (size // len(unit))


HOSTILE: dict[str, Route] = {
    "halves of characters": json_feed(
        {
            "id": f"x{HALF}", "url": f"https://j.example/{HALF}", "title": f"Half {HALF}",
            "content_html": f"<p>{HALF}", "tags": [HALF], "authors": [{"name": HALF}],
        },
        title=HALF,
    ),
    "nested JSON": sending(JSON_FEED + "[" * 9_999),
    "a huge number": sending(JSON_FEED + '[{"id": ' + "9" * 5_000 + "}]}"),
    "an encoding that is none": sending(rss(item("e")), {"Content-Type": 'a/xml; charset="\x7f'}),
    "entities": sending(
        '<!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa">'
        + "".join(
            f'<!ENTITY {b} "{f"&{a};" * 10}">'
            for a, b in zip("abcdefgh", "bcdefghi", strict=True)
        )
        + ']><rss version="2.0"><channel><item><title>&i;</title></item></channel></rss>'
    ),
    "a file as an entity": sending(
        '<!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/passwd">]><rss version="2.0"><channel><item>'
        "<title>&a;root</title></item></channel></rss>"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_feed_stops_no_other(planet: Planet, name: str) -> None:
    """Despite any hostile feed, others are gathered in the same run, and the site is built."""
    with Server({"/bad": HOSTILE[name], "/good": sending(rss(item("good")))}).running() as host:
        planet.feeds({"url": f"{host.url}/bad", "full_text": True}, f"{host.url}/good")
        planet.gather(NOW)
    assert any("Story good of the tides" in text for text in planet.files.values())
    assert not any("root:" in text or "a" * 99 in text for text in planet.files.values())
    assert planet.site.run("build").returncode == 0


COSTLY = {
    "elements nested": (filled("<div>"), "nesting"),
    "formatting left open": (filled("<b id=i><p>"), "nesting"),
    "tables nested": (filled("<table><tr><td>"), "nesting"),
    "many paragraphs": (filled("<p>x"), "elements"),
    "many breaks": (filled("<br>"), "elements"),
    "a long text": (filled("word ", 1_300_000), "body"),
    "a run of spaces": ("<p>" + filled(" ", 60_000) + "x", ""),
    "comments left open": (filled("<!-- more ", 600_000), ""),
    "a table in a table": ("<table><tr><td>" * 20 + filled("<b>x</b>", 120_000), ""),
    "a gallery in a gallery": (
        "<div class=gallery>" * 90 + filled("<img src=//i.example>", 120_000),
        "",
    ),
}


@pytest.mark.parametrize("name", COSTLY)
def test_a_costly_text_is_left_out(planet: Planet, name: str) -> None:
    """An item whose text exceeds a budget becomes an article without a body, with a problem."""
    html, budget = COSTLY[name]
    with Server({"/f": json_feed({"content_html": html})}).running() as host:
        planet.feeds({"url": f"{host.url}/f", "full_text": True})
        found = planet.gather(NOW)
    assert codes(found) == (["over-budget"] if budget else [])
    assert all(f"(budgets.{budget})" in problem.message for problem in found.problems)
    assert len(found.files) == len(planet.files) == 1
    assert planet.problems() == []


def test_fields_that_look_like_front_matter(planet: Planet) -> None:
    """A title, source, author or tag with line breaks adds no field to front matter."""
    words = "x\r\nsecured: QUJD;REVG\ndraft: true\n---\n# no"
    feed = json_feed(
        {"title": words, "tags": [words], "authors": [{"name": words}], "content_html": words},
        title=words,
    )
    with Server({"/f": feed}).running() as host:
        planet.feeds(f"{host.url}/f")
        planet.gather(NOW)
    (text,) = planet.files.values()
    known = {"title", "publishedDateTime", "excerpt", "webUrl", "provider", "authors", "tags"}
    assert {line.partition(":")[0] for line in text.splitlines()} - {"---"} <= known


def test_a_page_with_a_broken_image_address(planet: Planet) -> None:
    """With any `og:image` on one page, the images of other pages are found, and texts are
    cleaned.
    """
    page = '<meta property=og:image content="{}"><meta property=og:image:alt content="\x1b[31m{}">'
    images = {"a": "http://[x", "b": "https://i.example:99999/", "c": "https://i.example/c.png"}
    routes: dict[str, Route] = {
        f"/{name}": sending(page.format(image, "A &#x202e;tide"), {"Content-Type": "text/html"})
        for name, image in images.items()
    }
    with Server(routes).running() as host:
        routes["/f"] = sending(rss(*(item(n, link=f"{host.url}/{n}", title=n) for n in images)))
        planet.feeds({"url": f"{host.url}/f", "og_image": True})
        planet.gather(NOW)
    shown = {front["title"]: front.get("images") for front in map(planet.front, images)}
    image = {"url": "https://i.example/c.png", "alt": "[31mA tide"}
    assert shown == {"a": None, "b": None, "c": [image]}


def test_a_host_of_pages_that_does_not_answer(planet: Planet) -> None:
    """A host that breaks off gets one request for a page, not one for each item."""
    routes: dict[str, Route] = {"*": broken}
    with Server(routes).running() as host:
        links = [item(f"p{n}", link=f"{host.url}/{n}", title=f"Page {n}") for n in range(9)]
        with Server({"/f": sending(rss(*links))}).running() as feeds:
            planet.feeds({"url": f"{feeds.url}/f", "og_image": True})
            found = planet.gather(NOW)
    assert found.number("new") == 9
    assert len(host.asked) == 1


def test_a_feed_cannot_take_the_name_of_another(planet: Planet) -> None:
    """A feed cannot take as its title the name that feeds.yaml gives a feed of another site."""
    with Server({"/f": sending(rss(item("a"), title="THE  paper"))}).running() as host:
        planet.feeds(f"{host.url}/f", {"url": "http://10.0.0.1/feed", "source": "The Paper"})
        planet.gather(NOW)
    assert planet.front("story-a")["provider"] == {"name": "127.0.0.1"}


@pytest.mark.parametrize("thief", ["https://thief.example/f", "https://thief.paper.example/f"])
def test_a_feed_cannot_keep_the_articles_of_another_away(tmp_path: Path, thief: str) -> None:
    """A feed of the address's own host decides an article's content, even if other feeds named it
    first.
    """
    link, ledger = "https://paper.example/story", Ledger(tmp_path / "l", tmp_path)
    titles = Titles(ledger)

    def taken(feed: str, guid: str, title: str, link: str) -> list[str]:
        told = FeedItem(guid, link, title, published=NOW)
        chosen = select([told], FeedRules(feed), "The Paper", ledger, titles, NOW, False)
        entries = [
            structs.replace(one.entry, key=one.before.key if one.before else one.entry.key)
            for one in chosen.write
        ]
        with ledger:
            for entry in entries:
                ledger.remember(structs.replace(entry, path=f"{entry.key}.md"))
        return [entry.key for entry in entries]

    other, own = "https://other.example/f", "https://www.paper.example/f"
    (stolen,) = taken(thief, "1", "The gates broke in the storm", link)
    assert taken(thief, "2", "The gates hold in the storm", "https://thief.example/2")
    assert not taken(other, "3", "Gates", link), "an address is one article"
    assert taken(own, "4", "The gates hold in the storm", link) == [stolen]
    assert not taken(own, "4", "The gates hold in the storm", link)
    assert not taken(thief, "1", "The gates broke in the storm", "https://thief.example/1")
    assert not taken(other, "5", "Gates", link)
    assert taken(own, "4", "The gates hold in the rain", link) == [stolen]


def test_thousands_of_like_titles(planet: Planet) -> None:
    """A feed with thousands of nearly equal titles is read, and one misspelled title gives one
    article.
    """
    titles = [f"alpha beta gamma tide{n:04d}" for n in range(500)]
    titles += ["The harbour is closed again", "The harbuor is closed again"]
    feed = json_feed(*({"title": t, "url": f"https://j.example/{t}"} for t in titles))
    with Server({"/f": feed}).running() as host:
        planet.feeds({"url": f"{host.url}/f", "first_run": 5_000, "limit": 5_000})
        found = planet.gather(NOW, dry_run=True)
    assert found.number("new") == 501


def test_a_list_of_feeds_with_other_languages(planet: Planet) -> None:
    """An invalid language tag in OPML is left out, and feeds.yaml stays valid."""
    outlines = "".join(
        f'<outline xmlUrl="https://{n}.example/f" language="{language}" text="a&#10;b: c"/>'
        for n, language in enumerate(("german", "\xe9\xe9", "de-AT"))
    )
    feeds = read_opml(f'<opml version="2.0"><body>{outlines}</body></opml>'.encode())
    assert [feed.language for feed in feeds] == ["", "", "de-AT"]
    add_feeds(load_config(planet.site.root), feeds)
    assert load_feeds(load_config(planet.site.root)).rules == tuple(feeds)
