"""Who may see an article or a page, from its front matter. What is unclear withholds it.

A typing error must not publish anything. So a value such as `draft: later`, or a key such as
`Draft` or `status`, withholds the article.
"""

from __future__ import annotations

import re
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from msgspec import structs

from newsgen.content.field_reader import BOOLEANS, Reader
from newsgen.core.messages import nearest

# Names from other tools and everyday language, without case, underscores and hyphens, and the field
# that means the same.
_SYNONYMS = {
    **dict.fromkeys(
        ("date", "datetime", "pubdate", "publishdate", "publisheddate", "publishedat", "created"),
        "publishedDateTime",
    ),
    **dict.fromkeys(("description", "summary", "abstract", "standfirst", "dek", "lede"), "excerpt"),
    **dict.fromkeys(
        ("lastmod", "lastmodified", "modified", "datemodified", "updatedat", "updatedon"), "updated"
    ),
    **dict.fromkeys(("byline", "writer"), "authors"),
    **dict.fromkeys(("thumbnail", "featuredimage"), "images"),
    **dict.fromkeys(("lang", "locale"), "language"),
    **dict.fromkeys(("pinned", "sticky"), "pin_until"),
    "headline": "title",
    "keyword": "tags",
    "redirectfrom": "aliases",
    "publisher": "provider",
}
_SAY_DRAFT = ("hidden", "private", "unlisted", "embargoed", "withheld", "unpublished", "pending")
_SAY_EXPIRES = (
    "expiry",
    "expirydate",
    "expiration",
    "expirationdate",
    "expiresat",
    "expireson",
    "expire",
    "unpublishdate",
    "unpublishat",
)
# Keys about visibility, and the field whose values they have.
_VISIBILITY = {
    **dict.fromkeys(("status", "visibility", "state", "workflow", *_SAY_DRAFT), "draft"),
    **dict.fromkeys(("deleted", "archived", "retracted", "withdrawn", "trashed"), "removed"),
    **dict.fromkeys(("publish", "public", "visible"), "published"),
    **dict.fromkeys((*_SAY_EXPIRES, "expired", "validuntil"), "expires"),
    **{field: field for field in ("published", "removed", "draft", "expires")},
    **dict.fromkeys(("embargo", "embargountil", "publishafter"), "publishedDateTime"),
}
_STATUS = ("status", "visibility", "state", "workflow")
# these may mean something else, so only clear states of publication count
_WEAK = ("state", "workflow")
_SHOWN = frozenset(
    {"published", "publish", "public", "visible", "live", "final", "approved", "online"}
)
_NOT_SHOWN = frozenset(
    {"draft", "trash", "deleted", "archived", "scheduled", "future", "review", *_SAY_DRAFT}
)
_JOINTS = re.compile(r"[\s_-]")
_IS = re.compile(r"is(?=draft|published|removed|hidden|private|public|expired)")
_LIKENESS = 0.8  # difflib's ratio: one wrong letter in five, or two swapped letters


class Publication(NamedTuple):
    """The fields that decide visibility. `unclear` is true if any could not be understood."""

    published: bool
    removed: bool
    draft: bool
    expires: datetime | None
    unclear: bool


def read_publication(reader: Reader, front: dict[str, Any], known: frozenset[str]) -> Publication:
    """Return the fields that decide visibility, and whether any of them is unclear.

    A key that resembles one of them counts too. `known` are the valid fields of this front matter.
    A page has fewer than an article.
    """
    before = len(reader.problems)
    published = reader.boolean(front, "$", "published", True) if "published" in known else True
    removed = reader.boolean(front, "$", "removed", False) if "removed" in known else False
    draft = reader.boolean(front, "$", "draft", False)
    expires = reader.time(front, "$", "expires")
    unclear = len(reader.problems) > before
    for n in range(before, len(reader.problems)):
        problem = reader.problems[n]
        reader.problems[n] = structs.replace(
            problem, message=f"{problem.message}; the article is withheld"
        )
    # numbers are not field names
    for key in sorted(key for key in front.keys() - known if key.__class__ is str):
        unclear = _misnamed(reader, front, key, known) or unclear
    return Publication(published, removed, draft, expires, unclear)


def _misnamed(reader: Reader, front: dict[str, Any], key: str, known: frozenset[str]) -> bool:
    """Report a key that resembles a field; return whether it withholds the article."""
    meant = _meant(key, known)
    if not meant or front[key] is None or front[key] == "":
        return False
    says = _VISIBILITY.get(_folded(key), meant)
    hint = f"did you mean {meant}?"
    if says in _VISIBILITY or _folded(key) in _VISIBILITY:
        if not _is_shown(front[key], says, _folded(key)):
            message = f"unknown field {key} may mean {meant}; the article is withheld"
            reader.note("warning", "misnamed-field", message, "$", key, hint)
            return True
        if _folded(key) in _STATUS:
            return False
    elif meant in front:
        return False
    reader.note("warning", "misnamed-field", f"unknown field {key}; it is ignored", "$", key, hint)
    return False


def _is_shown(value: Any, says: str, folded: str) -> bool:
    """Return whether the value of such a key clearly says that everyone may see the article."""
    if isinstance(value, (dict, list)):
        return False
    text = str(value).strip().lower()
    if folded in _WEAK:
        return text not in _NOT_SHOWN
    if folded in _STATUS:
        return text in _SHOWN
    return BOOLEANS.get(text) is (says == "published")


def _meant(key: str, known: frozenset[str]) -> str:
    """Return the field that a key probably means, "" if it resembles none."""
    folded, fields = _folded(key), _folded_fields(known)
    if folded in fields:
        return fields[folded]
    if folded in _VISIBILITY:
        return _VISIBILITY[folded] if _VISIBILITY[folded] in known else "draft"
    for form in (
        folded,
        folded.removesuffix("s"),
        folded + "s",
        folded + "es",
        folded.removesuffix("es"),
        folded.removesuffix("ies") + "y",
    ):
        if form in fields:
            return fields[form]
        if _SYNONYMS.get(form) in known:
            return _SYNONYMS[form]
    near = [
        field for field in fields if field[0] == folded[:1] and abs(len(field) - len(folded)) < 2
    ]
    return fields.get(nearest(folded, near, _LIKENESS), "") if len(folded) > 4 else ""


def _folded(key: str) -> str:
    return _IS.sub("", _JOINTS.sub("", key.casefold()))


@cache
def _folded_fields(known: frozenset[str]) -> dict[str, str]:
    return {_folded(field): field for field in known}
