"""The HTML of most bodies as pages need it, in a tenth of the time that `markup` takes.

A body without HTML of its own is well-formed as the engine makes it. If it holds only paragraphs,
lists, headings, quotations, tables, links, emphasis and code without a language, its tags need no
parser: patterns find what is to be changed.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable

from newsgen.content import urls
from newsgen.content.body.anchors import named, slug
from newsgen.content.body.attributes import Attributes, Context
from newsgen.content.body.typography import Typesetter, has_signs

_TAGS = re.compile("(<[^<>]*>)")
_LINK = re.compile(r'<a href="([^"#][^"]*)"(?: title="([^"]*)")?>')
_CELL = re.compile(r"<t[hd](?: [^<>]*)?>")
_ELEMENTS = "p em strong del code pre ul ol li blockquote h2 h3 h4 h5 h6"
_ROWS = "table thead tbody tr th td"
_KNOWN = frozenset(
    [*("<br>", "<br />", "<hr>", "<hr />", "</a>")]
    + [f"<{end}{name}>" for name in (_ELEMENTS + " " + _ROWS).split() for end in ("", "/")]
)
_NESTING = ("<ul>", "<ol>", "<blockquote>", "<em>", "<strong>", "<del>")
_NESTED = re.compile("<(/?)(?:[uo]l|blockquote|em|strong|del)>")
_TABLE = re.compile("(<table>.*?</table>)", re.S)
# Each part between two of these is a paragraph to typography. Blocks of code keep their marks.
_EDGES = re.compile(r"(<pre>.*?</pre>|</?(?:p|ul|ol|li|blockquote|h[2-6])>|<hr(?: /)?>)", re.S)
_HEADING = re.compile(r"<(h[2-6])>(.*?)</\1>", re.S)
_TAG = re.compile("<[^>]*>")


def plain_markup(
    text: str,
    source: str,
    attributes: Attributes,
    context: Context,
    of_table: Callable[[str], str],
) -> str | None:
    """Return a body's HTML as `well_formed` makes it, None if that is to do it.

    `source` is the body's Markdown. The links are added to `attributes`. `of_table` returns a table
    as `well_formed` makes it, with the same attributes. Raises OverBudget.
    """
    if "<" in source or "[TOC]" in source or "[[toc]]" in source:
        return None
    pieces = _TAGS.split(text)
    others = set(pieces[1::2]) - _KNOWN
    if not all(_LINK.fullmatch(tag) or _CELL.fullmatch(tag) for tag in others):
        return None
    if any(part.count("<a ") > 1 for part in text.split("</a>")):  # links in links
        return None
    most = context.budgets.nesting // 2 - 5
    if sum(map(text.count, _NESTING)) > most and _depth(text) > most:
        return None
    context.budgets.check("elements", text.count("<") - text.count("</"))
    signs = bool(context.language) and has_signs("\0".join(pieces[::2]))
    parts = _TABLE.split(text) if "<table>" in text else [text]
    for n, part in enumerate(parts):
        parts[n] = of_table(part) if n % 2 else _finished(part, attributes, signs)
    return "".join(parts)


def _depth(text: str) -> int:
    """Return how deep elements are nested at most."""
    depth = deepest = 0
    for ends in _NESTED.findall(text):
        depth += -1 if ends else 1
        deepest = max(deepest, depth)
    return deepest


def _finished(text: str, attributes: Attributes, signs: bool) -> str:
    """Complete links, headings and, with `signs`, typography of HTML without tables."""
    if "<a " in text:
        text = _LINK.sub(lambda found: _linked(found, attributes), text)
    if signs:
        parts = _EDGES.split(text)
        for n in range(0, len(parts), 2):
            part = parts[n]
            if len(part) > 1 and has_signs(_TAG.sub("\0", part) if "<" in part else part):
                parts[n] = _typeset(part, attributes.context.language)
        text = "".join(parts)
    if "<h" in text:
        text = _HEADING.sub(lambda found: _identified(found, attributes), text)
    return text


def _typeset(paragraph: str, language: str) -> str:
    """Return a paragraph with the marks of a language."""
    typesetter, pieces, code = Typesetter(language), _TAGS.split(paragraph), False
    for i, piece in enumerate(pieces):
        if not i % 2:
            if piece and (piece != "\n" or typesetter.pieces):
                typesetter.add(i, code)
        elif piece.startswith("<br"):
            typesetter.add_element("br")
        elif piece in ("<code>", "</code>"):
            code = piece == "<code>"
    typesetter.end(pieces)
    return "".join(pieces)


def _linked(found: re.Match[str], attributes: Attributes) -> str:
    """Return the start tag of a link (see Attributes)."""
    link = urls.body_link(html.unescape(found[1]))
    title = f' title="{html.escape(html.unescape(found[2]))}"' if found[2] else ""
    if not link.url:
        return f"<a{title}>"
    rel, url = "", link.url
    if link.outside:
        own = urls.own_path(url, attributes.context.site)
        rel = "" if own else ' rel="external noopener"'
    else:
        attributes.collect(link)
        url = attributes.rooted(url)
    return f'<a{rel} href="{html.escape(url)}"{title}>'


def _identified(found: re.Match[str], attributes: Attributes) -> str:
    """Return a heading with its id."""
    before, end, last = found[2].rpartition(">")
    last, name = named(last)
    inner = before + end + last
    words = html.unescape(_TAG.sub("", inner))
    made = html.escape(attributes.ids.give(name or slug(words)))
    return f'<{found[1]} id="{made}">{inner}</{found[1]}>'
