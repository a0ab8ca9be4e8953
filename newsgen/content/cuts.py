"""Values that YAML cuts: at ` #` (a comment), and after `!` (a tag) and `&` (an anchor)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from newsgen.core import frontmatter
from newsgen.core.frontmatter import FrontMatterError
from newsgen.core.problems import Problem

# Lines that may hold a cut value. Front matter without them is not parsed for this. A real comment
# has a space after its #.
_SIGN = re.compile(r"^[^\"'\n]*(?: #[^\s#]|:[ ]+[!&]\w)", re.M)
_SIGNS = (" #", " !", " &")  # what that pattern needs; most front matter has none of them
_COMMENT = re.compile(r"[ \t]+#[^\s#]")
_ANCHOR = re.compile(r"&([^\s,\[\]{}]+)")
_ALIAS = re.compile(r"\*([^\s,\[\]{}]+)")
_MESSAGES = {
    "#": "the value ends before the #, where YAML begins a comment",
    "!": "the value begins behind the word with !, which YAML reads as a tag",
    "&": "the value begins behind the word with &, which YAML reads as an anchor",
}


def cut_values(front: str, above: int) -> list[Problem]:
    """Return a warning, with its position, for each value that is shorter than its line.

    `above` is the number of lines before the YAML.
    """
    if not any(sign in front for sign in _SIGNS) or not _SIGN.search(front):
        return []
    try:
        composed = frontmatter.compose(front)
    except FrontMatterError:
        return []  # reported when the file is read
    lines = front.split("\n")
    return [
        Problem(
            "warning",
            "cut-value",
            _MESSAGES[sign],
            "$",
            "put the whole value in double quotes",
            "",
            line + above,
            column,
        )
        for sign, line, column in _cuts(composed.root, lines, front)
    ]


def _cuts(root: Any, lines: list[str], front: str) -> Iterator[tuple[str, int, int]]:
    """Yield the sign, line and column (both from 1) of each cut."""
    aliases = set(_ALIAS.findall(front))
    for node in _scalars(root):
        start, end = node.start_mark, node.end_mark
        anchor = _ANCHOR.match(lines[start.line], start.column)
        if node.tag.startswith("!") and lines[start.line].startswith("!", start.column):
            yield "!", start.line + 1, start.column + 1
        elif anchor and anchor[1] not in aliases:
            yield "&", start.line + 1, start.column + 1
        if not node.style and _COMMENT.match(lines[end.line], end.column):
            yield "#", end.line + 1, lines[end.line].index("#", end.column) + 1


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
