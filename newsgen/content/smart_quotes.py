"""A Python-Markdown extension for quotation marks that sees each paragraph as a whole.

The extension `smarty` sees one piece of text at a time, so a mark after emphasis or a link has no
left neighbour.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

from newsgen.content.quotes import curled

_VERBATIM = frozenset({"code", "pre", "kbd", "samp", "var", "tt", "script", "style", "math"})
# markup and entities that Python-Markdown has put aside
_STASHED = re.compile("\x02(?:wzxhzdk:(\\d+)|(\\d+)|amp)\x03")
_STRAIGHT = re.compile("[\"']")
_LETTER = "x"  # represents elements without text


class SmartQuotes(Extension):
    """Quotation marks by the rules of a language (`newsgen.content.quotes`)."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self._language = language

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the name is Python-Markdown's
        """Register after inline markup (20), and before `smarty` makes dashes and ellipses (6)."""
        md.treeprocessors.register(_Quotes(md, self._language), "quotes", 8)


class _Piece:
    """A text in the tree: an element's `text` or `tail`.

    Its straight marks are replaced unless it is `fixed`.
    """

    __slots__ = ("element", "field", "fixed", "text")

    def __init__(self, element: Element | None, field: str, text: str, fixed: bool) -> None:
        self.element, self.field, self.text, self.fixed = element, field, text, fixed


class _Quotes(Treeprocessor):
    def __init__(self, md: Markdown, language: str) -> None:
        super().__init__(md)
        self._language = language

    def run(self, root: Element) -> None:
        """Replace the straight marks of each paragraph."""
        paragraph: list[_Piece] = []
        for piece in self._pieces(root, fixed=False):
            if piece is not None:
                paragraph.append(piece)
            elif paragraph:
                self._curl(paragraph)
                paragraph = []
        self._curl(paragraph)

    def _pieces(self, element: Element, fixed: bool) -> Iterator[_Piece | None]:
        """Yield the texts below an element in order, and None at the end of each paragraph."""
        md = self.md
        tag = element.tag
        block = md is not None and isinstance(tag, str) and md.is_block_level(tag)
        if block:
            yield None
        if tag == "sup":  # skip footnote numbers: they are not neighbours of a mark
            return
        if tag == "br":
            yield _Piece(None, "", "\n", fixed=True)
        elif tag == "img":
            yield _Piece(None, "", _LETTER, fixed=True)
        fixed = fixed or tag in _VERBATIM
        if element.text:
            yield _Piece(
                element, "text", element.text, fixed or isinstance(element.text, AtomicString)
            )
        for child in element:
            yield from self._pieces(child, fixed)
            if child.tail:
                yield _Piece(
                    child, "tail", child.tail, fixed or isinstance(child.tail, AtomicString)
                )
        if block:
            yield None

    def _curl(self, paragraph: list[_Piece]) -> None:
        if not any(_STRAIGHT.search(piece.text) for piece in paragraph if not piece.fixed):
            return
        shown = "".join(
            _STRAIGHT.sub(_LETTER, self._shown(piece.text))
            if piece.fixed
            else self._shown(piece.text)
            for piece in paragraph
        )
        made = iter(curled(shown, self._language))
        for piece in paragraph:
            if piece.element is not None and not piece.fixed:
                setattr(piece.element, piece.field, _STRAIGHT.sub(lambda _: next(made), piece.text))

    def _shown(self, text: str) -> str:
        """Return the text that readers see, as far as the neighbours of straight marks need it."""
        return _STASHED.sub(self._unstashed, text)

    def _unstashed(self, found: re.Match[str]) -> str:
        if found[2]:
            return _STRAIGHT.sub(_LETTER, chr(int(found[2])))  # a character after a backslash
        if not found[1]:
            return "&"
        raw = self.md.htmlStash.rawHtmlBlocks[int(found[1])]
        markup = raw if isinstance(raw, str) else ""
        if markup.startswith("<"):
            return "\n" if markup.lower().startswith("<br") else ""
        return _STRAIGHT.sub(_LETTER, html.unescape(markup))
