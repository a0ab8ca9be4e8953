"""Quotation marks, dashes and ellipses of a body, by its language, on the HTML of either engine.

A paragraph is seen as a whole, so that a mark after emphasis or a link has its neighbours.
"""

from __future__ import annotations

import html
import re

from msgspec import Struct, field

from newsgen.content.body.quotes import curled

_STRAIGHT = re.compile("[\"']")
_DRAWN_SIGNS = {sign: re.compile(re.escape(sign)) for sign in ("--", "...")}
_REFERENCES = re.compile("&(?:quot;|#|apos;)")
# a dash before a word and after a space may be an option of a command, as in `--help`
_DASHES = re.compile(r"(?<!-)---?(?!-)(?!(?<=\s--)\w)|(?<!\.)\.\.\.(?!\.)")
_DRAWN = {"--": "–", "---": "—", "...": "…"}
_LETTER = "x"  # represents elements without text


_BREAK, _ELEMENT = -1, -2


def signs_in(text: str) -> list[str]:
    """Return the possible beginnings of replaceable characters in HTML without tags. A pattern for
    two or three characters takes half of the time of `in`, a search for one a tenth of that.
    """
    signs = [sign for sign in "\"'" if sign in text]
    signs += [sign for sign, pattern in _DRAWN_SIGNS.items() if pattern.search(text)]
    return [*signs, *set(_REFERENCES.findall(text))] if "&" in text else signs


class Typesetter(Struct):
    """Replaces straight marks by those of `language`, a paragraph at a time.

    `pieces` are the positions of the paragraph's texts in the output, each with true if its marks
    stay as they are.
    """

    language: str
    pieces: list[tuple[int, bool]] = field(default_factory=list)

    def add(self, at: int, fixed: bool) -> None:
        """Add the text at this position of the output. It is HTML without tags."""
        self.pieces.append((at, fixed))

    def add_element(self, name: str) -> None:
        """Add an element without text."""
        self.pieces.append((_BREAK if name == "br" else _ELEMENT, True))

    def end(self, out: list[str]) -> None:
        """End the paragraph, and replace its marks in the output."""
        if self.pieces:
            pieces, self.pieces = self.pieces, []
            if signs_in("\0".join([out[at] for at, fixed in pieces if not fixed])):
                self._set(out, pieces)

    def _set(self, out: list[str], pieces: list[tuple[int, bool]]) -> None:
        texts = ["\n" if at == _BREAK else _LETTER if at < 0 else out[at] for at, _ in pieces]
        texts = [html.unescape(text) if "&" in text else text for text in texts]
        shown = [
            _STRAIGHT.sub(_LETTER, text) if fixed else text
            for (_, fixed), text in zip(pieces, texts, strict=True)
        ]
        made = iter(curled("".join(shown), self.language))
        for (at, fixed), text in zip(pieces, texts, strict=True):
            if not fixed:
                text = _STRAIGHT.sub(lambda _: next(made), text)
                if "--" in text or "..." in text:
                    text = _DASHES.sub(lambda found: _DRAWN[found[0]], text)
                out[at] = html.escape(text, quote=False)
