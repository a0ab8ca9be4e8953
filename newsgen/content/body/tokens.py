"""Split untrusted HTML into tags and text, as the HTML Standard does (section 13.2.5).

It takes linear time.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from html.entities import html5
from typing import NamedTuple

from newsgen.core.patterns import lazily

_BEGINS = lazily(r"<(?:(/?)([a-zA-Z][^\s/>]*)|(!--)|[!?/])")
_ATTRIBUTE = lazily(
    r"""[\s/]*(?:([^\s/>][^\s/>=]*)(?:\s*=\s*("[^"]*"|'[^']*'|(?!["'>])[^\s>]+))?|(?=>))"""
)
_REFERENCE = lazily(r"&(?:#[0-9]+;?|#[xX][0-9a-fA-F]+;?|([a-zA-Z][a-zA-Z0-9]*;?)(?!=))")
_COMMENT_END = lazily(r"--!?>")
_WITHOUT_CONTENT = frozenset(
    {
        "script",
        "style",
        "template",
        "noscript",
        "iframe",
        "object",
        "svg",
        "math",
        "title",
        "textarea",
        "xmp",
    }
)


class Token(NamedTuple):
    """A piece of HTML: text as written, or a tag.

    `attributes` maps lower-case names to decoded values.
    """

    text: str
    name: str = ""
    ends: bool = False
    attributes: Mapping[str, str] = {}


def tokens(text: str) -> Iterator[Token]:
    """Yield the tags and text of HTML, in time proportional to its length.

    Comments are left out, and so is the content of elements that hold code.
    """
    at, end = 0, len(text)
    unclosed: set[str] = set()
    while at < end:
        found = _BEGINS.search(text, at)
        if found is None:
            yield Token(text[at:].replace("<", "&lt;"))
            return
        if found.start() > at:
            yield Token(text[at : found.start()].replace("<", "&lt;"))
        name = (found[2] or "").lower()
        if not name:
            at = _after_comment(text, found)
            continue
        at, attributes = _read_attributes(text, found.end())
        if at <= end:
            yield Token("", name, bool(found[1]), attributes)
        if name in _WITHOUT_CONTENT and not found[1] and name not in unclosed:
            closed = re.compile(rf"</{name}(?=[\s/>])", re.I).search(text, at)
            if closed:
                at = text.find(">", closed.end()) + 1 or end
                yield Token("", name, True)
            else:
                unclosed.add(name)


def _after_comment(text: str, found: re.Match[str]) -> int:
    """Return where a comment ends, or what a browser treats as one.

    That is the end of the text if it is not closed.
    """
    if found[3]:
        if text.startswith((">", "->"), found.end()):
            return text.index(">", found.end()) + 1
        closed = _COMMENT_END.search(text, found.end())
        return closed.end() if closed else len(text)
    return text.find(">", found.end()) + 1 or len(text)


def _read_attributes(text: str, at: int) -> tuple[int, Mapping[str, str]]:
    """Return where a tag ends, and its attributes. The first of several with one name counts.

    For a tag that is never closed, the position is after the end of the text.
    """
    if text.startswith(">", at):
        return at + 1, {}
    attributes: dict[str, str] = {}
    while found := _ATTRIBUTE.match(text, at):
        if found[1] is None:
            return found.end() + 1, attributes
        at = found.end()
        value = found[2] or ""
        value = value[1:-1] if value[:1] in ('"', "'") else value
        attributes.setdefault(
            found[1].lower(), _REFERENCE.sub(_decoded, value) if "&" in value else value
        )
    return len(text) + 1, attributes


def _decoded(found: re.Match[str]) -> str:
    """Decode a character reference in an attribute.

    There, `&copy=1` is not one (HTML Standard, section 13.2.5.73).
    """
    return found[0] if found[1] and found[1] not in html5 else html.unescape(found[0])
