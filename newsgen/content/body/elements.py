"""Facts about elements from the HTML Standard, as far as bodies need them."""

from __future__ import annotations

CELLS = frozenset({"td", "th", "caption"})
ROWS = frozenset({"tr", "thead", "tbody", "tfoot"})
TABLE = CELLS | ROWS | {"table"}
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
VOID = frozenset({"br", "hr", "img", "wbr", "source", "track", "input"})
MEDIA = frozenset({"audio", "video"})
# elements whose text is shown as written
VERBATIM = frozenset({"code", "pre", "kbd", "samp", "var"})
_BLOCKS = (
    "address article aside blockquote center details dialog dir div dl dd dt fieldset figcaption "
    "figure footer form header hgroup hr li main menu nav ol p pre search section summary table ul"
)
BLOCKS = HEADINGS | frozenset(_BLOCKS.split())
# The elements that a start tag closes, and those where the search for them ends (section
# 13.1.2.4, "Optional tags").
CLOSES: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    **dict.fromkeys(BLOCKS, (frozenset({"p"}), TABLE)),
    **dict.fromkeys(HEADINGS, (HEADINGS | {"p"}, BLOCKS - HEADINGS - {"p"} | TABLE)),
    **dict.fromkeys(("dt", "dd"), (frozenset({"dt", "dd", "p"}), TABLE | {"dl"})),
    **dict.fromkeys(("thead", "tbody", "tfoot", "caption"), (CELLS | ROWS, frozenset({"table"}))),
    **dict.fromkeys(("td", "th"), (CELLS, ROWS | {"table"})),
    **dict.fromkeys(("rt", "rp"), (frozenset({"rt", "rp"}), TABLE | {"ruby"})),
    "li": (frozenset({"li", "p"}), TABLE | {"ul", "ol"}),
    "tr": (CELLS | {"tr"}, frozenset({"table"})),
    "a": (frozenset({"a"}), TABLE),
}
NO_ENDS: tuple[frozenset[str], frozenset[str]] = (frozenset(), frozenset())
# where a paragraph ends for typography
PARAGRAPHS = BLOCKS | TABLE
