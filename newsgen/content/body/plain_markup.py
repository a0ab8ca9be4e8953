"""The HTML of most bodies as pages need it, in a fifth of the time that `markup` takes.

A body without HTML of its own is well-formed as the engine makes it. If it holds only paragraphs,
lists, headings, quotations, links, emphasis and code without a language, its tags need no parser.
"""

from __future__ import annotations

import html
import re

from newsgen.content.body.anchors import named, slug
from newsgen.content.body.attributes import Attributes, Context, written
from newsgen.content.body.elements import PARAGRAPHS, VERBATIM
from newsgen.content.body.typography import Typesetter

_TAGS = re.compile("(<[^<>]*>)")
_LINK = re.compile(r'<a href="([^"#][^"]*)"(?: title="([^"]*)")?>')
_ELEMENTS = "p em strong del code pre ul ol li blockquote h2 h3 h4 h5 h6"
_NAMES = _ELEMENTS.split()
_VOID = {"<br>": "br", "<br />": "br", "<hr>": "hr", "<hr />": "hr"}
_STARTS = {f"<{name}>": name for name in _NAMES} | _VOID
_ENDS = {f"</{name}>": name for name in _NAMES} | {"</a>": "a"}
_KNOWN = frozenset([*_STARTS, *_ENDS])
_NESTING = re.compile("<(?:[uo]l|blockquote|em|strong|del)>")
_HEADINGS = frozenset({"h2", "h3", "h4", "h5", "h6"})
_TAG = re.compile("<[^>]*>")


def plain_markup(
    text: str, source: str, attributes: Attributes, context: Context
) -> list[str] | None:
    """Return the pieces of a body's HTML as `well_formed` makes it, None if that is to do it.

    `source` is the body's Markdown. The links are added to `attributes`. Raises OverBudget.
    """
    if "<" in source or "[TOC]" in source or "[[" in source:
        return None
    pieces = _TAGS.split(text)
    others = set(pieces[1::2]) - _KNOWN
    if not all(map(_LINK.fullmatch, others)):
        return None
    if len(_NESTING.findall(text)) > context.budgets.nesting // 2 - 5:
        return None
    context.budgets.check("elements", text.count("<") - text.count("</"))
    typesetter = Typesetter(context.language) if context.language else None
    return pieces if _finished(pieces, attributes, typesetter) else None


def _finished(pieces: list[str], attributes: Attributes, typesetter: Typesetter | None) -> bool:
    """Complete links, headings and typography. Return whether that was all there is to do."""
    verbatim, heading, linked = 0, 0, False
    for i, tag in enumerate(pieces):
        if not i % 2:
            if typesetter and tag and (tag != "\n" or typesetter.pieces):
                typesetter.add(i, verbatim > 0)
            continue
        if name := _STARTS.get(tag, ""):
            verbatim += name in VERBATIM
            if name in _HEADINGS:
                heading = i
        elif name := _ENDS.get(tag, ""):
            verbatim -= name in VERBATIM
            linked = linked and name != "a"
        elif linked:  # links in links
            return False
        else:
            pieces[i], linked = _linked(tag, attributes), True
            continue
        if typesetter and name == "br":
            typesetter.add_element(name)
        elif typesetter and name in PARAGRAPHS:
            typesetter.end(pieces)
        if name in _HEADINGS and tag in _ENDS:
            pieces[heading] = _identified(pieces, heading, i, attributes)
    if typesetter:
        typesetter.end(pieces)
    return True


def _linked(tag: str, attributes: Attributes) -> str:
    found = _LINK.fullmatch(tag)
    given = {} if found is None else {"href": html.unescape(found[1])}
    if found and found[2]:
        given["title"] = html.unescape(found[2])
    made = attributes.of("a", given, []) or {}
    return f"<a{written(made)}>"


def _identified(pieces: list[str], start: int, end: int, attributes: Attributes) -> str:
    """Return the start tag of a heading with its id."""
    pieces[end - 1], name = named(pieces[end - 1])
    words = html.unescape(_TAG.sub("", "".join(pieces[start + 1 : end])))
    return f'{pieces[start][:-1]} id="{html.escape(attributes.ids.give(name or slug(words)))}">'
