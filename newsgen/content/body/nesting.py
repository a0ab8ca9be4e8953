"""The shape of HTML without attributes: a letter for each tag, to check nesting without a parser.

A start tag has a small letter, its end tag the same capital. Checking some 80 letters takes a
fifteenth of the time of parsing the HTML.
"""

from __future__ import annotations

import re

_NAMES = {
    "p": "p",
    "em": "e",
    "strong": "s",
    "del": "d",
    "code": "c",
    "pre": "k",
    "ul": "u",
    "ol": "o",
    "li": "i",
    "blockquote": "q",
    "table": "t",
    "thead": "h",
    "tbody": "g",
    "tr": "r",
    "th": "n",
    "td": "m",
    **{f"h{level}": "vwxyz"[level - 2] for level in range(2, 7)},
}
HEADINGS = "vwxyz"
TABLES = "thgrnm"  # with their parts
LETTERS = {
    **{f"<{name}>": letter for name, letter in _NAMES.items()},
    **{f"</{name}>": letter.upper() for name, letter in _NAMES.items()},
    **{"</a>": "A", "<br>": "/", "<br />": "/", "<hr>": "-", "<hr />": "-"},
}
OTHER = "?"  # not in this list
LINK = "a"  # a start tag with attributes, which the list does not have
_LINKS = re.compile("a[^A]*a")
_OPENS, _CLOSES = frozenset("uoqesd"), frozenset("UOQESD")
_PHRASES = ("/", "cC", "eE", "sS", "dD", "aA")
_BLOCKS = ("pP", "-", *(letter + letter.upper() for letter in HEADINGS))
_TABLE = "thr(?:n{0}N)+RH(?:g(?:r(?:m{0}M)+R)+G)?T"
_OF_PHRASES = _TABLE.format("[aAcCeEsSdD/]*")
_TABLES = re.compile(f"{_OF_PHRASES}|([{TABLES}{TABLES.upper()}])")
_EMPTY_TABLE = re.compile(_TABLE.format(""))
_GROUPS = re.compile("u(?:iI)*U|o(?:iI)*O|qQ")
_DEEPEST = 4


def has_links_in_links(shape: str) -> bool:
    """Return whether a link begins before another ends."""
    return _LINKS.search(shape) is not None


def is_deeper(shape: str, most: int) -> bool:
    """Return whether lists, quotations and emphasis are nested deeper than this."""
    if sum(map(shape.count, _OPENS)) <= most:
        return False
    depth = deepest = 0
    for letter in shape:
        depth += (letter in _OPENS) - (letter in _CLOSES)
        deepest = max(deepest, depth)
    return deepest > most


def tables_in(shape: str) -> list[tuple[int, int]] | None:
    """Return where the tables begin and end, None if one is not of rows with cells of phrases."""
    found = list(_TABLES.finditer(shape))
    return None if any(one[1] for one in found) else [one.span() for one in found]


def is_nested(shape: str) -> bool:
    """Return whether each element surely ends in its parent, where an HTML parser keeps it.

    That is so if paragraphs, headings and phrases hold only phrases, links no links, lists only
    items, tables only rows with cells of phrases, and blocks of code one `code`. May return False
    for other shapes, and does for deep nesting.
    """
    if has_links_in_links(shape):
        return False
    shape = shape.replace("kcCK", "-")
    for _ in range(_DEEPEST):
        before = len(shape)
        for pair in _PHRASES:
            shape = shape.replace(pair, "")
        if len(shape) == before:
            break
    if "t" in shape:
        shape = _EMPTY_TABLE.sub("-", shape)
    for pair in _BLOCKS:
        shape = shape.replace(pair, "b")
    shape = shape.replace("b", "")
    for _ in range(_DEEPEST if shape else 0):
        shape = _GROUPS.sub("", shape)
    return not shape
