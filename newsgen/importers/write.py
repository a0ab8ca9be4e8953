"""Convert a post of an export to a content file."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote, urlsplit

from msgspec import Struct

from newsgen.config.budgets import Budgets, OverBudget
from newsgen.content.body.embeds import Hosts
from newsgen.content.body.from_html import Converted, html_to_markdown
from newsgen.content.front_matter_writer import as_front_matter, without_empty
from newsgen.content.pages import FOLDER
from newsgen.content.repair import clean_text
from newsgen.content.slugs import slugify
from newsgen.content.urls import own_path, safe_image_url, safe_route, safe_url
from newsgen.gather.plain_text import cut_at_word, plain_text
from newsgen.importers.media import MediaFiles
from newsgen.importers.model import ImportedPost, ImportedSite

_LONGEST_TITLE = 60
_SLASHES = re.compile("//+")
_NOTES = {
    "iframe": "frame-as-link",
    "audio": "media-as-link",
    "video": "media-as-link",
    "a": "unsafe-link",
    "img": "no-image-address",
}


class PostFile(Struct, frozen=True):
    """A post as a content file.

    `path` is relative to the content folder. `address` is the route that it asks for, "" if its old
    address has none. `notes` say what could not be imported. `over` is the budget that its body
    exceeds; then the body is left out.
    """

    path: str
    text: str
    title: str
    address: str
    notes: tuple[str, ...]
    over: OverBudget | None = None


def post_file(
    post: ImportedPost, site: ImportedSite, media: MediaFiles, hosts: Hosts, budgets: Budgets
) -> PostFile:
    """Return a post as a content file, in Markdown. A body that exceeds a budget is left out."""
    notes, over = [*post.notes], None
    try:
        body = html_to_markdown(post.html, hosts, media.link, media.shown, budgets)
    except OverBudget as error:
        body, over = Converted("", {}), error
        notes.append("left-out body")
    notes += [_NOTES.get(name, f"left-out {name}") for name in body.dropped]
    title = post.title
    if not title:
        title = cut_at_word(plain_text(post.html), _LONGEST_TITLE) or post.slug or post.key
        title = clean_text(title, lambda code: None)
        notes.append("no-title")
    address = old_route(post.address, site.url)
    if post.page and address in ("", "/"):
        address = f"/{slugify(post.slug or title)}/"
    if post.page:
        fields, path = _page(post, title, address)
    else:
        fields, path = _article(post, title, address, media)
    text = as_front_matter(without_empty(fields)) + (f"\n{body.text}\n" if body.text else "")
    return PostFile(path, text, title, address, tuple(dict.fromkeys(notes)), over)


def old_route(address: str, site: str) -> str:
    """Return an old address as a route of the new site, "" if it cannot be one."""
    path = _path_of(address)
    if site and "//" in address:
        base = own_path(address, site)
        path = _path_of(_SLASHES.sub("/", base)) if base else ""
        prefix = _path_of(site).rstrip("/")
        path = path.removeprefix(prefix) if prefix else path
    return safe_route(path) if path.strip("/") else ("/" if path == "/" else "")


def _dated(post: ImportedPost) -> dict[str, Any]:
    return {
        "publishedDateTime": post.time,
        "updated": post.updated,
        "draft": bool(post.withheld),
        "imported_as": post.withheld,
    }


def _article(
    post: ImportedPost, title: str, address: str, media: MediaFiles
) -> tuple[dict[str, Any], str]:
    slug = slugify(post.slug or title)
    day = f"{post.time:%Y-%m-%d}-" if post.time else ""
    fields: dict[str, Any] = {
        "title": title,
        **_dated(post),
        "excerpt": post.excerpt if post.excerpt != title else "",
        "slug": slug,
        "permalink": address,
        "authors": list(post.authors),
        "topics": list(post.topics),
        "tags": list(post.tags),
        "language": post.language,
        "sticky": post.pinned,
        "webUrl": safe_url(post.canonical, lambda code: None) if post.canonical else "",
        "images": _lead(post, media),
    }
    fields = {name: value for name, value in fields.items() if value is not False}
    year = f"{post.time:%Y}" if post.time else "undated"
    return fields, f"{year}/{day}{slug}.md"


def _lead(post: ImportedPost, media: MediaFiles) -> list[dict[str, Any]]:
    if post.image is None:
        return []
    url = safe_image_url(media.shown(post.image.url), lambda code: None)
    image = {"url": url, "alt": post.image.alt, "caption": post.image.caption}
    return [without_empty(image)] if url else []


def _page(post: ImportedPost, title: str, address: str) -> tuple[dict[str, Any], str]:
    names = address.strip("/").removesuffix(".html").split("/")
    route = "/" + "".join(f"{slugify(name)}/" for name in names)
    fields = {
        "title": title,
        "excerpt": post.excerpt,
        **_dated(post),
        "authors": list(post.authors),
        "aliases": [address] if route != address else [],
    }
    fields = {name: value for name, value in fields.items() if value is not False}
    return fields, FOLDER + route.strip("/") + ".md"


def _path_of(address: str) -> str:
    """Return the path of an address, "" if only its query names the post (`/?p=1`)."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return "" if parts.query else unquote(parts.path)
