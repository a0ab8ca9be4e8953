"""Estimate how much work a body is for its Markdown engine, from its text in linear time.

Python-Markdown takes quadratic time for some marks. It looks for the end of a link from each
bracket, gives each row of a table all columns, and compares each footnote reference with those
before it. The estimate counts the steps of these loops. Its unit is about a microsecond. The
factors are measured, and fixed on purpose, so that a text has the same estimate on any machine.
"""

from __future__ import annotations

import re

_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_BRACKET = re.compile(r"[\[\]()]")
_MARK = re.compile(r"""[*_`<>&\\"'|{!\[~]""")
_BLOCK_MARK = re.compile(r"^[ \t]*[-=*_#>+:\d]", re.M)
_OPEN_TAG = re.compile(r"<(?=[^<>]*(?:<|\Z))")
_NO_ADDRESS = re.compile(r"\]:[ \t]*\n")
_ABBREVIATION = re.compile(r"^ {0,3}\*\[([^\]\n]+)\]:", re.M)
# The marks at the start of a line. The pattern begins with a line's end instead of `^`, which takes
# a sixth of the time.
_LEVELS = re.compile(r"\n([ \t]*+)((?:[ \t]*+(?:>|[-*+](?=\s)|\d++[.)]))+)")
_DEFINITION = re.compile("\n {0,3}:")
_LEVEL = re.compile(r">|[-*+]|\d+")
_DELIMITER = re.compile(r"(?=[^\n]*-)[ \t>|:+*.)\d-]*+")
_INDENT = 4
_MOST_ABBREVIATIONS = 200


def markdown_cost(text: str) -> int:
    """Return the estimated work for the whole text."""
    cost = sum(map(_block_cost, _BLANK_LINE.split(text)))
    if "<" in text:
        cost += len(_OPEN_TAG.findall(text)) * len(text) // 25
    if "[^" in text:
        cost += text.count("[^") ** 2
    if "*[" in text:
        names = _ABBREVIATION.findall(text)
        cost += len(names) * len(text) // 50 + 200 * sum(
            map(text.count, names[:_MOST_ABBREVIATIONS])
        )
    return cost


def markdown_nesting(text: str) -> int:
    """Return how deep quotations and lists are nested, by their marks and indentation."""
    deepest = 0
    for indent, marks in _LEVELS.findall("\n" + text):
        deepest = max(
            deepest, len(indent.expandtabs(_INDENT)) // _INDENT + len(_LEVEL.findall(marks))
        )
    return deepest


def quotation_nesting(text: str) -> int:
    """Return how deep quotations and lists are nested by the marks of one line."""
    return max((len(_LEVEL.findall(marks)) for _, marks in _LEVELS.findall("\n" + text)), default=0)


def table_cells(text: str) -> int:
    """Return an upper bound for the cells in a text's tables, once each row has all columns.

    A table is a block with a delimiter row (GitHub Flavored Markdown, section 4.10). A row of two
    bytes gets as many cells as that row has columns, so the number must be known before.
    """
    cells = 0
    for block in _BLANK_LINE.split(text) if "|" in text and "-" in text else ():
        rows = [line.count("|") for line in block.split("\n") if _DELIMITER.fullmatch(line)]
        if any(rows):
            cells += (max(rows) + 1) * (block.count("\n") + 1)
    return cells


def _block_cost(block: str) -> int:
    """Return the estimated work for one paragraph, list or table."""
    size = len(block)
    cost = 100 + size // 10 + 50 * len(_MARK.findall(block))
    if "[" in block or "(" in block:
        cost += _bracket_distances(block) * 2 // 5 + len(_NO_ADDRESS.findall(block)) * size // 30
    if "{" in block or "`" in block:
        cost += block.count("{") * size // 100 + block.count("`") * size // 300
    if "\n" in block:
        cost += len(_BLOCK_MARK.findall(block)) * size // 30
        if "|" in block:
            lines = block.split("\n")
            cost += (
                10 * len(lines) * max(line.count("|") for line in lines)
                + block.count("`") * size // 100
            )
    return cost


def _bracket_distances(block: str) -> int:
    """Return the total length of all bracketed texts. One that is not closed extends to the end."""
    total = 0
    opened: dict[str, list[int]] = {"]": [], ")": []}
    for found in _BRACKET.finditer(block):
        mark = found[0]
        if mark in opened:
            if opened[mark]:
                total += found.start() - opened[mark].pop()
        else:
            opened["]" if mark == "[" else ")"].append(found.start())
    return total + sum(len(block) - start for left in opened.values() for start in left)


def definition_elements(text: str) -> int:
    """Estimate the number of elements in lists of definitions: two for each line with a colon."""
    return 2 * len(_DEFINITION.findall(text))
