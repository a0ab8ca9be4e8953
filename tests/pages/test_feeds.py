"""Feeds: RSS, Atom and JSON over all stories and for each topic."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from typing import Any

import feedparser
import lxml.html
import pytest
from lxml import etree

from support import SmallSite, read_tree

ATOM = {"a": "http://www.w3.org/2005/Atom"}
LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def test_all_formats_hold_the_same_stories(site: SmallSite) -> None:
    """The site and its topic have three feeds each, and all name the same stories, newest first."""
    site.build()
    for folder in ("", "topics/ai/"):
        rss = etree.fromstring((site.output / folder / "feed.xml").read_bytes())
        atom = etree.fromstring((site.output / folder / "atom.xml").read_bytes())
        feed = json.loads((site.output / folder / "feed.json").read_bytes())
        found = [
            rss.xpath("//item/title/text()"),
            atom.xpath("//a:entry/a:title/text()", namespaces=ATOM),
            [item["title"] for item in feed["items"]],
        ]
        assert found == [["Story two", "Story one"]] * 3


def test_atom_feed_was_updated_when_a_story_last_was(site: SmallSite) -> None:
    """The feed's time is that of an updated older story if it is later than the newest story."""
    site.article("one", publishedDateTime="2026-01-29T08:00:00Z", updated="2026-01-31T09:00:00Z")
    site.build()
    atom = etree.fromstring((site.output / "atom.xml").read_bytes())
    assert atom.xpath("a:updated/text()", namespaces=ATOM) == ["2026-01-31T09:00:00+00:00"]


def test_full_text_dirties_the_feeds_that_carry_it(site: SmallSite) -> None:
    """With feeds.full_text, a changed body renders its page and the feeds; without it, only its
    page.
    """
    fields = {"publishedDateTime": "2026-01-29T08:00:00Z", "excerpt": "In short."}
    site.article("one", body="Some words.\n", **fields)
    site.build()
    site.article("one", body="Other words.\n", **fields)
    assert site.build().rendered == 1
    site.settings(feeds={"full_text": True})
    site.build()
    site.article("one", body="New words.\n", **fields)
    assert site.build().rendered == 7
    assert "New words." in site.page("feed.xml")


def test_settings_hold_no_control_characters(site: SmallSite) -> None:
    """Escapes for characters that XML does not allow are removed from settings, so feeds stay
    XML.
    """
    text = (
        'title: "The\\b Wire\\uFFFF"\nurl: https://wire.example\ndescription: "a\\u000Bb\\u0001"\n'
    )
    for settings in (text, text + "per_page: 0x10\n"):  # the fast and the exact parser
        site.write("newsgen.yaml", settings)
        site.build()
        rss, atom = (
            etree.fromstring((site.output / name).read_bytes()) for name in ("feed.xml", "atom.xml")
        )
        assert (rss.findtext("channel/title"), rss.findtext("channel/description")) == (
            "The Wire",
            "ab",
        )
        assert atom.findtext("a:title", namespaces=ATOM) == "The Wire"


# XML 1.0, production 2
NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
CONTROLS = "a\x01b\x0bc\x1f\ufffed\uffffe&#8;f&#11;g&#xC;h&#xFFFF;i&#65534;j&#xD800;k&#0;l"


def test_no_text_brings_a_control_character_into_xml(site: SmallSite) -> None:
    """Characters that XML does not allow reach no feed and no sitemap from any text of an article
    or a data file, raw, as a reference or as an escape.
    """
    names = {"title": CONTROLS, "excerpt": CONTROLS, "category": CONTROLS, "authors": [CONTROLS]}
    image = {"url": "https://paper.example/a.jpg", "title": CONTROLS, "caption": CONTROLS}
    more = {
        "tags": [CONTROLS],
        "topics": ["AI", CONTROLS],
        "provider": {"name": CONTROLS, "domain": "paper.example"},
        "images": [image],
        "updated": "2026-01-30T09:00:00Z",
        "corrections": [{"date": "2026-01-30", "text": CONTROLS}],
    }
    body = f"{CONTROLS} `{CONTROLS}` [{CONTROLS}](/{CONTROLS} '{CONTROLS}')\n\n    {CONTROLS}\n"
    site.article("escaped", body=body, **names, **more)
    raw = json.dumps({"title": "x", **names, **more, "publishedDateTime": "2026-01-30"})
    site.write("content/json.md", f"{raw}\n{body}")
    site.write("content/raw.md", f"---\ntitle: {CONTROLS}\ndate: 2026-01-30\n---\n{body}")
    site.write("_data/topics/ai.yaml", f"name: AI\ndescription: {json.dumps(CONTROLS)}\n")
    site.settings(feeds={"full_text": True})
    assert site.build().articles == 5
    texts = [path.read_text("utf-8") for path in site.output.rglob("*.xml")]
    assert len(texts) > 5
    for text in texts:
        etree.fromstring(text.encode())
        assert not NOT_XML.search(html.unescape(text))
    for path in site.output.rglob("*.json"):
        assert not NOT_XML.search("".join(_strings(json.loads(path.read_bytes()))))


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _strings(one)


HOSTILE = "The <video> element & it's <i>, 1 < 2"


def test_texts_are_told_as_texts_in_every_format(site: SmallSite) -> None:
    """A text with `<` and `&` reads the same in each format: RSS descriptions are HTML, so it is
    escaped once more there; Atom texts and `content_text` are plain.
    """
    site.settings(description=HOSTILE)
    site.article("one", excerpt=HOSTILE, publishedDateTime="2026-01-31T08:00:00Z")
    site.build()
    rss, atom = (
        etree.fromstring((site.output / name).read_bytes()) for name in ("feed.xml", "atom.xml")
    )
    feed = json.loads(site.page("feed.json"))
    for text in (rss.findtext("channel/description"), rss.findtext("channel/item/description")):
        assert "<" not in text
        assert html.unescape(text) == HOSTILE
    assert (
        atom.findtext("a:subtitle", namespaces=ATOM)
        == atom.findtext("a:entry/a:summary", namespaces=ATOM)
        == HOSTILE
    )
    assert feed["description"] == feed["items"][0]["content_text"] == HOSTILE
    parsed = feedparser.parse(site.page("feed.xml"))
    assert (
        html.unescape(parsed.entries[0].summary) == html.unescape(parsed.feed.subtitle) == HOSTILE
    )


def test_the_full_text_is_html_in_every_format(site: SmallSite) -> None:
    """In each format, the element for full text has the body's HTML, declared as such."""
    site.settings(feeds={"full_text": True})
    site.article(
        "one", body="A *word*, `<b>`.\n", excerpt="1 < 2", publishedDateTime="2026-01-31T08:00:00Z"
    )
    site.build()
    rss, atom = (
        etree.fromstring((site.output / name).read_bytes()) for name in ("feed.xml", "atom.xml")
    )
    item = json.loads(site.page("feed.json"))["items"][0]
    content = atom.find("a:entry/a:content", namespaces=ATOM)
    encoded = rss.findtext("channel/item/{http://purl.org/rss/1.0/modules/content/}encoded")
    assert (
        encoded
        == content.text
        == item["content_html"]
        == "<p>A <em>word</em>, <code>&lt;b&gt;</code>.</p>"
    )
    assert content.get("type") == "html"
    assert (rss.findtext("channel/item/description"), item["summary"]) == ("1 &lt; 2", "1 < 2")


@pytest.mark.parametrize(
    ("fields", "authors", "categories"),
    [
        (
            {"authors": ["Ada Lin", "Bo Ek"], "tags": ["Tides", "ai"]},
            ["Ada Lin", "Bo Ek"],
            ["AI", "Tides"],
        ),
        (
            {
                "authors": ["Ada Lin"],
                "provider": None,
                "webUrl": None,
                "topics": None,
                "tags": ["Tides"],
            },
            ["Ada Lin"],
            ["Tides"],
        ),
        ({}, ["Paper"], ["AI"]),
        ({"provider": None, "webUrl": None, "topics": None}, [], []),
    ],
)
def test_every_format_names_authors_and_categories(
    site: SmallSite, fields: dict[str, Any], authors: list[str], categories: list[str]
) -> None:
    """Each author has a separate element, and the source replaces missing authors; topics and tags
    are categories, each once.
    """
    site.article("one", publishedDateTime="2026-01-31T08:00:00Z", **fields)
    site.build()
    rss, atom = (
        etree.fromstring((site.output / name).read_bytes()) for name in ("feed.xml", "atom.xml")
    )
    item = json.loads(site.page("feed.json"))["items"][0]
    first, entry = rss.find("channel/item"), atom.find("a:entry", namespaces=ATOM)
    assert [
        creator.text for creator in first.findall("{http://purl.org/dc/elements/1.1/}creator")
    ] == authors
    assert entry.xpath("a:author/a:name/text()", namespaces=ATOM) == authors
    assert [author["name"] for author in item.get("authors", [])] == authors
    assert [category.text for category in first.findall("category")] == categories
    assert entry.xpath("a:category/@term", namespaces=ATOM) == item.get("tags", []) == categories
    page = lxml.html.fromstring(site.page("/news/one/"))
    assert page.xpath("//meta[@property='article:author']/@content") == fields.get("authors", [])
    assert (
        page.xpath("//meta[@property='article:section' or @property='article:tag']/@content")
        == categories
    )


def test_a_story_in_another_language_says_so_in_every_format(site: SmallSite) -> None:
    """The feed has the site's language, and only a story in another language has its own."""
    site.article("one", language="ar", publishedDateTime="2026-01-31T08:00:00Z")
    site.build()
    rss, atom = (
        etree.fromstring((site.output / name).read_bytes()) for name in ("feed.xml", "atom.xml")
    )
    feed = json.loads(site.page("feed.json"))
    assert (rss.findtext("channel/language"), atom.get(LANG), feed["language"]) == (
        "en",
        "en",
        "en",
    )
    assert [item.get(LANG) for item in rss.iter("item")] == ["ar", None]
    assert [
        item.findtext("{http://purl.org/dc/elements/1.1/}language") for item in rss.iter("item")
    ] == ["ar", None]
    assert [entry.get(LANG) for entry in atom.iterfind("a:entry", ATOM)] == ["ar", None]
    assert [item.get("language") for item in feed["items"]] == ["ar", None]


def test_feeds_change_with_authors_tags_and_language(site: SmallSite) -> None:
    """A change of each of these fields renders the feeds that show it: an incremental build equals
    a clean one.
    """
    site.build()
    for field, value in (("authors", ["Ada Lin"]), ("tags", ["Tides"]), ("language", "de")):
        site.article("one", publishedDateTime="2026-01-29T08:00:00Z", **{field: value})
        site.build()
        told = site.tree()
        site.build(cache=site.root / f"cache-{field}", output=site.root / f"clean-{field}")
        assert told == read_tree(site.root / f"clean-{field}")


def test_rss_was_built_when_a_story_last_changed(site: SmallSite) -> None:
    """`lastBuildDate` is the newest change in the feed, including updates of older stories; an
    empty feed has none.
    """
    site.article("one", publishedDateTime="2026-01-29T08:00:00Z", updated="2026-01-31T09:00:00Z")
    site.build()
    assert "<lastBuildDate>Sat, 31 Jan 2026 09:00:00 GMT</lastBuildDate>" in site.page("feed.xml")
    assert "<lastBuildDate>Sat, 31 Jan 2026 09:00:00 GMT</lastBuildDate>" in site.page(
        "topics/ai/feed.xml"
    )
    site.article("one", publishedDateTime="2026-01-29T08:00:00Z", draft=True)
    site.article("two", draft=True)
    site.build()
    assert "lastBuildDate" not in site.page("feed.xml")
