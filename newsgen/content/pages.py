"""Content without a date: plain pages in the folder `pages`, such as About, and files about folders
(`_index.md`), which introduce lists.
"""

from __future__ import annotations

from datetime import tzinfo
from typing import Any

from newsgen.config.budgets import DEFAULT, Budgets
from newsgen.content.aliases import adopt, as_written
from newsgen.content.body.convert import Body
from newsgen.content.conventions import is_not_indexed
from newsgen.content.field_reader import NOT_A_MAPPING, Reader
from newsgen.content.publication import read_publication
from newsgen.content.schema import read_aliases
from newsgen.core.model import PlainPage
from newsgen.core.problems import Problem

FOLDER = "pages/"
_SECTION = "_index."  # Hugo's and Zola's files about a folder begin so
FIELDS = frozenset(
    {"title", "excerpt", "menu", "layout", "draft", "expires", "aliases", "secured", "noindex"}
)
_OF_SECTIONS = FIELDS - {"menu", "layout", "noindex"}


def is_section(path: str) -> bool:
    """Return whether a file is about its folder. In the folder of plain pages, such a file is a
    plain page.
    """
    return path.rpartition("/")[2].startswith(_SECTION) and not path.startswith(FOLDER)


def language_of_section(path: str) -> str:
    """Return the language in the name of a file about a folder, such as `_index.de.md`."""
    _, *between, _ = path.rpartition("/")[2].split(".")
    return ".".join(between)


def read_page(
    front: Any,
    body: Body,
    zone: tzinfo,
    repairs: dict[str, str] | None = None,
    budgets: Budgets = DEFAULT,
) -> tuple[PlainPage | None, list[Problem]]:
    """Return the plain page of parsed front matter, or None, and its problems.

    For `repairs` and Inexact, see `read_article`.
    """
    return _read(front, body, Reader(zone, [], {} if repairs is None else repairs, budgets), FIELDS)


def read_section(
    front: Any,
    body: Body,
    zone: tzinfo,
    repairs: dict[str, str] | None = None,
    budgets: Budgets = DEFAULT,
) -> tuple[PlainPage | None, list[Problem]]:
    """Return a file about a folder as a page, and its problems. It may have no title."""
    reader = Reader(zone, [], {} if repairs is None else repairs, budgets)
    return _read(front, body, reader, _OF_SECTIONS)


def _read(
    front: Any, body: Body, reader: Reader, fields: frozenset[str]
) -> tuple[PlainPage | None, list[Problem]]:
    if not isinstance(front, dict):
        return None, [NOT_A_MAPPING]
    adopted, renamed = adopt(reader, front, fields)
    page = _read_fields(reader, adopted, body, fields)
    as_written(reader, renamed)
    return page, reader.problems


def _read_fields(
    reader: Reader, front: dict[str, Any], body: Body, fields: frozenset[str]
) -> PlainPage | None:
    title = reader.text(front, "$", "title")
    publication = read_publication(reader, front, fields)
    own = "layout" in fields
    if own and not title:
        reader.note("error", "missing-title", "the page has no title", "$", "title")
        return None
    return PlainPage(
        title=title,
        excerpt=reader.text(front, "$", "excerpt"),
        menu=own and reader.boolean(front, "$", "menu", False),
        layout=reader.text(front, "$", "layout") if own else "",
        draft=publication.draft,
        expires=publication.expires,
        body=body.html,
        aliases=read_aliases(reader, front),
        unclear=publication.unclear,
        noindex=own and reader.boolean(front, "$", "noindex", True) and is_not_indexed(front),
    )
