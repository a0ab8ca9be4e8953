"""Exports of WordPress (WXR), read piece by piece: a file of any size needs little memory.

The first pass collects what posts refer to: authors, categories, media. The second yields posts.
Entities are not resolved, and nothing is loaded from the network.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from msgspec import Struct

from newsgen.content.repair import clean_text
from newsgen.content.slugs import slugify
from newsgen.content.times import parse_time
from newsgen.core.problems import settings_error
from newsgen.gather.plain_text import plain_text
from newsgen.importers.model import (
    Export,
    ImportedAuthor,
    ImportedImage,
    ImportedPost,
    ImportedSite,
    ImportedTerm,
    Withheld,
)
from newsgen.importers.wordpress_html import wordpress_html
from newsgen.importers.wordpress_menus import LISTS, ImportedMenuEntry, MenuTarget, chosen_menus
from newsgen.importers.write import old_route

_CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
_CREATOR = "{http://purl.org/dc/elements/1.1/}creator"
_NAMESPACE = re.compile(r"\{https?://wordpress\.org/export/[\d.]+/(excerpt/)?\}")
_ZERO = "0000-00-00"
_TYPES = ("post", "page")
# WordPress' internal items, which readers never see.
_MACHINERY = frozenset(
    {
        *("attachment", "revision", "nav_menu_item", "custom_css", "customize_changeset"),
        *("oembed_cache", "user_request", "wp_block", "wp_template", "wp_template_part"),
        *("wp_global_styles", "wp_navigation", "wp_font_family", "wp_font_face"),
    }
)
_TAXONOMIES = ("category", "post_tag", "post_format", "author", "nav_menu")
_DEFAULT_CATEGORY = "uncategorized"
_STATES: dict[str, Withheld] = {
    "publish": "",
    "future": "scheduled",
    "draft": "draft",
    "pending": "draft",
    "auto-draft": "draft",
    "private": "private",
    "trash": "trash",
}


class Attachment(Struct, frozen=True):
    """A media file of an export."""

    url: str
    page: str
    parent: str
    alt: str
    caption: str


class _Facts:
    """What the first pass collects."""

    def __init__(self) -> None:
        self.about: dict[str, str] = {}
        self.authors: dict[str, ImportedAuthor] = {}
        self.categories: dict[str, ImportedTerm] = {}
        self.attachments: dict[str, Attachment] = {}
        self.by_parent: dict[str, list[str]] = {}
        self.posts = 0
        self.damage: list[str] = []
        self.blocks: dict[str, str] = {}  # synced blocks, by their number
        self.others: Counter[str] = Counter()
        self.menus: dict[str, list[ImportedMenuEntry]] = {}  # by name
        self.targets: dict[str, MenuTarget] = {}  # of menu entries, by kind and number

    @property
    def url(self) -> str:
        """The old site's address. The export has it before its first item."""
        return self.about.get("base_blog_url") or self.about.get("link", "")


def read_wordpress(file: Path) -> Export:
    """Return an export of WordPress. Raises UserError (exit code 2) if the file is not an
    export.
    """
    facts = _collect(file)
    names = {term.slug: term.name for term in facts.categories.values()}
    topics = [
        ImportedTerm(term.name, term.slug, names.get(term.parent, ""), term.description)
        for term in facts.categories.values()
    ]
    menus = chosen_menus(facts.menus, facts.targets)
    site = ImportedSite(
        title=facts.about.get("title", ""),
        url=facts.url,
        description=facts.about.get("description", ""),
        language=facts.about.get("language", ""),
        authors=tuple(facts.authors.values()),
        topics=tuple(topics),
        menu=menus.header,
        footer_menu=menus.footer,
    )
    media = {one.page: one.url for one in facts.attachments.values() if one.url}
    return Export(
        site,
        lambda: _posts(file, facts),
        facts.posts,
        media,
        tuple(facts.damage[:1]),
        dict(facts.others),
    )


def _elements(file: Path, damage: list[str] | None = None) -> Iterator[tuple[str, Any]]:
    """Yield each child of the channel by its local name, and free its memory afterwards.

    `damage` receives the errors of the XML.
    """
    from lxml import etree

    try:
        events = etree.iterparse(
            str(file), events=("start", "end"), resolve_entities=False, no_network=True,
            huge_tree=True, recover=True,
        )  # fmt: skip
        depth = 0
        for event, element in events:
            if not isinstance(element.tag, str):
                continue
            depth += 1 if event == "start" else -1
            if event == "start" and depth == 1:
                if element.tag != "rss":
                    raise _not_wordpress(file, f"it begins with <{etree.QName(element).localname}>")
                if element.getroottree().docinfo.internalDTD is not None:
                    raise _not_wordpress(file, "it declares a document type")
            if event == "end" and depth == 2:
                yield _NAMESPACE.sub("", element.tag), element
                element.clear()
                while element.getprevious() is not None:
                    del element.getparent()[0]
        if damage is not None:
            damage += [f"line {one.line}: {one.message}" for one in events.error_log]
    except etree.XMLSyntaxError as error:
        raise _not_wordpress(file, str(error)) from None
    except OSError as error:
        raise _not_wordpress(file, error.strerror or "it cannot be read") from None


def _not_wordpress(file: Path, why: str) -> Exception:
    hint = "in WordPress, Tools > Export writes this file"
    return settings_error("bad-export", f"{file} is not an export of WordPress: {why}", hint=hint)


def _fields(element: Any) -> dict[str, str]:
    """Return the texts of an element's children by local name; the excerpt is `excerpt`."""
    found: dict[str, str] = {}
    for child in element:
        if isinstance(child.tag, str):
            special = _NAMESPACE.match(child.tag)
            name = "excerpt" if special and special[1] else _NAMESPACE.sub("", child.tag)
            found.setdefault(name, "".join(child.itertext()))
    return found


def _meta(element: Any) -> dict[str, str]:
    out: dict[str, str] = {}
    for child in element:
        if isinstance(child.tag, str) and _NAMESPACE.sub("", child.tag) == "postmeta":
            fields = _fields(child)
            out[fields.get("meta_key", "")] = fields.get("meta_value", "")
    return out


def _line(text: str) -> str:
    return clean_text(plain_text(text), lambda code: None)


def _collect(file: Path) -> _Facts:
    facts = _Facts()
    known = False
    for name, element in _elements(file, facts.damage):
        if name in ("title", "link", "description", "language", "base_blog_url"):
            facts.about[name] = _line(element.text or "")
        elif name == "wxr_version":
            known = True
        elif name == "author":
            fields = _fields(element)
            login = fields.get("author_login", "")
            shown = _line(fields.get("author_display_name", "")) or login
            facts.authors[login] = ImportedAuthor(shown, login)
        elif name == "category":
            fields = _fields(element)
            slug = unquote(fields.get("category_nicename", ""))
            facts.categories[slug] = ImportedTerm(
                _line(fields.get("cat_name", "")) or slug,
                slug,
                unquote(fields.get("category_parent", "")),
                _line(fields.get("category_description", "")),
            )
            _listed(facts, "category", fields.get("term_id", ""), facts.categories[slug])
        elif name == "tag":
            fields = _fields(element)
            slug = unquote(fields.get("tag_slug", ""))
            tag = ImportedTerm(_line(fields.get("tag_name", "")) or slug, slug)
            _listed(facts, "post_tag", fields.get("term_id", ""), tag)
        elif name == "item":
            known = known or element.find("guid") is not None
            _collect_item(element, facts)
    if not known:
        raise _not_wordpress(file, "it has neither wp:wxr_version nor items")
    return facts


def _collect_item(element: Any, facts: _Facts) -> None:
    fields = _fields(element)
    kind = fields.get("post_type", "post")
    if kind in _TYPES:
        facts.posts += 1
        if _state(fields.get("status", "")) == "" and not fields.get("post_password"):
            route = old_route(fields.get("link", "").strip(), facts.url)
            target = MenuTarget(_line(fields.get("title", "")), route)
            facts.targets[f"post_type {fields.get('post_id', '')}"] = target
    elif kind == "nav_menu_item":
        _menu_entry(element, fields, facts)
    elif kind == "attachment":
        number, parent = fields.get("post_id", ""), fields.get("post_parent", "")
        alt = _meta(element).get("_wp_attachment_image_alt", "")
        url = fields.get("attachment_url", "").strip()
        facts.attachments[number] = Attachment(
            url,
            fields.get("link", "").strip(),
            parent,
            _line(alt),
            _line(fields.get("excerpt", "")),
        )
        facts.by_parent.setdefault(parent, []).append(number)
    elif kind == "wp_block":
        facts.blocks[fields.get("post_id", "")] = fields.get(_CONTENT, "")
    elif kind not in _MACHINERY:
        facts.others[f"items of type {kind[:40]}"] += 1
    for child in element.iterchildren("category"):
        taxonomy = child.get("domain", "category")
        if kind in _TYPES and taxonomy not in _TAXONOMIES:
            facts.others[f"terms of {taxonomy[:40]}"] += 1


def _listed(facts: _Facts, taxonomy: str, number: str, term: ImportedTerm) -> None:
    url = LISTS[taxonomy].format(slug=slugify(term.slug))
    facts.targets[f"taxonomy {number}"] = MenuTarget(term.name, url, taxonomy == "category")


def _menu_entry(element: Any, fields: dict[str, str], facts: _Facts) -> None:
    meta = _meta(element)
    kind = meta.get("_menu_item_type", "")
    order = fields.get("menu_order", "").strip()
    url = meta.get("_menu_item_url", "").strip()
    entry = ImportedMenuEntry(
        number=fields.get("post_id", ""),
        parent=meta.get("_menu_item_menu_item_parent", ""),
        order=int(order) if order.isdecimal() and len(order) < 9 else 0,
        title=_line(fields.get("title", "")),
        target="" if kind == "custom" else f"{kind} {meta.get('_menu_item_object_id', '')}",
        url=(old_route(url, facts.url) or url) if "//" in url else url,
    )
    for menu in element.iterchildren("category"):
        if menu.get("domain") == "nav_menu":
            facts.menus.setdefault(_line(menu.text or ""), []).append(entry)


def _posts(file: Path, facts: _Facts) -> Iterator[ImportedPost]:
    for name, element in _elements(file):
        if name == "item":
            fields = _fields(element)
            if fields.get("post_type", "post") in _TYPES:
                yield _post(element, fields, facts)


def _post(element: Any, fields: dict[str, str], facts: _Facts) -> ImportedPost:
    number = fields.get("post_id", "")

    def gallery(numbers: Sequence[str]) -> list[ImportedImage]:
        wanted = numbers or facts.by_parent.get(number, ())
        found = [facts.attachments[one] for one in wanted if one in facts.attachments]
        return [
            ImportedImage(one.url, one.alt, one.caption)
            for one in found
            if re.search(r"\.(?:jpe?g|png|gif|webp|avif)$", one.url, re.I)
        ]

    meta = _meta(element)
    made = wordpress_html(fields.get(_CONTENT, ""), gallery, facts.blocks)
    lead = facts.attachments.get(meta.get("_thumbnail_id", ""))
    topics, tags = _terms(element)
    time = _time(fields)
    updated = _moment(fields.get("post_modified_gmt", ""))
    return ImportedPost(
        key=f"wordpress {number or fields.get('guid', '')}",
        page=fields.get("post_type") == "page",
        title=_line(fields.get("title", "")),
        slug=unquote(fields.get("post_name", "")),
        address=fields.get("link", "").strip(),
        html=made.html,
        time=time,
        updated=updated if updated and time and updated > time else None,
        authors=_authors(element, fields.get(_CREATOR, "").strip(), facts),
        topics=topics,
        tags=tags,
        excerpt=_line(fields.get("excerpt", "")),
        image=ImportedImage(lead.url, lead.alt, lead.caption) if lead and lead.url else None,
        withheld="password" if fields.get("post_password") else _state(fields.get("status", "")),
        pinned=fields.get("is_sticky", "").strip() == "1",
        comments=sum(
            isinstance(child.tag, str) and child.tag.endswith("}comment") for child in element
        ),
        notes=made.notes,
    )


def _authors(element: Any, creator: str, facts: _Facts) -> tuple[str, ...]:
    """Return all authors that the plugin Co-Authors names, else the one of WordPress."""
    several = [
        _line(one.text or "")
        for one in element.iterchildren("category")
        if one.get("domain") == "author"
    ]
    if any(several):
        return tuple(dict.fromkeys(filter(None, several)))
    author = facts.authors.get(creator)
    return (author.name if author else _line(creator),) if creator else ()


def _state(status: str) -> Withheld:
    """Return why a post with this status is withheld. An unknown status withholds it."""
    return _STATES.get(status.strip(), "unclear")


def _terms(element: Any) -> tuple[tuple[str, ...], tuple[str, ...]]:
    topics, tags = [], []
    for child in element.iterchildren("category"):
        name = _line(child.text or "")
        if child.get("domain") == "post_tag":
            tags.append(name)
        elif child.get("domain", "category") == "category" and (
            child.get("nicename") != _DEFAULT_CATEGORY
        ):
            topics.append(name)
    return tuple(dict.fromkeys(filter(None, topics))), tuple(dict.fromkeys(filter(None, tags)))


def _moment(text: str) -> datetime | None:
    """Return a time in UTC, None for WordPress' zero date, which means no date."""
    if not text.strip() or text.startswith(_ZERO):
        return None
    try:
        return parse_time(text.strip(), UTC)
    except ValueError:
        return None


def _time(fields: dict[str, str]) -> datetime | None:
    named = ("post_date_gmt", "pubDate", "post_date")
    found = (_moment(fields.get(name, "")) for name in named)
    return next((time for time in found if time and time.year > 1), None)
