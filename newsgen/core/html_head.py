"""Fields in the head of an HTML file, as Pelican has them: `<title>` and `<meta name>`. Pure."""

from __future__ import annotations

import html
import json
import re

from newsgen.core.patterns import lazily

_HEAD = lazily(
    r"\s*(?:<!doctype\b[^>]{0,300}>\s*)?<html\b[^>]{0,1000}>\s*<head\b[^>]{0,1000}>"
    r"(?P<fields>.*?)</head\s*>\s*(?:<body\b[^>]{0,1000}>)?",
    re.I | re.S,
)
_FIELD = lazily(
    r"<title\b[^<>]*+>(?P<title>[^<]*+)</title\s*+>"
    r"|<meta\b(?P<meta>(?:[^<>\"']|\"[^\"]*\"|'[^']*')*+)>",
    re.I,
)  # a `<` outside quotes ends it, or tags that are never closed would each be read to the end
_ATTRIBUTE = lazily(r"([a-z-]{1,40})\s{0,9}=\s{0,9}(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.I)
_NAME = lazily(r"[a-z][\w-]*")
_TECHNICAL = ("viewport", "generator")
_NEVER_READ = "secured"
_LONGEST = 100_000  # characters of a head


def find_html_head(text: str) -> re.Match[str] | None:
    """Return the match of an HTML file's beginning, None unless its head names a date.

    A head with the word `secured` is not read, because only lines of YAML, TOML and JSON can be
    redacted.
    """
    found = _HEAD.match(text)
    if (
        not found
        or len(found["fields"]) > _LONGEST
        or _NEVER_READ in html.unescape(found["fields"]).casefold()
    ):
        return None
    return found if any(name == "date" for _, name, _ in _fields(found["fields"])) else None


def html_head_as_yaml(head: str) -> str:
    """Return the fields of a head as YAML, each on its own line in the file if that is free."""
    out: list[str] = []
    for at, name, value in _fields(head):
        out += [""] * (head.count("\n", 0, at) - len(out))
        out.append(f"{name}: {json.dumps(' '.join(value.split()), ensure_ascii=False)}")
    return "\n".join(out) + "\n"


def _fields(head: str) -> list[tuple[int, str, str]]:
    """Return the offset, name and value of each field."""
    out = []
    for found in _FIELD.finditer(head):
        if found["meta"] is None:
            out.append((found.start(), "title", html.unescape(found["title"])))
            continue
        attributes = {
            name.lower(): html.unescape(double or single or bare)
            for name, double, single, bare in _ATTRIBUTE.findall(found["meta"])
        }
        name = attributes.get("name", "").lower()
        if _NAME.fullmatch(name) and name not in _TECHNICAL and attributes.get("content"):
            out.append((found.start(), name, attributes["content"]))
    return out
