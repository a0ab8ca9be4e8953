"""Values that YAML cuts: at ` #` (a comment), and after `!` (a tag) and `&` (an anchor)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from operator import itemgetter
from typing import Any, NamedTuple

from newsgen.core import frontmatter
from newsgen.core.frontmatter import FrontMatterError
from newsgen.core.patterns import lazily
from newsgen.core.problems import Problem

# Lines that may hold a cut value. Front matter without them is not parsed for this. A real comment
# has a space after its #, and does not follow a title without quotes.
_SIGN = lazily(
    r"^(?!\s*(?:- +)*(?:[\w.-]+:\s+|- +)[\"'])"
    r"(?:title:[^\n]*?[ \t]#|[^\n]*?(?:[ \t]#[^\s#]|(?:[:,-][ ]+|\[ *)[!&]\S))"
    r"|[\"'][ \t]+#[^\s#]",
    re.M,
)
# What that pattern needs, grouped by first character; most front matter has none of them. A search
# for one character takes a tenth of the time of a search for two.
_SIGNS = (("#", " \t"), ("!", " ["), ("&", " ["))
_COMMENT = lazily(r"[ \t]+#[^\s#]|[ \t]*,[ \t]+#[^\s#]")  # the second in [] and {}
_ANY_COMMENT = lazily(r"[ \t]+#")
_ANCHOR = lazily(r"&([^\s,\[\]{}]+)")
_ALIAS = lazily(r"\*([^\s,\[\]{}]+)")
_QUOTES = ("'", '"')
_MESSAGES = {
    "#": "the value ends before the #, where YAML begins a comment",
    "!": "the value begins behind the word with !, which YAML reads as a tag",
    "&": "the value begins behind the word with &, which YAML reads as an anchor",
}


class _Cut(NamedTuple):
    """Where a value is cut: the sign, line and column from 1, and the field that is left empty."""

    sign: str
    line: int
    column: int
    key: str = ""


def cut_values(front: str, above: int) -> list[Problem]:
    """Return a warning, with its position, for each value that is shorter than its line.

    `above` is the number of lines before the YAML. The warning names the field if nothing is left
    of its value.
    """
    if not any(_stands(sign, before, front) for sign, before in _SIGNS) or not _SIGN.search(front):
        return []
    try:
        composed = frontmatter.compose(front)
    except FrontMatterError:
        return []  # reported when the file is read
    lines = front.split("\n")
    cuts = [*_cuts(composed.root, lines, front), *_repaired_cuts(composed.repaired, lines)]
    return [
        Problem(
            "warning",
            "cut-value",
            _MESSAGES[cut.sign],
            f"$.{cut.key}" if cut.key else "$",
            "put the whole value in double quotes",
            "",
            cut.line + above,
            cut.column,
        )
        for cut in sorted(cuts, key=itemgetter(1))
    ]


def _stands(sign: str, before: str, front: str) -> bool:
    """Return whether a sign follows one of these characters."""
    at = front.find(sign)
    while at >= 0:
        if at and front[at - 1] in before:
            return True
        at = front.find(sign, at + 1)
    return False


def _cuts(root: Any, lines: list[str], front: str) -> Iterator[_Cut]:
    """Yield the cuts of scalars."""
    aliases = set(_ALIAS.findall(front))
    fields = root.value if root is not None and root.id == "mapping" else ()
    empty = {id(value): str(key.value) for key, value in fields if value.value == ""}
    titles = {id(value) for key, value in fields if key.value == "title"}
    for node in _scalars(root):
        start, end = node.start_mark, node.end_mark
        anchor = _ANCHOR.match(lines[start.line], start.column)
        key = empty.get(id(node), "")
        if node.tag.startswith("!") and lines[start.line].startswith("!", start.column):
            yield _Cut("!", start.line + 1, start.column + 1, key)
        elif anchor and anchor[1] not in aliases:
            yield _Cut("&", start.line + 1, start.column + 1, key)
        plain = not node.style
        comment = _ANY_COMMENT if plain and id(node) in titles and node.value else _COMMENT
        if (plain or node.style in _QUOTES) and comment.match(lines[end.line], end.column):
            yield _Cut("#", end.line + 1, lines[end.line].index("#", end.column) + 1, key)


def _repaired_cuts(repaired: tuple[tuple[int, int], ...], lines: list[str]) -> Iterator[_Cut]:
    """Yield cuts of values that are read as text because of their colon."""
    for line, column in repaired:
        found = _COMMENT.search(lines[line - 1], column)
        if found:
            yield _Cut("#", line, found.end() - 1)


def _scalars(root: Any) -> Iterator[Any]:
    """Yield each scalar value once. A node with an alias occurs several times in the tree."""
    stack, seen = [root], set[int]()
    while stack:
        one = stack.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        if isinstance(one.value, str):
            yield one
        else:
            stack += reversed([item[1] if isinstance(item, tuple) else item for item in one.value])
