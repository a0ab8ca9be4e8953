"""Quotation marks, dashes and ellipses of a body, by its language, on the HTML of either engine.

A paragraph is seen as a whole, so that a mark after emphasis or a link has its neighbours.
"""

from __future__ import annotations

import html
import re
from typing import NamedTuple

from msgspec import Struct, field

from newsgen.content.quotes import curled

_STRAIGHT = re.compile("[\"']")
_SIGNS = re.compile(r"&quot;|&#|&apos;|[\"']|--|\.\.\.")
# a dash before a word and after a space may be an option of a command, as in `--help`
_DASHES = re.compile(r"(?<!-)---?(?!-)(?!(?<=\s--)\w)|(?<!\.)\.\.\.(?!\.)")
_DRAWN = {"--": "–", "---": "—", "...": "…"}
_LETTER = "x"  # represents elements without text


class _Piece(NamedTuple):
    """A text of a paragraph and its position in the output, -1 if it is none.

    Its straight marks stay if it is `fixed`.
    """

    at: int
    text: str
    fixed: bool


class Typesetter(Struct):
    """Replaces straight marks by those of `language`, a paragraph at a time."""

    language: str
    pieces: list[_Piece] = field(default_factory=list)
    signs: bool = False

    def add(self, at: int, text: str, fixed: bool) -> None:
        """Add the text at this position of the output. It is HTML without tags."""
        self.signs = self.signs or not (fixed or _SIGNS.search(text) is None)
        self.pieces.append(_Piece(at, text, fixed))

    def add_element(self, name: str) -> None:
        """Add an element without text."""
        self.pieces.append(_Piece(-1, "\n" if name == "br" else _LETTER, True))

    def end(self, out: list[str]) -> None:
        """End the paragraph, and replace its marks in the output."""
        if self.signs:
            self._set(out)
            self.signs = False
        if self.pieces:
            self.pieces = []

    def _set(self, out: list[str]) -> None:
        texts = [html.unescape(text) if "&" in text else text for _, text, _ in self.pieces]
        shown = [
            _STRAIGHT.sub(_LETTER, text) if piece.fixed else text
            for piece, text in zip(self.pieces, texts, strict=True)
        ]
        made = iter(curled("".join(shown), self.language))
        for piece, text in zip(self.pieces, texts, strict=True):
            if not piece.fixed:
                text = _STRAIGHT.sub(lambda _: next(made), text)
                text = _DASHES.sub(lambda found: _DRAWN[found[0]], text)
                out[piece.at] = html.escape(text, quote=False)
