"""Rewrite CommonMark code fences (0.31.2, section 4.5) to the narrower form of SuperFences.

Pure, in linear time.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from newsgen.core.patterns import lazily

# A fence and what it encloses, up to the end of the text if nothing closes it.
FENCED = lazily(r"^[ \t]*(?P<fence>`{3,}|~{3,})[\s\S]*?(?:^[ \t]*(?P=fence)|\Z)", re.M)
_OPENS = lazily(r"([ ]{0,40}(?:>[ ]{0,40}){0,20})(`{3,}(?=[^`]*$)|~{3,})(.*)")
_ITEM = lazily(r"( {0,40})(?:[-*+]|\d{1,9}[.)]) {1,4}(?=\S)")
_LANGUAGE = lazily(r"\s*([\w.+#-]*)\s*$")
_TAGGED = lazily(r"\s*([A-Za-z][\w+#-]*)(?=[\s{,:]|$)")


class _Fence(NamedTuple):
    """The opening line of a fence.

    `quotes` is the number of quotation marks before it, `indent` its indentation after them.
    """

    quotes: int
    indent: int
    sign: str
    info: str


class _Item(NamedTuple):
    """The innermost list item: the indentation of its mark, and that of its content."""

    indent: int
    content: int


def fenced_lines(text: str) -> set[int]:
    """Return the numbers of the lines between fences, fences included."""
    fenced = set[int]()
    line = at = 0
    for found in FENCED.finditer(text):
        line += text.count("\n", at, found.start())
        at = found.start()
        fenced |= set(range(line, line + found[0].count("\n") + 1))
    return fenced


def plain_fences(text: str) -> str:
    """Return the text with each fence in a form that SuperFences supports.

    Such a fence begins at the left of its block, its closing line is as long as its opening line,
    and its info string is only the language. In a list item it is indented by four spaces. A fence
    that nothing closes ends with its block. A fence indented by four spaces outside of lists may be
    code that shows a fence, so it keeps its info string and indentation.
    """
    if "```" not in text and "~~~" not in text:
        return text
    lines, out = text.split("\n"), list[str]()
    # the length of the shortest fence that no later line closes
    unclosed: dict[tuple[int, int, str], int] = {}
    item, at = None, 0
    while at < len(lines):
        line = lines[at]
        if mark := _ITEM.match(line):
            item = _Item(len(mark[1]), mark.end())
            if _opened(line[mark.end() :]):
                out += [mark[0], ""]
                lines[at] = line = " " * mark.end() + line[mark.end() :]
        elif item and line.strip() and len(line) - len(line.lstrip(" ")) < item.content:
            item = None
        fence = _opened(line)
        within = item if fence and not fence.quotes else None
        if fence and within:
            stop = _block_end(lines, at, fence, within)
            end = _closing(lines, at, fence, {}, stop)
        else:
            end = _closing(lines, at, fence, unclosed, len(lines)) if fence else 0
        if fence and not end and (within or fence.indent < 4):
            end = stop if within else _block_end(lines, at, fence, None)
            lines.insert(end, "> " * fence.quotes + " " * fence.indent + fence.sign)
        if fence and end:
            out += _rewritten(lines[at : end + 1], fence, within)
            if within:  # what follows may be the next item
                out.append("")
        else:
            out.append(line)
        at = max(at, end) + 1
    return "\n".join(out)


def _block_end(lines: list[str], at: int, fence: _Fence, item: _Item | None) -> int:
    """Return the index of the line before which the block of an unclosed fence ends."""
    for end in range(at + 1, len(lines)):
        line = _unquoted(lines[end], fence.quotes)
        if line is None:
            return end
        if item and line.strip() and len(line) - len(line.lstrip(" ")) < item.content:
            return end
    return len(lines)


def _opened(line: str) -> _Fence | None:
    found = _OPENS.fullmatch(line)
    if not found:
        return None
    prefix = found[1]
    indent = len(prefix) - len(prefix.rstrip(" "))
    quotes = prefix.count(">")
    return _Fence(quotes, indent - 1 if quotes and indent else indent, found[2], found[3])


def _closing(
    lines: list[str], at: int, fence: _Fence, unclosed: dict[tuple[int, int, str], int], stop: int
) -> int:
    """Return the index of the line before `stop` that closes a fence, 0 if there is none."""
    beyond = fence.indent // 4 * 4 + 4
    key = (fence.quotes, beyond, fence.sign[0])
    if len(fence.sign) >= unclosed.get(key, len(fence.sign) + 1):
        return 0
    for end in range(at + 1, stop):
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


def _rewritten(lines: list[str], fence: _Fence, item: _Item | None) -> list[str]:
    """Return the lines of a fence, from its opening to its closing line, in the narrower form."""
    before = "> " * fence.quotes
    if item:
        before = " " * (item.indent // 4 * 4 + 4)
    elif fence.indent > 3:
        return [*lines[:-1], before + " " * fence.indent + fence.sign]
    language = _LANGUAGE.fullmatch(fence.info) or _TAGGED.match(fence.info)
    inner = []
    for line in lines[1:-1]:
        text = _unquoted(line, fence.quotes) or ""
        spaces = len(text) - len(text.lstrip(" "))
        inner.append(before + text[min(spaces, fence.indent) :])
    return [before + fence.sign + (language[1] if language else ""), *inner, before + fence.sign]
