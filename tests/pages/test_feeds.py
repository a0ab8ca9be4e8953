"""Feeds: RSS, Atom and JSON over all stories and for each topic."""

from __future__ import annotations

import json

from lxml import etree

from support import SmallSite

ATOM = {"a": "http://www.w3.org/2005/Atom"}


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
    """An update of an older story is newer than the newest story: the feed says so."""
    site.article("one", publishedDateTime="2026-01-29T08:00:00Z", updated="2026-01-31T09:00:00Z")
    site.build()
    atom = etree.fromstring((site.output / "atom.xml").read_bytes())
    assert atom.xpath("a:updated/text()", namespaces=ATOM) == ["2026-01-31T09:00:00+00:00"]


def test_full_text_dirties_the_feeds_that_carry_it(site: SmallSite) -> None:
    """With feeds.full_text a changed body renders its page and the feeds; without it the page alone."""
    site.article("one", body="Some words.\n", publishedDateTime="2026-01-29T08:00:00Z")
    site.build()
    site.article("one", body="Other words.\n", publishedDateTime="2026-01-29T08:00:00Z")
    assert site.build().rendered == 1
    site.settings(feeds={"full_text": True})
    site.build()
    site.article("one", body="New words.\n", publishedDateTime="2026-01-29T08:00:00Z")
    assert site.build().rendered == 7
    assert "New words." in site.page("feed.xml")


def test_settings_hold_no_control_characters(site: SmallSite) -> None:
    """Escapes for characters that XML allows in no text are removed from settings, so that feeds stay XML."""
    text = 'title: "The\\b Wire\\uFFFF"\nurl: https://wire.example\ndescription: "a\\u000Bb\\u0001"\n'
    for settings in (text, text + "per_page: 0x10\n"):  # the fast and the exact parser
        site.write("newsgen.yaml", settings)
        site.build()
        rss, atom = (etree.fromstring((site.output / name).read_bytes()) for name in ("feed.xml", "atom.xml"))
        assert (rss.findtext("channel/title"), rss.findtext("channel/description")) == ("The Wire", "ab")
        assert atom.findtext("a:title", namespaces=ATOM) == "The Wire"
