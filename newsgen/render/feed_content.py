"""What feeds contain besides cards: JSON, and the text of stories with absolute links."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urljoin

import msgspec
from markupsafe import Markup

from newsgen.config.settings import Settings
from newsgen.pages.feeds import FeedView
from newsgen.render.date_formats import rfc3339
from newsgen.render.image_html import ImageHtml

_LINK = re.compile(r'(<[a-z]+ (?:[^<>]* )?(?:href|src|cite)=")([^"]*)(?=")')


def full_text(body: str, url: str) -> str:
    """Return sanitised HTML for a feed, with every link absolute. `url` is the address of the
    story's page.
    """
    return _LINK.sub(
        lambda found: found[1] + html.escape(urljoin(url, html.unescape(found[2]))), body
    )


def html_text(text: str) -> str:
    """Text escaped as HTML, for RSS descriptions: `<video>` becomes `&lt;video&gt;`.

    They are HTML (RSS 2.0, element `description` of an item).
    """
    return html.escape(text, quote=False)


def json_feed(
    settings: Settings, origin: str, images: ImageHtml, page: FeedView, bodies: Sequence[str]
) -> Markup:
    """A FeedView as JSON feed (jsonfeed.org, version 1.1): `page|json_feed(bodies)`.

    `bodies` holds the full text of each story, or "".
    """

    def item(n: int) -> dict[str, Any]:
        card, link, body = page.cards[n], page.origins[n], bodies[n]
        url = origin + card.url
        image = images.social(card.image)
        values = {
            "id": url,
            "url": url,
            "external_url": link,
            "title": card.title,
            "content_html": body,
            "content_text": "" if body else card.excerpt or card.title,
            "summary": card.excerpt if body else "",
            "image": (origin if image.url[0] == "/" else "") + image.url if image else "",
            "date_published": rfc3339(card.time) if card.time else "",
            "date_modified": rfc3339(card.updated) if card.updated else "",
            "authors": [{"name": name} for name in page.authors[n]],
            "tags": page.categories[n],
            "language": card.language,
        }
        return {key: value for key, value in values.items() if value}

    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": page.title if page.title == settings.title else f"{page.title} – {settings.title}",
        "home_page_url": origin + page.home,
        "feed_url": origin + page.url,
        "description": settings.description,
        "language": settings.language,
        "hubs": [{"type": "WebSub", "url": hub} for hub in settings.announce.websub],
        "items": [item(n) for n in range(len(page.cards))],
    }
    return Markup(
        msgspec.json.encode(
            {key: value for key, value in feed.items() if value not in ("", []) or key == "items"}
        ).decode()
    )
