"""The content of an export from any system: a site and its posts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Literal

from msgspec import Struct

from newsgen.config.settings import MenuItem, MenuLink

# Why a post is withheld: its file says `draft: true`.
Withheld = Literal[
    "", "draft", "scheduled", "private", "password", "members", "trash", "undated", "unclear"
]


class ImportedImage(Struct, frozen=True):
    """An image beside a post's title."""

    url: str
    alt: str = ""
    caption: str = ""


class ImportedAuthor(Struct, frozen=True):
    """An author: a data file is written if there is more than a name."""

    name: str
    slug: str
    bio: str = ""
    image: str = ""
    links: tuple[str, ...] = ()


class ImportedTerm(Struct, frozen=True):
    """A category or topic: a data file is written if there is more than a name."""

    name: str
    slug: str
    parent: str = ""
    description: str = ""


class ImportedPost(Struct, frozen=True):
    """A post or page of an export.

    `key` identifies it in its export. `html` is its body, ready to be converted. `address` is its
    old absolute address or path. `notes` say what could not be imported.
    """

    key: str
    page: bool
    title: str
    slug: str
    address: str
    html: str
    time: datetime | None = None
    updated: datetime | None = None
    authors: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    excerpt: str = ""
    image: ImportedImage | None = None
    withheld: Withheld = ""
    pinned: bool = False
    comments: int = 0
    language: str = ""
    canonical: str = ""
    notes: tuple[str, ...] = ()


class ImportedSite(Struct, frozen=True):
    """An export's facts about the site itself. `url` is its old address, "" if unknown."""

    title: str = ""
    url: str = ""
    description: str = ""
    language: str = ""
    authors: tuple[ImportedAuthor, ...] = ()
    topics: tuple[ImportedTerm, ...] = ()
    menu: tuple[MenuItem | MenuLink | str, ...] = ()
    footer_menu: tuple[MenuLink | str, ...] = ()


class Export(Struct, frozen=True):
    """An export: its site, and a function that reads its posts one by one.

    `total` is their number, for the progress. `media` maps the page of each media file on the old
    site to the file's address, if the export lists them. `damage` says where it is not well-formed.
    `others` counts other items, which newsgen does not import, by name.
    """

    site: ImportedSite
    posts: Callable[[], Iterator[ImportedPost]]
    total: int
    media: dict[str, str] = {}
    damage: tuple[str, ...] = ()
    others: dict[str, int] = {}
