"""Lists of feeds as OPML 2.0 (opml.org/spec2.opml), which feed readers exchange."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msgspec import structs

from newsgen.content.field_reader import language_tag
from newsgen.content.repair import clean_text
from newsgen.content.urls import comparable, safe_url
from newsgen.core.problems import settings_error
from newsgen.gather.feeds_file import FeedRules

_MOST = 10_000


def read_opml(data: bytes) -> list[FeedRules]:
    """Return the feeds of an OPML document, with their folders as topics.

    Raises UserError (exit code 2) if it is not OPML.
    """
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        root = None
    if root is None or root.tag != "opml":
        raise settings_error("not-opml", "the file is not OPML", hint="export OPML from the reader")
    found: dict[str, FeedRules] = {}
    for outline in list(root.iter("outline"))[:_MOST]:
        url = safe_url(outline.get("xmlUrl") or "", _ignore)
        if url:
            topics = [_name(one) for one in outline.iterancestors("outline")]
            feed = FeedRules(url, _name(outline), tuple(filter(None, reversed(topics))))
            feed = structs.replace(feed, language=language_tag(outline.get("language")))
            found.setdefault(comparable(url), feed)
    return list(found.values())


def _name(outline: Any) -> str:
    return clean_text(outline.get("text") or outline.get("title") or "", _ignore)


def _ignore(code: str) -> None:
    """Ignore a repair."""


def write_opml(title: str, feeds: Iterable[FeedRules]) -> bytes:
    """Return an OPML document of these feeds, in a folder for each first topic."""
    from lxml import etree

    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = title
    body = etree.SubElement(root, "body")
    folders: dict[str, Any] = {}
    for feed in feeds:
        place = body
        if feed.topics:
            name = feed.topics[0]
            if name not in folders:
                folders[name] = etree.SubElement(body, "outline", text=name)
            place = folders[name]
        etree.SubElement(
            place, "outline", type="rss", text=feed.source or feed.url, xmlUrl=feed.url
        )
    made: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return made
