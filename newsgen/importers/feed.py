"""A feed as an export: for a site that has moved away from a system without one."""

from __future__ import annotations

from collections.abc import Collection
from html import escape
from pathlib import Path
from urllib.parse import urlsplit

from newsgen.core.problems import UserError, build_error, settings_error
from newsgen.gather.parse import FeedItem, NotAFeed, ParsedFeed, parse_feed
from newsgen.importers.model import Export, ImportedImage, ImportedPost, ImportedSite
from newsgen.network.http import Client, Refused, Unreachable

_MOST = 100_000_000  # bytes


def read_feed(source: str, private: Collection[str] = ()) -> Export:
    """Return the feed at a URL, or in a file, as an export.

    `private` are the hosts that need not be public. Raises UserError: exit code 2 if it is not a
    feed, 3 if the host does not send it.
    """
    if source.startswith(("https://", "http://")):
        data, kind, url = _request(source, private)
    else:
        try:
            data, kind, url = Path(source).read_bytes(), "", ""
        except OSError as error:
            raise _not_a_feed(source, error.strerror or "it cannot be read") from None
    try:
        feed = parse_feed(data, url, kind)
    except NotAFeed as error:
        raise _not_a_feed(source, str(error)) from None
    link = feed.link or url
    home = urlsplit(link)
    about = ImportedSite(
        feed.title, f"{home.scheme}://{home.netloc}" if link else "", "", feed.language
    )
    return Export(about, lambda: (_post(item, feed) for item in feed.items), len(feed.items))


def _not_a_feed(source: str, why: str) -> UserError:
    return settings_error("bad-export", f"{source} is not a feed: {why}")


def _request(url: str, private: Collection[str]) -> tuple[bytes, str, str]:
    client = Client(private)
    try:
        answer, location = client.request("GET", url, {"Accept-Encoding": "gzip, deflate"})
        if answer.status != 200:
            answer.close()
            raise build_error("feed-failed", f"{url}: the host answers with {answer.status}")
        data = client.read_body(answer, _MOST)
        return data, answer.headers.get("Content-Type", ""), location
    except (Refused, Unreachable) as error:
        raise build_error("feed-failed", f"{url}: {error}") from None
    finally:
        client.close()


def _post(item: FeedItem, feed: ParsedFeed) -> ImportedPost:
    image = item.images[0] if item.images else None
    html = item.content or item.summary
    if item.audio and not item.audio.type.startswith("video/"):
        html += f'<audio src="{escape(item.audio.url)}"></audio>'
    path = urlsplit(item.link).path.rstrip("/").rpartition("/")[2]
    return ImportedPost(
        key=f"feed {item.guid or item.link or item.title}",
        page=False,
        title=item.title,
        slug=path.partition(".")[0],
        address=item.link,
        html=html,
        time=item.published,
        updated=item.updated
        if item.updated and item.published and item.updated > item.published
        else None,
        authors=item.authors,
        tags=item.tags,
        image=ImportedImage(image.url, image.alt) if image else None,
        language=item.language if item.language != feed.language else "",
    )
