"""Read lists of names: of topics, tags and authors, and the terms of taxonomies."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from newsgen.content.aliases import TABLE
from newsgen.content.field_reader import Reader
from newsgen.core.patterns import lazily

# What may surround a name: a Markdown link, an email address.
_LINK = re.compile(r"\[([^\[\]]*)\]\([^()\s]*\)")
_MAIL = re.compile(r" ?<[^<>\s@]+@[^<>\s]+>")
# Texts that follow an author after a comma: `Ann Day, Chief Editor`, `Bo Li, Jr.`
_ROLE = lazily(
    r"^(?:[JS]r\.?|I{2,3}|Ph\.? ?D\.?|M\.?D\.?|Esq\.?|C[A-Z]O|(?:S|E)?VP)(?: |\Z)|\bhead of\b"
    r"|\b(?:director|editor|reporter|correspondent|columnist|journalist|staff writer|engineer"
    r"|developer|manager|officer|president|chair(?:man|woman|person)?|(?:co-?)?founder|professor"
    r"|researcher|scientist|analyst|architect|designer|consultant|intern)\b",
    re.I,
)


def names(reader: Reader, fields: dict[str, Any], at: str, name: str) -> tuple[str, ...]:
    """Return a list of names without duplicates."""
    found = [
        reader.line(item, path) for item, path in reader.items(fields, at, name, budget="names")
    ]
    return tuple(dict.fromkeys(filter(None, found))) if found else ()


def listed(reader: Reader, fields: dict[str, Any], at: str, name: str) -> tuple[str, ...]:
    """Return the names in a list, in text with commas, or in mappings with a `name`. Nested lists
    count as one list, as in Hexo's `categories`.
    """
    value = fields.get(name)
    if value.__class__ is str:
        plain = _plain(value)
        if "," in plain:
            parts = [part for part in map(str.strip, plain.split(",")) if part]
            fields = {name: _with_roles(parts) if name == "authors" else parts}
        elif plain != value:
            fields = {name: plain}
    elif isinstance(value, (list, dict)):
        items = value if isinstance(value, list) else [value]
        if any(item.__class__ is not str or _plain(item) != item for item in items):
            items = [one for item in items for one in (item if isinstance(item, list) else [item])]
            fields = {name: [_plain(_name_of(item)) for item in items]}
    return names(reader, fields, at, name)


def _with_roles(parts: list[str]) -> list[str]:
    """Return names of authors, each with the role or the degree that follows it."""
    out: list[str] = []
    for part in parts:
        if out and _ROLE.search(part):
            out[-1] += f", {part}"
        else:
            out.append(part)
    return out


def _name_of(item: Any) -> Any:
    """Return the name in a mapping: WordPress's `display_name`, Docusaurus's `label`."""
    keys = ("name", "display_name", "label", "title") if isinstance(item, dict) else ()
    return next((item[key] for key in keys if key in item), item)


def _plain(name: Any) -> Any:
    """Return a name without the link or email address that v8.dev and others write around it."""
    if name.__class__ is str and ("](" in name or "@" in name):
        return _MAIL.sub("", unlinked(name)).strip()
    return name


def unlinked(text: str) -> str:
    """Return text with Markdown links replaced by their words."""
    return _LINK.sub(r"\1", text) if "](" in text else text


def terms_of(
    reader: Reader, front: dict[str, Any], adopted: dict[str, Any], taxonomies: Sequence[str]
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the terms of an article in each taxonomy, by its key, without those that have none.

    A key is read as written, then as newsgen's field, then in Zola's table of taxonomies. Text is
    one term, commas included, because a name such as that of a series may have them.
    """
    table = front.get(TABLE)
    inside = table if isinstance(table, dict) else {}
    found = []
    for key in taxonomies:
        places = ((front, "$"), (adopted, "$"), (inside, f"$.{TABLE}"))
        fields, at = next((one for one in places if key in one[0]), (front, "$"))
        value = fields.get(key)
        if isinstance(value, (list, dict)):
            items = value if isinstance(value, list) else [value]
            fields = {key: [_name_of(item) for item in items]}
        if some := names(reader, fields, at, key):
            found.append((key, some))
    return tuple(found)
