"""Python-Markdown's part of quotation marks: an extension that sees each paragraph whole, with its inline markup.

The extension `smarty` looks at one piece of text at a time, so that a mark behind emphasis or a link has no left neighbour.
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
_STASHED = re.compile("\x02(?:wzxhzdk:(\\d+)|(\\d+)|amp)\x03")  # markup and entities that Python-Markdown set aside
_STRAIGHT = re.compile("[\"']")
_LETTER = "x"  # stands for what has no text of its own


class SmartQuotes(Extension):
    """Quotation marks by the rules of a language (`newsgen.content.quotes`)."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self._language = language

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the name is Python-Markdown's
        """Runs after inline markup is parsed (20), before `smarty` makes dashes and ellipses (6)."""
        md.treeprocessors.register(_Quotes(md, self._language), "quotes", 8)


class _Piece:
    """A text of the tree: an element's `text` or `tail`. Its straight marks are replaced unless it is `fixed`."""

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
        """The texts below an element in their order, None where a paragraph ends."""
        md = self.md
        tag = element.tag
        block = md is not None and isinstance(tag, str) and md.is_block_level(tag)
        if block:
            yield None
        if tag == "sup":  # the number of a footnote is no neighbour
            return
        if tag == "br":
            yield _Piece(None, "", "\n", fixed=True)
        elif tag == "img":
            yield _Piece(None, "", _LETTER, fixed=True)
        fixed = fixed or tag in _VERBATIM
        if element.text:
            yield _Piece(element, "text", element.text, fixed or isinstance(element.text, AtomicString))
        for child in element:
            yield from self._pieces(child, fixed)
            if child.tail:
                yield _Piece(child, "tail", child.tail, fixed or isinstance(child.tail, AtomicString))
        if block:
            yield None

    def _curl(self, paragraph: list[_Piece]) -> None:
        if not any(_STRAIGHT.search(piece.text) for piece in paragraph if not piece.fixed):
            return
        shown = "".join(_STRAIGHT.sub(_LETTER, self._shown(piece.text)) if piece.fixed else self._shown(piece.text) for piece in paragraph)
        made = iter(curled(shown, self._language))
        for piece in paragraph:
            if piece.element is not None and not piece.fixed:
                setattr(piece.element, piece.field, _STRAIGHT.sub(lambda _: next(made), piece.text))

    def _shown(self, text: str) -> str:
        """The text as readers see it, as far as a straight mark's neighbours are concerned."""
        return _STASHED.sub(self._unstashed, text)

    def _unstashed(self, found: re.Match[str]) -> str:
        if found[2]:
            return _STRAIGHT.sub(_LETTER, chr(int(found[2])))  # a character behind a backslash
        if not found[1]:
            return "&"
        raw = self.md.htmlStash.rawHtmlBlocks[int(found[1])]
        markup = raw if isinstance(raw, str) else ""
        if markup.startswith("<"):
            return "\n" if markup.lower().startswith("<br") else ""
        return _STRAIGHT.sub(_LETTER, html.unescape(markup))
