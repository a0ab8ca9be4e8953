"""From a feed's bytes to its items: RSS, Atom and RDF by feedparser, JSON Feed by its schema. Pure.

A feed is untrusted. Only text, safe addresses and times leave this module; HTML stays HTML, to be
converted and cleaned.
"""

from __future__ import annotations

import calendar
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin

from msgspec import Struct

from newsgen.content.body.tokens import tokens
from newsgen.content.field_reader import language_tag
from newsgen.content.repair import clean_text
from newsgen.content.times import parse_time
from newsgen.content.urls import safe_image_url, safe_url
from newsgen.core.text import NOT_TEXT, drop_not_text
from newsgen.gather.plain_text import plain_text

MOST_ITEMS = 5_000
_MOST_NAMES = 20
_LONGEST_NAME = 200
_IMAGES = ("image/", "image")
_ALTERNATE = re.compile(r"application/(?:rss|atom|rdf|feed)\+(?:xml|json)|application/json")


class NotAFeed(Exception):
    """The bytes are not a feed. The message says what they are."""


class FeedImage(Struct, frozen=True):
    """An image of an item."""

    url: str
    alt: str = ""


class Enclosure(Struct, frozen=True):
    """An audio or video file of an item: its address, type and length in bytes."""

    url: str
    type: str = ""
    length: int = 0


class FeedItem(Struct, frozen=True):
    """An item of a feed. `summary` and `content` are HTML of any quality."""

    guid: str
    link: str
    title: str
    summary: str = ""
    content: str = ""
    published: datetime | None = None
    updated: datetime | None = None
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    images: tuple[FeedImage, ...] = ()
    audio: Enclosure | None = None
    language: str = ""


class ParsedFeed(Struct, frozen=True):
    """A feed: its title, its site's address, its language, its items and its format."""

    title: str
    link: str
    language: str
    items: tuple[FeedItem, ...]
    format: str


def parse_feed(data: bytes, url: str, content_type: str = "") -> ParsedFeed:
    """Return the feed in these bytes, requested from `url`. Raises NotAFeed."""
    start = data[:2000].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"{"):
        return _json_feed(data, url)
    import feedparser

    headers = {"content-location": url}
    if content_type:
        headers["content-type"] = content_type
    # a stream, because feedparser would first try bytes as a file name
    try:
        found = feedparser.parse(
            io.BytesIO(data),
            response_headers=headers,
            sanitize_html=False,
            resolve_relative_uris=True,
        )
    except Exception as error:  # its parsers of markup raise errors of many kinds
        raise NotAFeed(f"it cannot be read: {type(error).__name__}") from None
    if not found.get("version") and not found.entries:
        raise NotAFeed(_what_it_is(start, data, url))
    about = found.feed
    return ParsedFeed(
        title=_line(about.get("title")),
        link=_url(about.get("link"), url),
        language=language_tag(about.get("language")),
        items=tuple(_item(entry, url) for entry in found.entries[:MOST_ITEMS]),
        format=found.get("version") or "unknown",
    )


def _what_it_is(start: bytes, data: bytes, url: str) -> str:
    if not data.strip():
        return "it is empty"
    if not re.match(rb"(?i)<(?:!doctype html|html|head|body)", start):
        return "it is not a feed"
    for token in tokens(data[:200_000].decode("utf-8", "replace")):
        kind = token.attributes.get("type", "") if token.name == "link" else ""
        if _ALTERNATE.fullmatch(kind) and token.attributes.get("href"):
            other = _url(token.attributes["href"], url)
            return f"it is a page, not a feed; its feed is {other}"
    return "it is a page, not a feed"


def _line(value: Any) -> str:
    """Return HTML or text as a line of plain text."""
    return clean_text(plain_text(value), _ignore)[:1000] if isinstance(value, str) else ""


def _markup(value: Any) -> str:
    """Return HTML without the characters that are not allowed in text."""
    return NOT_TEXT.sub("", str(value or ""))


def _ignore(code: str) -> None:
    """Ignore a repair: feeds are repaired silently."""


def _url(value: Any, base: str) -> str:
    if not isinstance(value, str) or not value.strip():
        return ""
    try:
        return safe_url(urljoin(base, value.strip()), _ignore)
    except ValueError:
        return ""


def feed_image(value: Any, base: str, alt: Any = "") -> FeedImage | None:
    """Return the image at an address, relative to `base`, None if it has no safe one."""
    url = safe_image_url(_url(value, base), _ignore)
    return FeedImage(url, _line(alt)) if url.startswith("https://") else None


def _names(values: Iterable[Any]) -> tuple[str, ...]:
    lines = (_line(value) for value in values)
    named = (line for line in lines if line and len(line) <= _LONGEST_NAME)
    return tuple(dict.fromkeys(named))[:_MOST_NAMES]


def _time(parsed: Any, text: Any) -> datetime | None:
    """Return the time as feedparser parsed it, else as newsgen parses it, in UTC."""
    try:
        if parsed:
            time = datetime.fromtimestamp(calendar.timegm(parsed), UTC)
            return time if 1 < time.year < 9999 else None
        return parse_time(text.strip(), UTC) if isinstance(text, str) and text.strip() else None
    except (ValueError, OverflowError, OSError, TypeError):
        return None


def _item(entry: Mapping[str, Any], base: str) -> FeedItem:
    links = [link for link in entry.get("links") or () if isinstance(link, Mapping)]
    content = max(
        (_markup(part.get("value")) for part in entry.get("content") or ()), key=len, default=""
    )
    guid = _markup(entry.get("id")).strip()[:2000]
    link = _url(entry.get("link"), base)
    published = _time(entry.get("published_parsed"), entry.get("published"))
    # `get` would return the time of publication for a missing `updated`
    updated = _time(entry["updated_parsed"], None) if "updated_parsed" in entry else None
    title = entry.get("title")
    detail = entry.get("title_detail") or {}
    if isinstance(title, str) and detail.get("type") == "text/plain" and "<" in title:
        title = title if re.search(r"<\w+[\s>/]", title) else title.replace("<", "&lt;")
    return FeedItem(
        guid=guid,
        link=link or _url(guid, ""),
        title=_line(title),
        summary=_markup(entry.get("summary")),
        content=content,
        published=published or updated,
        updated=updated if published else None,
        authors=_names(author.get("name") for author in entry.get("authors") or ()),
        tags=_names(tag.get("term") for tag in entry.get("tags") or ()),
        images=_images(entry, links, base),
        audio=_audio(links, base),
        language=language_tag((entry.get("content") or [{}])[0].get("language") or ""),
    )


def _images(
    entry: Mapping[str, Any], links: list[Mapping[str, Any]], base: str
) -> tuple[FeedImage, ...]:
    """Return the images that an item names, the widest first of those with a width."""
    found: list[tuple[int, FeedImage | None]] = []
    alt = next((one.get("content") for one in entry.get("media_text") or ()), "")
    for one in entry.get("media_content") or ():
        kind = str(one.get("medium") or one.get("type") or "")
        plain = not kind and re.search(
            r"\.(?:jpe?g|png|webp|gif|avif)\b", str(one.get("url")), re.I
        )
        if kind.startswith(_IMAGES) or plain:
            found.append((_number(one.get("width")), feed_image(one.get("url"), base, alt)))
    files = [link for link in links if link.get("rel") == "enclosure"]
    pictures = [link for link in files if str(link.get("type")).startswith("image/")]
    found += [(0, feed_image(link.get("href"), base)) for link in pictures]
    thumbnails = entry.get("media_thumbnail") or ()
    found += [(-1, feed_image(one.get("url"), base, alt)) for one in thumbnails]
    cover = entry.get("image")
    if isinstance(cover, Mapping):
        found.append((-2, feed_image(cover.get("href"), base)))
    ordered = [image for _, image in sorted(found, key=lambda one: -one[0]) if image]
    return tuple(dict.fromkeys(ordered))[:1]


def _audio(links: Sequence[Mapping[str, Any]], base: str) -> Enclosure | None:
    for link in links:
        kind = str(link.get("type") or "").lower()
        if link.get("rel") == "enclosure" and kind.startswith(("audio/", "video/")):
            url = _url(link.get("href"), base)
            if url and re.fullmatch(r"[\w.+-]+/[\w.+-]+", kind):
                return Enclosure(url, kind, _number(link.get("length")))
    return None


def _number(value: Any) -> int:
    text = str(value or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0


def _json_feed(data: bytes, url: str) -> ParsedFeed:
    """Return a JSON Feed (jsonfeed.org/version/1.1). Values of other types are ignored."""
    try:
        feed = drop_not_text(json.loads(data.decode("utf-8-sig", "replace")))
    except (ValueError, RecursionError):
        raise NotAFeed("it is neither a feed nor JSON") from None
    version = feed.get("version") if isinstance(feed, dict) else None
    if not isinstance(version, str) or "jsonfeed.org/version/" not in version:
        raise NotAFeed("it is JSON, but not a JSON Feed")
    listed = feed.get("items")
    items = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    authors = _json_authors(feed)
    return ParsedFeed(
        title=_text_line(feed.get("title")),
        link=_url(feed.get("home_page_url"), url),
        language=language_tag(feed.get("language")),
        items=tuple(_json_item(one, url, authors) for one in items[:MOST_ITEMS]),
        format="json",
    )


def _text_line(value: Any) -> str:
    return clean_text(value, _ignore)[:1000] if isinstance(value, str) else ""


def _json_authors(mapping: Mapping[str, Any]) -> tuple[str, ...]:
    listed = mapping.get("authors")
    found = listed if isinstance(listed, list) else [mapping.get("author")]
    return _names(one.get("name") for one in found if isinstance(one, dict))


def _json_item(item: Mapping[str, Any], base: str, authors: tuple[str, ...]) -> FeedItem:
    from html import escape

    guid = item.get("id")
    link = _url(item.get("url"), base) or _url(item.get("external_url"), base)
    text = item.get("content_text")
    html = item.get("content_html")
    paragraphs = (
        "".join(f"<p>{escape(part)}</p>" for part in re.split(r"\n\s*\n", text))
        if isinstance(text, str)
        else ""
    )
    summary = item.get("summary")
    image = feed_image(item.get("image"), base) or feed_image(item.get("banner_image"), base)
    files = item.get("attachments")
    links = [
        {"rel": "enclosure", "type": one.get("mime_type"), "href": one.get("url"),
         "length": one.get("size_in_bytes")}
        for one in (files if isinstance(files, list) else ())
        if isinstance(one, dict)
    ]  # fmt: skip
    tags = item.get("tags")
    return FeedItem(
        guid=str(guid).strip()[:2000] if isinstance(guid, str | int) else "",
        link=link or _url(guid, ""),
        title=_text_line(item.get("title")),
        summary=escape(summary) if isinstance(summary, str) else "",
        content=html if isinstance(html, str) else paragraphs,
        published=_time(None, item.get("date_published")),
        updated=_time(None, item.get("date_modified")),
        authors=_json_authors(item) or authors,
        tags=_names(tags if isinstance(tags, list) else ()),
        images=(image,) if image else (),
        audio=_audio(links, base),
        language=language_tag(item.get("language")),
    )
