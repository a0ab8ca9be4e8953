"""Read from front matter who may see an article or a page. An unclear value withholds it.

A typing error must not publish anything. So a value such as `draft: later`, or a key such as
`Draft` or `status`, withholds the article.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from msgspec import structs

from newsgen.content.field_reader import BOOLEANS, Reader
from newsgen.content.misnamed import folded_name, note_misnamed, resembled_field
from newsgen.core.model import Article, PlainPage

Record = TypeVar("Record", Article, PlainPage)
_SAY_DRAFT = (
    *("hidden", "hide", "private", "unlisted", "embargoed", "withheld", "unpublished", "unpublish"),
    *("pending", "scheduled", "disabled", "wip"),
    *("headless", "excludefromcollections", "eleventyexcludefromcollections"),
    *("hold", "onhold", "password", "secret", "membersonly", "subscribersonly"),
)
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
_SAY_REMOVED = (
    *("delete", "deleted", "archived", "retracted", "retraction", "withdrawn", "trashed"),
    *("spiked", "killed", "trash", "deletedat", "removedat", "trashedat"),
)
_SAY_LATER = (
    *("embargo", "embargountil", "publishafter", "notbefore", "schedule", "scheduledfor", "golive"),
    "publishon",
)
_STATUS = (
    *("status", "poststatus", "publicationstate", "publicationstatus", "visibility"),
    *("state", "workflow", "stage", "access"),
)
# These may mean something else, so only clear states, and clear words for false, count.
_WEAK = ("state", "workflow", "stage", "access")
_WEAK_FLAGS = ("render", "live", "ready", "approved", "show", "active", "publishable")
# A list in this key names parts of the page, such as the navigation (Material for MkDocs).
_PARTS = "hide"
_FALSE = ("false", "no", "off", "never", "local", "link")
# Keys about visibility, and the field whose values they have.
_VISIBILITY = {
    **dict.fromkeys((*_STATUS, *_SAY_DRAFT), "draft"),
    **dict.fromkeys(_SAY_REMOVED, "removed"),
    **dict.fromkeys(("publish", "public", "visible", "online", "enabled", "listed"), "published"),
    **dict.fromkeys(_WEAK_FLAGS, "published"),
    **dict.fromkeys((*_SAY_EXPIRES, "expired", "validuntil"), "expires"),
    **{field: field for field in ("published", "removed", "draft", "expires")},
    **dict.fromkeys(_SAY_LATER, "publishedDateTime"),
}
# Hugo's tables say whether a file has a page, and whether lists have it. newsgen lists every page.
_TABLES = ("build", "_build")
_NO_LISTS = "newsgen has no page that is in no list: write draft: true, or noindex: true"
_NO_SITEMAP = "noindex: true keeps the page out of the sitemap and of search engines"
_SHOWN = frozenset(
    {"published", "publish", "public", "visible", "live", "final", "approved", "online"}
)
_NOT_SHOWN = frozenset(
    {
        *("draft", "trash", "deleted", "archived", "scheduled", "future", "review", "internal"),
        *("members", "paid", "subscribers", "restricted"),
        *_SAY_DRAFT,
    }
)
_DECIDING = frozenset({"published", "removed", "draft", "expires", "publishedDateTime"})
_MERGE = "<<"  # YAML 1.1 merges the mapping there into the fields; YAML 1.2 does not
_IS = re.compile(r"is(?=draft|published|removed|hidden|private|public|expired)")


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


def decides(key: str, known: frozenset[str]) -> bool:
    """Return whether a key decides, or may be meant to decide, who may see the article."""
    return key in _DECIDING or (key not in known and _meant(key, known) in _DECIDING)


def strictest(record: Record, others: Sequence[Record | None]) -> Record:
    """Return the record, withheld in every way in which it or one of the others is. The others are
    read from the same file, with other values of its repeated keys. None means that these values
    leave the file out.
    """
    every: list[Article | PlainPage] = [record]
    every += [one for one in others if one is not None]
    ends = [one.expires for one in every if one.expires is not None]
    values: dict[str, Any] = {
        "draft": any(one.draft for one in every),
        "unclear": None in others or any(one.unclear for one in every),
        "expires": min(ends, default=None),
    }
    if isinstance(record, Article):
        articles = [one for one in every if isinstance(one, Article)]
        values |= {
            "published": all(one.published for one in articles),
            "removed": any(one.removed for one in articles),
            "time": max(one.time for one in articles),
        }
    return structs.replace(record, **values)


def _misnamed(reader: Reader, front: dict[str, Any], key: str, known: frozenset[str]) -> bool:
    """Report a key that resembles a field; return whether it withholds the article."""
    if key == _MERGE:
        return _merged(reader, front[key], known)
    if key in _TABLES:
        return _built(reader, front[key], key)
    if key == "sitemap" and _is_switched_off(front[key]):
        message = "unknown field sitemap; it is ignored"
        reader.note("warning", "misnamed-field", message, "$", key, _NO_SITEMAP)
        return False
    meant = _meant(key, known)
    if not meant or front[key] is None or front[key] == "":
        return False
    if folded_name(key) == "noindex":  # read in any spelling
        return False
    says = _VISIBILITY.get(_folded(key), meant)
    hint = f"did you mean {meant}?"
    if says in _VISIBILITY or _folded(key) in _VISIBILITY:
        if _is_withheld(front[key], key):
            reader.note("repair", "alias", "", "$", key)
            return True
        if not _is_shown(front[key], says, _folded(key)):
            message = f"unknown field {key} may mean {meant}; the article is withheld"
            reader.note("warning", "misnamed-field", message, "$", key, hint)
            return True
        if _folded(key) in (*_STATUS, *_WEAK_FLAGS):
            return False
    elif meant in front:
        return False
    note_misnamed(reader, "$", key, meant)
    return False


def _merged(reader: Reader, value: Any, known: frozenset[str]) -> bool:
    """Report a merge key; return whether a field in it withholds the article."""
    maps = [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, dict)]
    withheld = any(decides(key, known) for one in maps for key in one if key.__class__ is str)
    done = "the article is withheld" if withheld else "it is passed over"
    message, hint = f"{_MERGE} is not a field; {done}", "write the fields out: YAML 1.2 merges none"
    reader.note("warning", "misnamed-field", message, "$", _MERGE, hint)
    return withheld


def _built(reader: Reader, table: Any, key: str) -> bool:
    """Return whether Hugo's table `build` keeps the article out of lists or without a page."""
    values = table if isinstance(table, dict) else {}
    for name in ("list", "render"):
        if str(values.get(name)).strip().lower() in _FALSE:
            message = f"{key}.{name} is {values[name]}; the article is withheld"
            reader.note("warning", "misnamed-field", message, "$", key, _NO_LISTS)
            return True
    return False


def _is_switched_off(value: Any) -> bool:
    """Return whether the value keeps the page out of the sitemap, as in Jekyll's and Hugo's
    plugins.
    """
    if isinstance(value, dict):
        said = (value.get(name) for name in ("disable", "exclude", "ignore"))
        return any(BOOLEANS.get(str(one).strip().lower()) for one in said)
    return str(value).strip().lower() in _FALSE


def _is_withheld(value: Any, key: str) -> bool:
    """Return whether a key of other tools, spelled as they do, clearly withholds the article."""
    text = str(value).strip().lower()
    return (key == "status" and text in _NOT_SHOWN) or (
        key in ("hidden", "private") and BOOLEANS.get(text) is True
    )


def _is_shown(value: Any, says: str, folded: str) -> bool:
    """Return whether the value of such a key clearly says that everyone may see the article."""
    if isinstance(value, (dict, list)):
        return folded == _PARTS and isinstance(value, list)
    text = str(value).strip().lower()
    if folded in _WEAK:
        return text not in _NOT_SHOWN
    if folded in _STATUS:
        return text in _SHOWN
    if folded in _WEAK_FLAGS:
        return text not in _FALSE
    return BOOLEANS.get(text) is (says == "published")


def _meant(key: str, known: frozenset[str]) -> str:
    """Return the field that a key probably means, "" if it resembles none."""
    folded = _folded(key)
    if folded in _VISIBILITY and folded not in map(folded_name, known):
        return _VISIBILITY[folded] if _VISIBILITY[folded] in known else "draft"
    return resembled_field(folded, known)


def _folded(key: str) -> str:
    return _IS.sub("", folded_name(key))
