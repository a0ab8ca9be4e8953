"""Rewrite CommonMark code fences (0.31.2, section 4.5) to the narrower form of SuperFences.

Pure, in linear time.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_OPENS = re.compile(r"([ ]{0,40}(?:>[ ]{0,40}){0,20})(`{3,}(?=[^`]*$)|~{3,})(.*)")
_LANGUAGE = re.compile(r"\s*([\w.+#-]*)\s*$")
_TAGGED = re.compile(r"\s*([A-Za-z][\w+#-]*)(?=[\s{,:]|$)")


class _Fence(NamedTuple):
    """The opening line of a fence.

    `quotes` is the number of quotation marks before it, `indent` its indentation after them.
    """

    quotes: int
    indent: int
    sign: str
    info: str


def plain_fences(text: str) -> str:
    """Return the text with each closed fence in a form that SuperFences supports.

    Such a fence begins at the left of its block, its closing line is as long as its opening line,
    and its info string is only the language. A fence indented by four spaces may be code that shows
    a fence, so it keeps its info string and indentation.
    """
    if "```" not in text and "~~~" not in text:
        return text
    lines = text.split("\n")
    # the shortest sign that is not closed from there on
    unclosed: dict[tuple[int, int, str], int] = {}
    at = 0
    while at < len(lines):
        fence = _opened(lines[at])
        end = _closing(lines, at, fence, unclosed) if fence else 0
        if fence and end:
            _rewrite(lines, at, end, fence)
        at = max(at, end) + 1
    return "\n".join(lines)


def _opened(line: str) -> _Fence | None:
    found = _OPENS.fullmatch(line)
    if not found:
        return None
    prefix = found[1]
    indent = len(prefix) - len(prefix.rstrip(" "))
    quotes = prefix.count(">")
    return _Fence(quotes, indent - 1 if quotes and indent else indent, found[2], found[3])


def _closing(
    lines: list[str], at: int, fence: _Fence, unclosed: dict[tuple[int, int, str], int]
) -> int:
    """Return the index of the line that closes a fence, 0 if there is none."""
    beyond = fence.indent // 4 * 4 + 4
    key = (fence.quotes, beyond, fence.sign[0])
    if len(fence.sign) >= unclosed.get(key, len(fence.sign) + 1):
        return 0
    for end in range(at + 1, len(lines)):
        line = _unquoted(lines[end], fence.quotes)
        if line is None:
            return 0
        sign = line.strip()
        indent = len(line) - len(line.lstrip(" "))
        if len(sign) >= len(fence.sign) and not sign.strip(fence.sign[0]) and indent < beyond:
            return end
    unclosed[key] = len(fence.sign)
    return 0


def _unquoted(line: str, quotes: int) -> str | None:
    """Return a line without this many quotation marks.

    Return None if it has fewer, which ends the quotation and the fence.
    """
    for _ in range(quotes):
        line = line.lstrip(" ")
        if not line.startswith(">"):
            return None
        line = line[1:].removeprefix(" ")
    return line


def _rewrite(lines: list[str], at: int, end: int, fence: _Fence) -> None:
    before = "> " * fence.quotes
    if fence.indent > 3:
        lines[end] = before + " " * fence.indent + fence.sign
        return
    language = _LANGUAGE.fullmatch(fence.info) or _TAGGED.match(fence.info)
    lines[at] = before + fence.sign + (language[1] if language else "")
    for n in range(at + 1, end):
        line = _unquoted(lines[n], fence.quotes) or ""
        spaces = len(line) - len(line.lstrip(" "))
        lines[n] = before + line[min(spaces, fence.indent) :]
    lines[end] = before + fence.sign
