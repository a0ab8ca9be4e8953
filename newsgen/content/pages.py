"""Plain pages, such as About: files in the folder `pages` of the content, without a date."""

from __future__ import annotations

from datetime import tzinfo
from typing import Any

from newsgen.config.budgets import DEFAULT, Budgets
from newsgen.content.aliases import adopt, as_written
from newsgen.content.body.convert import Body
from newsgen.content.field_reader import NOT_A_MAPPING, Reader
from newsgen.content.publication import read_publication
from newsgen.content.schema import read_aliases
from newsgen.core.model import PlainPage
from newsgen.core.problems import Problem

FOLDER = "pages/"
SECTION = "_index."  # Hugo's and Zola's files about a folder begin so
FIELDS = frozenset({"title", "excerpt", "menu", "layout", "draft", "expires", "aliases", "secured"})


def read_page(
    front: Any,
    body: Body,
    zone: tzinfo,
    mends: dict[str, str] | None = None,
    budgets: Budgets = DEFAULT,
) -> tuple[PlainPage | None, list[Problem]]:
    """Return the plain page of parsed front matter, or None, and its problems.

    For `mends` and Inexact, see `read_article`.
    """
    reader = Reader(zone, [], {} if mends is None else mends, budgets)
    if not isinstance(front, dict):
        return None, [NOT_A_MAPPING]
    adopted, renamed = adopt(reader, front, FIELDS)
    page = _read_fields(reader, adopted, body)
    as_written(reader, renamed)
    return page, reader.problems


def _read_fields(reader: Reader, front: dict[str, Any], body: Body) -> PlainPage | None:
    title = reader.text(front, "$", "title")
    publication = read_publication(reader, front, FIELDS)
    if not title:
        reader.note("error", "missing-title", "the page has no title", "$", "title")
        return None
    return PlainPage(
        title=title,
        excerpt=reader.text(front, "$", "excerpt"),
        menu=reader.boolean(front, "$", "menu", False),
        layout=reader.text(front, "$", "layout"),
        draft=publication.draft,
        expires=publication.expires,
        body=body.html,
        aliases=read_aliases(reader, front),
        unclear=publication.unclear,
    )
