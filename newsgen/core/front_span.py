"""Where front matter is in a file: YAML between `---`, TOML between `+++`, JSON, lines, or a
head of HTML.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from newsgen.core.html_head import find_html_head
from newsgen.core.line_fields import find_line_fields
from newsgen.core.patterns import lazily

_OPEN = re.compile(
    r"(?:[ \t]*\n)*(?:(?P<yaml>---)[ \t]*(?:json|ya?ml)?[ \t]*(?:[ \t]#[^\n]*)?\n"
    r"|(?P<toml>\+\+\+|---[ \t]*toml)[ \t]*\n|(?={\s*[\"}]))"
)
_CLOSE = re.compile(r"\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)")
_CLOSE_TOML = lazily(r"\n\+\+\+[ \t]*(?:\n|\Z)")
# Eleventy and Gatsby run these as code.
_FOREIGN = lazily(r"(?:[ \t]*\n)*---[ \t]*(js|javascript|coffee|ts|typescript)[ \t]*\n")
_JSON_TOKEN = lazily(r'[\[\]{}]|"(?:[^"\\]|\\.)*(?:"|\Z)', re.S)
_JSON_END = lazily(r"[ \t]*(?:\n|\Z)|")


class Span(NamedTuple):
    """Where the front matter begins and ends and the body begins.

    `end` is -1 if it is not closed. `kind` is yaml, toml, json, lines or
    html.
    """

    start: int
    end: int
    body: int
    kind: str


def find_span(text: str) -> Span | None:
    """Return where the front matter of a text is, None without any."""
    opened = _OPEN.match(text)
    if not opened:
        lines = find_line_fields(text)
        found = lines or find_html_head(text)
        kind = "lines" if lines else "html"
        return Span(*found.span("fields"), found.end(), kind) if found else None
    if not opened.lastgroup:
        end = _end_of_json(text, opened.end())
        return Span(opened.end(), end, _JSON_END.match(text, end).end(), "json")  # type: ignore[union-attr]
    close = _CLOSE_TOML if opened["toml"] == "+++" else _CLOSE
    closed = close.search(text, opened.end() - 1)
    start, body = opened.end(), len(text)
    return Span(
        start,
        closed.start() + 1 if closed else -1,
        closed.end() if closed else body,
        opened.lastgroup,
    )


def _end_of_json(text: str, start: int) -> int:
    """Return the offset after the brace that closes the one opened here, or -1 without one."""
    depth = 0
    for found in _JSON_TOKEN.finditer(text, start):
        depth += (found[0] in "[{") - (found[0] in "]}")
        if not depth:
            return found.end()
    return -1


def front_span(text: str) -> tuple[int, int, int]:
    """Return the offsets where the front matter begins and ends, and where the body begins.

    Front matter that is not closed ends with the text. Without front matter, all three are 0.
    """
    span = find_span(text)
    if not span:
        return 0, 0, 0
    last = len(text)
    return (span.start, span.end, span.body) if span.end >= 0 else (span.start, last, last)


def language_of_code(text: str) -> str:
    """Return the language of front matter that is code, as after `---js`, "" for any other."""
    found = _FOREIGN.match(text)
    return found[1] if found else ""


def is_toml(text: str) -> bool:
    """Return whether a file has front matter in TOML."""
    opened = _OPEN.match(text)
    return bool(opened and opened.lastgroup == "toml")
