"""Fields without a fence: Pelican's lines `Title: x`, and Nikola's `.. title: x`. Pure."""

from __future__ import annotations

import json
import re

from newsgen.core.patterns import lazily

_KEY = r"[A-Za-z][\w .-]{0,40}:(?!//)[^\n]*(?:\n|\Z)"
_BLANK = "[ ]{8,}"  # in place of `secured` and its value
_LINES = lazily(
    rf"(?:[ \t]*\n)*(?P<fields>(?:{_KEY}(?:(?:[ \t]+\S[^\n]*|{_BLANK})(?:\n|\Z))*)+)"
    r"(?:[ \t]*\n|\Z)"
)
_COMMENTS = lazily(
    r"(?:[ \t]*\n)*(?P<open><!--[ \t]*\n)?"
    rf"(?P<fields>(?:[ \t]*\.\.[ \t]+[\w-]+:[^\n]*(?:\n|\Z)|{_BLANK}\n"
    r"|(?<=\n)[ \t]+(?!\.\.[ \t]|-->)\S[^\n]*(?:\n|\Z))+)"
    r"(?:(?:[ \t]*\n)*(?(open)[ \t]*-->[ \t]*(?:\n|\Z)))"
)
_NAMES_IT = lazily(r"^[ \t.]*(?:title|date)[ \t]*:", re.I | re.M)
_FIELD = lazily(r"([ \t]*(?:\.\.[ \t]+)?)([A-Za-z][\w .-]*?)[ \t]*:[ \t]*(.*)")
_LISTS = ("tags", "authors", "keywords", "category", "categories")


def find_line_fields(text: str) -> re.Match[str] | None:
    """Return the match of the fields that a text begins with, None without any.

    One of them is the title or the date. The rest of the text starts where the match ends.
    """
    found = _LINES.match(text) or _COMMENTS.match(text)
    return found if found and _NAMES_IT.search(found["fields"]) else None


def line_fields_as_yaml(fields: str) -> str:
    """Return such fields as YAML with the same lines. Names begin in lower case, as newsgen's do.

    Indented lines continue the value above them.
    """
    out: list[str] = []
    at, key, parts = -1, "", list[str]()  # the line, key and value of the field above
    for line in fields.split("\n"):
        found = _FIELD.fullmatch(line) if not line[:4].isspace() else None
        if found:
            if at >= 0:
                out[at] = _written(key, parts)
            at, key = len(out), " " * len(found[1]) + _name(found[2])
            parts = [found[3].strip()]
        elif at >= 0 and line.strip():
            parts.append(line.strip())
        out.append("")
    if at >= 0:
        out[at] = _written(key, parts)
    return "\n".join(out)


def _written(key: str, parts: list[str]) -> str:
    value = (", " if key.strip() in _LISTS else " ").join(filter(None, parts))
    return f"{key}: {json.dumps(value, ensure_ascii=False)}" if value else f"{key}:"


def _name(key: str) -> str:
    return key.lower() if key.isupper() else key[0].lower() + key[1:]
