"""Exports of Ghost, read as a stream: a file of any size needs little memory.

The first pass collects tags, authors and their relations. The second yields posts.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from newsgen.config.settings import MenuLink
from newsgen.content.field_reader import language_tag
from newsgen.content.repair import clean_text
from newsgen.content.times import parse_time
from newsgen.core.problems import UserError, settings_error
from newsgen.core.text import drop_not_text
from newsgen.gather.plain_text import plain_text
from newsgen.importers.media import GHOST
from newsgen.importers.menus import menu_link
from newsgen.importers.model import (
    Export,
    ImportedAuthor,
    ImportedImage,
    ImportedPost,
    ImportedSite,
    ImportedTerm,
    Withheld,
)

_TABLES = ("tags", "users", "posts_tags", "posts_authors", "posts_meta", "settings")
_TABLE = re.compile(r"(?:db\.item\.)?data\.(\w+)\.item")
_STATES: dict[str, Withheld] = {"published": "", "draft": "draft", "scheduled": "scheduled"}
_PLACEHOLDERS = {":slug": "slug", ":year": "%Y", ":month": "%m", ":day": "%d"}
_CHUNK = 4096  # bytes: the parser takes quadratic memory for the nesting within a chunk
_DEEPEST = 1000  # characters of an object's path: exports have some dozens
_Row = Mapping[str, Any]


class _Tables:
    """What the first pass collects."""

    def __init__(self) -> None:
        self.tags: dict[str, _Row] = {}
        self.users: dict[str, _Row] = {}
        self.of_post: dict[str, dict[str, list[tuple[float, str]]]] = {
            "tags": defaultdict(list),
            "authors": defaultdict(list),
        }
        self.meta: dict[str, _Row] = {}
        self.settings: dict[str, str] = {}
        self.posts = 0

    def add(self, table: str, row: _Row) -> None:
        """Add a row of a table."""
        if table in ("tags", "users"):
            (self.tags if table == "tags" else self.users)[str(row.get("id"))] = row
        elif table in ("posts_tags", "posts_authors"):
            other = "tag_id" if table == "posts_tags" else "author_id"
            named = self.of_post["tags" if table == "posts_tags" else "authors"]
            place = row.get("sort_order")
            place = place if isinstance(place, int | float) else 0
            named[str(row.get("post_id"))].append((place, str(row.get(other))))
        elif table == "posts_meta":
            self.meta[str(row.get("post_id"))] = row
        elif table == "settings":
            self.settings[str(row.get("key"))] = str(row.get("value") or "")


def read_ghost(file: Path, site: str = "") -> Export:
    """Return an export of Ghost. `site` is the old site's address, which exports do not contain.
    Raises UserError (exit code 2) if the file is not an export.
    """
    import ijson

    try:
        return _read(file, site, ijson)
    except UnicodeDecodeError:  # half of a surrogate pair, which only this parser accepts
        return _read(file, site, ijson.get_backend("python"))


def _read(file: Path, site: str, parser: Any) -> Export:
    tables = _Tables()
    for table, row in _rows(file, parser):
        if table == "posts":
            tables.posts += 1
        elif table in _TABLES:
            tables.add(table, row)
    if not tables.posts and not tables.users:
        raise _not_ghost(file, "it has no posts")
    settings = tables.settings
    authors = [_author(row) for row in tables.users.values()]
    about = ImportedSite(
        title=_line(settings.get("title")),
        url=site.rstrip("/"),
        description=_line(settings.get("description")),
        language=language_tag(settings.get("locale") or settings.get("default_locale")),
        authors=tuple(authors),
        topics=tuple(
            ImportedTerm(
                _line(row.get("name")), str(row.get("slug")), "", _line(row.get("description"))
            )
            for row in tables.tags.values()
            if row.get("name") and not str(row.get("name")).startswith("#")
        ),
        menu=_menu(settings.get("navigation")),
        footer_menu=_menu(settings.get("secondary_navigation")),
    )
    return Export(about, lambda: _posts(file, parser, tables), tables.posts)


def _menu(value: str | None) -> tuple[MenuLink, ...]:
    """Return the links of a setting such as `navigation`: labels and addresses, in JSON."""
    try:
        rows = msgspec.json.decode(value or "[]", type=list[dict[str, Any]])
    except msgspec.DecodeError:
        return ()
    links = (
        menu_link(_line(row.get("label")), str(row.get("url") or "").removeprefix(GHOST))
        for row in rows
    )
    return tuple(filter(None, links))


def _not_ghost(file: Path, why: str) -> UserError:
    hint = "in Ghost, Settings > Labs (or Migration tools) > Export writes this file"
    return settings_error("bad-export", f"{file} is not an export of Ghost: {why}", hint=hint)


def _rows(file: Path, parser: Any) -> Iterator[tuple[str, _Row]]:
    """Yield each row of each table with the table's name."""
    from ijson import JSONError, ObjectBuilder

    builder: Any = None
    at = ""
    try:
        with open(file, "rb") as source:
            for prefix, event, value in parser.parse(source, _CHUNK, use_float=True):
                if len(prefix) > _DEEPEST:
                    raise _not_ghost(file, "it is nested too deeply")
                if builder is None:
                    found = _TABLE.fullmatch(prefix) if event == "start_map" else None
                    if found:
                        builder, at = ObjectBuilder(), prefix
                        builder.event(event, value)
                    continue
                builder.event(event, value)
                if event == "end_map" and prefix == at:
                    table = at.removeprefix("db.item.").split(".")[1]
                    row, builder = builder.value, None
                    yield table, drop_not_text(row)
    except JSONError as error:
        raise _not_ghost(file, f"it is not JSON: {str(error).splitlines()[0][:80]}") from None
    except OSError as error:
        raise _not_ghost(file, error.strerror or "it cannot be read") from None


def _line(value: Any) -> str:
    return clean_text(plain_text(value), lambda code: None) if isinstance(value, str) else ""


def _author(row: _Row) -> ImportedAuthor:
    links = [str(row.get("website") or "")]
    for name, home in (("twitter", "https://x.com/"), ("facebook", "https://www.facebook.com/")):
        if row.get(name):
            links.append(home + str(row[name]).lstrip("@/"))
    image = str(row.get("profile_image") or row.get("image") or "")
    return ImportedAuthor(
        _line(row.get("name")),
        str(row.get("slug") or ""),
        _line(row.get("bio")),
        f"https:{image}" if image.startswith("//") else image,
        tuple(link for link in links if link.startswith(("https://", "http://"))),
    )


def _posts(file: Path, parser: Any, tables: _Tables) -> Iterator[ImportedPost]:
    for table, row in _rows(file, parser):
        if table == "posts":
            yield _post(row, tables)


def _post(row: _Row, tables: _Tables) -> ImportedPost:
    number = str(row.get("id"))
    meta = tables.meta.get(number, {})
    tags = [_line(one.get("name")) for one in _related(number, "tags", tables.tags, tables)]
    tags = list(dict.fromkeys(tag for tag in tags if tag and not tag.startswith("#")))
    authors = [_line(one.get("name")) for one in _related(number, "authors", tables.users, tables)]
    if not authors and str(row.get("author_id")) in tables.users:
        authors = [_line(tables.users[str(row["author_id"])].get("name"))]
    page = row.get("type") == "page" or str(row.get("page")) in ("1", "True", "true")
    time, slug = _time(row.get("published_at")), str(row.get("slug") or "")
    updated = _time(row.get("updated_at"))
    html = row.get("html")
    notes = () if html or not (row.get("lexical") or row.get("mobiledoc")) else ("no-html",)
    lead = str(row.get("feature_image") or row.get("image") or "")
    return ImportedPost(
        key=f"ghost {row.get('uuid') or number}",
        page=page,
        title=_line(row.get("title")),
        slug=slug,
        address=_address(slug, time, page, tables.settings.get("permalinks", "")),
        html=html if isinstance(html, str) else "",
        time=time or (_time(row.get("created_at")) if row.get("status") != "published" else None),
        updated=updated if updated and time and updated > time else None,
        authors=tuple(dict.fromkeys(filter(None, authors))),
        topics=tuple(tags[:1]),
        tags=tuple(tags[1:]),
        excerpt=_line(row.get("custom_excerpt")),
        image=ImportedImage(
            lead, _line(meta.get("feature_image_alt")), _line(meta.get("feature_image_caption"))
        )
        if lead
        else None,
        withheld=_withheld(row),
        pinned=str(row.get("featured")) in ("1", "True", "true"),
        language=language_tag(row.get("locale")),
        canonical=str(meta.get("canonical_url") or row.get("canonical_url") or ""),
        notes=notes,
    )


def _related(number: str, name: str, rows: Mapping[str, _Row], tables: _Tables) -> Iterator[_Row]:
    return (rows[key] for _, key in sorted(tables.of_post[name].get(number, ())) if key in rows)


def _withheld(row: _Row) -> Withheld:
    """Return why a post is withheld. An unknown status or visibility withholds it."""
    if row.get("visibility", "public") != "public":
        return "members"
    return _STATES.get(str(row.get("status")), "unclear")


def _time(value: Any) -> datetime | None:
    """Return a time: text in UTC, or milliseconds since the epoch in older exports."""
    try:
        if isinstance(value, int | float):
            return datetime.fromtimestamp(value / 1000, UTC).replace(microsecond=0)
        if isinstance(value, str) and value and not value.startswith("0000"):
            return parse_time(re.sub(r"\.\d+(?=Z|$)", "", value), UTC)
    except (ValueError, OverflowError, OSError):
        pass
    return None


def _address(slug: str, time: datetime | None, page: bool, pattern: str) -> str:
    """Return a post's path, by the pattern of older versions if the export has one."""
    if page or not pattern or time is None:
        return f"/{slug}/"
    for name, form in _PLACEHOLDERS.items():
        pattern = pattern.replace(name, slug if form == "slug" else time.strftime(form))
    return pattern if ":" not in pattern else f"/{slug}/"
