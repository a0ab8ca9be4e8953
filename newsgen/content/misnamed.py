"""Keys that are not fields but resemble one: another spelling, the plural, another tool's name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Any
from unicodedata import normalize

from newsgen.content.field_reader import Reader
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
    "headline": "title",
    "keyword": "tags",
    "redirectfrom": "aliases",
    "publisher": "provider",
}
# The same inside `provider`, `images`, `related` and `corrections`.
_NESTED = {
    "image": {
        **dict.fromkeys(("href", "uri", "link", "file"), "url"),
        **dict.fromkeys(("alttext", "description"), "alt"),
        **dict.fromkeys(("photographer", "author", "copyright"), "credit"),
        "licence": "license",
    },
    "provider": {
        **dict.fromkeys(("title", "publisher"), "name"),
        **dict.fromkeys(("url", "host", "website", "site", "homepage"), "domain"),
        **dict.fromkeys(("logo", "icon"), "images"),
    },
    "related": {
        **dict.fromkeys(("url", "href", "link"), "webUrl"),
        **dict.fromkeys(("source", "publisher"), "provider"),
        "kind": "type",
    },
    "correction": {
        **dict.fromkeys(("time", "datetime", "on", "when"), "date"),
        **dict.fromkeys(("note", "description", "correction", "message"), "text"),
    },
}
_FIELDS_OF = {
    "image": frozenset(
        {
            *("url", "src", "path", "image", "feature", "width", "height", "isCached"),
            *("alt", "caption", "title", "credit", "license", "focus"),
        }
    ),
    "provider": frozenset({"name", "domain", "images"}),
    "related": frozenset(
        {
            *("title", "excerpt", "publishedDateTime", "webUrl", "type", "provider", "quality"),
            *("images", "ampWebUrl", "cdnAmpWebUrl"),
        }
    ),
    "correction": frozenset({"date", "text"}),
}
_JOINTS = re.compile(r"[\s_-]")
_LIKENESS = 0.8  # difflib's ratio: one wrong letter in five, or two swapped letters


def folded_name(key: str) -> str:
    """Return a key without case, spaces, underscores and hyphens."""
    return _JOINTS.sub("", key if key.isascii() else normalize("NFKC", key)).casefold()


def report_misnamed(reader: Reader, fields: dict[str, Any], at: str, kind: str) -> None:
    """Report keys of an image, a provider, a related story or a correction that resemble a field.

    A key without a value is not reported. Neither is a key whose field is there too.
    """
    known = _FIELDS_OF[kind]
    if fields.keys() <= known:  # as nearly always
        return
    for key in sorted(key for key in fields.keys() - known if key.__class__ is str):
        folded = folded_name(key)
        meant = _NESTED[kind].get(folded) or resembled_field(folded, known)
        if meant and meant not in fields and fields[key] not in (None, ""):
            note_misnamed(reader, at, key, meant)


def note_misnamed(reader: Reader, at: str, key: str, meant: str) -> None:
    """Report a key that is not read, with the field it resembles."""
    message, hint = f"unknown field {key}; it is ignored", f"did you mean {meant}?"
    reader.note("warning", "misnamed-field", message, at, key, hint)


@lru_cache(4096)  # articles have the same keys, and one may repeat a key thousands of times
def resembled_field(folded: str, known: frozenset[str]) -> str:
    """Return the field that a folded key probably means, "" if it resembles none."""
    fields = _folded_fields(known)
    for form in _forms(folded):
        if form in fields:
            return fields[form]
        if _SYNONYMS.get(form) in known:
            return _SYNONYMS[form]
    letters = sorted(folded)
    swapped = (field for field in fields if len(field) > 2 and sorted(field) == letters)
    near = [
        field for field in fields if field[0] == folded[:1] and abs(len(field) - len(folded)) < 2
    ]
    like = next(swapped, "") or (nearest(folded, near, _LIKENESS) if len(folded) > 3 else "")
    return fields.get(like, "")


def _forms(folded: str) -> Iterable[str]:
    """Return the key itself, then as a singular and as a plural."""
    return (
        folded,
        folded.removesuffix("s"),
        folded + "s",
        folded + "es",
        folded.removesuffix("es"),
        folded.removesuffix("ies") + "y",
    )


@cache
def _folded_fields(known: frozenset[str]) -> dict[str, str]:
    return {folded_name(field): field for field in known}
