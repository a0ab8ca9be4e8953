"""The image that an item's own page names (`og:image`): one request for each page, if allowed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import unescape

from newsgen.content.body.tokens import tokens
from newsgen.gather.feeds_file import FeedsFile
from newsgen.gather.parse import FeedImage, feed_image
from newsgen.network.http import Client, Refused, Unreachable
from newsgen.network.lanes import Answers, ask_lanes, lanes_of

_PAGE = 3_000_000  # bytes; longer pages have no image
_SECONDS = 120  # for all pages of a feed
_NAMES = ("og:image:secure_url", "og:image", "og:image:url", "twitter:image")


def find_images(
    pages: Sequence[str], feeds: FeedsFile, private: Iterable[str]
) -> dict[str, FeedImage]:
    """Return the image that each of these pages names, by the page. Pages that fail have none. No
    other page is requested from a host that does not answer.
    """
    allowed = frozenset(private)
    found: dict[str, FeedImage] = {}

    def ask_lane(lane: Sequence[str]) -> Answers[tuple[str, FeedImage | None]]:
        client = Client(allowed, timeout=min(20, feeds.timeout), retries=0, within=feeds.timeout)
        try:
            for page in lane:
                yield page, _ask(client, page)
        except Unreachable:
            pass
        finally:
            client.close()

    def take(told: tuple[str, FeedImage | None]) -> None:
        page, image = told
        if image:
            found[page] = image

    ask_lanes(lanes_of(pages, str), ask_lane, take, feeds.at_once, _SECONDS)
    return found


def _ask(client: Client, page: str) -> FeedImage | None:
    try:
        answer, location = client.request("GET", page, {"Accept": "text/html"})
        if answer.status != 200 or "html" not in answer.headers.get("Content-Type", ""):
            answer.close()
            return None
        return image_of(client.read_body(answer, _PAGE).decode("utf-8", "replace"), location)
    except Refused:
        return None


def image_of(page: str, location: str) -> FeedImage | None:
    """Return the image that a page's head names. Pure."""
    named: dict[str, str] = {}
    for token in tokens(page):
        if token.name == "body":
            break
        if token.name == "meta":
            name = token.attributes.get("property") or token.attributes.get("name") or ""
            named.setdefault(name.lower(), unescape(token.attributes.get("content", "")))
    for name in _NAMES:
        image = feed_image(named.get(name), location, named.get("og:image:alt"))
        if image:
            return image
    return None
