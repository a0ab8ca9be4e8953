"""The HTML of most bodies as pages need it, in a tenth of the time that `markup` takes.

If a body's source has no HTML, the engine's output is well-formed. Many bodies hold only
paragraphs, lists, headings, quotations, tables, links, emphasis and code without a language. Their
tags need no parser: the shape of the body shows what has to change. Nor need the sanitiser parse
them, because each tag is one of a closed list without attributes, or was written here, and the text
between them holds no tags.
"""

from __future__ import annotations

import html
import re
from typing import NamedTuple

from newsgen.content import urls
from newsgen.content.body import nesting
from newsgen.content.body.anchors import named, slug
from newsgen.content.body.attributes import Attributes, Context
from newsgen.content.body.tables import BOX_END, LONGEST_LABEL, box
from newsgen.content.body.typography import Typesetter, signs_in
from newsgen.core.patterns import lazily

_TAGS = lazily("(<[^<>]*>)")
CONTENTS = ("[TOC]", "[[TOC]]", "[[toc]]")  # the mark of a table of contents, alone
_LINK = lazily(r'<a href="([^"#][^"]*)"(?: title="([^"]*)")?>')
# How the engines align cells, and how pages do.
_ALIGNED = {
    f"<{cell}{aligned}>": f'<{cell} class="{side}">'
    for cell in ("th", "td")
    for side in ("left", "center", "right")
    for aligned in (f' align="{side}"', f' style="text-align: {side};"')
}
# Links to other sites that need no change. The last label of the host has letters only: a host that
# ends in a number is an IP address, which may be invalid.
_IN_URLS = r"(?:[\w\-.~:/?#@!$()*+,;=%]++|&amp;)*+"
_SAFE_LINK = lazily(
    rf'<a href="(https?://(?:(?!xn--)[a-z0-9-]+\.)+[a-z]{{2,}}(?:[/?#]{_IN_URLS})?)">', re.A
)
_SAFE_PATH = lazily(r"(?:/(?!/)|#)[\w\-.~:/?#@!$()*+,;=%]*", re.A)
_SAFE_NAME = lazily(r"[\w-]+")
_REFERENCE = lazily("&(?!(?:amp|lt|gt|quot);)")
# For typography, the text between two of these is a paragraph. Blocks of code keep their marks.
_EDGES = {
    ord(letter): "|"
    for edge in "kpuoiq" + nesting.TABLES + nesting.HEADINGS
    for letter in (edge, edge.upper())
}
_EDGES[ord("-")] = "|"
_LINKS, _HEADINGS = lazily(nesting.LINK), lazily(f"[{nesting.HEADINGS}]")
_OF_TABLES = frozenset("thgrNMRHG")  # tags before which and behind which there is no cell's text


class PlainMarkup(NamedTuple):
    """The HTML of a body.

    `clean` is true if the sanitiser would surely not change it.
    """

    html: str
    clean: bool


class _Letters(dict[str, str]):
    """The letters of tags from `nesting`, with those of links and cells."""

    def __missing__(self, tag: str) -> str:
        return nesting.LINK if _LINK.fullmatch(tag) else nesting.OTHER


_letter = _Letters(
    nesting.LETTERS | {tag: nesting.LETTERS[f"{tag[:3]}>"] for tag in _ALIGNED}
).__getitem__


def plain_markup(
    text: str, source: str, attributes: Attributes, context: Context
) -> PlainMarkup | None:
    """Return a body's HTML as `well_formed` makes it, None if only that can.

    `source` is the body's Markdown. The links are added to `attributes`. Raises OverBudget.
    """
    if "<" in source:
        return None
    pieces = _TAGS.split(text)  # texts and tags alternate: tag n is piece 2n + 1
    if "[" in text and any(mark in pieces for mark in CONTENTS):
        return None
    shape = "".join(map(_letter, pieces[1::2]))
    if nesting.OTHER in shape or nesting.has_links_in_links(shape):
        return None
    tables = nesting.tables_in(shape)
    if tables is None:
        return None
    if nesting.is_deeper(shape, context.budgets.nesting // 2 - 5):
        return None
    if len(shape) > context.budgets.elements:  # end tags are recognised only then
        context.budgets.check("elements", len(shape) - sum(map(str.isupper, shape)))
    words = "\n".join(pieces[::2])
    clean = _is_clean(text, shape, words)
    signs = signs_in(words) if context.language else []
    for start, end in tables:
        safe = _box(pieces, shape, start, end)
        clean = clean and safe
    for found in _LINKS.finditer(shape):
        at = 2 * found.start() + 1
        pieces[at], safe = _linked(pieces[at], attributes)
        clean = clean and safe
    if signs:
        _typeset(pieces, shape, signs, context.language)
    for found in _HEADINGS.finditer(shape):
        end = shape.find(found[0].upper(), found.start())
        if end >= 0:
            safe = _identify(pieces, 2 * found.start() + 1, 2 * end + 1, attributes)
            clean = clean and safe
    made = "".join(pieces)
    return PlainMarkup(_sanitised(made, shape) if clean else made, clean)


def _is_clean(text: str, shape: str, words: str) -> bool:
    """Return whether the sanitiser would surely keep this nesting and these texts, `words`.

    An HTML parser drops some characters, and a line end at the start of a block of code.
    """
    return (
        nesting.is_nested(shape)
        and text.startswith("<")
        and "<" not in words
        and ">" not in words
        and "\r" not in words
        and "\0" not in words
        and not _REFERENCE.search(words)
        and not ("k" in shape and "<pre>\n" in text)
    )


def _sanitised(made: str, shape: str) -> str:
    """Return clean HTML as the sanitiser writes it."""
    if "/" in shape or "-" in shape:
        made = made.replace("<br />", "<br>").replace("<hr />", "<hr>")
    return made.replace("&quot;", '"').replace("\xa0", "&nbsp;")


def _box(pieces: list[str], shape: str, start: int, end: int) -> bool:
    """Put a table in its box. Return whether the sanitiser keeps its tags where they are.

    `start` and `end` are the places of its tags in the shape.
    """
    heads, in_head, apart = list[str](), False, True
    for n in range(start, end):
        tag, text = pieces[2 * n + 1 : 2 * n + 3]
        pieces[2 * n + 1] = _ALIGNED.get(tag, tag)
        if shape[n] == "n":
            heads.append("")
        in_head = shape[n] == "n" or (in_head and shape[n] != "N")
        if in_head:
            heads[-1] += html.unescape(text)[:LONGEST_LABEL]
        elif n < end - 1 and shape[n] in _OF_TABLES:
            apart = apart and text in ("", "\n")
    opening = box(heads)
    pieces[2 * start + 1] = f"{opening}<table>"
    pieces[2 * end - 1] = f"</table>{BOX_END}"
    return apart and "&" not in opening


def _typeset(pieces: list[str], shape: str, signs: list[str], language: str) -> None:
    """Give the paragraphs that hold one of these signs the marks of a language."""
    marked = [n for sign in signs for n in range(0, len(pieces), 2) if sign in pieces[n]]
    edged, done = shape.translate(_EDGES), 0
    for n in sorted(marked):
        at = n // 2  # the text is before this tag
        if n >= done and shape.rfind("k", 0, at) <= shape.rfind("K", 0, at):
            first, last = edged.rfind("|", 0, at) + 1, edged.find("|", at)
            done = 2 * (last if last >= 0 else len(shape)) + 1
            _typeset_paragraph(pieces, range(2 * first, done), language)


def _typeset_paragraph(pieces: list[str], paragraph: range, language: str) -> None:
    typesetter, code = Typesetter(language), False
    for n in paragraph:
        piece = pieces[n]
        if not n % 2:
            if piece and (piece != "\n" or typesetter.pieces):
                typesetter.add(n, code)
        elif piece.startswith("<br"):
            typesetter.add_element("br")
        elif piece in ("<code>", "</code>"):
            code = piece == "<code>"
    typesetter.end(pieces)


def _linked(tag: str, attributes: Attributes) -> tuple[str, bool]:
    """Return the start tag of a link (see Attributes), and whether the sanitiser keeps it."""
    own = attributes.context.site
    if safe := _SAFE_LINK.fullmatch(tag):
        rel = (
            "" if urls.own_path(safe[1].replace("&amp;", "&"), own) else ' rel="external noopener"'
        )
        return f'<a{rel} href="{safe[1]}">', True
    found = _LINK.fullmatch(tag)
    if not found:
        return tag, False
    link = urls.body_link(html.unescape(found[1]))
    title = f' title="{html.escape(html.unescape(found[2]))}"' if found[2] else ""
    if not link.url:
        return f"<a{title}>", False
    rel, url = "", link.url
    if link.outside:
        rel = "" if urls.own_path(url, own) else ' rel="external noopener"'
    else:
        attributes.collect(link)
        url = attributes.rooted(url)
    safe_path = not title and not link.outside and _SAFE_PATH.fullmatch(url) is not None
    return f'<a{rel} href="{html.escape(url)}"{title}>', safe_path


def _identify(pieces: list[str], start: int, end: int, attributes: Attributes) -> bool:
    """Give the heading between two tags its id. Return whether the sanitiser keeps the tag."""
    pieces[end - 1], name = named(pieces[end - 1])
    words = html.unescape("".join(pieces[start + 1 : end : 2]))
    made = attributes.ids.give(name or slug(words))
    pieces[start] = f'{pieces[start][:-1]} id="{html.escape(made)}">'
    return _SAFE_NAME.fullmatch(made) is not None
